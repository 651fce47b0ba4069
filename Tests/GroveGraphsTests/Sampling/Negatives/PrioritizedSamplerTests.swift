import Foundation
import GroveKernels
import TestSupport
import Testing

@testable import GroveGraphs

/// Negatives that come back by their losses.
@Suite struct PrioritizedSamplerTests {
  /// One anchor with one positive and nine other candidates.
  private let setting = NegativeData.setting(NegativeData.rows([[0]], columns: 10), isSquare: false)

  private func loss(_ id: Int32) -> Float { 0.1 + Float(id) }

  private func sampler(size: Int, fresh: Double = 0, beta: Double = 1) -> PrioritizedSampler {
    PrioritizedSampler(
      "prioritized", size: size, fresh: fresh, exponent: 0.6, correction: { _ in beta }, filter: setting.filter)
  }

  @Test(arguments: [0.0, 0.4, 1]) func `what had large losses comes back, and weights make up for it`(beta: Double)
    throws
  {
    let sampler = sampler(size: 90, beta: beta)
    // Priorities are alike at first, so that 90 draws from equal parts are what the memory holds.
    var request = NegativeData.request(0, 0, count: 90)
    let held = try sampler.sample(for: request)
    #expect(held.weights == [Float](repeating: 1, count: 90))
    sampler.learn(from: held.ids.map(loss), of: held, for: request)
    var priorities = [Double](repeating: 0, count: 10)
    for id in held.ids { priorities[Int(id)] += pow(Double(loss(id)) + 1e-6, 0.6) }
    let total = priorities.reduce(0, +)
    var counts = [Int](repeating: 0, count: 10)
    request.count = 1
    for step in 0..<6000 {
      request.random = RandomStream(seed: UInt64(1000 + step))
      counts[Int(try sampler.sample(for: request).ids[0])] += 1
    }
    #expect(ChiSquare.deviation(observed: counts, chances: priorities.map { $0 / total }) < 3.72, "\(counts)")
    request.count = 40
    let drawn = try sampler.sample(for: request)
    let weights = try #require(drawn.weights)
    #expect(weights.max() == 1)
    // weight · priority^β is one number for all.
    let products = zip(drawn.ids, weights).map { pow(pow(Double(loss($0)) + 1e-6, 0.6), beta) * Double($1) }
    #expect(products.allSatisfy { abs($0 - products[0]) <= 1e-5 * products[0] })
  }

  @Test func `weights of a step are by its largest, whatever row that is in`() throws {
    let setting = NegativeData.setting(NegativeData.rows([[0], [1]], columns: 10), isSquare: false)
    let sampler = PrioritizedSampler(
      "prioritized", size: 4, fresh: 0, exponent: 1, correction: { _ in 1 }, filter: setting.filter)
    var request = NegativeRequest(anchors: [0, 1], positives: [0, 1], count: 4, random: RandomStream(seed: 1))
    let first = try sampler.sample(for: request)
    // Row 0: losses 1, 1, 1, 5; row 1 stays alike at 2. ε is 1e-6.
    sampler.learn(from: [1, 1, 1, 5, 2, 2, 2, 2], of: first, for: request)
    request.random = RandomStream(seed: 7)
    let weights = try #require(try sampler.sample(for: request).weights)
    // 1 / (N · P) is Σ p / (4 p): 2 or 0.4 in row 0, of which 8 parts of 2 are at least two of the small; 1 in row 1.
    #expect(weights[..<4].allSatisfy { abs($0 - 1) < 1e-5 || abs($0 - 0.2) < 1e-5 } && weights[0] > 0.99)
    #expect(weights[4...].allSatisfy { abs($0 - 0.5) < 1e-5 })
  }

  @Test func `new candidates come as often as told, over the oldest`() throws {
    let setting = NegativeData.setting(NegativeData.rows([[0]], columns: 100_000), isSquare: false)
    let sampler = PrioritizedSampler(
      "prioritized", size: 50, fresh: 0.25, exponent: 0, correction: { _ in 1 }, filter: setting.filter)
    // With α = 0 all are alike, so that 50 draws show the memory.
    func held(_ seed: UInt64) throws -> [Int32] {
      try sampler.sample(for: NegativeData.request(0, 0, count: 50, seed: seed)).ids
    }
    var before = try held(1)
    var changed = 0
    for seed in 2..<42 {
      let after = try held(UInt64(seed))
      let places = before.indices.filter { before[$0] != after[$0] }
      #expect(places.count == 12 || places.count == 13)
      changed += places.count
      before = after
    }
    #expect(abs(changed - 500) <= 15, "\(changed)")
  }

  @Test func `memories are an anchor's own, and never hold what is excluded`() throws {
    let graph = NegativeData.square(30, seed: 6)
    let setting = NegativeData.setting(graph, isSquare: true)
    let sampler = try NegativeCatalogue.recipe(named: "prioritized").sampler(on: setting)
    #expect(sampler.learnsFromLosses)
    for step in 0..<5 {
      let request = NegativeData.request(graph, count: 3, scorer: nil, epoch: step, seed: UInt64(step))
      let negatives = try sampler.sample(for: request)
      for (place, id) in negatives.ids.enumerated() {
        #expect(!setting.filter.excludes(id, for: request.anchors[place / 3]))
      }
      sampler.learn(from: negatives.ids.map { Float($0) }, of: negatives, for: request)
    }
  }

  @Test func `exact chances are an error with advice`() throws {
    let sampler = try NegativeCatalogue.recipe(named: "prioritized").sampler(on: setting)
    #expect(throws: NegativeFailure.self) {
      try sampler.exactDistribution(in: NegativeData.request(0, 0))
    }
  }
}
