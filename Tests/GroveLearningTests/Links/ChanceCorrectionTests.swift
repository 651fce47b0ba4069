import Foundation
import GroveGraphs
import GroveKernels
import TestSupport
import Testing

@testable import GroveLearning

/// Offsets against worked numbers and against draws.
@Suite struct ChanceCorrectionTests {
  /// Three anchors, each with the candidate of its number as its positive.
  private let setting: NegativeSetting = {
    let rows = SparseRows(offsets: [0, 1, 2, 3], columns: [0, 1, 2], columnCount: 3)
    return NegativeSetting(
      positives: rows, isSquare: false,
      filter: NegativeFilter([rows], anchorCount: 3, candidateCount: 3, excludesSelf: false),
      random: RandomStream(seed: 1))
  }()

  private func correction(
    _ name: String, _ words: [String] = [], isNoiseContrastive: Bool = false, rate: Double? = nil
  ) throws -> ChanceCorrection {
    try ChanceCorrection(
      of: NegativeCatalogue.recipe(named: name).sampler(on: setting, words: words),
      isNoiseContrastive: isNoiseContrastive, rate: rate, candidateCount: 3, random: RandomStream(seed: 2))
  }

  /// Ten positives: 0 five times, 1 three times, 2 twice.
  private static let epoch: [Int32] = [0, 1, 0, 2, 0, 1, 0, 2, 0, 1]

  private func request(count: Int) -> NegativeRequest {
    NegativeRequest(anchors: [0, 1, 2], positives: [0, 1, 2], count: count, random: RandomStream(seed: 3))
  }

  private func close(_ found: [Float]?, _ wanted: [Double]) -> Bool { difference(found ?? [], wanted) <= 1e-6 }

  @Test(arguments: [1, 3]) func `a batch's offsets are minus the logarithms of frequencies, positives' too`(count: Int)
    throws
  {
    var correction = try correction("in-batch")
    correction.begin(Self.epoch)
    let ids: [Int32] = [1, 2, 0, 2, 0, 1]
    let rows = ids.indices.flatMap { [Int32](repeating: ids[$0], count: count) }
    let request = NegativeRequest(
      anchors: [0, 0, 1, 1, 2, 2], positives: [0, 0, 1, 1, 2, 2], count: count, random: RandomStream(seed: 3))
    let found = try correction.offsets(of: Negatives(ids: rows, count: count), for: request)
    // −log f = 0.6931, 1.2040, 1.6094; each row has these up to one number, which the softmax does not see.
    let wanted = [0.693147, 1.203973, 1.609438]
    let positives = try #require(found.positives)
    for row in 0..<6 {
      let own = wanted[row / 2]
      for place in row * count..<(row + 1) * count {
        let gap = Double(found.negatives[place] - positives[row])
        #expect(abs(gap - (wanted[Int(ids[row])] - own)) <= 1e-5)
      }
    }
    // The number: k draws, of which those that hit the row's own positive are made again.
    #expect(abs(Double(found.negatives[0]) + log(Double(count) * 0.3 / 0.5)) <= 1e-6)
  }

  @Test func `uniform draws have one offset, and positives one for NCE alone`() throws {
    let negatives = Negatives(ids: [1, 2, 0, 2, 0, 1], count: 2)
    var plain = try correction("uniform")
    let found = try plain.offsets(of: negatives, for: request(count: 2))
    // Two draws of two candidates: each is expected once.
    #expect(close(found.negatives, [0, 0, 0, 0, 0, 0]) && found.positives == nil)
    var contrastive = try correction("uniform", isNoiseContrastive: true)
    #expect(close(try contrastive.offsets(of: negatives, for: request(count: 2)).positives, [0, 0, 0]))
  }

  @Test func `a mixture's expected counts are those of the batch and of uniform draws together`() throws {
    var correction = try correction("mixed", ["uniform=0.25"])
    correction.begin(Self.epoch)
    let found = try correction.offsets(of: Negatives(ids: [1, 2, 0, 2, 0, 1], count: 2), for: request(count: 2))
    func offset(_ frequency: Double, _ left: Double) -> Double {
      -log(2 * (0.75 * frequency / left + 0.25 / 2))
    }
    let negatives = [
      offset(0.3, 0.5), offset(0.2, 0.5), offset(0.5, 0.7), offset(0.2, 0.7), offset(0.5, 0.8), offset(0.3, 0.8),
    ]
    #expect(close(found.negatives, negatives))
    #expect(close(found.positives, [offset(0.5, 0.5), offset(0.3, 0.7), offset(0.2, 0.8)]))
  }

  @Test func `frequencies that are estimated as batches come are those of the batches`() throws {
    // Of 200 candidates each is in a batch of 20 with a chance of 1 − (1 − 1/200)²⁰ = 0.0954.
    let rows = SparseRows(offsets: [0, 1], columns: [0], columnCount: 200)
    let filter = NegativeFilter([rows], anchorCount: 1, candidateCount: 200, excludesSelf: false)
    let setting = NegativeSetting(positives: rows, isSquare: false, filter: filter, random: RandomStream(seed: 1))
    var correction = ChanceCorrection(
      of: try NegativeCatalogue.recipe(named: "in-batch").sampler(on: setting), isNoiseContrastive: false, rate: 0.05,
      candidateCount: 200, random: RandomStream(seed: 4))
    var random = TestRandom(5)
    var found: [Float] = []
    for step in 0..<2000 {
      let positives = (0..<20).map { _ in Int32.random(in: 0..<200, using: &random) }
      let request = NegativeRequest(
        anchors: [Int32](repeating: 0, count: 20), positives: positives, count: 1, random: RandomStream(seed: 1))
      let negatives = Negatives(ids: positives.map { $0 == 0 ? 1 : $0 }, count: 1)
      let offsets = try correction.offsets(of: negatives, for: request)
      if step >= 1000 { found += offsets.negatives }
    }
    let mean = found.reduce(0.0) { $0 + Double($1) } / Double(found.count)
    #expect(abs(mean + log(0.0954 / 20)) < 0.15, "\(mean)")
  }

  @Test func `shares of draws are means of steps, newer ones weighing more`() {
    var shares = DrawnShares(candidateCount: 4, rate: 0.25)
    #expect(shares.share(of: 0) == 0)
    shares.observe([0, 0, 0, 1])
    #expect((0..<4).map { shares.share(of: $0) } == [0.75, 0.25, 0, 0])
    shares.observe([2, 2])
    // Weights of the steps: 3/16 and 4/16.
    let wanted = [0.75 * 3 / 7, 0.25 * 3 / 7, 4.0 / 7, 0]
    for id in 0..<4 { #expect(abs(shares.share(of: Int32(id)) - wanted[id]) <= 1e-12) }
    shares.observe([])
    #expect(abs(shares.share(of: 2) - 12.0 / 37) <= 1e-12)
  }

  @Test func `where a sampler knows no chances, they are how often it draws`() throws {
    let scorer = EmbeddingScorer(anchors: [1, 1, 1], candidates: [3, 2, 1], width: 1)
    var correction = try correction("dns")
    var request = request(count: 2)
    request.scorer = scorer
    // Rows 1 and 2 draw candidate 0, row 0 draws 1: shares of two thirds and one.
    let found = try correction.offsets(of: Negatives(ids: [1, 1, 0, 0, 0, 0], count: 2), for: request)
    let (one, other) = (-log(2.0 / 3), -log(4.0 / 3))
    #expect(close(found.negatives, [one, one, other, other, other, other]))
    #expect(found.positives == nil)
  }
}
