import Foundation

/// Weight files in the safetensors format: an 8-byte little-endian header length, a JSON header that names dtype, shape
/// and byte range of each tensor, then the bytes.
///
/// - Source: the format description of the safetensors project. Written here: F32; read here: F32.
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
  /// Equal arguments give equal bytes.
  ///
  /// - Throws: `FileFailure`.
  /// - Precondition: names differ; a shape's product is the number of values.
  public static func write(
    _ tensors: [(name: String, shape: [Int], values: FloatBuffer)], metadata: [String: String], to path: String
  ) throws {
    var header: [String: any Sendable] = [:]
    if !metadata.isEmpty { header["__metadata__"] = metadata }
    var position = 0
    for tensor in tensors {
      precondition(header[tensor.name] == nil, "safetensors: two tensors are named '\(tensor.name)'")
      precondition(
        tensor.shape.reduce(1, *) == tensor.values.count,
        "safetensors: '\(tensor.name)' has shape \(tensor.shape) and \(tensor.values.count) values")
      let bytes = tensor.values.count * 4
      header[tensor.name] =
        ["dtype": "F32", "shape": tensor.shape, "data_offsets": [position, position + bytes]] as [String: any Sendable]
      position += bytes
    }
    var text = try JSONSerialization.data(withJSONObject: header, options: [.sortedKeys, .withoutEscapingSlashes])
    text.append(contentsOf: [UInt8](repeating: UInt8(ascii: " "), count: (8 - text.count % 8) % 8))
    try AtomicFile.write(to: path) { sink in
      try withUnsafeBytes(of: UInt64(text.count).littleEndian) { try sink.write($0) }
      try text.withUnsafeBytes { try sink.write($0) }
      for tensor in tensors { try tensor.values.readBytes { try sink.write($0) } }
    }
  }

  /// Reads every tensor of a file, with the file's metadata.
  ///
  /// - Throws: `FileFailure.missing`, or `SafetensorsFailure` naming what is wrong.
  /// - Complexity: O(bytes).
  public static func read(_ path: String) throws -> (tensors: [String: Entry], metadata: [String: String]) {
    guard FileManager.default.fileExists(atPath: path) else { throw FileFailure.missing(path: path) }
    let data: Data
    do { data = try Data(contentsOf: URL(fileURLWithPath: path)) } catch {
      throw FileFailure.unreadable(path: path, code: EIO)
    }
    func malformed(_ reason: String) -> SafetensorsFailure { SafetensorsFailure(path: path, reason: reason) }
    guard data.count >= 8 else { throw malformed("it has \(data.count) bytes, fewer than its header length takes") }
    let length = data.prefix(8).enumerated().reduce(UInt64(0)) { $0 | UInt64($1.element) << (8 * UInt64($1.offset)) }
    guard length <= UInt64(data.count - 8) else {
      throw malformed("its header claims \(length) bytes, the file is shorter")
    }
    let body = 8 + Int(length)
    guard
      let object = try? JSONSerialization.jsonObject(with: data.subdata(in: 8..<body)),
      let header = object as? [String: Any]
    else { throw malformed("its header is not a JSON object") }
    var tensors: [String: Entry] = [:]
    for (name, value) in header where name != "__metadata__" {
      guard
        let fields = value as? [String: Any], let dtype = fields["dtype"] as? String,
        let shape = fields["shape"] as? [Int], let range = fields["data_offsets"] as? [Int], range.count == 2
      else { throw malformed("tensor '\(name)' lacks dtype, shape or data_offsets") }
      guard dtype == "F32" else { throw malformed("tensor '\(name)' is \(dtype), only F32 is read") }
      var count = 1
      for side in shape {
        let (product, overflow) = count.multipliedReportingOverflow(by: side)
        guard side >= 0, !overflow else { throw malformed("tensor '\(name)' has the impossible shape \(shape)") }
        count = product
      }
      guard
        range[0] >= 0, range[1] >= range[0], range[1] <= data.count - body, count <= data.count,
        range[1] - range[0] == count * 4
      else { throw malformed("tensor '\(name)' does not lie inside the file; it may be cut short") }
      let values = [Float](unsafeUninitializedCapacity: count) { target, written in
        let bytes = data.subdata(in: body + range[0]..<body + range[1])
        written = bytes.copyBytes(to: target) / 4
      }
      tensors[name] = Entry(shape: shape, values: values)
    }
    return (tensors, header["__metadata__"] as? [String: String] ?? [:])
  }
}

/// A weight file that is not what it claims to be.
public struct SafetensorsFailure: Failure {
  /// The file that was read.
  public let path: String
  /// What is wrong with it, in words.
  public let reason: String
  /// `badData`, whatever the reason.
  public var kind: FailureKind { .badData }
  /// The path, the reason and what to do about it, in one sentence.
  public var description: String { "\(path): not a safetensors file Grove can read: \(reason); restore or retrain it" }
}
