import GroveGraphs
import GroveKernels
import TestSupport
import Testing

@Suite struct GraphViewTests {
  /// An edge with all that is known of it, for comparing lists in their order.
  private struct Edge: Equatable {
    var source: Int32
    var target: Int32
    var weight: Float?
    var year: Int32?
  }

  private func edges(_ source: some GraphSource, _ relation: EdgeType) throws -> [Edge] {
    let list = try source.edges(of: relation)
    let years = try source.edgeYears(of: relation)
    if let years { #expect(years.count == list.count) }
    if let weights = list.weights { #expect(weights.count == list.count) }
    return (0..<list.count).map {
      Edge(source: list.sources[$0], target: list.targets[$0], weight: list.weights?[$0], year: years?[$0])
    }
  }

  /// What a view must show, edge by edge and from sets alone.
  private func expected(
    _ source: TestSource, _ relation: EdgeType, asOf: Int?, hidden: [(relation: EdgeType, type: NodeType, Set<Int32>)]
  ) throws -> [Edge] {
    var shown: [Edge] = []
    for edge in try edges(source, relation) {
      var stays = true
      if let asOf, let year = edge.year { stays = (1...asOf).contains(Int(year)) }
      for (masked, type, nodes) in hidden where masked == relation {
        if relation.source == type && nodes.contains(edge.source) { stays = false }
        if relation.target == type && nodes.contains(edge.target) { stays = false }
      }
      if stays { shown.append(edge) }
    }
    return shown
  }

  private func someNodes(_ count: Int, _ random: inout TestRandom) -> [Int32] {
    (0..<Int32(count)).filter { _ in Int.random(in: 0..<3, using: &random) == 0 }
  }

  @Test(arguments: [0, 1, 2, 7, 64]) func `a view shows what a filter edge by edge leaves`(papers: Int) throws {
    var random = TestRandom(papers)
    for seed in 0..<6 {
      let source = TestSource.academic(papers: papers, seed: seed)
      for asOf in [nil, 2007, 2008, 2014, 2020] {
        for maskCount in 0...3 {
          var hidden: [(relation: EdgeType, type: NodeType, Set<Int32>)] = []
          for _ in 0..<maskCount {
            let relation = source.relations.randomElement(using: &random) ?? TestSource.cites
            let type = Bool.random(using: &random) ? relation.source : relation.target
            hidden.append((relation, type, Set(someNodes(source.nodeCount(of: type), &random))))
          }
          let masks = hidden.map { relation, type, nodes in
            EdgeMask(relation, nodeType: type, nodes: Array(nodes), nodeCount: source.nodeCount(of: type))
          }
          let view = GraphView(source, asOf: asOf, masks: masks)
          // Two views, one over the other, leave the same.
          let stacked = GraphView(GraphView(source, masks: masks), asOf: asOf)
          for relation in source.relations {
            let wanted = try expected(source, relation, asOf: asOf, hidden: hidden)
            #expect(try edges(view, relation) == wanted, "\(relation) as of \(asOf ?? 0)")
            #expect(try edges(stacked, relation) == wanted, "\(relation) as of \(asOf ?? 0), in two steps")
          }
        }
      }
    }
  }

  @Test func `everything but edges is the graph's`() throws {
    var source = TestSource.academic(papers: 20, seed: 1)
    source.labelRelation = TestSource.publishedIn
    source.columns = [TestSource.paper: [("x", .dense(values: .array([Float](repeating: 1, count: 20)), width: 1))]]
    let view = GraphView(source, asOf: 2010)
    #expect(view.name == source.name && view.nodeTypes == source.nodeTypes && view.relations == source.relations)
    #expect(view.labeledType == source.labeledType && view.labelRelation == source.labelRelation)
    #expect(view.splitNames == source.splitNames)
    for type in source.nodeTypes {
      #expect(view.nodeCount(of: type) == source.nodeCount(of: type))
      #expect(try view.nodeYears(of: type) == source.nodeYears(of: type))
      #expect(try view.nodeIDs(of: type) == nil)
      #expect(view.featureNames(of: type) == source.featureNames(of: type))
    }
    #expect(try view.labels() == source.labels())
    #expect(try view.features(named: "x", of: TestSource.paper) == source.features(named: "x", of: TestSource.paper))
  }

  @Test func `an undirected relation keeps its word, and a relation without time stays whole`() throws {
    let type = EdgeType(.node, "edges", .node)
    let list = EdgeList(sources: [0, 1, 2], targets: [1, 2, 2], weights: [1, 2, 3], isDirected: false)
    var source = TestSource(nodes: [(.node, 3)], lists: [TestSource.Relation(type, list, years: [2010, 0, 2011])])
    #expect(
      try GraphView(source, asOf: 2010).edges(of: type)
        == EdgeList(sources: [0], targets: [1], weights: [1], isDirected: false))
    source.lists[0].years = nil
    #expect(try GraphView(source, asOf: 2010).edges(of: type) == list)
    #expect(try GraphView(source, asOf: 2010).edgeYears(of: type) == nil)
  }

  // MARK: - Time and leakage, by their numbers in the specification

  @Test func `check 30: as of 2014 no citing paper is later, and papers without year are in no split and counted`()
    throws
  {
    for seed in 0..<5 {
      let source = TestSource.academic(papers: 200, seed: seed)
      let years = try #require(try source.nodeYears(of: TestSource.paper))
      let all = try source.edges(of: TestSource.cites)
      let seen = try GraphView(source, asOf: 2014).edges(of: TestSource.cites)
      #expect(seen.sources.allSatisfy { (1...2014).contains(years[Int($0)]) })
      #expect(seen.count == all.sources.count { (1...2014).contains(years[Int($0)]) })
      #expect(seen.count > 0 && seen.count < all.count)
      let labels = try #require(try source.labels())
      let split = try SplitKind(parsing: "time:2014,2016").make(
        labels: labels, name: "t", random: RandomStream(seed: 0), years: years)
      let parts = SplitPart.allCases.flatMap(split.nodes)
      #expect(parts.allSatisfy { years[Int($0)] > 0 })
      let unknown = (0..<200).count { years[$0] == 0 && labels.isLabeled($0) }
      #expect(unknown > 0 && SplitKind.withoutYear(years, labels: labels) == unknown)
      #expect(parts.count + unknown == (0..<200).count { labels.isLabeled($0) })
    }
  }

  @Test(arguments: [TestSource.publishedIn, TestSource.hasTopic])
  func `check 31: label edges of hidden papers are absent in both directions`(relation: EdgeType) throws {
    let source = TestSource.academic(papers: 120, seed: 3)
    let labels = try #require(try source.labels())
    let split = try SplitKind.fraction(train: 0.6, validation: 0.2).make(
      labels: labels, name: "f", random: RandomStream(seed: 0))
    let labeled = (0..<120).filter { labels.isLabeled($0) }.map { Int32($0) }
    for hidden in [split.validation + split.test, labeled] {
      let view = GraphView(source, masks: GraphView.hidingLabels(from: relation, of: hidden, in: source))
      let forward = try view.edges(of: relation)
      // The reverse is this list turned round: papers are then its targets.
      let reverse = EdgeList(sources: forward.targets, targets: forward.sources, isDirected: true)
      let unseen = Set(hidden)
      #expect(forward.sources.allSatisfy { !unseen.contains($0) })
      #expect(reverse.targets.allSatisfy { !unseen.contains($0) })
      let all = try source.edges(of: relation).sources
      #expect(forward.count == all.count { !unseen.contains($0) })
      for other in source.relations where other != relation {
        #expect(try view.edges(of: other) == source.edges(of: other), "\(other)")
      }
    }
    #expect(try source.edges(of: relation).count > 0)
  }

  @Test func `hidden nodes at either end of a relation within a type lose their edges both ways`() throws {
    let source = TestSource.academic(papers: 60, seed: 8)
    let hidden = Set<Int32>((0..<60).filter { $0 % 4 == 0 })
    let masks = GraphView.hidingLabels(from: TestSource.cites, of: Array(hidden), in: source)
    let seen = try GraphView(source, masks: masks).edges(of: TestSource.cites).bothWays()
    #expect(seen.sources.allSatisfy { !hidden.contains($0) } && seen.targets.allSatisfy { !hidden.contains($0) })
    #expect(seen.count > 0)
  }

  @Test func `masks that do not fit trap with both values`() async {
    await #expect(processExitsWith: .failure) {
      _ = EdgeMask(TestSource.cites, nodeType: TestSource.venue, isMasked: [])
    }
    await #expect(processExitsWith: .failure) {
      let source = TestSource.academic(papers: 3, seed: 0)
      _ = GraphView(source, masks: [EdgeMask(TestSource.cites, nodeType: TestSource.paper, isMasked: [true])])
    }
    await #expect(processExitsWith: .failure) {
      _ = EdgeList(sources: [0], targets: [0], isDirected: true).filtered(by: [])
    }
  }
}
