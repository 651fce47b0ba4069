import Foundation
import GroveGraphs
import GroveKernels

extension WordVectors {
  /// The vectors of a folder that holds them as text: its one `.txt` file beside `vocab.txt`, or a file's own path.
  ///
  /// - Throws: `WordEncoderFailure.noVectors` where there is no such file or several, or as `init(textFile:)`.
  public init(folder: String) throws {
    guard AtomicFile.isFolder(folder) else {
      try self.init(textFile: folder)
      return
    }
    let names = try FileManager.default.contentsOfDirectory(atPath: folder)
      .filter { $0.hasSuffix(".txt") && $0 != "vocab.txt" }
    guard let name = names.first, names.count == 1 else { throw WordEncoderFailure.noVectors(folder: folder) }
    try self.init(textFile: "\(folder)/\(name)")
  }

  /// Vectors as GloVe and word2vec write them: a line for each word, `word n1 n2 …`, after a line `V F` or none.
  ///
  /// A word may have spaces in it: the last F fields of a line are its numbers.
  /// - Throws: `FileFailure`, or `WordEncoderFailure.malformed` naming the line.
  /// - Complexity: O(bytes), on all threads.
  public init(textFile path: String) throws {
    let mapping = try Mapping(path)
    let bytes = MappedArray<UInt8>(mapping, offset: 0, count: mapping.byteCount)
    let lines = VectorLines(bytes)
    guard let (start, width) = lines.head else {
      throw WordEncoderFailure.malformed(path: path, reason: "its first line is not a word and its numbers")
    }
    let parts = Workers.mapChunks(of: bytes.count - start, atLeast: 1 << 20) { range in
      lines.read(start + range.lowerBound..<start + range.upperBound, first: start, width: width)
    }
    var table = WordTable()
    var values: [Float] = []
    for part in parts {
      if let bad = part.firstBad {
        let line = bytes[..<bad].reduce(1) { $1 == 10 ? $0 + 1 : $0 }
        throw WordEncoderFailure.malformed(path: path, reason: "line \(line) is not a word and \(width) numbers")
      }
      for word in 0..<part.words.count { table.append(part.words[word]) }
      values.append(contentsOf: part.values)
    }
    try self.init(table: table, values: .array(values), width: width, place: path)
  }
}

/// Reads lines of words and numbers out of a file's bytes.
private struct VectorLines: Sendable {
  let bytes: MappedArray<UInt8>

  init(_ bytes: MappedArray<UInt8>) { self.bytes = bytes }

  struct Part: Sendable {
    var words = WordTable()
    var values: [Float] = []
    /// Where the first line that is none begins.
    var firstBad: Int?
  }

  /// Where the first word stands, and F.
  var head: (start: Int, width: Int)? {
    let end = lineEnd(from: 0)
    let fields = bytes[..<end].split(separator: 32).map { String(decoding: $0, as: UTF8.self) }
    let numbers = fields.compactMap { Int($0.trimmingCharacters(in: .whitespaces)) }
    if fields.count == 2, numbers.count == 2, numbers[0] >= 0, numbers[1] > 0 {
      return (min(end + 1, bytes.count), numbers[1])
    }
    return fields.count < 2 ? nil : (0, fields.count - 1)
  }

  /// The lines that begin in a range.
  func read(_ range: Range<Int>, first: Int, width: Int) -> Part {
    var part = Part()
    var at = range.lowerBound
    if at > first && bytes[at - 1] != 10 { at = lineEnd(from: at) + 1 }
    while at < range.upperBound {
      let end = lineEnd(from: at)
      if !read(line: at..<end, width: width, into: &part) {
        part.firstBad = at
        return part
      }
      at = end + 1
    }
    return part
  }

  private func lineEnd(from start: Int) -> Int {
    var at = start
    while at < bytes.count && bytes[at] != 10 { at += 1 }
    return at
  }

  private func read(line: Range<Int>, width: Int, into part: inout Part) -> Bool {
    var end = line.upperBound
    while end > line.lowerBound && (bytes[end - 1] == 32 || bytes[end - 1] == 13) { end -= 1 }
    if end == line.lowerBound { return true }
    var numbers: [Float] = []
    numbers.reserveCapacity(width)
    for _ in 0..<width {
      var start = end
      while start > line.lowerBound && bytes[start - 1] != 32 { start -= 1 }
      guard start > line.lowerBound, let number = number(start..<end) else { return false }
      numbers.append(number)
      end = start - 1
    }
    part.words.append(Array(bytes[line.lowerBound..<end]))
    part.values.append(contentsOf: numbers.reversed())
    return true
  }

  /// A decimal number: exact in a `Double` where it has at most 15 digits and a small exponent, else the slow way.
  private func number(_ range: Range<Int>) -> Float? {
    var mantissa = 0
    var digits = 0
    var places = 0
    var isFraction = false
    let isNegative = !range.isEmpty && bytes[range.lowerBound] == UInt8(ascii: "-")
    for at in (isNegative ? range.dropFirst() : range) {
      switch bytes[at] {
      case 48...57 where digits < 15:
        mantissa = mantissa * 10 + Int(bytes[at] - 48)
        digits += 1
        if isFraction { places += 1 }
      case UInt8(ascii: ".") where !isFraction: isFraction = true
      default:
        // Other spellings, such as 1e-05.
        return Float(String(decoding: bytes[range], as: UTF8.self))
      }
    }
    guard digits > 0 else { return nil }
    let value = Double(mantissa) / VectorLines.powers[places]
    return Float(isNegative ? -value : value)
  }

  private static let powers: [Double] = (0...15).map { power in (0..<power).reduce(1.0) { value, _ in value * 10 } }
}
