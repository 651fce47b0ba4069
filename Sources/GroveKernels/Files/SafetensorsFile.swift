import Foundation

/// Weight files in the safetensors format: an 8-byte little-endian header length, a JSON header that names dtype, shape
/// and byte range of each tensor, then the bytes.
///
/// - Source: the format description of the safetensors project.
public enum SafetensorsFile {
  /// A tensor of a file: its published shape and its numbers in row-major order.
  public struct Entry {
    /// Length of each side, outermost first; empty for a single number.
    public let shape: [Int]
    /// The numbers in row-major order, as many as the product of `shape`.
    public let values: [Float]
  }

  /// Writes tensors in the given order, atomically.
  ///
  /// Equal arguments give equal bytes. F16 and BF16 are rounded to the nearest, halves to even; what is beyond the
  /// largest number of the kind becomes infinite.
  ///
  /// - Parameter element: what all tensors are written as: F32, F16 or BF16.
  /// - Throws: `FileFailure`.
  /// - Precondition: names differ; a shape's product is the number of values; the element is one that is written.
  public static func write(
    _ tensors: [(name: String, shape: [Int], values: FloatBuffer)], as element: SafetensorsElement = .f32,
    metadata: [String: String], to path: String
  ) throws {
    precondition(element.isWritten, "safetensors: \(element.rawValue) is not written, only F32, F16 and BF16")
    let header = try header(tensors, element, metadata)
    try AtomicFile.write(to: path) { sink in
      try withUnsafeBytes(of: UInt64(header.count).littleEndian) { try sink.write($0) }
      try header.withUnsafeBytes { try sink.write($0) }
      for tensor in tensors {
        switch element {
        case .f16: try write(tensor.values, into: &sink, HalfFloats.f16)
        case .bf16: try write(tensor.values, into: &sink, HalfFloats.bf16)
        default: try tensor.values.readBytes { try sink.write($0) }
        }
      }
    }
  }

  private static func header(
    _ tensors: [(name: String, shape: [Int], values: FloatBuffer)], _ element: SafetensorsElement,
    _ metadata: [String: String]
  ) throws -> Data {
    var header: [String: any Sendable] = [:]
    if !metadata.isEmpty { header["__metadata__"] = metadata }
    var position = 0
    for tensor in tensors {
      precondition(header[tensor.name] == nil, "safetensors: two tensors are named '\(tensor.name)'")
      precondition(
        tensor.shape.reduce(1, *) == tensor.values.count,
        "safetensors: '\(tensor.name)' has shape \(tensor.shape) and \(tensor.values.count) values")
      let bytes = tensor.values.count * element.byteCount
      header[tensor.name] =
        ["dtype": element.rawValue, "shape": tensor.shape, "data_offsets": [position, position + bytes]]
        as [String: any Sendable]
      position += bytes
    }
    var text = try JSONSerialization.data(withJSONObject: header, options: [.sortedKeys, .withoutEscapingSlashes])
    text.append(contentsOf: [UInt8](repeating: UInt8(ascii: " "), count: (8 - text.count % 8) % 8))
    return text
  }

  /// Numbers of 16 bits, some thousands at a time.
  private static func write(
    _ values: FloatBuffer, into sink: inout ByteSink, _ narrowed: (Float) -> UInt16
  ) throws {
    try values.read { values in
      for start in stride(from: 0, to: values.count, by: 1 << 14) {
        let part = (start..<min(start + 1 << 14, values.count)).map { narrowed(values[$0]).littleEndian }
        try part.withUnsafeBytes { try sink.write($0) }
      }
    }
  }

  /// Reads every tensor of a file, with the file's metadata; `SafetensorsReader` reads some of them, in place.
  ///
  /// - Throws: `FileFailure.missing`, or `SafetensorsFailure` naming what is wrong.
  /// - Complexity: O(bytes).
  public static func read(_ path: String) throws -> (tensors: [String: Entry], metadata: [String: String]) {
    let reader = try SafetensorsReader(path)
    var tensors: [String: Entry] = [:]
    for tensor in reader.tensors {
      tensors[tensor.name] = Entry(shape: tensor.shape, values: try reader.floats(named: tensor.name).values)
    }
    return (tensors, reader.metadata)
  }
}
