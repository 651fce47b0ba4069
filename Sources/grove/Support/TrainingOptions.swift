import ArgumentParser
import GroveLearning

/// The flags of `grove train` that set configuration keys.
///
/// Each is optional: what is not given keeps its default.
struct TrainingOptions: ParsableArguments {
  @Option(help: "Task: nodes, links or open-world (some classes have no labels).") var task: String?
  @Option(help: "Method of --task open-world (default openima).") var method: String?
  @Option(help: "A name of grove models list (default gcn).") var model: String?
  @Option(help: "A feature column, a relation such as has_topic, degree, one-hot or learned:WIDTH.")
  var features: String?
  @Option(name: .customLong("normalize-features"), help: "auto, rows or none.") var normalizeFeatures: String?
  @Option(help: "auto, yes or no: whether every edge runs both ways.") var undirected: String?
  @Option(help: "Relations to train on, separated by commas.") var relations: String?
  @Option(help: "A split's name, a split file, a folder of them, or a kind to draw; may be repeated.") var split:
    [String] = []
  @Option(help: "Number of runs; run r takes seed + r and the next split.") var runs: Int?
  @Option(help: "Fixes everything random (default 0).") var seed: Int?

  @Option(help: "Width of hidden layers (of one head, for attention).") var hidden: Int?
  @Option(help: "Number of layers.") var layers: Int?
  @Option(help: "Attention heads of hidden layers.") var heads: Int?
  @Option(name: .customLong("output-heads"), help: "Attention heads of the last layer.") var outputHeads: Int?
  @Option(help: "Dropout of inputs and hidden layers.") var dropout: Float?
  @Option(name: .customLong("attention-dropout"), help: "Dropout of attention.") var attentionDropout: Float?
  @Option(help: "none, layer, batch, pair or graph.") var norm: String?
  @Flag(inversion: .prefixedNo, help: "A dense path beside each hidden convolution.") var residual: Bool?
  @Flag(inversion: .prefixedNo, help: "Computes each convolution twice to train in less memory.") var recompute: Bool?
  @Option(help: "What the classifier sees: none (the last layer), concatenated, max or lstm.") var jumping: String?
  @Option(help: "mean or max (sage).") var aggregator: String?
  @Flag(name: .customLong("normalize-embeddings"), inversion: .prefixedNo, help: "Rows of length 1 (sage).")
  var normalizeEmbeddings: Bool?
  @Option(help: "Propagation steps (sgc, appnp, label-propagation), hops of a layer (tag, cheb, arma, lightgcn).")
  var propagations: Int?
  @Option(help: "Stacks that are averaged (arma).") var stacks: Int?
  @Option(help: "Teleport (appnp), initial residual (gcnii), spread (label-propagation).") var alpha: Float?
  @Option(help: "Strength of identity mapping (gcnii).") var theta: Float?
  @Flag(name: .customLong("shared-weights"), inversion: .prefixedNo, help: "One weight a layer (gcnii).")
  var sharedWeights: Bool?

  @Option(help: "Weights that relations share (rgcn).") var bases: Int?
  @Option(name: .customLong("relation-merge"), help: "sum, mean or attention (hetero-sage, hetero-gat).")
  var relationMerge: String?
  @Option(help: "Meta-paths, separated by commas, such as paper-author-paper or P-A-P (han).") var metapaths: String?
  @Option(
    name: .customLong("other-features"),
    help: "Of types that are not classified: auto, a column, learned:WIDTH, one-hot or none.")
  var otherFeatures: String?
  @Option(name: .customLong("walk-length"), help: "Columns of the random-walk encoding (graph-transformer, gps).")
  var walkLength: Int?
  @Option(
    name: .customLong("correct-and-smooth"),
    help: "none, auto or fixed: correct and smooth the trained model's probabilities by the training nodes' classes.")
  var correctAndSmooth: String?
  @Option(name: .customLong("correction-scale"), help: "Factor of fixed corrections.") var correctionScale: Float?
  @Option(name: .customLong("correction-alpha"), help: "Spread of corrections.") var correctionAlpha: Float?
  @Option(name: .customLong("smoothing-alpha"), help: "Spread of smoothed classes.") var smoothingAlpha: Float?
  @Option(name: .customLong("correction-steps"), help: "Steps of correction and of smoothing.")
  var correctionSteps: Int?

  @Option(
    parsing: .unconditional,
    help: "Neighbors drawn at each hop from a step's nodes, such as 15,10; -1: all. Without it: the whole graph.")
  var fanouts: String?
  @Option(
    name: .customLong("relation-fanouts"), parsing: .unconditionalSingleValue,
    help: "Those of one relation of a heterogeneous model, such as writes=5,2; may be repeated.")
  var relationFanouts: [String] = []
  @Flag(inversion: .prefixedNo, help: "With --fanouts an edge may be drawn again.") var replacement: Bool?
  @Flag(
    name: .customLong("weighted-sampling"), inversion: .prefixedNo,
    help: "With --fanouts edges are drawn in proportion to their weights.")
  var weightedSampling: Bool?
  @Flag(inversion: .prefixedNo, help: "With --fanouts a training node hears only of edges not later than its own year.")
  var temporal: Bool?
  @Option(help: "Nodes or links of a step: default 1024 with --fanouts, 2048 in open-world training.")
  var batch: Int?

  @Option(help: "adam, adamw or sgd.") var optimizer: String?
  @Option(help: "Learning rate.") var lr: Float?
  @Option(name: .customLong("weight-decay"), help: "Weight decay.") var weightDecay: Float?
  @Option(name: .customLong("weight-decay-2"), help: "Weight decay of dense layers (gcnii).") var weightDecay2: Float?
  @Option(help: "Momentum (sgd).") var momentum: Float?
  @Option(help: "constant, cosine, linear or step.") var schedule: String?
  @Option(help: "Epochs of rising learning rate.") var warmup: Int?
  @Option(help: "Largest number of epochs.") var epochs: Int?
  @Option(help: "Epochs without a better validation score before stopping; 0: never.") var patience: Int?
  @Option(
    help:
      "Metric that chooses the best epoch: accuracy, macroF1, microF1, rocAUC, averagePrecision or loss; of links auc, ap, mrr, hits@10 and such."
  )
  var metric: String?
  @Option(name: .customLong("class-weights"), help: "none or balanced.") var classWeights: String?
  @Option(name: .customLong("label-smoothing"), help: "Share of each target spread over all classes.")
  var labelSmoothing: Float?
  @Option(name: .customLong("checkpoint-every"), help: "Epochs between checkpoints (default: by time, at most 10 s).")
  var checkpointEvery: Int?

  @Option(
    name: [.customLong("classes"), .customLong("k")],
    help: "Classes of open-world training, seen and novel: split (as many as the split has), a number, or estimate.")
  var classes: String?
  @Option(help: "Labels that name clusters: train or train-validation.") var alignment: String?
  @Option(help: "paper-code (what a method's published code does) or textbook (its equations).") var variant: String?
  @Option(help: "Percentage of nodes trusted with the class of their cluster (openima), above 0 and at most 100.")
  var rho: Float?
  @Option(help: "Weight of cross-entropy (openima, infonce-supcon-ce).") var eta: Float?
  @Option(name: [.customLong("tau"), .customLong("temperature")], help: "Temperature of contrastive losses.")
  var tau: Float?
  @Option(name: .customLong("method-options"), help: "Numbers that one method alone has, such as margin=10.")
  var methodOptions: String?

  @Option(help: "What scores a link: dot, cosine, bilinear, distmult or mlp (default dot).") var decoder: String?
  @Option(help: "Sampler of negatives, a name of grove samplers list (default: the link model's own).")
  var negatives: String?
  @Option(name: .customLong("negative-options"), help: "Numbers of that sampler, such as draws=32.")
  var negativeOptions: String?
  @Option(name: .customLong("negative-count"), help: "Negatives for each link that is learned.")
  var negativeCount: Int?
  @Option(
    name: .customLong("negative-training"),
    help: "paper (the loss, corrections and batches of a named sampler's paper; default) or plain.")
  var negativeTraining: String?
  @Option(help: "Loss of links, such as bpr, skip-gram or info-nce (default: the link model's own).")
  var loss: String?

  @Option(
    help:
      "Text encoders whose rows are the features: a name, or type=name for several types, with :FOLDER for a model, such as minilm or paper=bert:model,author=hash."
  )
  var encoder: String?
  @Option(help: "With --encoder: fields whose texts are encoded, separated by commas (default: title,abstract).")
  var fields: String?
  @Option(
    name: .customLong("tune-encoder"),
    help: "With --encoder: last layers of the encoder that are trained with the model, once that is trained.")
  var tuneEncoder: Int?
  @Option(help: "With --encoder: rank of low-rank adapters that are trained in the encoder's layers.") var lora: Int?
  @Option(name: .customLong("encoder-rate"), help: "Learning rate of the encoder (default 2e-5; adapters alone 2e-4).")
  var encoderRate: Float?
  @Option(name: .customLong("tune-epochs"), help: "Epochs in which the encoder is trained (default 3).")
  var tuneEpochs: Int?

  /// The flags that were given, by configuration key.
  var layer: ConfigurationLayer {
    var layer = ConfigurationLayer(origin: "command line")
    let words: [(String, String?)] = [
      ("task", task), ("method", method), ("classes", classes), ("alignment", alignment), ("variant", variant),
      ("model", model), ("features", features), ("normalizeFeatures", normalizeFeatures),
      ("undirected", undirected), ("norm", norm), ("jumping", jumping), ("aggregator", aggregator),
      ("optimizer", optimizer),
      ("schedule", schedule), ("metric", metric), ("classWeights", classWeights), ("relationMerge", relationMerge),
      ("otherFeatures", otherFeatures), ("correctAndSmooth", correctAndSmooth),
      ("decoder", decoder), ("negatives", negatives), ("loss", loss),
      ("negativeTraining", negativeTraining),
    ]
    let counts: [(String, Int?)] = [
      ("runs", runs), ("seed", seed), ("hidden", hidden), ("layers", layers), ("heads", heads),
      ("outputHeads", outputHeads), ("propagations", propagations), ("stacks", stacks), ("warmup", warmup),
      ("epochs", epochs),
      ("patience", patience), ("checkpointEvery", checkpointEvery), ("batch", batch), ("bases", bases),
      ("walkLength", walkLength),
      ("correctionSteps", correctionSteps), ("negativeCount", negativeCount), ("tuneEncoder", tuneEncoder),
      ("lora", lora), ("tuneEpochs", tuneEpochs),
    ]
    let numbers: [(String, Float?)] = [
      ("dropout", dropout), ("attentionDropout", attentionDropout), ("alpha", alpha), ("theta", theta), ("lr", lr),
      ("weightDecay", weightDecay), ("weightDecay2", weightDecay2), ("momentum", momentum),
      ("labelSmoothing", labelSmoothing), ("correctionScale", correctionScale), ("correctionAlpha", correctionAlpha),
      ("smoothingAlpha", smoothingAlpha), ("rho", rho), ("eta", eta), ("tau", tau),
      ("encoderRate", encoderRate),
    ]
    let switches: [(String, Bool?)] = [
      ("residual", residual), ("recompute", recompute), ("normalizeEmbeddings", normalizeEmbeddings),
      ("sharedWeights", sharedWeights),
      ("replacement", replacement), ("weightedSampling", weightedSampling), ("temporal", temporal),
    ]
    for (key, value) in words { layer.set(key, value) }
    for (key, value) in counts { layer.set(key, value) }
    for (key, value) in numbers { layer.set(key, value) }
    for (key, value) in switches { layer.set(key, value) }
    layer.set("encoders", encoder?.split(separator: ",").map(String.init))
    layer.set("fields", fields?.split(separator: ",").map(String.init))
    layer.set("relations", relations?.split(separator: ",").map(String.init))
    layer.set("metapaths", metapaths?.split(separator: ",").map(String.init))
    layer.set("methodOptions", methodOptions?.split(separator: ",").map(String.init))
    layer.set("negativeOptions", negativeOptions?.split(separator: ",").map(String.init))
    if !split.isEmpty { layer.set("splits", split) }
    if !relationFanouts.isEmpty { layer.set("relationFanouts", relationFanouts) }
    if let fanouts {
      let words = fanouts.split(separator: ",", omittingEmptySubsequences: false)
      let numbers = words.compactMap { Int($0) }
      // Words that are not numbers stay as they are, so that the error shows them.
      layer.set("fanouts", numbers.count == words.count ? numbers : fanouts)
    }
    return layer
  }
}
