/// Pieces by their bytes, walked one byte at a time, so that the longest piece that begins a word is found in one pass.
///
/// Letters: n nodes. A node is a prefix of pieces; its children lie in one table of slots for all nodes, hashed by node
/// and byte.
struct PieceTrie: Sendable {
  /// The empty prefix.
  static let root: Int32 = 0

  /// The most bytes that all pieces may have.
  static let maximalByteCount = 1 << 24 - 2

  /// A slot is 0, or node and byte in the upper half (node · 256 + byte + 1) and the child in the lower half.
  private var slots: [UInt64]
  /// The number of the piece that ends at a node, or -1.
  private var pieceAtNode: [Int32] = [-1]

  /// An empty trie with room for pieces of so many bytes in all.
  ///
  /// - Precondition: at most `maximalByteCount` bytes.
  init(byteCount: Int) {
    precondition(
      byteCount <= PieceTrie.maximalByteCount,
      "PieceTrie: pieces of \(byteCount) bytes in all, at most \(PieceTrie.maximalByteCount) have room")
    var size = 16
    while size < 2 * byteCount { size *= 2 }
    slots = [UInt64](repeating: 0, count: size)
  }

  /// Adds a piece; a later one of the same bytes takes its place.
  mutating func insert(_ bytes: some Sequence<UInt8>, as piece: Int32) {
    var node = PieceTrie.root
    for byte in bytes {
      let slot = slot(of: node, byte)
      if slots[slot] == 0 {
        slots[slot] = PieceTrie.key(node, byte) << 32 | UInt64(pieceAtNode.count)
        pieceAtNode.append(-1)
      }
      node = Int32(truncatingIfNeeded: slots[slot])
    }
    pieceAtNode[Int(node)] = piece
  }

  /// The prefix that is one byte longer, or nil where no piece has it.
  @inline(__always)
  func child(of node: Int32, _ byte: UInt8) -> Int32? {
    let found = slots[slot(of: node, byte)]
    return found == 0 ? nil : Int32(truncatingIfNeeded: found)
  }

  /// The piece that is this prefix, or nil.
  @inline(__always)
  func piece(at node: Int32) -> Int32? {
    let piece = pieceAtNode[Int(node)]
    return piece < 0 ? nil : piece
  }

  /// The node of a prefix, or nil where no piece begins so.
  func node(of prefix: some Sequence<UInt8>) -> Int32? {
    var node = PieceTrie.root
    for byte in prefix {
      guard let next = child(of: node, byte) else { return nil }
      node = next
    }
    return node
  }

  /// The longest piece that a range of bytes begins with, behind the prefix of a node, and where it ends.
  @inline(__always)
  func longestPiece(in bytes: [UInt8], _ range: Range<Int>, from start: Int32) -> (piece: Int32, end: Int)? {
    var node = start
    var piece: Int32 = -1
    var end = range.lowerBound
    var at = range.lowerBound
    while at < range.upperBound, let next = child(of: node, bytes[at]) {
      node = next
      at += 1
      let found = pieceAtNode[Int(node)]
      if found >= 0 { (piece, end) = (found, at) }
    }
    return piece < 0 ? nil : (piece, end)
  }

  private static func key(_ node: Int32, _ byte: UInt8) -> UInt64 { UInt64(node) << 8 + UInt64(byte) + 1 }

  /// Where the child is, or where it would be.
  @inline(__always)
  private func slot(of node: Int32, _ byte: UInt8) -> Int {
    let key = PieceTrie.key(node, byte)
    let mask = slots.count - 1
    var slot = Int(truncatingIfNeeded: (key &* 0x9E37_79B9_7F4A_7C15) >> 32) & mask
    while slots[slot] != 0 && slots[slot] >> 32 != key { slot = (slot + 1) & mask }
    return slot
  }
}
