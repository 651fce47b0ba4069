import GroveKernels
import TestSupport
import Testing

@testable import GroveGraphs

@Suite struct HopListTests {
  /// Shortest distances by repeated relaxation over the joined numbering.
  private func distances(_ graph: SparseRows, isSquare: Bool, from anchor: Int) -> [Int] {
    let shift = isSquare ? 0 : graph.rowCount
    var result = [Int](repeating: .max, count: isSquare ? graph.rowCount : graph.rowCount + graph.columnCount)
    result[anchor] = 0
    for _ in result.indices {
      for row in 0..<graph.rowCount {
        for column in graph[row] {
          let other = Int(column) + shift
          if result[row] < .max { result[other] = min(result[other], result[row] + 1) }
          if !isSquare, result[other] < .max { result[row] = min(result[row], result[other] + 1) }
        }
      }
    }
    return Array(result.dropFirst(shift))
  }

  @Test(arguments: [true, false], [1...1, 2...2, 2...3, 3...5])
  func `lists by distance are those of shortest paths`(isSquare: Bool, range: ClosedRange<Int>) {
    let graph = isSquare ? NegativeData.square(30, seed: 4) : NegativeData.bipartite(15, 20, seed: 5)
    let setting = NegativeData.setting(graph, isSquare: isSquare)
    let lists = HopLists(.distance(range), on: setting.hops, filter: setting.filter, random: setting.random)
    for anchor in 0..<graph.rowCount {
      let slow = distances(graph, isSquare: isSquare, from: anchor)
      let wanted = slow.indices.filter {
        range.contains(slow[$0]) && !setting.filter.excludes(Int32($0), for: Int32(anchor))
      }
      #expect(lists[Int32(anchor)].ids.map(Int.init) == wanted)
    }
  }

  @Test(arguments: [true, false], [1, 3]) func `products and spreading count the same walks`(isSquare: Bool, steps: Int)
    throws
  {
    let graph = isSquare ? NegativeData.square(30, seed: 4) : NegativeData.bipartite(15, 20, seed: 5)
    let setting = NegativeData.setting(graph, isSquare: isSquare, isFiltered: false)
    for blockRows in [4, 100] {
      let table = try HopProducts.table(
        graph, isSquare: isSquare, steps: steps, counts: true, filter: setting.filter, blockRows: blockRows)
      let sets = try HopProducts.table(
        graph, isSquare: isSquare, steps: steps, counts: false, filter: setting.filter, blockRows: blockRows)
      let lists = HopLists(.walkCount(steps: steps), on: setting.hops, filter: setting.filter, random: setting.random)
      for anchor in 0..<graph.rowCount {
        let spread = lists[Int32(anchor)]
        #expect(table[anchor].ids == spread.ids && sets[anchor].ids == spread.ids)
        #expect(expectClose(table[anchor].chances, spread.chances, 1e-6))
        #expect(sets[anchor].sums == nil)
      }
    }
  }

  @Test func `pushed PageRank is that of the iteration`() throws {
    let graph = NegativeData.square(40, seed: 6)
    let setting = NegativeData.setting(graph, isSquare: true, isFiltered: false)
    let lists = HopLists(
      .pageRank(damping: 0.85, tolerance: 1e-10), on: setting.hops, filter: setting.filter, random: setting.random)
    let matrix = try SparseMatrix(graph, values: [Float](repeating: 1, count: graph.entryCount))
    for anchor in [0, 7, 20] {
      let ranks = try matrix.personalizedPageRank(
        seeds: [Int32(anchor)], options: RandomWalkOptions(tolerance: 1e-12, maximumIterations: 1000)
      ).ranks
      let rest = 1 - ranks[anchor]
      let list = lists[Int32(anchor)]
      for (id, chance) in zip(list.ids, list.chances) { #expect(abs(chance - ranks[Int(id)] / rest) < 1e-6) }
    }
  }

  @Test func `walks end where walks can, and lists of an isolated node are empty`() {
    let graph = NegativeData.square(30, seed: 4)
    let setting = NegativeData.setting(graph, isSquare: true)
    let lists = HopLists(
      .visited(walks: 500, steps: 2), on: setting.hops, filter: setting.filter, random: setting.random)
    for anchor in [1, 4, 9] {
      let slow = distances(graph, isSquare: true, from: anchor)
      let wanted = slow.indices.filter { slow[$0] == 2 }
      #expect(lists[Int32(anchor)].ids.map(Int.init) == wanted)
    }
    #expect(lists[29].ids.isEmpty)
  }

  @Test func `depth-first lists leave neighbors out and stop at their length`() {
    let graph = NegativeData.path
    let hops = HopGraph(graph, isSquare: true)
    #expect(
      DepthFirstLists.lists(on: hops, length: 100) == NegativeData.rows([[2, 3], [3], [0], [0, 1]], columns: 4))
    #expect(DepthFirstLists.lists(on: hops, length: 1) == NegativeData.rows([[2], [3], [0], [1]], columns: 4))
    let items = DepthFirstLists.lists(on: HopGraph(NegativeData.items, isSquare: false), length: 100)
    #expect(items == NegativeData.rows([[2, 3], [3], [0], [0, 1], []], columns: 5))
  }
}
