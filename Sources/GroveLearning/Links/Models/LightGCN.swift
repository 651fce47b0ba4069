import GroveGraphs
import GroveLayers
import GroveTensors

/// A learned row for each node, averaged over hops of normalized propagation.
enum LightGCN {
  static let recipe = LinkRecipe(
    name: "lightgcn", title: "LightGCN: learned rows, the mean over hops without weights",
    source: "He 2020; 3 propagations, rate and width our own", options: ["hidden", "propagations"], loss: "bpr",
    negatives: "uniform",
    defaults: {
      ($0.hidden, $0.propagations, $0.batch, $0.lr, $0.weightDecay) = (64, 3, nil, 0.01, 0)
      ($0.epochs, $0.patience) = (100, 20)
    },
    makeEncoder: { shape, start in
      LightGCNEncoder(
        nodeCount: shape.messages.nodeCount, width: shape.configuration.hidden,
        propagations: shape.configuration.propagations, from: start)
    })
}

/// The encoder of LightGCN.
///
/// - Source: He 2020, eqs. 7–8. Differs: a batch's own links are hidden from it, as from every encoder that reads edges.
private final class LightGCNEncoder: LinkEncoder {
  /// Rows before propagation. [N, D]
  let nodes: Parameter
  private let propagation: LightGCNPropagation

  init(nodeCount: Int, width: Int, propagations: Int, from start: Initializer) {
    nodes = start.normal(nodeCount, width, deviation: 0.1, decayGroup: .main)
    propagation = LightGCNPropagation(propagations: propagations)
  }

  var width: Int { nodes.shape.columns }
  var readsEdges: Bool { true }

  func rows(on graph: Graph) -> LinkRows { LinkRows(embeddings(on: graph)) }

  func embeddings(on graph: Graph) -> Tensor {
    propagation(nodes.value, target: nil, over: graph.block, edges: nil)
  }
}
