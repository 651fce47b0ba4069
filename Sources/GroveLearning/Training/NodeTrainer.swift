import Foundation
public import GroveGraphs
import GroveKernels
import GroveLayers
import GroveTensors

/// News of a training for whoever watches it.
public struct TrainingProgress: Sendable {
  /// Number of this run, from 0.
  public let run: Int
  /// Number of runs that the configuration asks for.
  public let runs: Int
  /// Number of the epoch that just ended, from 1.
  public let epoch: Int
  /// Largest number of epochs; patience may end the run sooner.
  public let epochs: Int
  /// Loss on the training nodes before the epoch's step.
  public let loss: Double
  /// The metric that chooses the best epoch, on validation nodes; nil without any.
  public let validation: Double?
  /// The key of the metric whose value `validation` is.
  public let metric: String
}

/// Trains one node classifier on the whole graph at once, or on sampled neighborhoods where there are fanouts.
///
/// An epoch is one step on all training nodes (with fanouts: one on each batch of them), then one evaluation. The best
/// epoch is the one of the largest validation score, of equals the one of smaller validation loss; without validation
/// nodes it is the last. Test nodes are scored once, at the end, with the best weights.
public struct NodeTrainer {
  let data: NodeData
  let configuration: TrainingConfiguration
  let recipe: ModelRecipe
  let split: Split
  let run: Int
  let metric: Metric
  let clock = StepClock()
  /// What the loss weighs each class by, where classes are to be balanced.
  private let balance: [Float]?
  /// What the split asks for and the graph cannot give, in words.
  public let notes: [String]

  /// - Throws: `TrainingFailure` where split and labels do not fit; what the graph's source throws.
  public init(data: NodeData, configuration: TrainingConfiguration, split: Split, run: Int) throws {
    if let problem = split.problem(nodeCount: data.nodeCount) {
      throw TrainingFailure.data("\(data.name): \(problem); correct the split")
    }
    if case .single(let classes, _) = data.labels {
      for part in [split.train, split.validation, split.test] {
        if let node = part.first(where: { classes[Int($0)] < 0 }) {
          throw TrainingFailure.data(
            "\(data.name): split '\(split.name)' holds node \(node), which has no label; correct the split")
        }
      }
    }
    if let relations = data.heterogeneous?.graph.relations { try configuration.checkFanouts(relations) }
    self.data = data
    self.configuration = configuration
    self.split = split
    self.run = run
    recipe = try ModelCatalogue.recipe(named: configuration.model)
    metric = configuration.metric ?? data.defaultMetric
    notes = try data.notes(onTimeOf: split, isTemporal: configuration.temporal)
    balance = configuration.classWeights == "balanced" ? NodeTrainer.balance(data.labels, of: split.train) : nil
  }

  /// Trains, or goes on from the folder's last checkpoint, and writes the run's files.
  ///
  /// - Parameters:
  ///   - folder: nil keeps everything in memory.
  ///   - shouldStop: asked after each epoch; training then saves and throws `TrainingFailure.interrupted`. Also asked after
  ///     steps where no more than the epoch would be lost.
  /// - Returns: the result, the trained classifier, and the epoch that training went on from (0: it began).
  public func train(
    in folder: RunFolder?, progress: (TrainingProgress) -> Void = { _ in }, shouldStop: () -> Bool = { false }
  ) throws -> (result: RunResult, model: TrainedModel, resumedFromEpoch: Int) {
    let model = try TrainedModel(data: data, configuration: configuration, recipe: recipe, split: split, run: run)
    let files = try folder.map { try model.files(in: $0) }
    try folder?.clearRemnants()
    if let folder { try AtomicFile.write(configuration.json, to: folder.configurationPath) }
    guard let classifier = model.classifier else {
      let result = finished(model, TrainingState(), seconds: 0)
      if let folder, let files {
        try files.writeBest(ModelWeights(tensors: []), epoch: 0)
        try files.writeLast(
          TrainingState(), current: ModelWeights(tensors: []), best: ModelWeights(tensors: []), memory: nil)
        _ = try MetricsLog(path: folder.metricsPath, keepingThrough: 0)
        try folder.write(result, model.signature, of: data)
      }
      return (result, model, 0)
    }
    let optimizer = configuration.optimizer(for: classifier)
    var loop = try TrainingLoop(
      configuration, run: run, metric: metric.rawValue, module: classifier, optimizer: optimizer, folder: folder,
      files: files,
      kept: [KeptWeights(epoch: 0, weights: ModelWeights(of: classifier))])
    let loader = try loader(for: model)
    func epoch(_ loop: inout TrainingLoop) throws -> MetricsLog.Line {
      let epoch = loop.state.epoch
      // The schedule ends with the epochs that the configuration gives it.
      let rate = loop.state.tunedAfter == nil ? configuration.learningRate(in: epoch) : configuration.lr
      let loss =
        try loader.map {
          try steps(model, classifier, optimizer, $0, epoch: epoch, rate: rate) {
            try loop.leaveEpoch(ifAsked: shouldStop)
          }
        }
        ?? step(model, classifier, optimizer, epoch: epoch, rate: rate)
      let scores = try score(model, classifier, loader, epoch: epoch)
      if isBetter(scores, than: loop.state) {
        loop.state.bestEpoch = epoch
        loop.state.bestScore = scores.validation
        loop.state.bestLoss = scores.validationLoss
        loop.kept = [KeptWeights(epoch: 0, weights: ModelWeights(of: classifier))]
      }
      return scores.line(epoch: epoch, loss: loss, rate: rate, metric)
    }
    if loop.state.tunedAfter == nil {
      try loop.train(until: isStale, progress: progress, shouldStop: shouldStop, epoch)
    }
    if let encoder = classifier.tunableFeatures {
      try tune(encoder, classifier, &loop, progress: progress, shouldStop: shouldStop, epoch)
    }
    try loop.finish(best: loop.kept[0].weights)
    let result = finished(model, loop.state, seconds: loop.seconds)
    try folder?.write(result, model.signature, of: data)
    return (result, model, loop.resumedFrom)
  }

  /// Trains an encoder with the model that was trained on its rows, from that model's best epoch on.
  ///
  /// So the best epoch of all is no worse on validation nodes than without.
  private func tune(
    _ encoder: any TunableFeatures, _ classifier: any Classifier, _ loop: inout TrainingLoop,
    progress: (TrainingProgress) -> Void, shouldStop: () -> Bool,
    _ epoch: (inout TrainingLoop) throws -> MetricsLog.Line
  ) throws {
    if loop.state.tunedAfter == nil {
      loop.state.tunedAfter = loop.state.epoch
      loop.kept[0].weights.restore(to: classifier)
    }
    encoder.isTuning = true
    try loop.train(
      through: (loop.state.tunedAfter ?? 0) + configuration.tuneEpochs, until: { _ in false }, progress: progress,
      shouldStop: shouldStop, epoch)
  }

  /// One step on all training nodes.
  ///
  /// - Returns: the loss before it.
  private func step(
    _ model: TrainedModel, _ classifier: any Classifier, _ optimizer: any Optimizer, epoch: Int, rate: Float
  ) throws -> Double {
    let (loss, gradients) = gradients(model, classifier, epoch: epoch)
    guard loss.isFinite else { throw diverged(classifier, gradients, epoch: epoch) }
    clock.time(\.optimizer) { optimizer.step(gradients, learningRate: rate) }
    return Double(loss)
  }

  /// Where the time of the epochs trained here went.
  public var times: StepTimes { clock.times }

  /// Forward and backward, timed.
  func pass(_ loss: () -> Tensor) -> (loss: Float, gradients: Gradients) {
    let loss = clock.time(\.forward, countsWork: true, loss)
    return (loss.scalar, clock.time(\.backward, countsWork: true) { loss.backward() })
  }

  private func gradients(
    _ model: TrainedModel, _ classifier: any Classifier, epoch: Int
  ) -> (loss: Float, gradients: Gradients) {
    Pass.training(seed: UInt64(configuration.seed + run), run: run, step: epoch) {
      pass {
        loss(model.output(of: classifier, for: .train).logits.gathering(rows: split.train), of: split.train)
      }
    }
  }

  func diverged(
    _ classifier: any Classifier, _ gradients: Gradients, epoch: Int, batch: Int = 1
  ) -> TrainingFailure {
    let parameter = classifier.parameters().first { gradients[$0.value]?.buffer.firstNonFinite != nil }
    return .nonFiniteLoss(epoch: epoch, batch: batch, parameter: parameter?.name)
  }

  /// The training loss of the logits of some training nodes, which are their rows in order.
  func loss(_ logits: Tensor, of nodes: [Int32]) -> Tensor {
    switch data.labels {
    case .single(let classes, _):
      return logits.crossEntropy(
        nodes.map { classes[Int($0)] }, weights: balance, smoothing: configuration.labelSmoothing)
    case .multiple(let rows, _):
      // Targets are 1 and 0, smoothed towards a half.
      let smoothing = configuration.labelSmoothing
      var targets = [Float](repeating: smoothing / 2, count: nodes.count * data.classCount)
      for (row, node) in nodes.enumerated() {
        for c in rows[Int(node)] { targets[row * data.classCount + Int(c)] = 1 - smoothing / 2 }
      }
      // Summed over classes, so that weight decay weighs against it as against cross-entropy.
      let target = Tensor(targets, rows: nodes.count, columns: data.classCount)
      return Float(data.classCount) * logits.binaryCrossEntropy(target, positiveWeights: balance)
    }
  }

  /// What balances the classes of some training nodes.
  ///
  /// - Returns: of single labels the inverse of each class's share, mean 1 over nodes, 0 for classes without any; of
  ///   several how many nodes lack a class for one that has it, 1 for classes that none has or all have.
  private static func balance(_ labels: Labels, of nodes: [Int32]) -> [Float] {
    var counts = [Int](repeating: 0, count: labels.classCount)
    let all = nodes.count
    switch labels {
    case .single(let classes, _):
      for node in nodes { counts[Int(classes[Int(node)])] += 1 }
      let present = counts.count { $0 > 0 }
      return counts.map { $0 == 0 ? 0 : Float(all) / Float(present * $0) }
    case .multiple(let rows, _):
      for node in nodes { for c in rows[Int(node)] { counts[Int(c)] += 1 } }
      return counts.map { $0 == 0 || $0 == all ? 1 : Float(all - $0) / Float($0) }
    }
  }

  private func isStale(_ state: TrainingState) -> Bool {
    !split.validation.isEmpty && configuration.patience > 0
      && state.epoch - state.bestEpoch >= configuration.patience
  }

  private func isBetter(_ scores: EpochScores, than state: TrainingState) -> Bool {
    guard let score = scores.validation, let loss = scores.validationLoss else { return true }
    guard let best = state.bestScore, let bestLoss = state.bestLoss else { return true }
    let (now, before) = metric.isLargerBetter ? (score, best) : (best, score)
    return now > before || (now == before && loss < bestLoss)
  }

  /// The choosing metric and the loss of training and validation nodes.
  /// - Throws: `TrainingFailure.nonFiniteLoss` where a loss is not finite.
  private func score(
    _ model: TrainedModel, _ classifier: any Classifier, _ loader: Loader<SampledBatch>?, epoch: Int
  ) throws -> EpochScores {
    let scores = clock.time(\.evaluation) { score(model, classifier) }
    let losses = [(split.train, scores.trainLoss), (split.validation, scores.validationLoss)]
    guard losses.allSatisfy({ nodes, loss in nodes.isEmpty || loss != nil }) else {
      let found =
        try loader.map { try firstGradients(model, classifier, $0, epoch: epoch) }
        ?? gradients(model, classifier, epoch: epoch)
      throw diverged(classifier, found.gradients, epoch: epoch)
    }
    return scores
  }

  private func score(_ model: TrainedModel, _ classifier: any Classifier) -> EpochScores {
    Pass.evaluation {
      // One pass serves both parts, unless they see different graphs.
      let shared = model.isTimed ? nil : model.output(of: classifier, for: .train).logits
      func probe(_ part: SplitPart) -> (score: Double?, loss: Double?) {
        let nodes = split.nodes(of: part)
        guard !nodes.isEmpty else { return (nil, nil) }
        let logits = shared ?? model.output(of: classifier, for: part).logits
        let rows = logits.gathering(rows: nodes).buffer.values
        return (
          NodeEvaluation.value(of: metric, logits: rows, of: nodes, labels: data.labels),
          NodeEvaluation.value(of: .loss, logits: rows, of: nodes, labels: data.labels)
        )
      }
      let train = probe(.train)
      let validation = probe(.validation)
      // A metric that needs both classes may be undefined on few nodes; then the loss decides.
      return EpochScores(
        train: train.score, trainLoss: train.loss, validation: validation.score ?? validation.loss.map { _ in 0 },
        validationLoss: validation.loss)
    }
  }

  private func finished(_ model: TrainedModel, _ state: TrainingState, seconds: Double) -> RunResult {
    let whole = model.outputs().logits
    func metrics(_ part: SplitPart) -> [String: Double] {
      let nodes = split.nodes(of: part)
      if nodes.isEmpty { return [:] }
      let logits = model.isTimed && part != .test ? model.outputs(for: part).logits : whole
      return model.evaluation(of: nodes, logits: logits).values.byName
    }
    return RunResult(
      run: run, split: split.name, parameters: model.parameterCount, epochs: state.epoch, bestEpoch: state.bestEpoch,
      secondsPerEpoch: state.epoch == 0 ? 0 : seconds / Double(state.epoch), train: metrics(.train),
      validation: metrics(.validation), test: metrics(.test))
  }
}

private struct EpochScores {
  let train: Double?
  let trainLoss: Double?
  let validation: Double?
  let validationLoss: Double?

  func line(epoch: Int, loss: Double, rate: Float, _ metric: Metric) -> MetricsLog.Line {
    func values(_ score: Double?, _ loss: Double?) -> [String: Double] {
      var result: [String: Double] = [:]
      if let score { result[metric.rawValue] = score }
      if let loss { result["loss"] = loss }
      return result
    }
    return MetricsLog.Line(
      epoch: epoch, loss: loss, learningRate: Double(rate), train: values(train, trainLoss),
      validation: values(validation, validationLoss), seconds: 0)
  }
}
