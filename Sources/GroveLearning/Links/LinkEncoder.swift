public import GroveGraphs
public import GroveLayers
public import GroveTensors

/// Rows of nodes on either side of a link.
///
/// Letters: N nodes, sources and targets numbered together; D width.
public struct LinkRows {
  /// What anchors are. [N, D]
  public let anchors: Tensor
  /// What candidates are. [N, D]
  public let candidates: Tensor
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

/// A learned row for each node, and a second one for what it is as a context.
///
/// - Start: uniform in ±½ / D, contexts at 0, as word2vec; without contexts normal of deviation 0.1.
public final class TableEncoder: LinkEncoder {
  /// Rows of nodes. [N, D]
  public let nodes: Parameter
  /// Rows of contexts; nil where a node is the same in both roles. [N, D]
  public let contexts: Parameter?

  /// Tables of random rows.
  public init(nodeCount: Int, width: Int, hasContexts: Bool, from start: Initializer) {
    nodes =
      hasContexts
      ? start.uniform(nodeCount, width, bound: 0.5 / Float(width), decayGroup: .none)
      : start.normal(nodeCount, width, deviation: 0.1, decayGroup: .main)
    contexts = hasContexts ? start.constant(0, nodeCount, width, decayGroup: .none) : nil
  }

  /// D.
  public var width: Int { nodes.shape.columns }
  /// No.
  public var readsEdges: Bool { false }
  /// The tables.
  public func rows(on graph: Graph) -> LinkRows {
    LinkRows(anchors: nodes.value, candidates: (contexts ?? nodes).value)
  }
  /// The rows of nodes.
  public func embeddings(on graph: Graph) -> Tensor { nodes.value }
}

/// First-order and second-order proximity in halves of one row.
///
///     [a, b]: a · a' learns which nodes are joined, b · context' which share neighbors; each half of length 1 in the end
///
/// - Source: LINE (Tang 2015), eqs. 3 and 6. Differs: both are trained together, with one rate.
public final class LINEEncoder: LinkEncoder {
  /// Rows of first order. [N, D / 2]
  public let first: Parameter
  /// Rows of second order. [N, D / 2]
  public let second: Parameter
  /// Contexts of second order. [N, D / 2]
  public let contexts: Parameter

  /// Tables of random rows.
  ///
  /// - Precondition: an even width.
  public init(nodeCount: Int, width: Int, from start: Initializer) {
    precondition(width >= 2 && width % 2 == 0, "LINEEncoder: width \(width); it must be even")
    first = start.uniform(nodeCount, width / 2, bound: 0.5 / Float(width), decayGroup: .none)
    second = start.uniform(nodeCount, width / 2, bound: 0.5 / Float(width), decayGroup: .none)
    contexts = start.constant(0, nodeCount, width / 2, decayGroup: .none)
  }

  /// D.
  public var width: Int { 2 * first.shape.columns }
  /// No.
  public var readsEdges: Bool { false }
  /// Halves side by side: their dot products add up.
  public func rows(on graph: Graph) -> LinkRows {
    LinkRows(
      anchors: .concatenatingColumns([first.value, second.value]),
      candidates: .concatenatingColumns([first.value, contexts.value]))
  }
  /// Halves of length 1 side by side.
  public func embeddings(on graph: Graph) -> Tensor {
    .concatenatingColumns([first.value.normalizedRows(), second.value.normalizedRows()])
  }
}

/// A graph model whose outputs are the rows.
public final class GraphLinkEncoder: LinkEncoder {
  /// Where input rows come from.
  public let features: any FeatureModule
  /// The model, whose logits serve as rows.
  public let model: any NodeModel
  /// D.
  public let width: Int

  /// An encoder of a model that gives `width` numbers a node.
  public init(features: any FeatureModule, model: any NodeModel, width: Int) {
    (self.features, self.model, self.width) = (features, model, width)
  }

  /// Yes.
  public var readsEdges: Bool { true }
  /// Outputs in both roles.
  public func rows(on graph: Graph) -> LinkRows {
    let rows = embeddings(on: graph)
    return LinkRows(anchors: rows, candidates: rows)
  }
  /// Outputs.
  public func embeddings(on graph: Graph) -> Tensor { model(features.features(of: nil), on: graph).logits }
}
