import Foundation
public import GroveGraphs
import GroveKernels

/// A vector for each word of a vocabulary, such as GloVe's.
///
/// Letters: V words, F width.
public struct WordVectors: Sendable {
  /// F, the numbers of a vector.
  public let width: Int
  /// Equal for vectors of the same words, order and numbers: a hash of all of them.
  public let identity: String
  let table: WordTable
  /// The vectors, row after row. [V, F]
  let values: FeatureValues

  /// Vectors at hand; the i-th word has row i, and of equal words the first counts.
  ///
  /// - Parameters:
  ///   - values: row after row, V · F numbers.
  ///   - place: what errors call them, such as the path of their file.
  /// - Throws: `WordEncoderFailure.malformed` where words and rows differ in number or a number is not finite.
  /// - Complexity: O(V · F).
  public init(words: [String], values: FeatureValues, width: Int, place: String = "the word vectors") throws {
    try self.init(table: WordTable(words), values: values, width: width, place: place)
  }

  init(table: WordTable, values: FeatureValues, width: Int, place: String) throws {
    guard width > 0, table.count > 0, values.count == table.count * width else {
      throw WordEncoderFailure.malformed(
        path: place, reason: "\(table.count) words have \(values.count) numbers in rows of \(width)")
    }
    let rows = 2048
    let parts = Workers.mapChunks(of: table.count, atLeast: rows) { range in
      var bytes: [UInt8] = []
      bytes.reserveCapacity(range.count * width * 4)
      var firstBad: Int?
      for row in range {
        for place in row * width..<(row + 1) * width {
          let value = values[place]
          if !value.isFinite && firstBad == nil { firstBad = row }
          let bits = value.bitPattern
          for shift in stride(from: UInt32(0), to: 32, by: 8) { bytes.append(UInt8(truncatingIfNeeded: bits >> shift)) }
        }
        bytes.append(contentsOf: table[row])
        bytes.append(10)
      }
      return (hash: Checksum.sha256(Data(bytes)), firstBad: firstBad)
    }
    if let row = parts.compactMap(\.firstBad).first {
      throw WordEncoderFailure.malformed(
        path: place, reason: "the vector of '\(table.word(row))' has a number that is not finite")
    }
    self.width = width
    self.table = table
    self.values = values
    identity = Checksum.sha256(Data("\(width) \(parts.map(\.hash).joined())".utf8))
  }

  /// V, the number of words.
  public var count: Int { table.count }

  /// The words in the order of their rows.
  public var words: [String] { table.words }

  /// The vector of a word, or nil where there is none.
  public subscript(word: String) -> [Float]? {
    guard let row = table.number(of: Array(word.utf8)) else { return nil }
    return Array(values[row * width..<(row + 1) * width])
  }

  /// The words of a `vocab.txt`: line i holds the word of row i.
  ///
  /// - Throws: `FileFailure`.
  public static func vocabulary(_ path: String) throws -> [String] {
    let list = try VocabularyFile.lines(path)
    return (0..<list.count).map { list.text(at: $0) ?? "" }
  }
}
