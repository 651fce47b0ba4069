import GroveGraphs
import GroveKernels
import TestSupport
import Testing

@Suite struct NeighborSamplerTests {
  private let stream = RandomStream(seed: 5, step: 1)

  private func expect(
    _ block: Block, targets: [Int32], sources: [Int32], rows: [Int32], offsets: [Int64], columns: [Int32],
    edges: [Int64], sourceLocation: SourceLocation = #_sourceLocation
  ) {
    #expect(block.targetIDs == targets, sourceLocation: sourceLocation)
    #expect(block.sourceIDs == sources, sourceLocation: sourceLocation)
    #expect(block.placement == .rows(rows), sourceLocation: sourceLocation)
    #expect(block.aggregation.incoming.offsets == offsets, sourceLocation: sourceLocation)
    #expect(block.aggregation.incoming.columns == columns, sourceLocation: sourceLocation)
    #expect(block.edgeIDs == edges, sourceLocation: sourceLocation)
  }

  // MARK: - By hand
  // Edges into 0: from 1, 2 (0, 1); into 1: from 0 (2); into 2: from 0, 1, 2 (3, 4, 5); into 3: from 2 (6); into 4: none.

  @Test func `two hops of all neighbors, by hand`() {
    let blocks = NeighborSampler(TestGraphs.five, fanouts: [-1, -1]).sample(from: [3, 4], using: stream)
    #expect(blocks.count == 2)
    expect(
      blocks[1], targets: [3, 4], sources: [3, 4, 2], rows: [0, 1], offsets: [0, 1, 1], columns: [2], edges: [6])
    expect(
      blocks[0], targets: [3, 4, 2], sources: [3, 4, 2, 0, 1], rows: [0, 1, 2], offsets: [0, 1, 1, 4],
      columns: [2, 3, 4, 2], edges: [6, 3, 4, 5])
  }

  @Test func `hidden edges are in no block, by hand`() {
    let blocks = NeighborSampler(TestGraphs.five, fanouts: [-1, -1]).sample(
      from: [3, 4], hiding: [1, 4], using: stream)
    expect(
      blocks[1], targets: [3, 4], sources: [3, 4, 2], rows: [0, 1], offsets: [0, 1, 1], columns: [2], edges: [6])
    expect(
      blocks[0], targets: [3, 4, 2], sources: [3, 4, 2, 0], rows: [0, 1, 2], offsets: [0, 1, 1, 3],
      columns: [2, 3, 2], edges: [6, 3, 5])
  }

  @Test func `hiding edges takes them out of what is drawn and changes nothing else`() {
    let sampler = NeighborSampler(TestGraphs.five, fanouts: [2])
    var lost = 0
    for seed in UInt64(0)..<50 {
      let stream = RandomStream(seed: seed)
      let drawn = sampler.sample(from: [0, 2, 3], using: stream)[0].edgeIDs ?? []
      let shown = sampler.sample(from: [0, 2, 3], hiding: [0, 5], using: stream)[0].edgeIDs ?? []
      #expect(shown == drawn.filter { $0 != 0 && $0 != 5 })
      lost += drawn.count - shown.count
    }
    #expect(lost > 50)
  }

  @Test func `a seed that is given twice has two target rows of one source row`() {
    let block = NeighborSampler(TestGraphs.five, fanouts: [-1]).sample(from: [2, 3, 2], using: stream)[0]
    expect(
      block, targets: [2, 3, 2], sources: [2, 3, 0, 1], rows: [0, 1, 0], offsets: [0, 3, 4, 7],
      columns: [2, 3, 0, 0, 2, 3, 0], edges: [3, 4, 5, 6, 3, 4, 5])
    let drawn = NeighborSampler(TestGraphs.five, fanouts: [2]).sample(from: [2, 2], using: stream)[0]
    #expect(drawn.edgeIDs?.count == 4 && drawn.edgeIDs?.prefix(2) == drawn.edgeIDs?.suffix(2))
  }

  @Test func `every seed hears of its own past only, by hand`() {
    let sampler = NeighborSampler(
      TestGraphs.five, fanouts: [-1, -1], edgeYears: [2001, 2003, 2002, 2005, 0, 2004, 2002])
    let blocks = sampler.sample(from: [2, 2, 0], asOf: [2004, 2005, 2002], using: stream)
    expect(
      blocks[1], targets: [2, 2, 0], sources: [2, 2, 0, 0, 1], rows: [0, 1, 2], offsets: [0, 1, 3, 4],
      columns: [0, 3, 1, 4], edges: [5, 3, 5, 0])
    expect(
      blocks[0], targets: [2, 2, 0, 0, 1], sources: [2, 2, 0, 0, 1, 1], rows: [0, 1, 2, 3, 4],
      offsets: [0, 1, 3, 4, 6, 7], columns: [0, 3, 1, 4, 5, 1, 2], edges: [5, 3, 5, 0, 0, 1, 2])
  }

  @Test func `isolated seeds get no edges, and weights go with their edges`() {
    let graph = TestGraphs.graph([0, 1, 1], [1, 2, 2], nodeCount: 5, weights: [0.5, 2, 3])
    let block = NeighborSampler(graph, fanouts: [4]).sample(from: [4, 2, 3], using: stream)[0]
    expect(
      block, targets: [4, 2, 3], sources: [4, 2, 3, 1], rows: [0, 1, 2], offsets: [0, 0, 2, 2], columns: [3, 3],
      edges: [1, 2])
    #expect(block.weights == [2, 3])
    let lonely = NeighborSampler(graph, fanouts: [4, 4], isReplacing: true).sample(from: [4], using: stream)
    #expect(lonely.allSatisfy { $0.edgeCount == 0 && $0.sourceIDs == [4] })
  }

  // MARK: - What holds for every sample

  @Test(arguments: [1, 2, 7, 40, -1], [false, true])
  func `each target has as many edges as it should, in the graph's order`(fanout: Int, isReplacing: Bool) {
    let graph = TestGraphs.random(nodeCount: 60, edgeCount: 900, seed: 3, weighted: true, isolated: 3)
    for isWeighted in [false, true] {
      let sampler = NeighborSampler(
        graph, fanouts: [fanout, fanout, 2], isReplacing: isReplacing, isWeighted: isWeighted)
      let blocks = sampler.sample(from: [0, 59, 7, 12], using: stream)
      for (hop, block) in blocks.reversed().enumerated() {
        let fanout = sampler.fanouts[hop]
        let index = block.aggregation.incoming
        for target in 0..<block.targetCount {
          let node = block.targetNode(target)
          let degree = graph.incoming[node].count
          let entries = Int(index.offsets[target])..<Int(index.offsets[target + 1])
          let edges = entries.map { Int(block.edgeIDs?[$0] ?? -1) }
          let wanted = fanout < 0 ? degree : isReplacing && degree > 0 ? fanout : min(fanout, degree)
          #expect(edges.count == wanted)
          #expect(edges == edges.sorted() && edges.allSatisfy { graph.incoming.range(of: node).contains($0) })
          if !isReplacing { #expect(Set(edges).count == edges.count) }
          for entry in entries {
            #expect(
              block.sourceNode(Int(index.columns[entry]))
                == Int(graph.incoming.columns[edges[entry - entries.lowerBound]]))
          }
          #expect(block.sourceNode(block.sourceRow(ofTarget: target)) == node)
        }
        #expect(Set(block.sourceIDs ?? []).count == block.sourceCount)
      }
      #expect(blocks[0].targetIDs == blocks[1].sourceIDs && blocks[1].targetIDs == blocks[2].sourceIDs)
    }
  }

  @Test func `C-30: fanouts of 10 and 20, the input's first, as the hops from the seeds`() {
    let graph = TestGraphs.random(nodeCount: 300, edgeCount: 4500, seed: 8)
    let seeds = (0..<40).map { Int32(7 * $0 % 300) }
    let degrees = (0..<300).map { graph.incoming[$0].count }
    #expect(degrees.contains { $0 < 10 } && degrees.contains { $0 > 20 }, "some are drawn in part, some as a whole")
    // A model's layers list the input's hop first, the sampler that of the seeds.
    let blocks = NeighborSampler(graph, fanouts: [10, 20].reversed()).sample(from: seeds, using: stream)
    for (block, fanout) in zip(blocks, [10, 20]) {
      let index = block.aggregation.incoming
      for target in 0..<block.targetCount {
        let entries = Int(index.offsets[target])..<Int(index.offsets[target + 1])
        let edges = Set(entries.map { block.edgeIDs?[$0] ?? -1 })
        let degree = degrees[block.targetNode(target)]
        #expect(edges.count == entries.count && edges.count == min(fanout, degree))
      }
      // Targets come first among the sources.
      #expect(block.sourceIDs?.prefix(block.targetCount) == block.targetIDs?[...])
    }
    #expect(blocks[1].targetIDs == seeds && blocks[0].targetIDs == blocks[1].sourceIDs)
  }

  @Test(arguments: [3, -1]) func `no edge is later than the seed that it is drawn for`(fanout: Int) {
    let graph = TestGraphs.random(nodeCount: 50, edgeCount: 700, seed: 8, weighted: true)
    var random = TestRandom(4)
    let years = (0..<graph.edgeCount).map { edge in edge % 3 == 0 ? 0 : Int32.random(in: 1995...2015, using: &random) }
    let seeds = (0..<200).map { _ in Int32.random(in: 0..<50, using: &random) }
    let times = seeds.map { _ in Int32.random(in: 1990...2015, using: &random) }
    for (isReplacing, isWeighted) in [(false, false), (true, false), (false, true), (true, true)] {
      let sampler = NeighborSampler(
        graph, fanouts: [fanout, fanout], isReplacing: isReplacing, isWeighted: isWeighted, edgeYears: years)
      // One seed at a time, so that all that is drawn is for it.
      for (seed, time) in zip(seeds, times) {
        let blocks = sampler.sample(from: [seed], asOf: [time], using: stream)
        for block in blocks { #expect(block.edgeIDs?.allSatisfy { (1...time).contains(years[Int($0)]) } == true) }
        let open = graph.incoming.range(of: Int(seed)).count { (1...time).contains(years[$0]) }
        let wanted = fanout < 0 ? open : isReplacing && open > 0 ? fanout : min(fanout, open)
        #expect(blocks[1].edgeCount == wanted)
      }
      // All at once: each seed's edges are the same.
      let together = sampler.sample(from: seeds, asOf: times, using: stream)[1]
      for (row, (seed, time)) in zip(seeds, times).enumerated() {
        let offsets = together.aggregation.incoming.offsets
        let own = together.edgeIDs?[Int(offsets[row])..<Int(offsets[row + 1])]
        let alone = sampler.sample(from: [seed], asOf: [time], using: stream)[1].edgeIDs
        #expect(own.map { Array($0) } == alone)
      }
    }
  }

  /// Edges drawn into each node at each hop.
  private func drawn(_ blocks: [Block]) -> [[Int: [Int64]]] {
    blocks.reversed().map { block in
      let offsets = block.aggregation.incoming.offsets
      return Dictionary(
        uniqueKeysWithValues: (0..<block.targetCount).map { target in
          let entries = Int(offsets[target])..<Int(offsets[target + 1])
          return (block.targetNode(target), entries.map { block.edgeIDs?[$0] ?? -1 })
        })
    }
  }

  @Test func `what a seed gets depends neither on the other seeds nor on their order`() {
    let graph = TestGraphs.random(nodeCount: 200, edgeCount: 3000, seed: 2)
    let sampler = NeighborSampler(graph, fanouts: [4, 3, 2])
    var random = TestRandom(1)
    let seeds = (0..<64).map { Int32($0 * 3) }.shuffled(using: &random)
    let all = drawn(sampler.sample(from: seeds, using: stream))
    for seed in seeds {
      for (hop, edges) in drawn(sampler.sample(from: [seed], using: stream)).enumerated() {
        for (node, list) in edges { #expect(all[hop][node] == list, "hop \(hop), node \(node)") }
      }
    }
    #expect(drawn(sampler.sample(from: seeds.reversed(), using: stream)) == all)
    #expect(drawn(sampler.sample(from: seeds, using: RandomStream(seed: 5, step: 2))) != all)
    // The hops of one node differ: 0 is the hub, a seed and a source of others.
    let (first, second) = (all[0][0] ?? [], all[1][0] ?? [])
    #expect(first.count == 4 && second.count == 3 && !Set(second).isSubset(of: first))
  }

  @Test func `samples drawn at the same time are those drawn one after the other`() {
    let graph = TestGraphs.random(nodeCount: 500, edgeCount: 6000, seed: 2)
    let sampler = NeighborSampler(graph, fanouts: [5, 5])
    let stream = stream
    @Sendable func edges(_ number: Int) -> [[Int64]?] {
      sampler.sample(from: (0..<40).map { Int32((7 * $0 + number) % 500) }, using: stream).map(\.edgeIDs)
    }
    let alone = (0..<64).map(edges)
    ThreadCounts.forEach([1, 2, 3]) { _ in
      let together = Guarded([[[Int64]?]](repeating: [], count: 64))
      Workers.forEachChunk(of: 64, atLeast: 1) {
        for number in $0 { let made = edges(number); together.withLock { $0[number] = made } }
      }
      #expect(together.withLock { $0 } == alone)
    }
  }

  // MARK: - Traps

  @Test func `no seeds, seeds that are no nodes, and wrong fanouts trap`() async {
    await #expect(processExitsWith: .trap) {
      _ = NeighborSampler(TestGraphs.five, fanouts: [2]).sample(from: [], using: RandomStream(seed: 1))
    }
    await #expect(processExitsWith: .trap) {
      _ = NeighborSampler(TestGraphs.five, fanouts: [2]).sample(from: [5], using: RandomStream(seed: 1))
    }
    await #expect(processExitsWith: .trap) { _ = NeighborSampler(TestGraphs.five, fanouts: []) }
    await #expect(processExitsWith: .trap) { _ = NeighborSampler(TestGraphs.five, fanouts: [0]) }
    await #expect(processExitsWith: .trap) { _ = NeighborSampler(TestGraphs.five, fanouts: [2], edgeYears: [2000]) }
    await #expect(processExitsWith: .trap) {
      _ = NeighborSampler(TestGraphs.five, fanouts: [2]).sample(from: [1], asOf: [2000], using: RandomStream(seed: 1))
    }
    await #expect(processExitsWith: .trap) {
      _ = Loader(NeighborSampler(TestGraphs.five, fanouts: [2]), seeds: [], batchSize: 2, random: RandomStream(seed: 1))
    }
  }
}
