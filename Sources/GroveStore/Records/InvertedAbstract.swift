import Foundation

/// Rebuilds abstracts that come as an index from tokens to their positions.
///
/// Gaps are left out, positions beyond the length dropped; of two tokens at one place the later in the file counts.
/// Source: specification of the OAG formats, sections 1.5 and 1.7, checks 28 and 29 of 6.1.
struct InvertedAbstract {
  private var slots: [(offset: Int, count: Int)] = []
  private var joined: [UInt8] = []

  /// Appends the text of the index in `object`: {IndexLength, InvertedIndex} or the map of tokens itself, whose length
  /// is one more than its last position.
  mutating func rebuild(_ tape: JSONTape, _ object: Int, into text: inout [UInt8]) {
    guard tape.isKind(.object, at: object) else { return }
    var index = object
    var length: Int64?
    tape.forEachMember(of: object) { key, value in
      if key.equals("InvertedIndex"), tape.isKind(.object, at: value) {
        index = value
      } else if key.equals("IndexLength"), !tape.isKind(.array, at: value) {
        length = tape.integer(at: value)
      }
    }
    // Each position takes two words of the tape, so an honest length is no longer than the tape.
    let most = tape.next(after: index) - index
    slots.removeAll(keepingCapacity: true)
    let count = max(0, min(length ?? InvertedAbstract.length(tape, index), Int64(max(most, 1 << 16))))
    slots.append(contentsOf: repeatElement((offset: 0, count: 0), count: Int(count)))
    let strings = tape.strings
    var size = 0
    slots.withUnsafeMutableBufferPointer { slots in
      tape.forEachMember(of: index) { token, places in
        if tape.mayHoldZeros { token.replaceZeros() }
        guard tape.isKind(.array, at: places), let start = token.baseAddress else { return }
        tape.forEachElement(of: places) { place in
          let number =
            tape.isKind(.signed, at: place) ? Int64(bitPattern: tape.words[place + 1]) : tape.integer(at: place)
          guard let position = number, position >= 0, position < Int64(slots.count) else { return }
          slots[Int(position)] = (start - strings, token.count)
          size += token.count + 1
        }
      }
    }
    if joined.count < size + 16 { joined = Array(repeating: 0, count: 2 * (size + 16)) }
    joined.withUnsafeMutableBufferPointer { joined in
      let start = UnsafeMutableRawPointer(joined.baseAddress!)
      var count = 0
      for slot in slots where slot.count > 0 {
        if count > 0 {
          joined[count] = 32
          count += 1
        }
        let token = UnsafeRawPointer(strings + slot.offset)
        // Most tokens are short, and the parser keeps room behind its strings: no call for those.
        if slot.count <= 16 {
          (start + count).storeBytes(of: token.loadUnaligned(as: SIMD16<UInt8>.self), as: SIMD16<UInt8>.self)
        } else {
          memcpy(start + count, token, slot.count)
        }
        count += slot.count
      }
      text.append(contentsOf: Bytes(rebasing: joined[..<count]).trimmed)
    }
  }

  /// One more than the last position of a map of tokens.
  private static func length(_ tape: JSONTape, _ index: Int) -> Int64 {
    var last: Int64 = -1
    tape.forEachMember(of: index) { _, places in
      guard tape.isKind(.array, at: places) else { return }
      tape.forEachElement(of: places) { last = max(last, min(tape.integer(at: $0) ?? -1, Int64.max - 1)) }
    }
    return last + 1
  }
}
