import Foundation
import GroveGraphs
import GroveKernels
import GroveLayers
import GroveLearning
import GroveTensors

/// Batches of sampled blocks and the features of their sources: 50 batches of 1,024 seeds, 15 and 10 neighbors.
final class Sampling: Row {
  let sampler: NeighborSampler
  let features: Tensor
  let train: [Int32]
  let cost: Cost
  private var epoch = 0
  private var (sources, edges) = (0, 0)

  init(_ data: Arrays, _ exchange: Arrays) throws {
    let graph = try data.graph()
    sampler = NeighborSampler(graph, fanouts: [15, 10])
    features = Tensor(try data.floats("features"), rows: graph.nodeCount, columns: try data.shape("features")[1])
    train = Array(try data.int32s("train").prefix(50 * 1024))
    let rows = try Sampling.measured(sampler, train)
    cost = Cost(
      bytes: 8 * Double(rows.sources * features.columns) + 16 * Double(rows.edges),
      workingSet: Double(graph.nodeCount * features.columns * 4))
  }

  private static func measured(_ sampler: NeighborSampler, _ train: [Int32]) throws -> (sources: Int, edges: Int) {
    var counts = (0, 0)
    let loader = Loader(sampler, seeds: train, batchSize: 1024, random: RandomStream(seed: 0))
    let batches = loader.batches(epoch: 0)
    while let batch = try batches.next() {
      counts.0 += batch.blocks[0].sourceCount
      counts.1 += batch.blocks.reduce(0) { $0 + $1.edgeCount }
    }
    return counts
  }

  func run() throws {
    epoch += 1
    (sources, edges) = (0, 0)
    let loader = Loader(sampler, seeds: train, batchSize: 1024, random: RandomStream(seed: 0))
    let batches = loader.batches(epoch: epoch)
    while let batch = try batches.next() {
      let rows = features.gathering(rows: batch.blocks[0].sourceIDs ?? [])
      sources += rows.rows
      edges += batch.blocks.reduce(0) { $0 + $1.edgeCount }
    }
  }

  /// Rows and edges of a run: both sides draw at random, and only their numbers can agree.
  func result() -> [(name: String, shape: [Int], values: [Float])] {
    [("counts", [2], [Float(sources), Float(edges)])]
  }
}

/// An epoch of sampled training with Adam, on batches that a loader makes ahead.
final class SampledTraining<Batch: Sendable> {
  let loader: Loader<Batch>
  let optimizer: any Optimizer
  private let loss: (Batch) -> Tensor
  private var epoch = 0
  private var step = 0

  init(_ loader: Loader<Batch>, _ parameters: [Named<Parameter>], loss: @escaping (Batch) -> Tensor) {
    self.loader = loader
    self.loss = loss
    optimizer = OptimizerKind.adam.make(for: parameters)
  }

  func run(batches limit: Int = .max) throws {
    epoch += 1
    let batches = loader.batches(epoch: epoch)
    var count = 0
    while count < limit, let batch = try batches.next() {
      step += 1
      count += 1
      let gradients = Pass.training(seed: 0, step: step) { loss(batch).backward() }
      optimizer.step(gradients, learningRate: 0.003)
    }
    batches.cancel()
  }
}

/// GraphSAGE with three layers of 256 on 15, 10 and 5 neighbors, batches of 1,024.
final class SampledSAGE: Row {
  let graph: Graph
  let features: Tensor
  let classes: [Int32]
  let model: ConvolutionStack
  let training: SampledTraining<MiniBatch>
  let cost: Cost
  private let probe: [Int32]

  init(_ data: Arrays, _ exchange: Arrays) throws {
    graph = try data.graph()
    features = Tensor(try data.floats("features"), rows: graph.nodeCount, columns: try data.shape("features")[1])
    classes = try data.int32s("classes")
    let train = try data.int32s("train")
    probe = Array(train.prefix(256))
    let start = Initializer(seed: 0)
    let widths = [features.columns, 256, 256, 40]
    model = ConvolutionStack(
      convolutions: (0..<3).map { SAGEConvolution(widths[$0], widths[$0 + 1], from: start) }, dropout: 0)
    for parameter in model.parameters() { try exchange.write(parameter) }
    let sampler = NeighborSampler(graph, fanouts: [15, 10, 5])
    let loader = Loader(sampler, seeds: train, batchSize: 1024, random: RandomStream(seed: 0))
    training = SampledTraining(loader, model.parameters()) { [model, features, classes] batch in
      SampledSAGE.loss(model, features, classes, batch.blocks, batch.seeds)
    }
    var cost = Cost()
    let batches = loader.batches(epoch: 0)
    var counted = 0.0
    while counted < 4, let batch = try batches.next() {
      counted += 1
      for (layer, block) in batch.blocks.enumerated() {
        let products = Cost.product(block.targetCount, widths[layer], widths[layer + 1])
        cost = cost + (layer == 0 ? 4 : 6) * products
        cost = cost + (layer == 0 ? 1 : 2) * Cost(aggregating: block.aggregation, width: widths[layer])
      }
    }
    self.cost = Double(loader.batchCount) / counted * cost
  }

  static func loss(
    _ model: ConvolutionStack, _ features: Tensor, _ classes: [Int32], _ blocks: [Block], _ seeds: [Int32]
  ) -> Tensor {
    model(features.gathering(rows: blocks[0].sourceIDs ?? []), over: blocks).logits
      .crossEntropy(seeds.map { classes[Int($0)] })
  }

  func run() throws { try training.run() }

  /// Gradients of one batch with all neighbors, from the weights of the start.
  func result() throws -> [(name: String, shape: [Int], values: [Float])] {
    let start = Initializer(seed: 0)
    let widths = [features.columns, 256, 256, 40]
    let fresh = ConvolutionStack(
      convolutions: (0..<3).map { SAGEConvolution(widths[$0], widths[$0 + 1], from: start) }, dropout: 0)
    let blocks = NeighborSampler(graph, fanouts: [-1, -1, -1]).sample(from: probe, using: RandomStream(seed: 0))
    let gradients = SampledSAGE.loss(fresh, features, classes, blocks, probe).backward()
    return fresh.parameters().map { ($0, gradients) }.gradients
  }
}

/// R-GCN with two layers of 64 over papers, authors and topics, 10 and 5 neighbors a relation, batches of 1,024.
final class SampledRGCN: Row {
  let graph: HeteroGraph
  let features: [Tensor]
  let classes: [Int32]
  let model: HeteroStack
  let training: SampledTraining<([HeteroBlock], [Int32])>
  let cost: Cost
  private let probe: [Int32]

  private static let types = ["paper", "author", "topic"]
  private static let relations = [
    ("paper", "cites", "paper"), ("paper", "cites-back", "paper"), ("author", "writes", "paper"),
    ("paper", "writes-back", "author"), ("topic", "tags", "paper"), ("paper", "tags-back", "topic"),
  ]

  private static func made(_ graph: HeteroGraph) -> HeteroStack {
    let start = Initializer(seed: 0)
    let convolutions = (0..<2).map { _ in RGCNConvolution(64, 64, schema: HeteroSchema(graph), from: start) }
    return HeteroStack(
      inputs: [], convolutions: convolutions, output: Linear(64, 16, from: start), target: 0, dropout: 0,
      activation: .relu)
  }

  init(_ data: Arrays, _ exchange: Arrays) throws {
    let types = SampledRGCN.types.map { NodeType($0) }
    features = try SampledRGCN.types.map {
      let shape = try data.shape("\($0)_features")
      return Tensor(try data.floats("\($0)_features"), rows: shape[0], columns: shape[1])
    }
    let counts = features.map(\.rows)
    let relations = SampledRGCN.relations.map { EdgeType(NodeType($0), $1, NodeType($2)) }
    let adjacencies: [Adjacency] = try SampledRGCN.relations.map { source, name, target in
      let rows = SparseRows(
        offsets: try data.int64s("\(name)_offsets"), columns: try data.int32s("\(name)_columns"),
        columnCount: counts[SampledRGCN.types.firstIndex(of: source) ?? 0])
      return source == target ? .within(Graph(incoming: rows)) : .between(BipartiteGraph(incoming: rows))
    }
    graph = HeteroGraph(types: types, nodeCounts: counts, relations: relations, adjacencies: adjacencies)
    classes = try data.int32s("classes")
    let train = try data.int32s("train")
    probe = Array(train.prefix(256))
    model = SampledRGCN.made(graph)
    for parameter in model.parameters() { try exchange.write(parameter) }
    let sampler = HeteroNeighborSampler(graph, fanouts: [10, 5].map { [Int](repeating: $0, count: relations.count) })
    let loader = Loader<([HeteroBlock], [Int32])>(seeds: train, batchSize: 1024, random: RandomStream(seed: 0)) {
      (sampler.sample(from: $0.seeds, of: types[0], using: $0.random), $0.seeds)
    }
    training = SampledTraining(loader, model.parameters()) { [model, features, classes] batch in
      SampledRGCN.loss(model, features, classes, batch.0, batch.1)
    }
    var cost = Cost()
    guard let (blocks, _) = try loader.batches(epoch: 0).next() else { throw BenchFailure("no batch") }
    for (layer, hetero) in blocks.enumerated() {
      for block in hetero.blocks {
        cost = cost + (layer == 0 ? 1 : 2) * Cost(aggregating: block.aggregation, width: 64)
        cost = cost + (layer == 0 ? 2 : 3) * Cost.product(block.targetCount, 64, 64)
      }
      for type in hetero.targets { cost = cost + (layer == 0 ? 2 : 3) * Cost.product(type.count, 64, 64) }
    }
    self.cost = Double(loader.batchCount) * cost
  }

  private static func loss(
    _ model: HeteroStack, _ features: [Tensor], _ classes: [Int32], _ blocks: [HeteroBlock], _ seeds: [Int32]
  ) -> Tensor {
    let inputs = zip(features, blocks[0].sources).map { $0.gathering(rows: $1.ids ?? []) }
    return model(inputs, over: blocks).logits.crossEntropy(seeds.map { classes[Int($0)] })
  }

  func run() throws { try training.run() }

  /// Gradients of one batch with all neighbors, from the weights of the start.
  func result() -> [(name: String, shape: [Int], values: [Float])] {
    let fresh = SampledRGCN.made(graph)
    let all = [Int](repeating: -1, count: graph.relations.count)
    let blocks = HeteroNeighborSampler(graph, fanouts: [all, all])
      .sample(from: probe, of: graph.types[0], using: RandomStream(seed: 0))
    let gradients = SampledRGCN.loss(fresh, features, classes, blocks, probe).backward()
    return fresh.parameters().map { ($0, gradients) }.gradients
  }
}

/// 500 batches of GraphSAGE on graphs of the same degrees and any number of nodes; the time is that of a seed.
final class ScaledSAGE: Row {
  let training: SampledTraining<MiniBatch>
  let cost = Cost()
  private let batches = 500

  init(_ exchange: Arrays, nodes: Int) throws {
    let random = RandomStream(seed: 3)
    let counts = DataSets.numbers(nodes, random.substream(0)).map { Int64(4 / (1 - 0.98 * $0).squareRoot()) }
    var offsets: [Int64] = [0]
    offsets.reserveCapacity(nodes + 1)
    for count in counts { offsets.append(offsets[offsets.count - 1] + count) }
    var generator = random.substream(1).generator
    let columns = (0..<Int(offsets[nodes])).map { _ in Int32(truncatingIfNeeded: generator.next(below: nodes)) }
    let graph = Graph(incoming: SparseRows(offsets: offsets, columns: columns, columnCount: nodes))
    let buffer = FloatBuffer(count: nodes * 64)
    Kernels.uniform(into: buffer, width: 64, random: random.substream(2))
    let features = Tensor(buffer, rows: nodes, columns: 64)
    let start = Initializer(seed: 0)
    let model = ConvolutionStack(
      convolutions: [SAGEConvolution(64, 128, from: start), SAGEConvolution(128, 16, from: start)], dropout: 0)
    var order = Array(0..<Int32(nodes))
    while order.count < batches * 1024 { order += order }
    let seeds = Array(generator.shuffled(order).prefix(batches * 1024))
    let loader = Loader(
      NeighborSampler(graph, fanouts: [10, 5]), seeds: seeds, batchSize: 1024, random: RandomStream(seed: 0))
    training = SampledTraining(loader, model.parameters()) { batch in
      model(features.gathering(rows: batch.blocks[0].sourceIDs ?? []), over: batch.blocks).logits
        .crossEntropy(batch.seeds.map { $0 % 16 })
    }
  }

  func run() throws { try training.run(batches: batches) }

  /// Nothing to compare with: this row is held against itself.
  func result() -> [(name: String, shape: [Int], values: [Float])] { [] }
}
