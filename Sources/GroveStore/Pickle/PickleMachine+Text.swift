extension PickleMachine {
  /// A number written in decimal; `00` and `01` are truth values.
  mutating func decimal(_ opcode: PickleOpcode) throws -> Pickle.Node {
    var text = try line()
    if opcode == .float {
      guard text.count <= 64, let value = Double(text.string) else { throw damaged("holds a number that is none") }
      return .float(value)
    }
    if opcode == .int, text.elementsEqual("00".utf8) { return .boolean(false) }
    if opcode == .int, text.elementsEqual("01".utf8) { return .boolean(true) }
    if text.last == UInt8(ascii: "L") { text.removeLast() }
    guard text.count <= 32, let value = Int64(text.string) else {
      throw damaged("holds a whole number that is none, or has more than 64 bits")
    }
    return .integer(value)
  }

  /// A whole number of any width in two's complement.
  mutating func longInteger(_ width: Int) throws -> Int64 {
    let bytes = pickle[try slice(width)]
    guard width <= 8 else { throw damaged("holds a whole number of more than 64 bits") }
    var value: UInt64 = (bytes.last ?? 0) >= 128 ? .max : 0
    for byte in bytes.reversed() { value = value << 8 | UInt64(byte) }
    return Int64(bitPattern: value)
  }

  /// A string of Python 2 as its `repr` writes it.
  mutating func quotedString() throws -> Pickle.Slice {
    var text = try line()
    while text.last == 13 || text.last == 32 { text.removeLast() }
    guard text.count >= 2, let quote = text.first, quote == 39 || quote == 34, text.last == quote else {
      throw damaged("holds a string without quotes")
    }
    text = text.dropFirst().dropLast()
    if !text.contains(92) {
      return Pickle.Slice(start: UInt32(text.startIndex), count: UInt32(text.count))
    }
    var decoded: [UInt8] = []
    decoded.reserveCapacity(text.count)
    var place = text.startIndex
    while place < text.endIndex {
      let byte = text[place]
      place += 1
      guard byte == 92 else {
        decoded.append(byte)
        continue
      }
      guard place < text.endIndex else { throw damaged("holds a string that ends in a backslash") }
      let mark = text[place]
      place += 1
      switch mark {
      case UInt8(ascii: "n"): decoded.append(10)
      case UInt8(ascii: "r"): decoded.append(13)
      case UInt8(ascii: "t"): decoded.append(9)
      case UInt8(ascii: "a"): decoded.append(7)
      case UInt8(ascii: "b"): decoded.append(8)
      case UInt8(ascii: "f"): decoded.append(12)
      case UInt8(ascii: "v"): decoded.append(11)
      case 92, 39, 34: decoded.append(mark)
      case UInt8(ascii: "x"):
        guard let value = PickleMachine.hexadecimal(text, place, digits: 2) else {
          throw damaged("holds a string with a broken escape")
        }
        decoded.append(UInt8(value))
        place += 2
      case 48...55:
        var value = Int(mark) - 48
        var digits = 1
        while digits < 3, place < text.endIndex, (48...55).contains(text[place]) {
          value = value * 8 + Int(text[place]) - 48
          place += 1
          digits += 1
        }
        decoded.append(UInt8(truncatingIfNeeded: value))
      default: decoded += [92, mark]
      }
    }
    return try keep(decoded)
  }

  /// Text as Python's `raw-unicode-escape`: Latin-1 with `\uXXXX` and `\UXXXXXXXX`.
  mutating func escapedText() throws -> Pickle.Slice {
    let text = try line()
    if text.allSatisfy({ $0 < 128 && $0 != 92 }) {
      return Pickle.Slice(start: UInt32(text.startIndex), count: UInt32(text.count))
    }
    var decoded = ""
    var place = text.startIndex
    while place < text.endIndex {
      let next = place + 1 < text.endIndex ? text[place + 1] : 0
      let digits = text[place] != 92 ? 0 : next == UInt8(ascii: "u") ? 4 : next == UInt8(ascii: "U") ? 8 : 0
      guard digits > 0 else {
        decoded.unicodeScalars.append(Unicode.Scalar(text[place]))
        place += 1
        continue
      }
      guard let value = PickleMachine.hexadecimal(text, place + 2, digits: digits) else {
        throw damaged("holds text with a broken escape")
      }
      // Halves of surrogate pairs cannot be kept.
      decoded.unicodeScalars.append(Unicode.Scalar(value) ?? "\u{fffd}")
      place += 2 + digits
    }
    return try keep(Array(decoded.utf8))
  }

  private static func hexadecimal(_ text: ArraySlice<UInt8>, _ start: Int, digits: Int) -> UInt32? {
    guard start + digits <= text.endIndex else { return nil }
    return UInt32(text[start..<start + digits].string, radix: 16)
  }
}
