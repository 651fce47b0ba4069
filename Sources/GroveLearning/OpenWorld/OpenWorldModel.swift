import Foundation
public import GroveGraphs
import GroveKernels
import GroveLayers
import GroveTensors

/// An open-world model with the graph that it looks at: embeddings, classes and scores of nodes.
public final class OpenWorldModel {
  /// The graph, features and labels that it scores.
  public let data: NodeData
  /// What decided its training.
  public let configuration: TrainingConfiguration
  /// Names of the classes it gives: the seen ones, then `novel-1` and so on.
  public let classNames: [String]
  let recipe: OpenWorldRecipe
  let split: Split
  let run: Int
  let problem: OpenWorldProblem
  let truth: OpenWorldTruth
  let network: OpenWorldNetwork

  /// A model before training.
  ///
  /// - Throws: `TrainingFailure.configuration` for an unknown encoder.
  init(
    data: NodeData, configuration: TrainingConfiguration, recipe: OpenWorldRecipe, split: Split, run: Int,
    problem: OpenWorldProblem, truth: OpenWorldTruth, classNames: [String]? = nil
  ) throws {
    self.data = data
    self.configuration = configuration
    self.recipe = recipe
    self.split = split
    self.run = run
    self.problem = problem
    self.truth = truth
    self.classNames = classNames ?? truth.predictedNames(problem.classCount)
    let seed = UInt64(configuration.seed + run)
    let start = Initializer(RandomStream(seed: seed, run: run))
    let shape = OpenWorldShape(
      inputWidth: data.features.width, width: configuration.hidden, problem: problem, configuration: configuration,
      options: try NumberOptions(recipe, words: configuration.methodOptions),
      random: RandomStream(seed: seed, run: run, operation: 3))
    let features = try data.inputs(from: start)
    network = OpenWorldNetwork(
      features: features, encoder: try recipe.encoder(shape, start), method: recipe.make(shape, start))
  }

  /// The trained model of a run folder, on the data it is given.
  ///
  /// - Parameter split: that of the run; nil on a graph that the run never saw.
  /// - Throws: `TrainingFailure.folder` where training has not finished; `.checkpoint` where the weights do not fit;
  ///   `FileFailure.missing` where they are gone.
  public convenience init(
    _ folder: RunFolder, data: NodeData, configuration: TrainingConfiguration, split: Split?, run: Int
  ) throws {
    let names = try folder.signature().classes
    let recipe = try OpenWorldCatalogue.recipe(named: configuration.method ?? OpenWorldCatalogue.usualMethod)
    let problem: OpenWorldProblem
    let truth: OpenWorldTruth
    if let split {
      let made = try OpenWorldProblem.make(data, split: split)
      (problem, truth) = (made.problem.with(classCount: names.count), made.truth)
    } else {
      let none = [Int32](repeating: -1, count: data.nodeCount)
      problem = OpenWorldProblem(
        graph: data.graph, seenCount: names.count, classCount: names.count, training: [], validation: [], test: [],
        classes: none)
      truth = OpenWorldTruth(classes: none, names: names, seenCount: names.count)
    }
    try self.init(
      data: data, configuration: configuration, recipe: recipe,
      split: split ?? Split(name: "none", kind: "not a graph that was trained on", train: [], validation: [], test: []),
      run: run, problem: problem, truth: truth, classNames: names)
    try files(in: folder).readBest(into: network)
  }

  /// Number of trainable numbers.
  public var parameterCount: Int { network.parameterCount }

  /// What this model takes and gives.
  var signature: ModelSignature {
    ModelSignature(
      nodeType: data.nodeType.name, featureWidth: data.features.width, classes: classNames, isMultiLabel: false)
  }

  /// The weight files of a folder, tied to what decides this model.
  func files(in folder: RunFolder) throws -> CheckpointFiles {
    let sizes = [run, data.nodeCount, data.edgeCount, data.features.width, problem.classCount, problem.seenCount]
    let parts = [problem.training, problem.validation, problem.test, problem.classes(of: problem.training)]
    return try CheckpointFiles(
      in: folder, configuration, numbers: [sizes] + parts.map { $0.map(Int.init) }, model: recipe.name)
  }

  /// Embeddings of the classified nodes. [N, D], row-major
  ///
  /// - Throws: `TrainingFailure.configuration` for another type of nodes.
  public func embeddings(of type: NodeType) throws -> (values: [Float], width: Int) {
    guard type == data.nodeType else {
      throw TrainingFailure.configuration("--nodes \(type): the run embeds nodes of type \(data.nodeType)")
    }
    let rows = network.embeddings(on: data.graph)
    return (rows.values, rows.columns)
  }

  /// Probability of each class for every node [N, K], and the class given to each.
  public func predictions() -> (probabilities: [Float], classes: [[Int]]) {
    let scores = scores(of: network.embeddings(on: data.graph))
    return (
      NodeEvaluation.probabilities(scores, width: problem.classCount),
      NodeEvaluation.largest(scores, width: problem.classCount).map { [Int($0)] }
    )
  }

  /// The nodes of a part scored by both protocols, and how far classes reach over all nodes.
  public func evaluation(of part: SplitPart) -> (scores: OpenWorldEvaluation, spread: ClassSpread) {
    let embeddings = network.embeddings(on: data.graph)
    return (evaluation(of: part, predicted: predicted(embeddings)), spread(of: embeddings))
  }

  func evaluation(of part: SplitPart, predicted: [Int32]) -> OpenWorldEvaluation {
    OpenWorldEvaluation(of: split.nodes(of: part), predicted: predicted, truth: truth)
  }

  /// Whether the predicted class of each of some nodes is matched with its true one, under the single matching over all test
  /// nodes; false without a label.
  public func isRight(on nodes: [Int32]) -> [Bool] {
    let predicted = predicted(network.embeddings(on: data.graph))
    let classOfCluster = evaluation(of: .test, predicted: predicted).matching.classOfCluster
    return nodes.map { node in
      let (label, cluster) = (truth.classes[Int(node)], Int(predicted[Int(node)]))
      return label >= 0 && cluster < classOfCluster.count && classOfCluster[cluster] == label
    }
  }

  func spread(of embeddings: Tensor) -> ClassSpread {
    ClassSpread(
      of: embeddings.buffer, width: embeddings.columns, classes: truth.classes, classCount: truth.classCount,
      seenClasses: truth.seenClasses)
  }

  /// The class of each node, by the model's numbers.
  func predicted(_ embeddings: Tensor) -> [Int32] {
    NodeEvaluation.largest(scores(of: embeddings), width: problem.classCount)
  }

  private func scores(of embeddings: Tensor) -> [Float] {
    Pass.evaluation { network.method.scores(of: embeddings).values }
  }
}
