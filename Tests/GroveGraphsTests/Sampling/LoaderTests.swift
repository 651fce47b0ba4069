import GroveGraphs
import GroveKernels
import TestSupport
import Testing

@Suite struct LoaderTests {
  private let sampler = NeighborSampler(
    TestGraphs.random(nodeCount: 300, edgeCount: 3000, seed: 2), fanouts: [3, 2])
  private let seeds = (0..<100).map { Int32(3 * $0 % 300) }

  private func loader(_ batchSize: Int, seed: UInt64 = 1) -> Loader<MiniBatch> {
    Loader(sampler, seeds: seeds, batchSize: batchSize, random: RandomStream(seed: seed, operation: 2))
  }

  private func all(_ loader: Loader<MiniBatch>, epoch: Int) throws -> [MiniBatch] {
    let batches = loader.batches(epoch: epoch)
    var result: [MiniBatch] = []
    while let batch = try batches.next() { result.append(batch) }
    return result
  }

  @Test(arguments: [1, 7, 50, 99, 100, 101, 1000])
  func `an epoch holds each seed once, in full batches but the last`(batchSize: Int) throws {
    let loader = loader(batchSize)
    let batches = try all(loader, epoch: 1)
    #expect(batches.count == loader.batchCount)
    #expect(batches.map(\.number) == Array(0..<batches.count))
    #expect(batches.flatMap(\.seeds).sorted() == seeds.sorted())
    #expect(batches.dropLast().allSatisfy { $0.seeds.count == batchSize })
    #expect(batches.allSatisfy { (1...batchSize).contains($0.seeds.count) })
    for batch in batches {
      #expect(batch.blocks.count == 2 && batch.blocks[1].targetIDs == batch.seeds)
      #expect(batch.sourceIDs == batch.blocks[0].sourceIDs)
    }
  }

  @Test func `epochs and seeds shuffle and sample anew, and the same again`() throws {
    let first = try all(loader(16), epoch: 1)
    let again = try all(loader(16), epoch: 1)
    #expect(first.map(\.seeds) == again.map(\.seeds))
    #expect(first.map { $0.blocks.map(\.edgeIDs) } == again.map { $0.blocks.map(\.edgeIDs) })
    #expect(first.flatMap(\.seeds) != seeds)
    for other in [try all(loader(16), epoch: 2), try all(loader(16, seed: 2), epoch: 1)] {
      #expect(other.map(\.seeds) != first.map(\.seeds))
      #expect(edges(of: other) != edges(of: first))
    }
  }

  /// Edges drawn into each seed.
  private func edges(of batches: [MiniBatch]) -> [Int32: [Int64]] {
    var result: [Int32: [Int64]] = [:]
    for batch in batches {
      let block = batch.blocks[1]
      for (row, seed) in batch.seeds.enumerated() {
        let offsets = block.aggregation.incoming.offsets
        result[seed] = (Int(offsets[row])..<Int(offsets[row + 1])).map { block.edgeIDs?[$0] ?? -1 }
      }
    }
    return result
  }

  @Test func `a seed's neighbors do not depend on the size of batches`() throws {
    let expected = edges(of: try all(loader(100), epoch: 3))
    for size in [1, 8, 33] { #expect(edges(of: try all(loader(size), epoch: 3)) == expected) }
  }

  @Test func `every seed keeps its own time`() throws {
    let graph = sampler.graph
    let years = (0..<graph.edgeCount).map { Int32(2000 + $0 % 20) }
    let timed = NeighborSampler(graph, fanouts: [-1], edgeYears: years)
    let loader = Loader(
      timed, seeds: seeds, times: seeds.map { 2000 + $0 % 20 }, batchSize: 9, random: RandomStream(seed: 1))
    for batch in try all(loader, epoch: 1) {
      #expect(batch.times == batch.seeds.map { 2000 + $0 % 20 })
      let block = batch.blocks[0]
      for (row, seed) in batch.seeds.enumerated() {
        let offsets = block.aggregation.incoming.offsets
        let edges = (Int(offsets[row])..<Int(offsets[row + 1])).map { Int(block.edgeIDs?[$0] ?? -1) }
        #expect(edges == graph.incoming.range(of: Int(seed)).filter { years[$0] <= 2000 + seed % 20 })
      }
    }
  }

  @Test func `an epoch that is cancelled ends, and the next one is whole`() throws {
    let loader = loader(4)
    let batches = loader.batches(epoch: 1)
    #expect(try batches.next()?.number == 0)
    batches.cancel()
    #expect(try batches.next() == nil)
    #expect(try all(loader, epoch: 2).flatMap(\.seeds).sorted() == seeds.sorted())
  }

  private struct Broken: Error {}

  @Test func `an error of sampling reaches whoever takes the batches`() throws {
    let loader = Loader<Int32>(seeds: seeds, batchSize: 10, random: RandomStream(seed: 1)) { batch in
      if batch.number == 2 { throw Broken() }
      return batch.seeds[0]
    }
    let batches = loader.batches(epoch: 1)
    _ = (try batches.next(), try batches.next())
    #expect(throws: Broken.self) { _ = try batches.next() }
    #expect(try batches.next() == nil)
  }
}
