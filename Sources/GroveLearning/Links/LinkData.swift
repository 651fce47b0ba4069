import Foundation
public import GroveGraphs
import GroveKernels
import GroveLayers

/// What links run between as one training sees it, beside the links themselves.
///
/// Nodes of two types are numbered together, sources first.
public struct LinkData: Sendable {
  /// Name of the source it was read from, for messages and manifests.
  public let name: String
  /// What links run between.
  public let ends: LinkEnds
  /// Types of anchors and candidates.
  public let types: (source: NodeType, target: NodeType)
  /// External ids of anchors and candidates, or nil where an id is its number.
  public let ids: (sources: [String]?, targets: [String]?)
  /// The input of encoders that read features; nil where the model reads none.
  public let features: NodeData.Features?
  /// All types and relations of the graph, for walks along meta-paths; nil for links without a graph.
  public let whole: (any GraphSource & FeatureSource)?
  /// The relation whose edges are the links; nil for links without a graph.
  public let relation: EdgeType?
  /// Choices made for the caller, in words.
  public let notes: [String]

  /// Links of a relation of a graph.
  ///
  /// The choices that the configuration left open are written back into it.
  ///
  /// - Throws: what the source throws; `TrainingFailure` where the data cannot serve the model.
  public init(
    _ source: any GraphSource & FeatureSource, relation: EdgeType, ends: LinkEnds,
    _ configuration: inout TrainingConfiguration
  ) throws {
    (name, self.ends, self.relation, whole) = (source.name, ends, relation, source)
    types = (relation.source, relation.target)
    ids = (try source.nodeIDs(of: relation.source), try source.nodeIDs(of: relation.target))
    configuration.relations = [relation.relation]
    var notes: [String] = []
    if try !LinkCatalogue.recipe(named: configuration.model).readsFeatures {
      features = nil
    } else if ends.isSquare {
      let given = try NodeData.features(source, relation.source, [relation], &configuration, &notes)
      features = given.0
    } else {
      features = try LinkData.features(ends, name, &configuration, &notes)
    }
    self.notes = notes
  }

  /// Links without a graph.
  ///
  /// - Throws: `TrainingFailure.configuration` for features that links alone do not have.
  public init(
    links name: String, ends: LinkEnds, types: (source: NodeType, target: NodeType),
    _ configuration: inout TrainingConfiguration
  ) throws {
    (self.name, self.ends, self.types, relation, whole) = (name, ends, types, nil, nil)
    ids = (nil, nil)
    var notes: [String] = []
    features =
      try LinkCatalogue.recipe(named: configuration.model).readsFeatures
      ? LinkData.features(ends, name, &configuration, &notes) : nil
    self.notes = notes
  }

  /// Features of nodes that have none of their own, or of two types at once.
  private static func features(
    _ ends: LinkEnds, _ name: String, _ configuration: inout TrainingConfiguration, _ notes: inout [String]
  ) throws -> NodeData.Features {
    configuration.normalizeFeatures = "none"
    if configuration.features == nil {
      configuration.features = "learned:64"
      notes.append("no features that both ends share, so each node learns 64 numbers (--features learned:64)")
    }
    let word = configuration.features ?? ""
    if word.hasPrefix("learned:"), let width = Int(word.dropFirst("learned:".count)), width >= 1, width <= 1 << 16 {
      return .learned(width: width)
    }
    switch word {
    case "one-hot": return .given(.oneHot(ends.nodeCount))
    case "degree": return .given(.dense(values: .array([Float](repeating: 0, count: 2 * ends.nodeCount)), width: 2))
    default:
      throw TrainingFailure.configuration(
        "\(name): there are no features '\(word)' of both ends; choose one of learned:WIDTH, one-hot, degree")
    }
  }

  /// The input of encoders in a split: degrees count its messages alone, so that they tell nothing of measured links.
  func features(_ configuration: TrainingConfiguration, on messages: Graph) -> NodeData.Features? {
    guard configuration.features == "degree" else { return features }
    var outgoing = [Int](repeating: 0, count: messages.nodeCount)
    for node in messages.incoming.columns { outgoing[Int(node)] += 1 }
    let values = zip(messages.inDegrees, outgoing).flatMap { [log1p(Float($0)), log1p(Float($1))] }
    return .given(.dense(values: .array(values), width: 2))
  }

  /// A node's id, of all nodes numbered together.
  public func id(ofNode node: Int) -> String {
    if ends.isSquare || node < ends.sourceCount { return ids.sources?[node] ?? String(node) }
    let target = node - ends.targetOffset
    return ids.targets?[target] ?? String(target)
  }
}
