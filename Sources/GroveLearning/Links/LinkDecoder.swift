public import GroveKernels
public import GroveLayers
public import GroveTensors

/// What gives a pair of rows its score.
///
/// Letters: B anchors, N nodes, E pairs, D width.
public protocol LinkDecoder: Module {
  /// What is made of an encoder's rows before they are compared, and kept as embeddings. [N, D] → [N, D]
  func rows(_ encoded: Tensor) -> Tensor
  /// Rows whose dot products with candidates are the scores; nil where scores are no such products. [B, D] → [B, D]
  func queries(_ anchors: Tensor) -> Tensor?
  /// Scores of pairs.
  ///
  /// - Shape: anchors [B, D], candidates [N, D], pairs from candidates to anchors → [E, 1], by entry of `pairs.incoming`.
  func scores(_ anchors: Tensor, _ candidates: Tensor, over pairs: Aggregation) -> Tensor
}

extension LinkDecoder {
  /// The rows as they are.
  public func rows(_ encoded: Tensor) -> Tensor { encoded }

  /// Dot products along pairs.
  public func scores(_ anchors: Tensor, _ candidates: Tensor, over pairs: Aggregation) -> Tensor {
    guard let queries = queries(anchors) else { preconditionFailure("LinkDecoder: neither queries nor scores") }
    return candidates.edgeDots(targets: queries, heads: 1, over: pairs)
  }
}

/// The dot product a · c.
public final class DotDecoder: LinkDecoder {
  /// The decoder, which has nothing to learn.
  public init() {}
  /// The anchors.
  public func queries(_ anchors: Tensor) -> Tensor? { anchors }
}

/// The cosine of the angle between rows, a · c / (|a| |c|).
///
/// Scores lie in −1...1, so losses of the softmax family want a temperature of a tenth or less.
public final class CosineDecoder: LinkDecoder {
  /// The decoder, which has nothing to learn.
  public init() {}
  /// Rows of length 1; rows of zeros stay as they are.
  public func rows(_ encoded: Tensor) -> Tensor { encoded.normalizedRows() }
  /// The anchors.
  public func queries(_ anchors: Tensor) -> Tensor? { anchors }
}

/// The bilinear form a · W · c.
///
/// - Start: W is Glorot's.
public final class BilinearDecoder: LinkDecoder {
  /// W. [D, D]
  public let weight: Parameter

  /// A decoder of rows of a width.
  public init(width: Int, from start: Initializer) { weight = start.glorot(width, width) }

  /// Rows a · W.
  public func queries(_ anchors: Tensor) -> Tensor? { anchors.matmul(weight.value) }
}

/// The weighted dot product Σ over k of a[k] · r[k] · c[k].
///
/// - Source: DistMult (Yang 2015), for one relation. Start: r is 1.
public final class DistMultDecoder: LinkDecoder {
  /// r. [1, D]
  public let relation: Parameter

  /// A decoder of rows of a width.
  public init(width: Int, from start: Initializer) { relation = start.constant(1, 1, width) }

  /// Rows a ∘ r.
  public func queries(_ anchors: Tensor) -> Tensor? { anchors.scalingColumns(by: relation.value) }
}

/// A dense network of two layers on a ∘ c.
///
/// - Source: the link predictor of the Open Graph Benchmark's examples.
public final class MLPDecoder: LinkDecoder {
  /// The hidden layer. [D, D]
  public let hidden: Linear
  /// The score's layer. [D, 1]
  public let output: Linear

  /// A decoder of rows of a width.
  public init(width: Int, from start: Initializer) {
    hidden = Linear(width, width, from: start)
    output = Linear(width, 1, from: start)
  }

  /// None.
  public func queries(_ anchors: Tensor) -> Tensor? { nil }

  /// The network on every pair.
  ///
  /// - Complexity: O(E · D²) time, O(E · D) memory.
  public func scores(_ anchors: Tensor, _ candidates: Tensor, over pairs: Aggregation) -> Tensor {
    let rows = (0..<pairs.targetCount).flatMap { row in
      [Int32](repeating: Int32(row), count: Int(pairs.incoming.offsets[row + 1] - pairs.incoming.offsets[row]))
    }
    let products = anchors.gathering(rows: rows) * candidates.gathering(rows: pairs.incoming.columns)
    return output(hidden(products).relu())
  }
}
