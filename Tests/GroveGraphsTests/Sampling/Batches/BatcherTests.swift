import GroveGraphs
import GroveKernels
import TestSupport
import Testing

/// What every batcher keeps, and batches without repeats.
@Suite("Batches of positives")
struct BatcherTests {
  /// Pairs of a graph with a hub: anchor 0 and positive 0 are in many.
  static func pairs(_ count: Int, seed: Int, nodes: Int = 30) -> (anchors: [Int32], positives: [Int32]) {
    var random = TestRandom(seed)
    func node() -> Int32 {
      Int.random(in: 0..<6, using: &random) == 0 ? 0 : Int32.random(in: 0..<Int32(nodes), using: &random)
    }
    return ((0..<count).map { _ in node() }, (0..<count).map { _ in node() })
  }

  /// Nodes in a circle, each between its two neighbors.
  static func ring(_ count: Int) -> SparseRows {
    var columns: [Int32] = []
    for node in 0..<count { columns += [Int32((node + 1) % count), Int32((node + count - 1) % count)] }
    return SparseRows(offsets: (0...count).map { Int64(2 * $0) }, columns: columns, columnCount: count)
  }

  static let batchers: [any PositiveBatcher] = [
    ShuffledBatches(), DistinctBatches(), DistinctBatches(sharesNodes: true), ProximityWalkBatches(over: ring(30)),
  ]

  @Test("Every pair is in one batch of an epoch, and no batch is too large", arguments: 0..<4, [0, 1, 2, 7, 64, 500])
  func everyPairOnce(batcher: Int, count: Int) {
    let (anchors, positives) = Self.pairs(count, seed: count)
    for batchSize in [1, 3, 16, 1000] {
      let batches = Self.batchers[batcher].batches(
        anchors: anchors, positives: positives, batchSize: batchSize, epoch: 2, using: RandomStream(seed: 1))
      #expect(batches.flatMap { $0 }.sorted() == Array(0..<count))
      #expect(batches.allSatisfy { !$0.isEmpty && $0.count <= batchSize })
    }
  }

  @Test("Batches depend on stream and epoch, not on threads", arguments: 0..<4)
  func determined(batcher: Int) {
    let (anchors, positives) = Self.pairs(200, seed: 3)
    func batches(epoch: Int = 0, seed: UInt64 = 1) -> [[Int]] {
      Self.batchers[batcher].batches(
        anchors: anchors, positives: positives, batchSize: 8, epoch: epoch, using: RandomStream(seed: seed))
    }
    var results: [[[Int]]] = []
    ThreadCounts.forEach([1, 2, 3]) { _ in results.append(batches()) }
    #expect(results[0] == results[1] && results[0] == results[2])
    #expect(results[0] != batches(epoch: 1) && results[0] != batches(seed: 2))
  }

  @Test("Shuffled batches are full but for the last")
  func shuffled() {
    let (anchors, positives) = Self.pairs(50, seed: 4)
    let batches = ShuffledBatches().batches(
      anchors: anchors, positives: positives, batchSize: 8, epoch: 0, using: RandomStream(seed: 1))
    #expect(batches.map(\.count) == [8, 8, 8, 8, 8, 8, 2])
  }

  @Test("No anchor and no positive is twice in a distinct batch", arguments: [1, 2, 7, 64, 500], [1, 4, 16])
  func distinct(count: Int, batchSize: Int) {
    let (anchors, positives) = Self.pairs(count, seed: count + 1)
    for sharesNodes in [false, true] {
      let batches = DistinctBatches(sharesNodes: sharesNodes).batches(
        anchors: anchors, positives: positives, batchSize: batchSize, epoch: 0, using: RandomStream(seed: 1))
      for batch in batches {
        let (a, p) = (batch.map { anchors[$0] }, batch.map { positives[$0] })
        #expect(Set(a).count == a.count && Set(p).count == p.count)
        guard sharesNodes else { continue }
        for i in batch.indices {
          for j in batch.indices where i != j { #expect(a[i] != p[j]) }
        }
      }
    }
  }

  @Test("A node of many pairs makes as many batches as it has pairs, and the others fill these")
  func hub() {
    // 40 pairs of anchor 0, and 120 of anchors of their own; all positives differ.
    let anchors = [Int32](repeating: 0, count: 40) + (1...120).map { Int32($0) }
    let positives = (0..<160).map { Int32($0) }
    let batches = DistinctBatches().batches(
      anchors: anchors, positives: positives, batchSize: 4, epoch: 0, using: RandomStream(seed: 2))
    #expect(batches.allSatisfy { $0.filter { anchors[$0] == 0 }.count <= 1 })
    #expect(batches.filter { $0.contains { anchors[$0] == 0 } }.count == 40)
    // 160 pairs fill 40 batches of 4; greedy placing leaves a few gaps.
    #expect(batches.count <= 45)
  }

  @Test("Pairs that never meet are cut as they come")
  func allFit() {
    let ids = (0..<100).map { Int32($0) }
    let batches = DistinctBatches().batches(
      anchors: ids, positives: ids, batchSize: 16, epoch: 0, using: RandomStream(seed: 2))
    #expect(batches.map(\.count) == [16, 16, 16, 16, 16, 16, 4])
  }

  @Test("Lists of other lengths, empty batches and negative ids trap", arguments: 0..<4)
  func mistakesTrap(mistake: Int) async {
    await #expect(processExitsWith: .failure) { [mistake] in
      _ = DistinctBatches().batches(
        anchors: mistake == 0 ? [1] : [1, mistake == 1 ? -1 : 2], positives: [3, 4], batchSize: mistake == 2 ? 0 : 2,
        epoch: mistake == 3 ? -1 : 0, using: RandomStream(seed: 1))
    }
  }
}
