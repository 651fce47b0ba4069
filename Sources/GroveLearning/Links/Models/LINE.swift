import GroveGraphs

/// First- and second-order proximity side by side.
enum LINE {
  static let recipe = LinkRecipe(
    name: "line", title: "LINE: first- and second-order proximity",
    source: "Tang 2015; both orders trained together", options: ["hidden"], loss: "skip-gram", negatives: "unigram",
    defaults: {
      ($0.hidden, $0.negativeCount, $0.batch, $0.lr, $0.weightDecay) = (64, 5, 1024, 5e-3, 0)
      ($0.epochs, $0.patience) = (100, 20)
    },
    makeEncoder: { shape, start in
      guard shape.configuration.hidden.isMultiple(of: 2) else {
        throw TrainingFailure.configuration(
          "hidden is \(shape.configuration.hidden); line halves it between two orders, so it must be even")
      }
      return LINEEncoder(nodeCount: shape.messages.nodeCount, width: shape.configuration.hidden, from: start)
    })
}
