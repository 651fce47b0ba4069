import Foundation
public import GroveGraphs
import GroveKernels
import GroveLayers
import GroveTensors

/// A model with the data it was trained on: scores, embeddings and classes of nodes.
public final class TrainedModel {
  /// The graph, features and labels that it scores.
  public let data: NodeData
  /// What decided its training.
  public let configuration: TrainingConfiguration
  let recipe: ModelRecipe
  let split: Split
  let run: Int
  /// Nil for models that have no parameters.
  let classifier: NodeClassifier?
  private let known: LabelPropagation?

  init(data: NodeData, configuration: TrainingConfiguration, recipe: ModelRecipe, split: Split, run: Int) {
    self.data = data
    self.configuration = configuration
    self.recipe = recipe
    self.split = split
    self.run = run
    switch recipe.kind {
    case .trained(let make):
      let start = Initializer(RandomStream(seed: UInt64(configuration.seed + run), run: run))
      let shape = ModelShape(inputWidth: data.features.width, classCount: data.classCount)
      classifier = NodeClassifier(features: data.inputs(from: start), model: make(shape, configuration, start))
      known = nil
    case .propagation(let make):
      classifier = nil
      known = make(configuration)
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
    let made = TrainedModel(data: data, configuration: configuration, recipe: recipe, split: split, run: run)
    (self.data, self.configuration, self.recipe, self.split, self.run) = (data, configuration, recipe, split, run)
    (classifier, known) = (made.classifier, made.known)
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
      isMultiLabel: isMultiLabel)
  }

  /// The weight files of a folder, tied to what decides this model.
  func files(in folder: RunFolder) throws -> CheckpointFiles {
    var identity = configuration
    identity.store = ""
    identity.runs = 1
    identity.checkpointEvery = nil
    var text = try identity.json
    let sizes = [run, data.nodeCount, data.graph.edgeCount, data.features.width, data.classCount]
    for numbers in [sizes, split.train.map(Int.init), split.validation.map(Int.init)] {
      text.append(Data((numbers.map(String.init).joined(separator: ",") + "\n").utf8))
    }
    return CheckpointFiles(
      bestPath: folder.bestPath, lastPath: folder.lastPath, fingerprint: Checksum.sha256(text), model: recipe.name)
  }

  /// What the model gives for every node: embeddings [N, W] and logits [N, C], row-major.
  public func outputs() -> (embeddings: [Float], width: Int, logits: [Float]) {
    Pass.evaluation {
      if let classifier {
        let output = classifier(on: data.graph)
        return (output.embedding.values, output.embedding.columns, output.logits.values)
      }
      let logits = propagated()
      return (logits, data.classCount, logits)
    }
  }

  /// Every metric on some nodes.
  public func evaluation(of nodes: [Int32], logits: [Float]) -> NodeEvaluation {
    let width = data.classCount
    let rows = nodes.flatMap { logits[Int($0) * width..<(Int($0) + 1) * width] }
    return NodeEvaluation(logits: rows, of: nodes, labels: data.labels)
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
  private func propagated() -> [Float] {
    guard let known else { preconditionFailure("TrainedModel: neither a classifier nor label propagation") }
    let width = data.classCount
    let start = FloatBuffer(count: data.nodeCount * width, zeroed: true)
    for node in split.train {
      switch data.labels {
      case .single(let classes, _): start[Int(node) * width + Int(classes[Int(node)])] = 1
      case .multiple(let rows, _): for c in rows[Int(node)] { start[Int(node) * width + Int(c)] = 1 }
      }
    }
    let scores = known(Tensor(start, rows: data.nodeCount, columns: width), over: data.graph.block).values
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
