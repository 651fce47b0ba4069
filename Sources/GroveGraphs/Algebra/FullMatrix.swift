import CGraphBLAS

/// A matrix with a number at every place, whose memory passes between Swift and GraphBLAS without a copy: Swift reads
/// and writes `values`, GraphBLAS adds products to it.
///
/// Products are row · row: Y += X · Mᵀ with all three held by rows. Each number of Y is then one sum over one row of M,
/// made by one thread in one order, so the result has the same bytes for any number of threads.
final class FullMatrix<Element> {
  private let handle: MatrixHandle
  private let operation: StaticString
  private var memory: UnsafeMutablePointer<Element>?
  let rowCount: Int
  let columnCount: Int

  /// - Shape: [rows, columns], every place holding `initial`.
  init(
    _ kind: EntryKind, rows: Int, columns: Int, initial: Element, for operation: StaticString
  ) throws(AlgebraFailure) {
    handle = try MatrixHandle(kind, rows: rows, columns: columns)
    self.operation = operation
    rowCount = rows
    columnCount = columns
    guard let raw = grove_graphblas_allocate(rows * columns * MemoryLayout<Element>.stride) else {
      throw AlgebraFailure(operation, GrB_OUT_OF_MEMORY)
    }
    memory = raw.bindMemory(to: Element.self, capacity: rows * columns)
    values.initialize(repeating: initial)
  }

  deinit { if let memory { grove_graphblas_release(memory) } }

  /// The numbers, row after row; valid until the next product.
  var values: UnsafeMutableBufferPointer<Element> {
    UnsafeMutableBufferPointer(start: memory, count: memory == nil ? 0 : rowCount * columnCount)
  }

  /// A row as an array.
  func array(ofRow row: Int) -> [Element] {
    Array(values[row * columnCount..<(row + 1) * columnCount])
  }

  /// Y ⊙= X ⊕.⊗ Mᵀ, or X ⊕.⊗ M where `transposed` is false (for sums that do not round only).
  ///
  /// - Parameter accumulator: ⊙, which must be the semiring's ⊕.
  func accumulate(
    productOf x: FullMatrix<Element>, with matrix: MatrixHandle, transposed: Bool, semiring: GrB_Semiring,
    accumulator: GrB_BinaryOp
  ) throws(AlgebraFailure) {
    guard rowCount * columnCount > 0, x.columnCount > 0 else { return }
    try lend()
    do {
      try x.lend()
      // Y ⊙= X ⊕.⊗ Mᵀ by dot products of rows
      try graphBLAS(operation, handle, x.handle, matrix) {
        GrB_mxm(
          handle.pointer, nil, accumulator, semiring, x.handle.pointer, matrix.pointer,
          transposed ? graphBLASDescriptor(GROVE_TRANSPOSE_SECOND, GROVE_DOT_PRODUCTS) : nil)
      }
      try x.takeBack()
    } catch {
      try? x.takeBack()
      try? takeBack()
      throw error
    }
    try takeBack()
  }

  private func lend() throws(AlgebraFailure) {
    guard memory != nil else { return }
    var raw = UnsafeMutableRawPointer(memory)
    let bytes = GrB_Index(rowCount * columnCount * MemoryLayout<Element>.stride)
    try graphBLAS(operation, handle) { GxB_Matrix_pack_FullR(handle.pointer, &raw, bytes, false, nil) }
    memory = nil
  }

  private func takeBack() throws(AlgebraFailure) {
    guard memory == nil else { return }
    var raw: UnsafeMutableRawPointer?
    var bytes: GrB_Index = 0
    var isOneValue = false
    try graphBLAS(operation, handle) { GxB_Matrix_unpack_FullR(handle.pointer, &raw, &bytes, &isOneValue, nil) }
    let count = rowCount * columnCount
    let start = raw?.bindMemory(to: Element.self, capacity: count)
    if isOneValue, count > 1, let start {
      // GraphBLAS noticed that all numbers are equal and kept one of them.
      let value = start[0]
      grove_graphblas_release(start)
      guard let wide = grove_graphblas_allocate(count * MemoryLayout<Element>.stride) else {
        throw AlgebraFailure(operation, GrB_OUT_OF_MEMORY)
      }
      memory = wide.bindMemory(to: Element.self, capacity: count)
      values.initialize(repeating: value)
      return
    }
    memory = start
  }
}
