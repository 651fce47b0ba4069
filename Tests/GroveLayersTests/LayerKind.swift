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
  case sgcNarrowing, sgcWidening, appnp, gcnii, gcniiTwoWeights
  case signedAttention, acm, graphTransformer

  var testDescription: String { rawValue }

  /// Those whose targets may be fewer than their sources.
  static let forBlocks = allCases.filter {
    ![.sgcNarrowing, .sgcWidening, .appnp, .gcnii, .gcniiTwoWeights].contains($0)
  }

  /// Those that multiply by weights before anything is rounded: whole numbers in, and the product is exact.
  static let projectingFirst: [LayerKind] = [
    .gcnNarrowing, .gcnWithoutBias, .sageMeanNarrowing, .sageMax, .gatOneHead, .gatConcatenated, .gatMean,
    .gatV2Concatenated, .gatV2Mean,
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
