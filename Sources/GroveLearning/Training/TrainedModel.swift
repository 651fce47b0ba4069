import Foundation
public import GroveGraphs
import GroveKernels
import GroveLayers
import GroveTensors

/// A model with the data it was trained on: scores, embeddings and classes of nodes.
///
/// Under a split by time each part of the split is shown the graph as of its own last year, and the test part and nodes
/// of no part the whole graph. Under other splits all see the whole graph.
public final class TrainedModel {
  /// The graph, features and labels that it scores.
  public let data: NodeData
  /// What decided its training.
  public let configuration: TrainingConfiguration
  let recipe: ModelRecipe
  let split: Split
  let run: Int
  /// Nil for models that have no parameters.
  let classifier: (any Classifier)?
  private let known: LabelPropagation?
  /// What training and validation see where the split is by time.
  private let timed: (train: Shown, validation: Shown)?

  /// What a model is shown: a graph, and input rows where they are not those of the whole graph.
  struct Shown {
    let graph: Graph
    /// All types and relations, for heterogeneous models only.
    let heterogeneous: HeteroGraph?
    let features: Tensor?

    init(_ view: NodeData.YearView) {
      (graph, heterogeneous, features) = (view.graph, view.heterogeneous, view.features?.tensor())
    }

    init(whole data: NodeData) { (graph, heterogeneous, features) = (data.graph, data.heterogeneous?.graph, nil) }
  }

  init(data: NodeData, configuration: TrainingConfiguration, recipe: ModelRecipe, split: Split, run: Int) throws {
    self.data = data
    self.configuration = configuration
    self.recipe = recipe
    self.split = split
    self.run = run
    timed = try split.years.map { years in
      let views = (try data.view(asOf: years.train), try data.view(asOf: years.validation))
      return (Shown(views.0), Shown(views.1))
    }
    switch recipe.kind {
    case .trained(let make):
      let start = Initializer(RandomStream(seed: UInt64(configuration.seed + run), run: run))
      let shape = ModelShape(
        inputWidth: data.features.width, classCount: data.classCount,
        averageLogDegree: (timed?.train.graph ?? data.graph).averageLogDegree)
      classifier = NodeClassifier(features: try data.inputs(from: start), model: make(shape, configuration, start))
      known = nil
    case .heterogeneous(_, let make):
      guard let seen = data.heterogeneous else { preconditionFailure("TrainedModel: data without types") }
      let start = Initializer(RandomStream(seed: UInt64(configuration.seed + run), run: run))
      let shape = HeteroShape(
        schema: HeteroSchema(seen.graph), inputWidths: seen.features.map(\.width), target: seen.target,
        classCount: data.classCount)
      let inputs = try zip(seen.features, seen.graph.nodeCounts).map { try $0.module(nodeCount: $1, from: start) }
      classifier = HeteroClassifier(
        features: inputs, model: make(shape, configuration, start), target: seen.target)
      known = nil
    case .propagation(let make):
      classifier = nil
      known = make(configuration)
    }
  }

  /// Whether parts see different graphs.
  var isTimed: Bool { timed != nil }

  /// What a part of the split is shown.
  func shown(to part: SplitPart) -> Shown {
    switch (part, timed) {
    case (.train, let timed?): timed.train
    case (.validation, let timed?): timed.validation
    default: Shown(whole: data)
    }
  }

  /// What a classifier of this model gives for every node, on what a part is shown.
  func output(of classifier: any Classifier, for part: SplitPart) -> NodeOutput {
    classifier.output(on: shown(to: part), layerwise: configuration.isSampled)
  }

  /// Embeddings of the nodes of a type that the model sees. [nodes, W], row-major
  ///
  /// - Throws: `TrainingFailure.configuration` for another type.
  public func embeddings(of type: NodeType) throws -> (values: [Float], width: Int) {
    if type == data.nodeType {
      let (embeddings, width, _) = outputs()
      return (embeddings, width)
    }
    guard let seen = data.heterogeneous, let place = seen.graph.types.firstIndex(of: type),
      let classifier = classifier as? HeteroClassifier
    else {
      let types = data.heterogeneous?.graph.types ?? [data.nodeType]
      throw TrainingFailure.configuration(
        "--nodes \(type): the run embeds nodes of type \(types.map(\.name).joined(separator: ", "))")
    }
    return Pass.evaluation {
      let rows = classifier.outputs(on: Shown(whole: data)).embeddings[place]
      return (rows.values, rows.columns)
    }
  }

  /// The trained model of a run folder, on the data it is given.
  ///
  /// - Throws: `TrainingFailure.folder` where training has not finished; `.checkpoint` where the weights do not fit;
  ///   `FileFailure.missing` where they are gone.
  public init(
    _ folder: RunFolder, data: NodeData, configuration: TrainingConfiguration, split: Split, run: Int
  ) throws {
    let recipe = try ModelCatalogue.recipe(named: configuration.model)
    _ = try folder.signature()
    let made = try TrainedModel(data: data, configuration: configuration, recipe: recipe, split: split, run: run)
    (self.data, self.configuration, self.recipe, self.split, self.run) = (data, configuration, recipe, split, run)
    (classifier, known, timed) = (made.classifier, made.known, made.timed)
    let files = try files(in: folder)
    if let classifier { try files.readBest(into: classifier) }
  }

  /// Number of trainable numbers; 0 for label propagation.
  public var parameterCount: Int { classifier?.parameterCount ?? 0 }

  /// What this model takes and gives.
  var signature: ModelSignature {
    var isMultiLabel = false
    if case .multiple = data.labels { isMultiLabel = true }
    return ModelSignature(
      nodeType: data.nodeType.name, featureWidth: data.features.width, classes: data.labels.classNames,
      isMultiLabel: isMultiLabel, featureWidths: data.heterogeneous?.features.map(\.width),
      relations: data.heterogeneous?.graph.relations.map(\.description))
  }

  /// The weight files of a folder, tied to what decides this model.
  func files(in folder: RunFolder) throws -> CheckpointFiles {
    let sizes =
      [run, data.nodeCount, data.edgeCount, data.features.width, data.classCount]
      + (data.heterogeneous.map { $0.graph.nodeCounts + $0.features.map(\.width) } ?? [])
    var numbers = [sizes, split.train.map(Int.init), split.validation.map(Int.init)]
    if let years = split.years, let timed {
      numbers.append([years.train, years.validation, timed.train.graph.edgeCount, timed.validation.graph.edgeCount])
    }
    return try CheckpointFiles(in: folder, configuration, numbers: numbers, model: recipe.name)
  }

  /// What the model gives for every node: embeddings [N, W] and logits [N, C], row-major.
  ///
  /// - Parameter part: whose view of the graph; the test part's is the whole graph.
  public func outputs(for part: SplitPart = .test) -> (embeddings: [Float], width: Int, logits: [Float]) {
    Pass.evaluation {
      if let classifier {
        let output = output(of: classifier, for: part)
        let logits = corrected(output.logits.values, over: shown(to: part).graph)
        return (output.embedding.values, output.embedding.columns, logits)
      }
      let logits = propagated(over: shown(to: part).graph)
      return (logits, data.classCount, logits)
    }
  }

  /// Every metric on some nodes.
  public func evaluation(of nodes: [Int32], logits: [Float]) -> NodeEvaluation {
    let width = data.classCount
    let rows = nodes.flatMap { logits[Int($0) * width..<(Int($0) + 1) * width] }
    return NodeEvaluation(logits: rows, of: nodes, labels: data.labels)
  }

  /// Whether each of some test nodes has all of its classes right.
  public func isRight(on nodes: [Int32]) -> [Bool] {
    let logits = outputs().logits
    let width = data.classCount
    let rows = nodes.flatMap { logits[Int($0) * width..<(Int($0) + 1) * width] }
    return NodeScores(logits: rows, of: nodes, labels: data.labels).isRight
  }

  /// Probability of each class for every node [N, C], and the classes given to each.
  public func predictions() -> (probabilities: [Float], classes: [[Int]]) {
    let logits = outputs().logits
    let width = data.classCount
    switch data.labels {
    case .single:
      return (
        NodeEvaluation.probabilities(logits, width: width),
        NodeEvaluation.largest(logits, width: width).map { [Int($0)] }
      )
    case .multiple:
      let classes = (0..<data.nodeCount).map { node in (0..<width).filter { logits[node * width + $0] > 0 } }
      return (logits.map { 1 / (1 + exp(-$0)) }, classes)
    }
  }

  /// Label propagation from the training nodes, as log-probabilities (single labels) or log-odds (many).
  private func propagated(over graph: Graph) -> [Float] {
    guard let known else { preconditionFailure("TrainedModel: neither a classifier nor label propagation") }
    let width = data.classCount
    let start = FloatBuffer(count: data.nodeCount * width, zeroed: true)
    for node in split.train {
      switch data.labels {
      case .single(let classes, _): start[Int(node) * width + Int(classes[Int(node)])] = 1
      case .multiple(let rows, _): for c in rows[Int(node)] { start[Int(node) * width + Int(c)] = 1 }
      }
    }
    let scores = known(Tensor(start, rows: data.nodeCount, columns: width), over: graph.block).values
    let least: Float = 1e-9
    if case .multiple = data.labels {
      return scores.map { log(max($0, least)) - log(max(1 - $0, least)) }
    }
    return (0..<data.nodeCount).flatMap { node in
      let row = scores[node * width..<(node + 1) * width]
      let sum = row.reduce(0, +)
      return row.map { sum > 0 ? log(max($0 / sum, least)) : -log(Float(width)) }
    }
  }
}
