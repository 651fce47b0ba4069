import GroveKernels
import GroveLayers

extension ModelCatalogue {
  /// Models for graphs with several types of nodes and edges.
  static let heterogeneous: [ModelRecipe] = [
    ModelRecipe(
      name: "rgcn", title: "Relational graph convolutional network", task: "nodes",
      source: "Schlichtkrull 2018; training recipe as gcn, patience 100", options: heteroOptions + ["bases"],
      defaults: { $0.normalizeFeatures = "none" },
      kind: .heterogeneous(usesMetaPaths: false) { shape, options, start in
        heteroStack(shape, options, start, activation: .relu) {
          RGCNConvolution(
            options.hidden, options.hidden, schema: shape.schema, bases: options.bases, from: start)
        }
      }),
    ModelRecipe(
      name: "han", title: "Heterogeneous graph attention over meta-paths", task: "nodes",
      source:
        "Wang 2019; 8 heads of 8, dropout 0.6; differs: learning rate 0.02 (not 0.005), no decay (not 0.001), best epoch by validation loss",
      options: ["hidden", "heads", "dropout", "attentionDropout", "metapaths", "metric"],
      defaults: {
        $0.normalizeFeatures = "none"
        $0.hidden = 8
        $0.heads = 8
        $0.dropout = 0.6
        $0.attentionDropout = 0.6
        $0.lr = 0.02
        $0.weightDecay = 0
        $0.metric = .loss
      },
      kind: .heterogeneous(usesMetaPaths: true) { shape, options, start in
        HeteroStack(
          inputs: [],
          convolutions: [
            HANConvolution(
              shape.inputWidths, options.hidden, schema: shape.schema, heads: options.heads,
              attentionDropout: options.attentionDropout, from: start)
          ], output: Linear(options.hidden * options.heads, shape.classCount, from: start), target: shape.target,
          dropout: options.dropout, activation: nil)
      }),
    ModelRecipe(
      name: "hgt", title: "Heterogeneous graph transformer", task: "nodes",
      source: "Hu, Dong, Wang, Sun 2020; 8 heads of 8, learning rate 0.005, no decay, best epoch by validation loss",
      options: heteroOptions + ["heads", "attentionDropout", "metric"],
      defaults: {
        $0.normalizeFeatures = "none"
        $0.hidden = 8
        $0.heads = 8
        $0.lr = 0.005
        $0.weightDecay = 0
        $0.metric = .loss
      },
      kind: .heterogeneous(usesMetaPaths: false) { shape, options, start in
        heteroStack(shape, options, start, width: options.hidden * options.heads, activation: nil) {
          let width = options.hidden * options.heads
          return HGTConvolution(
            width, width, schema: shape.schema, heads: options.heads, attentionDropout: options.attentionDropout,
            from: start)
        }
      }),
    ModelRecipe(
      name: "simple-hgn", title: "Attention with vectors for the relations", task: "nodes",
      source:
        "Lv 2021; 3 layers, 8 heads of 64, β 0.05, dropout 0.5 of attention too, learning rate 0.0005, decay 1e-4, best epoch by validation loss",
      options: heteroOptions + ["heads", "outputHeads", "attentionDropout", "metric"],
      defaults: {
        $0.normalizeFeatures = "none"
        $0.layers = 3
        $0.heads = 8
        $0.attentionDropout = 0.5
        $0.lr = 5e-4
        $0.weightDecay = 1e-4
        $0.epochs = 300
        $0.patience = 30
        $0.metric = .loss
      },
      kind: .heterogeneous(usesMetaPaths: false) { shape, options, start in
        let width = options.hidden * options.heads
        let layers = (0..<options.layers).map { layer in
          let isLast = layer == options.layers - 1
          return SimpleHGNConvolution(
            layer == 0 ? options.hidden : width, isLast ? shape.classCount : options.hidden, schema: shape.schema,
            heads: isLast ? options.outputHeads : options.heads, merge: isLast ? .mean : .concatenated,
            relationWidth: options.hidden, attentionDropout: options.attentionDropout, from: start)
        }
        return SimpleHGN(
          inputs: heteroInputs(shape, options.hidden, start), convolutions: layers, target: shape.target,
          dropout: options.dropout)
      }),
    ModelRecipe(
      name: "hetero-sage", title: "GraphSAGE for each relation", task: "nodes",
      source: "the convolution of Hamilton, Ying, Leskovec 2017 for each relation; training recipe as gcn",
      options: heteroOptions + ["relationMerge", "aggregator", "normalizeEmbeddings"],
      defaults: { $0.normalizeFeatures = "none" },
      kind: .heterogeneous(usesMetaPaths: false) { shape, options, start in
        relationStack(shape, options, start, width: options.hidden, activation: .relu) {
          SAGEConvolution(
            $0, $1, aggregator: options.aggregator, normalized: options.normalizeEmbeddings, from: start)
        }
      }),
    ModelRecipe(
      name: "hetero-gat", title: "Graph attention for each relation", task: "nodes",
      source: "the convolution of Veličković 2018 for each relation; 8 heads of 8, else as gcn",
      options: heteroOptions + ["relationMerge", "heads", "attentionDropout"],
      defaults: {
        $0.normalizeFeatures = "none"
        $0.hidden = 8
        $0.heads = 8
        $0.lr = 0.005
      },
      kind: .heterogeneous(usesMetaPaths: false) { shape, options, start in
        relationStack(shape, options, start, width: options.hidden * options.heads, activation: .elu(alpha: 1)) {
          GATConvolution(
            $0, $1 / options.heads, heads: options.heads, attentionDropout: options.attentionDropout, from: start)
        }
      }),
  ]

  /// Keys of models over relations.
  private static let heteroOptions = ["hidden", "layers", "dropout", "otherFeatures"]

  /// A dense layer for each type.
  private static func heteroInputs(_ shape: HeteroShape, _ width: Int, _ start: Initializer) -> [Linear] {
    shape.inputWidths.map { Linear($0, width, from: start) }
  }

  /// Dense layers of the types, convolutions of one width, and the dense layer that classifies.
  private static func heteroStack(
    _ shape: HeteroShape, _ options: TrainingConfiguration, _ start: Initializer, width: Int? = nil,
    activation: ElementwiseFunction?, _ make: () -> any HeteroConvolution
  ) -> HeteroStack {
    let width = width ?? options.hidden
    let inputs = heteroInputs(shape, width, start)
    let convolutions = (0..<options.layers).map { _ in make() }
    return HeteroStack(
      inputs: inputs, convolutions: convolutions, output: Linear(width, shape.classCount, from: start),
      target: shape.target, dropout: options.dropout, activation: activation)
  }

  /// The same with one convolution a relation.
  private static func relationStack(
    _ shape: HeteroShape, _ options: TrainingConfiguration, _ start: Initializer, width: Int,
    activation: ElementwiseFunction, _ make: @escaping (Int, Int) -> any GraphConvolution
  ) -> HeteroStack {
    heteroStack(shape, options, start, width: width, activation: activation) {
      RelationwiseConvolution(
        schema: shape.schema, outputWidth: width, merge: options.relationMerge, from: start
      ) { _ in make(width, width) }
    }
  }
}
