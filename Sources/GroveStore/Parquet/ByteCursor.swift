/// Bytes read from front to back; reading past their end is an error and not a crash.
struct ByteCursor {
  /// Why bytes are not what they should be.
  struct Damage: Error { let reason: String }

  private let bytes: ArraySlice<UInt8>
  private(set) var at: Int

  init(_ bytes: ArraySlice<UInt8>) {
    self.bytes = bytes
    at = bytes.startIndex
  }

  /// How many bytes are left.
  var left: Int { bytes.endIndex - at }

  mutating func byte() throws -> UInt8 {
    guard left > 0 else { throw Damage(reason: "it ends too early") }
    defer { at += 1 }
    return bytes[at]
  }

  /// The next bytes, as many as are asked for.
  mutating func slice(_ count: Int) throws -> ArraySlice<UInt8> {
    guard count >= 0, count <= left else { throw Damage(reason: "it ends too early") }
    defer { at += count }
    return bytes[at..<at + count]
  }

  /// A little-endian number of `count` bytes, at most 4.
  mutating func little(_ count: Int) throws -> Int {
    var value = 0
    for place in 0..<count { value |= Int(try byte()) << (8 * place) }
    return value
  }

  /// A number in groups of seven bits, the lowest first, each but the last marked by its eighth bit.
  mutating func variable() throws -> UInt64 {
    var value: UInt64 = 0
    for place in 0..<10 {
      let next = try byte()
      value |= UInt64(next & 0x7f) << (7 * UInt64(place))
      if next < 0x80 { return value }
    }
    throw Damage(reason: "a number has no end")
  }

  /// The same for numbers that count things, of which there cannot be more than `limit`.
  mutating func count(atMost limit: Int) throws -> Int {
    let value = try variable()
    guard value <= UInt64(limit) else { throw Damage(reason: "it claims \(value) of something, at most \(limit) fit") }
    return Int(value)
  }
}
