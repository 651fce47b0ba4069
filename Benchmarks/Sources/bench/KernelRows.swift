import GroveGraphs
import GroveKernels
import GroveLayers
import GroveTensors

/// Every row by its name.
enum RowCatalogue {
  static let rows: [String: @Sendable (_ data: Arrays, _ exchange: Arrays) throws -> any Row] = [
    "spmm-64": { try SparseProduct($0, $1, width: 64) },
    "spmm-128": { try SparseProduct($0, $1, width: 128) },
    "spmm-256": { try SparseProduct($0, $1, width: 256) },
    "spmm-products-100": { try SparseProduct($0, $1, width: 100) },
    "spmm-train-64": { try SparseTraining($0, $1, width: 64) },
    "gat-train-pyg": { try AttentionTraining($0, $1) },
    "gat-train-dgl": { try AttentionTraining($0, $1) },
    "sample-dgl": { try Sampling($0, $1) },
    "negatives-structured": { try UniformNegatives($0, $1) },
    "negatives-pairs": { try UniformNegatives($0, $1) },
    "negatives-alias": { try AliasDraws($0, $1) },
    "cora-gcn": { try FullBatch($0, $1, .cora(model: "gcn")) },
    "cora-gcn-nodrop": { try FullBatch($0, $1, .cora(model: "gcn")) },
    "cora-gat": { try FullBatch($0, $1, .cora(model: "gat")) },
    "arxiv-gcn": { try FullBatch($0, $1, .arxiv) },
    "sage-dgl": { try SampledSAGE($0, $1) },
    "rgcn-dgl": { try SampledRGCN($0, $1) },
    "scale-sage-100000": { try ScaledSAGE($1, nodes: 100_000) },
    "scale-sage-1000000": { try ScaledSAGE($1, nodes: 1_000_000) },
    "scale-sage-10000000": { try ScaledSAGE($1, nodes: 10_000_000) },
  ]
}

extension Arrays {
  /// Edges with loops and their normalised weights.
  func looped() throws -> (aggregation: Aggregation, weights: [Float]) {
    let index = EdgeIndex(offsets: try int64s("looped_offsets"), columns: try int32s("looped_columns"))
    return (Aggregation(incoming: index, sourceCount: index.rowCount), try floats("looped_weights"))
  }

  /// The graph without loops.
  func graph(_ name: String = "") throws -> Graph {
    let offsets = try int64s("\(name)offsets")
    return Graph(
      incoming: SparseRows(offsets: offsets, columns: try int32s("\(name)columns"), columnCount: offsets.count - 1))
  }

  /// Random rows, written for the peer to read.
  func random(_ name: String, _ rows: Int, _ width: Int) throws -> Tensor {
    let buffer = FloatBuffer(count: rows * width)
    Kernels.uniform(into: buffer, width: width, random: RandomStream(seed: UInt64(width)))
    let rows = Tensor(buffer, rows: rows, columns: width, requiresGradient: true)
    try write(name, rows.values, [rows.rows, width])
    return rows
  }
}

/// Weighted sparse × dense.
final class SparseProduct: Row {
  let (aggregation, weights): (Aggregation, [Float])
  let x: Tensor
  let out: FloatBuffer
  let width: Int
  let cost: Cost

  init(_ data: Arrays, _ exchange: Arrays, width: Int) throws {
    (aggregation, weights) = try data.looped()
    x = try exchange.random("x", aggregation.sourceCount, width)
    out = FloatBuffer(count: aggregation.targetCount * width)
    self.width = width
    cost = Cost(aggregating: aggregation, width: width)
  }

  func run() {
    Kernels.aggregate(
      aggregation.incoming, weights: weights, x: x.buffer, width: width, into: out, adding: false)
  }

  func result() -> [(name: String, shape: [Int], values: [Float])] {
    [("out", [aggregation.targetCount, width], out.values)]
  }
}

extension Cost {
  /// A pass over edges that reads a row of `width` numbers for each, with a weight, and writes one a target.
  init(aggregating edges: Aggregation, width: Int) {
    let rows = Double(edges.sourceCount * width * 4)
    bytes = Double(edges.edgeCount) * Double(4 * width + 8) + rows
    workingSet = rows
    operations = 2 * Double(edges.edgeCount * width)
  }

  static func + (a: Cost, b: Cost) -> Cost {
    Cost(
      bytes: a.bytes + b.bytes, workingSet: max(a.workingSet, b.workingSet), operations: a.operations + b.operations)
  }
  static func * (times: Double, cost: Cost) -> Cost {
    Cost(bytes: times * cost.bytes, workingSet: cost.workingSet, operations: times * cost.operations)
  }

  /// A dense product [n, k] · [k, m], which reads and writes each number once.
  static func product(_ n: Int, _ k: Int, _ m: Int) -> Cost {
    Cost(
      bytes: 4 * Double(n * k + k * m + n * m), workingSet: .greatestFiniteMagnitude, operations: 2 * Double(n) * Double(k * m))
  }
}

/// Weighted sparse × dense and its gradient for the dense side, through the recorded operations.
final class SparseTraining: Row {
  let aggregation: Aggregation
  let weights: EdgeWeights
  let x: Tensor
  let seed: Tensor
  let cost: Cost
  private var last: (out: Tensor, gradient: Tensor?)?

  init(_ data: Arrays, _ exchange: Arrays, width: Int) throws {
    let (edges, values) = try data.looped()
    (aggregation, weights) = (edges, EdgeWeights(values))
    x = try exchange.random("x", aggregation.sourceCount, width)
    seed = try exchange.random("seed", aggregation.targetCount, width)
    cost = 2 * Cost(aggregating: aggregation, width: width)
  }

  func run() {
    let out = x.aggregated(over: aggregation, weights: weights)
    last = (out, out.backward(from: seed)[x])
  }

  func result() throws -> [(name: String, shape: [Int], values: [Float])] {
    guard let last, let gradient = last.gradient else { throw BenchFailure("spmm-train: no gradient") }
    return [
      ("out", [x.rows, x.columns], last.out.values), ("gradient", [x.rows, x.columns], gradient.values),
    ]
  }
}

/// One attention convolution of 8 heads of 8 over edges with loops, forward and backward, from 64 columns.
final class AttentionTraining: Row {
  let graph: Graph
  let x: Tensor
  let seed: Tensor
  let convolution: GATConvolution
  let cost: Cost
  private var last: (out: Tensor, gradients: Gradients)?

  init(_ data: Arrays, _ exchange: Arrays) throws {
    graph = try data.graph()
    x = try exchange.random("x", graph.nodeCount, 64)
    seed = try exchange.random("seed", graph.nodeCount, 64)
    convolution = GATConvolution(64, 8, heads: 8, from: Initializer(seed: 0))
    for parameter in convolution.parameters() { try exchange.write(parameter) }
    let edges = graph.block.looped
    // Forward reads a row an edge; backward two, for sources' and targets' gradients; three dense products.
    cost = 3 * Cost(aggregating: edges, width: 64) + 3 * Cost.product(graph.nodeCount, 64, 64)
  }

  func run() {
    let out = Pass.training(seed: 0, step: 0) { convolution(x, over: graph.block) }
    last = (out, out.backward(from: seed))
  }

  func result() throws -> [(name: String, shape: [Int], values: [Float])] {
    guard let last, let gradient = last.gradients[x] else { throw BenchFailure("gat-train: no gradient") }
    return [("out", [x.rows, 64], last.out.values), ("gradient", [x.rows, 64], gradient.values)]
      + convolution.parameters().map { ($0, last.gradients) }.gradients
  }
}

extension Arrays {
  /// Where a parameter starts, for the peer to start from as well.
  func write(_ parameter: Named<Parameter>) throws {
    let value = parameter.value.value
    try write("start-\(parameter.name)", value.values, [value.rows, value.columns])
  }
}

extension [(Named<Parameter>, Gradients)] {
  /// The gradients by the parameters' names.
  var gradients: [(name: String, shape: [Int], values: [Float])] {
    compactMap { parameter, gradients in
      gradients[parameter.value].map { ("gradient-\(parameter.name)", [$0.rows, $0.columns], $0.values) }
    }
  }
}
