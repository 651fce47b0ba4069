public import Foundation

/// An array of a `.npy` file, versions 1 to 3: bool, integers, floats and fixed-width strings of either byte order,
/// in C or Fortran order, with up to four dimensions.
///
/// Python objects (pickles) are refused and never run. Accessors give the elements in C order (the last index runs
/// fastest) and check every value that might not fit.
public struct NumpyArray: Sendable {
  /// Extents; empty for a scalar.
  public var shape: [Int] { header.shape }
  /// Number of elements.
  public var count: Int { header.count }
  /// The element type as numpy calls it, such as `float32`.
  public var elementName: String { header.element.description }
  /// How messages call the array: the path of its file, with the member's name for archives.
  public let place: String

  let header: NumpyHeader
  /// The elements in C order, in the file's byte order.
  private let elements: Data

  /// Reads a `.npy` file.
  public init(path: String) throws {
    try self.init(try FileTree(path).onlyMember(), place: path)
  }

  /// Reads the bytes of a `.npy` file.
  ///
  /// - Throws: `FormatFailure` where the bytes are no array, hold a pickle, or are more or fewer than the shape asks.
  public init(_ bytes: Data, place: String) throws {
    header = try NumpyHeader(bytes, place: place)
    self.place = place
    let payload = bytes.dropFirst(header.start)
    let expected = header.count * header.element.size
    guard payload.count == expected else {
      throw FormatFailure.bad(
        place,
        "holds \(payload.count) bytes of elements, expected \(expected) for shape \(header.shape) of \(header.element.description)",
        do: payload.count < expected ? "it is cut short, fetch or write it again" : "save it with numpy again")
    }
    elements =
      header.isFortranOrder && header.shape.filter({ $0 > 1 }).count > 1
      ? NumpyArray.reordered(payload, shape: header.shape, size: header.element.size) : payload
  }

  /// Row-major bytes out of column-major ones.
  private static func reordered(_ bytes: Data, shape: [Int], size: Int) -> Data {
    var strides: [Int] = []
    var stride = 1
    for extent in shape {
      strides.append(stride)
      stride *= extent
    }
    var result = Data(count: bytes.count)
    result.withUnsafeMutableBytes { target in
      bytes.withUnsafeBytes { source in
        var index = [Int](repeating: 0, count: shape.count)
        var from = 0
        for to in 0..<stride {
          target.baseAddress?.advanced(by: to * size).copyMemory(
            from: source.baseAddress! + from * size, byteCount: size)
          var axis = shape.count - 1
          while axis >= 0 {
            index[axis] += 1
            from += strides[axis]
            if index[axis] < shape[axis] { break }
            from -= strides[axis] * shape[axis]
            index[axis] = 0
            axis -= 1
          }
        }
      }
    }
    return result
  }

  /// The elements as they lie in the file, for types of this machine's byte order.
  private func copied<Value: BitwiseCopyable>(_ type: Value.Type) -> [Value] {
    [Value](unsafeUninitializedCapacity: count) { result, written in
      elements.withUnsafeBytes { UnsafeMutableRawBufferPointer(result).copyMemory(from: $0) }
      written = count
    }
  }

  /// The elements' bits as whole numbers in this machine's byte order.
  private func bits<Bits: FixedWidthInteger & BitwiseCopyable>(_ type: Bits.Type) -> [Bits] {
    let values = copied(Bits.self)
    if header.isBigEndian == (Int(1).bigEndian == 1) { return values }
    return header.isBigEndian ? values.map { Bits(bigEndian: $0) } : values.map { Bits(littleEndian: $0) }
  }

  /// The elements as whole numbers, or the error that names the first one that does not fit.
  private func integers<Value: FixedWidthInteger>(_ type: Value.Type) throws -> [Value] {
    switch header.element {
    case .bool: return bits(UInt8.self).map { $0 == 0 ? 0 : 1 }
    case .integer(1, true): return try fitting(bits(Int8.self))
    case .integer(2, true): return try fitting(bits(Int16.self))
    case .integer(4, true): return try fitting(bits(Int32.self))
    case .integer(_, true): return try fitting(bits(Int64.self))
    case .integer(1, false): return try fitting(bits(UInt8.self))
    case .integer(2, false): return try fitting(bits(UInt16.self))
    case .integer(4, false): return try fitting(bits(UInt32.self))
    case .integer(_, false): return try fitting(bits(UInt64.self))
    case .float:
      return try doubles().enumerated().map { index, value in
        guard let whole = Value(exactly: value) else {
          throw unfit(index, "\(value)", "a whole number of \(Value.self)")
        }
        return whole
      }
    case .unicode, .bytes: throw wrongElement("whole numbers")
    }
  }

  private func fitting<Value: FixedWidthInteger, Source: FixedWidthInteger>(_ values: [Source]) throws -> [Value] {
    if let same = values as? [Value] { return same }
    return try values.enumerated().map { index, value in
      guard let narrow = Value(exactly: value) else { throw unfit(index, "\(value)", "\(Value.self)") }
      return narrow
    }
  }

  /// - Throws: `FormatFailure.malformed` naming the first element that is not a 32-bit whole number.
  public func int32s() throws -> [Int32] { try integers(Int32.self) }

  /// - Throws: `FormatFailure.malformed` naming the first element that is not a 64-bit whole number.
  public func int64s() throws -> [Int64] { try integers(Int64.self) }

  /// The elements rounded to the nearest float.
  /// - Throws: `FormatFailure.malformed` for strings.
  public func floats() throws -> [Float] {
    switch header.element {
    case .float(2): return bits(UInt16.self).map { Float(Float16(bitPattern: $0)) }
    case .float(4) where header.isBigEndian == (Int(1).bigEndian == 1): return copied(Float.self)
    case .float(4): return bits(UInt32.self).map { Float(bitPattern: $0) }
    case .integer(1, false), .bool: return bits(UInt8.self).map { Float($0) }
    default: return try doubles().map { Float($0) }
    }
  }

  /// The elements as doubles.
  /// - Throws: `FormatFailure.malformed` for strings.
  public func doubles() throws -> [Double] {
    switch header.element {
    case .float(2): return bits(UInt16.self).map { Double(Float16(bitPattern: $0)) }
    case .float(4): return bits(UInt32.self).map { Double(Float(bitPattern: $0)) }
    case .float: return bits(UInt64.self).map { Double(bitPattern: $0) }
    case .integer(8, false): return bits(UInt64.self).map { Double($0) }
    case .bool, .integer: return try int64s().map { Double($0) }
    case .unicode, .bytes: throw wrongElement("numbers")
    }
  }

  /// The elements as truth values; numbers must be 0 or 1.
  public func bools() throws -> [Bool] {
    if header.element == .bool { return bits(UInt8.self).map { $0 != 0 } }
    return try int64s().enumerated().map { index, value in
      guard value == 0 || value == 1 else { throw unfit(index, "\(value)", "0 or 1") }
      return value == 1
    }
  }

  /// The elements as strings; numbers are written out in decimal.
  public func strings() throws -> [String] {
    switch header.element {
    case .unicode(let width):
      return try elements.withUnsafeBytes { bytes in
        try (0..<count).map { index in
          var text = ""
          for character in 0..<width {
            let raw = bytes.loadUnaligned(fromByteOffset: 4 * (index * width + character), as: UInt32.self)
            let code = header.isBigEndian ? UInt32(bigEndian: raw) : UInt32(littleEndian: raw)
            guard let scalar = Unicode.Scalar(code) else { throw unfit(index, "character \(code)", "a Unicode string") }
            text.unicodeScalars.append(scalar)
          }
          while text.unicodeScalars.last?.value == 0 { text.unicodeScalars.removeLast() }
          return text
        }
      }
    case .bytes(let width):
      return elements.withUnsafeBytes { bytes in
        (0..<count).map { index in
          var text = bytes[index * width..<(index + 1) * width]
          while text.last == 0 { text.removeLast() }
          return String(decoding: text, as: UTF8.self)
        }
      }
    case .bool, .integer(_, true), .integer(1...4, _): return try int64s().map { String($0) }
    case .integer: return bits(UInt64.self).map { String($0) }
    case .float: return try doubles().map { "\($0)" }
    }
  }

  // MARK: - Errors

  /// The element at a position in C order, as `[3, 7]`.
  func indexText(_ position: Int) -> String {
    var rest = position
    var parts: [Int] = []
    for extent in shape.reversed() {
      parts.append(rest % max(extent, 1))
      rest /= max(extent, 1)
    }
    return "\(Array(parts.reversed()))"
  }

  private func unfit(_ index: Int, _ value: String, _ expected: String) -> FormatFailure {
    .bad(place, "element \(indexText(index))", "\(value) is not \(expected)", do: "correct the value and save it again")
  }

  private func wrongElement(_ expected: String) -> FormatFailure {
    .bad(place, "holds \(elementName), expected \(expected)", do: "save it with another element type")
  }

  /// Refuses another shape than the format asks for; -1 stands for any extent.
  func require(shape expected: [Int], _ meaning: String) throws {
    guard expected.count == shape.count, zip(expected, shape).allSatisfy({ $0 == -1 || $0 == $1 }) else {
      let wanted = "[" + expected.map { $0 == -1 ? "any" : "\($0)" }.joined(separator: ", ") + "]"
      throw FormatFailure.bad(place, "has shape \(shape), expected \(wanted) (\(meaning))", do: "save it in that shape")
    }
  }
}
