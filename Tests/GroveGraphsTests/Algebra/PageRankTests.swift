import GroveGraphs
import Testing

@Suite("PageRank")
struct PageRankTests {
  /// Plain loops over a dense transition matrix.
  static func slow(_ graph: SlowMatrix, restart: [Double], damping: Double, iterations: Int) -> [Double] {
    let count = graph.rowCount
    var rank = restart
    let sums = (0..<count).map { row in
      (0..<count).reduce(0.0) { $0 + Double(graph.entries[Place(row, $1)] ?? 0) }
    }
    for _ in 0..<iterations {
      var next = [Double](repeating: 0, count: count)
      for source in 0..<count {
        for target in 0..<count {
          let share =
            sums[source] > 0 ? Double(graph.entries[Place(source, target)] ?? 0) / sums[source] : restart[target]
          next[target] += damping * rank[source] * share
        }
      }
      for node in 0..<count { next[node] += (1 - damping) * restart[node] }
      rank = next
    }
    return rank
  }

  static func difference(_ one: [Double], _ other: [Double]) -> Double {
    guard one.count == other.count else { return .infinity }
    return zip(one, other).reduce(0) { $0 + abs($1.0 - $1.1) }
  }

  @Test("Ranks equal plain power iteration and sum to 1", arguments: RandomEntries.graphs, [0.0, 0.5, 0.85])
  func ranks(_ entries: RandomEntries, _ damping: Double) throws {
    let graph = entries.nonNegative
    let count = graph.rowCount
    for weighted in [true, false] {
      let (matrix, slow) = (try graph.matrix(weighted: weighted), graph.slowMatrix(weighted: weighted))
      let result = try matrix.pageRank(damping: damping, tolerance: 1e-13, maximumIterations: 500)
      let even = [Double](repeating: 1 / Double(max(count, 1)), count: count)
      let expected = Self.slow(slow, restart: even, damping: damping, iterations: 250)
      #expect(Self.difference(result.ranks, expected) < 1e-11)
      #expect(result.isConverged)
      if count == 0 { continue }
      #expect(abs(result.ranks.reduce(0, +) - 1) < 1e-12)

      let seeds: [Int32] = [0, Int32(count - 1), 0]
      var restart = [Double](repeating: 0, count: count)
      for seed in seeds { restart[Int(seed)] += 1 / 3 }
      let options = RandomWalkOptions(damping: damping, tolerance: 1e-13, maximumIterations: 500)
      let personal = try matrix.personalizedPageRank(seeds: seeds, options: options)
      let expectedPersonal = Self.slow(slow, restart: restart, damping: damping, iterations: 250)
      #expect(Self.difference(personal.ranks, expectedPersonal) < 1e-11)
    }
  }

  /// Values by networkx 3, `pagerank(tol=1e-15)`.
  @Test("Ranks of a weighted graph with a dangling node equal those of networkx")
  func networkx() throws {
    let graph = try SparseMatrix(
      rows: [0, 0, 1, 2, 2, 3], columns: [1, 2, 2, 0, 3, 3], values: [2, 1, 0.5, 3, 1, 1], rowCount: 5, columnCount: 5,
      duplicates: .error)
    let result = try graph.pageRank(tolerance: 1e-14, maximumIterations: 1000)
    #expect(
      Self.difference(
        result.ranks,
        [0.15375886858401275, 0.123274603844194, 0.18449300434628887, 0.5023289449122513, 0.03614457831325302]) < 1e-12)
    let options = RandomWalkOptions(tolerance: 1e-14, maximumIterations: 1000)
    let personal = try graph.personalizedPageRank(seeds: [1, 4], weights: [1, 3], options: options)
    #expect(
      Self.difference(
        personal.ranks,
        [0.10941765910993287, 0.16545161602436387, 0.17163554370185632, 0.24315035357763984, 0.31034482758620685])
        < 1e-12)
    let acyclic = try adjacency(4, [(0, 1), (0, 2), (1, 2)]).pageRank(tolerance: 1e-14, maximumIterations: 1000)
    #expect(
      Self.difference(
        acyclic.ranks, [0.16498247061249724, 0.2351000206228088, 0.4349350381521968, 0.16498247061249724]) < 1e-12)
  }

  @Test("Ranks of the karate club equal those of networkx")
  func karate() throws {
    let graph = try KarateClub.halves().symmetrized()
    let ranks = try graph.pageRank(tolerance: 1e-13, maximumIterations: 1000).ranks
    let expected = [0: 0.0969972853883738, 1: 0.05287692406116841, 11: 0.009564745492141206, 33: 0.1009191823325516]
    for (node, rank) in expected { #expect(abs(ranks[node] - rank) < 1e-12) }
    let options = RandomWalkOptions(tolerance: 1e-13, maximumIterations: 1000)
    let personal = try graph.personalizedPageRank(seeds: [4], options: options).ranks
    let near = [0: 0.16503123157272784, 4: 0.2014308655389274, 10: 0.07984312180633683, 33: 0.03172085062058566]
    for (node, rank) in near { #expect(abs(personal[node] - rank) < 1e-12) }
  }

  @Test("Rows for several seeds equal one run a seed, and small ranks are left out")
  func severalSeeds() throws {
    let graph = try KarateClub.halves().symmetrized()
    let seeds = [Int32](0..<34) + [5, 5]
    let all = try graph.personalizedPageRanks(ofEach: seeds, droppingBelow: 0)
    let large = try graph.personalizedPageRanks(ofEach: seeds, droppingBelow: 0.02)
    #expect(all.rows.rowCount == seeds.count)
    #expect(all.rows.columnCount == 34)
    for (row, seed) in seeds.enumerated() {
      let ranks = try graph.personalizedPageRank(seeds: [seed]).ranks
      #expect(Array(all.rows[row]) == (0..<34).filter { ranks[Int($0)] > 0 })
      #expect(Array(large.rows[row]) == (0..<34).filter { ranks[Int($0)] >= 0.02 })
      for entry in large.rows.range(of: row) {
        #expect(abs(Double(large.values[entry]) - ranks[Int(large.rows.columns[entry])]) < 1e-7)
      }
    }
    #expect(large.rows.entryCount < all.rows.entryCount)
    let none = try graph.personalizedPageRanks(ofEach: [], droppingBelow: 0)
    #expect(none.rows == SparseRows(offsets: [0], columns: [], columnCount: 34))
  }

  @Test("Too few iterations are reported")
  func notConverged() throws {
    let result = try KarateClub.halves().pageRank(maximumIterations: 3)
    #expect(result.iterations == 3)
    #expect(!result.isConverged)
    let loose = try KarateClub.halves().pageRank(tolerance: 0.5)
    #expect(loose.isConverged && loose.iterations < 10)
  }
}
