/// Lines of a text with their numbers from 1; a final newline ends the last line and begins none.
struct TextLines: Sequence, IteratorProtocol {
  let bytes: [UInt8]
  private var at = 0
  private var number = 0

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  /// The next line without its end (`\n` or `\r\n`).
  mutating func next() -> (number: Int, text: ArraySlice<UInt8>)? {
    guard at < bytes.count else { return nil }
    let end = bytes[at...].firstIndex(of: 10) ?? bytes.count
    var text = bytes[at..<end]
    if text.last == 13 { text.removeLast() }
    at = end + 1
    number += 1
    return (number, text)
  }
}

extension ArraySlice<UInt8> {
  /// The bytes as text; bytes that are not UTF-8 become replacement characters.
  var string: String { String(decoding: self, as: UTF8.self) }

  /// Parts between single separators; none is left out.
  func fields(separatedBy separator: UInt8) -> [ArraySlice<UInt8>] {
    split(separator: separator, omittingEmptySubsequences: false)
  }

  /// Parts between runs of spaces and tabs.
  var words: [ArraySlice<UInt8>] { split(whereSeparator: { $0 == 32 || $0 == 9 }) }

  /// Without spaces and tabs at both ends.
  var trimmed: ArraySlice<UInt8> {
    var rest = self
    while let first = rest.first, first == 32 || first == 9 { rest.removeFirst() }
    while let last = rest.last, last == 32 || last == 9 { rest.removeLast() }
    return rest
  }

  /// The number that the bytes spell, or nil.
  var integer: Int? {
    guard !isEmpty, count <= 19 else { return nil }
    var value = 0
    var isNegative = false
    for (position, byte) in enumerated() {
      if position == 0 && (byte == 45 || byte == 43) && count > 1 {
        isNegative = byte == 45
        continue
      }
      guard (48...57).contains(byte) else { return nil }
      let (shifted, first) = value.multipliedReportingOverflow(by: 10)
      let (sum, second) = shifted.addingReportingOverflow(Int(byte) - 48)
      if first || second { return nil }
      value = sum
    }
    return isNegative ? -value : value
  }

  /// The number that the bytes spell, or nil.
  var float: Float? {
    if count == 1, let byte = first, (48...57).contains(byte) { return Float(byte - 48) }
    return count > 64 ? nil : Float(string)
  }
}
