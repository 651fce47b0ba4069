public import GroveKernels

/// Why a stored index of rows cannot be used.
public enum RowIndexFailure: Failure, Equatable {
  case missing(path: String)
  case damaged(path: String, problem: String)
  /// An index of other rows, or made in another way.
  case other(path: String, reason: String)
  case outOfMemory(rows: Int)

  /// As the exit code tells it.
  public var kind: FailureKind {
    switch self {
    case .missing: .missingInput
    case .damaged, .other: .badData
    case .outOfMemory: .inputOutput
    }
  }

  /// One line that ends with what to do.
  public var description: String {
    switch self {
    case .missing(let path): "\(path): no index lies here; build it"
    case .damaged(let path, let problem): "\(path): \(problem); build the index again"
    case .other(let path, let reason): "\(path): the index is of another kind (\(reason)); build it again"
    case .outOfMemory(let rows): "an index of \(rows) rows does not fit into memory; search exactly, or use more memory"
    }
  }
}
