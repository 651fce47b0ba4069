public import GroveGraphs
public import GroveTensors

/// Dense layers, then personalised-PageRank propagation of their result.
///
/// The embedding is the propagated logits, since nothing before them has seen the graph.
public final class APPNP: NodeModel {
  public let network: MLP
  public let propagation: APPNPPropagation

  public init(widths: [Int], steps: Int, teleport: Float, dropout: Float, from initializer: Initializer) {
    network = MLP(widths: widths, dropout: dropout, from: initializer)
    propagation = APPNPPropagation(steps: steps, teleport: teleport)
  }

  public var blockCount: Int { 1 }

  public func callAsFunction(_ features: Tensor, over blocks: [Block]) -> NodeOutput {
    let logits = propagation(network(features, rowIDs: blocks[0].sourceIDs).logits, over: blocks[0])
    return NodeOutput(embedding: logits, logits: logits)
  }
}
