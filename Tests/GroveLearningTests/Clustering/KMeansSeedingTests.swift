import Foundation
import GroveKernels
@testable import GroveLearning
import TestSupport
import Testing

/// First centers of K-means.
@Suite struct KMeansSeedingTests {
  private func rows(_ values: [Float]) -> ClusterRows {
    ClusterRows(FloatBuffer(values), width: 1, blockRows: 2, placement: .centered)
  }

  @Test func `trials grow with the logarithm of the clusters`() {
    #expect([1, 2, 3, 7, 8, 20, 21, 1000].map { KMeansSeeding.usualTrials(clusters: $0) } == [2, 2, 3, 3, 4, 4, 5, 8])
  }

  @Test func `rows are drawn by their squared distance to the nearest center`() {
    // From 0 the others lie at 1, 2 and 3: they are drawn with weights 1, 4 and 9.
    let rows = rows([0, 1, 2, 3])
    let seeding = KMeansSeeding(rows: rows, trials: 1)
    var counts: [Float: Int] = [:]
    let draws = 3000
    var generator = RandomStream(seed: 7).generator
    for _ in 0..<draws {
      let centers = seeding.centers(2, after: rows.framed([0]), using: &generator)
      counts[rows.unframed(centers)[1], default: 0] += 1
    }
    for (place, weight) in [(1, 1), (2, 4), (3, 9)] as [(Float, Double)] {
      let share = weight / 14
      let deviation = (Double(draws) * share * (1 - share)).squareRoot()
      #expect(abs(Double(counts[place] ?? 0) - Double(draws) * share) < 5 * deviation, "\(counts)")
    }
    #expect(counts[0] == nil)
  }

  @Test func `no row is drawn twice while others are left, and skipped rows never are`() {
    let values = (0..<20).map { Float($0 % 7) }
    let rows = rows(values)
    for seed in 0..<UInt64(20) {
      var generator = RandomStream(seed: seed).generator
      let centers = KMeansSeeding(rows: rows, trials: 3).centers(7, using: &generator)
      #expect(Set(centers).count == 7)
      let isSkipped = values.map { $0 < 4 }
      let some = KMeansSeeding(rows: rows, isSkipped: isSkipped, trials: 2).centers(3, using: &generator)
      #expect(Set(rows.unframed(some)) == [4, 5, 6])
    }
  }

  @Test func `equal rows are at no distance even far from the origin`() {
    let far: [Float] = [1000.1, 1000.1, 1000.1, 1000.2, 1000.2, 0, 0, 0]
    for seed in 0..<UInt64(20) {
      var generator = RandomStream(seed: seed).generator
      let centers = KMeansSeeding(rows: rows(far), trials: 1).centers(3, using: &generator)
      #expect(Set(centers).count == 3)
    }
  }
}
