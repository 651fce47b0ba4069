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
  /// The input of encoders that read features; nil where the model reads none.
  public let features: NodeData.Features?
  /// All types and relations of the graph with the meta-paths to walk along; nil where the model walks none.
  public let walkable: (graph: HeteroGraph, paths: [MetaPath])?
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
    (name, self.ends, self.relation) = (source.name, ends, relation)
    types = (relation.source, relation.target)
    configuration.relations = [relation.relation]
    var notes: [String] = []
    let recipe = try LinkCatalogue.recipe(named: configuration.model)
    walkable =
      recipe.walksMetaPaths ? try HeteroData.walkable(source, from: relation.source, &configuration) : nil
    if !recipe.readsFeatures {
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
    (self.name, self.ends, self.types, relation, walkable) = (name, ends, types, nil, nil)
    var notes: [String] = []
    let recipe = try LinkCatalogue.recipe(named: configuration.model)
    guard !recipe.walksMetaPaths else {
      throw TrainingFailure.configuration(
        "\(recipe.name) walks over several types of nodes, and \(name) is a list of links; choose another model")
    }
    features = recipe.readsFeatures ? try LinkData.features(ends, name, &configuration, &notes) : nil
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

  /// Nodes of each type, all numbered together: those of links first, then, where walks reach them, of other types.
  public var ranges: [(type: NodeType, nodes: Range<Int>)] {
    var ranges = [(types.source, 0..<ends.sourceCount)]
    if !ends.isSquare { ranges.append((types.target, ends.targetOffset..<ends.nodeCount)) }
    guard let graph = walkable?.graph else { return ranges }
    for (type, count) in zip(graph.types, graph.nodeCounts) where type != types.source && type != types.target {
      let start = ranges[ranges.count - 1].1.upperBound
      ranges.append((type, start..<start + count))
    }
    return ranges
  }
}
