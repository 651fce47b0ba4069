/// The pieces of a vocabulary by their numbers, as bytes.
///
/// Texts are compared byte by byte: `String` takes canonically equivalent texts for equal, a vocabulary does not.
struct PieceList: Sendable, Equatable {
  private var bytes: [UInt8] = []
  private var ranges: [Range<Int>] = []
  private var isGiven: [Bool] = []

  /// V, the number after the largest one.
  var count: Int { ranges.count }
  /// Bytes of all pieces together.
  var byteCount: Int { bytes.count }

  /// No pieces.
  init() {}

  /// Sets the piece of a number; numbers in between that nothing sets stay without one.
  mutating func set(_ piece: some Collection<UInt8>, at number: Int) {
    while ranges.count <= number {
      ranges.append(0..<0)
      isGiven.append(false)
    }
    ranges[number] = bytes.count..<bytes.count + piece.count
    isGiven[number] = true
    bytes.append(contentsOf: piece)
  }

  /// Takes the last number away.
  mutating func removeLast() {
    ranges.removeLast()
    isGiven.removeLast()
  }

  /// The bytes of a piece, or nil where the number has none.
  func bytes(at number: Int) -> ArraySlice<UInt8>? {
    guard number >= 0 && number < count && isGiven[number] else { return nil }
    return bytes[ranges[number]]
  }

  /// A piece as text, or nil where the number has none.
  func text(at number: Int) -> String? { bytes(at: number).map { String(decoding: $0, as: UTF8.self) } }
}
