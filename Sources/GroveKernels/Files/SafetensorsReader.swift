/// A weight file in the safetensors format, read in place: a tensor's pages come when its numbers are asked for.
///
///     let weights = try SafetensorsReader("model.safetensors")
///     let rows = try weights.floats(named: "embeddings.word_embeddings.weight", shape: [30522, 384])
public final class SafetensorsReader: Sendable {
  /// What a file says of a tensor.
  public struct Tensor: Sendable, Equatable {
    /// Its name.
    public let name: String
    /// What its numbers are.
    public let element: SafetensorsElement
    /// Length of each side, outermost first; empty for a single number.
    public let shape: [Int]
    /// How many numbers it has: the product of `shape`.
    public let count: Int
    /// Where its bytes lie, counted from the end of the header.
    let bytes: Range<Int>
  }

  /// The file.
  public let path: String
  /// All tensors, in the order of their bytes.
  public let tensors: [Tensor]
  /// The file's `__metadata__`.
  public let metadata: [String: String]
  private let mapping: Mapping
  private let bodyStart: Int
  private let places: [String: Int]

  /// Maps a file and checks its header.
  ///
  /// - Throws: `FileFailure.missing` or `.unreadable`; `SafetensorsFailure` naming what is wrong, and with which tensor.
  /// - Complexity: O(bytes of the header).
  public init(_ path: String) throws {
    self.path = path
    mapping = try Mapping(path)
    let header = try SafetensorsHeader(mapping, path: path)
    tensors = header.tensors
    metadata = header.metadata
    bodyStart = header.bodyStart
    places = Dictionary(tensors.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { first, _ in first })
  }

  /// Whether there is a tensor of that name.
  public func contains(_ name: String) -> Bool { places[name] != nil }

  /// What the file says of a tensor.
  ///
  /// - Throws: `SafetensorsFailure` naming the nearest names where there is none of that name.
  public func tensor(named name: String) throws -> Tensor {
    guard let place = places[name] else {
      let near = nearestNames(to: name)
      let known =
        near.isEmpty ? "it has no tensors" : "near names are \(near.map { "'\($0)'" }.joined(separator: ", "))"
      throw SafetensorsFailure(
        path: path, reason: "tensor '\(name)' is missing; \(known)", advice: "give the weights of such a model")
    }
    return tensors[place]
  }

  /// What the file says of a tensor that must have a shape; -1 stands for any length of a side.
  ///
  /// - Throws: `SafetensorsFailure` with the shape found and the shape expected, or where the tensor is missing.
  @discardableResult
  public func tensor(named name: String, shape expected: [Int]) throws -> Tensor {
    let tensor = try tensor(named: name)
    guard
      tensor.shape.count == expected.count, zip(tensor.shape, expected).allSatisfy({ $1 == -1 || $0 == $1 })
    else {
      let wanted = "[\(expected.map { $0 == -1 ? "any" : "\($0)" }.joined(separator: ", "))]"
      throw SafetensorsFailure(
        path: path, reason: "tensor '\(name)' has shape \(tensor.shape), expected \(wanted)",
        advice: "give the weights and the configuration of one model")
    }
    return tensor
  }

  /// The numbers of a tensor in row-major order.
  ///
  /// F32 that lies at a multiple of four bytes is not copied: the buffer shows the file and must not be written to. F16
  /// and BF16 are widened and F64 rounded to the nearest float into a buffer of its own.
  ///
  /// - Throws: `SafetensorsFailure` where the tensor is missing or holds whole numbers.
  /// - Complexity: O(1) without a copy, else O(count).
  public func floats(named name: String) throws -> FloatBuffer { try floats(of: try tensor(named: name)) }

  /// The numbers of a tensor that must have a shape; -1 stands for any length of a side.
  ///
  /// - Throws: `SafetensorsFailure` as `tensor(named:shape:)` and `floats(named:)`.
  public func floats(named name: String, shape expected: [Int]) throws -> FloatBuffer {
    try floats(of: try tensor(named: name, shape: expected))
  }

  private func floats(of tensor: Tensor) throws -> FloatBuffer {
    let start = bodyStart + tensor.bytes.lowerBound
    if tensor.element == .f32, start % 4 == 0 {
      return FloatBuffer(reading: MappedArray(mapping, offset: start, count: tensor.count))
    }
    guard tensor.element.isFloat else {
      throw SafetensorsFailure(
        path: path, reason: "tensor '\(tensor.name)' holds \(tensor.element.rawValue), expected floats",
        advice: "convert it to F32, F16 or BF16")
    }
    let result = FloatBuffer(count: tensor.count)
    result.write { span in
      let bytes = mapping.bytes
      switch tensor.element {
      case .f64:
        for index in 0..<tensor.count {
          span[index] = Float(bytes.loadUnaligned(fromByteOffset: start + 8 * index, as: Double.self))
        }
      case .f16:
        for index in 0..<tensor.count {
          span[index] = HalfFloats.float(f16: bytes.loadUnaligned(fromByteOffset: start + 2 * index, as: UInt16.self))
        }
      case .bf16:
        for index in 0..<tensor.count {
          span[index] = HalfFloats.float(bf16: bytes.loadUnaligned(fromByteOffset: start + 2 * index, as: UInt16.self))
        }
      default:
        for index in 0..<tensor.count {
          span[index] = bytes.loadUnaligned(fromByteOffset: start + 4 * index, as: Float.self)
        }
      }
    }
    return result
  }

  /// At most three names that take few edits to become a name.
  private func nearestNames(to name: String) -> [String] {
    var left = tensors.map(\.name)
    var near: [String] = []
    while near.count < 3, let next = left.nearest(to: name) {
      near.append(next)
      left.removeAll { $0 == next }
    }
    return near
  }
}
