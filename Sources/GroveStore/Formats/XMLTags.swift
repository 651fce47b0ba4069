/// The tags and texts of an XML document, one after the other.
///
/// Enough of XML for graphs: elements, attributes, the five entities and character references, comments, CDATA,
/// processing instructions. A document type that declares anything is refused, so no entity expands and nothing is ever
/// fetched; elements nest at most `deepest` deep. Prefixes of names are left out.
///
/// - Source: Extensible Markup Language 1.0, fifth edition, sections 2 to 4.
struct XMLTags {
  /// What comes next.
  enum Event {
    case start(name: String, attributes: [(name: String, value: String)])
    case end(name: String)
    /// Text that is not white space alone.
    case text(String)
  }

  /// How deep elements may nest.
  static let deepest = 256

  /// For messages.
  let place: String
  private let bytes: [UInt8]
  private var at = 0
  /// The line of the present event, from 1.
  private(set) var line = 1
  /// Where the lines before the present one were counted up to.
  private var counted = 0
  /// Names of the elements that are open, outermost first; that of an `end` is closed already.
  private(set) var open: [String] = []
  private var isEmptyElement = false
  private var hasRoot = false

  /// - Throws: `FormatFailure.malformed` for other encodings than UTF-8, ASCII and Latin-1.
  init(_ text: [UInt8], place: String) throws {
    self.place = place
    if text.starts(with: [0xfe, 0xff]) || text.starts(with: [0xff, 0xfe]) || text.prefix(4).contains(0) {
      throw FormatFailure.bad(place, "is text in UTF-16 or UTF-32", do: "save it in UTF-8")
    }
    let head = text.prefix(200).prefix { $0 != UInt8(ascii: ">") }.string.lowercased()
    guard head.hasPrefix("<?xml"), let mark = head.firstRange(of: "encoding") else {
      bytes = text
      return
    }
    let name = head[mark.upperBound...].drop { " =\t\r\n\"'".contains($0) }.prefix { !" \"'?".contains($0) }
    switch name {
    case "utf-8", "utf8", "us-ascii", "ascii": bytes = text
    case "iso-8859-1", "latin1", "latin-1":
      bytes = text.allSatisfy { $0 < 128 } ? text : Array(String(String.UnicodeScalarView(text.map { .init($0) })).utf8)
    default:
      throw FormatFailure.bad(place, "line 1", "is text in encoding \(quoted(String(name)))", do: "save it in UTF-8")
    }
  }

  /// The next event, or nil after the root element has ended.
  ///
  /// - Throws: `FormatFailure.malformed` with the line.
  mutating func next() throws -> Event? {
    if isEmptyElement, let name = open.popLast() {
      isEmptyElement = false
      return .end(name: name)
    }
    while at < bytes.count {
      countLines()
      guard bytes[at] == UInt8(ascii: "<") else {
        let text = bytes[at..<(bytes[at...].firstIndex(of: UInt8(ascii: "<")) ?? bytes.count)]
        at = text.endIndex
        if text.allSatisfy({ $0 <= 32 }) { continue }
        guard !open.isEmpty else { throw bad("text stands outside the document's element") }
        return .text(try decoded(text))
      }
      switch at + 1 < bytes.count ? bytes[at + 1] : 0 {
      case UInt8(ascii: "!") where take("<!--"): try skip(past: "-->")
      case UInt8(ascii: "!") where take("<![CDATA["):
        let begin = at
        try skip(past: "]]>")
        guard !open.isEmpty else { throw bad("text stands outside the document's element") }
        return .text(bytes[begin..<at - 3].string)
      case UInt8(ascii: "!"): try skipDocumentType()
      case UInt8(ascii: "?"): try skip(past: "?>")
      case UInt8(ascii: "/"):
        at += 2
        return try end()
      default:
        at += 1
        return try element()
      }
    }
    countLines()
    if let name = open.last { throw bad("the file ends inside <\(plain(name, limit: 60))>") }
    guard hasRoot else { throw bad("there is no element") }
    return nil
  }

  /// A failure at the present line.
  func bad(_ problem: String, do advice: String = "correct the file, or fetch it again") -> FormatFailure {
    .bad(place, "line \(line)", problem, do: advice)
  }

  // MARK: - Parts

  private mutating func end() throws -> Event {
    let name = try self.name()
    skipSpace()
    guard take(">") else { throw bad("the tag </\(plain(name, limit: 60))> does not end") }
    guard let opened = open.popLast() else { throw bad("</\(plain(name, limit: 60))> closes what is not open") }
    guard opened == name else {
      throw bad("</\(plain(name, limit: 60))> stands where <\(plain(opened, limit: 60))> ends")
    }
    return .end(name: name)
  }

  private mutating func element() throws -> Event {
    let name = try self.name()
    guard !open.isEmpty || !hasRoot else { throw bad("a second element follows the document's own") }
    guard open.count < XMLTags.deepest else {
      throw bad("elements nest more than \(XMLTags.deepest) deep", do: "give a flat graph")
    }
    var attributes: [(name: String, value: String)] = []
    while true {
      skipSpace()
      if take("/>") {
        isEmptyElement = true
        break
      }
      if take(">") { break }
      let attribute = try self.name(keepsPrefix: true)
      skipSpace()
      guard take("=") else { throw bad("attribute \(quoted(attribute)) has no value") }
      skipSpace()
      guard at < bytes.count, bytes[at] == 34 || bytes[at] == 39,
        let end = bytes[(at + 1)...].firstIndex(of: bytes[at])
      else { throw bad("the value of attribute \(quoted(attribute)) has no quotes, or no end") }
      attributes.append((attribute, try decoded(bytes[at + 1..<end])))
      at = end + 1
    }
    hasRoot = true
    open.append(name)
    return .start(name: name, attributes: attributes)
  }

  private mutating func name(keepsPrefix: Bool = false) throws -> String {
    let name = bytes[at...].prefix { $0 > 32 && !"/>=<\"'".utf8.contains($0) }
    guard !name.isEmpty, name.count <= 1000 else { throw bad("a tag or an attribute has no name") }
    at = name.endIndex
    guard !keepsPrefix, let colon = name.lastIndex(of: UInt8(ascii: ":")) else { return name.string }
    return name[(colon + 1)...].string
  }

  /// Passes a document type without declarations of its own; what it points to is not fetched.
  private mutating func skipDocumentType() throws {
    while at < bytes.count, bytes[at] != UInt8(ascii: ">") {
      switch bytes[at] {
      case UInt8(ascii: "["):
        throw bad("a document type that declares entities or elements is refused", do: "take the declarations out")
      case 34, 39:
        guard let end = bytes[(at + 1)...].firstIndex(of: bytes[at]) else {
          throw bad("the document type does not end")
        }
        at = end + 1
      default: at += 1
      }
    }
    guard take(">") else { throw bad("the document type does not end") }
  }

  private mutating func countLines() {
    for byte in bytes[counted..<at] where byte == 10 { line += 1 }
    counted = at
  }

  private mutating func take(_ mark: StaticString) -> Bool {
    let length = mark.utf8CodeUnitCount
    guard at + length <= bytes.count, bytes[at..<at + length].elementsEqual(mark.description.utf8) else { return false }
    at += length
    return true
  }

  private mutating func skipSpace() { while at < bytes.count, bytes[at] <= 32 { at += 1 } }

  private mutating func skip(past mark: String) throws {
    let mark = Array(mark.utf8)
    while let found = bytes[at...].firstIndex(of: mark[0]) {
      at = found
      if bytes[at...].starts(with: mark) {
        at += mark.count
        return
      }
      at += 1
    }
    throw bad("what begins here has no \(String(decoding: mark, as: UTF8.self))")
  }

  /// Text with its entities replaced.
  private func decoded(_ text: ArraySlice<UInt8>) throws -> String {
    guard text.contains(UInt8(ascii: "&")) else { return text.string }
    var result: [UInt8] = []
    result.reserveCapacity(text.count)
    var place = text.startIndex
    while place < text.endIndex {
      guard text[place] == UInt8(ascii: "&") else {
        result.append(text[place])
        place += 1
        continue
      }
      let name = text[(place + 1)...].prefix(12).prefix { $0 != UInt8(ascii: ";") }
      guard name.endIndex < text.endIndex, text[name.endIndex] == UInt8(ascii: ";"),
        let character = XMLTags.character(name.string)
      else {
        throw bad("\(quoted("&" + name.string)) is no entity that is known", do: "write '&amp;' for an ampersand")
      }
      result += Array(String(character).utf8)
      place = name.endIndex + 1
    }
    return String(decoding: result, as: UTF8.self)
  }

  private static func character(_ name: String) -> Character? {
    switch name {
    case "lt": return "<"
    case "gt": return ">"
    case "amp": return "&"
    case "quot": return "\""
    case "apos": return "'"
    default:
      guard name.hasPrefix("#") else { return nil }
      let digits = name.dropFirst()
      let code = digits.hasPrefix("x") ? UInt32(digits.dropFirst(), radix: 16) : UInt32(digits)
      return code.flatMap { Unicode.Scalar($0) }.map { Character($0) }
    }
  }
}
