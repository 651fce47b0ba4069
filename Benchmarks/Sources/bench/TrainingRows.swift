import GroveGraphs
import GroveKernels
import GroveLayers
import GroveLearning
import GroveStore
import GroveTensors

/// A training step on a whole graph: forward, loss, backward, Adam.
final class FullBatch: Row {
  struct Work {
    var model = "gcn"
    var hidden = 64
    var layers = 2
    var dropout: Float = 0.5
    var isCora = true

    static func cora(model: String) -> Work { Work(model: model, dropout: model == "gat" ? 0.6 : 0.5) }
    static let arxiv = Work(hidden: 256, layers: 3, isCora: false)
  }

  let graph: Graph
  let features: Tensor
  let classes: [Int32]
  let train: [Int32]
  let model: ConvolutionStack
  let optimizer: any Optimizer
  let cost: Cost
  private var step = 0
  private let still: ConvolutionStack

  init(_ data: Arrays, _ exchange: Arrays, _ work: Work) throws {
    if work.isCora {
      (graph, features, classes, train) = try FullBatch.cora(data.folder)
    } else {
      graph = try data.graph()
      features = Tensor(try data.floats("features"), rows: graph.nodeCount, columns: try data.shape("features")[1])
      classes = try data.int32s("classes")
      train = try data.int32s("train")
    }
    let (inputs, outputs) = (features.columns, Int(classes.max() ?? 0) + 1)
    func made(_ dropout: Float, _ attentionDropout: Float) -> ConvolutionStack {
      let start = Initializer(seed: 0)
      let widths = [inputs] + [Int](repeating: work.hidden, count: work.layers - 1) + [outputs]
      let convolutions: [any GraphConvolution] = (0..<work.layers).map { layer in
        if work.model == "gat" {
          let isLast = layer == work.layers - 1
          return GATConvolution(
            widths[layer], isLast ? outputs : 8, heads: isLast ? 1 : 8, attentionDropout: attentionDropout, from: start)
        }
        return GCNConvolution(widths[layer], widths[layer + 1], from: start)
      }
      return ConvolutionStack(
        convolutions: convolutions, dropout: dropout,
        activation: work.model == "gat" ? .elu(alpha: 1) : .relu)
    }
    model = made(work.dropout, work.model == "gat" ? 0.6 : 0)
    still = made(0, 0)
    for parameter in model.parameters() { try exchange.write(parameter) }
    optimizer = OptimizerKind.adam.make(for: model.parameters(), decay: 5e-4)
    let edges = graph.block.looped
    let entries = features.isSparse ? features.values.count { $0 != 0 } : 0
    var cost = Cost()
    let passes = work.model == "gat" ? 3.0 : 2.0
    for layer in 0..<work.layers {
      let input = layer == 0 ? inputs : work.hidden
      let output = layer == work.layers - 1 ? outputs : work.hidden
      if layer == 0 && features.isSparse {
        cost = cost + Cost(bytes: 2 * Double(entries * output * 4), operations: 4 * Double(entries * output))
      } else {
        cost = cost + (layer == 0 ? 2 : 3) * Cost.product(graph.nodeCount, input, output)
      }
      cost = cost + passes * Cost(aggregating: edges, width: min(layer == 0 && features.isSparse ? output : input, output))
    }
    self.cost = cost
  }

  /// Cora by its public split, bags of words divided by their sums.
  private static func cora(_ folder: String) throws -> (Graph, Tensor, [Int32], [Int32]) {
    let source = try StoreOpener.open(folder)
    let type = source.nodeTypes[0]
    let graph = try Graph(
      try source.edges(of: source.relations[0]), nodeCount: source.nodeCount(of: type), undirected: true)
    guard
      case .sparse(let rows, let values?) = try source.features(named: source.featureNames(of: type)[0], of: type)
        .normalizedByRowSum(), case .single(let classes, _)? = try source.labels()
    else { throw BenchFailure("\(folder) is not Cora") }
    let index = EdgeIndex(offsets: rows.offsets, columns: rows.columns)
    let features = Tensor(
      SparseValues(
        entries: Aggregation(incoming: index, sourceCount: rows.columnCount), values: FloatBuffer(values)))
    return (graph, features, classes, try source.split(named: "public").train)
  }

  func run() {
    step += 1
    let gradients = Pass.training(seed: 0, step: step) { self.gradients(of: model) }
    optimizer.step(gradients, learningRate: 0.01)
  }

  private func gradients(of model: ConvolutionStack) -> Gradients {
    model(features, on: graph).logits.gathering(rows: train).crossEntropy(train.map { classes[Int($0)] }).backward()
  }

  func result() -> [(name: String, shape: [Int], values: [Float])] {
    let gradients = gradients(of: still)
    return still.parameters().map { ($0, gradients) }.gradients
  }
}
