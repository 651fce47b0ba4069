import Foundation
import GroveGraphs
import GroveKernels
import GroveLearning
import TestSupport
import Testing

/// Full rankings against lists that are really sorted.
@Suite struct FullRankingTests {
  /// Rows of ids as compressed rows.
  private static func rows(_ lists: [[Int32]], columns: Int) -> SparseRows {
    var offsets: [Int64] = [0]
    for list in lists { offsets.append(offsets[offsets.count - 1] + Int64(list.count)) }
    return SparseRows(offsets: offsets, columns: lists.flatMap { $0 }, columnCount: columns)
  }

  private struct Problem {
    let relevant: SparseRows
    let masked: SparseRows
    let scores: [Float]

    /// Scores of few values, so that many tie.
    init(anchors: Int, candidates: Int, seed: Int, levels: Int = 6) {
      var random = TestRandom(seed)
      var (relevant, masked): ([[Int32]], [[Int32]]) = ([], [])
      for _ in 0..<anchors {
        var (own, hidden): ([Int32], [Int32]) = ([], [])
        for candidate in 0..<Int32(candidates) {
          switch Int.random(in: 0..<6, using: &random) {
          case 0: own.append(candidate)
          case 1: hidden.append(candidate)
          default: break
          }
        }
        relevant.append(own)
        masked.append(hidden)
      }
      self.relevant = FullRankingTests.rows(relevant, columns: candidates)
      self.masked = FullRankingTests.rows(masked, columns: candidates)
      scores = (0..<anchors * candidates).map { _ in Float(Int.random(in: 0..<levels, using: &random)) }
    }

    func ranks(rowsAtOnce: Int? = nil) throws -> LinkRanks {
      try LinkRanks(relevant: relevant, masked: masked, rowsAtOnce: rowsAtOnce) { block in
        Array(scores[block.lowerBound * relevant.columnCount..<block.upperBound * relevant.columnCount])
      }
    }

    /// Each anchor's list, best first: whether an entry is a positive.
    ///
    /// Of equal scores positives come last.
    var lists: [[Bool]] {
      (0..<relevant.rowCount).map { anchor in
        let isRelevant = Set(relevant[anchor])
        let hidden = Set(masked[anchor]).subtracting(isRelevant)
        let row = (0..<Int32(relevant.columnCount)).filter { !hidden.contains($0) }.map {
          (score: scores[anchor * relevant.columnCount + Int($0)], isPositive: isRelevant.contains($0))
        }
        return row.sorted { $0.score != $1.score ? $0.score > $1.score : !$0.isPositive && $1.isPositive }
          .map(\.isPositive)
      }
    }
  }

  private struct Reference {
    var (recall, precision, ndcg, first, reciprocal, hits) = (0.0, 0.0, 0.0, 0.0, 0.0, 0.0)

    init?(_ lists: [[Bool]], _ k: Int) {
      let lists = lists.filter { $0.contains(true) }
      if lists.isEmpty { return nil }
      var positives = 0
      for list in lists {
        let top = list.prefix(k)
        let count = list.count { $0 }
        recall += Double(top.count { $0 }) / Double(count)
        precision += Double(top.count { $0 }) / Double(k)
        var (gain, best) = (0.0, 0.0)
        for (place, isPositive) in top.enumerated() where isPositive { gain += 1 / log2(Double(place) + 2) }
        for place in 0..<min(k, count) { best += 1 / log2(Double(place) + 2) }
        ndcg += gain / best
        if let place = top.firstIndex(of: true) { first += 1 / Double(place + 1) }
        for (place, isPositive) in list.enumerated() where isPositive {
          let rank = 1 + list.prefix(place).count { !$0 }
          positives += 1
          reciprocal += 1 / Double(rank)
          hits += rank <= k ? 1 : 0
        }
      }
      for path in [\Reference.recall, \.precision, \.ndcg, \.first] { self[keyPath: path] /= Double(lists.count) }
      for path in [\Reference.reciprocal, \.hits] { self[keyPath: path] /= Double(positives) }
    }
  }

  @Test(arguments: [(0, 5), (1, 1), (1, 2), (3, 7), (40, 64), (5, 1)])
  func `metrics are those of sorted lists`(anchors: Int, candidates: Int) throws {
    for seed in 0..<5 {
      let problem = Problem(anchors: anchors, candidates: candidates, seed: 10 * candidates + seed)
      let ranks = try problem.ranks()
      for k in [1, 2, 5, 20, 100] {
        let expected = Reference(problem.lists, k)
        for (value, wanted) in [
          (ranks.recall(at: k), expected?.recall), (ranks.precision(at: k), expected?.precision),
          (ranks.ndcg(at: k), expected?.ndcg), (ranks.meanReciprocalRank(at: k), expected?.first),
          (ranks.meanReciprocalRank, expected?.reciprocal), (ranks.hits(at: k), expected?.hits),
        ] {
          #expect((value == nil) == (wanted == nil))
          if let value, let wanted { #expect(abs(value - wanted) < 1e-12, "\(value) and \(wanted) at \(k)") }
        }
      }
    }
  }

  @Test func `a list worked by hand`() throws {
    // Candidate 1 is masked; the list is 0, 3 (tie, no positive), 2, 4: positives at places 1 and 3.
    let ranks = try LinkRanks(
      relevant: Self.rows([[0, 2]], columns: 5), masked: Self.rows([[1]], columns: 5)
    ) { _ in [0.9, 1, 0.5, 0.5, 0.1] }
    #expect(ranks.ranks == [1, 2])
    #expect(ranks.recall(at: 1) == 0.5)
    #expect(ranks.recall(at: 2) == 0.5)
    #expect(ranks.recall(at: 3) == 1)
    #expect(ranks.precision(at: 3) == 2.0 / 3)
    #expect(ranks.meanReciprocalRank(at: 10) == 1)
    #expect(ranks.meanReciprocalRank == 0.75)
    // (1 / log₂ 2 + 1 / log₂ 4) / (1 / log₂ 2 + 1 / log₂ 3), as ndcg_score of scikit-learn gives for this list.
    let gain = try #require(ranks.ndcg(at: 3))
    #expect(abs(gain - 0.919_720_789_148_2) < 1e-12)
    // Two positives and one place: the best list has one of them.
    #expect(ranks.ndcg(at: 1) == 1)
  }

  @Test func `with one positive and no mask a full ranking is one of positives against all others`() throws {
    var random = TestRandom(3)
    let (anchors, candidates) = (12, 30)
    let scores = random.floats(anchors * candidates)
    let own = (0..<anchors).map { _ in Int32.random(in: 0..<Int32(candidates), using: &random) }
    let full = try LinkRanks(
      relevant: Self.rows(own.map { [$0] }, columns: candidates),
      masked: Self.rows(own.map { _ in [] }, columns: candidates)
    ) { Array(scores[$0.lowerBound * candidates..<$0.upperBound * candidates]) }
    var others: [Float] = []
    for (row, positive) in own.enumerated() {
      for candidate in 0..<candidates where candidate != Int(positive) {
        others.append(scores[row * candidates + candidate])
      }
    }
    let positives = own.enumerated().map { scores[$0 * candidates + Int($1)] }
    let lists = try LinkRanks(positives: positives, negatives: others, perPositive: candidates - 1)
    #expect(full == lists)
    for k in [1, 5, 20] { #expect(full.recall(at: k) == full.hits(at: k)) }
    // The area under the curve of one positive is the share of negatives that it beats.
    for row in 0..<anchors {
      let list = Array(others[row * (candidates - 1)..<(row + 1) * (candidates - 1)])
      let area = RankingMetrics.rocAUC(
        scores: [positives[row]] + list, positive: [true] + [Bool](repeating: false, count: candidates - 1))
      let beaten = Double(candidates - full.ranks[row]) / Double(candidates - 1)
      #expect(abs((area ?? -1) - beaten) < 1e-12)
    }
  }

  @Test func `blocks and threads change nothing`() throws {
    let problem = Problem(anchors: 70, candidates: 33, seed: 5)
    let expected = try problem.ranks()
    for size in [1, 7, 16, 70, 1000] { #expect(try problem.ranks(rowsAtOnce: size) == expected) }
    try ThreadCounts.forEach([1, 2, 3]) { _ in
      let again = try problem.ranks(rowsAtOnce: 40)
      #expect(again == expected)
    }
  }

  @Test(arguments: [1, 3, 1024]) func `dot products of rows are ranked as their scores are`(size: Int) throws {
    var random = TestRandom(8)
    let (anchors, candidates, width) = (9, 25, 5)
    // Whole numbers, so that products are exact and tie.
    func numbers(_ count: Int) -> [Float] { (0..<count).map { _ in Float(Int.random(in: -2...2, using: &random)) } }
    let (left, right) = (numbers(anchors * width), numbers(candidates * width))
    let problem = Problem(anchors: anchors, candidates: candidates, seed: 2)
    let scores = Matrix(left, rows: anchors, columns: width).times(
      Matrix(right, rows: candidates, columns: width).transposed
    ).floats
    let expected = try LinkRanks(relevant: problem.relevant, masked: problem.masked) {
      Array(scores[$0.lowerBound * candidates..<$0.upperBound * candidates])
    }
    let ranks = try LinkRanks(
      relevant: problem.relevant, masked: problem.masked, anchors: FloatBuffer(left), candidates: FloatBuffer(right),
      width: width, rowsAtOnce: size)
    #expect(ranks == expected)
  }

  @Test func `a masked candidate's score changes nothing, however high`() throws {
    let problem = Problem(anchors: 20, candidates: 30, seed: 11)
    let expected = try problem.ranks()
    let ranks = try LinkRanks(relevant: problem.relevant, masked: problem.masked) { block in
      var scores = Array(problem.scores[block.lowerBound * 30..<block.upperBound * 30])
      for anchor in block {
        for node in problem.masked[anchor] { scores[(anchor - block.lowerBound) * 30 + Int(node)] = 99 }
      }
      return scores
    }
    #expect(ranks == expected)
  }

  @Test func `the first score that is no number is named`() {
    let problem = Problem(anchors: 50, candidates: 20, seed: 6)
    let row = (20..<50).first { !problem.relevant.range(of: $0).isEmpty } ?? 0
    #expect(throws: LinkScoreFailure.notANumberInRanking(anchor: row, candidate: 7)) {
      _ = try LinkRanks(relevant: problem.relevant, masked: problem.masked, rowsAtOnce: 48) { block in
        var scores = Array(problem.scores[block.lowerBound * 20..<block.upperBound * 20])
        for anchor in block where anchor >= row {
          for candidate in 7..<20 { scores[(anchor - block.lowerBound) * 20 + candidate] = .nan }
        }
        return scores
      }
    }
  }

  @Test func `a row that does not rise stops the program`() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let rows = SparseRows(offsets: [0, 2], columns: [1, 1], columnCount: 3)
      let none = SparseRows(offsets: [0, 0], columns: [], columnCount: 3)
      _ = try? LinkRanks(relevant: none, masked: rows) { _ in [1, 2, 3] }
    }
    expectTrapMessage(result, mentions: ["row 0 of the masked does not rise"])
  }

  @Test func `a block with too few scores stops the program`() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let rows = SparseRows(offsets: [0, 1], columns: [1], columnCount: 3)
      let none = SparseRows(offsets: [0, 0], columns: [], columnCount: 3)
      _ = try? LinkRanks(relevant: rows, masked: none) { _ in [1, 2] }
    }
    expectTrapMessage(result, mentions: ["2 scores for 1 anchors and 3 candidates"])
  }
}
