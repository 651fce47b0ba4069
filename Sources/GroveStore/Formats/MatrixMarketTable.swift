/// The entries of a coordinate file.
struct MatrixMarketTable {
  /// Number of rows, and of columns.
  private(set) var size = 0
  private(set) var isSymmetric = false
  /// Row of each entry, from 0.
  private(set) var rows: [Int32] = []
  /// Column of each entry, from 0.
  private(set) var columns: [Int32] = []
  /// Value of each entry; nil where all are 1.
  private(set) var values: [Float]?

  init(_ text: [UInt8], place: String) throws {
    func bad(_ line: Int, _ problem: String, do advice: String) -> FormatFailure {
      .bad(place, "line \(line)", problem, do: advice)
    }
    var lines = TextLines(text)
    guard let head = lines.next(), head.text.starts(with: "%%MatrixMarket".utf8) else {
      throw bad(1, "does not begin with '%%MatrixMarket'", do: "give a file in Matrix Market format")
    }
    let isPattern = try readHead(head.text.words.map { $0.string.lowercased() }) { bad(1, $0, do: $1) }
    var expected: Int?
    var numbers: [Float] = []
    var last = 1
    while let (line, text) = lines.next() {
      let fields = text.words
      last = line
      if fields.isEmpty || text.first == UInt8(ascii: "%") { continue }
      guard let count = expected else {
        let extents = fields.compactMap(\.integer)
        guard fields.count == 3, extents.count == 3, extents.allSatisfy({ $0 >= 0 && $0 < Int(Int32.max) }) else {
          throw bad(line, "is no line of rows, columns and entries", do: "write three whole numbers below 2^31 there")
        }
        guard extents[0] == extents[1] else {
          throw bad(line, "a matrix of \(extents[0]) by \(extents[1]) is no graph", do: "give a square matrix")
        }
        size = try DatasetChecks.nodeCount(ofLargestID: extents[0] - 1, edgeCount: extents[2], path: place)
        expected = extents[2]
        continue
      }
      guard rows.count < count else {
        throw bad(
          line, "is one entry more than the \(count) of the file's head", do: "correct the count or the entries")
      }
      guard fields.count == (isPattern ? 2 : 3) else {
        throw bad(
          line, "has \(fields.count) fields, expected row\(isPattern ? " and column" : ", column and value")",
          do: "give one entry a line")
      }
      let ends = try [fields[0], fields[1]].map { field in
        guard let number = field.integer, number >= 1, number <= size else {
          throw bad(
            line, "\(quoted(field.string)) is not one of the \(size) rows, counted from 1", do: "correct the entry")
        }
        return Int32(number - 1)
      }
      guard !isSymmetric || ends[0] >= ends[1] else {
        throw bad(
          line, "is above the diagonal of a symmetric matrix", do: "give the lower triangle, or say 'general'")
      }
      if !isPattern {
        guard let value = fields[2].float, value.isFinite else {
          throw bad(line, "value \(quoted(fields[2].string)) is not a finite number", do: "correct the value")
        }
        numbers.append(value)
      }
      rows.append(ends[0])
      columns.append(ends[1])
    }
    guard let expected else { throw bad(last, "has no line of rows, columns and entries", do: "it is cut short") }
    guard rows.count == expected else {
      throw bad(
        last, "the file ends after \(rows.count) of \(expected) entries", do: "it is cut short, fetch it again")
    }
    values = numbers.allSatisfy { $0 == 1 } ? nil : numbers
  }

  /// Checks the words of the first line.
  ///
  /// - Returns: whether entries have no values.
  private mutating func readHead(
    _ words: [String], _ bad: (_ problem: String, _ advice: String) -> FormatFailure
  ) throws -> Bool {
    guard words.count == 5, words[0] == "%%matrixmarket" else {
      throw bad(
        "has \(words.count) words, expected '%%MatrixMarket matrix coordinate' and two more", "correct the first line")
    }
    guard words[1] == "matrix", words[2] == "coordinate" else {
      throw bad(
        "holds \(quoted("\(words[1]) \(words[2])")), which lists no edges", "save the graph as a coordinate matrix")
    }
    guard ["pattern", "real", "integer", "double"].contains(words[3]) else {
      throw bad("has values of kind \(quoted(words[3]))", "save it as pattern, real or integer")
    }
    guard ["general", "symmetric"].contains(words[4]) else {
      throw bad("has the symmetry \(quoted(words[4])), which no graph has", "save it as general or symmetric")
    }
    isSymmetric = words[4] == "symmetric"
    return words[3] == "pattern"
  }
}
