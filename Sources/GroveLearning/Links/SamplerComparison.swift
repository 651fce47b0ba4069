public import GroveGraphs
import GroveKernels

/// One encoder trained under several samplers on the same links.
///
/// Every sampler gets the same start, positives, loss and epochs, unless the configuration lets each train as its paper
/// does. The epoch with the best validation metric gives the test metrics; test links are looked at once a run.
///
/// - Source: the question is that of the review "Does Negative Sampling Matter?" (Yang 2024, arXiv 2402.17238).
public struct SamplerComparison: Sendable {
  /// What a sampler came to.
  public struct Entry: Sendable {
    /// Its name in the catalogue, with the numbers that it was given: `dns:draws=32`.
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

  private let data: LinkData
  private let configuration: TrainingConfiguration
  private let split: LinkSplit
  private let hidden: NegativeFilter
  /// The metric that chooses epochs and ranks samplers.
  public let metric: LinkMetric

  /// A comparison on a split, of runs that a configuration of link training decides but for the sampler.
  ///
  /// - Throws: `TrainingFailure.data` where the split has no validation or test part; `AlgebraFailure` when memory runs out.
  public init(data: LinkData, configuration: TrainingConfiguration, split: LinkSplit) throws {
    guard split.validation.positives.count > 0, split.test.positives.count > 0 else {
      throw TrainingFailure.data("'\(split.name)' has no links to choose epochs by or to measure; hold some out first")
    }
    (self.data, self.configuration, self.split) = (data, configuration, split)
    metric = configuration.linkMetric ?? LinkMetric.usual(for: split.validation)
    let measured = try split.ends.partners(
      in: [split.validation.positives, split.test.positives], of: .source, withSelf: false)
    hidden = NegativeFilter(
      [measured], anchorCount: split.ends.sourceCount, candidateCount: split.ends.targetCount, excludesSelf: false)
  }

  /// Trains under one sampler.
  ///
  /// - Parameters:
  ///   - words: its numbers, such as `draws=32`.
  ///   - progress: told of each epoch: run, epoch, validation metric.
  /// - Throws: what samplers and training throw.
  public func run(
    _ name: String, words: [String] = [], progress: @escaping (Int, Int, Double) -> Void = { _, _, _ in },
    shouldStop: () -> Bool = { false }
  ) throws -> Entry {
    var configuration = configuration
    (configuration.negatives, configuration.negativeOptions) = (name, words)
    var tests: [[String: Double]] = []
    var curves: [[(seconds: Double, value: Double)]] = []
    var (best, samplingSeconds, drawn, wrong, gradients): (Double, Double, Int, Int, [Double]) = (0, 0, 0, 0, [])
    for run in 0..<configuration.runs {
      var curve: [(seconds: Double, value: Double)] = []
      var observer = LinkObserver()
      observer.step = { anchors, negatives in
        for (place, id) in negatives.ids.enumerated() where !(negatives.replacesAnchor?[place] ?? false) {
          drawn += 1
          if hidden.excludes(id, for: anchors[place / negatives.count]) { wrong += 1 }
        }
      }
      observer.epoch = { facts, values in
        samplingSeconds += facts.samplingSeconds
        gradients.append(facts.meanGradient)
        curve.append(((curve.last?.seconds ?? 0) + facts.seconds, values[metric.key] ?? 0))
        progress(run, curve.count, values[metric.key] ?? 0)
      }
      let result = try LinkTrainer(data: data, configuration: configuration, split: split, run: run)
        .train(in: nil, observer: observer, shouldStop: shouldStop).result
      best += curve[result.bestEpoch - 1].seconds / Double(configuration.runs)
      tests.append(result.test)
      curves.append(curve)
    }
    return Entry(
      name: ([name] + words).joined(separator: ":"), test: tests, curves: curves, secondsToBest: best,
      negativesPerSecond: Double(drawn) / max(samplingSeconds, 1e-9),
      falseNegativeRate: Double(wrong) / Double(max(1, drawn)),
      meanGradient: gradients.reduce(0, +) / Double(max(1, gradients.count)))
  }
}
