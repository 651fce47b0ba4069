import Foundation
import GroveKernels
import TestSupport
import Testing

@testable import GroveGraphs

/// What samplers draw against the chances that they say it has.
@Suite struct NegativeDistributionTests {
  private static let once: Set = ["adore", "percpos", "semi-hard", "srns", "mochi"]
  private static let batched: Set = [
    "in-batch", "in-batch-logq", "mixed", "cross-batch", "moco", "batch-sampler", "debiased", "hcl", "rocketqa",
    "nscaching",
  ]

  /// Those whose chances depend on the losses of past steps have tests of their own.
  @Test(arguments: NegativeContractTests.names.filter { $0 != "prioritized" }, [true, false])
  func `draws follow the exact chances`(name: String, isSquare: Bool) throws {
    let graph = isSquare ? NegativeData.square(24, seed: 2) : NegativeData.bipartite(12, 20, seed: 3)
    let setting = NegativeData.setting(graph, isSquare: isSquare)
    let scorer = NegativeData.scorer(
      anchors: graph.rowCount, candidates: graph.columnCount, isSquare: isSquare, seed: 8)
    var words = NegativeContractTests.words(name)
    if name == "mcns" { words.append("burn-in=80") }
    if name == "trisampler" { words += ["subset=5", "top=12"] }
    if name == "aobpr" { words.append("spread=0.3") }
    let sampler = try NegativeCatalogue.recipe(named: name).sampler(on: setting, words: words)
    let (anchors, positives) = NegativeData.pairs(graph)
    for row in [0, 3, anchors.count - 1] {
      var request = NegativeData.request(graph, count: 1, scorer: scorer, epoch: 2, seed: UInt64(row))
      let draws = 12_000
      let chances: [Double]
      if Self.batched.contains(name) {
        // One row of a batch, with many negatives.
        request.count = draws
        chances = try sampler.exactDistribution(of: row, in: request)
      } else {
        // The same positive again and again, each with draws of its own.
        request.anchors = [Int32](repeating: anchors[row], count: draws)
        request.positives = [Int32](repeating: positives[row], count: draws)
        chances = try sampler.exactDistribution(of: 0, in: request)
      }
      #expect(abs(chances.reduce(0, +) - 1) < 1e-9)
      for id in setting.filter.excluded[Int(anchors[row])] where !["bernoulli", "pseudo-typed"].contains(name) {
        #expect(chances[Int(id)] == 0)
      }
      if name == "semi-hard" { continue }
      let negatives = try sampler.sample(for: request)
      let ids =
        Self.batched.contains(name) ? Array(negatives[row]) : negatives.ids
      var counts = [Int](repeating: 0, count: graph.columnCount)
      for (place, id) in ids.enumerated() where isSquare || !(negatives.replacesAnchor?[place] ?? false) {
        counts[Int(id)] += 1
      }
      if Self.once.contains(name) {
        #expect(chances[Int(ids[0])] == 1)
      } else {
        #expect(ChiSquare.deviation(observed: counts, chances: chances) < 3.72, "\(name), row \(row)")
      }
    }
  }

  /// By going through every subset and order.
  private func slowShares(_ rates: [Double], _ weights: [Double], _ count: Int) -> [Double] {
    var result = [Double](repeating: 0, count: rates.count)
    func go(_ chosen: [Int], _ chance: Double) {
      if chosen.count == count {
        let total = chosen.reduce(0) { $0 + weights[$1] }
        if total > 0 { for place in chosen { result[place] += chance * weights[place] / total } }
        return
      }
      let left = rates.indices.filter { !chosen.contains($0) }
      let sum = left.reduce(0) { $0 + rates[$1] }
      for place in left { go(chosen + [place], chance * rates[place] / sum) }
    }
    go([], 1)
    return result
  }

  @Test(arguments: [1, 2, 3, 5]) func `shares within a random subset are those of all orders`(count: Int) {
    let rates = [1.0, 0.3, 2.5, 0.01, 0.7, 1.2]
    let weights = [0.5, 0, 1.5, 3, 0.001, 0.2]
    let fast = SubsetShares.shares(
      rates: rates, weights: weights, count: count, allowed: [Bool](repeating: true, count: 6))
    #expect(expectClose(fast, slowShares(rates, weights, count), 1e-7), "\(fast)")
  }

  /// By going through every draw.
  private func slowDraws(_ chances: [Double], _ weights: [Double], _ draws: Int) -> [Double] {
    var result = [Double](repeating: 0, count: chances.count)
    func go(_ drawn: [Int], _ chance: Double) {
      if drawn.count == draws {
        let total = drawn.reduce(0) { $0 + weights[$1] }
        for place in drawn { result[place] += chance * (total > 0 ? weights[place] / total : 1 / Double(draws)) }
        return
      }
      for place in chances.indices { go(drawn + [place], chance * chances[place]) }
    }
    go([], 1)
    return result
  }

  @Test(arguments: [1, 2, 4]) func `shares of the weights of some draws are those of all draws`(draws: Int) throws {
    struct Fixed: CandidateWeight {
      let weights: [Double]
      func logWeights(of ids: [Int32], scores: [Float], in draw: NegativeDraw) -> [Double] {
        ids.map { weights[Int($0)] == 0 ? -.infinity : log(weights[Int($0)]) }
      }
    }
    let weights = [1.0, 0, 20, 0.001, 3]
    let filter = NegativeFilter([], anchorCount: 1, candidateCount: 5, excludesSelf: false)
    let request = NegativeData.request(0, 0, scorer: TableScorer(rows: [[0, 0, 0, 0, 0]]))
    let draw = try NegativeDraw(
      "test", row: 0, in: request, from: .everyone, filter: filter, random: request.random.generator(row: 0))
    let law = try WeightedChoice(Fixed(weights: weights), draws: draws).law(of: draw).dense(candidateCount: 5)
    #expect(expectClose(law, slowDraws([0.2, 0.2, 0.2, 0.2, 0.2], weights, draws), 1e-9), "\(law)")
  }

  @Test func `many draws of an alias table follow its weights`() {
    let weights = [0, 5, 1, 0.25, 3, 0, 1e-3]
    let table = AliasTable(weights: weights)
    var counts = [Int](repeating: 0, count: weights.count)
    for id in table.draw(200_000, using: RandomStream(seed: 1)) { counts[Int(id)] += 1 }
    #expect(ChiSquare.deviation(observed: counts, chances: table.probabilities) < 3.72)
    var random = RandomStream(seed: 2).generator
    var again = [Int](repeating: 0, count: weights.count)
    for _ in 0..<100_000 { again[Int(table.draw(using: &random))] += 1 }
    #expect(ChiSquare.deviation(observed: again, chances: table.probabilities) < 3.72)
  }
}
