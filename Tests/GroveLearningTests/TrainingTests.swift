import Foundation
import GroveGraphs
import GroveKernels
@testable import GroveLayers
@testable import GroveLearning
@testable import GroveTensors
import TestSupport
import Testing

@Suite struct TrainingTests {
  private let graph = SmallGraph.communities()

  // MARK: - Choosing the best epoch

  @Test(arguments: [Metric.accuracy, .macroF1, .loss, .rocAUC], [3, 10, 1000])
  func `the best epoch is the best of the log and training stops after patience`(metric: Metric, patience: Int) throws {
    let scratch = try ScratchFolder()
    var ties = 0
    for seed in 0..<3 {
      let folder = RunFolder(scratch.file("\(seed)"))
      try folder.create(overwriting: false)
      let trainer = try graph.trainer("gcn") {
        $0.metric = metric
        $0.patience = patience
        $0.epochs = 60
        $0.seed = seed
        $0.lr = 0.05
      }
      let result = try trainer.train(in: folder).result
      let lines = try log(folder)
      #expect(lines.map(\.epoch) == Array(1...result.epochs))
      // The rule again, from the log alone.
      var best = lines[0]
      for line in lines.dropFirst() {
        let (score, loss) = (line.validation[metric.rawValue] ?? -1, line.validation["loss"] ?? -1)
        let (bestScore, bestLoss) = (best.validation[metric.rawValue] ?? -1, best.validation["loss"] ?? -1)
        if score == bestScore && metric != .loss { ties += 1 }
        let isBetter = metric == .loss ? score < bestScore : score > bestScore
        if isBetter || (score == bestScore && loss < bestLoss) { best = line }
      }
      #expect(result.bestEpoch == best.epoch)
      #expect(result.epochs == min(60, best.epoch + patience), "stopped \(result.epochs - best.epoch) after the best")
      let value = try #require(result.validation[metric.rawValue])
      #expect(abs(value - (best.validation[metric.rawValue] ?? -1)) < 1e-12, "the result is that of the best epoch")
    }
    if metric == .accuracy { #expect(ties > 0, "the graph gives the rule for ties something to decide") }
  }

  @Test func `patience 0 never stops`() throws {
    let result = try graph.trainer("mlp") {
      $0.patience = 0
      $0.epochs = 150
      $0.lr = 0.1
    }.train(in: nil).result
    #expect(result.epochs == 150 && result.bestEpoch < 50)
  }

  @Test func `without validation nodes the last epoch is the best`() throws {
    let split = Split(
      name: "no validation", kind: "", train: graph.splits[0].train, validation: [], test: graph.splits[0].test)
    let result = try graph.trainer("gcn", split: split) {
      $0.epochs = 23
      $0.patience = 2
    }.train(in: nil).result
    #expect(result.epochs == 23 && result.bestEpoch == 23)
    #expect(result.validation.isEmpty && !result.test.isEmpty)
  }

  @Test(arguments: ModelCatalogue.recipes.map(\.name))
  func `test labels change the test score and nothing else`(model: String) throws {
    let scratch = try ScratchFolder()
    var turned = graph
    guard case .single(var classes, let names) = graph.classes else { return }
    for node in graph.splits[0].test { classes[Int(node)] = (classes[Int(node)] + 1) % 3 }
    turned.classes = .single(classes: classes, names: names)
    var results: [RunResult] = []
    for (number, graph) in [graph, turned].enumerated() {
      let folder = RunFolder(scratch.file("\(number)"))
      try folder.create(overwriting: false)
      results.append(try graph.trainer(model) { $0.epochs = 15 }.train(in: folder).result)
    }
    for name in ["best.safetensors", "last.safetensors"] {
      let (first, second) = (FileContents(scratch.file("0/\(name)")), FileContents(scratch.file("1/\(name)")))
      #expect(first.isPresent && first == second, "\(name)")
    }
    #expect(results[0].train == results[1].train && results[0].validation == results[1].validation)
    #expect(results[0].test != results[1].test)
  }

  // MARK: - The loss

  /// Weighted, smoothed cross-entropy of the first step, in Double, from the logits of the start.
  @Test(arguments: [("none", 0), ("balanced", 0), ("none", 0.2), ("balanced", 0.2)] as [(String, Float)])
  func `the loss of the first epoch is the formula's on the start`(weights: String, smoothing: Float) throws {
    let split = Split(
      name: "uneven", kind: "", train: [0, 3, 6, 9, 1, 4, 2], validation: [5, 7], test: [8, 10])
    let trainer = try graph.trainer("gcn", split: split) {
      $0.classWeights = weights
      $0.labelSmoothing = smoothing
      $0.dropout = 0
      $0.epochs = 1
    }
    let start = try TrainedModel(
      data: trainer.data, configuration: trainer.configuration, recipe: trainer.recipe, split: split, run: 0)
    let logits = start.outputs().logits
    // Four nodes of class a, two of b, one of c: weights 7 / (3 · 4), 7 / (3 · 2), 7 / 3.
    let classWeights = weights == "none" ? [1.0, 1, 1] : [7.0 / 12, 7.0 / 6, 7.0 / 3]
    var (total, weight) = (0.0, 0.0)
    for node in split.train.map(Int.init) {
      let row = logits[node * 3..<node * 3 + 3].map(Double.init)
      let logSum = log(row.reduce(0) { $0 + exp($1) })
      let (own, s) = (node % 3, Double(smoothing))
      total += (1 - s) * classWeights[own] * (logSum - row[own])
      for c in 0..<3 { total += s / 3 * classWeights[c] * (logSum - row[c]) }
      weight += classWeights[own]
    }
    var seen: [Double] = []
    _ = try trainer.train(in: nil, progress: { seen.append($0.loss) })
    #expect(seen.count == 1)
    #expect(abs(seen[0] - total / weight) < 1e-5, "\(seen) \(total / weight)")
  }

  @Test func `balanced weights pass over a class without training nodes`() throws {
    let split = Split(name: "two", kind: "", train: [0, 3, 1], validation: [2, 4], test: [5])
    let result = try graph.trainer("gcn", split: split) {
      $0.classWeights = "balanced"
      $0.epochs = 5
    }.train(in: nil).result
    #expect(result.train["loss"]?.isFinite == true)
  }

  /// Binary cross-entropy summed over classes, weighted and smoothed, in Double, from the logits of the start.
  @Test(arguments: [("none", 0), ("balanced", 0), ("none", 0.2), ("balanced", 0.2)] as [(String, Float)])
  func `with several labels a node the loss of the first epoch is the formula's on the start`(
    weights: String, smoothing: Float
  ) throws {
    let several = SmallGraph.communities(several: true)
    // Class a of four nodes of five, b of one, c of none; "even" of 0, 6, 4 and "odd" of 3, 9.
    let split = Split(name: "uneven", kind: "", train: [0, 3, 6, 9, 4], validation: [5, 7], test: [8, 10])
    let trainer = try several.trainer("gcn", split: split) {
      $0.classWeights = weights
      $0.labelSmoothing = smoothing
      $0.dropout = 0
      $0.epochs = 1
    }
    let start = try TrainedModel(
      data: trainer.data, configuration: trainer.configuration, recipe: trainer.recipe, split: split, run: 0)
    let logits = start.outputs().logits
    let positive: [Double] = weights == "none" ? [1, 1, 1, 1, 1] : [1.0 / 4, 4, 1, 2.0 / 3, 3.0 / 2]
    var total = 0.0
    for node in split.train.map(Int.init) {
      for c in 0..<5 {
        let z = Double(logits[node * 5 + c])
        let has = c == node % 3 || c == 3 + node % 2
        let y = has ? 1 - Double(smoothing) / 2 : Double(smoothing) / 2
        let (own, other): (Double, Double) = (log(1 + exp(-z)), log(1 + exp(z)))
        total += positive[c] * y * own
        total += (1 - y) * other
      }
    }
    var seen: [Double] = []
    _ = try trainer.train(in: nil, progress: { seen.append($0.loss) })
    #expect(seen.count == 1)
    #expect(abs(seen[0] - total / 5) < 1e-5, "\(seen) \(total / 5)")
  }

  @Test func `a class that every training node has is learned with balanced weights too`() throws {
    let several = SmallGraph.communities(several: true)
    let split = Split(name: "a", kind: "", train: [0, 3, 6, 9, 12, 15], validation: [1, 4], test: [18, 21, 24])
    let model = try several.trainer("gcn", split: split) {
      $0.classWeights = "balanced"
      $0.epochs = 40
      $0.patience = 0
      $0.lr = 0.1
    }.train(in: nil).model
    let logits = model.outputs().logits
    #expect(split.test.allSatisfy { logits[Int($0) * 5] > 0 }, "class a is certain")
  }

  @Test(arguments: ["gcn", "mlp", "label-propagation"]) func `several labels a node are learned`(model: String) throws {
    let several = SmallGraph.communities(several: true)
    let result = try several.trainer(model) {
      $0.epochs = 60
      $0.lr = 0.05
    }.train(in: nil).result
    #expect(result.test["averagePrecision"] ?? 0 > 0.5, "\(result.test)")
    #expect(Set(result.test.keys) == Set(Metric.allCases.map(\.rawValue)))
  }

  @Test(arguments: ModelCatalogue.recipes.map(\.name)) func `every model learns communities`(model: String) throws {
    let result = try graph.trainer(model) { $0.epochs = 80 }.train(in: nil).result
    #expect(result.test["accuracy"] ?? 0 > 0.6, "\(model): \(result.test)")
  }

  @Test(arguments: ["gcn", "sgc", "gps"], ["auto", "fixed"])
  func `any trained model is corrected and smoothed, its weights untouched`(model: String, scaling: String) throws {
    let plain = try graph.trainer(model) { $0.epochs = 15 }.train(in: nil)
    let spread = try graph.trainer(model) {
      $0.epochs = 15
      $0.correctAndSmooth = scaling
    }.train(in: nil)
    #expect(plain.result.bestEpoch == spread.result.bestEpoch)
    #expect(sameBits(plain.model.outputs().embeddings, spread.model.outputs().embeddings))
    #expect(plain.model.outputs().logits != spread.model.outputs().logits)
    #expect(spread.result.test["accuracy"] ?? 0 > 0.6, "\(spread.result.test)")
    let rows = spread.model.predictions().probabilities
    for start in stride(from: 0, to: rows.count, by: 3) {
      #expect(abs(rows[start..<start + 3].reduce(0, +) - 1) < 1e-4)
    }
  }

  // MARK: - What cannot be trained

  @Test(arguments: [1, 2, 5], [Metric.accuracy, .rocAUC, .loss])
  func `a loss that is not finite stops with epoch and parameter`(epochs: Int, metric: Metric) throws {
    let scratch = try ScratchFolder()
    let folder = RunFolder(scratch.file("run"))
    try folder.create(overwriting: false)
    let trainer = try graph.trainer("gcn") {
      $0.lr = 1e30
      $0.epochs = epochs
      $0.metric = metric
    }
    let found = failure { _ = try trainer.train(in: folder) }
    let text = try #require(found?.text)
    #expect(found?.kind == .internalFault)
    #expect(
      text.contains("epoch 1, batch 1: the loss is not finite") && text.contains("model.convolutions."), "\(text)")
    #expect(text.contains("lower --lr") && !text.contains("\n"))
    #expect(try folder.result() == nil, "such a run is not finished")
  }

  @Test func `features that overflow stop before any step`() throws {
    var huge = graph
    huge.columns = [("features", .dense(values: .array([Float](repeating: 3e38, count: 48 * 10)), width: 10))]
    let found = failure { _ = try huge.trainer("mlp") { $0.normalizeFeatures = "none" }.train(in: nil) }
    #expect(found?.text.contains("epoch 1, batch 1") == true && found?.text.contains("model.layers.0.weight") == true)
  }

  @Test(arguments: [
    (Split(name: "s", kind: "", train: [], validation: [1], test: [2]), "no training node"),
    (Split(name: "s", kind: "", train: [0, 48], validation: [], test: []), "node 48 does not exist"),
    (Split(name: "s", kind: "", train: [-1], validation: [], test: []), "node -1 does not exist"),
    (Split(name: "s", kind: "", train: [0, 1], validation: [1], test: []), "both train and validation"),
    (Split(name: "s", kind: "", train: [0], validation: [1], test: [2, 0]), "both train and test"),
    (Split(name: "s", kind: "", train: [0, 0], validation: [], test: []), "listed twice"),
    (Split(name: "s", kind: "", train: [47], validation: [], test: []), "node 47, which has no label"),
    (Split(name: "s", kind: "", train: [0], validation: [], test: [47]), "node 47, which has no label"),
  ]) func `a split that does not fit names split and node`(split: Split, words: String) {
    let found = failure { _ = try graph.trainer("gcn", split: split) }
    #expect(found?.kind == .badData)
    #expect(found?.text.contains("'s'") == true && found?.text.contains(words) == true, "\(found?.text ?? "nothing")")
  }

  @Test func `a graph without labels, without relation or without known features says what to do`() {
    var bare = graph
    bare.classes = nil
    #expect(failure { _ = try bare.trainer("gcn") }?.text.contains("no labels") == true)
    bare = graph
    bare.classes = .single(classes: [Int32](repeating: -1, count: 48), names: [])
    #expect(failure { _ = try bare.trainer("gcn") }?.text.contains("every label is -1") == true)
    bare = graph
    bare.relations = [EdgeType(.node, "writes", NodeType("paper"))]
    let relation = failure { _ = try bare.trainer("gcn") }
    #expect(relation?.kind == .badData && relation?.text.contains("node-writes-paper") == true)
    let named = failure { _ = try graph.trainer("gcn") { $0.relations = ["cites"] } }
    #expect(named?.kind == .usage && named?.text.contains("it has edges") == true)
    let features = failure { _ = try graph.trainer("gcn") { $0.features = "abstract" } }
    #expect(features?.kind == .usage && features?.text.contains("features, one-hot, learned:WIDTH") == true)
    for text in ["learned:", "learned:0", "learned:x", "learned:99999999"] {
      #expect(failure { _ = try graph.trainer("gcn") { $0.features = text } }?.kind == .usage, "\(text)")
    }
  }

  @Test func `choices left open are written back into the configuration`() throws {
    #expect(try graph.trainer("gcn").configuration.features == "features")
    #expect(try graph.trainer("gcn").configuration.normalizeFeatures == "none", "there are negative features")
    #expect(try graph.trainer("gcn").configuration.relations == ["edges"])
    var bare = graph
    bare.columns = []
    let trainer = try bare.trainer("gcn")
    #expect(trainer.configuration.features == "learned:64" && trainer.data.notes.count == 1)
    #expect(trainer.data.features.width == 64)
    bare.columns = [("bags", .dense(values: .array([Float](repeating: 2, count: 96)), width: 2))]
    let rows = try bare.trainer("gcn")
    #expect(rows.configuration.normalizeFeatures == "rows")
    guard case .given(.dense(let values, _)) = rows.data.features else {
      Issue.record("dense features stay dense")
      return
    }
    #expect(values.allSatisfy { $0 == 0.5 })
  }

  @Test func `edges run both ways unless told otherwise`() throws {
    var directed = graph
    directed.edgeList = EdgeList(sources: [0, 1, 2], targets: [1, 2, 2], isDirected: true)
    #expect(try directed.trainer("gcn").data.graph.edgeCount == 5, "two both ways and a loop")
    #expect(try directed.trainer("gcn") { $0.undirected = "no" }.data.graph.edgeCount == 3)
    directed.edgeList.isDirected = false
    #expect(try directed.trainer("gcn") { $0.undirected = "no" }.data.graph.edgeCount == 5, "the list says so itself")
  }

  // MARK: - Label propagation

  /// 0 – 1 – 2 with node 3 alone; 0 is known to be of class a, 2 of class b.
  ///
  /// With loops the degrees are 2, 3, 2, 1, so Â = [½ 1/√6 0 0; 1/√6 ⅓ 1/√6 0; 0 1/√6 ½ 0; 0 0 0 1].
  @Test func `label propagation on a path follows two hand-worked steps`() throws {
    var path = SmallGraph()
    path.count = 4
    path.edgeList = EdgeList(sources: [0, 1], targets: [1, 2], isDirected: false)
    path.classes = .single(classes: [0, 0, 1, 1], names: ["a", "b"])
    let split = Split(name: "ends", kind: "", train: [0, 2], validation: [], test: [1, 3])
    let trainer = try path.trainer("label-propagation", split: split) {
      $0.propagations = 2
      $0.alpha = 0.5
    }
    let (result, model, _) = try trainer.train(in: nil)
    // After one step node 0 holds ½·½ + ½ = ¾ of a, node 1 ½/√6 of a and of b, node 2 ¾ of b. After the second:
    let r = 1 / 6.0.squareRoot()
    let a0 = 0.5 * (0.5 * 0.75 + r * 0.5 * r) + 0.5
    let b0 = 0.5 * (r * 0.5 * r)
    let a1 = 0.5 * (r * 0.75 + 0.5 * r / 3)
    let expected = [
      log(a0 / (a0 + b0)), log(b0 / (a0 + b0)), log(0.5), log(0.5), log(b0 / (a0 + b0)), log(a0 / (a0 + b0)), log(0.5),
      log(0.5),
    ]
    #expect(a1 > 0)
    #expect(difference(model.outputs().logits, expected) < 1e-6, "\(model.outputs().logits)")
    #expect(
      model.predictions().classes == [[0], [0], [1], [0]], "a tie goes to the first class, as does a lonely node")
    #expect(result.test["accuracy"] == 0.5)
    #expect(result.epochs == 0 && result.parameters == 0 && result.secondsPerEpoch == 0)
  }

  // MARK: - Other graphs

  @Test func `a trained model predicts a graph that it never saw and that has no labels`() throws {
    let scratch = try ScratchFolder()
    let folder = RunFolder(scratch.file("run"))
    try folder.create(overwriting: false)
    let trainer = try graph.trainer("sage") { $0.epochs = 60 }
    _ = try trainer.train(in: folder)
    var other = SmallGraph.communities(30, seed: 9)
    other.classes = nil
    other.labeledType = nil
    other.splits = []
    var configuration = trainer.configuration
    let data = try NodeData(other, for: folder.signature(), &configuration)
    let none = Split(name: "none", kind: "", train: [], validation: [], test: [])
    let model = try TrainedModel(folder, data: data, configuration: configuration, split: none, run: 0)
    let classes = model.predictions().classes.map { $0[0] }
    #expect(classes.count == 30 && data.labels.classNames == ["a", "b", "c"])
    #expect(classes.enumerated().count { $0.offset % 3 == $0.element } > 20, "\(classes)")
  }

  @Test func `a graph that a model cannot be used on says why`() throws {
    let scratch = try ScratchFolder()
    func run(_ model: String, _ features: String?) throws -> (RunFolder, TrainingConfiguration) {
      let folder = RunFolder(scratch.file("\(model)-\(features ?? "")"))
      try folder.create(overwriting: false)
      let trainer = try graph.trainer(model) {
        $0.epochs = 2
        $0.features = features
      }
      _ = try trainer.train(in: folder)
      return (folder, trainer.configuration)
    }
    func refusal(_ other: SmallGraph, _ run: (RunFolder, TrainingConfiguration)) -> (kind: FailureKind, text: String)? {
      failure {
        var configuration = run.1
        _ = try NodeData(other, for: run.0.signature(), &configuration)
      }
    }
    let narrow = SmallGraph.communities(30, seed: 9, width: 7)
    let width = refusal(narrow, try run("gcn", nil))
    #expect(width?.kind == .badData && width?.text.contains("7 wide") == true && width?.text.contains("10") == true)
    #expect(refusal(narrow, try run("gcn", "learned:4"))?.text.contains("its own nodes only") == true)
    #expect(refusal(narrow, try run("gcn", "one-hot"))?.kind == .usage)
    #expect(
      refusal(narrow, try run("label-propagation", nil))?.text.contains("learns nothing that another graph") == true)
  }
}
