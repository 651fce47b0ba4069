import GroveKernels

/// A Parquet file of one column of texts, read page by page.
///
/// What it reads: one column of UTF-8 byte arrays, required or optional without a missing value, in data pages of
/// version 1, plain or by a dictionary, unpacked or packed by Snappy. Anything else is refused by name.
///
/// - Source: Apache Parquet, `parquet.thrift` and "Encodings".
struct ParquetTexts {
  /// The most bytes that a page may have unpacked, and a footer.
  private static let largestPage = 1 << 28

  /// The column's name.
  let name: String
  /// How many texts there are.
  let count: Int
  private let mapping: Mapping
  private let place: String
  private let isOptional: Bool
  private let chunks: [Chunk]

  private struct Chunk {
    let isPacked: Bool
    let values: Int
    let bytes: Range<Int>
  }

  /// - Throws: `FileFailure`; `FormatFailure` for a file that is damaged or holds something else.
  init(_ path: String) throws {
    let mapped = try Mapping(path)
    mapping = mapped
    place = path
    let footer = try ParquetTexts.explained(path) { try ParquetTexts.footer(mapped, path) }
    let columns = footer.structures(2)
    guard columns.count == 2, columns[0].integer(5) == 1 else {
      throw ParquetTexts.refused(path, "holds \(max(columns.count - 1, 0)) columns, expected one of texts")
    }
    let column = columns[1]
    name = column.text(4) ?? ""
    let isText = column.integer(6) == 0 || column.structure(10)?.structure(1) != nil
    guard column.integer(1) == 6, isText, column.integer(5) ?? 0 == 0 else {
      throw ParquetTexts.refused(path, "column \(quoted(name)) holds no texts")
    }
    guard let repetition = column.integer(3), repetition == 0 || repetition == 1 else {
      throw ParquetTexts.refused(path, "column \(quoted(name)) holds lists")
    }
    isOptional = repetition == 1
    guard let rows = footer.integer(3), (0..<Int(Int32.max)).contains(rows) else {
      throw ParquetTexts.refused(path, "claims an impossible number of rows")
    }
    count = rows
    chunks = try footer.structures(4).map { try ParquetTexts.chunk($0, mapped.byteCount, path) }
    guard chunks.reduce(0, { $0 + $1.values }) == rows else {
      throw ParquetTexts.damaged(path, "its parts do not hold \(rows) rows")
    }
  }

  private static func footer(_ mapping: Mapping, _ path: String) throws -> ThriftStruct {
    let bytes = mapping.bytes
    let size = mapping.byteCount
    let mark = Array("PAR1".utf8)
    guard size >= 12, bytes.prefix(4).elementsEqual(mark), bytes.suffix(4).elementsEqual(mark) else {
      throw refused(path, "does not begin and end as a Parquet file does")
    }
    var cursor = ByteCursor(ArraySlice(bytes[(size - 8)..<(size - 4)]))
    let length = try cursor.little(4)
    guard length <= size - 12, length <= largestPage else { throw ByteCursor.Damage(reason: "its footer is cut short") }
    cursor = ByteCursor(ArraySlice(bytes[(size - 8 - length)..<(size - 8)]))
    return try ThriftStruct(&cursor)
  }

  private static func chunk(_ group: ThriftStruct, _ size: Int, _ path: String) throws -> Chunk {
    let columns = group.structures(1)
    guard columns.count == 1, let chunk = columns[0].structure(3), columns[0].text(1) == nil else {
      throw refused(path, "has a part of \(columns.count) columns, expected one in this file")
    }
    guard let values = chunk.integer(5), let length = chunk.integer(7), let data = chunk.integer(9),
      let codec = chunk.integer(4), values >= 0, values < Int(Int32.max)
    else { throw damaged(path, "its footer lacks the place of its values") }
    guard codec == 0 || codec == 1 else {
      throw refused(path, "is packed by codec \(codec), only Snappy and none are read")
    }
    // A part without values has no pages, and its places may be anything.
    if values == 0 { return Chunk(isPacked: false, values: 0, bytes: 0..<0) }
    let start = min(data, chunk.integer(11) ?? data)
    guard start >= 4, length >= 0, start <= size, length <= size - start else {
      throw damaged(path, "its values do not lie inside the file")
    }
    return Chunk(isPacked: codec == 1, values: values, bytes: start..<(start + length))
  }

  /// Calls `body` with each text, in the order of rows.
  ///
  /// - Throws: `FormatFailure` for a damaged file, a missing value or text that is not UTF-8; what `body` throws.
  /// - Complexity: O(bytes) time; memory for one page and one dictionary.
  func forEach(_ body: (String) throws -> Void) throws {
    var row = 0
    for chunk in chunks {
      try ParquetTexts.explained(place) {
        var pages = ParquetPages(
          ArraySlice(mapping.bytes[chunk.bytes]), isPacked: chunk.isPacked, isOptional: isOptional)
        var left = chunk.values
        while left > 0 {
          left -= try pages.next(atMost: left) { bytes in
            guard let text = String(validating: bytes, as: UTF8.self) else {
              throw ParquetTexts.damaged(place, "row \(row) is not UTF-8")
            }
            try body(text)
            row += 1
          }
        }
      }
    }
  }

  private static func explained<Value>(_ place: String, _ body: () throws -> Value) throws -> Value {
    do { return try body() } catch let damage as ByteCursor.Damage { throw damaged(place, damage.reason) }
  }

  private static func damaged(_ place: String, _ reason: String) -> FormatFailure {
    .bad(place, "is a damaged Parquet file: \(reason)", do: "fetch it again")
  }

  private static func refused(_ place: String, _ reason: String) -> FormatFailure {
    .bad(place, reason, do: "only Parquet files of one column of texts are read")
  }
}
