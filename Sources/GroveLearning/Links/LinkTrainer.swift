import Foundation
public import GroveGraphs
import GroveKernels
import GroveLayers
import GroveTensors

/// Who is told of steps and epochs while links are learned.
struct LinkObserver {
  /// Told of each step's anchors and negatives.
  var step: ([Int32], Negatives) -> Void = { _, _ in }
  /// Told of each epoch and of the metrics on validation links after it.
  var epoch: (LinkEpoch, [String: Double]) -> Void = { _, _ in }
}

/// Trains one link model by the recipe that the configuration names.
///
/// An epoch learns every training link, or the pairs of fresh walks, in batches; then validation links are measured. The
/// best epoch is the one of the largest validation metric, of equals the first; without validation links it is the last.
/// Test links are measured once, at the end, with the best weights.
public struct LinkTrainer {
  let data: LinkData
  let configuration: TrainingConfiguration
  let split: LinkSplit
  let run: Int
  let recipe: LinkRecipe
  let clock = StepClock()
  /// The metric that chooses the best epoch.
  public let metric: LinkMetric
  /// What the split asks for and the data cannot give, in words.
  public let notes: [String]

  /// Links of a batch below which it is not worth hiding fewer of them.
  private static let leastBatch = 256

  /// - Throws: `TrainingFailure` where split and configuration do not fit.
  public init(data: LinkData, configuration: TrainingConfiguration, split: LinkSplit, run: Int) throws {
    if let problem = split.problem() { throw TrainingFailure.data("\(data.name): \(problem); make the split again") }
    (self.data, self.configuration, self.split, self.run) = (data, configuration, split, run)
    recipe = try LinkCatalogue.recipe(named: configuration.model)
    metric = configuration.linkMetric ?? LinkMetric.usual(for: split.validation)
    let isSearched = if case .all = split.validation.negatives { true } else { false }
    if isSearched, metric == .auc || metric == .ap {
      throw TrainingFailure.configuration(
        "metric is '\(metric.key)', and split '\(split.name)' ranks links among all nodes; choose one such as mrr or hits@10"
      )
    }
    notes = data.notes
  }

  /// Where the time of the epochs trained here went.
  public var times: StepTimes { clock.times }

  /// Positives of a batch.
  ///
  /// Encoders that read edges see all messages but a batch's own links: a tenth of all links at most, so that they see
  /// most of the graph. With fanouts the configuration has settled it.
  private var batchSize: Int {
    configuration.batch ?? min(65_536, max(LinkTrainer.leastBatch, split.training.count / 10))
  }

  /// Trains, or goes on from the folder's last checkpoint, and writes the run's files.
  ///
  /// - Parameters:
  ///   - folder: nil keeps everything in memory.
  ///   - shouldStop: asked after each epoch; training then saves and throws `TrainingFailure.interrupted`. Also asked after
  ///     steps where no more than the epoch would be lost.
  /// - Returns: the result, the trained model, and the epoch that training went on from (0: it began).
  /// - Throws: `NegativeFailure` where the sampler has nothing to draw; `TrainingFailure`; `LinkScoreFailure`.
  public func train(
    in folder: RunFolder?, progress: (TrainingProgress) -> Void = { _ in }, shouldStop: () -> Bool = { false }
  ) throws -> (result: RunResult, model: TrainedLinkModel, resumedFromEpoch: Int) {
    try train(in: folder, observer: LinkObserver(), progress: progress, shouldStop: shouldStop)
  }

  func train(
    in folder: RunFolder?, observer: LinkObserver, progress: (TrainingProgress) -> Void = { _ in },
    shouldStop: () -> Bool = { false }
  ) throws -> (result: RunResult, model: TrainedLinkModel, resumedFromEpoch: Int) {
    let model = try TrainedLinkModel(data: data, configuration: configuration, split: split, run: run)
    let network = model.network
    let files = try folder.map { try model.files(in: $0) }
    try folder?.clearRemnants()
    if let folder { try AtomicFile.write(configuration.json, to: folder.configurationPath) }
    let optimizer = configuration.optimizer(for: network)
    let training = try LinkTraining(
      network, on: split, objective: objective(model), optimizer: optimizer,
      seed: UInt64(configuration.seed + run), fanouts: configuration.fanouts, isReplacing: configuration.replacement)
    var loop = try TrainingLoop(
      configuration, run: run, metric: metric.key, module: network, optimizer: optimizer, folder: folder, files: files,
      kept: [KeptWeights(epoch: 0, weights: ModelWeights(of: network))])
    (training.step, training.clock) = (loop.state.linkSteps ?? 0, clock)
    try loop.train(until: isStale, progress: progress, shouldStop: shouldStop) { loop in
      let epoch = loop.state.epoch
      let facts = try training.epoch(
        epoch, learningRate: configuration.learningRate(in: epoch), observe: observer.step,
        between: { try loop.leaveEpoch(ifAsked: shouldStop) })
      loop.state.linkSteps = training.step
      let values = try clock.time(\.evaluation) { try model.metrics(of: .validation) }
      observer.epoch(facts, values)
      let isBetter = values[metric.key].map { $0 > loop.state.bestScore ?? -.infinity } ?? true
      if isBetter {
        (loop.state.bestEpoch, loop.state.bestScore) = (epoch, values[metric.key])
        loop.kept = [KeptWeights(epoch: 0, weights: ModelWeights(of: network))]
      }
      return MetricsLog.Line(
        epoch: epoch, loss: facts.loss, learningRate: Double(configuration.learningRate(in: epoch)),
        train: ["loss": facts.loss, "meanGradient": facts.meanGradient], validation: values, seconds: 0)
    }
    try loop.finish(best: loop.kept[0].weights)
    let result = RunResult(
      run: run, split: split.name, parameters: model.parameterCount, epochs: loop.state.epoch,
      bestEpoch: loop.state.bestEpoch,
      secondsPerEpoch: loop.state.epoch == 0 ? 0 : loop.seconds / Double(loop.state.epoch), train: [:],
      validation: try model.metrics(of: .validation), test: try model.metrics(of: .test))
    try folder?.write(
      result, model.signature, graph: data.name, nodes: split.ends.nodeCount, edges: split.messages.count)
    return (result, model, loop.resumedFrom)
  }

  /// What a run that goes on should know of samplers that keep what they saw, which no checkpoint holds; nil for others.
  public var resumingNote: String? {
    let (name, isPaper) = samplerRecipe
    guard let sampler = try? NegativeCatalogue.recipe(named: name),
      (isPaper && !sampler.training.isEmpty) || sampler.pool == .memory
        || sampler.parameters.contains(where: { $0.name == "refresh" })
    else { return nil }
    return
      "sampler \(sampler.name) may keep what it saw, which began anew here, so the result may differ from that of an uninterrupted run"
  }

  /// The model of this run, trained before, from the run's folder.
  ///
  /// - Throws: `TrainingFailure.folder` where training has not finished; `.checkpoint` where the weights do not fit.
  public func trained(in folder: RunFolder) throws -> TrainedLinkModel {
    try TrainedLinkModel(folder, data: data, configuration: folder.configuration(), split: split, run: run)
  }

  private func objective(_ model: TrainedLinkModel) throws -> LinkObjective {
    let positives = try recipe.makePositives(model.shape)
    let random = RandomStream(seed: UInt64(configuration.seed + run), run: run, operation: 6)
    let setting = try NegativeSetting(split, together: positives.ends, known: positives.known, random: random)
    let recipe = samplerRecipe
    let sampler = try NegativeCatalogue.recipe(named: recipe.name)
    let training =
      recipe.isPaper
      ? try NegativeTraining(of: sampler, on: setting, words: configuration.negativeOptions) : NegativeTraining()
    let loss =
      if let name = configuration.loss { try NegativeLossCatalogue.recipe(named: name)() } else {
        try training.loss ?? NegativeLossCatalogue.recipe(named: self.recipe.loss)()
      }
    return LinkObjective(
      positives: positives.source, sampler: try sampler.sampler(on: setting, words: configuration.negativeOptions),
      count: configuration.negativeCount, loss: loss, batchSize: batchSize, ends: positives.ends, training: training)
  }

  /// The sampler's name, and whether it trains as its paper does.
  private var samplerRecipe: (name: String, isPaper: Bool) {
    (
      configuration.negatives ?? recipe.negatives,
      configuration.negativeTraining.map { $0 == "paper" } ?? (configuration.negatives != nil)
    )
  }

  private func isStale(_ state: TrainingState) -> Bool {
    split.validation.positives.count > 0 && configuration.patience > 0
      && state.epoch - state.bestEpoch >= configuration.patience
  }
}
