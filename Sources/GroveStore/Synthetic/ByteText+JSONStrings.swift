import GroveKernels

/// What the inside of a JSON string is in formats that escape nothing.
extension ByteText {
  /// Replaces JSON's escapes from a place on by what they stand for.
  ///
  /// - Complexity: O(bytes behind the place).
  mutating func unescape(from start: Int) {
    var from = start
    var to = start
    while from < count {
      guard self[from] == UInt8(ascii: "\\"), from + 1 < count else {
        self[to] = self[from]
        (from, to) = (from + 1, to + 1)
        continue
      }
      guard self[from + 1] == UInt8(ascii: "u") else {
        self[to] = self[from + 1]
        (from, to) = (from + 2, to + 1)
        continue
      }
      var scalar = hexadecimal(at: from + 2)
      from += 6
      if scalar & 0xfc00 == 0xd800 {
        scalar = 0x10000 + (scalar & 0x3ff) << 10 + hexadecimal(at: from + 2) & 0x3ff
        from += 6
      }
      for byte in String(Unicode.Scalar(scalar).map(Character.init) ?? "\u{fffd}").utf8 {
        self[to] = byte
        to += 1
      }
    }
    truncate(to: to)
  }

  private func hexadecimal(at place: Int) -> UInt32 {
    var value: UInt32 = 0
    for digit in place..<place + 4 {
      let letter = self[digit]
      value = value << 4 | UInt32(letter < 58 ? letter - 48 : (letter | 32) - 87)
    }
    return value
  }

  /// Makes the capital letters of ASCII from a place on small ones.
  mutating func lowercase(from start: Int) {
    for place in start..<count where (65...90).contains(self[place]) { self[place] += 32 }
  }

  /// Whether a byte stands somewhere from a place on.
  func contains(_ byte: UInt8, from start: Int) -> Bool {
    (start..<count).contains { self[$0] == byte }
  }
}
