import Foundation

/// What one file of a dump holds, told from its first bytes and its name, and how it is cut into records.
enum DumpContent: Sendable, Equatable {
  /// JSON objects.
  case json(JSONFraming, JSONDialect)
  /// Records of lines that begin with tags.
  case text(TextFraming)
  /// Rows of a table, a line each.
  case table(TableLayout)

  /// Tells the content of a file, but for the dialect of JSON records, which takes a look at whole records.
  ///
  /// - Parameter name: the file's own name.
  /// - Returns: nil where more bytes are needed to tell and the file has more.
  init?(head: Bytes, isWhole: Bool, name: String) {
    var place = head.starts(with: [0xef, 0xbb, 0xbf]) ? 3 : 0
    while place < head.count, head[place] <= 32, head[place] != 0x09 { place += 1 }
    let first = place < head.count ? head[place] : 0
    if first == 0x7b || first == 0x5b {
      guard let framing = JSONFraming(head: head, isWhole: isWhole) else { return nil }
      self = .json(framing, .academic)
      return
    }
    let rest = Bytes(rebasing: head[place...])
    guard isWhole || rest.count >= DumpContent.headSize else { return nil }
    if let framing = TextFraming(head: rest) {
      self = .text(framing)
    } else if let layout = TableLayout(head: rest, name: name) {
      self = .table(layout)
    } else {
      guard let framing = JSONFraming(head: head, isWhole: isWhole) else { return nil }
      self = .json(framing, .academic)
    }
  }

  /// Bytes from which text and tables can be told.
  private static let headSize = 4096

  /// Where the last whole record ends in `bytes`, or nil if none does.
  ///
  /// - Parameter isWhole: whether nothing comes after `bytes`, so that all of them are taken.
  func cut(_ bytes: Bytes, isWhole: Bool) -> Int? {
    if isWhole { return bytes.count }
    return switch self {
    case .json(let framing, _): framing.cut(bytes)
    case .text(let framing): framing.cut(bytes)
    case .table: bytes.lastIndex(of: 0x0a).map { $0 + 1 }
    }
  }

  /// Calls `body` with each record's bytes and the number of lines before it.
  ///
  /// - Returns: the number of line ends passed.
  @discardableResult
  func forEachRecord(_ bytes: Bytes, _ body: (Bytes, _ line: Int) throws -> Void) rethrows -> Int {
    switch self {
    case .json(let framing, _): try framing.forEachRecord(bytes, body)
    case .text(let framing): try framing.forEachRecord(bytes, body)
    case .table:
      try bytes.forEachLine { line, number in
        let row = line.last == 0x0d ? Bytes(rebasing: line.dropLast()) : line
        if !row.isEmpty { try body(row, number) }
      }
    }
  }
}

/// Which keys the objects of a file have.
enum JSONDialect: Sendable {
  /// Those of OAG and of the citation networks.
  case academic
  /// Those of OpenAlex.
  case openAlex
  /// Those of S2ORC's metadata.
  case s2orc
}

extension Bytes {
  /// Calls `body` with each line, without its line feed, and the number of lines before it.
  ///
  /// - Returns: the number of line feeds.
  @discardableResult
  func forEachLine(_ body: (Bytes, Int) throws -> Void) rethrows -> Int {
    guard let base = baseAddress else { return 0 }
    var start = 0
    var line = 0
    while start < count {
      let found = memchr(base + start, 0x0a, count - start)
      let end = found.map { $0.assumingMemoryBound(to: UInt8.self) - UnsafeMutablePointer(mutating: base) } ?? count
      try body(Bytes(start: base + start, count: end - start), line)
      if found != nil { line += 1 }
      start = end + 1
    }
    return line
  }

  /// The pieces between the bytes equal to `separator`, empty ones included.
  func forEachPiece(separatedBy separator: UInt8, _ body: (Bytes) -> Void) {
    var start = 0
    while true {
      let end = self[start...].firstIndex(of: separator) ?? count
      body(Bytes(rebasing: self[start..<end]))
      if end == count { return }
      start = end + 1
    }
  }

  /// The whole number that all of them spell, with a minus at most before it.
  var integer: Int64? {
    guard count > 0, count <= 20 else { return nil }
    return Int64(String(decoding: self, as: UTF8.self))
  }
}
