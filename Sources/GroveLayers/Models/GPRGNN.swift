import Foundation
public import GroveGraphs
public import GroveTensors

/// Dense layers, then a learned mixture of all numbers of propagation steps.
///
///     logits = Σ over k in 0...K of γ[k] · Âᵏ · dropout(dense(x))
///
/// γ may turn negative, so that far or near neighbors count against a class. It starts as personalised PageRank,
/// γ[k] = α (1 − α)ᵏ and γ[K] = (1 − α)ᴷ, and takes no weight decay.
///
/// - Complexity: O(K · E · C) beside the dense layers.
/// - Source: Chien, Peng, Li, Milenkovic 2021, "Adaptive Universal Generalized PageRank Graph Neural Network".
public final class GPRGNN: NodeModel {
  /// The dense layers, which see each node by itself.
  public let network: MLP
  /// γ, one number for each number of steps. [1, K + 1]
  public let shares: Parameter
  /// K, the largest number of steps.
  public let steps: Int
  /// Share of inputs and of propagated rows that is zeroed in training, in 0..<1.
  public let dropout: Float

  /// Dense layers of the given widths (input, hidden …, classes) and `steps` propagations after them.
  public init(widths: [Int], steps: Int, teleport: Float, dropout: Float, from initializer: Initializer) {
    network = MLP(widths: widths, dropout: dropout, from: initializer)
    let start = (0...steps).map { k in
      (k == steps ? 1 : teleport) * Foundation.pow(1 - teleport, Float(k))
    }
    shares = Parameter(Tensor(start, rows: 1, columns: steps + 1), decayGroup: .none)
    self.steps = steps
    self.dropout = dropout
  }

  /// 1: every step walks the same block.
  public var blockCount: Int { 1 }

  /// Mixed logits, which are the embedding too. [N, in] → [N, C]
  public func callAsFunction(_ features: Tensor, over blocks: [Block]) -> NodeOutput {
    let normalized = blocks[0].normalized
    let ids = blocks[0].sourceIDs
    var z = network(features, rowIDs: ids).logits.droppedOut(dropout, rowIDs: ids)
    func share(_ k: Int) -> Tensor { shares.value.columns(k..<k + 1) }
    var sum = z.scaled(by: share(0))
    for k in 1...steps {
      z = z.aggregated(over: normalized.aggregation, weights: normalized.weights)
      sum = sum + z.scaled(by: share(k))
    }
    return NodeOutput(embedding: sum, logits: sum)
  }
}
