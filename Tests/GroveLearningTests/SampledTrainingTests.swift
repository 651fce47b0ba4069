import Foundation
import GroveGraphs
import GroveKernels
@testable import GroveLayers
@testable import GroveLearning
import GroveTensors
import TestSupport
import Testing

/// Training on sampled neighborhoods of some training nodes at a time.
@Suite struct SampledTrainingTests {
  private static let models = ["gcn", "sage", "gat", "gatv2", "gin", "transformer", "graphconv", "pna"]
  private let graph = SmallGraph.communities()

  private static func sampled(_ configuration: inout TrainingConfiguration) {
    configuration.fanouts = [3, 2]
    configuration.batch = 5
    configuration.epochs = 12
  }

  private func train(
    _ graph: SmallGraph, _ model: String, split: Split? = nil, in path: String,
    _ change: (inout TrainingConfiguration) -> Void = sampled
  ) throws -> (result: RunResult, folder: RunFolder) {
    let folder = RunFolder(path)
    try folder.create(overwriting: false)
    return (try graph.trainer(model, split: split, change).train(in: folder).result, folder)
  }

  /// The same graph where the classes of some nodes are others.
  private func turned(_ nodes: [Int32]) -> SmallGraph {
    var turned = graph
    guard case .single(var classes, let names) = graph.classes else { return turned }
    for node in nodes { classes[Int(node)] = (classes[Int(node)] + 1) % 3 }
    turned.classes = .single(classes: classes, names: names)
    return turned
  }

  // MARK: - Leaks

  @Test(arguments: models) func `other test labels change the test score and no weight`(model: String) throws {
    let scratch = try ScratchFolder()
    let first = try train(graph, model, in: scratch.file("1"))
    let second = try train(turned(graph.splits[0].test), model, in: scratch.file("2"))
    for path in [\RunFolder.bestPath, \.lastPath] {
      #expect(FileContents(first.folder[keyPath: path]).isPresent)
      #expect(FileContents(first.folder[keyPath: path]) == FileContents(second.folder[keyPath: path]))
    }
    #expect(first.result.validation == second.result.validation && first.result.test != second.result.test)
  }

  @Test(arguments: models) func `only labels of training nodes reach a batch`(model: String) throws {
    let scratch = try ScratchFolder()
    let whole = graph.splits[0]
    let split = Split(name: "t", kind: "", train: whole.train, validation: [], test: whole.test)
    let first = try train(graph, model, split: split, in: scratch.file("1"))
    let others = try train(turned(whole.validation + whole.test), model, split: split, in: scratch.file("2"))
    #expect(FileContents(first.folder.bestPath).isPresent)
    #expect(FileContents(first.folder.bestPath) == FileContents(others.folder.bestPath))
    let own = try train(turned(Array(whole.train.prefix(3))), model, split: split, in: scratch.file("3"))
    #expect(FileContents(first.folder.bestPath) != FileContents(own.folder.bestPath))
  }

  @Test func `batches hold each training node once an epoch, and others never`() throws {
    let trainer = try graph.trainer("sage", Self.sampled)
    let model = try TrainedModel(
      data: trainer.data, configuration: trainer.configuration, recipe: trainer.recipe, split: trainer.split, run: 0)
    let loader = try #require(try trainer.loader(for: model))
    for epoch in 1...3 {
      let batches = loader.batches(epoch: epoch)
      var seeds: [Int32] = []
      while let batch = try batches.next() { seeds += batch.seeds }
      #expect(seeds.sorted() == trainer.split.train.sorted() && seeds != trainer.split.train)
    }
    let full = try graph.trainer("sage")
    #expect(try full.loader(for: model) == nil)
  }

  // MARK: - Numbers

  /// One batch of all training nodes with all neighbors: the step of the whole graph, but for rounding.
  @Test(arguments: models, [false, true])
  func `all neighbors of all training nodes train as the whole graph does`(model: String, severalLabels: Bool) throws {
    try expectSameTraining(model, severalLabels: severalLabels)
  }

  @Test(arguments: [JumpingKind.concatenated, .max, .lstm])
  func `so they do where the classifier sees all layers`(jumping: JumpingKind) throws {
    try expectSameTraining("gcn", severalLabels: false) { $0.jumping = jumping }
  }

  private func expectSameTraining(
    _ model: String, severalLabels: Bool, _ special: (inout TrainingConfiguration) -> Void = { _ in }
  ) throws {
    let scratch = try ScratchFolder()
    let graph = SmallGraph.communities(several: severalLabels)
    func change(_ configuration: inout TrainingConfiguration) {
      configuration.epochs = 10
      configuration.classWeights = "balanced"
      configuration.labelSmoothing = 0.1
      // Plain descent: Adam makes whole steps of gradients that are all rounding.
      configuration.optimizer = .sgd
      configuration.lr = 0.1
      special(&configuration)
    }
    let whole = try train(graph, model, in: scratch.file("1"), change)
    let sampled = try train(graph, model, in: scratch.file("2")) {
      change(&$0)
      $0.fanouts = [-1, -1]
      $0.batch = 1000
    }
    let (lines, others) = (try log(whole.folder), try log(sampled.folder))
    #expect(lines.count == 10 && others.count == 10)
    for (line, other) in zip(lines, others) {
      #expect(abs(line.loss - other.loss) <= 1e-4 * line.loss, "epoch \(line.epoch)")
      #expect(abs((line.validation["loss"] ?? -1) - (other.validation["loss"] ?? -2)) <= 1e-4 * line.loss)
    }
    #expect(lines[9].validation["loss"] != lines[0].validation["loss"])
  }

  @Test func `the scores of a sampled run are those of its weights on the whole graph`() throws {
    let scratch = try ScratchFolder()
    let (result, folder) = try train(graph, "gat", in: scratch.file("run"))
    let sampled = try graph.trained("gat", in: folder, Self.sampled)
    let classifier = try #require(sampled.classifier as? NodeClassifier)
    let whole = classifier(on: sampled.data.graph).logits.values
    #expect(sampled.outputs().logits == whole)
    #expect(result.test == sampled.evaluation(of: graph.splits[0].test, logits: whole).values.byName)
    #expect((result.test["accuracy"] ?? 0) > 0.5, "it has learned")
  }

  @Test(arguments: models)
  func `one, two and three threads write the same bytes`(model: String) throws {
    let scratch = try ScratchFolder()
    // Enough rows that work is split among threads.
    let graph = SmallGraph.communities(1500, width: 40)
    var files: [[FileContents]] = []
    try ThreadCounts.forEach([1, 2, 3]) { threads in
      let run = try train(graph, model, in: scratch.file("\(threads)")) {
        $0.fanouts = [5, 5]
        $0.batch = 200
        $0.epochs = 3
      }
      files.append([FileContents(run.folder.bestPath), FileContents(run.folder.lastPath)])
    }
    #expect(files[0].allSatisfy(\.isPresent) && files[1] == files[0] && files[2] == files[0])
  }

  @Test func `a step changes the learned rows of its batch's sources only`() throws {
    // Plain descent: Adam would go on moving rows that it has moved before.
    let trainer = try SmallGraph.communities(300).trainer("sage", split: SmallGraph.thirds(of: 12)) {
      $0.fanouts = [1, 1]
      $0.batch = 2
      $0.features = "learned:4"
      $0.optimizer = .sgd
      $0.epochs = 1
      $0.dropout = 0
    }
    func model() throws -> TrainedModel {
      try TrainedModel(
        data: trainer.data, configuration: trainer.configuration, recipe: trainer.recipe, split: trainer.split, run: 0)
    }
    let start = try model()
    var reached: Set<Int> = []
    let batches = try #require(try trainer.loader(for: start)).batches(epoch: 1)
    while let batch = try batches.next() {
      guard case .ofOneType(let blocks) = batch.blocks else { continue }
      reached.formUnion((blocks[0].sourceIDs ?? []).map { Int($0) })
    }
    let trained = try trainer.train(in: nil).model
    let rows = try [start, trained].map {
      try #require(($0.classifier as? NodeClassifier)?.features as? LearnedFeatures).embedding.value.values
    }
    let changed = (0..<300).filter { rows[0][4 * $0..<4 * $0 + 4] != rows[1][4 * $0..<4 * $0 + 4] }
    #expect(Set(changed).isSubset(of: reached) && !changed.isEmpty && reached.count < 60)
  }

  @Test func `a loss that is not finite names its batch`() throws {
    let trainer = try graph.trainer("sage") {
      Self.sampled(&$0)
      $0.optimizer = .sgd
      $0.lr = 1e30
    }
    let text = try #require(failure { _ = try trainer.train(in: nil) }?.text)
    #expect(text.hasPrefix("epoch 1, batch ") && !text.hasPrefix("epoch 1, batch 1:"), "\(text)")
  }

  // MARK: - Time

  private static let academic = TestSource.academic(papers: 90, seed: 6)

  private static func timed(_ source: TestSource, isTimed: Bool, in path: String) throws -> FileContents {
    let labels = try #require(try source.labels())
    let made = try SplitKind.time(train: 2012, validation: 2015).make(
      labels: labels, name: "t", random: RandomStream(seed: 0), years: try source.nodeYears(of: TestSource.paper))
    let split = Split(
      name: "t", kind: "", train: made.train, validation: [], test: made.test, years: isTimed ? made.years : nil)
    let folder = RunFolder(path)
    try folder.create(overwriting: false)
    _ = try source.trainer("sage", split: split) {
      sampled(&$0)
      $0.features = "has_topic"
    }.train(in: folder)
    return FileContents(folder.bestPath)
  }

  @Test func `batches are drawn from the graph as of the training year`() throws {
    let scratch = try ScratchFolder()
    let own = try Self.timed(Self.academic, isTimed: true, in: scratch.file("1"))
    #expect(own.isPresent)
    #expect(try own == Self.timed(Self.academic.cut(after: 2012), isTimed: false, in: scratch.file("2")))
    #expect(try own == Self.timed(Self.academic.rewiring(2013...2020), isTimed: true, in: scratch.file("3")))
    #expect(try own != Self.timed(Self.academic.rewiring(2008...2012), isTimed: true, in: scratch.file("4")))
    #expect(try own != Self.timed(Self.academic, isTimed: false, in: scratch.file("5")))
  }

  // MARK: - Configuration

  private func configuration(_ values: [String: Any]) throws -> TrainingConfiguration {
    var layer = ConfigurationLayer(origin: "command line")
    for (key, value) in values { layer.set(key, value) }
    return try TrainingConfiguration(layers: [layer])
  }

  @Test func `fanouts bring a batch of 1024, and its own file gives the configuration again`() throws {
    let made = try configuration(["fanouts": [15, -1]])
    #expect(made.fanouts == [15, -1] && made.batch == 1024)
    #expect(try configuration(["fanouts": [15, 10], "batch": 7]).batch == 7)
    #expect(try configuration([:]).batch == nil)
    let layer = try ConfigurationLayer(json: made.json, origin: "config.json")
    #expect(try TrainingConfiguration(layers: [layer]) == made)
  }

  @Test(arguments: ModelCatalogue.recipes.map(\.name))
  func `each model takes fanouts or says that it does not`(model: String) throws {
    let takes = try !ModelCatalogue.recipe(named: model).samplingOptions.isEmpty
    let plain = try configuration(["model": model])
    let layers = try ModelCatalogue.recipe(named: model).sampledBlocks(plain) ?? plain.layers
    let values: [String: Any] = ["model": model, "fanouts": [Int](repeating: 4, count: layers)]
    guard takes else {
      let found = failure { _ = try configuration(values) }
      #expect(found?.kind == .usage && found?.text.contains("\(model) ") == true)
      #expect(found?.text.contains("leave them out") == true)
      return
    }
    #expect(try configuration(values).fanouts.count == layers)
    #expect(
      failure { _ = try configuration(["model": model, "fanouts": [4, 4, 4, 4, 4]]) }?.text.contains("\(layers) layers")
        == true)
    let result = try graph.trainer(model) {
      Self.sampled(&$0)
      $0.fanouts = [Int](repeating: 3, count: layers)
    }.train(in: nil).result
    #expect(result.epochs == 12)
  }

  @Test func `the models of convolutions in a row are those that take fanouts`() {
    for model in Self.models {
      let options = ModelCatalogue.recipes.first { $0.name == model }?.samplingOptions
      #expect(options == ["fanouts", "replacement", "weightedSampling", "temporal", "batch"])
    }
    for model in ["sgc", "appnp", "gcnii", "mlp", "label-propagation", "tag", "cheb", "arma", "lightgcn"] {
      #expect(ModelCatalogue.recipes.first { $0.name == model }?.samplingOptions == [])
    }
  }
}
