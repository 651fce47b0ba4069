import Foundation
public import GroveKernels
public import GroveTensors

/// Random starts of parameters.
///
/// Each call takes the next sub-stream, so a model's start depends on the seed and on the order of its layers only.
public final class Initializer {
  private let random: RandomStream
  private var next = 0

  /// The starts that follow from a stream.
  public init(_ random: RandomStream) { self.random = random }

  /// The starts that belong to a seed.
  public convenience init(seed: Int) { self.init(RandomStream(seed: UInt64(bitPattern: Int64(seed)))) }

  /// Uniform in ±√(6 / (fanIn + fanOut)).
  ///
  /// - Source: Glorot, Bengio 2010, eq. 16.
  public func glorot(
    _ rows: Int, _ columns: Int, fanIn: Int? = nil, fanOut: Int? = nil, decayGroup: Parameter.DecayGroup = .main
  ) -> Parameter {
    uniform(
      rows, columns, bound: (6 / Float((fanIn ?? rows) + (fanOut ?? columns))).squareRoot(), decayGroup: decayGroup)
  }

  /// Normal with deviation gain · √(2 / (fanIn + fanOut)).
  ///
  /// - Source: Glorot, Bengio 2010, as DGL's attention layers start, with gain √2.
  public func glorotNormal(
    _ rows: Int, _ columns: Int, gain: Float = 1, fanIn: Int? = nil, fanOut: Int? = nil,
    decayGroup: Parameter.DecayGroup = .main
  ) -> Parameter {
    let deviation = gain * (2 / Float((fanIn ?? rows) + (fanOut ?? columns))).squareRoot()
    return normal(rows, columns, deviation: deviation, decayGroup: decayGroup)
  }

  /// Uniform in ±1 / √fanIn: the start of PyTorch's linear layers, weight and bias.
  public func inverseRoot(
    _ rows: Int, _ columns: Int, fanIn: Int, decayGroup: Parameter.DecayGroup = .main
  ) -> Parameter {
    uniform(rows, columns, bound: 1 / Float(max(1, fanIn)).squareRoot(), decayGroup: decayGroup)
  }

  /// Uniform in ±bound.
  public func uniform(
    _ rows: Int, _ columns: Int, bound: Float, decayGroup: Parameter.DecayGroup = .main
  ) -> Parameter {
    let buffer = FloatBuffer(count: rows * columns)
    Kernels.uniform(into: buffer, width: columns, random: stream())
    buffer.write { for i in 0..<$0.count { $0[i] = bound * (2 * $0[i] - 1) } }
    return Parameter(Tensor(buffer, rows: rows, columns: columns), decayGroup: decayGroup)
  }

  /// Normal with the given deviation (Box–Muller on two uniform numbers an entry).
  public func normal(
    _ rows: Int, _ columns: Int, deviation: Float, decayGroup: Parameter.DecayGroup = .main
  ) -> Parameter {
    let stream = stream()
    let values = (0..<rows * columns).map { index in
      let radius = (-2 * Foundation.log(1 - stream.uniform(row: index, column: 0))).squareRoot()
      return deviation * radius * Foundation.cos(2 * Float.pi * stream.uniform(row: index, column: 1))
    }
    return Parameter(Tensor(values, rows: rows, columns: columns), decayGroup: decayGroup)
  }

  /// The same number in every entry; takes no sub-stream.
  public func constant(
    _ value: Float, _ rows: Int, _ columns: Int, decayGroup: Parameter.DecayGroup = .main
  ) -> Parameter {
    Parameter(
      Tensor([Float](repeating: value, count: rows * columns), rows: rows, columns: columns), decayGroup: decayGroup)
  }

  private func stream() -> RandomStream {
    defer { next += 1 }
    return random.substream(next)
  }
}
