import Foundation
public import GroveGraphs
import GroveKernels
import GroveLayers

/// One encoder trained under several samplers on the same links.
///
/// Every sampler gets the same start, positives, batches, loss and epochs, unless the plan lets each train as its paper does. The epoch with the best validation metric gives
/// the test metrics; test links are looked at once a run.
///
/// - Source: the question is that of the review "Does Negative Sampling Matter?" (Yang 2024, arXiv 2402.17238).
public struct SamplerComparison: Sendable {
  /// How all are trained.
  public struct Plan: Sendable {
    /// Numbers of a node.
    public var width = 64
    /// Epochs of a run.
    public var epochs = 30
    /// Runs of each sampler.
    public var runs = 3
    /// Negatives for each positive.
    public var count = 1
    /// Positives of a batch.
    public var batchSize = 1024
    /// The learning rate of Adam.
    public var learningRate: Float = 0.01
    /// The loss by name.
    public var loss = "bpr"
    /// Whether each sampler is trained with as its paper does: its loss, corrections, mixtures and batches.
    ///
    /// Where it is not, which is the fair comparison, all have the same loss and random batches.
    public var usesOwnTraining = false
    /// The first run's seed.
    public var seed = 0

    /// The usual plan.
    public init() {}
  }

  /// What a sampler came to.
  public struct Entry: Sendable {
    /// Its name in the catalogue.
    public let name: String
    /// Test metrics of each run, by key.
    public let test: [[String: Double]]
    /// The validation metric after each epoch, with the seconds of training until then, of each run.
    public let curves: [[(seconds: Double, value: Double)]]
    /// Seconds until the best validation epoch, the mean over runs.
    public let secondsToBest: Double
    /// Negatives a second while sampling.
    public let negativesPerSecond: Double
    /// The share of drawn negatives that were positives of validation or test.
    public let falseNegativeRate: Double
    /// The mean size of a negative's gradient, |∂ℓ / ∂s|, in its row's own loss.
    public let meanGradient: Double

    /// The mean over runs of a test metric.
    public func mean(_ key: String) -> Double? {
      let values = test.compactMap { $0[key] }
      return values.isEmpty ? nil : values.reduce(0, +) / Double(values.count)
    }

    /// The standard deviation over runs of a test metric, 0 of a single run.
    public func deviation(_ key: String) -> Double? {
      guard let mean = mean(key) else { return nil }
      let values = test.compactMap { $0[key] }
      guard values.count > 1 else { return 0 }
      return (values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count - 1)).squareRoot()
    }
  }

  private let split: LinkSplit
  private let plan: Plan
  private let setting: NegativeSetting
  private let hidden: NegativeFilter
  /// The metric that chooses epochs and ranks samplers.
  public let metric: LinkMetric

  /// A comparison on a split.
  ///
  /// - Throws: `TrainingFailure.data` where the split has no validation part.
  public init(on split: LinkSplit, plan: Plan) throws {
    guard split.validation.positives.count > 0, split.test.positives.count > 0 else {
      throw TrainingFailure.data("'\(split.name)' has no links to choose epochs by or to measure; hold some out first")
    }
    (self.split, self.plan) = (split, plan)
    func filter(_ parts: [EdgeList], excludesSelf: Bool) -> NegativeFilter {
      let edges = parts.map { split.ends.isUndirected ? $0.bothWays() : $0 }
      let rows = SparseRows.grouping(
        rows: edges.flatMap(\.sources), columns: edges.flatMap(\.targets), rowCount: split.ends.sourceCount,
        columnCount: split.ends.targetCount
      ).rows
      return NegativeFilter(
        [rows], anchorCount: split.ends.sourceCount, candidateCount: split.ends.targetCount, excludesSelf: excludesSelf)
    }
    setting = NegativeSetting(
      positives: filter([split.training], excludesSelf: false).excluded, isSquare: split.ends.isSquare,
      filter: filter([split.training], excludesSelf: split.ends.isSquare),
      random: RandomStream(seed: UInt64(plan.seed), operation: 6))
    hidden = filter([split.validation.positives, split.test.positives], excludesSelf: false)
    metric =
      switch split.validation.negatives {
      case .all: .ndcg(20)
      case .lists: .mrr
      case .pairs: .auc
      }
  }

  /// Trains under one sampler.
  ///
  /// - Parameters:
  ///   - words: its numbers, such as `draws=32`.
  ///   - progress: told of each epoch: run, epoch, validation metric.
  /// - Throws: what samplers and training throw.
  public func run(
    _ name: String, words: [String] = [], progress: (Int, Int, Double) -> Void = { _, _, _ in },
    shouldStop: () -> Bool = { false }
  ) throws -> Entry {
    let recipe = try NegativeCatalogue.recipe(named: name)
    let training =
      plan.usesOwnTraining ? try NegativeTraining(of: recipe, on: setting, words: words) : NegativeTraining()
    let loss = try training.loss ?? NegativeLossCatalogue.recipe(named: plan.loss)()
    var tests: [[String: Double]] = []
    var curves: [[(seconds: Double, value: Double)]] = []
    var (best, samplingSeconds, drawn, wrong, gradients): (Double, Double, Int, Int, Double) = (0, 0, 0, 0, 0)
    for run in 0..<plan.runs {
      let seed = plan.seed + run
      let model = LinkModel(
        encoder: TableEncoder(
          nodeCount: split.ends.nodeCount, width: plan.width, hasContexts: false, from: Initializer(seed: seed)),
        decoder: DotDecoder())
      let training = try LinkTraining(
        model, on: split,
        objective: LinkObjective(
          positives: LinkPositives(of: split),
          sampler: recipe.sampler(on: setting, words: words), count: plan.count, loss: loss, batchSize: plan.batchSize,
          training: training),
        optimizer: OptimizerKind.adam.make(for: model.parameters()), seed: UInt64(seed))
      let evaluator = LinkEvaluator(split)
      var (curve, kept, seconds): ([(seconds: Double, value: Double)], (Double, ModelWeights)?, Double) = ([], nil, 0)
      for epoch in 1...plan.epochs {
        if shouldStop() { throw CancellationError() }
        let start = Date()
        let facts = try training.epoch(epoch, learningRate: plan.learningRate) { anchors, negatives in
          for (place, id) in negatives.ids.enumerated() where !(negatives.replacesAnchor?[place] ?? false) {
            drawn += 1
            if hidden.excludes(id, for: anchors[place / negatives.count]) { wrong += 1 }
          }
        }
        seconds += Date().timeIntervalSince(start)
        samplingSeconds += facts.samplingSeconds
        gradients += facts.meanGradient / Double(plan.epochs * plan.runs)
        let value = try evaluator.metrics(of: model, on: training.graph, part: .validation)[metric.key] ?? 0
        curve.append((seconds, value))
        progress(run, epoch, value)
        if kept == nil || value > curve[..<(curve.count - 1)].map(\.value).max() ?? -1 {
          kept = (seconds, ModelWeights(of: model))
        }
      }
      if let kept {
        kept.1.restore(to: model)
        best += kept.0 / Double(plan.runs)
      }
      tests.append(try evaluator.metrics(of: model, on: training.graph, part: .test))
      curves.append(curve)
    }
    return Entry(
      name: name, test: tests, curves: curves, secondsToBest: best,
      negativesPerSecond: Double(drawn) / max(samplingSeconds, 1e-9),
      falseNegativeRate: Double(wrong) / Double(max(1, drawn)), meanGradient: gradients)
  }
}
