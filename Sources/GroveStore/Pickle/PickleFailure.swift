public import GroveKernels

/// Why the bytes of a pickle are not read.
///
/// A pickle is a program for Python's unpickler; the reader here knows the few instructions that arrays, sparse matrices
/// and plain containers are written in, and refuses all others.
public enum PickleFailure: Failure, Equatable {
  /// An instruction that could run code or reach outside the file, or that plain data never needs.
  case refusedOpcode(path: String, offset: Int, name: String)
  /// A name of Python that is not on the list of those that stand for plain data.
  case refusedGlobal(path: String, offset: Int, name: String)
  /// A name of the list, used for something else than the data it stands for.
  case refusedUse(path: String, offset: Int, use: String)
  /// Bytes that are no sound pickle.
  case damaged(path: String, offset: Int, problem: String)

  /// As the exit code tells it.
  public var kind: FailureKind { .badData }

  /// One line: path, byte, what was found, what to do.
  public var description: String {
    switch self {
    case .refusedOpcode(let path, let offset, let name):
      "\(path), byte \(offset): the pickle instruction \(name) is never carried out; "
        + "save plain arrays, sparse matrices, lists and dictionaries only"
    case .refusedGlobal(let path, let offset, let name):
      "\(path), byte \(offset): the pickle asks for \(quoted(name)), which is never loaded; "
        + "do not trust the file, or save plain arrays, sparse matrices, lists and dictionaries only"
    case .refusedUse(let path, let offset, let use):
      "\(path), byte \(offset): the pickle asks to \(use), which is never done; "
        + "save plain arrays, sparse matrices, lists and dictionaries only"
    case .damaged(let path, let offset, let problem):
      "\(path), byte \(offset): the pickle \(problem); it is cut short or damaged, fetch it again"
    }
  }
}
