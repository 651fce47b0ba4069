import GroveGraphs

/// A learned row for each node, the same in both roles.
enum MatrixFactorization {
  static let recipe = LinkRecipe(
    name: "mf", title: "Matrix factorization",
    source: "Rendle 2009 (BPR-MF); width and rate our own, decay chosen on the validation links of GR-QC and lastfm",
    options: ["hidden"], loss: "bpr", negatives: "uniform",
    defaults: {
      ($0.hidden, $0.batch, $0.lr, $0.weightDecay) = (64, 1024, 0.01, 1e-4)
      ($0.epochs, $0.patience) = (100, 20)
    },
    makeEncoder: { shape, start in
      TableEncoder(
        nodeCount: shape.messages.nodeCount, width: shape.configuration.hidden, hasContexts: false, from: start)
    })
}
