import Foundation
import GroveKernels
@testable import GroveLearning
import TestSupport
import Testing

/// Mini-batch, semi-supervised and spherical K-means.
@Suite struct KMeansVariantTests {
  private static let stream = RandomStream(seed: 3)
  private static let corners: [SIMD2<Float>] = [[0, 0], [9, 1], [2, 8], [-7, 3], [4, -6]]

  // MARK: - Mini-batch

  @Test(arguments: [0, 1, 2]) func `C-22: batches of all rows come within one percent of K-means`(seed: Int) {
    let values = ClusterPoints.groups(400, around: Self.corners, spread: 2.5, seed: seed)
    let full = KMeans(clusters: 5)(FloatBuffer(values), width: 2, random: RandomStream(seed: UInt64(seed)))
    let batched = MiniBatchKMeans(clusters: 5, batch: 2_048_000)(
      FloatBuffer(values), width: 2, random: RandomStream(seed: UInt64(seed)))
    #expect(batched.inertia < 1.01 * full.inertia && batched.inertia > 0.999 * full.inertia)
    #expect(batched.isSettled && batched.clusterCount == 5)
  }

  @Test func `small batches find groups that lie apart`() {
    let values = ClusterPoints.groups(1000, around: Self.corners, spread: 1, seed: 4)
    let found = MiniBatchKMeans(clusters: 5, batch: 50)(FloatBuffer(values), width: 2, random: Self.stream)
    let truth = (0..<1000).map { Int32($0 % 5) }
    #expect(ClusterMatching(truth: truth, predicted: found.labels).accuracy == 1)
    for cluster in 0..<5 {
      let center = found.center(cluster)
      let nearest = Self.corners.map { hypot($0.x - center[0], $0.y - center[1]) }.min() ?? 9
      #expect(nearest < 0.3)
    }
  }

  @Test func `one batch that draws every row alike moves centers to their means`() {
    // All rows equal: whatever is drawn, a center is their mean.
    let same = FloatBuffer([Float](repeating: 4, count: 30))
    let found = MiniBatchKMeans(clusters: 1, batch: 7)(same, width: 3, random: Self.stream)
    #expect(found.center(0) == [4, 4, 4] && found.inertia == 0)
  }

  @Test func `threads change no byte of batches`() {
    let x = FloatBuffer(ClusterPoints.groups(3000, around: Self.corners, spread: 4, seed: 6))
    var found: [Clustering] = []
    ThreadCounts.forEach([1, 2, 3, 8]) { _ in
      found.append(MiniBatchKMeans(clusters: 6, batch: 500, starts: 2)(x, width: 2, random: Self.stream))
    }
    for other in found.dropFirst() { #expect(other == found[0]) }
    #expect(Set(found[0].labels).count == 6)
  }

  // MARK: - Semi-supervised

  @Test func `labeled rows stay in the cluster of their class however far they are`() {
    // Rows 0 and 5 are labeled against where they lie.
    let x = FloatBuffer([0, 1, 2, 20, 21, 22, 40, 41])
    let classes: [Int32] = [1, -1, -1, -1, -1, 0, -1, -1]
    let found = SemiSupervisedKMeans(clusters: 3)(x, width: 1, classes: classes, random: Self.stream)
    #expect(found.labels[0] == 1 && found.labels[5] == 0)
    #expect(found.labels[6] == 2 && found.labels[7] == 2)
    // Free rows go to their nearest center.
    for row in [1, 2, 3, 4, 6, 7] {
      let gaps = (0..<3).map { abs(x[row] - found.centers[$0]) }
      #expect(gaps[Int(found.labels[row])] == gaps.min())
    }
    // Centers are the means of all their rows, labeled ones included.
    for cluster in 0..<3 {
      let rows = (0..<8).filter { found.labels[$0] == Int32(cluster) }
      let mean = rows.reduce(Float(0)) { $0 + x[$1] } / Float(rows.count)
      #expect(abs(found.centers[cluster] - mean) < 1e-4)
    }
    // Labeled rows count in the inertia.
    let wanted = ClusterPoints.inertia(x.values, width: 1, labels: found.labels.map(Int.init))
    #expect(abs(found.inertia - wanted) < 1e-3)
  }

  @Test(arguments: [0, 1, 2]) func `clusters of seen classes carry their numbers and novel ones are found`(seed: Int) {
    let values = ClusterPoints.groups(300, around: Self.corners, spread: 1.5, seed: seed)
    let truth = (0..<300).map { Int32($0 % 5) }
    // Classes 4 and 1 are seen, three rows of each labeled.
    var classes = [Int32](repeating: -1, count: 300)
    for row in [4, 9, 14, 1, 6, 11] { classes[row] = truth[row] }
    let found = SemiSupervisedKMeans(clusters: 5)(
      FloatBuffer(values), width: 2, classes: classes, random: RandomStream(seed: UInt64(seed)))
    for row in 0..<300 where truth[row] == 4 || truth[row] == 1 { #expect(found.labels[row] == truth[row]) }
    #expect(ClusterMatching(truth: truth, predicted: found.labels).accuracy == 1)
    #expect(found.steps <= 100)
  }

  @Test func `without labels or without free rows it still ends`() {
    let values = ClusterPoints.groups(60, around: Self.corners, spread: 1, seed: 1)
    let none = SemiSupervisedKMeans(clusters: 5)(
      FloatBuffer(values), width: 2, classes: .init(repeating: -1, count: 60), random: Self.stream)
    #expect(Set(none.labels).count == 5)
    let classes = (0..<60).map { Int32($0 % 2) }
    let all = SemiSupervisedKMeans(clusters: 3)(FloatBuffer(values), width: 2, classes: classes, random: Self.stream)
    #expect(all.labels == classes && all.centers.allSatisfy { $0.isFinite })
  }

  @Test func `a class beyond the clusters traps with row and class`() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let x = FloatBuffer([1, 2, 3])
      _ = SemiSupervisedKMeans(clusters: 2)(x, width: 1, classes: [0, 2, -1], random: RandomStream(seed: 1))
    }
    expectTrapMessage(result, mentions: ["row 1 is of class 2; there are 2 clusters"])
  }

  // MARK: - Spherical

  @Test func `directions count and lengths do not`() {
    let x = FloatBuffer([1, 0.1, 50, -4, 0.01, 0.002, 0.1, 3, -0.2, 9, 0, 0.5])
    let found = SphericalKMeans(clusters: 2)(x, width: 2, random: Self.stream)
    #expect(Set(found.labels[..<3]).count == 1 && Set(found.labels[3...]).count == 1)
    #expect(found.labels[0] != found.labels[3])
    var wanted = 0.0
    for row in 0..<6 {
      let center = found.center(Int(found.labels[row])).map(Double.init)
      let (a, b) = (Double(x[2 * row]), Double(x[2 * row + 1]))
      wanted += 1 - (a * center[0] + b * center[1]) / (a * a + b * b).squareRoot()
    }
    #expect(abs(found.inertia - wanted) < 1e-5)
    for cluster in 0..<2 { #expect(abs(found.center(cluster).reduce(0) { $0 + $1 * $1 } - 1) < 1e-5) }
  }

  @Test func `a center is the direction of the sum of its unit rows`() {
    let found = SphericalKMeans(clusters: 1)(FloatBuffer([2, 0, 0, 5, 0, 0.1]), width: 2, random: Self.stream)
    // (1, 0) + 2 · (0, 1)
    #expect(difference(found.centers, [0.4472135955, 0.894427191]) < 1e-6)
    #expect(abs(found.inertia - (3 - 5.0.squareRoot())) < 1e-5)
  }

  @Test func `rows of zeros and opposite rows have places all the same`() {
    let found = SphericalKMeans(clusters: 2)(FloatBuffer([0, 0, 1, 0, -1, 0, 0, 0]), width: 2, random: Self.stream)
    #expect(found.labels[1] != found.labels[2] && found.labels[0] == 0 && found.labels[3] == 0)
    #expect(abs(found.inertia - 2) < 1e-6)
    let zeros = SphericalKMeans(clusters: 2)(
      FloatBuffer([Float](repeating: 0, count: 8)), width: 2, random: Self.stream)
    #expect(zeros.labels.allSatisfy { $0 == 0 } && zeros.centers.allSatisfy { $0.isFinite })
  }

  @Test func `threads change no byte of directions and of labeled clusters`() {
    let x = FloatBuffer(ClusterPoints.formula(9000, width: 4))
    let classes = (0..<9000).map { $0 % 50 == 0 ? Int32($0 / 50 % 3) : -1 }
    var found: [[Clustering]] = []
    ThreadCounts.forEach([1, 2, 3, 8]) { _ in
      found.append([
        SphericalKMeans(clusters: 5, starts: 1, maximumSteps: 6)(x, width: 4, random: Self.stream),
        SemiSupervisedKMeans(clusters: 5, starts: 1, maximumSteps: 6)(
          x, width: 4, classes: classes, random: Self.stream),
      ])
    }
    for other in found.dropFirst() { #expect(other == found[0]) }
  }
}
