import GroveGraphs
import GroveKernels
import TestSupport
import Testing

/// Proximity graphs, and batches of walks on them.
@Suite("Proximity walks")
struct ProximityWalkTests {
  @Test("The restart probability falls by .1 every five epochs to .05")
  func schedule() {
    let batches = ProximityWalkBatches(over: BatcherTests.ring(30))
    let wanted = [(0, 0.2), (4, 0.2), (5, 0.1), (9, 0.1), (10, 0.05), (100, 0.05)]
    for (epoch, probability) in wanted { #expect(abs(batches.restartProbability(epoch: epoch) - probability) < 1e-12) }
  }

  /// `groups` cliques of `size` nodes without edges between them.
  private func cliques(_ groups: Int, _ size: Int) -> SparseRows {
    let lists = (0..<groups * size).map { node in
      (node / size * size..<(node / size + 1) * size).filter { $0 != node }.map(Int32.init)
    }
    return SparseRows(
      offsets: (0...lists.count).map { Int64($0 * (size - 1)) }, columns: lists.flatMap { $0 }, columnCount: lists.count
    )
  }

  @Test("Batches as large as a clique are the cliques, each anchor once")
  func wholeCliques() {
    let nodes = (0..<60).map { Int32($0) }
    let batches = ProximityWalkBatches(over: cliques(6, 10), patience: 5000).batches(
      anchors: nodes, positives: nodes.reversed(), batchSize: 10, epoch: 0, using: RandomStream(seed: 3))
    #expect(batches.count == 6)
    #expect(Set(batches.map { Set($0.map { $0 / 10 }) }) == Set((0..<6).map { [$0] }))
  }

  @Test("Walks that cannot fill a batch leave their pairs to random batches")
  func leftovers() {
    let nodes = (0..<60).map { Int32($0) }
    let batches = ProximityWalkBatches(over: cliques(6, 10)).batches(
      anchors: nodes, positives: nodes, batchSize: 12, epoch: 0, using: RandomStream(seed: 3))
    #expect(batches.map(\.count) == [12, 12, 12, 12, 12])
    // Random batches of 12 of 6 cliques hold several of them.
    #expect(batches.allSatisfy { Set($0.map { $0 / 10 }).count > 1 })
  }

  @Test("Members of a walk have different anchors, and a node with several pairs gives one to each of several batches")
  func differentAnchors() {
    let anchors = (0..<90).map { Int32($0 % 30) }
    let batches = ProximityWalkBatches(over: cliques(1, 30), patience: 5000).batches(
      anchors: anchors, positives: (0..<90).map { Int32($0) }, batchSize: 30, epoch: 0, using: RandomStream(seed: 5))
    #expect(batches.count == 3)
    for batch in batches { #expect(batch.map { anchors[$0] }.sorted() == (0..<30).map { Int32($0) }) }
  }

  @Test("A batch of a walk is nearer than a random one, the more so the larger the restart probability")
  func nearness() {
    let count = 600
    let ring = BatcherTests.ring(count)
    let nodes = (0..<Int32(count)).map { $0 }
    /// Mean distance on the ring of a first batch's members from its first.
    func spread(_ batcher: any PositiveBatcher) -> Double {
      var (total, members) = (0.0, 0.0)
      for seed in 0..<40 {
        let batches = batcher.batches(
          anchors: nodes, positives: nodes, batchSize: 8, epoch: 0, using: RandomStream(seed: UInt64(seed)))
        for place in batches[0] {
          let gap = abs(place - batches[0][0])
          total += Double(min(gap, count - gap))
          members += 1
        }
      }
      return total / members
    }
    let near = spread(ProximityWalkBatches(over: ring, restart: 0.5, patience: 100_000))
    let far = spread(ProximityWalkBatches(over: ring, restart: 0, restartFloor: 0, patience: 100_000))
    #expect(near <= far && far <= 8 && spread(ShuffledBatches()) > 50)
  }

  @Test("Nodes without neighbors form random batches")
  func isolated() {
    let rows = SparseRows(offsets: [Int64](repeating: 0, count: 21), columns: [], columnCount: 20)
    let nodes = (0..<20).map { Int32($0) }
    let batches = ProximityWalkBatches(over: rows).batches(
      anchors: nodes, positives: nodes, batchSize: 8, epoch: 0, using: RandomStream(seed: 1))
    #expect(batches.map(\.count) == [8, 8, 4])
  }

  @Test("With all others as candidates a proximity graph is that of nearest neighbors", arguments: [0, 1, 2, 7, 64])
  func nearestNeighbors(nodes: Int) {
    var random = TestRandom(nodes)
    let places = random.floats(nodes).map { ($0 * 8).rounded() / 8 }
    let rows = ProximityGraph(candidates: 1000, neighbors: 5).rows(nodeCount: nodes, using: RandomStream(seed: 1)) {
      node, others in others.map { -abs(places[Int(node)] - places[Int($0)]) }
    }
    #expect(rows.rowCount == nodes && rows.columnCount == nodes)
    for node in 0..<nodes {
      let slow = (0..<nodes).filter { $0 != node }.sorted {
        let (a, b) = (abs(places[node] - places[$0]), abs(places[node] - places[$1]))
        return a != b ? a < b : $0 < $1
      }
      #expect(rows[node].map(Int.init) == Array(slow.prefix(5)))
    }
  }

  @Test("Few candidates are drawn evenly, never the node itself, and the same for any number of threads")
  func fewCandidates() {
    var counts = [Int](repeating: 0, count: 40)
    for seed in 0..<300 {
      let rows = ProximityGraph(candidates: 6, neighbors: 40).rows(
        nodeCount: 40, using: RandomStream(seed: UInt64(seed))
      ) { _, others in others.map { _ in 0 } }
      for node in 0..<40 {
        #expect(Set(rows[node]).count == rows[node].count && !rows[node].contains(Int32(node)))
        #expect(rows[node].count <= 6)
      }
      for column in rows.columns { counts[Int(column)] += 1 }
    }
    let mean = Double(counts.reduce(0, +)) / 40
    // Chi-square of 39 degrees of freedom: 82 has a chance of 1e-4.
    #expect(counts.reduce(0.0) { $0 + (Double($1) - mean) * (Double($1) - mean) / mean } < 82)
    var results: [SparseRows] = []
    ThreadCounts.forEach([1, 2, 3]) { _ in
      results.append(
        ProximityGraph(candidates: 9, neighbors: 4).rows(nodeCount: 200, using: RandomStream(seed: 7)) { node, others in
          others.map { Float(($0 &* 31 &+ node) % 17) }
        })
    }
    #expect(results[0] == results[1] && results[0] == results[2])
  }

  @Test("Scores that are not numbers come last")
  func notANumber() {
    let rows = ProximityGraph(neighbors: 2).rows(nodeCount: 4, using: RandomStream(seed: 1)) { _, others in
      others.map { $0 == 1 ? .nan : Float($0) }
    }
    #expect(rows[0] == [3, 2] && rows[3] == [2, 0])
  }

  @Test("Anchors outside the graph, rectangular graphs and missing scores trap", arguments: 0..<3)
  func mistakesTrap(mistake: Int) async {
    await #expect(processExitsWith: .failure) { [mistake] in
      switch mistake {
      case 0:
        _ = ProximityWalkBatches(over: BatcherTests.ring(30)).batches(
          anchors: [30], positives: [0], batchSize: 2, epoch: 0, using: RandomStream(seed: 1))
      case 1: _ = ProximityWalkBatches(over: SparseRows(offsets: [0, 1], columns: [0], columnCount: 3))
      default: _ = ProximityGraph().rows(nodeCount: 3, using: RandomStream(seed: 1)) { _, _ in [] }
      }
    }
  }
}
