import Foundation
import GroveGraphs
import GroveKernels
@testable import GroveLearning
import TestSupport
import Testing

/// Features that are made from edges.
@Suite struct DerivedFeatureTests {
  private static let (paper, field) = (TestSource.paper, TestSource.field)

  /// Papers 0 → 1, 0 → 2, 2 → 1 twice, 3 → 3, paper 4 alone; topics of papers 0 and 2; the only label is a class.
  private func small(isDirected: Bool = true) -> TestSource {
    let cites = EdgeList(sources: [0, 0, 2, 2, 3], targets: [1, 2, 1, 1, 3], isDirected: isDirected)
    let topics = EdgeList(
      sources: [0, 0, 2, 0], targets: [0, 2, 1, 0], weights: [0.5, 1, 2, 0.25], isDirected: true)
    var source = TestSource(
      nodes: [(Self.paper, 5), (Self.field, 3)],
      lists: [
        TestSource.Relation(TestSource.cites, cites, years: [2010, 2010, 2012, 2014, 2012]),
        TestSource.Relation(TestSource.hasTopic, topics, years: [2010, 2010, 2012, 2012]),
      ])
    source.labeledType = Self.paper
    source.classes = .single(classes: [0, 1, 0, 1, -1], names: ["a", "b"])
    return source
  }

  private func matrix(_ data: NodeData) throws -> [[Float]] {
    guard case .given(let matrix) = data.features else { return [] }
    return rows(matrix)
  }

  private func rows(_ matrix: FeatureMatrix) -> [[Float]] {
    switch matrix {
    case .dense(let values, let width):
      return (0..<matrix.rowCount).map { Array(values[$0 * width..<($0 + 1) * width]) }
    case .sparse(let rows, let values):
      return (0..<rows.rowCount).map { row in
        var line = [Float](repeating: 0, count: rows.columnCount)
        for entry in rows.range(of: row) { line[Int(rows.columns[entry])] += values?[entry] ?? 1 }
        return line
      }
    }
  }

  private func logs(_ degrees: [(Int, Int)]) -> [[Float]] {
    degrees.map { [Float(log(1 + Double($0))), Float(log(1 + Double($1)))] }
  }

  private func isClose(_ a: [[Float]], _ b: [[Float]]) -> Bool {
    let (all, other) = (a.joined(), b.joined())
    return a.map(\.count) == b.map(\.count) && zip(all, other).allSatisfy { abs($0 - $1) < 1e-6 }
  }

  @Test(arguments: ["auto", "no", "yes"])
  func `degrees are those of the hand-worked example, whether edges are turned round or not`(undirected: String) throws
  {
    let (data, configuration) = try small().data("gcn") {
      $0.features = "degree"
      $0.undirected = undirected
    }
    #expect(isClose(try matrix(data), logs([(0, 2), (2, 0), (1, 1), (1, 1), (0, 0)])), "\(data.features)")
    #expect(configuration.normalizeFeatures == "none" && data.features.width == 2)
    // 0 – 1, 0 – 2, 1 – 2 and a loop, without directions.
    let (both, _) = try small(isDirected: false).data("gcn") {
      $0.features = "degree"
      $0.undirected = undirected
    }
    #expect(isClose(try matrix(both), logs([(2, 2), (2, 2), (2, 2), (1, 1), (0, 0)])), "\(both.features)")
  }

  @Test func `degrees as of a year count the edges of that year`() throws {
    let (data, _) = try small().data("gcn") { $0.features = "degree" }
    let early = try #require(try data.view(asOf: 2011).features)
    #expect(isClose(rows(early), logs([(0, 2), (1, 0), (1, 0), (0, 0), (0, 0)])))
    let later = try #require(try data.view(asOf: 2013).features)
    #expect(isClose(rows(later), logs([(0, 2), (2, 0), (1, 1), (1, 1), (0, 0)])))
  }

  @Test func `topics are the added weights of each paper's edges`() throws {
    let wanted: [[Float]] = [[0.75, 0, 1], [0, 0, 0], [0, 2, 0], [0, 0, 0], [0, 0, 0]]
    let (plain, _) = try small().data("gcn") {
      $0.features = "has_topic"
      $0.normalizeFeatures = "none"
    }
    #expect(isClose(try matrix(plain), wanted), "\(plain.features)")
    let (shares, configuration) = try small().data("gcn") { $0.features = "has_topic" }
    #expect(configuration.normalizeFeatures == "rows")
    #expect(isClose(try matrix(shares), [[3 / 7, 0, 4 / 7], [0, 0, 0], [0, 1, 0], [0, 0, 0], [0, 0, 0]]))
    let early = try #require(try shares.view(asOf: 2011).features)
    #expect(isClose(rows(early), [[1 / 3, 0, 2 / 3], [0, 0, 0], [0, 0, 0], [0, 0, 0], [0, 0, 0]]))
    var bare = small()
    bare.lists[1].edges.weights = nil
    let (counts, _) = try bare.data("gcn") {
      $0.features = "has_topic"
      $0.normalizeFeatures = "none"
    }
    #expect(isClose(try matrix(counts), [[2, 0, 1], [0, 0, 0], [0, 1, 0], [0, 0, 0], [0, 0, 0]]))
  }

  @Test func `negative topic weights are not divided by their sums`() throws {
    var source = small()
    source.lists[1].edges.weights = [0.5, -1, 2, 0.25]
    let (_, configuration) = try source.data("gcn") { $0.features = "has_topic" }
    #expect(configuration.normalizeFeatures == "none")
  }

  @Test func `without a feature column topics are taken where there are any, else learned rows`() throws {
    let (topics, configuration) = try small().data("gcn")
    #expect(configuration.features == "has_topic" && topics.features.width == 3)
    #expect(topics.notes.count == 1 && topics.notes[0].contains("--features has_topic"))
    var none = small()
    none.lists[1].edges = EdgeList(sources: [], targets: [], isDirected: true)
    none.lists[1].years = []
    #expect(try none.data("gcn").1.features == "learned:64")
    var labels = small()
    labels.labelRelation = TestSource.hasTopic
    #expect(try labels.data("gcn").1.features == "learned:64", "the labels' own edges are no features")
    var columns = small()
    columns.columns[Self.paper] = [("x", .dense(values: [1, 2, 3, 4, 5], width: 1))]
    #expect(try columns.data("gcn").1.features == "x" && columns.data("gcn").0.notes.isEmpty)
  }

  @Test(arguments: ["degree", "has_topic"]) func `a stored column wins over a name of edges`(name: String) throws {
    var source = small()
    source.columns[Self.paper] = [(name, .dense(values: [-1, 2, 3, 4, 5], width: 1))]
    let (data, _) = try source.data("gcn") { $0.features = name }
    #expect(try matrix(data) == [[-1], [2], [3], [4], [5]])
    #expect(try data.view(asOf: 2010).features == nil, "stored columns have no time")
  }

  @Test func `an unknown name is answered with all that can be chosen`() throws {
    let found = failure { _ = try small().data("gcn") { $0.features = "abstract" } }
    #expect(found?.kind == .usage)
    #expect(found?.text.contains("choose one of one-hot, learned:WIDTH, degree, has_topic") == true, "\(found as Any)")
    // Relations that lead to papers, or stay among them, are no features.
    for name in ["cites", "writes"] {
      #expect(failure { _ = try small().data("gcn") { $0.features = name } }?.kind == .usage)
    }
  }

  @Test(arguments: ["mlp", "gcn", "sage"], ["degree", "has_topic"])
  func `models train on them`(model: String, features: String) throws {
    let source = TestSource.academic(papers: 90, seed: 2)
    let labels = try #require(try source.labels())
    let split = try SplitKind.fraction(train: 0.5, validation: 0.2).make(
      labels: labels, name: "f", random: RandomStream(seed: 0))
    let result = try source.trainer(model, split: split) {
      $0.features = features
      $0.epochs = 60
    }.train(in: nil).result
    #expect(result.train["loss"]?.isFinite == true)
    if features == "has_topic" { #expect(result.test["accuracy"] ?? 0 > 0.6, "\(result.test)") }
  }

  // MARK: - Another graph

  @Test func `a run on degrees or topics predicts another graph, if that has as many topics`() throws {
    let scratch = try ScratchFolder()
    for features in ["degree", "has_topic"] {
      let folder = RunFolder(scratch.file(features))
      try folder.create(overwriting: false)
      let split = Split(name: "s", kind: "", train: [0, 1], validation: [], test: [2, 3])
      let trainer = try small().trainer("sage", split: split) {
        $0.features = features
        $0.epochs = 3
      }
      _ = try trainer.train(in: folder)
      var configuration = trainer.configuration
      let width = try NodeData(small(), for: folder.signature(), &configuration).features.width
      #expect(width == (features == "degree" ? 2 : 3))
      var wider = small()
      wider.nodes[1].count = 4
      let found = failure { _ = try NodeData(wider, for: folder.signature(), &configuration) }
      if features == "degree" {
        #expect(found == nil)
      } else {
        #expect(found?.kind == .badData, "\(found as Any)")
        for word in ["has_topic", "field", "knows 3", "here are 4"] { #expect(found?.text.contains(word) == true) }
      }
    }
  }

  // MARK: - Labels made from a relation

  @Test(arguments: [TestSource.publishedIn, TestSource.hasTopic, TestSource.cites])
  func `check 31: edges that labels were made from are hidden at all labeled papers`(relation: EdgeType) throws {
    var source = TestSource.academic(papers: 100, seed: 5)
    source.labelRelation = relation
    let labels = try #require(try source.labels())
    let (data, _) = try source.data("gcn") { $0.features = "one-hot" }
    let seen = try data.reading.source.edges(of: relation)
    let all = try source.edges(of: relation)
    func isHidden(_ edge: Int, of list: EdgeList) -> Bool {
      labels.isLabeled(Int(list.sources[edge]))
        || (relation.target == relation.source && labels.isLabeled(Int(list.targets[edge])))
    }
    #expect((0..<seen.count).allSatisfy { !isHidden($0, of: seen) })
    #expect(seen.count == (0..<all.count).count { !isHidden($0, of: all) })
    if relation == TestSource.cites {
      let incoming = data.graph.incoming
      #expect((0..<100).allSatisfy { !labels.isLabeled($0) || incoming.range(of: $0).isEmpty }, "into labeled papers")
      #expect(incoming.columns.allSatisfy { !labels.isLabeled(Int($0)) }, "out of labeled papers")
    }
    if relation != TestSource.cites {
      let refused = failure { _ = try source.data("gcn") { $0.features = relation.relation } }
      #expect(refused?.kind == .usage && refused?.text.contains("labels were made from \(relation.relation)") == true)
    }
    // On a graph to predict they are hidden just so.
    let signature = ModelSignature(nodeType: "paper", featureWidth: 2, classes: ["a", "b", "c"], isMultiLabel: false)
    var configuration = try source.data("sage") { $0.features = "degree" }.1
    let other = try NodeData(source, for: signature, &configuration)
    #expect(try other.reading.source.edges(of: relation) == seen)
  }
}
