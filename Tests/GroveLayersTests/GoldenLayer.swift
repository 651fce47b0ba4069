import GroveGraphs
import GroveKernels
import GroveLayers
import GroveTensors
import TestSupport

/// A layer of ours made like that of a golden case, with its parameters under the names of PyTorch Geometric.
struct GoldenLayer {
  let module: any Module
  let parameters: [String: Own]
  let run: (Tensor, Block) -> Tensor

  /// A parameter of ours and how its numbers lie in the golden file.
  struct Own {
    let parameter: Parameter
    /// PyTorch keeps a dense weight as [out, in], we as [in, out].
    let isTransposed: Bool

    func ours(_ published: GoldenCase.Array) -> [Double] { isTransposed ? published.transposed : published.values }
  }

  /// nil where there is no layer for the case.
  init?(_ golden: GoldenCase) throws {
    let start = Initializer(RandomStream(seed: 3))
    func transposed(_ parameter: Parameter) -> Own { Own(parameter: parameter, isTransposed: true) }
    func same(_ parameter: Parameter) -> Own { Own(parameter: parameter, isTransposed: false) }
    func plain(_ convolution: some GraphConvolution) -> (Tensor, Block) -> Tensor {
      { x, block in convolution(x, over: block) }
    }

    switch golden.name {
    case "gcn", "gcn-weighted", "gcn-own-loops":
      let layer = GCNConvolution(5, 4, from: start)
      (module, run) = (layer, plain(layer))
      parameters = ["lin.weight": transposed(layer.weight), "bias": same(layer.bias!)]
    case "sage-mean", "sage-max", "sage-normalized":
      let layer = SAGEConvolution(
        5, 4, aggregator: golden.name == "sage-max" ? .max : .mean, normalized: golden.name == "sage-normalized",
        from: start)
      (module, run) = (layer, plain(layer))
      parameters = [
        "lin_l.weight": transposed(layer.neighbor.weight), "lin_l.bias": same(layer.neighbor.bias!),
        "lin_r.weight": transposed(layer.own.weight),
      ]
    case "gat-1head", "gat-concat", "gat-mean":
      let single = golden.name == "gat-1head"
      let layer = GATConvolution(
        5, single ? 4 : 3, heads: single ? 1 : 4, merge: golden.name == "gat-mean" ? .mean : .concatenated, from: start)
      (module, run) = (layer, plain(layer))
      parameters = [
        "lin.weight": transposed(layer.weight), "att_src": same(layer.sourceAttention),
        "att_dst": same(layer.targetAttention), "bias": same(layer.bias),
      ]
    case "gatv2":
      let layer = GATv2Convolution(5, 3, heads: 4, from: start)
      (module, run) = (layer, plain(layer))
      parameters = [
        "lin_l.weight": transposed(layer.source.weight), "lin_l.bias": same(layer.source.bias!),
        "lin_r.weight": transposed(layer.target.weight), "lin_r.bias": same(layer.target.bias!),
        "att": same(layer.attention), "bias": same(layer.bias),
      ]
    case "sgc-2":
      let layer = SGConvolution(5, 4, propagations: 2, from: start)
      (module, run) = (layer, plain(layer))
      parameters = ["lin.weight": transposed(layer.linear.weight), "lin.bias": same(layer.linear.bias!)]
    case "appnp":
      let layer = APPNPPropagation(steps: 10, teleport: 0.1)
      (module, run, parameters) = (layer, plain(layer), [:])
    case "gcnii", "gcnii-two-weights":
      let layer = GCNIIConvolution(
        5, alpha: 0.1, theta: 0.5, layer: 3, sharedWeights: golden.name == "gcnii", from: start)
      let x0 = try golden.array("x0")
      let initial = Tensor(x0.floats, rows: x0.shape[0], columns: x0.shape[1])
      module = layer
      run = { x, block in layer(x, initial: initial, over: block) }
      // Both are applied from the right in PyTorch Geometric too.
      parameters = ["weight1": same(layer.weight1)].merging(layer.weight2.map { ["weight2": same($0)] } ?? [:]) { $1 }
    default:
      guard let norm = GoldenLayer.norm(golden.name, start) else { return nil }
      (module, parameters) = (norm.module, norm.parameters.mapValues(same))
      run = { x, _ in norm.module(x) }
    }
  }

  private static func norm(
    _ name: String, _ start: Initializer
  ) -> (module: any Norm, parameters: [String: Parameter])? {
    switch name {
    case "layer-norm-node":
      let norm = LayerNorm(5, from: start)
      return (norm, ["weight": norm.weight, "bias": norm.bias])
    case "batch-norm":
      let norm = BatchNorm(5, from: start)
      return (norm, ["module.weight": norm.weight, "module.bias": norm.bias])
    case "graph-norm":
      let norm = GraphNorm(5, from: start)
      return (norm, ["weight": norm.weight, "bias": norm.bias, "mean_scale": norm.meanScale])
    case "pair-norm": return (PairNorm(), [:])
    default: return nil
    }
  }
}
