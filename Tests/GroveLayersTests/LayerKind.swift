import GroveGraphs
import GroveKernels
import GroveLayers
import GroveTensors
import TestSupport
import Testing

/// Every convolution, in the forms that run different code: what the invariants are checked on.
enum LayerKind: String, CaseIterable, Sendable, CustomTestStringConvertible {
  case gcnNarrowing, gcnWidening, gcnWithoutBias
  case sageMeanNarrowing, sageMeanWidening, sageMax, sageNormalized
  case gatOneHead, gatConcatenated, gatMean, gatV2Concatenated, gatV2Mean
  case ginNarrowing, ginWidening, morrisNarrowing, morrisWidening, pna
  case transformer, transformerGated, gatV2Edges, transformerEdges
  case sgcNarrowing, sgcWidening, appnp, gcnii, gcniiTwoWeights
  case tagNarrowing, tagWidening, chebNarrowing, chebWidening, cheb1, arma, lightGCN
  case signedAttention, acm, graphTransformer

  var testDescription: String { rawValue }

  /// Those whose targets may be fewer than their sources.
  static let forBlocks = allCases.filter {
    ![
      .sgcNarrowing, .sgcWidening, .appnp, .gcnii, .gcniiTwoWeights, .tagNarrowing, .tagWidening, .chebNarrowing,
      .chebWidening, .cheb1, .arma, .lightGCN,
    ].contains($0)
  }

  /// Those that take sparse rows.
  static let forSparse =
    forBlocks + [
      .sgcNarrowing, .sgcWidening, .tagNarrowing, .tagWidening, .chebNarrowing, .chebWidening, .cheb1, .arma,
    ]

  /// Those that multiply by weights before anything is rounded: whole numbers in, and the product is exact.
  static let projectingFirst: [LayerKind] = [
    .gcnNarrowing, .gcnWithoutBias, .sageMeanNarrowing, .sageMax, .gatOneHead, .gatConcatenated, .gatMean,
    .gatV2Concatenated, .gatV2Mean, .ginNarrowing, .morrisNarrowing,
  ]

  /// Rows in: 6 columns.
  static let inputWidth = 6

  /// A layer with random parameters, biases included.
  func make(seed: UInt64 = 1, attentionDropout: Float = 0) -> (module: any Module, run: (Tensor, Block) -> Tensor) {
    let start = Initializer(RandomStream(seed: seed))
    let width = Self.inputWidth
    func plain(_ layer: some GraphConvolution) -> (module: any Module, run: (Tensor, Block) -> Tensor) {
      var random = TestRandom(Int(seed))
      for parameter in layer.parameters() {
        parameter.value.value.buffer.copy(from: FloatBuffer(random.floats(parameter.value.shape.count)))
      }
      return (layer, { layer($0, over: $1) })
    }
    /// Edges carry two numbers that their weight decides, whatever block they are in.
    func withEdges(_ layer: some GraphConvolution) -> (module: any Module, run: (Tensor, Block) -> Tensor) {
      _ = plain(layer)
      return (
        layer,
        { x, block in
          let weights = block.weights ?? [Float](repeating: 1, count: block.edgeCount)
          let features = weights.flatMap { [2 * $0, 1 - $0 * $0] }
          return layer(x, target: nil, over: block, edges: Tensor(features, rows: block.edgeCount, columns: 2))
        }
      )
    }
    switch self {
    case .gcnNarrowing: return plain(GCNConvolution(width, 4, from: start))
    case .gcnWidening: return plain(GCNConvolution(width, 9, from: start))
    case .gcnWithoutBias: return plain(GCNConvolution(width, 4, bias: false, from: start))
    case .sageMeanNarrowing: return plain(SAGEConvolution(width, 4, from: start))
    case .sageMeanWidening: return plain(SAGEConvolution(width, 9, from: start))
    case .sageMax: return plain(SAGEConvolution(width, 4, aggregator: .max, from: start))
    case .sageNormalized: return plain(SAGEConvolution(width, 4, normalized: true, from: start))
    case .gatOneHead: return plain(GATConvolution(width, 4, attentionDropout: attentionDropout, from: start))
    case .gatConcatenated:
      return plain(GATConvolution(width, 3, heads: 4, attentionDropout: attentionDropout, from: start))
    case .gatMean:
      return plain(GATConvolution(width, 3, heads: 4, merge: .mean, attentionDropout: attentionDropout, from: start))
    case .gatV2Concatenated:
      return plain(GATv2Convolution(width, 3, heads: 4, attentionDropout: attentionDropout, from: start))
    case .gatV2Mean:
      return plain(GATv2Convolution(width, 3, heads: 4, merge: .mean, attentionDropout: attentionDropout, from: start))
    case .ginNarrowing: return plain(GINConvolution(width, 4, hidden: 5, from: start))
    case .ginWidening: return plain(GINConvolution(width, 4, hidden: 8, from: start))
    case .morrisNarrowing: return plain(MorrisConvolution(width, 4, from: start))
    case .morrisWidening: return plain(MorrisConvolution(width, 9, from: start))
    case .pna: return plain(PNAConvolution(width, 4, messageWidth: 3, averageLogDegree: 1.2, from: start))
    case .transformer:
      return plain(
        TransformerConvolution(
          width, 3, heads: 4, merge: .mean, isGated: false, attentionDropout: attentionDropout, from: start))
    case .transformerGated:
      return plain(TransformerConvolution(width, 3, heads: 2, attentionDropout: attentionDropout, from: start))
    case .gatV2Edges:
      return withEdges(
        GATv2Convolution(width, 3, heads: 2, edgeWidth: 2, attentionDropout: attentionDropout, from: start))
    case .transformerEdges:
      return withEdges(
        TransformerConvolution(width, 3, heads: 2, edgeWidth: 2, attentionDropout: attentionDropout, from: start))
    case .tagNarrowing: return plain(TAGConvolution(width, 4, from: start))
    case .tagWidening: return plain(TAGConvolution(width, 9, from: start))
    case .chebNarrowing: return plain(ChebConvolution(width, 4, order: 4, from: start))
    case .chebWidening: return plain(ChebConvolution(width, 9, order: 4, from: start))
    case .cheb1: return plain(ChebConvolution(width, 4, order: 1, from: start))
    case .arma:
      return plain(ARMAConvolution(width, 4, stacks: 3, steps: 3, dropout: attentionDropout, from: start))
    case .lightGCN: return plain(LightGCNPropagation(propagations: 4))
    case .signedAttention: return plain(FAConvolution(width, gateDropout: attentionDropout, from: start))
    case .acm: return plain(ACMConvolution(width, 4, from: start))
    case .graphTransformer:
      return plain(
        GraphTransformerConvolution(
          width, heads: 2, dropout: attentionDropout, attentionDropout: attentionDropout, from: start))
    case .sgcNarrowing: return plain(SGConvolution(width, 4, from: start))
    case .sgcWidening: return plain(SGConvolution(width, 9, from: start))
    case .appnp: return plain(APPNPPropagation(steps: 5, teleport: 0.2))
    case .gcnii, .gcniiTwoWeights:
      let layer = GCNIIConvolution(width, layer: 2, sharedWeights: self == .gcnii, from: start)
      return (layer, { layer($0, initial: 0.5 * $0, over: $1) })
    }
  }
}
