public import GroveGraphs
public import GroveTensors

/// Dense layers, then a propagation of their result: APPNP, GPR-GNN and their like, by the propagation.
///
/// The embedding is the propagated logits, since nothing before them has seen the graph.
public final class PropagatedMLP: NodeModel {
  /// The dense layers, which see each node by itself.
  public let network: MLP
  /// The propagation of their logits, which leaves the width as it is.
  public let propagation: any GraphConvolution
  /// Share of the logits' input to the propagation that is zeroed in training, in 0..<1.
  public let propagationDropout: Float

  /// A model of dense layers and what propagates their logits.
  public init(_ network: MLP, _ propagation: any GraphConvolution, propagationDropout: Float = 0) {
    self.network = network
    self.propagation = propagation
    self.propagationDropout = propagationDropout
  }

  /// 1: every propagation step walks the same block.
  public var blockCount: Int { 1 }

  /// Propagated logits, which are the embedding too. [N, F] → [N, C]
  public func callAsFunction(_ features: Tensor, over blocks: [Block]) -> NodeOutput {
    let ids = blocks[0].sourceIDs
    var h = network(features, rowIDs: ids).logits
    if propagationDropout > 0 { h = h.droppedOut(propagationDropout, rowIDs: ids) }
    let logits = propagation(h, over: blocks[0])
    return NodeOutput(embedding: logits, logits: logits)
  }
}
