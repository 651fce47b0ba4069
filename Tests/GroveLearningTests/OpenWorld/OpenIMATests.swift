import GroveGraphs
import GroveKernels
@testable import GroveLayers
@testable import GroveLearning
import GroveTensors
import TestSupport
import Testing

/// The steps of OpenIMA: what they minimise, which rows they compute, how far they get.
@Suite struct OpenIMATests {
  private let graph = SmallGraph.planted()

  private func made(
    _ graph: SmallGraph, _ change: (inout TrainingConfiguration) -> Void = { _ in }
  ) throws -> (trainer: OpenWorldTrainer, model: OpenWorldModel) {
    let trainer = try graph.openWorldTrainer(nil, change)
    let model = try OpenWorldModel(
      data: trainer.data, configuration: trainer.configuration, recipe: trainer.recipe, split: trainer.split, run: 0,
      problem: trainer.problem, truth: trainer.truth)
    return (trainer, model)
  }

  private func step(
    _ model: OpenWorldModel, seeds: [Int32], epoch: Int, number: Int = 1
  ) -> OpenWorldStep {
    let problem = model.problem
    let sampler = NeighborSampler(problem.graph, fanouts: [-1, -1])
    let batch = OpenWorldBatch(
      number: 0, nodes: seeds, training: model.network.method.needsTrainingRows(in: epoch) ? problem.training : [],
      sampler: sampler, random: RandomStream(seed: 1))
    return OpenWorldStep(
      batch, problem: problem, epoch: epoch, number: number, network: model.network, clock: StepClock())
  }

  // MARK: - Rows

  @Test(arguments: [false, true]) func `C-13: rows of a batch are those of the whole graph under the same masks`(
    isSparse: Bool
  ) throws {
    var graph = graph
    if isSparse {
      let columns = (0..<160).map { entry -> Int32 in
        if entry % 2 == 0 { return Int32(entry / 2 % 4) }
        return Int32(4 + entry % 7)
      }
      let rows = SparseRows.grouping(
        rows: (0..<160).map { Int32($0 / 2) }, columns: columns, rowCount: 80, columnCount: 12)
      graph.columns = [("features", .sparse(rows: rows.rows, values: nil))]
    }
    let model = try made(graph).model
    let step = step(model, seeds: [7, 3, 40, 79], epoch: 2)
    func views(_ body: () -> Tensor) -> [[Float]] {
      Pass.training(seed: 5, step: 9) { [body().values, body().values] }
    }
    let whole = model.network
    let rows = views { step.view() }
    let all = views { whole.encoder(whole.features.features(of: nil), on: model.problem.graph) }
    let known = step.nodes + model.problem.training.filter { !step.nodes.contains($0) }
    for view in 0..<2 {
      for (row, node) in known.enumerated() {
        let expected = Array(all[view][Int(node) * 8..<(Int(node) + 1) * 8])
        #expect(difference(Array(rows[view][row * 8..<(row + 1) * 8]), expected) <= 1e-5)
      }
    }
    #expect(rows[0] != rows[1], "views have masks of their own")
  }

  @Test func `C-13: training rows are found among the batch, and gradients are those of the whole graph`() throws {
    let model = try made(graph).model
    let step = step(model, seeds: [4, 0, 50], epoch: 2)
    let network = model.network
    func gradients(_ rows: (Tensor) -> Tensor, _ view: () -> Tensor) -> [[Float]] {
      let found = Pass.training(seed: 3, step: 4) { (rows(view()) * rows(view())).sum().backward() }
      return network.encoder.parameters().map { found[$0.value]?.values ?? [] }
    }
    let ours = gradients({ step.training(of: $0) }, { step.view() })
    let theirs = gradients(
      { $0.gathering(rows: model.problem.training) },
      { network.encoder(network.features.features(of: nil), on: model.problem.graph) })
    for (a, b) in zip(ours, theirs) { #expect(!a.isEmpty && difference(a, b) <= 2e-5) }
  }

  @Test func `C-13: evaluation is deterministic, and commutes with renumbering nodes`() throws {
    let model = try made(graph).model
    let first = model.network.embeddings(on: model.problem.graph)
    #expect(first.values == model.network.embeddings(on: model.problem.graph).values)
    let order = (0..<80).map { Int32(($0 * 27 + 5) % 80) }  // node i becomes order[i]
    var moved = graph
    moved.edgeList = EdgeList(
      sources: graph.edgeList.sources.map { order[Int($0)] }, targets: graph.edgeList.targets.map { order[Int($0)] },
      isDirected: false)
    let data = try made(moved).trainer.data
    var rows = [Float](repeating: 0, count: 80 * 12)
    let input = model.network.features.features(of: nil).values
    for node in 0..<80 { for c in 0..<12 { rows[Int(order[node]) * 12 + c] = input[node * 12 + c] } }
    let second = Pass.evaluation { model.network.encoder(Tensor(rows, rows: 80, columns: 12), on: data.graph) }
    for node in 0..<80 {
      #expect(
        difference(
          Array(second.values[Int(order[node]) * 8..<(Int(order[node]) + 1) * 8]),
          Array(first.values[node * 8..<(node + 1) * 8])) <= 1e-5)
    }
  }

  @Test func `C-13: a node without features and edges gets a row of zeros, not NaN`() throws {
    let start = Initializer(seed: 1)
    let encoder = GraphEncoder(
      [
        GATConvolution(3, 4, heads: 2, start: .normal, from: start),
        GATConvolution(8, 4, heads: 2, start: .normal, from: start),
      ],
      heads: 2, width: 4, dropout: 0.5)
    let rows = Pass.evaluation {
      encoder(Tensor([[0, 0, 0], [1, 0, 2]]), on: TestGraphs.graph([], [], nodeCount: 2))
    }
    #expect(Array(rows.values[0..<4]) == [0, 0, 0, 0])
    #expect(abs(rows.values[4..<8].reduce(0) { $0 + $1 * $1 } - 1) < 1e-5)
  }

  @Test func `the start of attention layers has the deviation of DGL's`() {
    let layer = GATConvolution(200, 128, heads: 8, start: .normal, from: Initializer(seed: 1))
    func deviation(_ parameter: Parameter) -> Float {
      let values = parameter.value.values
      return (values.reduce(0) { $0 + $1 * $1 } / Float(values.count)).squareRoot()
    }
    #expect(abs(deviation(layer.sourceAttention) - 0.05893) < 0.005)
    #expect(abs(deviation(layer.weight) - (2 * 2 / Float(1224)).squareRoot()) < 1e-3)
    #expect(layer.bias.value.values.allSatisfy { $0 == 0 })
  }

  // MARK: - Losses

  @Test func `C-10: the first epoch leaves the head and its optimizer as they are`() throws {
    let (trainer, model) = try made(graph)
    let head = try #require(model.network.method as? OpenIMA).head
    let before = (head.weight.value.values, head.bias?.value.values)
    let encoder = model.network.encoder.parameters().map { $0.value.value.values }
    let optimizer = trainer.optimizer(of: model.network)
    func steps() -> [Int] {
      zip(model.network.parameters(), optimizer.memory.steps).filter { $0.0.name.hasPrefix("method.head") }.map(\.1)
    }
    _ = try trainer.steps(model.network, trainer.problem, optimizer, epoch: 1)
    _ = try trainer.settle(model.network, trainer.problem, epoch: 1)
    #expect(head.weight.value.values == before.0 && head.bias?.value.values == before.1)
    #expect(steps() == [0, 0])
    #expect(model.network.encoder.parameters().map { $0.value.value.values } != encoder)
    _ = try trainer.steps(model.network, trainer.problem, optimizer, epoch: 2)
    #expect(head.weight.value.values != before.0 && steps() == [3, 3], "80 nodes in batches of 32")
  }

  @Test(arguments: ["paper-code", "textbook"])
  func `C-10: without cross-entropy a step is contrast of embeddings and of logits`(variant: String) throws {
    let (trainer, model) = try made(graph) {
      ($0.eta, $0.rho, $0.variant) = (0, 1e-6, variant)
    }
    _ = try trainer.settle(model.network, trainer.problem, epoch: 1)
    let method = try #require(model.network.method as? OpenIMA)
    let seeds: [Int32] = [0, 4, 1, 60, 71, 33]
    let step = step(model, seeds: seeds, epoch: 2)
    let loss = Pass.training(seed: 1, step: 1) { method.loss(of: step).scalar }
    let expected = Pass.training(seed: 1, step: 1) {
      let (a, b) = (step.view(), step.view())
      // Training nodes 0, 4 and 1 have classes; the nearest node of all, which may be any, is trusted.
      let contrast = TwoViewContrast(temperature: 0.7, baseTemperature: variant == "paper-code" ? 0.07 : nil)
      let classes: [Int32] = [0, 0, 1, 104, 105, 106]
      let logits = [a, b].map { method.head($0).normalizedRows() }
      return contrast(a, b, classes: classes).scalar + contrast(logits[0], logits[1], classes: classes).scalar
    }
    #expect(abs(loss - expected) <= 1e-4 * abs(expected))
    #expect(!method.needsTrainingRows(in: 2))
  }

  @Test func `the loss is contrast of both, and cross-entropy of all training nodes in each view`() throws {
    let (trainer, model) = try made(graph) { $0.eta = 3 }
    _ = try trainer.settle(model.network, trainer.problem, epoch: 1)
    let method = try #require(model.network.method as? OpenIMA)
    let step = step(model, seeds: [9, 0, 45], epoch: 2)
    let without = try made(graph) { $0.eta = 0 }
    _ = try without.trainer.settle(without.model.network, without.trainer.problem, epoch: 1)
    let other = try #require(without.model.network.method as? OpenIMA)
    let plainStep = self.step(without.model, seeds: [9, 0, 45], epoch: 2)
    let whole = Pass.training(seed: 1, step: 1) { method.loss(of: step).scalar }
    let rest = Pass.training(seed: 1, step: 1) { other.loss(of: plainStep).scalar }
    let truth = trainer.problem.classes(of: trainer.problem.training)
    let sum = Pass.training(seed: 1, step: 1) {
      [step.view(), step.view()].map { step.training(of: method.head($0)).crossEntropy(truth).scalar }.reduce(0, +)
    }
    #expect(abs(whole - (rest + 3 * sum)) <= 1e-4 * abs(whole))
  }

  /// Check C-9 of specs/openima.md: with and without the factor τ / 0.07 = 10.
  @Test func `C-9: a tenth of loss, decay and epsilon makes the same steps of Adam`() {
    var random = TestRandom(4)
    let start = random.floats(6 * 4)
    let (first, second) = (random.floats(5 * 6), random.floats(5 * 6))
    func trajectory(isScaled: Bool) -> [[Float]] {
      let weight = Parameter(Tensor(start, rows: 6, columns: 4))
      let memory = OptimizerMemory([Named(name: "w", value: weight)], decay: isScaled ? 1e-4 : 1e-5, secondDecay: 0)
      let adam = Adam(memory, decoupled: false, epsilon: isScaled ? 1e-8 : 1e-9)
      let contrast = TwoViewContrast(temperature: 0.7, baseTemperature: isScaled ? 0.07 : nil)
      return (0..<20).map { _ in
        let logits = [first, second].map { Tensor($0, rows: 5, columns: 6).matmul(weight.value) }
        let rows = logits.map { $0.normalizedRows() }
        let entropy = logits[0].crossEntropy([0, 1, 2, 3, 0]) + logits[1].crossEntropy([0, 1, 2, 3, 0])
        let loss = contrast(rows[0], rows[1], classes: [0, 1, 2, 3, 0]) + (isScaled ? 1 : 0.1) * entropy
        adam.step(loss.backward(), learningRate: 1e-2)
        return weight.value.values
      }
    }
    for (a, b) in zip(trajectory(isScaled: true), trajectory(isScaled: false)) { #expect(difference(a, b) <= 1e-4) }
  }

  @Test(
    arguments: [
      (3327, nil, 2), (7650, nil, 4), (13_752, nil, 7), (18_333, nil, 9), (34_493, nil, 17), (169_343, 4096, 42),
      (2_449_029, 4096, 598),
    ] as [(Int, Int?, Int)])
  func `C-28: an epoch has as many steps as batches, of 2048 unless told`(nodes: Int, batch: Int?, steps: Int) throws {
    var layer = ConfigurationLayer(origin: "test")
    layer.set("task", "open-world")
    layer.set("batch", batch)
    let size = try #require(TrainingConfiguration(layers: [layer]).batch)
    let loader = Loader(seeds: (0..<Int32(nodes)).map { $0 }, batchSize: size, random: RandomStream(seed: 1)) { $0 }
    #expect(loader.batchCount == steps)
  }

  // MARK: - Results

  @Test func `C-29: well separated classes are found, random ones are not`() throws {
    func overall(isRandom: Bool) throws -> Double {
      let graph = SmallGraph.planted(classes: 6, size: 60, labeled: 10, width: 24, isRandom: isRandom)
      let trainer = try graph.openWorldTrainer {
        ($0.epochs, $0.hidden, $0.heads, $0.outputHeads, $0.batch) = (20, 32, 4, 4, 2048)
      }
      return try trainer.train(in: nil).result.test["overall"] ?? 0
    }
    #expect(try overall(isRandom: false) >= 0.95)
    #expect(try overall(isRandom: true) < 0.35)
  }

  @Test func `aligning by training nodes alone reads no validation label`() throws {
    func clusters(_ alignment: String, _ graph: SmallGraph) throws -> [Float] {
      let (trainer, model) = try made(graph) { $0.alignment = alignment }
      _ = try trainer.settle(model.network, trainer.problem, epoch: 1)
      return try #require(model.network.method as? OpenIMA).clusters.centers.value.values
    }
    let validation = graph.splits[0].validation
    let turned = graph.relabeled { classes in for node in validation { classes[Int(node)] = 1 - classes[Int(node)] } }
    #expect(try clusters("train", graph) == clusters("train", turned))
    #expect(try clusters("train-validation", graph).sorted() == clusters("train", graph).sorted())
  }
}
