/// Records of a comma-separated text: fields in double quotes may hold commas, line ends and doubled quotes.
///
/// - Source: RFC 4180.
struct CommaRecords: Sequence, IteratorProtocol {
  private let text: [UInt8]
  private var at = 0

  init(_ text: [UInt8]) { self.text = text }

  /// The next record that is not an empty line.
  mutating func next() -> [String]? {
    while at < text.count, text[at] == 10 || text[at] == 13 { at += 1 }
    guard at < text.count else { return nil }
    var fields = [field()]
    while at < text.count, text[at] == 44 {
      at += 1
      fields.append(field())
    }
    return fields
  }

  /// The field that begins here; `at` is then at the comma or line end behind it.
  private mutating func field() -> String {
    guard at < text.count, text[at] == 34 else {
      let begin = at
      while at < text.count, text[at] != 44, text[at] != 10 { at += 1 }
      var field = text[begin..<at]
      if field.last == 13 { field.removeLast() }
      return field.string
    }
    var field: [UInt8] = []
    at += 1
    while at < text.count {
      let byte = text[at]
      at += 1
      if byte == 34 {
        guard at < text.count, text[at] == 34 else { break }
        at += 1
      }
      field.append(byte)
    }
    while at < text.count, text[at] != 44, text[at] != 10 { at += 1 }
    return String(decoding: field, as: UTF8.self)
  }
}
