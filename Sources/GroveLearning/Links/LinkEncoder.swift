public import GroveGraphs
public import GroveLayers
public import GroveTensors

/// Rows of nodes on either side of a link: of all nodes, or of those that a step looks at.
///
/// Letters: N nodes, sources and targets numbered together; D width.
public struct LinkRows {
  /// What anchors are. [N, D], or a row for each of `nodes.anchors`
  public let anchors: Tensor
  /// What candidates are. [N, D], or a row for each of `nodes.candidates`
  public let candidates: Tensor
  /// Which nodes the rows are of; nil: all.
  private(set) var nodes: (anchors: DistinctNodes, candidates: DistinctNodes)?

  /// Rows for each role.
  init(
    anchors: Tensor, candidates: Tensor, nodes: (anchors: DistinctNodes, candidates: DistinctNodes)? = nil
  ) {
    (self.anchors, self.candidates, self.nodes) = (anchors, candidates, nodes)
  }

  /// The same rows in both roles, of some nodes, of all where nil.
  init(_ rows: Tensor, of nodes: DistinctNodes? = nil) {
    self.init(anchors: rows, candidates: rows, nodes: nodes.map { ($0, $0) })
  }

  /// The rows as a decoder compares them.
  func compared(by decoder: any LinkDecoder) -> LinkRows {
    let own = decoder.rows(anchors)
    return LinkRows(
      anchors: own, candidates: candidates === anchors ? own : decoder.rows(candidates), nodes: nodes)
  }

  /// Rows of some anchors, which may repeat.
  func anchors(_ ids: [Int32]) -> Tensor { anchors.gathering(rows: nodes?.anchors.places(of: ids) ?? ids) }

  /// The rows of `candidates` that some candidates have.
  func places(ofCandidates ids: [Int32]) -> [Int32] { nodes?.candidates.places(of: ids) ?? ids }
}

/// What turns nodes into rows that a decoder compares.
public protocol LinkEncoder: Module {
  /// D.
  var width: Int { get }
  /// Whether rows depend on edges, so that the links of a batch must be hidden.
  var readsEdges: Bool { get }
  /// Rows to train with.
  func rows(on graph: Graph) -> LinkRows
  /// Rows to score links with, after training.
  func embeddings(on graph: Graph) -> Tensor
}

/// An encoder that looks rows up in tables, so that a step needs only those of its own nodes.
public protocol TableLinkEncoder: LinkEncoder {
  /// Rows of some nodes to train with, and the rows of tables that they come from, which the optimizer is to change.
  ///
  /// - Complexity: O(nodes · D).
  func rows(of nodes: LinkStepNodes) -> (rows: LinkRows, tables: [ParameterRows])
}

/// An encoder of which a step can compute the rows of its own nodes alone, from their sampled neighborhoods.
public protocol BlockLinkEncoder: LinkEncoder {
  /// Rows of some nodes to train with.
  ///
  /// - Parameter blocks: one a layer, the first layer's first; the last one's targets are `nodes`, in order.
  /// - Complexity: that of the layers over the edges of the blocks.
  func rows(of nodes: DistinctNodes, over blocks: [Block]) -> LinkRows
}

/// A learned row for each node, and a second one for what it is as a context.
///
/// With contexts, pairs are scored by the angle between what their rows learned: see `TrainedNodes`. Without, by the
/// rows themselves, whose lengths and common part then are what they were trained to be.
///
/// - Start: uniform in ±½ / D, contexts at 0, as word2vec; without contexts normal of deviation 0.1.
public final class TableEncoder: TableLinkEncoder {
  /// Rows of nodes. [N, D]
  public let nodes: Parameter
  /// Rows of contexts; nil where a node is the same in both roles. [N, D]
  public let contexts: Parameter?
  /// The nodes that were anchors; nil without contexts.
  public let trained: TrainedNodes?

  /// Tables of random rows.
  public init(nodeCount: Int, width: Int, hasContexts: Bool, from start: Initializer) {
    nodes =
      hasContexts
      ? start.uniform(nodeCount, width, bound: 0.5 / Float(width), decayGroup: .none)
      : start.normal(nodeCount, width, deviation: 0.1, decayGroup: .main)
    contexts = hasContexts ? start.constant(0, nodeCount, width, decayGroup: .none) : nil
    trained = hasContexts ? TrainedNodes(nodeCount: nodeCount) : nil
  }

  /// D.
  public var width: Int { nodes.shape.columns }
  /// No.
  public var readsEdges: Bool { false }
  /// The tables.
  public func rows(on graph: Graph) -> LinkRows {
    if Pass.isTraining { trained?.addAll() }
    return LinkRows(anchors: nodes.value, candidates: (contexts ?? nodes).value)
  }
  /// Rows of anchors from the one table, of candidates from the other; of both from one table where there is just one.
  public func rows(of step: LinkStepNodes) -> (rows: LinkRows, tables: [ParameterRows]) {
    guard let contexts else {
      let both = ParameterRows(step.all, of: nodes)
      return (LinkRows(both.values, of: step.all), [both])
    }
    trained?.add(step.anchors.ids)
    let (anchors, candidates) = (ParameterRows(step.anchors, of: nodes), ParameterRows(step.candidates, of: contexts))
    return (
      LinkRows(anchors: anchors.values, candidates: candidates.values, nodes: (step.anchors, step.candidates)),
      [anchors, candidates]
    )
  }
  /// The rows of nodes; with contexts as directions.
  public func embeddings(on graph: Graph) -> Tensor { trained?.directions(of: nodes.value) ?? nodes.value }
}

/// First-order and second-order proximity in halves of one row.
///
///     [a, b]: a · a' learns which nodes are joined, b · context' which share neighbors
///
/// Pairs are scored by the angles between their halves: see `TrainedNodes`.
///
/// - Source: LINE (Tang 2015), eqs. 3 and 6. Differs: both are trained together, with one rate.
public final class LINEEncoder: TableLinkEncoder {
  /// Rows of first order. [N, D / 2]
  public let first: Parameter
  /// Rows of second order. [N, D / 2]
  public let second: Parameter
  /// Contexts of second order. [N, D / 2]
  public let contexts: Parameter
  /// The nodes that were anchors.
  public let trained: TrainedNodes

  /// Tables of random rows.
  ///
  /// - Precondition: an even width.
  public init(nodeCount: Int, width: Int, from start: Initializer) {
    precondition(width >= 2 && width % 2 == 0, "LINEEncoder: width \(width); it must be even")
    first = start.uniform(nodeCount, width / 2, bound: 0.5 / Float(width), decayGroup: .none)
    second = start.uniform(nodeCount, width / 2, bound: 0.5 / Float(width), decayGroup: .none)
    contexts = start.constant(0, nodeCount, width / 2, decayGroup: .none)
    trained = TrainedNodes(nodeCount: nodeCount)
  }

  /// D.
  public var width: Int { 2 * first.shape.columns }
  /// No.
  public var readsEdges: Bool { false }
  /// Halves side by side: their dot products add up.
  public func rows(on graph: Graph) -> LinkRows {
    if Pass.isTraining { trained.addAll() }
    return LinkRows(
      anchors: .concatenatingColumns([first.value, second.value]),
      candidates: .concatenatingColumns([first.value, contexts.value]))
  }
  /// The same for the nodes of a step.
  public func rows(of step: LinkStepNodes) -> (rows: LinkRows, tables: [ParameterRows]) {
    trained.add(step.anchors.ids)
    let (joined, anchors) = (ParameterRows(step.all, of: first), ParameterRows(step.anchors, of: second))
    let candidates = ParameterRows(step.candidates, of: contexts)
    func half(_ nodes: DistinctNodes) -> Tensor { joined.values.gathering(rows: step.all.places(of: nodes.ids)) }
    return (
      LinkRows(
        anchors: .concatenatingColumns([half(step.anchors), anchors.values]),
        candidates: .concatenatingColumns([half(step.candidates), candidates.values]),
        nodes: (step.anchors, step.candidates)),
      [joined, anchors, candidates]
    )
  }
  /// Halves as directions, side by side.
  public func embeddings(on graph: Graph) -> Tensor {
    .concatenatingColumns([trained.directions(of: first.value), trained.directions(of: second.value)])
  }
}

/// A graph model whose outputs are the rows.
public final class GraphLinkEncoder: BlockLinkEncoder {
  /// Where input rows come from.
  public let features: any FeatureModule
  /// The model, whose logits serve as rows.
  public let model: any NodeModel
  /// D.
  public let width: Int
  /// Whether trained rows are computed layer by layer, in chunks, so that their memory does not grow with edges times layers.
  public let isLayerwise: Bool

  /// An encoder of a model that gives `width` numbers a node.
  public init(features: any FeatureModule, model: any NodeModel, width: Int, isLayerwise: Bool = false) {
    (self.features, self.model, self.width, self.isLayerwise) = (features, model, width, isLayerwise)
  }

  /// Yes.
  public var readsEdges: Bool { true }
  /// Outputs in both roles.
  public func rows(on graph: Graph) -> LinkRows {
    LinkRows(model(features.features(of: nil), on: graph).logits)
  }
  /// Outputs in both roles.
  public func rows(of nodes: DistinctNodes, over blocks: [Block]) -> LinkRows {
    LinkRows(model(features.features(of: blocks[0].sourceIDs), over: blocks).logits, of: nodes)
  }
  /// Outputs.
  public func embeddings(on graph: Graph) -> Tensor {
    if isLayerwise, let stack = model as? ConvolutionStack {
      return stack.layerwise(on: graph) { features.features(of: $0) }.logits
    }
    return model(features.features(of: nil), on: graph).logits
  }
}
