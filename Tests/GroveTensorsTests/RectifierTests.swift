import GroveKernels
import GroveTensors
import TestSupport
import Testing

/// ReLU and dropout inside the pass that makes the rows, against passes of their own.
@Suite("Rectifier")
struct RectifierTests {
  private static func rectifiers(_ rows: Int) -> [Rectifier] {
    let random = RandomStream(seed: 3)
    let ids = (0..<rows).map { Int32(2000 - 5 * $0) }
    return [
      Rectifier(), Rectifier(thenDropping: 0, using: random), Rectifier(thenDropping: 0.6, using: random),
      Rectifier(thenDropping: 0.6, rowIDs: ids, using: random),
    ]
  }

  /// Values and gradients of all inputs, the result's gradient being given.
  private func run(_ inputs: [TestInput], _ seed: TestInput, _ operation: ([Tensor]) -> Tensor) -> [[Float]] {
    let leaves = inputs.map { $0.tensor() }
    let result = operation(leaves)
    let gradients = result.backward(from: seed.tensor(requiresGradient: false))
    return [result.values] + leaves.map { gradients[$0]?.values ?? [] }
  }

  private func expectSame(_ inputs: [TestInput], rows: Int, width: Int, _ operation: ([Tensor], Rectifier?) -> Tensor) {
    let seed = TestInput(rows: rows, columns: width, seed: 9)
    for rectifier in Self.rectifiers(rows) {
      let fused = run(inputs, seed) { operation($0, rectifier) }
      let apart = run(inputs, seed) { operation($0, nil).rectified(by: rectifier) }
      #expect(sameBits(fused[0], apart[0]))
      for (one, other) in zip(fused, apart) { #expect(difference(one, other) <= 1e-6) }
      #expect(rows == 0 || fused[0].contains { $0 > 0 } && fused[0].contains(0))
    }
  }

  @Test("A sum of products", arguments: [(0, 3), (9, 1), (64, 5), (700, 40)])
  func products(rows: Int, width: Int) {
    let inputs = [
      TestInput(rows: rows, columns: 3, seed: 1), TestInput(rows: 3, columns: width, seed: 2),
      TestInput(rows: rows, columns: 6, seed: 3), TestInput(rows: 6, columns: width, seed: 4),
      TestInput(rows: 1, columns: width, seed: 5),
    ]
    expectSame(inputs, rows: rows, width: width) {
      .sumOfProducts([($0[0], $0[1]), ($0[2], $0[3])], bias: $0[4], rectifier: $1)
    }
    expectSame(Array(inputs[..<2]), rows: rows, width: width) { .sumOfProducts([($0[0], $0[1])], rectifier: $1) }
  }

  @Test("A sum over edges", arguments: [(0, 3), (9, 1), (64, 5), (700, 40)])
  func edges(rows: Int, width: Int) {
    let graph = Aggregation(
      incoming: TestGraphs.index(rowCount: rows, columnCount: 50, entryCount: 6 * rows, seed: 3), sourceCount: 50)
    var random = TestRandom(4)
    let weights = EdgeWeights(random.floats(graph.edgeCount))
    let inputs = [TestInput(rows: 50, columns: width, seed: 1), TestInput(rows: 1, columns: width, seed: 2)]
    expectSame(inputs, rows: rows, width: width) {
      $0[0].aggregated(over: graph, weights: weights, bias: $0[1], rectifier: $1)
    }
  }

  @Test("A retaining backward pass can be repeated")
  func retaining() throws {
    let (x, weight) = (
      TestInput(rows: 9, columns: 3, seed: 1).tensor(), TestInput(rows: 3, columns: 4, seed: 2).tensor()
    )
    let result = Tensor.sumOfProducts([(x, weight)], rectifier: Rectifier()).sum()
    let gradients = [true, false].map { result.backward(retaining: $0) }
    for leaf in [x, weight] {
      #expect(try #require(gradients[0][leaf]).values == #require(gradients[1][leaf]).values)
    }
  }

  @Test("Ids of other rows trap")
  func wrongIDs() async {
    await #expect(processExitsWith: .failure) {
      let rectifier = Rectifier(thenDropping: 0.5, rowIDs: [1, 2], using: RandomStream(seed: 1))
      _ = Tensor([[1], [2], [3]]).rectified(by: rectifier)
    }
  }
}
