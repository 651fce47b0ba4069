import GroveGraphs
import GroveKernels

/// Rows of nodes that meet on walks: DeepWalk, and node2vec with its two biases.
enum DeepWalk {
  static let walking = [
    NumberParameter("walks", 10, in: 1...1e4, "walks from each node in an epoch"),
    NumberParameter("steps", 40, in: 1...1e4, "edges of a walk"),
    NumberParameter("window", 5, in: 1...1e3, "largest distance of two nodes that are learned together"),
  ]

  static let recipe = LinkRecipe(
    name: "deepwalk", title: "DeepWalk: skip-gram over uniform walks",
    source: "Perozzi 2014; negatives in place of its hierarchical softmax",
    options: ["hidden"], parameters: walking, loss: "skip-gram", negatives: "unigram", defaults: defaults,
    makeEncoder: { shape, start in
      TableEncoder(
        nodeCount: shape.messages.nodeCount, width: shape.configuration.hidden, hasContexts: true, from: start)
    }, makePositives: { positives($0, returning: 1, leaving: 1) })

  static let biasedRecipe = LinkRecipe(
    name: "node2vec", title: "node2vec: skip-gram over biased walks", source: "Grover, Leskovec 2016",
    options: ["hidden"],
    parameters: walking + [
      NumberParameter("p", 1, in: 1e-6...1e6, "how unlikely a walk is to go straight back"),
      NumberParameter("q", 1, in: 1e-6...1e6, "how unlikely a walk is to leave its node's neighborhood"),
    ], loss: "skip-gram", negatives: "unigram", defaults: defaults, makeEncoder: recipe.makeEncoder,
    makePositives: { positives($0, returning: $0.options["p"], leaving: $0.options["q"]) })

  static let defaults: @Sendable (inout TrainingConfiguration) -> Void = {
    ($0.hidden, $0.negativeCount, $0.batch, $0.lr, $0.weightDecay) = (64, 5, 16_384, 5e-3, 0)
    ($0.epochs, $0.patience) = (3, 0)
  }

  private static func positives(_ shape: LinkShape, returning: Double, leaving: Double) -> LinkRecipe.Positives {
    let options = shape.options
    let walks = WalkPositives(
      on: shape.messages, steps: options.count("steps"), perNode: options.count("walks"),
      window: options.count("window"), returning: returning, leaving: leaving)
    return LinkRecipe.Positives(source: walks, ends: .undirected(nodes: shape.messages.nodeCount))
  }
}
