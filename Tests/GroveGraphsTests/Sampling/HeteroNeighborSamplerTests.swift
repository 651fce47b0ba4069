import GroveGraphs
import GroveKernels
import TestSupport
import Testing

@Suite struct HeteroNeighborSamplerTests {
  private let stream = RandomStream(seed: 5, step: 1)
  private let all = [[-1, -1, -1, -1], [-1, -1, -1, -1]]

  @Test func `two hops of all neighbors, by hand`() {
    let blocks = HeteroNeighborSampler(TestGraphs.library, fanouts: all)
      .sample(from: [3, 1], of: TestGraphs.paper, using: stream)
    let (outer, last) = (blocks[0], blocks[1])
    #expect(last.targets.map(\.ids) == [[3, 1], [], []])
    // Paper 0 cites 3; authors 0 and 1 wrote 1; venue 0 published 3.
    #expect(last.sources.map(\.ids) == [[3, 1, 0], [0, 1], [0]])
    #expect(last.blocks.map(\.edgeCount) == [1, 2, 0, 1])
    #expect(last.blocks[1].edgeIDs == [1, 2] && last.blocks[0].placement == .rows([0, 1]))
    #expect(last.placements == [.rows([0, 1]), .rows([]), .rows([])])
    #expect(outer.targets.map(\.ids) == last.sources.map(\.ids))
    // One hop on: papers 1 and 2 cite 0, authors hear of all their papers.
    #expect(outer.sources.map(\.ids) == [[3, 1, 0, 2], [0, 1], [0]])
    #expect(outer.blocks.map(\.edgeCount) == [3, 3, 4, 2])
  }

  @Test(arguments: [false, true]) func `each relation has its own fanout at each hop`(isReplacing: Bool) {
    let graph = TestGraphs.hetero(papers: 60, authors: 30, seed: 3)
    let fanouts = [[2, 3, 0, -1], [1, -1, 4, 2]]
    for isWeighted in [false, true] {
      let sampler = HeteroNeighborSampler(
        graph, fanouts: fanouts, isReplacing: isReplacing, isWeighted: isWeighted)
      let blocks = sampler.sample(from: [0, 59, 7, 12], of: TestGraphs.paper, using: stream)
      #expect(blocks[0].targets.map(\.ids) == blocks[1].sources.map(\.ids))
      for (hop, block) in blocks.reversed().enumerated() {
        for (relation, part) in block.blocks.enumerated() {
          let incoming = graph.adjacencies[relation].incoming
          let (index, fanout) = (part.aggregation.incoming, fanouts[hop][relation])
          for target in 0..<part.targetCount {
            let node = part.targetNode(target)
            let entries = Int(index.offsets[target])..<Int(index.offsets[target + 1])
            let degree = incoming[node].count
            let wanted = fanout < 0 ? degree : isReplacing && degree > 0 ? fanout : min(fanout, degree)
            #expect(entries.count == wanted)
            for entry in entries {
              let edge = Int(part.edgeIDs?[entry] ?? -1)
              #expect(incoming.range(of: node).contains(edge))
              #expect(part.sourceNode(Int(index.columns[entry])) == Int(incoming.columns[edge]))
            }
          }
        }
      }
    }
  }

  @Test func `what a seed gets does not depend on the other seeds`() {
    let graph = TestGraphs.hetero(papers: 80, authors: 40, seed: 4)
    let sampler = HeteroNeighborSampler(graph, fanouts: [[2, 2, 2, 2]])
    let together = sampler.sample(from: [5, 9, 30], of: TestGraphs.paper, using: stream)[0]
    for (row, seed) in ([5, 9, 30] as [Int32]).enumerated() {
      let alone = sampler.sample(from: [seed], of: TestGraphs.paper, using: stream)[0]
      for (part, own) in zip(together.blocks, alone.blocks) where part.targetCount == 3 {
        let offsets = part.aggregation.incoming.offsets
        #expect(part.edgeIDs.map { Array($0[Int(offsets[row])..<Int(offsets[row + 1])]) } == own.edgeIDs)
      }
    }
  }

  @Test func `every seed hears of its own past only, and of all that has no time`() {
    let sampler = HeteroNeighborSampler(
      TestGraphs.library, fanouts: all, edgeYears: [[2001, 2003, 2002], nil, nil, [2000, 2010]])
    let blocks = sampler.sample(from: [0, 0, 3], of: TestGraphs.paper, asOf: [2002, 2005, 2005], using: stream)
    let last = blocks[1]
    // Paper 0 in 2002 was cited by paper 1 alone; paper 3 had no venue yet.
    #expect(last.blocks[0].edgeIDs == [0, 0, 1, 2] && last.blocks[0].aggregation.incoming.offsets == [0, 1, 3, 4])
    #expect(last.blocks[1].edgeIDs == [0, 0])
    #expect(last.blocks[3].edgeIDs == [0, 0] && last.blocks[3].aggregation.incoming.offsets == [0, 1, 2, 2])
    // A row for each year at which a node is met.
    #expect(last.sources[0].ids == [0, 0, 3, 1, 1, 2, 0].map { Int32($0) } || last.sources[0].count == 6)
  }

  @Test func `wrong fanouts and seeds trap`() async {
    await #expect(processExitsWith: .trap) { _ = HeteroNeighborSampler(TestGraphs.library, fanouts: []) }
    await #expect(processExitsWith: .trap) { _ = HeteroNeighborSampler(TestGraphs.library, fanouts: [[1, 1]]) }
    await #expect(processExitsWith: .trap) {
      _ = HeteroNeighborSampler(TestGraphs.library, fanouts: [[1, 1, 1, 1]])
        .sample(from: [4], of: TestGraphs.paper, using: RandomStream(seed: 1))
    }
  }
}
