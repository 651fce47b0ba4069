public import GroveTensors
public import Testing

/// Numbers with rows and columns, from which tensors and slow matrices are made alike.
public struct TestInput: Sendable {
  /// The numbers in row-major order.
  public let values: [Float]
  /// Number of rows.
  public let rows: Int
  /// Number of columns.
  public let columns: Int

  /// Numbers written out, row after row.
  public init(_ values: [Float], rows: Int, columns: Int) {
    self.values = values
    self.rows = rows
    self.columns = columns
  }

  /// Random numbers in ±bound, away from 0 where a kink lies there.
  public init(rows: Int, columns: Int, seed: Int, bound: Float = 1, awayFromZero: Bool = false) {
    var random = TestRandom(seed &* 17 &+ rows &* 5 &+ columns)
    let count = rows * columns
    self.init(
      awayFromZero ? random.floatsAwayFromZero(count) : random.floats(count, bound: bound), rows: rows,
      columns: columns)
  }

  /// The numbers for the slow reference, in Double.
  public var matrix: Matrix { Matrix(values, rows: rows, columns: columns) }
  /// The numbers for the operation under test.
  public func tensor(requiresGradient: Bool = true) -> Tensor {
    Tensor(values, rows: rows, columns: columns, requiresGradient: requiresGradient)
  }
}

/// Checks an operation against a slow reference: its result to 2e-5 of the largest entry, its gradients against finite
/// differences of itself, that gradients add to what is there, and, where the inputs are small, entry by entry against
/// the reference's numerical gradient.
public func expectOperation(
  _ inputs: [TestInput], tolerance: Double = 2e-5, slow: ([Matrix]) -> Matrix,
  sourceLocation: SourceLocation = #_sourceLocation, fast: ([Tensor]) -> Tensor
) {
  let sizes = inputs.map { "[\($0.rows), \($0.columns)]" }.joined(separator: ", ")
  let matrices = inputs.map(\.matrix)
  let expected = slow(matrices)
  let tensors = inputs.map { $0.tensor() }
  let result = fast(tensors)
  #expect(
    [result.rows, result.columns] == [expected.rows, expected.columns], "\(sizes)", sourceLocation: sourceLocation)
  #expect(difference(result.values, expected.values) <= tolerance, "\(sizes)", sourceLocation: sourceLocation)
  expectGradients(of: inputs, sourceLocation: sourceLocation, fast)

  var random = TestRandom(99)
  let seed = TestInput(random.floats(result.shape.count), rows: result.rows, columns: result.columns)
  let gradients = result.backward(from: seed.tensor(requiresGradient: false))
  // Twice the operation is twice the gradient: the second pullback finds the slots filled.
  let twice = (fast(tensors) + fast(tensors)).backward(from: seed.tensor(requiresGradient: false))
  for (index, tensor) in tensors.enumerated() {
    let doubled = gradients[tensor]?.values.map { 2 * $0 }
    #expect(
      difference(twice[tensor]?.values ?? [], doubled ?? []) <= 1e-5, "input \(index) of \(sizes) taken twice",
      sourceLocation: sourceLocation)
  }

  guard inputs.reduce(0, { $0 + $1.values.count }) <= 150, !result.shape.isEmpty else { return }
  let pulled = inputs.indices.map { index in
    slowPullback(seed.matrix, at: matrices[index], step: 1e-6) { moved in
      var all = matrices
      all[index] = moved
      return slow(all)
    }
  }
  let size = pulled.reduce(0.0) { $1.values.reduce($0) { max($0, abs($1)) } }
  for (index, wanted) in pulled.enumerated() {
    let given = gradients[tensors[index]]?.values ?? []
    #expect(
      difference(given, wanted.values, atLeast: size * 0.1) <= 5e-5, "gradient of input \(index) of \(sizes)",
      sourceLocation: sourceLocation)
  }
}

extension Shape {
  fileprivate var isEmpty: Bool { count == 0 }
}
