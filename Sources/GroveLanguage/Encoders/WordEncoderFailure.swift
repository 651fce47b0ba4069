public import GroveKernels

/// Why an encoder of words cannot be fitted or read.
public enum WordEncoderFailure: Failure, Equatable {
  /// No word of the corpus may be kept.
  case noWords(encoder: String, texts: Int)
  /// The folder holds no fitted encoder of the kind.
  case notFitted(folder: String, encoder: String)
  /// The folder holds no word vectors.
  case noVectors(folder: String)
  /// The file is not what it claims to be.
  case malformed(path: String, reason: String)
  /// The encoder was fitted with other word vectors.
  case otherVectors(path: String)

  /// `missingInput` where there is nothing, else `badData`.
  public var kind: FailureKind {
    switch self {
    case .notFitted, .noVectors: .missingInput
    case .noWords, .malformed, .otherVectors: .badData
    }
  }

  /// What is wrong and what to do, in one sentence.
  public var description: String {
    switch self {
    case .noWords(let encoder, let texts):
      "encoder '\(encoder)' finds no word to keep in \(texts) texts; give it texts with words, or lower the number of texts that a word must be in"
    case .notFitted(let folder, let encoder):
      "\(folder): holds no fitted encoder '\(encoder)'; fit one to texts and save it there"
    case .noVectors(let folder):
      "\(folder): holds no word vectors, a text file with a word and its numbers on each line; `grove data get glove-6b-50d` fetches some"
    case .malformed(let path, let reason): "\(path): \(reason); restore the file or fit the encoder again"
    case .otherVectors(let path):
      "\(path): was fitted with other word vectors than those given; give the vectors of that time or fit the encoder again"
    }
  }
}
