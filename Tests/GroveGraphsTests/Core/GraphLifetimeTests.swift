import GroveKernels
import Testing

@testable import GroveGraphs

/// Training takes a graph of its own for each step, so one that is kept by its block grows without bound.
@Suite struct GraphLifetimeTests {
  private func rows() -> SparseRows { SparseRows(offsets: [0, 1, 2, 3], columns: [1, 2, 0], columnCount: 3) }

  @Test func `a graph is freed with its last block`() {
    weak var storage: Graph.Storage?
    do {
      let graph = Graph(incoming: rows())
      storage = graph.storage
      #expect(graph.block.normalized.weights.values.count == 6 && graph.block.looped.outgoing.entryCount == 6)
      #expect(storage != nil)
    }
    #expect(storage == nil)
  }

  @Test func `a relation between two types is freed with its last block`() {
    weak var storage: BipartiteGraph.Storage?
    do {
      let relation = BipartiteGraph(incoming: rows())
      storage = relation.storage
      #expect(relation.block.normalized.weights.values.count == 3)
      #expect(storage != nil)
    }
    #expect(storage == nil)
  }

  @Test func `blocks of one graph share what is computed`() {
    let graph = Graph(incoming: rows())
    #expect(graph.block.aggregation === graph.block.aggregation && graph.block.looped === graph.block.looped)
  }
}
