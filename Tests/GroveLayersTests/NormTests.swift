import GroveKernels
import GroveLayers
import GroveTensors
import TestSupport
import Testing

/// Norms on hand-worked numbers, and their running statistics.
@Suite("Norms")
struct NormTests {
  private let start = Initializer(RandomStream(seed: 1))

  private func set(_ parameter: Parameter, _ values: [Float]) { parameter.value.buffer.copy(from: FloatBuffer(values)) }

  @Test("Layer norm of rows, scaled and shifted")
  func layerNorm() {
    let norm = LayerNorm(2, epsilon: 0, from: start)
    set(norm.weight, [2, 3])
    set(norm.bias, [1, -1])
    #expect(difference(norm(Tensor([[1, 3], [10, 0]])).values, [-1, 2, 3, -4]) <= 1e-6)
  }

  @Test("Batch norm in training: the batch's statistics, running ones moved by a tenth")
  func batchNormTraining() {
    let norm = BatchNorm(2, epsilon: 0, from: start)
    set(norm.weight, [1, 2])
    set(norm.bias, [0, 5])
    let y = Pass.training(seed: 1, step: 1) { norm(Tensor([[1, 10], [3, 30]])) }
    #expect(difference(y.values, [-1, 3, 1, 7]) <= 1e-6)
    // Mean 2 and 20; unbiased variance 2 and 200.
    #expect(difference(norm.runningMean.value.values, [0.2, 2]) <= 1e-6)
    #expect(difference(norm.runningVariance.value.values, [1.1, 20.9]) <= 1e-6)
    _ = Pass.training(seed: 1, step: 2) { norm(Tensor([[0, 0], [4, 0]])) }
    // Mean 2 and 0; unbiased variance 8 and 0.
    #expect(difference(norm.runningMean.value.values, [0.38, 1.8]) <= 1e-6)
    #expect(difference(norm.runningVariance.value.values, [1.79, 18.81]) <= 1e-6)
  }

  @Test("Batch norm in evaluation: the running statistics, left as they are")
  func batchNormEvaluation() {
    let norm = BatchNorm(2, epsilon: 0.5, from: start)
    norm.runningMean.value.copy(from: FloatBuffer([1, -2]))
    norm.runningVariance.value.copy(from: FloatBuffer([3.5, 0.5]))
    for evaluate in [true, false] {
      let x = Tensor([[5, 0], [1, -2]])
      let y = evaluate ? Pass.evaluation { norm(x) } : norm(x)
      #expect(difference(y.values, [2, 2, 0, 0]) <= 1e-6)
    }
    #expect(norm.runningMean.value.values == [1, -2] && norm.runningVariance.value.values == [3.5, 0.5])
  }

  @Test("Batch norm of a single row stays finite")
  func batchNormSingleRow() {
    let norm = BatchNorm(2, from: start)
    let y = Pass.training(seed: 1, step: 1) { norm(Tensor([[5, 7]])) }
    #expect(y.values == [0, 0])
    #expect(norm.runningVariance.value.values.allSatisfy { $0.isFinite && $0 >= 0 })
  }

  @Test("Graph norm takes out a share of the mean")
  func graphNorm() {
    let norm = GraphNorm(1, epsilon: 0, from: start)
    set(norm.meanScale, [0.5])
    set(norm.weight, [2])
    set(norm.bias, [1])
    // Mean 4, centred by 2: −1, 5; mean square 13.
    let root = 13.0.squareRoot()
    #expect(difference(norm(Tensor([[1], [7]])).values, [1 - 2 / root, 1 + 10 / root]) <= 1e-6)
  }

  @Test("Pair norm keeps the mean squared length")
  func pairNorm() {
    let norm = PairNorm(scale: 3, epsilon: 0)
    // Centred: (−1, −2), (1, 2); mean squared length 5.
    let root = 5.0.squareRoot()
    #expect(difference(norm(Tensor([[0, 1], [2, 5]])).values, [-3 / root, -6 / root, 3 / root, 6 / root]) <= 1e-6)
  }

  @Test(
    "Gradients of every norm agree with finite differences", arguments: NormKind.allCases.filter { $0 != .none },
    [2, 7, 64])
  func gradients(kind: NormKind, rows: Int) throws {
    let norm = try #require(kind.make(3, from: start))
    let inputs = [TestInput(rows: rows, columns: 3, seed: 2, bound: 2)]
    if rows == 2 && kind == .batch { return }  // two rows are brought to ±1 whatever they are
    expectGradients(of: inputs) { x in Pass.training(seed: 1, step: 1) { norm(x[0]) } }
  }

  @Test("The kinds make their norms")
  func kinds() {
    #expect(NormKind.none.make(3, from: start) == nil)
    #expect(NormKind.layer.make(3, from: start) is LayerNorm)
    #expect(NormKind.batch.make(3, from: start) is BatchNorm)
    #expect(NormKind.pair.make(3, from: start) is PairNorm)
    #expect(NormKind.graph.make(3, from: start) is GraphNorm)
  }
}
