public import Foundation
import GroveKernels

/// What can be written as a `.npy` array, in C order.
public enum NumpyValues: Sendable, Equatable {
  case floats([Float])
  case int32s([Int32])
  case int64s([Int64])
  case bools([Bool])
  case strings([String])

  var count: Int {
    switch self {
    case .floats(let values): values.count
    case .int32s(let values): values.count
    case .int64s(let values): values.count
    case .bools(let values): values.count
    case .strings(let values): values.count
    }
  }
}

extension NumpyArray {
  /// Writes a `.npy` file that numpy reads without pickles.
  ///
  /// - Precondition: the product of `shape` is the number of values.
  /// - Throws: `FileFailure.cannotCreate` or `.cannotWrite`.
  public static func write(_ values: NumpyValues, shape: [Int], to path: String) throws {
    try AtomicFile.write(to: path) { sink in try encode(values, shape: shape) { try sink.write($0) } }
  }

  /// The bytes of such a file.
  public static func encoded(_ values: NumpyValues, shape: [Int]) -> Data {
    var data = Data()
    encode(values, shape: shape) { data.append(contentsOf: $0) }
    return data
  }

  private static func encode(
    _ values: NumpyValues, shape: [Int], into write: (UnsafeRawBufferPointer) throws -> Void
  ) rethrows {
    precondition(
      shape.reduce(1, *) == values.count, "NumpyArray: \(values.count) values for shape \(shape)")
    switch values {
    case .floats(let values):
      try head("<f4", shape).withUnsafeBytes(write)
      try values.withUnsafeBytes(write)
    case .int32s(let values):
      try head("<i4", shape).withUnsafeBytes(write)
      try values.withUnsafeBytes(write)
    case .int64s(let values):
      try head("<i8", shape).withUnsafeBytes(write)
      try values.withUnsafeBytes(write)
    case .bools(let values):
      try head("|b1", shape).withUnsafeBytes(write)
      try values.map { UInt8($0 ? 1 : 0) }.withUnsafeBytes(write)
    case .strings(let values):
      let width = max(1, values.map(\.unicodeScalars.count).max() ?? 1)
      try head("<U\(width)", shape).withUnsafeBytes(write)
      for value in values {
        var row = value.unicodeScalars.map { $0.value.littleEndian }
        row += [UInt32](repeating: 0, count: width - row.count)
        try row.withUnsafeBytes(write)
      }
    }
  }

  /// Magic, version 1, and the header padded so that elements begin at a multiple of 64.
  private static func head(_ descriptor: String, _ shape: [Int]) -> [UInt8] {
    let extents = shape.map(String.init).joined(separator: ", ") + (shape.count == 1 ? "," : "")
    let text = "{'descr': '\(descriptor)', 'fortran_order': False, 'shape': (\(extents)), }"
    let length = (10 + text.utf8.count + 1 + 63) / 64 * 64 - 10
    var bytes: [UInt8] = [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(length & 255), UInt8(length >> 8)]
    bytes += Array(text.utf8)
    bytes += [UInt8](repeating: 32, count: length - text.utf8.count - 1) + [10]
    return bytes
  }
}
