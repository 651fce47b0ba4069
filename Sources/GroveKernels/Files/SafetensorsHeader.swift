import Foundation

/// The checked header of a safetensors file: which tensors lie where.
///
/// - Source: the format description of the safetensors project: offsets count from the end of the header, without gaps
///   or overlaps, from 0 to the end of the file; a header has at most 100 MB.
struct SafetensorsHeader {
  /// The most bytes of JSON that are read.
  static let limit = 100_000_000

  /// Tensors in the order of their bytes.
  let tensors: [SafetensorsReader.Tensor]
  let metadata: [String: String]
  /// Bytes of the file before those of the first tensor.
  let bodyStart: Int

  /// - Throws: `SafetensorsFailure` naming the tensor.
  init(_ mapping: Mapping, path: String) throws {
    func malformed(_ reason: String) -> SafetensorsFailure { SafetensorsFailure(path: path, reason: reason) }
    let bytes = mapping.bytes
    let fileLength = mapping.byteCount
    guard fileLength >= 8 else {
      throw malformed("it has \(fileLength) bytes, fewer than its header length takes")
    }
    var length: UInt64 = 0
    for place in 0..<8 { length |= UInt64(bytes[place]) << (8 * UInt64(place)) }
    guard length <= UInt64(SafetensorsHeader.limit) else {
      throw malformed("its header claims \(length) bytes, more than the \(SafetensorsHeader.limit) that are read")
    }
    guard length <= UInt64(fileLength - 8) else {
      throw malformed("its header claims \(length) bytes, the file is shorter")
    }
    bodyStart = 8 + Int(length)
    let text = Data(bytes[8..<bodyStart])
    guard let object = try? JSONSerialization.jsonObject(with: text), let header = object as? [String: Any] else {
      throw malformed("its header is not a JSON object")
    }
    metadata = header["__metadata__"] as? [String: String] ?? [:]
    let bodyLength = fileLength - bodyStart
    var tensors: [SafetensorsReader.Tensor] = []
    for name in header.keys.sorted() where name != "__metadata__" {
      tensors.append(try SafetensorsHeader.tensor(name, header[name], bodyLength, malformed))
    }
    tensors.sort { ($0.bytes.lowerBound, $0.bytes.upperBound) < ($1.bytes.lowerBound, $1.bytes.upperBound) }
    try SafetensorsHeader.checkPlaces(tensors, bodyLength, malformed)
    self.tensors = tensors
  }

  private static func tensor(
    _ name: String, _ value: Any?, _ bodyLength: Int, _ malformed: (String) -> SafetensorsFailure
  ) throws -> SafetensorsReader.Tensor {
    guard
      let fields = value as? [String: Any], let dtype = fields["dtype"] as? String,
      let shape = fields["shape"] as? [Int], let range = fields["data_offsets"] as? [Int], range.count == 2
    else { throw malformed("tensor '\(name)' lacks dtype, shape or data_offsets") }
    guard let element = SafetensorsElement(rawValue: dtype) else {
      throw malformed("tensor '\(name)' has the unknown element type \(dtype.prefix(20))")
    }
    var size = element.byteCount
    for side in shape {
      let (product, overflow) = size.multipliedReportingOverflow(by: side)
      guard side >= 0, !overflow else { throw malformed("tensor '\(name)' has the impossible shape \(shape)") }
      size = product
    }
    guard range[0] >= 0, range[1] >= range[0], range[1] <= bodyLength else {
      throw malformed("tensor '\(name)' does not lie inside the file; it may be cut short")
    }
    guard range[1] - range[0] == size else {
      throw malformed(
        "tensor '\(name)' has \(range[1] - range[0]) bytes, \(dtype) of shape \(shape) takes \(size)")
    }
    return SafetensorsReader.Tensor(
      name: name, element: element, shape: shape, count: size / element.byteCount, bytes: range[0]..<range[1])
  }

  private static func checkPlaces(
    _ tensors: [SafetensorsReader.Tensor], _ bodyLength: Int, _ malformed: (String) -> SafetensorsFailure
  ) throws {
    var end = 0
    var former: String?
    for tensor in tensors {
      let start = tensor.bytes.lowerBound
      if start < end { throw malformed("tensor '\(tensor.name)' overlaps tensor '\(former ?? "")'") }
      if start > end { throw malformed("\(start - end) bytes before tensor '\(tensor.name)' belong to no tensor") }
      end = tensor.bytes.upperBound
      former = tensor.name
    }
    if end < bodyLength {
      throw malformed(
        "\(bodyLength - end) bytes after \(former.map { "its last tensor '\($0)'" } ?? "its header") belong to no tensor"
      )
    }
  }
}
