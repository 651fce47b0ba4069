import Foundation
import GroveGraphs
import GroveKernels
import GroveTensors
import TestSupport
import Testing

@testable import GroveLearning

@Suite struct LinkTrainerTests {
  /// Groups of fifteen nodes, joined within more often than between.
  private func edges(seed: Int = 1, groups: Int = 4, from: Int = 0) -> EdgeList {
    var random = TestRandom(seed)
    let count = 15 * groups
    var list = EdgeList(sources: [], targets: [], isDirected: false)
    for a in 0..<count {
      for b in a + 1..<count where Double.random(in: 0..<1, using: &random) < (a / 15 == b / 15 ? 0.5 : 0.01) {
        list.sources.append(Int32(a))
        list.targets.append(Int32(b))
      }
    }
    return list
  }

  private func split(_ kind: LinkSplitKind = .usual) throws -> LinkSplit {
    let graph = try Graph(edges(), nodeCount: 60, undirected: true)
    return try LinkSplit.drawn(
      from: graph, undirected: true, plan: kind.plan(targetCount: 60), name: "planted", random: RandomStream(seed: 3))
  }

  /// The same links between fifteen sources and the other nodes, as two types.
  private func bipartite() throws -> LinkSplit {
    let all = edges(seed: 2, groups: 3)
    let isKept = zip(all.sources, all.targets).map { $0 % 3 == 0 && $1 % 3 != 0 }
    let links = all.filtered(by: isKept)
    let rows = SparseRows.grouping(
      rows: links.targets, columns: links.sources.map { $0 / 3 }, rowCount: 45, columnCount: 15
    ).rows
    return try LinkSplit.drawn(
      from: BipartiteGraph(incoming: rows), plan: LinkSplitPlan(validation: 0.1, test: 0.2, negatives: .none),
      name: "two types", random: RandomStream(seed: 4))
  }

  private func trainer(
    _ name: String, _ split: LinkSplit, _ change: (inout ConfigurationLayer) -> Void = { _ in }
  ) throws -> LinkTrainer {
    let words = name.split(separator: " ").map(String.init)
    let model = words[0]
    var layer = ConfigurationLayer(origin: "test")
    layer.set("task", "links")
    layer.set("model", model)
    layer.set("hidden", 8)
    layer.set("epochs", 6)
    layer.set("batch", 32)
    if words.last == "sampled" { layer.set("fanouts", [4, 3]) }
    if let recipe = LinkCatalogue.recipes.first(where: { $0.name == model }),
      recipe.parameters.contains(where: { $0.name == "walks" })
    {
      layer.set("methodOptions", ["walks=2", "steps=8", "window=3"])
    }
    change(&layer)
    var configuration = try TrainingConfiguration(layers: [layer])
    let data = try LinkData(links: "planted", ends: split.ends, types: (.node, .node), &configuration)
    return try LinkTrainer(data: data, configuration: configuration, split: split, run: 0)
  }

  private static let models =
    LinkCatalogue.recipes.filter { !$0.walksMetaPaths }.map(\.name) + ["gcn", "gat", "mlp", "sage sampled"]

  @Test(arguments: models) func `every model learns links of one type better than chance`(model: String) throws {
    let result = try trainer(model, split()) {
      $0.set("epochs", 60)
      $0.set("lr", 0.02)
    }.train(in: nil).result
    // Planted groups: a model that knows only the group of a node is right in three of four comparisons or more.
    #expect(result.test["auc"] ?? 0 > (model == "mlp" ? 0.6 : 0.7), "\(model): \(result.test)")
    #expect(Set(result.test.keys) == ["auc", "ap", "mrr", "hits@10"])
  }

  @Test(arguments: models) func `every model trains on links between two types`(model: String) throws {
    let result = try trainer(model, bipartite()).train(in: nil).result
    #expect(Set(result.test.keys) == ["mrr", "mrr@10", "hits@10", "recall@20", "ndcg@10", "ndcg@20"], "\(result)")
    #expect(result.test.values.allSatisfy { $0 >= 0 && $0 <= 1 })
  }

  @Test(arguments: LinkDecoders.names) func `every decoder trains`(decoder: String) throws {
    let result = try trainer("gcn", split()) {
      $0.set("decoder", decoder)
      $0.set("epochs", 40)
    }.train(in: nil).result
    #expect(result.test["auc"] ?? 0 > 0.6, "\(decoder): \(result.test)")
  }

  @Test(arguments: ["gcn", "mf"]) func `cosines are of embeddings of length 1, whatever scales them`(
    model: String
  ) throws {
    let split = try split()
    let trained = try trainer(model, split) {
      $0.set("decoder", "cosine")
      $0.set("loss", "info-nce")
    }.train(in: nil).model
    let embeddings = trained.embeddings()
    let (values, width) = (embeddings.values, embeddings.columns)
    for row in stride(from: 0, to: values.count, by: width) {
      let square = values[row..<row + width].reduce(0) { $0 + $1 * $1 }
      #expect(abs(square - 1) < 1e-5)
    }
    let pairs = split.test.positives
    for (place, score) in trained.scores(of: pairs).enumerated() {
      let (a, c) = (Int(pairs.sources[place]) * width, Int(pairs.targets[place]) * width)
      let dot = (0..<width).reduce(Float(0)) { $0 + values[a + $1] * values[c + $1] }
      #expect(abs(score - dot) < 1e-5 && abs(score) <= 1.00001)
    }
  }

  @Test(arguments: models, [1, 3]) func `an interrupted run comes to the same bytes`(model: String, stop: Int) throws {
    let scratch = try ScratchFolder()
    let split = try split()
    func folder(_ name: String) throws -> RunFolder {
      let folder = RunFolder(scratch.file(name))
      try folder.create(overwriting: false)
      return folder
    }
    let (whole, parts) = (try folder("whole"), try folder("parts"))
    let result = try trainer(model, split).train(in: whole).result
    var asked = 0
    #expect(throws: TrainingFailure.interrupted(path: parts.path, epoch: stop)) {
      var epoch = 0
      _ = try trainer(model, split).train(
        in: parts, progress: { epoch = $0.epoch },
        shouldStop: {
          asked += 1
          return epoch >= stop
        })
    }
    let resumed = try trainer(model, split).train(in: parts)
    #expect(asked > stop && resumed.resumedFromEpoch == stop)
    #expect(resumed.result.test == result.test && resumed.result.bestEpoch == result.bestEpoch)
    for (a, b) in [(whole.bestPath, parts.bestPath), (whole.lastPath, parts.lastPath)] {
      #expect(FileManager.default.contents(atPath: a) == FileManager.default.contents(atPath: b), "\(model)")
    }
  }

  @Test(arguments: models) func `the number of threads changes no byte`(model: String) throws {
    let scratch = try ScratchFolder()
    var files: [Data?] = []
    try ThreadCounts.forEach([1, 2, 3]) { count in
      let folder = RunFolder(scratch.file("\(count)"))
      try folder.create(overwriting: false)
      _ = try trainer(model, split()).train(in: folder)
      files.append(FileManager.default.contents(atPath: folder.lastPath))
    }
    #expect(files[0] != nil && files[0] == files[1] && files[0] == files[2])
  }

  @Test(arguments: models) func `test links change the test score and nothing else`(model: String) throws {
    let scratch = try ScratchFolder()
    let split = try split()
    // Others of the nodes' pairs that are no links of any part.
    let known = Set(
      [split.messages, split.training, split.validation.positives, split.test.positives].flatMap {
        zip($0.sources, $0.targets).flatMap { [[$0, $1], [$1, $0]] }
      })
    var other = EdgeList(sources: [], targets: [], isDirected: false)
    for a in Int32(0)..<60 {
      for b in a + 1..<60 where !known.contains([a, b]) && other.count < split.test.positives.count {
        other.sources.append(a)
        other.targets.append(b)
      }
    }
    let flipped = LinkSplit(
      name: split.name, kind: split.kind, ends: split.ends, messages: split.messages, training: split.training,
      validation: split.validation, test: LinkEvaluation(positives: other))
    var bytes: [Data?] = []
    var tests: [[String: Double]] = []
    for (name, split) in [("a", split), ("b", flipped)] {
      let folder = RunFolder(scratch.file(name))
      try folder.create(overwriting: false)
      tests.append(try trainer(model, split).train(in: folder).result.test)
      bytes.append(FileManager.default.contents(atPath: folder.lastPath))
    }
    #expect(bytes[0] != nil && bytes[0] == bytes[1])
    #expect(tests[0]["mrr"] != tests[1]["mrr"])
  }

  @Test func `the best epoch is the best of the log`() throws {
    let scratch = try ScratchFolder()
    let folder = RunFolder(scratch.file("run"))
    try folder.create(overwriting: false)
    let result = try trainer("mf", split()) {
      $0.set("epochs", 60)
      $0.set("patience", 4)
      $0.set("metric", "hits@3")
      $0.set("lr", 0.05)
    }.train(in: folder).result
    let values = try MetricsLog.lines(of: folder.metricsPath).map { $0.validation["hits@3"] ?? -1 }
    let best = try #require(values.max())
    #expect(result.bestEpoch == values.firstIndex(of: best)! + 1)
    #expect(result.epochs == min(60, result.bestEpoch + 4))
    #expect(result.validation["hits@3"] == best && result.test["hits@3"] != nil)
  }

  @Test func `without validation links the last epoch is kept`() throws {
    let result = try trainer("mf", split(LinkSplitKind(validation: 0, test: 0.2, negatives: .uniform))).train(in: nil)
      .result
    #expect(result.bestEpoch == 6 && result.validation.isEmpty && !result.test.isEmpty)
  }

  @Test func `degrees as features count messages alone`() throws {
    let trainer = try trainer("sage", split()) { $0.set("features", "degree") }
    let model = try trainer.train(in: nil).model
    let features = try #require(trainer.data.features(trainer.configuration, on: model.shape.messages))
    guard case .given(let matrix) = features else {
      Issue.record("degrees are given features")
      return
    }
    var degrees = [Int](repeating: 0, count: 60)
    for (a, b) in zip(trainer.split.messages.sources, trainer.split.messages.targets) {
      degrees[Int(a)] += 1
      degrees[Int(b)] += 1
    }
    let expected = degrees.flatMap { [log1p(Float($0)), log1p(Float($0))] }
    #expect(matrix.tensor().values == expected)
  }

  @Test func `partners are the best candidates that are no training link`() throws {
    let model = try trainer("mf", split()).train(in: nil).model
    let sources: [Int32] = [0, 7, 59]
    let found = try model.partners(of: sources, count: 5)
    let training = model.split.training
    for (source, partners) in zip(sources, found) {
      let known = Set(
        zip(training.sources, training.targets).compactMap { $0 == source ? $1 : $1 == source ? $0 : nil } + [source])
      let others = (0..<Int32(60)).filter { !known.contains($0) }
      let scores = model.scores(
        of: EdgeList(sources: others.map { _ in source }, targets: others, isDirected: true))
      let expected = zip(others, scores).sorted { $0.1 != $1.1 ? $0.1 > $1.1 : $0.0 < $1.0 }.prefix(5)
      #expect(partners.map(\.target) == expected.map(\.0))
      #expect(zip(partners, expected).allSatisfy { abs($0.score - $1.1) < 1e-5 })
    }
  }

  @Test(
    arguments: [
      (["model": "rgcn"], "no link model 'rgcn'"), (["decoder": "hamming"], "dot, cosine, bilinear, distmult, mlp"),
      (["negatives": "unform"], "unform"), (["loss": "bp"], "no loss 'bp'"), (["metric": "accuracy"], "mrr@10"),
      (["model": "deepwalk", "methodOptions": ["walk=3"]], "walks=10"),
      (["negativeOptions": ["draws=3"]], "uniform takes"), (["fanouts": [5]], "gcn has 2 layers"),
      (["model": "deepwalk", "fanouts": [5, 5]], "takes no fanouts"),
      (["model": "lightgcn", "fanouts": [5, 5, 5]], "takes no fanouts"),
      (["fanouts": [5, 5], "temporal": true], "no use for temporal"), (["replacement": true], "without fanouts"),
      (["model": "line", "hidden": 7], "even"), (["negativeCount": 0], "negativeCount is 0"),
    ] as [([String: any Sendable], String)])
  func `impossible configurations are told by name`(values: [String: any Sendable], words: String) throws {
    do {
      _ = try trainer("gcn", split()) { layer in
        for (key, value) in values { layer.set(key, value) }
      }.train(in: nil)
      Issue.record("\(values) was taken")
    } catch { #expect("\(error)".contains(words), "\(error)") }
  }
}
