public import GroveKernels

/// The numbers of dense features: an array, or a mapped file that is read in place.
public enum FeatureValues: Sendable, RandomAccessCollection, Equatable, ExpressibleByArrayLiteral {
  case array([Float])
  case mapped(MappedArray<Float>)

  /// Numbers written out.
  public init(arrayLiteral elements: Float...) { self = .array(elements) }

  /// The first position, 0.
  public var startIndex: Int { 0 }

  /// The position after the last number.
  public var endIndex: Int {
    switch self {
    case .array(let values): values.count
    case .mapped(let values): values.count
    }
  }

  /// The number at a position.
  public subscript(position: Int) -> Float {
    switch self {
    case .array(let values): values[position]
    case .mapped(let values): values[position]
    }
  }

  /// The numbers as an array; a mapped file is copied.
  public var copied: [Float] {
    switch self {
    case .array(let values): values
    case .mapped(let values): Array(values)
    }
  }

  /// The numbers as a buffer; a mapped file is not copied and must not be written to.
  public func buffer() -> FloatBuffer {
    switch self {
    case .array(let values): FloatBuffer(values)
    case .mapped(let values): FloatBuffer(reading: values)
    }
  }

  /// Whether both hold the same numbers, wherever they lie.
  public static func == (a: FeatureValues, b: FeatureValues) -> Bool { a.elementsEqual(b) }
}
