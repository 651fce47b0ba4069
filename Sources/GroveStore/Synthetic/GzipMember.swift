import GroveKernels

/// A gzip member that stores its bytes as they are, so that equal bytes give equal files with any version of zlib.
///
/// Readers take members that follow each other as one stream. Source: RFC 1951 (stored blocks) and RFC 1952.
enum GzipMember {
  private static let header: [UInt8] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255]
  private static let largestBlock = 0xffff

  private static let remainders: [UInt32] = (0..<256).map { byte in
    var value = UInt32(byte)
    for _ in 0..<8 { value = value & 1 == 1 ? value >> 1 ^ 0xedb8_8320 : value >> 1 }
    return value
  }

  /// Writes bytes as one member.
  ///
  /// - Returns: the number of bytes that the member takes.
  static func write(_ bytes: ArraySlice<UInt8>, to sink: inout ByteSink) throws -> Int {
    var frame = header
    var written = 0
    var start = bytes.startIndex
    repeat {
      let end = min(start + largestBlock, bytes.endIndex)
      frame.append(end == bytes.endIndex ? 1 : 0)
      append(UInt16(end - start), to: &frame)
      append(~UInt16(end - start), to: &frame)
      try sink.write(frame)
      try sink.write(bytes[start..<end])
      written += frame.count + end - start
      frame.removeAll(keepingCapacity: true)
      start = end
    } while start < bytes.endIndex
    append(checksum(of: bytes), to: &frame)
    append(UInt32(truncatingIfNeeded: bytes.count), to: &frame)
    try sink.write(frame)
    return written + frame.count
  }

  private static func append(_ number: some FixedWidthInteger, to frame: inout [UInt8]) {
    for place in stride(from: 0, to: number.bitWidth, by: 8) {
      frame.append(UInt8(truncatingIfNeeded: number >> place))
    }
  }

  private static func checksum(of bytes: ArraySlice<UInt8>) -> UInt32 {
    var value = UInt32.max
    for byte in bytes { value = value >> 8 ^ remainders[Int(UInt8(truncatingIfNeeded: value) ^ byte)] }
    return ~value
  }
}
