public import GroveKernels

/// What an operation does with the gradient of its result: it adds to the slots of its inputs, and returns nothing.
public typealias Pullback = (_ outputGradient: FloatBuffer, _ gradients: Gradients) -> Void

/// Rows of floats, and where they came from.
///
/// A tensor is dense, or it is a *sparse-rows* leaf (bags of words): such a leaf can be multiplied from the left,
/// dropped out, row-scaled and row-gathered; anything else traps and names `densified()`.
///
/// Not `Sendable`: one task owns the graph of tensors.
public final class Tensor {
  let storage: Storage
  /// The tensor's place in the history.
  ///
  /// Pullbacks that need no numbers of an input hold this alone, so that the numbers
  /// are released as soon as nobody reads them.
  let origin: Origin

  enum Storage {
    case dense(FloatBuffer)
    case sparse(SparseValues)
  }

  private init(_ shape: Shape, _ storage: Storage, requiresGradient: Bool) {
    self.storage = storage
    origin = Origin(shape, requiresGradient: requiresGradient)
  }

  /// Rows × columns, the same for dense and sparse rows.
  public var shape: Shape { origin.shape }
  /// Whether `backward` carries a gradient to or through this tensor.
  public var requiresGradient: Bool { origin.requiresGradient }

  /// A dense tensor over a buffer in row-major order.
  public convenience init(_ buffer: FloatBuffer, rows: Int, columns: Int, requiresGradient: Bool = false) {
    precondition(
      buffer.count == rows * columns, "Tensor: \(buffer.count) floats for shape [\(rows), \(columns)]")
    self.init(Shape(rows, columns), .dense(buffer), requiresGradient: requiresGradient)
  }

  /// A dense tensor of the given numbers in row-major order.
  public convenience init(_ values: [Float], rows: Int, columns: Int, requiresGradient: Bool = false) {
    self.init(FloatBuffer(values), rows: rows, columns: columns, requiresGradient: requiresGradient)
  }

  /// A dense tensor from rows written out.
  ///
  /// - Precondition: rows of equal length.
  public convenience init(_ rows: [[Float]], requiresGradient: Bool = false) {
    let columns = rows.first?.count ?? 0
    for row in rows { precondition(row.count == columns, "Tensor: rows of \(columns) and \(row.count) numbers") }
    self.init(rows.flatMap { $0 }, rows: rows.count, columns: columns, requiresGradient: requiresGradient)
  }

  /// A sparse-rows leaf.
  public convenience init(_ sparse: SparseValues) {
    self.init(Shape(sparse.rowCount, sparse.columnCount), .sparse(sparse), requiresGradient: false)
  }

  /// Number of rows.
  public var rows: Int { shape.rows }
  /// Number of columns.
  public var columns: Int { shape.columns }
  /// Whether this is a sparse-rows leaf, which few operations take.
  public var isSparse: Bool { sparse != nil }

  /// The numbers of a dense tensor.
  ///
  /// - Precondition: not sparse.
  public var buffer: FloatBuffer {
    guard case .dense(let buffer) = storage else {
      preconditionFailure(
        "a sparse-rows tensor \(shape) is only multiplied, dropped out, row-scaled or gathered; call densified() first")
    }
    return buffer
  }

  /// The numbers in row-major order, copied.
  public var values: [Float] { isSparse ? densified().values : buffer.values }

  /// The single number of a [1, 1] tensor.
  public var scalar: Float {
    precondition(shape == Shape(1, 1), "scalar of a \(shape) tensor")
    return buffer[0]
  }

  /// The number at a row and column of a dense tensor.
  public subscript(row: Int, column: Int) -> Float {
    precondition(
      row >= 0 && row < rows && column >= 0 && column < columns, "Tensor \(shape): no entry [\(row), \(column)]")
    return buffer[row * columns + column]
  }

  var sparse: SparseValues? {
    if case .sparse(let values) = storage { return values }
    return nil
  }

  /// The same numbers, dense.
  ///
  /// A dense tensor is returned as it is.
  /// - Complexity: O(rows · columns).
  public func densified() -> Tensor {
    guard let sparse else { return self }
    return Tensor(sparse.dense(), rows: rows, columns: columns)
  }

  /// The same numbers without their history: no gradient flows further.
  public func detached() -> Tensor { Tensor(shape, storage, requiresGradient: false) }

  /// Notes how this tensor was made, if recording is on and an input wants a gradient.
  func recorded(from inputs: [Tensor], _ pullback: @escaping Pullback) -> Tensor {
    guard Pass.isRecording, inputs.contains(where: \.requiresGradient) else { return self }
    return recorded(always: inputs, pullback)
  }

  /// The same where the pullback may reach what wants a gradient even if no input does.
  func recorded(always inputs: [Tensor], _ pullback: @escaping Pullback) -> Tensor {
    origin.requiresGradient = true
    origin.record = Origin.Record(inputs: inputs.map(\.origin), pullback: pullback)
    return self
  }

  /// A leaf with the numbers of another tensor.
  convenience init(_ other: Tensor, requiresGradient: Bool) {
    self.init(other.shape, other.storage, requiresGradient: requiresGradient)
  }

  /// A result of an operation, its numbers yet to be written.
  static func result(_ rows: Int, _ columns: Int, zeroed: Bool = false) -> Tensor {
    Tensor(FloatBuffer(count: rows * columns, zeroed: zeroed), rows: rows, columns: columns)
  }
}
