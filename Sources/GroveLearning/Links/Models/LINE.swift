import GroveGraphs

/// First- and second-order proximity side by side.
enum LINE {
  static let recipe = LinkRecipe(
    name: "line", title: "LINE: first- and second-order proximity",
    source: "Tang 2015; both orders trained together; rate and negatives chosen on the validation links of GR-QC",
    options: ["hidden"], loss: "skip-gram", negatives: "unigram",
    defaults: {
      ($0.hidden, $0.negativeCount, $0.batch, $0.lr, $0.weightDecay) = (64, 1, 1024, 0.01, 0)
      ($0.epochs, $0.patience) = (50, 10)
    },
    makeEncoder: { shape, start in
      guard shape.configuration.hidden.isMultiple(of: 2) else {
        throw TrainingFailure.configuration(
          "hidden is \(shape.configuration.hidden); line halves it between two orders, so it must be even")
      }
      return LINEEncoder(nodeCount: shape.messages.nodeCount, width: shape.configuration.hidden, from: start)
    })
}
