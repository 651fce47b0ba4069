import Foundation

/// One golden vector: numbers computed by PyTorch and PyTorch Geometric in float64.
public struct GoldenCase {
  /// Name of the case: its file's name without `.json`.
  public let name: String
  /// What was computed, such as a layer or a loss; decides which fields the case has.
  public let kind: String
  private let fields: [String: Any]

  /// Numbers with the shape that PyTorch gave them, in row-major order.
  public struct Array {
    /// Length of each side, outermost first; empty for a single number.
    public let shape: [Int]
    /// The numbers in row-major order.
    public let values: [Double]
    /// The same numbers rounded to Float.
    public var floats: [Float] { values.map(Float.init) }

    init?(_ value: Any) {
      if let number = value as? NSNumber {
        shape = []
        values = [number.doubleValue]
        return
      }
      guard let list = value as? [Any] else { return nil }
      let parts = list.compactMap(Array.init)
      guard parts.count == list.count, parts.allSatisfy({ $0.shape == parts[0].shape }) else { return nil }
      shape = [list.count] + (parts.first?.shape ?? [])
      values = parts.flatMap(\.values)
    }

    /// The rows of a matrix as its columns: PyTorch's [out, in] weight as our [in, out].
    public var transposed: [Double] {
      precondition(shape.count == 2, "GoldenCase: an array of shape \(shape) has no transpose")
      return (0..<shape[1]).flatMap { column in (0..<shape[0]).map { values[$0 * shape[1] + column] } }
    }
  }

  /// A case that cannot be read, or that lacks what its kind needs.
  public struct Malformed: Error, CustomStringConvertible {
    /// The case, the field and what is wrong with it.
    public let description: String
  }

  /// The case of that name, read from the folder; throws `Malformed` where it has no kind.
  public init(named name: String, in folder: String) throws {
    self.name = name
    let data = try Data(contentsOf: URL(fileURLWithPath: "\(folder)/\(name).json"))
    guard let fields = try JSONSerialization.jsonObject(with: data) as? [String: Any],
      let kind = fields["kind"] as? String
    else { throw Malformed(description: "golden case \(name): no object with a kind") }
    self.fields = fields
    self.kind = kind
  }

  /// Whether the case has a field of that name.
  public func has(_ field: String) -> Bool { fields[field] != nil }

  /// A field of numbers.
  public func array(_ field: String) throws -> Array { try GoldenCase.array(fields[field], "\(name).\(field)") }

  /// The arrays of a field that maps names to arrays, such as `parameters` and `gradients`.
  public func arrays(_ field: String) throws -> [String: Array] {
    guard let named = fields[field] as? [String: Any] else {
      throw Malformed(description: "golden case \(name): no names under \(field)")
    }
    return try Dictionary(uniqueKeysWithValues: named.map { ($0, try GoldenCase.array($1, "\(name).\(field).\($0)")) })
  }

  /// The arrays of a field that lists arrays, such as the inputs of a loss.
  public func list(_ field: String) throws -> [Array] {
    guard let list = fields[field] as? [Any] else {
      throw Malformed(description: "golden case \(name): no list \(field)")
    }
    return try list.map { try GoldenCase.array($0, "\(name).\(field)") }
  }

  /// A field that is a single number.
  public func number(_ field: String) throws -> Double {
    guard let number = fields[field] as? NSNumber else {
      throw Malformed(description: "golden case \(name): no number \(field)")
    }
    return number.doubleValue
  }

  private static func array(_ value: Any?, _ what: String) throws -> Array {
    guard let array = value.flatMap(Array.init) else { throw Malformed(description: "golden case \(what): no numbers") }
    return array
  }
}
