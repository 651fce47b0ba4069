public import GroveKernels

/// Why a tokenizer cannot be read.
public enum TokenizerFailure: Failure, Equatable {
  /// The folder has neither a `vocab.txt` nor a `tokenizer.json`.
  case noTokenizer(folder: String)
  /// The vocabulary lacks a piece that texts cannot be encoded without.
  case missingPiece(path: String, piece: String)
  /// The file describes a tokenizer that Grove does not know.
  case otherKind(path: String, what: String)
  /// The file is not what it claims to be.
  case malformed(path: String, reason: String)

  /// `missingInput` where there is nothing, else `badData`.
  public var kind: FailureKind {
    switch self {
    case .noTokenizer: .missingInput
    case .missingPiece, .otherKind, .malformed: .badData
    }
  }

  /// The path, what is wrong and what to do, in one sentence.
  public var description: String {
    switch self {
    case .noTokenizer(let folder):
      "\(folder): has no tokenizer, neither vocab.txt nor tokenizer.json; give the folder of a model with its tokenizer"
    case .missingPiece(let path, let piece):
      "\(path): the vocabulary lacks \(piece), which every text needs; restore the file or name the piece in tokenizer_config.json"
    case .otherKind(let path, let what):
      "\(path): holds \(what), which is not read yet; choose a model with a WordPiece tokenizer"
    case .malformed(let path, let reason): "\(path): \(reason); restore the file"
    }
  }
}
