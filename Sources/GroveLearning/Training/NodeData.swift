public import GroveGraphs
public import GroveLayers
import GroveKernels

/// A graph with features and labels as one training sees it.
public struct NodeData: Sendable {
  /// Name of the source it was read from, for messages and manifests.
  public let name: String
  /// Nodes of the classified type, and the edges of the chosen relations among them; for a heterogeneous model there may
  /// be none.
  public let graph: Graph
  /// What a heterogeneous model sees: all types and relations; nil for other models.
  public let heterogeneous: HeteroData?
  /// Classes of the nodes; none known where the graph is only to be predicted on.
  public let labels: Labels
  /// The type of the nodes that are classified.
  public let nodeType: NodeType
  /// External ids in node order, or nil where a node's id is its number.
  public let nodeIDs: [String]?
  /// The model's input: given rows, normalized where that was asked for, or learned ones.
  public let features: Features
  /// Choices made for the caller, in words.
  public let notes: [String]
  /// How graph and features were read, to read them again as of a year.
  let reading: Reading
  /// What was read as of a year, for whoever asks again.
  let views = Guarded<[Int: YearView]>([:])

  /// A model's input.
  public enum Features: Sendable {
    case given(FeatureMatrix)
    case learned(width: Int)
    /// Rows that an encoder gave, which training may change through that encoder.
    case tuned(FeatureMatrix, FeatureTuner)

    /// Number of input columns.
    public var width: Int {
      switch self {
      case .given(let matrix), .tuned(let matrix, _): matrix.width
      case .learned(let width): width
      }
    }

    /// The features as a module.
    ///
    /// - Throws: what making an encoder throws.
    func module(nodeCount: Int, from initializer: Initializer) throws -> any FeatureModule {
      switch self {
      case .given(let matrix): FixedFeatures(matrix.tensor())
      case .learned(let width): LearnedFeatures(nodeCount: nodeCount, width: width, from: initializer)
      case .tuned(let matrix, let tuner): try tuner.make(matrix.tensor(), initializer)
      }
    }
  }

  /// Reads what the configuration asks for, and writes the choices it left open back into it.
  ///
  /// - Parameter tuner: makes the encoder that gave the features of the classified nodes, where it is to be trained.
  /// - Throws: what the source throws; `TrainingFailure` where the data cannot serve the task.
  public init(
    _ source: some GraphSource & FeatureSource, _ configuration: inout TrainingConfiguration,
    tuner: FeatureTuner? = nil
  ) throws {
    guard let type = source.labeledType, let labels = try source.labels() else {
      throw TrainingFailure.data(
        "\(source.name): no labels, so there is nothing to learn; add labels.npy (one class a node)")
    }
    guard labels.classCount > 0 else {
      throw TrainingFailure.data("\(source.name): every label is -1, so there is nothing to learn")
    }
    try self.init(source, type, labels, &configuration, tuner)
  }

  /// Reads a graph for a model that was trained on another one; its labels, if any, play no part.
  ///
  /// - Throws: what the source throws; `TrainingFailure` where the model cannot be used on that graph.
  public init(
    _ source: some GraphSource & FeatureSource, for signature: ModelSignature,
    _ configuration: inout TrainingConfiguration, tuner: FeatureTuner? = nil
  ) throws {
    if case .propagation = try ModelCatalogue.recipe(named: configuration.model).kind {
      throw TrainingFailure.configuration(
        "\(configuration.model) learns nothing that another graph could use; train it on \(source.name)")
    }
    guard configuration.correctAndSmooth == "none" else {
      throw TrainingFailure.configuration(
        "the run corrects by the classes of its own training nodes, which \(source.name) lacks; "
          + "train with --correct-and-smooth none to use it there")
    }
    if let features = configuration.features, features == "one-hot" || features.hasPrefix("learned:") {
      throw TrainingFailure.configuration(
        "the run knows its own nodes only (features \(features)); train with given features to use it on \(source.name)"
      )
    }
    let type = source.nodeTypes.count == 1 ? source.nodeTypes[0] : NodeType(signature.nodeType)
    guard source.nodeTypes.contains(type) else {
      throw TrainingFailure.data(
        "\(source.name): no nodes of type \(signature.nodeType), which the run was trained on; give a graph that has them"
      )
    }
    let isHeterogeneous = try ModelCatalogue.recipe(named: configuration.model).isHeterogeneous
    let usable = source.relations.filter { isHeterogeneous || ($0.source == type && $0.target == type) }
    if !Set(configuration.relations).isSubset(of: usable.map(\.relation)) { configuration.relations = [] }
    let count = source.nodeCount(of: type)
    let labels: Labels
    if signature.isMultiLabel {
      let none = SparseRows(
        offsets: [Int64](repeating: 0, count: count + 1), columns: [], columnCount: signature.classes.count)
      labels = .multiple(rows: none, names: signature.classes)
    } else {
      labels = .single(classes: [Int32](repeating: -1, count: count), names: signature.classes)
    }
    try self.init(source, type, labels, &configuration, tuner)
    if case .relation(let relation) = reading.derived, features.width != signature.featureWidth {
      throw TrainingFailure.data(
        "\(source.name): the features are edges \(relation.relation), one column a node of type \(relation.target); "
          + "the run knows \(signature.featureWidth) of these and here are \(features.width); "
          + "give a graph with the same ones in the same order")
    }
    if let heterogeneous { try heterogeneous.check(against: signature, source.name) }
    guard features.width == signature.featureWidth else {
      throw TrainingFailure.data(
        "\(source.name): its features are \(features.width) wide, those that the run was trained on "
          + "\(signature.featureWidth); give a graph with the same features")
    }
  }

  private init(
    _ source: some GraphSource & FeatureSource, _ type: NodeType, _ labels: Labels,
    _ configuration: inout TrainingConfiguration, _ tuner: FeatureTuner?
  ) throws {
    let seen = try NodeData.withoutLabelEdges(source)
    let recipe = try ModelCatalogue.recipe(named: configuration.model)
    let relations =
      recipe.isHeterogeneous
      ? try HeteroData.relations(of: seen, &configuration)
      : try NodeData.relations(of: seen, within: type, &configuration)
    name = source.name
    self.labels = labels
    nodeType = type
    nodeIDs = try source.nodeIDs(of: type)
    var notes: [String] = []
    let isUndirected = configuration.undirected != "no"
    let within = relations.filter { $0.source == type && $0.target == type }
    graph = try NodeData.graph(seen, within, of: type, isUndirected: isUndirected)
    let derived: Derived?
    let read = try NodeData.features(seen, type, within, &configuration, &notes)
    (features, derived) = (try read.0.tuned(by: tuner, configuration), read.1)
    heterogeneous =
      recipe.isHeterogeneous
      ? try HeteroData(
        seen, relations, of: type, features, usesMetaPaths: recipe.usesMetaPaths, isUndirected: isUndirected,
        &configuration, &notes) : nil
    reading = Reading(
      source: seen, relations: relations, isUndirected: isUndirected, derived: derived,
      normalizesRows: configuration.normalizeFeatures == "rows")
    self.notes = notes
  }

  /// N, the number of nodes.
  public var nodeCount: Int { graph.nodeCount }
  /// Number of edges that the model sees, of all relations.
  public var edgeCount: Int { heterogeneous?.graph.edgeCount ?? graph.edgeCount }
  /// C, the number of classes.
  public var classCount: Int { labels.classCount }

  /// The features as a module: the given rows, or learned ones with their random start.
  ///
  /// - Throws: what making an encoder throws, where one is to be trained.
  public func inputs(from initializer: Initializer) throws -> any FeatureModule {
    try features.module(nodeCount: nodeCount, from: initializer)
  }

  /// The metric that chooses the best epoch unless told otherwise.
  ///
  /// Accuracy; area under the ROC curve for two classes, which are often unequal; the loss where a node may have many
  /// classes, since the other metrics stand still for many epochs.
  public var defaultMetric: Metric {
    switch labels {
    case .single: classCount == 2 ? .rocAUC : .accuracy
    case .multiple: .loss
    }
  }

  /// The source, without the edges that tell the labels where these were made from a relation.
  private static func withoutLabelEdges(
    _ source: some GraphSource & FeatureSource
  ) throws -> any GraphSource & FeatureSource {
    guard let relation = source.labelRelation, let type = source.labeledType, let labels = try source.labels(),
      relation.source == type || relation.target == type
    else { return source }
    let labeled = (0..<labels.nodeCount).filter { labels.isLabeled($0) }.map { Int32($0) }
    return GraphView(source, masks: GraphView.hidingLabels(from: relation, of: labeled, in: source))
  }

  /// The relations to train on, written back into the configuration by name.
  private static func relations(
    of source: any GraphSource & FeatureSource, within type: NodeType, _ configuration: inout TrainingConfiguration
  ) throws -> [EdgeType] {
    let within = source.relations.filter { $0.source == type && $0.target == type }
    let chosen: [EdgeType]
    if configuration.relations.isEmpty {
      // A directed twin of the same edges is an alternative, not a second relation.
      let directedTwin = within.first { $0.relation == "edges" } != nil
      chosen = directedTwin ? within.filter { $0.relation == "edges" } : within
    } else {
      chosen = try configuration.relations.map { name in
        guard
          let relation = within.first(where: { $0.relation == name })
            ?? source.relations.first(where: { $0.relation == name })
        else {
          let names = source.relations.map(\.relation).joined(separator: ", ")
          throw TrainingFailure.configuration("\(source.name): there is no relation '\(name)'; it has \(names)")
        }
        guard relation.source == type && relation.target == type else {
          throw TrainingFailure.configuration(
            "relation \(relation) does not join \(type) to \(type); homogeneous models need one that does")
        }
        return relation
      }
    }
    guard !chosen.isEmpty else {
      let names = source.relations.map(\.description).joined(separator: ", ")
      throw TrainingFailure.data(
        "\(source.name): no relation joins \(type) to \(type) (it has \(names.isEmpty ? "none" : names)); homogeneous models need one"
      )
    }
    configuration.relations = chosen.map(\.relation)
    return chosen
  }

  /// Nodes of the one type with the edges of relations among them; repeated edges are one.
  static func graph(
    _ source: any GraphSource & FeatureSource, _ relations: [EdgeType], of type: NodeType, isUndirected: Bool
  ) throws -> Graph {
    let all = try edges(relations, isUndirected: isUndirected, source.edges(of:))
    return try Graph(all, nodeCount: source.nodeCount(of: type), undirected: false)
  }

  /// The year of each edge of that graph, in its order; edges of relations without years were there always.
  static func edgeYears(
    _ source: any GraphSource & FeatureSource, _ relations: [EdgeType], of type: NodeType, isUndirected: Bool
  ) throws -> [Int32] {
    let all = try edges(relations, isUndirected: isUndirected) {
      try source.edges(of: $0).dated(source.edgeYears(of: $0))
    }
    let count = source.nodeCount(of: type)
    return try all.earliestYears(targetCount: count, sourceCount: count)
  }

  /// Edges of relations within one type, one after the other.
  private static func edges(
    _ relations: [EdgeType], isUndirected: Bool, _ read: (EdgeType) throws -> EdgeList
  ) throws -> EdgeList {
    try relations.reduce(EdgeList(sources: [], targets: [], isDirected: true)) { all, relation in
      let edges = try read(relation)
      return all.appending(isUndirected || !edges.isDirected ? edges.bothWays() : edges)
    }
  }
}
