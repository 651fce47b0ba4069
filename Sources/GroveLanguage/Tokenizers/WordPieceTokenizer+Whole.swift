import Foundation
import GroveKernels

extension WordPieceTokenizer {
  /// A hash of pieces and settings.
  ///
  /// - Complexity: O(bytes of the vocabulary).
  public var identity: String {
    let settings = [
      "wordpiece", "\(normalizer)", "\(special)", "\(longestWord)",
      added.map { "\($0.text) \($0.number) \($0.isWholeWord) \($0.isNormalized)" }.joined(separator: "\n"),
    ]
    let pieces = (0..<vocabularyCount).map { text(of: Int32($0)) ?? "" }
    return Checksum.sha256(Data((settings + pieces).joined(separator: "\n").utf8))
  }

  /// Pieces with the first and the last special one around them.
  public func surrounded(_ pieces: [Int32]) -> [Int32] { [classification] + pieces + [separator] }
}
