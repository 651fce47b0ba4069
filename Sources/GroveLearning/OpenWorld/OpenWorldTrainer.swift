public import GroveGraphs
import GroveKernels
import GroveLayers
import GroveTensors

/// Trains one open-world model by the method that the configuration names.
///
/// An epoch goes through all nodes of the split's three parts in batches, each with its exact neighborhood or, with fanouts,
/// a sampled one. Then it settles the method, clusters included, on embeddings from all edges, and measures the silhouette of the predictions over validation and test nodes and the accuracy on validation nodes, each
/// with a matching of its own. The best epoch is the one that `EpochSelection` finds by these two; test nodes are scored
/// once, at the end, with its weights.
public struct OpenWorldTrainer {
  let data: NodeData
  let configuration: TrainingConfiguration
  let recipe: OpenWorldRecipe
  let split: Split
  let run: Int
  let problem: OpenWorldProblem
  let truth: OpenWorldTruth
  let clock = StepClock()
  /// What the split asks for and the graph cannot give, in words.
  public let notes: [String]

  /// Validation and test nodes beyond which the silhouette is that of a sample.
  static let silhouetteLimit = 20_000
  /// Nodes of that sample.
  static let silhouetteSample = 10_000

  /// - Throws: `TrainingFailure` where split, labels and configuration do not fit.
  public init(data: NodeData, configuration: TrainingConfiguration, split: Split, run: Int) throws {
    self.data = data
    self.configuration = configuration
    self.split = split
    self.run = run
    recipe = try OpenWorldCatalogue.recipe(named: configuration.method ?? OpenWorldCatalogue.usualMethod)
    let made = try OpenWorldProblem.make(data, split: split)
    truth = made.truth
    let count = configuration.classCount(split: made.problem.classCount) ?? made.problem.classCount
    problem = made.problem.with(classCount: count)
    if count < problem.seenCount {
      throw TrainingFailure.configuration(
        "classes is \(count), and split '\(split.name)' has \(problem.seenCount) seen classes; it must be at least that"
      )
    }
    if count > problem.nodes.count {
      throw TrainingFailure.configuration(
        "classes is \(count), and split '\(split.name)' has \(problem.nodes.count) nodes to cluster; it must be at most that"
      )
    }
    try OpenWorldTrainer.checkFanouts(configuration, recipe, problem)
    notes =
      problem.unlabeled.count > OpenWorldTrainer.silhouetteLimit
      ? ["silhouettes are those of \(OpenWorldTrainer.silhouetteSample) of \(problem.unlabeled.count) nodes"] : []
  }

  /// Checks that there is a fanout for each layer of the encoder, by the smallest one that is alike.
  private static func checkFanouts(
    _ configuration: TrainingConfiguration, _ recipe: OpenWorldRecipe, _ problem: OpenWorldProblem
  ) throws {
    guard configuration.isSampled else { return }
    var smallest = configuration
    (smallest.hidden, smallest.heads, smallest.outputHeads) = (1, 1, 1)
    let random = RandomStream(seed: 0)
    let shape = OpenWorldShape(
      inputWidth: 1, width: 1, problem: problem, configuration: smallest,
      options: try NumberOptions(recipe, words: configuration.methodOptions), random: random)
    let (given, needed) = (configuration.fanouts.count, try recipe.encoder(shape, Initializer(random)).blockCount)
    guard given == needed else {
      throw TrainingFailure.configuration(
        "fanouts has \(given) \(given == 1 ? "number" : "numbers"), the encoder of \(recipe.name) has \(needed) layers; give one for each layer, that of the hop next to the nodes of a batch first"
      )
    }
  }

  /// Where the time of the epochs trained here went.
  public var times: StepTimes { clock.times }

  /// Trains, or goes on from the folder's last checkpoint, and writes the run's files.
  ///
  /// - Parameters:
  ///   - folder: nil keeps everything in memory.
  ///   - shouldStop: asked after each epoch; training then saves and throws `TrainingFailure.interrupted`. Also asked after
  ///     steps where no more than the epoch would be lost.
  /// - Returns: the result, the trained model, and the epoch that training went on from (0: it began).
  public func train(
    in folder: RunFolder?, progress: (TrainingProgress) -> Void = { _ in }, shouldStop: () -> Bool = { false }
  ) throws -> (result: RunResult, model: OpenWorldModel, resumedFromEpoch: Int) {
    try folder?.clearRemnants()
    // Before the estimate, which takes a while; a folder that goes on has a configuration.
    if let folder, !folder.exists { try AtomicFile.write(configuration.json, to: folder.configurationPath) }
    let configuration = try settled(in: folder, shouldStop: shouldStop)
    let problem = problem.with(
      classCount: configuration.classCount(split: problem.classCount) ?? problem.classCount)
    let model = try OpenWorldModel(
      data: data, configuration: configuration, recipe: recipe, split: split, run: run, problem: problem, truth: truth)
    let network = model.network
    if let folder { try AtomicFile.write(configuration.json, to: folder.configurationPath) }
    let files = try folder.map { try model.files(in: $0) }
    let optimizer = optimizer(of: network)
    var loop = try TrainingLoop(
      configuration, run: run, metric: Metric.accuracy.rawValue, module: network, optimizer: optimizer, folder: folder,
      files: files,
      kept: [])
    if loop.resumedFrom > 0 { _ = try settle(network, problem, epoch: loop.state.epoch) }
    try loop.train(until: { _ in false }, progress: progress, shouldStop: shouldStop) { loop in
      let epoch = loop.state.epoch
      let loss = try steps(network, problem, optimizer, epoch: epoch) { try loop.leaveEpoch(ifAsked: shouldStop) }
      return try clock.time(\.evaluation) {
        let embeddings = try settle(network, problem, epoch: epoch)
        let predicted = model.predicted(embeddings)
        let accuracy = accuracy(of: problem.validation, predicted)
        let silhouette = silhouette(embeddings, predicted, epoch: epoch)
        choose(&loop, network, silhouette: silhouette, accuracy: accuracy)
        return MetricsLog.Line(
          epoch: epoch, loss: loss, learningRate: Double(configuration.learningRate(in: epoch)),
          train: ["accuracy": self.accuracy(of: problem.training, predicted)],
          validation: ["accuracy": accuracy, "silhouette": silhouette], seconds: 0)
      }
    }
    let best = loop.kept.first { $0.epoch == loop.state.bestEpoch } ?? loop.kept[0]
    try loop.finish(best: best.weights)
    let result = finished(model, loop)
    try folder?.write(result, model.signature, of: data)
    return (result, model, loop.resumedFrom)
  }

  /// The model of this run, trained before, from the run's folder.
  ///
  /// - Throws: `TrainingFailure.folder` where training has not finished; `.checkpoint` where the weights do not fit.
  public func trained(in folder: RunFolder) throws -> OpenWorldModel {
    try OpenWorldModel(folder, data: data, configuration: folder.configuration(), split: split, run: run)
  }

  func optimizer(of network: OpenWorldNetwork) -> any Optimizer {
    configuration.optimizer(for: network)
  }

  /// One epoch of steps.
  ///
  /// - Parameter between: called after each step.
  /// - Returns: the mean over nodes of the loss before the step of their batch.
  /// - Throws: `TrainingFailure.nonFiniteLoss` with the batch; what `between` throws.
  func steps(
    _ network: OpenWorldNetwork, _ problem: OpenWorldProblem, _ optimizer: any Optimizer, epoch: Int,
    between: () throws -> Void = {}
  ) throws -> Double {
    // Without fanouts neighborhoods are exact: all edges are taken.
    let sampler = NeighborSampler(
      problem.graph,
      fanouts: configuration.isSampled
        ? configuration.fanouts : [Int](repeating: -1, count: network.encoder.blockCount),
      isReplacing: configuration.replacement, isWeighted: configuration.weightedSampling)
    let training = network.method.needsTrainingRows(in: epoch) ? problem.training : []
    // As in node training: dropout takes the steps from 1 on, weights and drawn splits operations 0 and 1.
    let random = RandomStream(seed: UInt64(configuration.seed + run), run: run, operation: 2)
    let batchSize = configuration.batch ?? problem.nodes.count
    let loader = Loader(seeds: problem.nodes, batchSize: batchSize, random: random) { [clock] batch in
      clock.time(\.sampling) {
        OpenWorldBatch(
          number: batch.number, nodes: batch.seeds, training: training, sampler: sampler, random: batch.random)
      }
    }
    var total = 0.0
    let batches = loader.batches(epoch: epoch)
    while let batch = try clock.time(\.waiting, { try batches.next() }) {
      let number = (epoch - 1) * loader.batchCount + batch.number + 1
      let result = Pass.training(seed: UInt64(configuration.seed + run), run: run, step: number) {
        let step = OpenWorldStep(batch, problem: problem, epoch: epoch, number: number, network: network, clock: clock)
        return network.method.advance(
          step, with: optimizer, learningRate: configuration.learningRate(in: epoch))
      }
      guard result.loss.isFinite else {
        let parameter = network.parameters().first { result.gradients[$0.value]?.buffer.firstNonFinite != nil }
        throw TrainingFailure.nonFiniteLoss(epoch: epoch, batch: batch.number + 1, parameter: parameter?.name)
      }
      total += Double(result.loss) * Double(batch.nodes.count)
      try between()
    }
    return total / Double(problem.nodes.count)
  }

  /// Settles the method on the embeddings of all nodes.
  ///
  /// - Returns: the embeddings.
  /// - Throws: `TrainingFailure.nonFiniteLoss` where they are not finite.
  func settle(_ network: OpenWorldNetwork, _ problem: OpenWorldProblem, epoch: Int) throws -> Tensor {
    let embeddings = network.embeddings(on: problem.graph)
    guard embeddings.buffer.firstNonFinite == nil else {
      throw TrainingFailure.nonFiniteLoss(epoch: epoch, parameter: nil)
    }
    Pass.evaluation {
      network.method.settle(OpenWorldSnapshot(problem: problem, epoch: epoch, embeddings: embeddings))
    }
    return embeddings
  }

  /// Keeps the weights where they may turn out to be the best.
  private func choose(
    _ loop: inout TrainingLoop, _ network: OpenWorldNetwork, silhouette: Double, accuracy: Double
  ) {
    let epoch = loop.state.epoch
    let silhouettes = (loop.state.silhouettes ?? []) + [silhouette]
    let accuracies = (loop.state.accuracies ?? []) + [accuracy]
    let front = EpochFront(silhouettes: silhouettes, accuracies: accuracies)
    (loop.state.silhouettes, loop.state.accuracies) = (silhouettes, accuracies)
    loop.kept.removeAll { !front.places.contains($0.epoch - 1) }
    if front.places.contains(epoch - 1) {
      loop.kept.append(KeptWeights(epoch: epoch, weights: ModelWeights(of: network)))
    }
    loop.state.keptEpochs = loop.kept.map(\.epoch)
    loop.state.bestEpoch = (front.best ?? epoch - 1) + 1
  }

  /// The share of labeled nodes in the cluster of their class, with a matching of their own.
  private func accuracy(of nodes: [Int32], _ predicted: [Int32]) -> Double {
    ClusterMatching(truth: problem.classes(of: nodes), predicted: nodes.map { predicted[Int($0)] }).accuracy
  }

  private func silhouette(_ embeddings: Tensor, _ predicted: [Int32], epoch: Int) -> Double {
    let nodes = problem.unlabeled
    let rows = embeddings.gathering(rows: nodes).buffer
    let labels = nodes.map { predicted[Int($0)] }
    guard nodes.count > OpenWorldTrainer.silhouetteLimit else {
      return Silhouette(of: rows, width: embeddings.columns, labels: labels).mean
    }
    // One sample serves all epochs: what differs between them is then the clusters alone.
    let random = RandomStream(seed: UInt64(configuration.seed + run), run: run, operation: 4)
    return Silhouette(
      of: rows, width: embeddings.columns, labels: labels, sample: OpenWorldTrainer.silhouetteSample, random: random
    ).mean
  }

  private func finished(_ model: OpenWorldModel, _ loop: TrainingLoop) -> RunResult {
    let embeddings = model.network.embeddings(on: data.graph)
    let predicted = model.predicted(embeddings)
    let spread = model.spread(of: embeddings)
    var test = model.evaluation(of: .test, predicted: predicted).byName
    test["imbalanceRate"] = spread.imbalance
    test["separationRate"] = spread.separation
    var validation = ["accuracy": accuracy(of: problem.validation, predicted)]
    validation["silhouette"] = loop.state.silhouettes?[loop.state.bestEpoch - 1]
    return RunResult(
      run: run, split: split.name, parameters: model.parameterCount, epochs: loop.state.epoch,
      bestEpoch: loop.state.bestEpoch,
      secondsPerEpoch: loop.state.epoch == 0 ? 0 : loop.seconds / Double(loop.state.epoch),
      train: ["accuracy": accuracy(of: problem.training, predicted)], validation: validation, test: test,
      classes: RunResult.ClassCounts(
        used: model.problem.classCount, isEstimated: configuration.classes == "estimate", seen: truth.seenCount,
        split: truth.classCount))
  }
}
