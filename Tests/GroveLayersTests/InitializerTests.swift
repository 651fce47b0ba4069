import GroveKernels
import GroveLayers
import GroveTensors
import TestSupport
import Testing

/// Random starts: their bounds, their spread, and that they repeat.
@Suite("Initializer")
struct InitializerTests {
  private func start(_ seed: UInt64 = 1) -> Initializer { Initializer(RandomStream(seed: seed)) }

  /// Checks that numbers fill ±bound evenly: mean, variance and extremes.
  private func expectUniform(_ parameter: Parameter, bound: Float) {
    let values = parameter.value.values
    let count = Float(values.count)
    let mean = values.reduce(0, +) / count
    let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / count
    #expect(values.allSatisfy { abs($0) <= bound })
    #expect(values.map(abs).max()! > 0.99 * bound)
    // Five standard errors of the mean and of the variance of uniform numbers.
    #expect(abs(mean) < 5 * bound / (3 * count).squareRoot())
    #expect(abs(variance / (bound * bound / 3) - 1) < 5 * (0.8 / count).squareRoot())
  }

  @Test("Glorot and inverse root fill their bounds")
  func bounds() {
    expectUniform(start().glorot(100, 50), bound: (6.0 / 150 as Float).squareRoot())
    expectUniform(start().glorot(1, 5000, fanIn: 4, fanOut: 12), bound: (6.0 / 16 as Float).squareRoot())
    expectUniform(start().inverseRoot(100, 50, fanIn: 100), bound: 0.1)
    expectUniform(start().uniform(100, 50, bound: 3), bound: 3)
    expectUniform(Linear(100, 64, from: start()).weight, bound: 0.1)
  }

  @Test("Normal numbers have their deviation and few outliers")
  func normal() {
    let values = start().normal(100, 100, deviation: 2).value.values
    let variance = values.reduce(0) { $0 + $1 * $1 } / 10_000
    #expect(abs(variance / 4 - 1) < 0.08)
    #expect(values.allSatisfy { $0.isFinite && abs($0) < 12 })
    #expect(abs(Float(values.count { abs($0) > 2 }) / 10_000 - 0.3173) < 0.025)
  }

  @Test("A seed repeats itself, another differs, and two draws differ")
  func repeats() {
    let (a, b) = (start(), start())
    let first = a.glorot(3, 4).value.values
    #expect(first == b.glorot(3, 4).value.values)
    #expect(a.glorot(3, 4).value.values != first)
    #expect(start(2).glorot(3, 4).value.values != first)
    #expect(a.constant(2.5, 1, 3).value.values == [2.5, 2.5, 2.5])
  }

  @Test("Layers start as their comments say")
  func layers() {
    let gcn = GCNConvolution(100, 50, from: start())
    expectUniform(gcn.weight, bound: (6.0 / 150 as Float).squareRoot())
    #expect(gcn.bias?.value.values.allSatisfy { $0 == 0 } == true)
    let gat = GATConvolution(64, 64, heads: 8, from: start())
    expectUniform(gat.weight, bound: (6.0 / 576 as Float).squareRoot())
    expectUniform(gat.sourceAttention, bound: (6.0 / 72 as Float).squareRoot())
    let v2 = GATv2Convolution(64, 64, heads: 8, from: start())
    #expect(v2.source.bias?.value.values.allSatisfy { $0 == 0 } == true)
    let norm = BatchNorm(3, from: start())
    #expect(norm.weight.value.values == [1, 1, 1] && norm.bias.value.values == [0, 0, 0])
    #expect(norm.runningMean.value.values == [0, 0, 0] && norm.runningVariance.value.values == [1, 1, 1])
  }
}
