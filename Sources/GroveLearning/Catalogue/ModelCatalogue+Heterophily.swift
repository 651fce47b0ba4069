import GroveLayers

extension ModelCatalogue {
  /// Models for graphs whose neighbors differ, and transformers over graphs.
  static let heterophily: [ModelRecipe] = [
    ModelRecipe(
      name: "h2gcn", title: "Own rows, one hop and two hops kept apart", task: "nodes",
      source: "Zhu 2020; 2 rounds (layers), hidden 64, learning rate 0.01, decay 5e-4",
      options: ["hidden", "layers", "dropout"], defaults: { _ in },
      kind: .trained { shape, options, start in
        H2GCN(
          shape.inputWidth, hidden: options.hidden, shape.classCount, rounds: options.layers,
          dropout: options.dropout, from: start)
      }),
    ModelRecipe(
      name: "fagcn", title: "Signed attention with a share of the first rows", task: "nodes",
      source: "Bo 2021; 4 layers, share (alpha) 0.3; training recipe as gcn",
      options: ["hidden", "layers", "dropout", "alpha"],
      defaults: {
        $0.layers = 4
        $0.alpha = 0.3
      },
      kind: .trained { shape, options, start in
        FAGCN(
          shape.inputWidth, hidden: options.hidden, shape.classCount, layers: options.layers, epsilon: options.alpha,
          dropout: options.dropout, from: start)
      }),
    ModelRecipe(
      name: "gprgnn", title: "Dense layers, then a learned mixture of propagation steps", task: "nodes",
      source: "Chien 2021; hidden 64, 10 steps, start at teleport 0.1",
      options: ["hidden", "layers", "dropout", "propagations", "alpha"],
      defaults: { $0.propagations = 10 },
      kind: .trained { shape, options, start in
        GPRGNN(
          widths: widths(shape, options), steps: options.propagations, teleport: options.alpha,
          dropout: options.dropout, from: start)
      }),
    ModelRecipe(
      name: "acm-gcn", title: "Low-pass, high-pass and own channel, mixed for each node", task: "nodes",
      source: "Luan 2022; training recipe as gcn",
      options: stackOptions, defaults: { _ in },
      kind: .trained { shape, options, start in
        stack(shape, options, start) { i, o, _ in ACMConvolution(i, o, from: start) }
      }),
    ModelRecipe(
      name: "graph-transformer", title: "Transformer layers along edges, with walk encodings", task: "nodes",
      source: "Dwivedi, Bresson 2021; walk encodings of Dwivedi 2022; 4 heads of 16, layer norm",
      options: ["hidden", "layers", "heads", "dropout", "attentionDropout", "norm", "walkLength"],
      defaults: transformerDefaults(.layer),
      kind: .trained { shape, options, start in
        transformer(shape, options, start) {
          GraphTransformerConvolution(
            $0, heads: options.heads, norm: options.norm, dropout: options.dropout,
            attentionDropout: options.attentionDropout, from: start)
        }
      }),
    ModelRecipe(
      name: "gps", title: "GraphSAGE and attention of all nodes to all, with walk encodings", task: "nodes",
      source: "Rampášek 2022; walk encodings of Dwivedi 2022; 4 heads of 16, batch norm",
      options: ["hidden", "layers", "heads", "dropout", "attentionDropout", "norm", "walkLength"],
      defaults: transformerDefaults(.batch),
      kind: .trained { shape, options, start in
        transformer(shape, options, start) {
          GPSConvolution(
            $0, heads: options.heads, norm: options.norm, dropout: options.dropout,
            attentionDropout: options.attentionDropout, from: start)
        }
      }),
    ModelRecipe(
      name: "correct-and-smooth", title: "Dense layers, corrected and smoothed by known classes", task: "nodes",
      source: "Huang 2021 over mlp; 50 steps, both shares 0.8, automatic scale; other models: --correct-and-smooth",
      options: ["hidden", "layers", "dropout", "norm"],
      defaults: { $0.correctAndSmooth = "auto" },
      kind: .trained { shape, options, start in
        MLP(widths: widths(shape, options), norm: options.norm, dropout: options.dropout, from: start)
      }),
  ]

  /// `hidden` is the width of one head, as for attention.
  private static func transformerDefaults(_ norm: NormKind) -> @Sendable (inout TrainingConfiguration) -> Void {
    {
      $0.hidden = 16
      $0.heads = 4
      $0.norm = norm
      $0.lr = 0.005
    }
  }

  private static func transformer(
    _ shape: ModelShape, _ options: TrainingConfiguration, _ start: Initializer, _ make: (Int) -> any GraphConvolution
  ) -> GraphTransformer {
    let width = options.hidden * options.heads
    return GraphTransformer(
      shape.inputWidth, hidden: width, shape.classCount, walkLength: options.walkLength,
      layers: (0..<options.layers).map { _ in make(width) }, dropout: options.dropout, from: start)
  }
}
