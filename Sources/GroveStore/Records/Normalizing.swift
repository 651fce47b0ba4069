import Foundation

/// The form of a name by which two spellings are one venue or affiliation.
enum NameNormalizer {
  /// Lower case, the marks `#TAB#`, `#R#`, `#N#` and white space of any length as one space, none at the ends.
  static func normalize(_ name: Bytes, into result: inout [UInt8]) {
    if result.count < name.count {
      result.append(contentsOf: repeatElement(0, count: name.count - result.count))
    }
    let (count, isPlain) = result.withUnsafeMutableBufferPointer { fold(name, into: $0) }
    result.removeLast(result.count - count)
    if !isPlain { result = Array(String(decoding: result, as: UTF8.self).lowercased().utf8) }
  }

  /// Writes the form of ASCII text: a byte for a byte at most.
  ///
  /// - Returns: its length, and whether all of it was ASCII.
  private static func fold(_ name: Bytes, into text: UnsafeMutableBufferPointer<UInt8>) -> (Int, isPlain: Bool) {
    var count = 0
    var place = 0
    var bits: UInt8 = 0
    var isSpaced = false
    while place < name.count {
      let byte = name[place]
      let length = byte > 0x23 ? nil : byte == 0x23 ? mark(name, place) : byte <= 32 ? 1 : nil
      if let length {
        place += length
        isSpaced = count > 0
        continue
      }
      // A space waits for what follows it; each stands for a byte at least, so there is room.
      if isSpaced {
        text[count] = 32
        count &+= 1
        isSpaced = false
      }
      text[count] = byte &- 65 < 26 ? byte | 32 : byte
      bits |= byte
      count &+= 1
      place &+= 1
    }
    return (count, bits < 0x80)
  }

  /// Length of the mark at `place`, if one stands there.
  private static func mark(_ name: Bytes, _ place: Int) -> Int? {
    for mark in ["#TAB#", "#R#", "#N#"] where name[place...].starts(with: mark.utf8) { return mark.utf8.count }
    return nil
  }
}

/// Character references of HTML in titles.
enum HTMLEntities {
  private static let named: [String: String] = [
    "amp": "&", "lt": "<", "gt": ">", "quot": "\"", "apos": "'", "nbsp": "\u{a0}",
  ]

  /// Decodes each reference once: `&amp;lt;` becomes `&lt;`.
  ///
  /// What is no reference stays.
  static func decode(_ text: Bytes, into result: inout [UInt8]) {
    result.removeAll(keepingCapacity: true)
    var place = 0
    while place < text.count {
      if text[place] == 0x26, let end = text[place...].prefix(12).firstIndex(of: 0x3b),
        let character = character(String(decoding: text[(place + 1)..<end], as: UTF8.self))
      {
        result.append(contentsOf: character.utf8)
        place = end + 1
      } else {
        result.append(text[place])
        place += 1
      }
    }
  }

  private static func character(_ name: String) -> String? {
    if let known = named[name] { return known }
    guard name.hasPrefix("#") else { return nil }
    let digits = name.dropFirst()
    let code = digits.hasPrefix("x") || digits.hasPrefix("X") ? UInt32(digits.dropFirst(), radix: 16) : UInt32(digits)
    if code == 0 { return nil }
    return code.flatMap(Unicode.Scalar.init).map { String(Character($0)) }
  }
}
