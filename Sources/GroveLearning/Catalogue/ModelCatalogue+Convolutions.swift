import GroveKernels
import GroveLayers

extension ModelCatalogue {
  /// Other convolutions, stacked.
  static let convolutions: [ModelRecipe] = [
    ModelRecipe(
      name: "gin", title: "Graph isomorphism network", task: "nodes",
      source: "Xu, Hu, Leskovec, Jegelka 2019; training recipe as gcn", options: stackOptions, defaults: { _ in },
      kind: .trained { shape, options, start in
        stack(shape, options, start) { i, o, _ in GINConvolution(i, o, hidden: options.hidden, from: start) }
      }),
    ModelRecipe(
      name: "tag", title: "Topology-adaptive graph convolutional network", task: "nodes",
      source: "Du 2017; 3 hops a layer, training recipe as gcn", options: stackOptions + ["propagations"],
      defaults: { $0.propagations = 3 },
      kind: .trained { shape, options, start in
        stack(shape, options, start) { i, o, _ in
          TAGConvolution(i, o, propagations: options.propagations, from: start)
        }
      }),
    ModelRecipe(
      name: "cheb", title: "Chebyshev polynomials of the Laplacian", task: "nodes",
      source: "Defferrard, Bresson, Vandergheynst 2016; polynomials up to degree 2, training recipe as gcn",
      options: stackOptions + ["propagations"], defaults: { _ in },
      kind: .trained { shape, options, start in
        stack(shape, options, start) { i, o, _ in
          ChebConvolution(i, o, order: options.propagations + 1, from: start)
        }
      }),
    ModelRecipe(
      name: "arma", title: "Auto-regressive moving-average filters", task: "nodes",
      source: "Bianchi, Grattarola, Livi, Alippi 2021; 2 stacks of 1 step, training recipe as gcn",
      options: stackOptions + ["propagations", "stacks"],
      defaults: {
        $0.propagations = 1
        $0.stacks = 2
      },
      kind: .trained { shape, options, start in
        // The last layer gives logits, which no activation cuts off.
        stack(shape, options, start, activation: .relu) { i, o, layer in
          let isLast = layer == options.layers - 1 && options.jumping == .none
          return ARMAConvolution(
            i, o, stacks: options.stacks, steps: options.propagations, activation: isLast ? nil : .relu,
            dropout: options.dropout, from: start)
        }
      }),
    ModelRecipe(
      name: "transformer", title: "Dot-product attention over edges", task: "nodes",
      source: "Shi 2021; training recipe as gcn, 4 heads of 16",
      options: attentionOptions,
      defaults: {
        $0.hidden = 16
        $0.heads = 4
      },
      kind: .trained { shape, options, start in
        attentionStack(shape, options, start, activation: .relu) { i, o, heads, merge in
          TransformerConvolution(
            i, o, heads: heads, merge: merge, attentionDropout: options.attentionDropout, from: start)
        }
      }),
    ModelRecipe(
      name: "graphconv", title: "Convolution of the Weisfeiler–Leman test", task: "nodes",
      source: "Morris 2019; training recipe as gcn", options: stackOptions, defaults: { _ in },
      kind: .trained { shape, options, start in
        stack(shape, options, start) { i, o, _ in MorrisConvolution(i, o, from: start) }
      }),
    ModelRecipe(
      name: "pna", title: "Principal neighborhood aggregation", task: "nodes",
      source: "Corso 2020; training recipe as gcn, messages as wide as the layer's result", options: stackOptions,
      defaults: { _ in },
      kind: .trained { shape, options, start in
        stack(shape, options, start) { i, o, _ in
          PNAConvolution(i, o, averageLogDegree: shape.averageLogDegree, from: start)
        }
      }),
    ModelRecipe(
      name: "lightgcn", title: "Dense layers, then the mean over hops without weights", task: "nodes",
      source: "the propagation of He 2020 after the dense layers of appnp; training recipe as gcn",
      options: ["hidden", "layers", "dropout", "propagations"], defaults: { $0.propagations = 3 },
      kind: .trained { shape, options, start in
        PropagatedMLP(
          MLP(widths: widths(shape, options), dropout: options.dropout, from: start),
          LightGCNPropagation(propagations: options.propagations))
      }),
  ]
}
