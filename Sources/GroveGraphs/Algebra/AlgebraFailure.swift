import CGraphBLAS
public import GroveKernels

/// What can go wrong in graph algebra beside a caller's mistake.
public enum AlgebraFailure: Failure, Equatable {
  /// The machine has too little memory for an operation.
  case outOfMemory(operation: String)
  /// GraphBLAS answered an operation with another status than success; `status` is its GrB_Info name.
  case failed(operation: String, status: String)
  /// An entry is listed twice although the duplicate rule allows none.
  case duplicateEntry(row: Int, column: Int)

  /// `badData` for an entry listed twice, `internalFault` for the rest.
  public var kind: FailureKind {
    switch self {
    case .outOfMemory, .failed: .internalFault
    case .duplicateEntry: .badData
    }
  }

  /// The operation or entry, what happened and what to do about it, in one sentence.
  public var description: String {
    switch self {
    case .outOfMemory(let operation):
      "graph algebra: not enough memory for '\(operation)' (GrB_OUT_OF_MEMORY); use a smaller graph or more memory"
    case .failed(let operation, let status):
      "graph algebra: '\(operation)' answered \(status); report this with the size of the graph"
    case .duplicateEntry(let row, let column):
      "the entry at row \(row), column \(column) is listed twice; merge the two or choose a rule for duplicates"
    }
  }

  init(_ operation: StaticString, _ status: GrB_Info) {
    self =
      status == GrB_OUT_OF_MEMORY
      ? .outOfMemory(operation: "\(operation)")
      : .failed(operation: "\(operation)", status: String(cString: grove_graphblas_status_name(status)))
  }
}
