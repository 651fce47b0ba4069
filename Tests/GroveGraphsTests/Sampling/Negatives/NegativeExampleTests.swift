import Foundation
import GroveKernels
import TestSupport
import Testing

@testable import GroveGraphs

/// The worked examples of the specification, by number.
@Suite struct NegativeExampleTests {
  private func law(
    _ name: String, _ setting: NegativeSetting, _ anchor: Int32, _ positive: Int32, words: [String] = [],
    scorer: (any NegativeScorer)? = nil
  ) throws -> [Double] {
    let sampler = try NegativeCatalogue.recipe(named: name).sampler(on: setting, words: words)
    return try sampler.exactDistribution(in: NegativeData.request(anchor, positive, scorer: scorer))
  }

  @Test func `1: on a path each source has its own negatives`() throws {
    let setting = NegativeData.setting(NegativeData.path, isSquare: true)
    #expect(try law("uniform", setting, 1, 0) == [0, 0, 0, 1])
    #expect(try law("uniform", setting, 0, 1) == [0, 0, 0.5, 0.5])
  }

  @Test func `2: on a star degrees count by their power`() throws {
    let open = NegativeData.setting(NegativeData.star, isSquare: true, isFiltered: false)
    let hub = 2.0.squareRoot() - 1
    #expect(expectClose(try law("unigram", open, 1, 0), [hub] + [Double](repeating: (1 - hub) / 4, count: 4)))
    #expect(
      expectClose(
        try law("unigram", open, 1, 0, words: ["alpha=0.5"]), [1.0 / 3] + [Double](repeating: 1.0 / 6, count: 4)))
    #expect(
      expectClose(try law("unigram", open, 1, 0, words: ["alpha=1"]), [0.5] + [Double](repeating: 0.125, count: 4)))
    let filtered = NegativeData.setting(NegativeData.star, isSquare: true)
    #expect(expectClose(try law("unigram", filtered, 1, 0), [0, 0, 1.0 / 3, 1.0 / 3, 1.0 / 3]))
  }

  @Test func `3: hops between two types, by counts and by distance`() throws {
    let setting = NegativeData.setting(NegativeData.items, isSquare: false)
    let open = NegativeData.setting(NegativeData.items, isSquare: false, isFiltered: false)
    let counts = try HopProducts.table(
      NegativeData.items, isSquare: false, steps: 3, counts: true, filter: open.filter)
    let wanted: [[Double]] = [[2, 3, 1, 0, 0], [1, 3, 3, 1, 0], [0, 1, 3, 2, 0]]
    for anchor in 0..<3 {
      let list = counts[anchor]
      let total = wanted[anchor].reduce(0, +)
      var chances = [Double](repeating: 0, count: 5)
      for (id, chance) in zip(list.ids, list.chances) { chances[Int(id)] = chance }
      #expect(expectClose(chances, wanted[anchor].map { $0 / total }))
      #expect(expectClose(try law("walk-count", open, Int32(anchor), Int32(anchor)), wanted[anchor].map { $0 / total }))
    }
    #expect(try law("recns", setting, 0, 0, words: ["draws=1"], scorer: flat) == [0, 0, 1, 0, 0])
    #expect(try law("recns", setting, 1, 1, words: ["draws=1"], scorer: flat) == [0.5, 0, 0, 0.5, 0])
    #expect(try law("recns", setting, 2, 2, words: ["draws=1"], scorer: flat) == [0, 1, 0, 0, 0])
    let five = try law("walk-count", open, 0, 0, words: ["steps=5"])
    #expect(expectClose(five, [5, 9, 5, 1, 0].map { $0 / 20.0 }))
    #expect(try law("recns", setting, 0, 0, words: ["draws=1", "hops=5"], scorer: flat) == [0, 0, 0, 1, 0])
  }

  private var flat: TableScorer { TableScorer(rows: [[Float]](repeating: [0, 0, 0, 0, 0], count: 3)) }

  @Test func `4: personalised PageRank by push, and plain walks`() throws {
    let edges = [(0, 1), (1, 2), (2, 3), (3, 0), (2, 4)]
    var lists = [[Int32]](repeating: [], count: 5)
    for (a, b) in edges {
      lists[a].append(Int32(b))
      lists[b].append(Int32(a))
    }
    let graph = NegativeData.rows(lists.map { $0.sorted() }, columns: 5)
    let open = NegativeData.setting(graph, isSquare: true, isFiltered: false)
    let filtered = NegativeData.setting(graph, isSquare: true)
    func ranks(_ rule: HopRule, _ setting: NegativeSetting) -> [Double] {
      let list = HopLists(rule, on: setting.hops, filter: setting.filter, random: setting.random)[0]
      var chances = [Double](repeating: 0, count: 5)
      for (id, chance) in zip(list.ids, list.chances) { chances[Int(id)] = chance }
      return chances
    }
    // Without the anchor, whose share is left out.
    let half = ranks(.pageRank(damping: 0.5, tolerance: 1e-12), open)
    #expect(expectClose(half, [0, 11, 6, 11, 1].map { $0 / 29.0 }, 1e-8))
    let usual = ranks(.pageRank(damping: 0.85, tolerance: 1e-12), open)
    let rest = 15487.0 + 17340 + 15487 + 4913
    #expect(expectClose(usual, [0, 15487 / rest, 17340 / rest, 15487 / rest, 4913 / rest], 1e-8))
    let negatives = ranks(.pageRank(damping: 0.85, tolerance: 1e-12), filtered)
    #expect(expectClose(negatives, [0, 0, 60.0 / 77, 0, 17.0 / 77], 1e-8))
    #expect(expectClose(ranks(.walkChance(steps: 2), open), [0, 0, 1, 0, 0]))
    #expect(expectClose(ranks(.walkChance(steps: 3), open), [0, 5.0 / 12, 0, 5.0 / 12, 1.0 / 6]))
    #expect(ranks(.rankBand(0..<1, damping: 0.85, tolerance: 1e-9), open) == [0, 0, 1, 0, 0])
  }

  /// Scores 2, 1, 0, −1 and lists 0 → {1}, 1 → {0, 2}, 2 → {1, 3}, 3 → {0, 2}.
  private func chain(_ lists: [[Int32]]) throws -> (MetropolisChain, NegativeDraw) {
    let filter = NegativeFilter([], anchorCount: 1, candidateCount: 4, excludesSelf: false)
    let request = NegativeData.request(0, 0, scorer: TableScorer(rows: [[2, 1, 0, -1]]))
    let draw = try NegativeDraw(
      "mcns", row: 0, in: request, from: .everyone, filter: filter, random: request.random.generator(row: 0))
    return (MetropolisChain(power: 0.75, burnIn: 10, lists: NegativeData.rows(lists, columns: 4)), draw)
  }

  @Test func `5: the chain of MCNS has the kernel and the stationary distribution that it should`() throws {
    let (chain, draw) = try chain([[1], [0, 2], [1, 3], [0, 2]])
    let (ids, kernel) = try chain.kernel(of: draw)
    #expect(ids == [0, 1, 2, 3])
    let wanted = [
      [0.467161, 0.326091, 0.081749, 0.125], [0.375, 0.283925, 0.282030, 0.059046],
      [0.125, 0.375, 0.264470, 0.235530], [0.304315, 0.125, 0.375, 0.195685],
    ]
    for (row, want) in zip(kernel, wanted) { #expect(expectClose(row, want, 1e-6)) }
    let law = try chain.law(of: draw).chances
    #expect(expectClose(law, [0.340794, 0.296346, 0.222876, 0.139984], 1e-6))
    for x in 0..<4 {
      for y in 0..<4 { #expect(abs(law[x] * kernel[x][y] - law[y] * kernel[y][x]) < 1e-12, "detailed balance") }
    }
    // The walk itself takes those steps: ten of them from a uniform start are as good as the limit.
    var counts = [0, 0, 0, 0]
    for row in 0..<40_000 {
      var walk = draw
      walk.random = RandomStream(seed: 9).generator(row: row)
      counts[Int(try chain.choose(1, in: &walk).ids[0])] += 1
    }
    #expect(ChiSquare.deviation(observed: counts, chances: law) < 3.72)
  }

  @Test func `7: places of the hardest of some draws`() throws {
    let filter = NegativeFilter([], anchorCount: 1, candidateCount: 4, excludesSelf: false)
    let request = NegativeData.request(0, 0, scorer: TableScorer(rows: [[4, 3, 2, 1]]))
    let draw = try NegativeDraw(
      "dns", row: 0, in: request, from: .everyone, filter: filter, random: request.random.generator(row: 0))
    let law = try BestOfDraws(draws: 2).law(of: draw).chances
    #expect(expectClose(law, [7, 5, 3, 1].map { $0 / 16.0 }))
    let many = NegativeFilter([], anchorCount: 1, candidateCount: 1000, excludesSelf: false)
    let scores = (0..<1000).map { Float(-$0) }
    let wide = NegativeData.request(0, 0, scorer: TableScorer(rows: [scores]))
    let hard = try BestOfDraws(draws: 32).law(
      of: NegativeDraw("dns", row: 0, in: wide, from: .everyone, filter: many, random: wide.random.generator(row: 0))
    ).chances
    #expect(abs(hard[0] - 0.0315) < 5e-5 && abs(hard.prefix(10).reduce(0, +) - 0.275) < 5e-4)
    #expect(abs(hard.enumerated().reduce(0) { $0 + Double($1.offset + 1) * $1.element } - 30.8) < 0.05)
  }

  @Test func `8: the geometry of TriSampler`() throws {
    let degrees = [30.0, 20, 45, 80, 100, -20, -45]
    let rows = degrees.flatMap { [Float(cos($0 * .pi / 180)), Float(sin($0 * .pi / 180))] }
    let scorer = EmbeddingScorer(anchors: [1, 0], candidates: rows, width: 2)
    let filter = NegativeFilter(
      [NegativeData.rows([[0]], columns: 7)], anchorCount: 1, candidateCount: 7, excludesSelf: false)
    func law(_ choice: any NegativeChoice, scale: Float = 1) throws -> [Double] {
      let scorer = scale == 1 ? scorer : EmbeddingScorer(anchors: [1, 0], candidates: rows, width: 2, scale: scale)
      let request = NegativeData.request(0, 0, scorer: scorer)
      let draw = try NegativeDraw(
        "trisampler", row: 0, in: request, from: .everyone, filter: filter, random: request.random.generator(row: 0))
      return try choice.law(of: draw).dense(candidateCount: 7)
    }
    let first = try law(WeightedChoice(GaussianWeight(steepness: 0.25)))
    #expect(expectClose(first, [0, 0.1772, 0.1763, 0.1574, 0.1354, 0.1772, 0.1763], 1e-4))
    let sharp = try law(WeightedChoice(GaussianWeight(steepness: 0.25)), scale: 10)
    #expect(expectClose(sharp, [0, 0.3107, 0.1893, 2e-6, 0, 0.3107, 0.1893], 1e-4))
    let open = try law(QuasiTriangularChoice(subset: 50, largestAngle: nil))
    #expect(expectClose(open, [0, 0.0350, 0.2008, 0.3640, 0.4001, 0, 0], 1e-4))
    let bound = try law(QuasiTriangularChoice(subset: 50, largestAngle: 60))
    #expect(expectClose(bound, [0, 0.0583, 0.3348, 0.6068, 0, 0, 0], 1e-4))
  }

  @Test func `9: a cache is renewed by a race of exponential clocks`() {
    var counts = [0, 0, 0]
    let draws = 60_000
    for row in 0..<draws {
      var random = RandomStream(seed: 4).generator(row: row)
      for place in ExponentialRace.first(2, logWeights: [log(3.0), log(2.0), 0], using: &random) { counts[place] += 1 }
    }
    for (count, chance) in zip(counts, [0.85, 0.733333, 0.416667]) {
      let deviation = (chance * (1 - chance) / Double(draws)).squareRoot()
      #expect(abs(Double(count) / Double(draws) - chance) < 4 * deviation)
    }
  }

  @Test func `11: which end TransH replaces`() {
    // Triples (a, x), (a, y), (a, z), (b, x): 2 tails a head, 4/3 heads a tail.
    let rows = NegativeData.rows([[0, 1, 2], [0]], columns: 3)
    #expect(abs(CorruptionSampler.bernoulliShare(rows) - 0.6) < 1e-12)
  }
}
