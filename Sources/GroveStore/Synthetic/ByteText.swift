import GroveKernels

/// A word or key of at most 32 bytes of UTF-8, appended to a text in one store.
struct Piece: Sendable {
  fileprivate var bytes = SIMD32<UInt8>(repeating: 0)
  fileprivate var count = 0

  init(_ text: String) {
    precondition(text.utf8.count <= 32, "Piece(\(text)): \(text.utf8.count) bytes, at most 32 fit")
    for byte in text.utf8 {
      bytes[count] = byte
      count += 1
    }
  }
}

/// Text being written as bytes in one buffer that is used again and again.
struct ByteText {
  /// How many bytes are written.
  private(set) var count = 0
  private var bytes: [UInt8]

  init(capacity: Int = 1 << 18) { bytes = [UInt8](repeating: 0, count: max(capacity, 64)) }

  /// The byte at a place before `count`.
  subscript(place: Int) -> UInt8 {
    get { bytes[place] }
    set { bytes[place] = newValue }
  }

  /// Adds a piece.
  ///
  /// - Complexity: O(1).
  mutating func append(_ piece: Piece) {
    let place = count
    if place + 32 > bytes.count { grow() }
    var span = bytes.mutableSpan
    var raw = span.mutableBytes
    raw.storeBytes(of: piece.bytes, toByteOffset: place, as: SIMD32<UInt8>.self)
    count = place + piece.count
  }

  /// Adds text of the program itself.
  ///
  /// - Complexity: O(its bytes).
  mutating func append(_ literal: StaticString) {
    let start = count
    let end = start + literal.utf8CodeUnitCount
    if end > bytes.count { grow() }
    literal.withUTF8Buffer { letters in
      var span = bytes.mutableSpan
      for place in letters.indices { span[start + place] = letters[place] }
    }
    count = end
  }

  /// Adds one byte.
  mutating func append(_ byte: UInt8) {
    if count == bytes.count { grow() }
    bytes[count] = byte
    count += 1
  }

  /// Adds a whole number.
  mutating func append(decimal number: Int) {
    if number < 0 { append(UInt8(ascii: "-")) }
    var rest = number.magnitude
    var digits = 1
    var bound: UInt = 10
    while digits < 19, rest >= bound {
      digits += 1
      bound *= 10
    }
    if count + digits > bytes.count { grow() }
    let start = count
    var place = start + digits
    count = place
    var span = bytes.mutableSpan
    while place > start {
      place -= 1
      let quotient = rest / 10
      span[place] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest - 10 * quotient)
      rest = quotient
    }
  }

  /// Adds 16 hexadecimal digits.
  mutating func append(hexadecimal number: UInt64, uppercase: Bool = false) {
    let letters = UInt8(ascii: uppercase ? "A" : "a") - 10
    if count + 16 > bytes.count { grow() }
    let start = count
    count = start + 16
    var span = bytes.mutableSpan
    for digit in 0..<16 {
      let value = UInt8(truncatingIfNeeded: number >> UInt64(60 - 4 * digit)) & 15
      span[start + digit] = value + (value < 10 ? UInt8(ascii: "0") : letters)
    }
  }

  /// Adds a share given in ten-thousandths: 0.0 or 0.dddd.
  mutating func append(tenThousandths share: Int) {
    append("0.")
    if share == 0 { return append(UInt8(ascii: "0")) }
    var unit = 1000
    while unit > share {
      append(UInt8(ascii: "0"))
      unit /= 10
    }
    append(decimal: share)
  }

  /// Makes the small letter at a place a capital one.
  mutating func capitalize(at place: Int) {
    if place < count, (97...122).contains(bytes[place]) { bytes[place] -= 32 }
  }

  /// Takes away what comes after a place.
  mutating func truncate(to length: Int) {
    precondition(length <= count, "truncate(to: \(length)) of \(count) bytes")
    count = length
  }

  /// Sends everything to a file and starts anew.
  ///
  /// - Parameter isCompressed: whether the bytes become a member of a gzip file.
  /// - Returns: the number of bytes sent.
  mutating func send(to sink: inout ByteSink, isCompressed: Bool = false) throws -> Int {
    defer { count = 0 }
    if isCompressed { return count == 0 ? 0 : try GzipMember.write(bytes[..<count], to: &sink) }
    try sink.write(bytes[..<count])
    return count
  }

  private mutating func grow() { bytes.append(contentsOf: [UInt8](repeating: 0, count: bytes.count)) }
}
