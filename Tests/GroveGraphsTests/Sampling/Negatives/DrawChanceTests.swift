import GroveKernels
import TestSupport
import Testing

@testable import GroveGraphs

/// Chances that corrections divide by, against laws and draws.
@Suite struct DrawChanceTests {
  private static let plain = [
    "uniform", "unigram", "log-uniform", "sans", "rw-sans", "walk-count", "exposure", "pinsage", "ppr-band", "heart",
    "mined", "mixgcf", "self-adversarial",
  ]

  @Test(arguments: plain, [true, false])
  func `chances of plain draws are those of the exact law`(name: String, isSquare: Bool) throws {
    let graph = isSquare ? NegativeData.square(24, seed: 2) : NegativeData.bipartite(12, 20, seed: 3)
    let setting = NegativeData.setting(graph, isSquare: isSquare)
    let sampler = try NegativeCatalogue.recipe(named: name).sampler(
      on: setting, words: NegativeContractTests.words(name))
    let request = NegativeData.request(graph, count: 3, scorer: nil, epoch: 2)
    let negatives = try sampler.sample(for: request)
    let found = try #require(try sampler.chances(of: negatives, for: request) { _ in 0 })
    #expect(found.negatives.count == negatives.ids.count && !found.isShared)
    for row in request.anchors.indices {
      let law = try sampler.exactDistribution(of: row, in: request)
      for place in row * 3..<(row + 1) * 3 {
        #expect(abs(found.negatives[place] - law[Int(negatives.ids[place])]) <= 1e-12)
      }
    }
  }

  @Test(arguments: ["bernoulli", "pseudo-typed"], [true, false])
  func `chances of either end add up to 1 and are those of draws`(name: String, isSquare: Bool) throws {
    let graph = isSquare ? NegativeData.square(24, seed: 2) : NegativeData.bipartite(12, 20, seed: 3)
    let sampler = try NegativeCatalogue.recipe(named: name).sampler(
      on: NegativeData.setting(graph, isSquare: isSquare))
    let (anchor, positive) = (Int32(3), graph[3][graph[3].startIndex])
    let request = NegativeData.request(anchor, positive, count: 20_000)
    let negatives = try sampler.sample(for: request)
    let chances = try #require(try sampler.chances(of: negatives, for: request) { _ in 0 }).negatives
    var (counts, known): ([Int], [Double]) = (
      .init(repeating: 0, count: 2 * (graph.rowCount + graph.columnCount)),
      .init(repeating: 0, count: 2 * (graph.rowCount + graph.columnCount))
    )
    for (place, id) in negatives.ids.enumerated() {
      let cell = 2 * Int(id) + (negatives.replacesAnchor![place] ? 1 : 0)
      counts[cell] += 1
      known[cell] = chances[place]
    }
    // So many draws meet every node that can be drawn.
    #expect(abs(known.reduce(0, +) - 1) <= 1e-9)
    #expect(ChiSquare.deviation(observed: counts, chances: known) < 3.72)
  }

  @Test func `a star's leaves have what the hub and the leaf itself leave`() throws {
    let setting = NegativeData.setting(NegativeData.star, isSquare: true)
    let sampler = try NegativeCatalogue.recipe(named: "unigram").sampler(on: setting)
    let request = NegativeData.request(1, 0, count: 8)
    let chances = try #require(
      try sampler.chances(of: sampler.sample(for: request), for: request) { _ in 0 })
    #expect(expectClose(chances.negatives, [Double](repeating: 1.0 / 3, count: 8), 1e-12))
    // degree^¾: 0.414214 for the hub and 0.146447 for each leaf; the hub beside the three leaves that may be drawn.
    #expect(expectClose(chances.positives ?? [], [0.414214 / (3 * 0.146447)], 1e-5))
  }

  @Test func `a batch's chances are frequencies, without those of the anchor's positives`() throws {
    // One anchor with candidate 0 as its positive; positives come with frequencies .5, .3 and .2.
    let graph = NegativeData.rows([[0], [1], [2]], columns: 3)
    let setting = NegativeData.setting(graph, isSquare: false)
    let f = [0.5, 0.3, 0.2]
    var random = TestRandom(4)
    var counts = [0, 0, 0]
    let sampler = try NegativeCatalogue.recipe(named: "in-batch").sampler(on: setting)
    for batch in 0..<3000 {
      // Anchor 0 in the first row, then others with any positives, drawn anew for each batch.
      let others = (0..<6).map { _ -> Int32 in
        let mark = Double.random(in: 0..<1, using: &random)
        return mark < 0.5 ? 0 : mark < 0.8 ? 1 : 2
      }
      guard others.contains(where: { $0 != 0 }) else { continue }
      let request = NegativeRequest(
        anchors: [0] + others, positives: [0] + others, count: 1, random: RandomStream(seed: UInt64(batch)))
      counts[Int(try sampler.sample(for: request).ids[0])] += 1
    }
    let request = NegativeRequest(
      anchors: [0, 0, 1, 2], positives: [0, 0, 1, 2], count: 3, random: RandomStream(seed: 1))
    let negatives = Negatives(ids: [1, 2, 1, 2, 2, 1, 0, 2, 0, 1, 0, 1], count: 3)
    let chances = try #require(try sampler.chances(of: negatives, for: request) { f[Int($0)] })
    #expect(chances.isShared)
    #expect(
      expectClose(
        chances.negatives,
        [0.6, 0.4, 0.6, 0.4, 0.4, 0.6, 0.5 / 0.7, 0.2 / 0.7, 0.5 / 0.7, 0.3 / 0.8, 0.5 / 0.8, 0.3 / 0.8], 1e-12))
    #expect(expectClose(chances.positives ?? [], [1, 1, 0.3 / 0.7, 0.2 / 0.8], 1e-12))
    #expect(ChiSquare.deviation(observed: counts, chances: [0, 0.6, 0.4]) < 3.72, "\(counts)")
  }

  @Test func `a mixture's chances are those of its parts by their shares`() throws {
    let graph = NegativeData.bipartite(12, 20, seed: 3)
    let setting = NegativeData.setting(graph, isSquare: false)
    let request = NegativeData.request(graph, count: 2, scorer: nil)
    func chances(_ name: String, _ words: [String] = []) throws -> [Double] {
      let sampler = try NegativeCatalogue.recipe(named: name).sampler(on: setting, words: words)
      let negatives = try NegativeCatalogue.recipe(named: "in-batch").sampler(on: setting).sample(for: request)
      return try #require(try sampler.chances(of: negatives, for: request) { 0.01 + Double($0) / 1000 }).negatives
    }
    let (batch, uniform) = (try chances("in-batch"), try chances("uniform"))
    #expect(
      expectClose(try chances("mixed", ["uniform=0.25"]), zip(batch, uniform).map { 0.75 * $0 + 0.25 * $1 }, 1e-12))
  }

  @Test(arguments: ["dns", "ance", "nscaching", "warp", "mochi", "prioritized"])
  func `where chances follow scores or losses none are known`(name: String) throws {
    let graph = NegativeData.square(24, seed: 2)
    let sampler = try NegativeCatalogue.recipe(named: name).sampler(on: NegativeData.setting(graph, isSquare: true))
    let request = NegativeData.request(
      graph, count: 2, scorer: NegativeData.scorer(anchors: 24, candidates: 24, isSquare: true, seed: 8))
    #expect(try sampler.chances(of: sampler.sample(for: request), for: request) { _ in 0.1 } == nil)
  }

  @Test func `chances are the same on any number of threads`() throws {
    let graph = NegativeData.square(400, seed: 2)
    let sampler = try NegativeCatalogue.recipe(named: "unigram").sampler(
      on: NegativeData.setting(graph, isSquare: true))
    let request = NegativeData.request(graph, count: 3, scorer: nil)
    var all: [DrawChances?] = []
    try ThreadCounts.forEach([1, 2, 3]) { _ in
      all.append(try sampler.chances(of: sampler.sample(for: request), for: request) { _ in 0 })
    }
    #expect(all[0] != nil && all[0] == all[1] && all[0] == all[2])
  }
}
