import GroveLayers

extension ModelCatalogue {
  /// The field's first models, and the baselines without a graph or without training.
  static let basic: [ModelRecipe] = [
    ModelRecipe(
      name: "gcn", title: "Graph convolutional network", task: "nodes",
      source: "Kipf, Welling 2017; learning rate, decay, dropout and epochs of its experiments, hidden width 64",
      options: stackOptions, defaults: { _ in },
      kind: .trained { shape, options, start in
        stack(shape, options, start) { i, o, _ in GCNConvolution(i, o, from: start) }
      }),
    ModelRecipe(
      name: "sage", title: "GraphSAGE", task: "nodes",
      source: "Hamilton, Ying, Leskovec 2017; training recipe as gcn",
      options: stackOptions + ["aggregator", "normalizeEmbeddings"],
      defaults: { _ in },
      kind: .trained { shape, options, start in
        stack(shape, options, start) { i, o, _ in
          SAGEConvolution(
            i, o, aggregator: options.aggregator, normalized: options.normalizeEmbeddings, from: start)
        }
      }),
    ModelRecipe(
      name: "gat", title: "Graph attention network", task: "nodes",
      source:
        "Veličković 2018; 8 heads of 8, dropout 0.6, learning rate 0.005, patience 100 of its experiments; best epoch by validation loss",
      options: attentionOptions + ["metric"],
      defaults: attentionDefaults,
      kind: .trained { shape, options, start in
        attentionStack(shape, options, start) { i, o, heads, merge in
          GATConvolution(
            i, o, heads: heads, merge: merge, attentionDropout: options.attentionDropout, from: start)
        }
      }),
    ModelRecipe(
      name: "gatv2", title: "Graph attention network with dynamic attention", task: "nodes",
      source: "Brody, Alon, Yahav 2022; training recipe as gat",
      options: attentionOptions + ["metric"],
      defaults: attentionDefaults,
      kind: .trained { shape, options, start in
        attentionStack(shape, options, start) { i, o, heads, merge in
          GATv2Convolution(
            i, o, heads: heads, merge: merge, attentionDropout: options.attentionDropout, from: start)
        }
      }),
    ModelRecipe(
      name: "sgc", title: "Simple graph convolution", task: "nodes",
      source:
        "Wu 2019; 2 propagations, learning rate 0.1, no dropout; weight decay chosen on the validation nodes of Cora and Citeseer with row-normalised features",
      options: ["propagations", "dropout"],
      defaults: {
        $0.dropout = 0
        $0.lr = 0.1
        $0.weightDecay = 5e-5
      },
      kind: .trained { shape, options, start in
        SGC(
          shape.inputWidth, shape.classCount, propagations: options.propagations, dropout: options.dropout,
          from: start)
      }),
    ModelRecipe(
      name: "appnp", title: "Predict, then propagate by personalised PageRank", task: "nodes",
      source: "Gasteiger, Bojchevski, Günnemann 2019; hidden 64, 10 steps, teleport 0.1",
      options: ["hidden", "layers", "dropout", "propagations", "alpha"],
      defaults: { $0.propagations = 10 },
      kind: .trained { shape, options, start in
        PropagatedMLP(
          MLP(widths: widths(shape, options), dropout: options.dropout, from: start),
          APPNPPropagation(steps: options.propagations, teleport: options.alpha))
      }),
    ModelRecipe(
      name: "gcnii", title: "Deep graph convolutions with initial residual and identity mapping", task: "nodes",
      source:
        "Chen 2020; 64 layers of 64, dropout 0.6, alpha 0.1, theta 0.5, decay 0.01 (convolutions) and 5e-4 (dense); best epoch by validation loss",
      options: ["hidden", "layers", "dropout", "alpha", "theta", "sharedWeights", "weightDecay2", "metric"],
      defaults: {
        $0.layers = 64
        $0.dropout = 0.6
        $0.weightDecay = 0.01
        $0.weightDecay2 = 5e-4
        $0.epochs = 1500
        $0.metric = .loss
      },
      kind: .trained { shape, options, start in
        GCNII(
          shape.inputWidth, hidden: options.hidden, shape.classCount, layers: options.layers, alpha: options.alpha,
          theta: options.theta, sharedWeights: options.sharedWeights, dropout: options.dropout, from: start)
      }),
    ModelRecipe(
      name: "mlp", title: "Dense layers on each node's own features", task: "nodes",
      source: "the baseline without a graph of Kipf, Welling 2017; training recipe as gcn",
      options: ["hidden", "layers", "dropout", "norm"], defaults: { _ in },
      kind: .trained { shape, options, start in
        MLP(widths: widths(shape, options), norm: options.norm, dropout: options.dropout, from: start)
      }),
    ModelRecipe(
      name: "label-propagation", title: "Known classes spread along edges", task: "nodes",
      source: "Zhu, Ghahramani 2002; Zhou 2004; 50 steps, alpha 0.9",
      options: ["propagations", "alpha"],
      defaults: {
        $0.propagations = 50
        $0.alpha = 0.9
      },
      kind: .propagation { LabelPropagation(steps: $0.propagations, alpha: $0.alpha) }),
  ]
}
