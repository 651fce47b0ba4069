import GroveKernels
import GroveLearning
import TestSupport
import Testing

@Suite struct LinkRanksTests {
  @Test func `a positive ranks below the negatives that it ties with`() throws {
    let ranks = try LinkRanks(
      positives: [0.5, 0.9, 0.1], negatives: [0.5, 0.2, 0.7, 0.1, 0.2, 0.3, 0.1, 0.1, 0.1], perPositive: 3)
    #expect(ranks.ranks == [3, 1, 4])
    #expect(ranks.positiveCount == 3)
    let mean = try #require(ranks.meanReciprocalRank)
    #expect(abs(mean - (1.0 / 3 + 1 + 1.0 / 4) / 3) < 1e-12)
    #expect(ranks.hits(at: 1) == 1.0 / 3)
    #expect(ranks.hits(at: 3) == 2.0 / 3)
    #expect(ranks.hits(at: 4) == 1)
  }

  @Test(arguments: [1, 2, 10, 100]) func `a model that scores all alike is last everywhere`(count: Int) throws {
    let scores = [Float](repeating: 0.25, count: 4)
    let own = try LinkRanks(
      positives: scores, negatives: [Float](repeating: 0.25, count: 4 * count), perPositive: count)
    #expect(own.ranks == [Int](repeating: count + 1, count: 4))
    #expect(own.hits(at: count) == 0)
    let shared = try LinkRanks(positives: scores, sharedNegatives: [Float](repeating: 0.25, count: count))
    #expect(shared.ranks == own.ranks)
  }

  @Test func `shared negatives are compared with the k-th best of them`() throws {
    let ranks = try LinkRanks(positives: [0.9, 0.5, 0.5, 0.1], sharedNegatives: [0.5, 0.2, 0.4, 0.3])
    // The best negative scores .5, which only .9 is above; the second best .4.
    #expect(ranks.hits(at: 1) == 0.25)
    #expect(ranks.hits(at: 2) == 0.75)
    #expect(ranks.hits(at: 4) == 0.75)
    #expect(ranks.hits(at: 5) == 1)
  }

  @Test(arguments: [0, 1, 2, 7, 64]) func `hits are the share above the k-th best shared negative`(count: Int) throws {
    for seed in 0..<10 {
      var random = TestRandom(100 * count + seed)
      func scores(_ count: Int) -> [Float] { (0..<count).map { _ in Float(Int.random(in: 0..<9, using: &random)) } }
      let (positives, negatives) = (scores(13), scores(count))
      let ranks = try LinkRanks(positives: positives, sharedNegatives: negatives)
      let best = negatives.sorted(by: >)
      for k in 1...count + 2 {
        let above = k > count ? positives.count : positives.count { $0 > best[k - 1] }
        #expect(ranks.hits(at: k) == Double(above) / 13)
      }
    }
  }

  @Test(arguments: [1, 2, 7, 64]) func `ranks follow from their definition`(perPositive: Int) throws {
    var random = TestRandom(perPositive)
    let positives = (0..<20).map { _ in Float(Int.random(in: 0..<12, using: &random)) }
    let negatives = (0..<20 * perPositive).map { _ in Float(Int.random(in: 0..<12, using: &random)) }
    let ranks = try LinkRanks(positives: positives, negatives: negatives, perPositive: perPositive)
    for row in 0..<20 {
      var rank = 1
      for place in 0..<perPositive where negatives[row * perPositive + place] >= positives[row] { rank += 1 }
      #expect(ranks.ranks[row] == rank)
    }
  }

  @Test func `nothing to rank has no value`() throws {
    for ranks in [
      try LinkRanks(positives: [], negatives: [], perPositive: 3), try LinkRanks(positives: [], sharedNegatives: [1]),
    ] {
      #expect(ranks.meanReciprocalRank == nil)
      #expect(ranks.hits(at: 1) == nil)
      #expect(ranks.recall(at: 1) == nil)
      #expect(ranks.ndcg(at: 1) == nil)
      #expect(ranks.anchorCount == 0)
    }
  }

  @Test func `infinite scores have an order`() throws {
    let ranks = try LinkRanks(
      positives: [.infinity, -.infinity], negatives: [1, .infinity, -.infinity, 0], perPositive: 2)
    #expect(ranks.ranks == [2, 3])
  }

  @Test func `a score that is no number is named by its row`() {
    #expect(throws: LinkScoreFailure.notANumber(list: "positives", row: 1)) {
      try LinkRanks(positives: [1, .nan], negatives: [1, 2], perPositive: 1)
    }
    #expect(throws: LinkScoreFailure.notANumber(list: "negatives", row: 3)) {
      try LinkRanks(positives: [1, 2], negatives: [1, 2, 3, .nan], perPositive: 2)
    }
    #expect(throws: LinkScoreFailure.notANumber(list: "negatives", row: 0)) {
      try LinkRanks(positives: [1], sharedNegatives: [.nan])
    }
    let failure = LinkScoreFailure.notANumber(list: "negatives", row: 3)
    #expect(failure.description.contains("row 3 of the negatives"))
    #expect(!failure.description.contains("\n"))
    #expect(failure.kind == .badData)
  }

  @Test func `lists that do not fit their positives stop the program`() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = try? LinkRanks(positives: [1, 2], negatives: [1, 2, 3], perPositive: 2)
    }
    expectTrapMessage(result, mentions: ["3 negatives, 2 for each of 2 positives"])
  }

  @Test func `a cut-off of 0 stops the program`() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = (try? LinkRanks(positives: [1], negatives: [1], perPositive: 1))?.hits(at: 0)
    }
    expectTrapMessage(result, mentions: ["hits: cut-off 0"])
  }
}
