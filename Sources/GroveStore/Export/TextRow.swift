/// Bytes of text being put together from numbers and fields.
struct TextRow {
  private(set) var bytes: [UInt8] = []

  /// Empties the row and keeps its memory.
  mutating func clear() { bytes.removeAll(keepingCapacity: true) }

  mutating func append(_ text: String) { bytes.append(contentsOf: text.utf8) }

  mutating func append(byte: UInt8) { bytes.append(byte) }

  mutating func append(_ number: Int32) { append(Int(number)) }

  mutating func append(_ number: Int) {
    if number < 0 { bytes.append(45) }
    var rest = number.magnitude
    let begin = bytes.count
    repeat {
      bytes.append(UInt8(48 + rest % 10))
      rest /= 10
    } while rest > 0
    bytes[begin...].reverse()
  }

  /// The shortest decimal that reads back equal.
  mutating func append(_ number: Float) {
    if number == 0, number.sign == .plus { return append("0.0") }
    append("\(number)")
  }

  /// A field of a comma-separated table, in quotes where it needs them.
  mutating func append(field: String) {
    guard field.utf8.contains(where: { $0 == 44 || $0 == 34 || $0 == 10 || $0 == 13 }) else { return append(field) }
    bytes.append(34)
    for byte in field.utf8 {
      if byte == 34 { bytes.append(34) }
      bytes.append(byte)
    }
    bytes.append(34)
  }
}
