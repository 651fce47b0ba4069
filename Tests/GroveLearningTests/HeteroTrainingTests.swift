import Foundation
import GroveGraphs
import GroveKernels
import GroveLayers
@testable import GroveLearning
import TestSupport
import Testing

private let heterogeneousModels = ModelCatalogue.recipes.filter(\.isHeterogeneous).map(\.name)

/// Training on several types of nodes.
@Suite struct HeteroTrainingTests {
  private static let (paper, author, venue) = (TestGraphs.paper, TestGraphs.author, TestGraphs.venue)

  /// Papers of three classes, whose words tell a little of it and most of whose authors write in one class; venues have
  /// no features and tell nothing.
  private static func source(_ papers: Int = 90, seed: Int = 1) -> TestSource {
    var random = TestRandom(seed)
    let authors = papers / 3
    var (sources, targets): ([Int32], [Int32]) = ([], [])
    for node in 0..<papers {
      for _ in 0..<3 {
        let stray = Int.random(in: 0..<8, using: &random) == 0 ? 1 : 0
        let writer = (3 * Int.random(in: 0..<authors / 3, using: &random) + (node + stray) % 3)
        sources.append(Int32(node))
        targets.append(Int32(writer))
      }
    }
    let cited = (0..<papers).map { _ in Int32.random(in: 0..<Int32(papers), using: &random) }
    var source = TestSource(
      nodes: [(paper, papers), (author, authors), (venue, 4)],
      lists: [
        TestSource.Relation(
          EdgeType(paper, "written_by", author), EdgeList(sources: sources, targets: targets, isDirected: true)),
        TestSource.Relation(
          EdgeType(paper, "cites", paper),
          EdgeList(sources: (0..<Int32(papers)).map { $0 }, targets: cited, isDirected: true)),
        TestSource.Relation(
          EdgeType(venue, "publishes", paper),
          EdgeList(
            sources: (0..<Int32(papers)).map { $0 % 4 }, targets: (0..<Int32(papers)).map { $0 }, isDirected: true)),
      ])
    source.labeledType = paper
    source.classes = .single(classes: (0..<papers).map { Int32($0 % 3) }, names: ["a", "b", "c"])
    var words = random.floats(papers * 6)
    for node in 0..<papers { words[node * 6 + node % 3] += 0.6 }
    source.columns = [
      paper: [("words", .dense(values: .array(words), width: 6))],
      author: [("words", .dense(values: .array(random.floats(authors * 4)), width: 4))],
    ]
    return source
  }

  private static func configuration(
    _ model: String, _ change: (inout TrainingConfiguration) -> Void = { _ in }
  ) throws -> TrainingConfiguration {
    var layer = ConfigurationLayer(origin: "test")
    layer.set("model", model)
    var configuration = try TrainingConfiguration(layers: [layer])
    change(&configuration)
    try configuration.settleSampling()
    return configuration
  }

  private static func trainer(
    _ source: TestSource, _ model: String, _ change: (inout TrainingConfiguration) -> Void = { _ in }
  ) throws -> NodeTrainer {
    var configuration = try configuration(model, change)
    let data = try NodeData(source, &configuration)
    return try NodeTrainer(
      data: data, configuration: configuration, split: SmallGraph.thirds(of: data.nodeCount), run: 0)
  }

  @Test(arguments: heterogeneousModels) func `papers are classified by what their authors write`(model: String)
    throws
  {
    let (result, trained, _) = try Self.trainer(Self.source(240), model) {
      $0.epochs = 80
      $0.lr = 0.01
      $0.layers = 2
      $0.dropout = 0.2
      $0.attentionDropout = 0
    }.train(in: nil)
    // Dense layers on the words alone reach about a half.
    #expect((result.test["accuracy"] ?? 0) > 0.7, "\(model): \(result.test)")
    #expect(trained.outputs().logits.count == 240 * 3)
    let types = trained.data.heterogeneous?.graph.types ?? []
    #expect(types == (model == "han" ? [Self.paper] : [Self.paper, Self.author, Self.venue]))
    for type in types {
      let (values, width) = try trained.embeddings(of: type)
      #expect(values.count == (type == Self.paper ? 240 : type == Self.author ? 80 : 4) * width)
    }
    #expect(throws: TrainingFailure.self) { try trained.embeddings(of: NodeType("editor")) }
  }

  @Test(arguments: heterogeneousModels) func `labels of test nodes change no number`(model: String) throws {
    var turned = Self.source()
    let split = SmallGraph.thirds(of: 90)
    if case .single(var classes, let names) = turned.classes {
      for node in split.test { classes[Int(node)] = (classes[Int(node)] + 1) % 3 }
      turned.classes = .single(classes: classes, names: names)
    }
    let logits = try [Self.source(), turned].map {
      try Self.trainer($0, model) { $0.epochs = 3 }.train(in: nil).model.outputs().logits
    }
    #expect(sameBits(logits[0], logits[1]))
  }

  @Test(arguments: heterogeneousModels.filter { $0 != "han" })
  func `all neighbors of all training nodes train as the whole graph does`(model: String) throws {
    let scratch = try ScratchFolder()
    func losses(_ name: String, _ change: (inout TrainingConfiguration) -> Void) throws -> [Double] {
      let trainer = try Self.trainer(Self.source(), model) {
        $0.epochs = 5
        $0.optimizer = .sgd
        $0.lr = 0.1
        change(&$0)
      }
      try AtomicFile.makeFolder(scratch.file(name))
      let folder = RunFolder(scratch.file(name))
      _ = try trainer.train(in: folder)
      let text = String(decoding: try Data(contentsOf: URL(fileURLWithPath: folder.metricsPath)), as: UTF8.self)
      return try text.split(separator: "\n").map {
        let object = try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any]
        return (object?["loss"] as? NSNumber)?.doubleValue ?? -1
      }
    }
    let whole = try losses("whole") { _ in }
    let sampled = try losses("sampled") {
      $0.fanouts = [Int](repeating: -1, count: $0.layers)
      $0.batch = 1000
    }
    #expect(whole.count == 5 && sampled.count == 5 && whole[0] != whole[4])
    for (a, b) in zip(whole, sampled) { #expect(abs(a - b) <= 1e-4 * a, "\(whole) \(sampled)") }
  }

  @Test(arguments: heterogeneousModels) func `one, two and three threads write the same bytes`(model: String) throws {
    let scratch = try ScratchFolder()
    var files: [FileContents] = []
    try ThreadCounts.forEach([1, 2, 3]) { threads in
      let trainer = try Self.trainer(Self.source(900), model) {
        $0.epochs = 2
        $0.fanouts = [Int](repeating: 4, count: model == "han" ? 1 : $0.layers)
        $0.batch = 100
      }
      try AtomicFile.makeFolder(scratch.file("\(threads)"))
      let folder = RunFolder(scratch.file("\(threads)"))
      _ = try trainer.train(in: folder)
      files.append(FileContents(folder.bestPath))
    }
    #expect(files[0].isPresent && files[1] == files[0] && files[2] == files[0])
  }

  @Test func `relations run back unless they do so already or are told not to`() throws {
    func names(_ source: TestSource, _ change: (inout TrainingConfiguration) -> Void = { _ in }) throws -> [String] {
      try #require(Self.trainer(source, "rgcn", change).data.heterogeneous).graph.relations.map(\.description)
    }
    let forward = ["paper-written_by-author", "paper-cites-paper", "venue-publishes-paper"]
    #expect(
      try names(Self.source()) == forward + [
        "author-rev_written_by-paper", "paper-rev_cites-paper", "paper-rev_publishes-venue",
      ])
    #expect(try names(Self.source()) { $0.undirected = "no" } == forward)
    #expect(
      try names(Self.source()) { $0.relations = ["written_by"] }
        == ["paper-written_by-author", "author-rev_written_by-paper"])
    var both = Self.source()
    let written = both.lists[0].edges
    both.lists.append(
      TestSource.Relation(
        EdgeType(Self.author, "writes", Self.paper),
        EdgeList(sources: written.targets.reversed(), targets: written.sources.reversed(), isDirected: true)))
    let given = try names(both)
    #expect(given.contains("author-writes-paper") && !given.contains { $0.contains("rev_writ") })
  }

  @Test func `meta-paths go out and back by themselves, and wrong ones are told`() throws {
    var configuration = try Self.configuration("han")
    _ = try NodeData(Self.source(), &configuration)
    #expect(configuration.metapaths == ["paper-paper", "paper-author-paper", "paper-venue-paper"])
    for (path, words) in [
      ("paper-editor-paper", "'paper-editor-paper'"), ("author-paper-author", "start and end at paper"),
      ("paper-author-venue-paper", "no relation leads from author to venue"),
    ] {
      var configuration = try Self.configuration("han") { $0.metapaths = [path] }
      let failure = #expect(throws: TrainingFailure.self) { try NodeData(Self.source(), &configuration) }
      #expect(failure.map { "\($0)" }?.contains(words) == true, "\(String(describing: failure))")
    }
  }

  @Test(arguments: [("auto", [6, 4, 4]), ("learned:5", [6, 5, 5]), ("one-hot", [6, 30, 4]), ("none", [6, 1, 1])])
  func `types that are not classified have the features that are asked for`(name: String, widths: [Int]) throws {
    let data = try Self.trainer(Self.source(), "rgcn") { $0.otherFeatures = name }.data
    #expect(data.heterogeneous?.features.map(\.width) == widths)
    #expect(throws: TrainingFailure.self) { try Self.trainer(Self.source(), "rgcn") { $0.otherFeatures = "pictures" } }
  }

  @Test func `fanouts of single relations take the place of the others'`() throws {
    let trainer = try Self.trainer(Self.source(), "rgcn") {
      $0.fanouts = [10, 5]
      $0.relationFanouts = ["cites=3,0", "rev_cites=-1,1"]
    }
    let relations = try #require(trainer.data.heterogeneous).graph.relations
    #expect(
      relations.map(\.relation) == ["written_by", "cites", "publishes", "rev_written_by", "rev_cites", "rev_publishes"])
    #expect(trainer.configuration.fanouts(by: relations) == [[10, 3, 10, 10, -1, 10], [5, 0, 5, 5, 1, 5]])
    for (model, text, words) in [
      ("rgcn", "cites=3", "cites=3"), ("rgcn", "edits=3,2", "no relation edits"),
      ("gcn", "cites=3,2", "one kind of edge"),
    ] {
      let failure = #expect(throws: TrainingFailure.self) {
        try Self.trainer(Self.source(), model) {
          $0.fanouts = [10, 5]
          $0.relationFanouts = [text]
        }
      }
      #expect(failure.map { "\($0)" }?.contains(words) == true, "\(String(describing: failure))")
    }
  }

  @Test func `a model of one kind of edge takes the edges among papers`() throws {
    #expect(try Self.trainer(Self.source(), "gcn").data.heterogeneous == nil)
    let graph = SmallGraph.communities(30)
    let data = try graph.trainer("rgcn").data
    #expect(
      data.heterogeneous?.graph.relations == [EdgeType(.node, "edges", .node)], "its edges run both ways as they are")
    #expect(data.heterogeneous?.graph.edgeCount == data.graph.edgeCount)
  }

  @Test func `views of a year leave out later edges of every relation`() throws {
    var source = Self.source()
    source.lists[1].years = (0..<90).map { $0 < 40 ? 2001 : 2005 }
    let data = try Self.trainer(source, "rgcn").data
    let view = try #require(data.view(asOf: 2003).heterogeneous)
    #expect(view.relations == data.heterogeneous?.graph.relations)
    let cites = try #require(view.relations.firstIndex { $0.relation == "cites" })
    let back = try #require(view.relations.firstIndex { $0.relation == "rev_cites" })
    #expect(view.adjacencies[cites].edgeCount == 40 && view.adjacencies[back].edgeCount == 40)
    #expect(view.adjacencies[0].edgeCount == data.heterogeneous?.graph.adjacencies[0].edgeCount)
  }
}
