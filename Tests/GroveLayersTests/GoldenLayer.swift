import GroveGraphs
import GroveKernels
import GroveLayers
import GroveTensors
import TestSupport

/// A layer of ours made like that of a golden case, with its parameters under the names of PyTorch Geometric.
struct GoldenLayer {
  let module: any Module
  /// By the name in the golden file: one of ours, or several that its array holds together.
  let parameters: [String: [Own]]
  let run: (Tensor, Block) -> Tensor

  /// A parameter of ours and how its numbers lie in the golden file.
  struct Own {
    let parameter: Parameter
    /// Our numbers, in our order, out of the published ones.
    let ours: (GoldenCase.Array) -> [Double]
  }

  /// nil where there is no layer for the case.
  init?(_ golden: GoldenCase) throws {
    let start = Initializer(RandomStream(seed: 3))
    // PyTorch keeps a dense weight as [out, in], we as [in, out].
    func transposed(_ parameter: Parameter) -> [Own] { [Own(parameter: parameter) { $0.transposed }] }
    func same(_ parameter: Parameter) -> [Own] { [Own(parameter: parameter) { $0.values }] }
    /// Ours number `number` of `count` that lie one behind the other, each [stacks, rows, columns], as [rows, stacks · columns].
    func side(_ parameters: [Parameter], stacks: Int) -> [Own] {
      parameters.enumerated().map { number, parameter in
        Own(parameter: parameter) { published in
          let (rows, columns) = (parameter.shape.rows, parameter.shape.columns / stacks)
          let start = number * stacks * rows * columns
          return (0..<rows).flatMap { row in
            (0..<stacks).flatMap { stack in
              (0..<columns).map { published.values[start + (stack * rows + row) * columns + $0] }
            }
          }
        }
      }
    }
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
    case "gin":
      let layer = GINConvolution(5, 4, hidden: 6, from: start)
      (module, run) = (layer, plain(layer))
      parameters = [
        "eps": same(layer.epsilon), "nn.0.weight": transposed(layer.first.weight), "nn.0.bias": same(layer.first.bias!),
        "nn.2.weight": transposed(layer.second.weight), "nn.2.bias": same(layer.second.bias!),
      ]
    case "graphconv":
      let layer = MorrisConvolution(5, 4, from: start)
      (module, run) = (layer, plain(layer))
      parameters = [
        "lin_rel.weight": transposed(layer.neighbor.weight), "lin_rel.bias": same(layer.neighbor.bias!),
        "lin_root.weight": transposed(layer.own.weight),
      ]
    case "tag-2":
      let layer = TAGConvolution(5, 4, propagations: 2, from: start)
      (module, run) = (layer, plain(layer))
      parameters = layer.hops.enumerated().reduce(into: ["bias": same(layer.bias)]) {
        $0["lins.\($1.offset).weight"] = transposed($1.element.weight)
      }
    case "cheb-3":
      let layer = ChebConvolution(5, 4, order: 3, from: start)
      module = layer
      // The case symmetrises its graph.
      let symmetric = TestGraphs.symmetric(try golden.graph()).block
      run = { x, _ in layer(x, over: symmetric) }
      parameters = layer.polynomials.enumerated().reduce(into: ["bias": same(layer.bias)]) {
        $0["lins.\($1.offset).weight"] = transposed($1.element.weight)
      }
    case "arma":
      let layer = ARMAConvolution(5, 4, stacks: 2, steps: 2, from: start)
      (module, run) = (layer, plain(layer))
      parameters = [
        "init_weight": side([layer.initial], stacks: 2), "root_weight": side(layer.roots, stacks: 2),
        "bias": side(layer.biases, stacks: 2), "weight": side(layer.recursions.flatMap(\.self), stacks: 1),
      ]
    case "transformer":
      let layer = TransformerConvolution(5, 3, heads: 2, from: start)
      (module, run) = (layer, plain(layer))
      parameters = [
        "lin_key": layer.key, "lin_query": layer.query, "lin_value": layer.value, "lin_skip": layer.own,
      ].reduce(into: ["lin_beta.weight": transposed(layer.gate!.weight)]) {
        $0["\($1.key).weight"] = transposed($1.value.weight)
        $0["\($1.key).bias"] = same($1.value.bias!)
      }
    case "rgcn", "rgcn-bases":
      let graph = try GoldenLayer.relations(golden)
      let bases = golden.name == "rgcn" ? nil : 2
      let layer = RGCNConvolution(5, 4, schema: HeteroSchema(graph), bases: bases, from: start)
      module = layer
      run = { x, _ in layer([x], over: graph.block)[0] }
      parameters = [
        "weight": side(layer.weights, stacks: 1), "root": same(layer.roots[0]), "bias": same(layer.bias),
      ].merging(layer.coefficients.map { ["comp": same($0)] } ?? [:]) { $1 }
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

  /// The edges of each type of a case as relations among one type of node.
  private static func relations(_ golden: GoldenCase) throws -> HeteroGraph {
    let (edges, types) = (try golden.array("edges"), try golden.array("edgeTypes").values)
    let count = types.count
    let relations = (0..<3).map { EdgeType(.node, "\($0)", .node) }
    return HeteroGraph(
      types: [.node], nodeCounts: [Int(try golden.number("nodeCount"))], relations: relations,
      adjacencies: try relations.indices.map { relation in
        let chosen = (0..<count).filter { Int(types[$0]) == relation }
        return .within(
          TestGraphs.graph(
            chosen.map { Int(edges.values[$0]) }, chosen.map { Int(edges.values[count + $0]) },
            nodeCount: Int(try golden.number("nodeCount"))))
      })
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
