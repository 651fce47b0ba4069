public import GroveGraphs
import Foundation
import GroveKernels

/// Bags of words in a fixed number of columns, a word's column being told by its hash: nothing is fitted or kept.
///
///     h = MurmurHash3(word);   x[|h| mod F] += sign(h);   row = x / ‖x‖
///
/// Words are those of scikit-learn: the lower-cased text's runs of two or more letters, numbers or `_`. Letters: F columns.
///
/// - Source: Weinberger et al. 2009; the hash and its sign as in scikit-learn 1.9.1, `HashingVectorizer`, whose rows are
///   the same to the last digit of a `Float`. Differs: 2^12 columns instead of 2^20; columns in which words cancel out
///   are left out.
public final class HashingEncoder: WordEncoder {
  /// The encoder's name in commands.
  public static let name = "hash"
  /// Its settings.
  public static let options = [
    EncoderOption("columns", "4096", "number of columns that words are hashed to"),
    EncoderOption("signed", "true", "whether half of the words count down, so that words of one column cancel out"),
  ]

  /// F, the number of columns.
  public let width: Int
  /// Whether the hash's sign says if a word counts up or down.
  public let isSigned: Bool

  /// - Precondition: 1 to 2^31 - 1 columns.
  public init(columns: Int = 4096, isSigned: Bool = true) {
    precondition(columns >= 1 && columns < 1 << 31, "HashingEncoder: \(columns) columns, at least 1 and below 2^31")
    width = columns
    self.isSigned = isSigned
  }

  /// True: a text has few of the words.
  public var givesSparseRows: Bool { true }

  /// A hash of the settings: there is nothing else.
  public var identity: String {
    Checksum.sha256(Data("grove \(HashingEncoder.name) 1: columns \(width), signed \(isSigned)".utf8))
  }

  /// Rows of length 1, sparse; a text without words has an empty one.
  ///
  /// - Shape: [texts, F].
  /// - Complexity: O(bytes + words · log words) a text.
  public func encode(_ texts: [String]) -> FeatureMatrix {
    let (width, isSigned) = (width, isSigned)
    return sparseFeatures(of: texts, width: width) { text in
      var counts: [(column: Int32, value: Int)] = []
      WordTokens.forEach(in: text) { word in
        let hash = MurmurHash.hash(word)
        counts.append((Int32(Int(hash.magnitude) % width), isSigned && hash < 0 ? -1 : 1))
      }
      counts.sort { $0.column < $1.column }
      var columns: [Int32] = []
      var sums: [Double] = []
      for (column, value) in counts {
        if columns.last == column {
          sums[sums.count - 1] += Double(value)
        } else {
          columns.append(column)
          sums.append(Double(value))
        }
      }
      return zip(columns, normalized(sums)).compactMap { $1 == 0 ? nil : ($0, Float($1)) }
    }
  }
}

/// MurmurHash3 of 32 bits with seed 0, as a signed number.
///
/// - Source: Appleby's MurmurHash3_x86_32, which is in the public domain.
enum MurmurHash {
  static func hash(_ bytes: [UInt8]) -> Int32 {
    var hash: UInt32 = 0
    func mixed(_ block: UInt32) -> UInt32 {
      let product = block &* 0xCC9E_2D51
      return (product << 15 | product >> 17) &* 0x1B87_3593
    }
    let blocks = bytes.count / 4
    for block in 0..<blocks {
      let at = 4 * block
      let word =
        UInt32(bytes[at]) | UInt32(bytes[at + 1]) << 8 | UInt32(bytes[at + 2]) << 16 | UInt32(bytes[at + 3]) << 24
      hash ^= mixed(word)
      hash = (hash << 13 | hash >> 19) &* 5 &+ 0xE654_6B64
    }
    var rest: UInt32 = 0
    for at in stride(from: bytes.count - 1, through: 4 * blocks, by: -1) { rest = rest << 8 | UInt32(bytes[at]) }
    if bytes.count % 4 != 0 { hash ^= mixed(rest) }
    hash ^= UInt32(truncatingIfNeeded: bytes.count)
    hash = (hash ^ hash >> 16) &* 0x85EB_CA6B
    hash = (hash ^ hash >> 13) &* 0xC2B2_AE35
    return Int32(bitPattern: hash ^ hash >> 16)
  }
}
