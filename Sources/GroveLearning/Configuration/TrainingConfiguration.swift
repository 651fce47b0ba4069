import Foundation
public import GroveLayers

/// Everything that decides a run, as `config.json` holds it.
///
/// Keys are the command line's flags in camel case.
public struct TrainingConfiguration: Codable, Sendable, Equatable {
  /// The store, folder or file that the run reads.
  public var store = ""
  /// What is learned: `nodes` (classes of nodes), `links` (which nodes are joined) or `open-world` (classes of nodes, some
  /// of which have no label at all).
  public var task = "nodes"
  /// Name of a recipe in `OpenWorldCatalogue`; nil for tasks other than `open-world`.
  public var method: String?
  /// Name of a recipe in `ModelCatalogue`, or for links in `LinkCatalogue`.
  public var model = "gcn"
  /// A feature column, a relation such as `has_topic`, `degree`, `one-hot` or `learned:WIDTH`.
  ///
  /// Absent: the store's first column, else `has_topic` where there are topics, else `learned:64`.
  public var features: String?
  /// `auto` (rows where no feature is negative), `rows` or `none`.
  public var normalizeFeatures = "auto"
  /// `auto` and `yes` make every edge run both ways, `no` takes edges as they are.
  public var undirected = "auto"
  /// Names of the relations to train on; empty: `edges` where there is one, else all within the labeled type.
  public var relations: [String] = []
  /// Names of splits; run r takes number r modulo their count.
  ///
  /// Empty: the store's default.
  public var splits: [String] = []
  /// Number of runs, each with a start and a folder of its own.
  public var runs = 1
  /// Fixes everything random; run r takes seed + r.
  public var seed = 0

  /// Width of hidden layers, for attention of one head.
  public var hidden = 64
  /// Number of layers, the last one included; for GCNII the number of its convolutions.
  public var layers = 2
  /// Attention heads of each hidden layer, side by side.
  public var heads = 1
  /// Attention heads of the last layer, averaged.
  public var outputHeads = 1
  /// Share of the inputs of layers that is zeroed in training, in 0..<1.
  public var dropout: Float = 0.5
  /// Share of the attention weights that is zeroed in training, in 0..<1.
  public var attentionDropout: Float = 0
  /// The norm after each layer but the last.
  public var norm = NormKind.none
  /// Whether a dense path runs beside each hidden convolution.
  public var residual = false
  /// Whether training computes convolutions twice to keep less in memory.
  public var recompute = false
  /// Which layers the classifier sees; other than `none` adds a dense layer that classifies.
  public var jumping = JumpingKind.none
  /// How GraphSAGE merges the rows of a node's neighbors.
  public var aggregator = SAGEConvolution.Aggregator.mean
  /// Whether GraphSAGE brings the rows after each convolution to length 1.
  public var normalizeEmbeddings = false
  /// Propagation steps of SGC, APPNP and label propagation, hops of a layer of TAG, ChebNet, ARMA and LightGCN.
  public var propagations = 2
  /// Stacks of ARMA, which are averaged.
  public var stacks = 1
  /// Teleport of APPNP, initial residual of GCNII, spread of label propagation.
  public var alpha: Float = 0.1
  /// Strength of GCNII's identity mapping.
  public var theta: Float = 0.5
  /// Whether a layer of GCNII has one weight, or a second one for the initial rows.
  public var sharedWeights = true

  /// Weights that relations of R-GCN share; absent: one of its own for each.
  public var bases: Int?
  /// How models with a convolution for each relation merge their results.
  public var relationMerge = RelationMerge.sum
  /// Meta-paths such as `paper-author-paper` or `P-A-P`; empty: out to each type that relations lead to and back.
  public var metapaths: [String] = []
  /// Features of the types that are not classified: `auto` (the first stored column, else `one-hot`), a column,
  /// `learned:WIDTH`, `one-hot` or `none` (all alike).
  public var otherFeatures = "auto"
  /// Columns of the random-walk encoding of transformers: steps after which a walk may be back.
  public var walkLength = 16

  /// `none`, or how errors at training nodes are scaled before they correct the trained model's probabilities, which are
  /// then smoothed: `auto` or `fixed`.
  public var correctAndSmooth = "none"
  /// What corrections are multiplied by where they are `fixed`.
  public var correctionScale: Float = 1
  /// Share of corrections that comes along edges in each step, in 0...1.
  public var correctionAlpha: Float = 0.8
  /// Share of smoothed probabilities that comes along edges in each step, in 0...1.
  public var smoothingAlpha: Float = 0.8
  /// Steps of correction, and again of smoothing.
  public var correctionSteps = 50

  /// Largest number of edges drawn into a node at each hop from the training nodes, -1 for all; empty: each step sees
  /// the whole graph.
  public var fanouts: [Int] = []
  /// Fanouts of single relations in place of `fanouts`, such as `writes=5,2`, for heterogeneous models.
  public var relationFanouts: [String] = []
  /// Whether an edge may be drawn again, so that a node with any edge has exactly as many as the fanout.
  public var replacement = false
  /// Whether edges are drawn in proportion to their weights.
  public var weightedSampling = false
  /// Whether a training node hears only of edges that are not later than its own year.
  public var temporal = false
  /// Training nodes of a step, with fanouts only; absent: 1024 with fanouts.
  public var batch: Int?

  /// What turns gradients into steps.
  public var optimizer = OptimizerKind.adam
  /// Learning rate before warmup and schedule, above 0.
  public var lr: Float = 0.01
  /// Weight decay of the main group of parameters: L2 in the gradient, for `adamw` decoupled from it.
  public var weightDecay: Float = 5e-4
  /// Weight decay of the second group of parameters (GCNII's dense layers); absent: the same.
  public var weightDecay2: Float?
  /// Share of the last step that `sgd` keeps up, in 0..<1.
  public var momentum: Float = 0
  /// How the learning rate changes over epochs.
  public var schedule = Schedule.constant
  /// Epochs in which the learning rate first rises in a straight line.
  public var warmup = 0
  /// Largest number of epochs of a run.
  public var epochs = 200
  /// Epochs without a better validation score before training stops; 0: never.
  public var patience = 100
  /// Key of the metric that chooses the best epoch, of nodes or links; absent: see `NodeData.defaultMetric` and
  /// `LinkMetric.usual`.
  public var metricKey: String?
  /// `none`, or `balanced` (inverse to the class's share of the training nodes).
  public var classWeights = "none"
  /// Share of each target that is spread evenly over all classes, in 0..<1.
  public var labelSmoothing: Float = 0
  /// Epochs between checkpoints; absent: by time.
  public var checkpointEvery: Int?

  /// K of open-world training, seen and novel classes together: `split` (those of the split), a number, or `estimate`.
  public var classes = "split"
  /// K where it was estimated; written by the run.
  public var estimatedClasses: Int?
  /// Labels that say which class a cluster stands for: `train` or `train-validation`.
  public var alignment = "train-validation"
  /// `paper-code` (what the published code of a method does) or `textbook` (its equations).
  public var variant = "paper-code"
  /// ρ, the percentage of nodes nearest to their cluster's center that are trusted, above 0 and at most 100.
  public var rho: Float = 75
  /// η, the weight of cross-entropy.
  public var eta: Float = 1
  /// τ, the temperature of contrastive losses.
  public var tau: Float = 0.7
  /// Numbers that one method alone has, such as `margin=10`.
  public var methodOptions: [String] = []

  /// What turns two rows into the score of a link: `dot`, `cosine`, `bilinear`, `distmult` or `mlp`.
  public var decoder = "dot"
  /// Name of a sampler in `NegativeCatalogue`; absent: the link model's own.
  public var negatives: String?
  /// Numbers of that sampler, such as `draws=32`.
  public var negativeOptions: [String] = []
  /// Negatives for each link that is learned.
  public var negativeCount = 1
  /// How training is with negatives, beside drawing them.
  ///
  /// `paper`: by the loss, corrections, mixtures and batches of the sampler's paper; `plain`: by nothing more. Absent:
  /// `paper` where `negatives` names a sampler.
  public var negativeTraining: String?
  /// Name of a loss in `NegativeLossCatalogue`; absent: that of the sampler's paper, or the link model's own.
  public var loss: String?

  /// Encoders whose rows of the nodes' texts are features: a name, or `type=name` for each of several types; a folder of
  /// weights after a colon.
  public var encoders: [String] = []
  /// Fields of a node whose texts are encoded, in order; empty: title and abstract of papers, the text or name of others.
  public var fields: [String] = []
  /// Last layers of the encoder that are trained with the model, after it was trained on the encoder's rows.
  public var tuneEncoder = 0
  /// Rank of low-rank adapters in the encoder's layers, trained in their place; 0: none.
  public var lora = 0
  /// Learning rate of the encoder's own numbers; absent: 2e-5 for layers, 2e-4 for adapters alone.
  public var encoderRate: Float?
  /// Epochs in which the encoder is trained.
  public var tuneEpochs = 3

  /// The general defaults; `init(layers:)` puts the model's own over them.
  public init() {}

  enum CodingKeys: String, CodingKey, CaseIterable {
    case store, task, method, model, features, normalizeFeatures, undirected, relations, splits, runs, seed
    case hidden, layers, heads, outputHeads, dropout, attentionDropout, norm, residual, jumping, recompute, aggregator
    case normalizeEmbeddings, propagations, stacks, alpha, theta, sharedWeights
    case bases, relationMerge, metapaths, otherFeatures
    case walkLength, correctAndSmooth, correctionScale, correctionAlpha, smoothingAlpha, correctionSteps
    case fanouts, relationFanouts, replacement, weightedSampling, temporal, batch
    case optimizer, lr, weightDecay, weightDecay2, momentum, schedule, warmup, epochs, patience
    case metricKey = "metric"
    case classWeights, labelSmoothing, checkpointEvery
    case classes, estimatedClasses, alignment, variant, rho, eta, tau, methodOptions
    case decoder, negatives, negativeOptions, negativeCount, negativeTraining, loss
    case encoders, fields, tuneEncoder, lora, encoderRate, tuneEpochs
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
    func share(_ key: CodingKeys, _ value: Float) -> String? {
      value >= 0 && value <= 1 ? nil : "\(key.rawValue) is \(value); it must be between 0 and 1"
    }
    func oneOf(_ key: CodingKeys, _ value: String, _ allowed: [String]) -> String? {
      allowed.contains(value)
        ? nil : "\(key.rawValue) is '\(value)'; it must be one of \(allowed.joined(separator: ", "))"
    }
    let checks: [String?] = [
      oneOf(.task, task, ["nodes", "links", "open-world"]),
      oneOf(.normalizeFeatures, normalizeFeatures, ["auto", "rows", "none"]),
      oneOf(.undirected, undirected, ["auto", "yes", "no"]), oneOf(.classWeights, classWeights, ["none", "balanced"]),
      whole(.runs, runs, 1...100_000), whole(.hidden, hidden, 1...1 << 16), whole(.layers, layers, 1...4096),
      whole(.heads, heads, 1...1024), whole(.outputHeads, outputHeads, 1...1024),
      whole(.propagations, propagations, 1...1 << 20), whole(.stacks, stacks, 1...1024),
      bases.flatMap { whole(.bases, $0, 1...1 << 16) },
      whole(.epochs, epochs, 1...1 << 40),
      rate(.dropout, dropout), rate(.attentionDropout, attentionDropout), rate(.momentum, momentum),
      rate(.labelSmoothing, labelSmoothing), atLeastZero(.weightDecay, weightDecay),
      weightDecay2.flatMap { atLeastZero(.weightDecay2, $0) }, atLeastZero(.theta, theta),
      lr > 0 && lr.isFinite ? nil : "lr is \(lr); it must be above 0",
      whole(.walkLength, walkLength, 1...4096), whole(.correctionSteps, correctionSteps, 1...1 << 20),
      oneOf(.correctAndSmooth, correctAndSmooth, ["none", "auto", "fixed"]),
      atLeastZero(.correctionScale, correctionScale), share(.correctionAlpha, correctionAlpha),
      share(.smoothingAlpha, smoothingAlpha), share(.alpha, alpha),
      model == "h2gcn" && layers > 8
        ? "layers is \(layers); each round of h2gcn doubles the width, so it must be at most 8" : nil,
      whole(.patience, patience, 0...1 << 40), whole(.warmup, warmup, 0...1 << 40), whole(.seed, seed, 0...1 << 53),
      checkpointEvery.flatMap { whole(.checkpointEvery, $0, 1...1 << 40) },
      fanouts.first { $0 != -1 && !(1...1 << 20).contains($0) }.map {
        "fanouts holds \($0); each must be between 1 and \(1 << 20), or -1 for all neighbors"
      },
      batch.flatMap { whole(.batch, $0, 1...1 << 40) },
      whole(.negativeCount, negativeCount, 1...1 << 20), metricProblem, samplingProblem, openWorldProblem, linkProblem,
      encoderProblem,
    ]
    return checks.compactMap(\.self).first
  }

  /// What a key takes, in words.
  static func accepted(by key: String) -> String {
    func one(of names: [String]) -> String { "one of " + names.joined(separator: ", ") }
    return switch CodingKeys(rawValue: key) {
    case .norm: one(of: NormKind.allCases.map(\.rawValue))
    case .jumping: one(of: JumpingKind.allCases.map(\.rawValue))
    case .aggregator: one(of: SAGEConvolution.Aggregator.allCases.map(\.rawValue))
    case .optimizer: one(of: OptimizerKind.allCases.map(\.rawValue))
    case .schedule: one(of: Schedule.allCases.map(\.rawValue))
    case .metricKey: one(of: Metric.allCases.map(\.rawValue))
    case .relationMerge: one(of: RelationMerge.allCases.map(\.rawValue))
    case .relations, .splits, .fields: "a list of names"
    case .encoders: "a list of encoders, such as minilm or author=hash"
    case .metapaths: "a list of names, such as paper-author-paper"
    case .fanouts: "a list of whole numbers, such as 15,10"
    case .methodOptions: "a list of names with numbers, such as margin=10"
    case .negativeOptions: "a list of names with numbers, such as draws=32"
    case .relationFanouts: "a list of relations with fanouts, such as writes=5,2"
    case .store, .task, .method, .classes, .alignment, .variant, .model, .features, .normalizeFeatures, .undirected,
      .classWeights, .otherFeatures, .decoder, .negatives, .negativeTraining, .loss,
      .correctAndSmooth:
      "text"
    case .residual, .recompute, .normalizeEmbeddings, .sharedWeights, .replacement, .weightedSampling, .temporal:
      "true or false"
    case .runs, .seed, .hidden, .layers, .heads, .outputHeads, .propagations, .stacks, .bases, .warmup, .epochs,
      .patience,
      .checkpointEvery, .estimatedClasses, .batch, .walkLength, .correctionSteps, .negativeCount, .tuneEncoder, .lora,
      .tuneEpochs:
      "a whole number"
    case .correctionScale, .correctionAlpha, .smoothingAlpha, .dropout, .attentionDropout, .alpha, .theta, .lr, .rho,
      .eta, .tau,
      .weightDecay, .weightDecay2, .momentum, .labelSmoothing, .encoderRate,
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
