public import GroveGraphs
public import GroveTensors

/// Dense layers, then personalised-PageRank propagation of their result.
///
/// The embedding is the propagated logits, since nothing before them has seen the graph.
public final class APPNP: NodeModel {
  /// The dense layers, which see each node by itself.
  public let network: MLP
  /// The propagation of their logits.
  public let propagation: APPNPPropagation

  /// Dense layers of the given widths (input, hidden …, classes) and `steps` propagations after them.
  public init(widths: [Int], steps: Int, teleport: Float, dropout: Float, from initializer: Initializer) {
    network = MLP(widths: widths, dropout: dropout, from: initializer)
    propagation = APPNPPropagation(steps: steps, teleport: teleport)
  }

  /// 1: every propagation step walks the same block.
  public var blockCount: Int { 1 }

  /// Propagated logits, which are the embedding too. [N, F] → [N, C]
  public func callAsFunction(_ features: Tensor, over blocks: [Block]) -> NodeOutput {
    let logits = propagation(network(features, rowIDs: blocks[0].sourceIDs).logits, over: blocks[0])
    return NodeOutput(embedding: logits, logits: logits)
  }
}
