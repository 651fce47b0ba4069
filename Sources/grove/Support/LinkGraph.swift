import GroveGraphs
import GroveKernels
import GroveLearning
import GroveStore

/// The links of a graph as samplers see them: anchors, candidates, and which positives are known.
struct LinkGraph {
  /// A short name for people.
  let name: String
  /// Row v lists the positives of anchor v, for each part that has any, `train` first.
  let positives: [NamedPositives]
  /// Whether anchors are candidates.
  let isSquare: Bool
  /// Ids of anchors and of candidates; nil where an id is a number.
  private let ids: (anchors: [String]?, candidates: [String]?)

  /// Opens a folder of links; or one relation of a graph, all of whose edges are then training positives.
  ///
  /// - Parameter relation: name of the relation; nil for the only one, else the only one within a type.
  static func open(_ path: String, relation: String?) throws -> LinkGraph {
    let source = try LinkSource(path, relation: relation)
    if let published = source.published { return try LinkGraph(published) }
    guard let (graph, chosen) = source.relation else { preconditionFailure("LinkGraph: neither links nor a relation") }
    let train = try source.ends(isUndirected: false).partners(
      in: [graph.edges(of: chosen)], of: .source, withSelf: false)
    let ids = try source.ids
    return LinkGraph(
      name: source.name, positives: [NamedPositives("train", train)], isSquare: chosen.source == chosen.target,
      ids: (ids.sources, ids.targets))
  }

  private init(
    name: String, positives: [NamedPositives], isSquare: Bool, ids: (anchors: [String]?, candidates: [String]?)
  ) {
    self.name = name
    self.positives = positives
    self.isSquare = isSquare
    self.ids = ids
  }

  /// The links of a split.
  init(_ split: LinkSplit) throws {
    let parts: [(String, EdgeList)] = [
      ("train", split.training), ("validation", split.validation.positives), ("test", split.test.positives),
    ]
    let positives = try parts.filter { $0.0 == "train" || $0.1.count > 0 }.map { name, edges in
      NamedPositives(name, try split.ends.partners(in: [edges], of: .source, withSelf: false))
    }
    self.init(name: split.name, positives: positives, isSquare: split.ends.isSquare, ids: (nil, nil))
  }

  /// The training positives.
  var training: SparseRows { positives[0].rows }

  /// The id of a candidate.
  func candidateID(_ node: Int32) -> String { ids.candidates?[Int(node)] ?? String(node) }

  /// The anchor of an id.
  func anchor(_ id: String) throws -> Int32 { try node(id, ids.anchors, training.rowCount, "anchor") }

  /// The candidate of an id.
  func candidate(_ id: String) throws -> Int32 { try node(id, ids.candidates, training.columnCount, "positive") }

  private func node(_ id: String, _ ids: [String]?, _ count: Int, _ option: String) throws -> Int32 {
    if let ids {
      guard let place = ids.firstIndex(of: id) else {
        throw TrainingFailure.configuration(
          "--\(option) \(id): \(name) has no node of that id; `grove export` lists ids")
      }
      return Int32(place)
    }
    guard let number = Int32(id), number >= 0, number < count else {
      throw TrainingFailure.configuration("--\(option) \(id): nodes of \(name) are 0 to \(count - 1)")
    }
    return number
  }

  /// What samplers are made on.
  ///
  /// - Parameter excluded: names of the parts whose positives are never drawn.
  func setting(excluding excluded: [String], random: RandomStream) throws -> NegativeSetting {
    NegativeSetting(
      positives: training, isSquare: isSquare,
      filter: try NegativeFilter(
        excluding: excluded, of: positives, anchorCount: training.rowCount, candidateCount: training.columnCount,
        excludesSelf: isSquare), random: random)
  }

  /// Positives of an anchor that a filter does not know.
  func hidden(of anchor: Int32, excluding excluded: [String]) -> [Int32] {
    positives.filter { !excluded.contains($0.name) }.flatMap { $0.rows[Int(anchor)] }
  }
}
