import Foundation
public import GroveLayers

/// Everything that decides a run, as `config.json` holds it.
///
/// Keys are the command line's flags in camel case.
public struct TrainingConfiguration: Codable, Sendable, Equatable {
  /// The store, folder or file that the run reads.
  public var store = ""
  public var task = "nodes"
  public var model = "gcn"
  /// A feature column, `one-hot` or `learned:WIDTH`; absent: the store's first column, else `learned:64`.
  public var features: String?
  /// `auto` (rows where no feature is negative), `rows` or `none`.
  public var normalizeFeatures = "auto"
  /// `auto` and `yes` make every edge run both ways, `no` takes edges as they are.
  public var undirected = "auto"
  public var relations: [String] = []
  /// Names of splits; run r takes number r modulo their count.
  ///
  /// Empty: the store's default.
  public var splits: [String] = []
  public var runs = 1
  public var seed = 0

  public var hidden = 64
  public var layers = 2
  public var heads = 1
  public var outputHeads = 1
  public var dropout: Float = 0.5
  public var attentionDropout: Float = 0
  public var norm = NormKind.none
  public var residual = false
  public var aggregator = SAGEConvolution.Aggregator.mean
  public var normalizeEmbeddings = false
  /// Propagation steps of SGC, APPNP and label propagation.
  public var propagations = 2
  /// Teleport of APPNP, initial residual of GCNII, spread of label propagation.
  public var alpha: Float = 0.1
  /// Strength of GCNII's identity mapping.
  public var theta: Float = 0.5
  public var sharedWeights = true

  public var optimizer = OptimizerKind.adam
  public var lr: Float = 0.01
  public var weightDecay: Float = 5e-4
  /// Weight decay of the second group of parameters (GCNII's dense layers); absent: the same.
  public var weightDecay2: Float?
  public var momentum: Float = 0
  public var schedule = Schedule.constant
  public var warmup = 0
  public var epochs = 200
  /// Epochs without a better validation score before training stops; 0: never.
  public var patience = 100
  /// The metric that chooses the best epoch; absent: see `NodeData.defaultMetric`.
  public var metric: Metric?
  /// `none`, or `balanced` (inverse to the class's share of the training nodes).
  public var classWeights = "none"
  public var labelSmoothing: Float = 0
  /// Epochs between checkpoints; absent: by time.
  public var checkpointEvery: Int?

  public init() {}

  enum CodingKeys: String, CodingKey, CaseIterable {
    case store, task, model, features, normalizeFeatures, undirected, relations, splits, runs, seed
    case hidden, layers, heads, outputHeads, dropout, attentionDropout, norm, residual, aggregator
    case normalizeEmbeddings, propagations, alpha, theta, sharedWeights
    case optimizer, lr, weightDecay, weightDecay2, momentum, schedule, warmup, epochs, patience, metric
    case classWeights, labelSmoothing, checkpointEvery
  }

  /// Every key that a configuration file may hold.
  public static var keys: [String] { CodingKeys.allCases.map(\.rawValue) }

  /// The first impossible value, in words, or nil.
  var problem: String? {
    func whole(_ key: CodingKeys, _ value: Int, _ range: ClosedRange<Int>) -> String? {
      if range.contains(value) { return nil }
      let rule = value < range.lowerBound ? "at least \(range.lowerBound)" : "at most \(range.upperBound)"
      return "\(key.rawValue) is \(value); it must be \(rule)"
    }
    func rate(_ key: CodingKeys, _ value: Float) -> String? {
      value >= 0 && value < 1 ? nil : "\(key.rawValue) is \(value); it must be at least 0 and below 1"
    }
    func atLeastZero(_ key: CodingKeys, _ value: Float) -> String? {
      value >= 0 && value.isFinite ? nil : "\(key.rawValue) is \(value); it must be 0 or more"
    }
    func oneOf(_ key: CodingKeys, _ value: String, _ allowed: [String]) -> String? {
      allowed.contains(value)
        ? nil : "\(key.rawValue) is '\(value)'; it must be one of \(allowed.joined(separator: ", "))"
    }
    let checks: [String?] = [
      oneOf(.task, task, ["nodes"]), oneOf(.normalizeFeatures, normalizeFeatures, ["auto", "rows", "none"]),
      oneOf(.undirected, undirected, ["auto", "yes", "no"]), oneOf(.classWeights, classWeights, ["none", "balanced"]),
      whole(.runs, runs, 1...100_000), whole(.hidden, hidden, 1...1 << 16), whole(.layers, layers, 1...4096),
      whole(.heads, heads, 1...1024), whole(.outputHeads, outputHeads, 1...1024),
      whole(.propagations, propagations, 1...1 << 20), whole(.epochs, epochs, 1...1 << 40),
      rate(.dropout, dropout), rate(.attentionDropout, attentionDropout), rate(.momentum, momentum),
      rate(.labelSmoothing, labelSmoothing), atLeastZero(.weightDecay, weightDecay),
      weightDecay2.flatMap { atLeastZero(.weightDecay2, $0) }, atLeastZero(.theta, theta),
      alpha >= 0 && alpha <= 1 ? nil : "alpha is \(alpha); it must be between 0 and 1",
      lr > 0 && lr.isFinite ? nil : "lr is \(lr); it must be above 0",
      whole(.patience, patience, 0...1 << 40), whole(.warmup, warmup, 0...1 << 40), whole(.seed, seed, 0...1 << 53),
      checkpointEvery.flatMap { whole(.checkpointEvery, $0, 1...1 << 40) },
    ]
    return checks.compactMap(\.self).first
  }

  /// What a key takes, in words.
  static func accepted(by key: String) -> String {
    func one(of names: [String]) -> String { "one of " + names.joined(separator: ", ") }
    return switch CodingKeys(rawValue: key) {
    case .norm: one(of: NormKind.allCases.map(\.rawValue))
    case .aggregator: one(of: SAGEConvolution.Aggregator.allCases.map(\.rawValue))
    case .optimizer: one(of: OptimizerKind.allCases.map(\.rawValue))
    case .schedule: one(of: Schedule.allCases.map(\.rawValue))
    case .metric: one(of: Metric.allCases.map(\.rawValue))
    case .relations, .splits: "a list of names"
    case .store, .task, .model, .features, .normalizeFeatures, .undirected, .classWeights: "text"
    case .residual, .normalizeEmbeddings, .sharedWeights: "true or false"
    case .runs, .seed, .hidden, .layers, .heads, .outputHeads, .propagations, .warmup, .epochs, .patience,
      .checkpointEvery:
      "a whole number"
    case .dropout, .attentionDropout, .alpha, .theta, .lr, .weightDecay, .weightDecay2, .momentum, .labelSmoothing,
      nil:
      "a number"
    }
  }

  /// A value as messages show it, on one line.
  static func shown(_ value: Any) -> String {
    switch value {
    case let text as String: return "'\(text)'"
    case is [Any]: return "a list"
    case is [String: Any]: return "an object"
    default:
      guard JSONSerialization.isValidJSONObject([value]),
        let data = try? JSONSerialization.data(withJSONObject: [value], options: .withoutEscapingSlashes)
      else { return "\(value)" }
      return String(String(decoding: data, as: UTF8.self).dropFirst().dropLast())
    }
  }
}
