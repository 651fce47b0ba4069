/// How the citation networks' text form lies in a file: records of tagged lines.
///
/// A record begins with its title (`#*`, V1–V7) or its number (`#index`, V8 on and AMinerNetwork), and ends at a blank
/// line or where that tag comes again. Source: specification of the OAG formats, section 1.4.
struct TextFraming: Sendable, Equatable {
  /// Whether records begin with `#index`, names are separated by semicolons and tags are followed by a space.
  let isIndexFirst: Bool

  private static let title = Array("#*".utf8)
  private static let index = Array("#index".utf8)

  /// The framing of a file that begins with `head`, or nil where no tagged line comes first, but for the number of
  /// records that some files begin with.
  init?(head: Bytes) {
    var place = 0
    while place < head.count, head[place] >= 48 && head[place] <= 57 || head[place] <= 32 { place += 1 }
    let rest = head[place...]
    if rest.starts(with: TextFraming.index) {
      isIndexFirst = true
    } else if rest.starts(with: TextFraming.title) {
      isIndexFirst = false
    } else {
      return nil
    }
  }

  private var startTag: [UInt8] { isIndexFirst ? TextFraming.index : TextFraming.title }

  /// The number of records that the file's first line gives, if it does.
  static func headerCount(_ head: Bytes) -> Int? {
    let start = head.starts(with: [0xef, 0xbb, 0xbf]) ? 3 : 0
    let end = head[start...].firstIndex(of: 0x0a) ?? head.count
    return Bytes(rebasing: head[start..<end]).trimmed.integer.map { Int($0) }
  }

  /// Where the last record that surely has ended ends: at a blank line, or in files without any where the next begins.
  func cut(_ bytes: Bytes) -> Int? {
    let tag = startTag
    return TextFraming.lastLine(bytes, where: TextFraming.isBlank)
      ?? TextFraming.lastLine(bytes) { $0.starts(with: tag) }
  }

  /// Where the last line but the first begins for which `isWanted` holds.
  private static func lastLine(_ bytes: Bytes, where isWanted: (Slice<Bytes>) -> Bool) -> Int? {
    var end = bytes.count
    while let feed = bytes[..<end].lastIndex(of: 0x0a) {
      if isWanted(bytes[(feed + 1)...]) { return feed + 1 }
      end = feed
    }
    return nil
  }

  private static func isBlank(_ line: Slice<Bytes>) -> Bool {
    line.first == 0x0a || line.starts(with: [0x0d, 0x0a])
  }

  /// Calls `body` with each record and the number of lines before it.
  ///
  /// - Returns: the number of line ends passed.
  func forEachRecord(_ bytes: Bytes, _ body: (Bytes, _ line: Int) throws -> Void) rethrows -> Int {
    let tag = startTag
    var start: (place: Int, line: Int)?
    var hasTag = false
    var place = 0
    func record(to end: Int) throws {
      guard let begun = start else { return }
      (start, hasTag) = (nil, false)
      try body(Bytes(rebasing: bytes[begun.place..<end]), begun.line)
    }
    let lines = try bytes.forEachLine { line, number in
      defer { place += line.count + 1 }
      let text = place == 0 && line.starts(with: [0xef, 0xbb, 0xbf]) ? Bytes(rebasing: line[3...]) : line
      if text.trimmed.isEmpty {
        try record(to: place)
      } else if text.starts(with: tag) {
        if hasTag { try record(to: place) }
        hasTag = true
        if start == nil { start = (place + line.count - text.count, number) }
      } else if start == nil, !(number == 0 && text.trimmed.integer != nil) {
        start = (place, number)
      }
    }
    try record(to: bytes.count)
    return lines
  }
}
