/// Cuts texts into pieces of a fixed vocabulary.
///
/// WordPiece conforms to it; byte-level BPE and unigram vocabularies have room to.
public protocol Tokenizer: Sendable {
  /// V, the number of pieces.
  var vocabularyCount: Int { get }

  /// Equal for two tokenizers that cut every text alike: a hash of vocabulary and settings.
  var identity: String { get }

  /// Numbers of a text's pieces, without the special pieces that a model puts around them.
  ///
  /// - Complexity: O(scalars of the text).
  func pieces(of text: String) -> [Int32]

  /// Pieces with the model's special ones around them.
  func surrounded(_ pieces: [Int32]) -> [Int32]

  /// The pieces of a text with the special ones around them, cut so that there are at most `limit` in all.
  func encode(_ text: String, limit: Int) -> [Int32]

  /// A piece as it stands in the vocabulary, or nil for a number that is not in it.
  func text(of piece: Int32) -> String?
}
