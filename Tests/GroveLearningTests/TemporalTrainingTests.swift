import Foundation
import GroveGraphs
import GroveKernels
@testable import GroveLearning
import TestSupport
import Testing

/// Sampled training in which a node hears only of edges that are not later than its own year.
@Suite struct TemporalTrainingTests {
  private let source = TestSource.academic(papers: 90, seed: 6)

  private func split(upTo year: Int32) throws -> Split {
    let labels = try #require(try source.labels())
    let years = try #require(try source.nodeYears(of: TestSource.paper))
    let train = years.indices.filter { years[$0] > 0 && years[$0] <= year && labels.isLabeled($0) }
    let test = years.indices.filter { years[$0] > year && labels.isLabeled($0) }
    return Split(name: "t", kind: "", train: train.map { Int32($0) }, validation: [], test: test.map { Int32($0) })
  }

  private func trainer(_ source: TestSource, _ model: String, temporal: Bool = true, upTo year: Int32 = 2012) throws
    -> NodeTrainer
  {
    try source.trainer(model, split: split(upTo: year)) {
      $0.features = "learned:4"
      $0.fanouts = [Int](repeating: -1, count: $0.layers)
      $0.batch = 7
      $0.epochs = 6
      $0.patience = 0
      $0.temporal = temporal
      // Dropout of attention is keyed by an edge's place, which other edges shift.
      $0.attentionDropout = 0
    }
  }

  @Test(arguments: ["sage", "gat", "rgcn", "hgt", "hetero-sage"])
  func `edges later than every training node change no weight`(model: String) throws {
    let scratch = try ScratchFolder()
    let later = source.rewiring(2013...2020).rewiring(0...0)
    func weights(_ source: TestSource, temporal: Bool, _ name: String) throws -> FileContents {
      let folder = RunFolder(scratch.file(name))
      try folder.create(overwriting: false)
      _ = try trainer(source, model, temporal: temporal).train(in: folder)
      return FileContents(folder.bestPath)
    }
    let first = try weights(source, temporal: true, "1")
    #expect(first.isPresent)
    #expect(try first == weights(later, temporal: true, "2"))
    #expect(try weights(source, temporal: false, "3") != weights(later, temporal: false, "4"))
    #expect(try first != weights(source.rewiring(2000...2010), temporal: true, "5"), "earlier edges teach")
  }

  @Test func `each edge of the graph has the earliest known year of its listed ones`() throws {
    let (data, _) = try source.data("gcn") { $0.features = "learned:4" }
    let years = try #require(try data.edgeYears(asOf: nil)[0])
    var earliest: [[Int32]: Int32] = [:]
    for relation in source.relations where relation.source == TestSource.paper && relation.target == TestSource.paper {
      let (edges, known) = (try source.edges(of: relation), try source.edgeYears(of: relation))
      for edge in 0..<edges.count {
        let year = known?[edge] ?? 1
        for pair in [[edges.sources[edge], edges.targets[edge]], [edges.targets[edge], edges.sources[edge]]] {
          let told = earliest[pair] ?? 0
          earliest[pair] = told > 0 && year > 0 ? min(told, year) : max(told, year)
        }
      }
    }
    #expect(years.count == data.graph.edgeCount && Set(years).count > 3 && years.count == earliest.count)
    for target in 0..<data.nodeCount {
      for edge in data.graph.incoming.range(of: target) {
        #expect(years[edge] == earliest[[data.graph.incoming.columns[edge], Int32(target)]])
      }
    }
  }

  @Test func `relations and their reverses have their years, each in its own order`() throws {
    let (data, _) = try source.data("rgcn") { $0.features = "learned:4" }
    let graph = try #require(data.heterogeneous).graph
    let years = try data.edgeYears(asOf: nil)
    #expect(years.count == graph.relations.count)
    var checked = 0
    for (place, relation) in graph.relations.enumerated() {
      guard let own = years[place], relation.source != relation.target else { continue }
      let isTurned = relation.relation.hasPrefix("rev_")
      let listed =
        isTurned ? EdgeType(relation.target, String(relation.relation.dropFirst(4)), relation.source) : relation
      let (edges, known) = (try source.edges(of: listed), try #require(try source.edgeYears(of: listed)))
      let incoming = graph.adjacencies[place].incoming
      for target in 0..<incoming.rowCount {
        for edge in incoming.range(of: target) {
          let ends = (incoming.columns[edge], Int32(target))
          let same = (0..<edges.count).filter {
            isTurned
              ? edges.targets[$0] == ends.0 && edges.sources[$0] == ends.1
              : edges.sources[$0] == ends.0 && edges.targets[$0] == ends.1
          }
          #expect(own[edge] == same.map { known[$0] }.filter { $0 > 0 }.min() ?? 0)
          checked += 1
        }
      }
    }
    #expect(checked > 0)
  }

  @Test func `data without years, and models of meta-paths, are told apart from those that have them`() throws {
    var timeless = source
    for index in timeless.lists.indices { timeless.lists[index].years = nil }
    #expect(
      failure { _ = try trainer(timeless, "sage").train(in: nil) }?.text.contains("no relation has years") == true)
    var ageless = source
    ageless.years = [:]
    #expect(failure { _ = try trainer(ageless, "sage").train(in: nil) }?.text.contains("have no years") == true)
    var layer = ConfigurationLayer(origin: "test")
    layer.set("model", "han")
    layer.set("fanouts", [4])
    layer.set("temporal", true)
    #expect(failure { _ = try TrainingConfiguration(layers: [layer]) }?.text.contains("meta-paths") == true)
  }
}
