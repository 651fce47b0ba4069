import Foundation
import GroveGraphs
import GroveKernels
import GroveLayers
import GroveTensors
import TestSupport
import Testing

/// Each convolution on five nodes, worked by hand.
///
/// Edges 0 → 1, 1 → 0, 2 → 0, 0 → 2, 1 → 2, 2 → 2, 2 → 3; node 4 is isolated. Node i carries the number i + 1.
@Suite("Worked examples")
struct ConvolutionExampleTests {
  private let block = TestGraphs.five.block
  private let x = Tensor([[1], [2], [3], [4], [5]])
  private let start = Initializer(RandomStream(seed: 1))

  /// Â: degrees with one loop a node are 3, 2, 3, 2, 1; the graph's own loop of node 2 is that one loop.
  private static let normalized: Matrix = {
    var a = Matrix(rows: 5, columns: 5)
    let degrees = [3.0, 2, 3, 2, 1]
    for (target, sources) in [[0, 1, 2], [0, 1], [0, 1, 2], [2, 3], [4]].enumerated() {
      for source in sources { a[target, source] = 1 / (degrees[target] * degrees[source]).squareRoot() }
    }
    return a
  }()

  private func set(_ parameter: Parameter?, _ values: [Float]) {
    parameter?.value.buffer.copy(from: FloatBuffer(values))
  }

  private func expect(_ result: Tensor, _ wanted: [Double], sourceLocation: SourceLocation = #_sourceLocation) {
    #expect(difference(result.values, wanted) <= 1e-6, "\(result.values)", sourceLocation: sourceLocation)
  }

  @Test("GCN, at either of the two widths")
  func gcn() {
    // Â x, by hand for the first two rows: 1/3 + 2/√6 + 3/3 and 1/√6 + 2/2.
    let mixed = Self.normalized.times(x.matrix)
    #expect(abs(mixed[0, 0] - (1.0 / 3 + 2 / 6.0.squareRoot() + 1)) < 1e-12)
    #expect(abs(mixed[1, 0] - (1 / 6.0.squareRoot() + 1)) < 1e-12)
    let layer = GCNConvolution(1, 1, from: start)
    set(layer.weight, [2])
    set(layer.bias, [0.5])
    expect(layer(x, over: block), mixed.values.map { 2 * $0 + 0.5 })
    let widening = GCNConvolution(1, 2, from: start)
    set(widening.weight, [2, -1])
    set(widening.bias, [0, 3])
    expect(widening(x, over: block), mixed.values.flatMap { [2 * $0, 3 - $0] })
  }

  @Test("GCN with edge weights: a loop keeps its weight, others weigh 1")
  func weightedGCN() {
    let graph = TestGraphs.graph([0, 1, 1], [1, 1, 0], nodeCount: 3, weights: [2, 4, 0.5])
    let layer = GCNConvolution(1, 1, bias: false, from: start)
    set(layer.weight, [1])
    // Degrees: 0.5 + 1, 2 + 4, 1.
    let between = (1.5 * 6.0).squareRoot()
    expect(
      layer(Tensor([[1], [2], [3]]), over: graph.block),
      [1 / 1.5 + 2 * 0.5 / between, 1 * 2 / between + 2 * 4 / 6.0, 3])
  }

  @Test("GraphSAGE with mean, maximum and rows of length one")
  func sage() {
    for (aggregator, wanted) in [
      (SAGEConvolution.Aggregator.mean, [16.0, 23, 35, 47, 51]), (.max, [17, 23, 37, 47, 51]),
    ] {
      let layer = SAGEConvolution(1, 1, aggregator: aggregator, from: start)
      set(layer.neighbor.weight, [2])
      set(layer.neighbor.bias, [1])
      set(layer.own.weight, [10])
      expect(layer(x, over: block), wanted)
    }
    let layer = SAGEConvolution(1, 2, normalized: true, from: start)
    set(layer.neighbor.weight, [1, 0])
    set(layer.neighbor.bias, [0, 0])
    set(layer.own.weight, [3, 4])
    // Before: (5.5, 4), (7, 8), (11, 12), (15, 16), (15, 20).
    let rows: [(Double, Double)] = [(5.5, 4), (7, 8), (11, 12), (15, 16), (15, 20)]
    expect(layer(x, over: block), rows.flatMap { [$0 / hypot($0, $1), $1 / hypot($0, $1)] })
  }

  @Test("GAT: attention by the source's own number")
  func gat() {
    let layer = GATConvolution(1, 1, from: start)
    set(layer.weight, [1])
    set(layer.sourceAttention, [1])
    set(layer.targetAttention, [0])
    set(layer.bias, [0.25])
    let e = (0...5).map { exp(Double($0)) }
    let three = (e[1] + 2 * e[2] + 3 * e[3]) / (e[1] + e[2] + e[3])
    expect(
      layer(x, over: block),
      [three, (e[1] + 2 * e[2]) / (e[1] + e[2]), three, (3 * e[3] + 4 * e[4]) / (e[3] + e[4]), 5].map { $0 + 0.25 })
  }

  @Test("GATv2: attention against the sum of both numbers")
  func gatv2() {
    let layer = GATv2Convolution(1, 1, from: start)
    for linear in [layer.source, layer.target] {
      set(linear.weight, [1])
      set(linear.bias, [0])
    }
    set(layer.attention, [-1])
    set(layer.bias, [0])
    let e = (0...5).map { exp(-Double($0)) }
    let three = (e[1] + 2 * e[2] + 3 * e[3]) / (e[1] + e[2] + e[3])
    expect(
      layer(x, over: block),
      [three, (e[1] + 2 * e[2]) / (e[1] + e[2]), three, (3 * e[3] + 4 * e[4]) / (e[3] + e[4]), 5])
  }

  @Test("SGC: two propagations and a dense layer")
  func sgc() {
    for (input, output, weight): (Int, Int, [Float]) in [(1, 1, [2]), (1, 2, [2, -1])] {
      let layer = SGConvolution(input, output, propagations: 2, from: start)
      set(layer.linear.weight, weight)
      set(layer.linear.bias, [Float](repeating: 0.5, count: output))
      let twice = Self.normalized.times(Self.normalized.times(x.matrix)).values
      expect(layer(x, over: block), twice.flatMap { value in weight.map { Double($0) * value + 0.5 } })
    }
  }

  @Test("APPNP: two steps with a tenth of teleport")
  func appnp() {
    let start = x.matrix
    let first = Self.normalized.times(start).mapped { 0.9 * $2 + 0.1 * start[$0, $1] }
    let second = Self.normalized.times(first).mapped { 0.9 * $2 + 0.1 * start[$0, $1] }
    expect(APPNPPropagation(steps: 2, teleport: 0.1)(x, over: block), second.values)
    expect(APPNPPropagation(steps: 0, teleport: 0.1)(x, over: block), start.values)
  }

  @Test("GCNII with one weight and with two")
  func gcnii() {
    let initial = Tensor([[5], [4], [3], [2], [1]])
    let beta = log(0.5 / 2 + 1)
    let h = Self.normalized.times(x.matrix).mapped { 0.9 * $2 }
    let shared = GCNIIConvolution(1, alpha: 0.1, theta: 0.5, layer: 2, from: start)
    set(shared.weight1, [3])
    expect(
      shared(x, initial: initial, over: block),
      (0..<5).map { (1 - beta) * (h[$0, 0] + 0.1 * Double(5 - $0)) + beta * 3 * (h[$0, 0] + 0.1 * Double(5 - $0)) })
    let two = GCNIIConvolution(1, alpha: 0.1, theta: 0.5, layer: 2, sharedWeights: false, from: start)
    set(two.weight1, [3])
    set(two.weight2, [-2])
    expect(
      two(x, initial: initial, over: block),
      (0..<5).map {
        (1 - beta) * (h[$0, 0] + 0.1 * Double(5 - $0)) + beta * (3 * h[$0, 0] - 2 * 0.1 * Double(5 - $0))
      })
  }

  @Test("GCNII passes gradients to the initial rows too")
  func gcniiInitial() {
    expectGradients(of: [TestInput(rows: 5, columns: 2, seed: 1), TestInput(rows: 5, columns: 2, seed: 2)]) {
      GCNIIConvolution(2, layer: 1, sharedWeights: false, from: Initializer(RandomStream(seed: 1)))(
        $0[0], initial: $0[1], over: TestGraphs.five.block)
    }
  }

  @Test("Label propagation: two steps, clamped to [0, 1]")
  func labelPropagation() {
    let known = Tensor([[1, 0], [0, 0], [0, 1], [0, 0], [0, 1]])
    func clamped(_ y: Matrix) -> Matrix {
      Self.normalized.times(y).mapped { min(max(0.9 * $2 + 0.1 * known.matrix[$0, $1], 0), 1) }
    }
    let result = LabelPropagation(steps: 2, alpha: 0.9)(known, over: block)
    expect(result, clamped(clamped(known.matrix)).values)
    #expect(known.values == [1, 0, 0, 0, 0, 1, 0, 0, 0, 1])
    #expect(LabelPropagation(steps: 0)(known, over: block).values == known.values)
  }
}

extension Tensor {
  fileprivate var matrix: Matrix { Matrix(values, rows: rows, columns: columns) }
}
