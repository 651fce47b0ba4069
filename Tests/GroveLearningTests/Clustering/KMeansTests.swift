import GroveKernels
@testable import GroveLearning
import TestSupport
import Testing

/// K-means against hand-worked examples, all partitions of few rows, and scikit-learn 1.9.
@Suite struct KMeansTests {
  private static let stream = RandomStream(seed: 11)

  @Test func `C-21: four points at two places`() {
    let x = FloatBuffer([0, 0, 0, 2, 10, 0, 10, 2])
    let found = KMeans(clusters: 2)(x, width: 2, random: Self.stream)
    #expect(Set([found.center(0), found.center(1)]) == [[0, 1], [10, 1]])
    #expect(found.inertia == 4 && found.isSettled)
    #expect(found.labels[0] == found.labels[1] && found.labels[2] == found.labels[3])
    #expect(found.labels[0] != found.labels[2] && found.counts == [2, 2])
    #expect(found.distances(of: x) == [1, 1, 1, 1])
  }

  @Test func `C-21: two unit vectors in one cluster are as far from their mean`() {
    let x = FloatBuffer([1, 0, 0, 1])
    let found = KMeans(clusters: 1)(x, width: 2, random: Self.stream)
    #expect(found.centers == [0.5, 0.5])
    #expect(difference(found.distances(of: x), [0.7071067812, 0.7071067812]) < 1e-6)
  }

  @Test func `C-21: one cluster is the mean, and as many clusters as rows leave nothing`() {
    let values = ClusterPoints.formula(9, width: 3)
    let one = KMeans(clusters: 1)(FloatBuffer(values), width: 3, random: Self.stream)
    #expect(abs(one.inertia - ClusterPoints.inertia(values, width: 3, labels: .init(repeating: 0, count: 9))) < 1e-3)
    let nine = KMeans(clusters: 9)(FloatBuffer(values), width: 3, random: Self.stream)
    #expect(Set(nine.labels).count == 9 && nine.inertia < 1e-6)
  }

  @Test(arguments: [1, 2, 3], [3, 6, 8]) func `few rows are put as well as can be`(clusters: Int, count: Int) {
    let values = ClusterPoints.formula(count, width: 2)
    let found = KMeans(clusters: clusters, starts: 60)(FloatBuffer(values), width: 2, random: Self.stream)
    let least = ClusterPoints.leastInertia(values, width: 2, clusters: clusters)
    #expect(abs(found.inertia - least) < 1e-4 * max(1, least), "\(found.inertia), at least \(least)")
    #expect(
      abs(ClusterPoints.inertia(values, width: 2, labels: found.labels.map(Int.init)) - least) < 1e-4 * max(1, least))
  }

  /// KMeans(k, init=X[:k], n_init=1, tol=tol).fit(X) for X = formula(60, 3): inertia_ and n_iter_.
  @Test(arguments: [
    (2, 0, 1786.10975, 3), (3, 0, 1188.628139632107, 5), (5, 0, 939.5194696969697, 9), (4, 0, 997.0757258221654, 9),
    (4, 0.1, 1046.0794079177608, 5),
  ]) func `from given centers it does what scikit-learn does`(
    clusters: Int, tolerance: Double, inertia: Double, steps: Int
  ) {
    let values = ClusterPoints.formula(60, width: 3)
    let found = KMeans(clusters: clusters, tolerance: tolerance)(
      FloatBuffer(values), width: 3, from: Array(values[..<(3 * clusters)]))
    #expect(abs(found.inertia - inertia) < 1e-5 * inertia, "\(found.inertia)")
    #expect(found.steps == steps && found.isSettled)
  }

  @Test func `labels and centers from given centers are those of scikit-learn`() {
    let values = ClusterPoints.formula(60, width: 3)
    let found = KMeans(clusters: 3, tolerance: 0)(FloatBuffer(values), width: 3, from: Array(values[..<9]))
    // KMeans(3, init=X[:3], n_init=1, tol=0).fit(X).labels_ and the first of cluster_centers_
    let labels: [Int32] = [
      1, 1, 1, 1, 0, 1, 2, 0, 0, 1, 2, 1, 0, 1, 0, 1, 0, 1, 2, 0, 0, 1, 0, 1, 0, 1, 2, 1, 0, 1, 1, 0, 0, 1, 2, 2, 0, 1,
      2, 2, 0, 1, 2, 0, 0, 1, 2, 1, 0, 1, 2, 0, 0, 1, 2, 0, 0, 1, 2, 0,
    ]
    #expect(found.labels == labels)
    #expect(difference(found.center(0), [9.86521739, 3.44347826, 4.97391304]) < 1e-5)
    #expect(found.nearest(to: FloatBuffer(values)) == found.labels)
  }

  @Test func `ten starts come within two percent of the best of two hundred`() {
    let x = FloatBuffer(ClusterPoints.formula(60, width: 3))
    // KMeans(4, n_init=200, random_state=0).fit(X).inertia_
    let best = 961.4914772727273
    for seed in 0..<UInt64(4) {
      let found = KMeans(clusters: 4)(x, width: 3, random: RandomStream(seed: seed))
      #expect(found.inertia > best - 0.01 && found.inertia < 1.02 * best, "\(found.inertia)")
    }
  }

  @Test(arguments: [2, 5, 12]) func `C-21: inertia never rises`(clusters: Int) {
    var random = TestRandom(clusters)
    let x = FloatBuffer(random.floats(400 * 5))
    for seed in 0..<UInt64(5) {
      let found = KMeans(clusters: clusters, starts: 1, tolerance: 0)(x, width: 5, random: RandomStream(seed: seed))
      #expect(found.inertias.count > 2)
      for (before, after) in zip(found.inertias, found.inertias.dropFirst()) { #expect(after <= before * (1 + 1e-6)) }
    }
  }

  // MARK: - Empty clusters

  @Test func `C-21: an empty cluster takes the farthest row`() {
    // KMeans(3, init=[[1], [1000], [10]], n_init=1): labels_ 0 0 0 2 2 1, cluster_centers_ 1, 30, 10.5, inertia_ 2.5
    let x = FloatBuffer([0, 1, 2, 10, 11, 30])
    let found = KMeans(clusters: 3)(x, width: 1, from: [1, 1000, 10])
    #expect(found.labels == [0, 0, 0, 2, 2, 1])
    #expect(found.inertia == 2.5 && found.centers == [1, 30, 10.5])
  }

  @Test(arguments: [2, 3, 4, 5]) func `C-21: there are as many clusters as distinct rows allow`(clusters: Int) {
    // Three distinct rows, the first of them forty times.
    let values = [Float](repeating: 3, count: 80) + [3, 4, 7, 7, 7, 7]
    for seed in 0..<UInt64(5) {
      let found = KMeans(clusters: clusters, starts: 1)(FloatBuffer(values), width: 2, random: RandomStream(seed: seed))
      #expect(Set(found.labels).count == min(3, clusters))
      #expect(found.centers.allSatisfy { $0.isFinite })
      if clusters >= 3 { #expect(found.inertia == 0) }
    }
  }

  @Test(arguments: [[0, 0, 0, 0], [9, 9, 9, 9], [5, 5, 0, 5]] as [[Float]])
  func `C-21: clusters that all start at one place come apart`(start: [Float]) {
    let x = FloatBuffer([0, 1, 2, 3, 50, 51, 52, 90])
    for steps in [1, 2, 300] {
      let found = KMeans(clusters: 4, maximumSteps: steps)(x, width: 1, from: start)
      #expect(Set(found.labels).count == 4, "\(steps) steps: \(found.labels)")
    }
  }

  // MARK: - Blocks, threads, sizes

  @Test(arguments: [1, 7, 64]) func `rows of a block change nothing`(blockRows: Int) {
    let x = FloatBuffer(ClusterPoints.formula(130, width: 3))
    let whole = ClusterRows(x, width: 3, blockRows: 1000, placement: .centered)
    let blocks = ClusterRows(x, width: 3, blockRows: blockRows, placement: .centered)
    #expect(difference(blocks.squares, whole.squares) < 1e-6 && blocks.count == 130)
    let centers = whole.framed(Array(ClusterPoints.formula(12, width: 3)))
    let (one, other) = (ClusterStep(whole, centers: centers), ClusterStep(blocks, centers: centers))
    #expect(one.labels == other.labels && one.counts == other.counts)
    #expect(difference(other.sums.map(Float.init), one.sums) < 1e-5)
    #expect(abs(one.inertia - other.inertia) < 1e-6 * one.inertia)
    #expect(difference(blocks.row(100), whole.row(100)) < 1e-6)
  }

  @Test func `scores of a block stay within a few million however many clusters there are`() {
    for (width, clusters) in [(1, 1), (128, 15), (128, 40), (8, 100_000), (8000, 2)] {
      let rows = ClusterRows.blockRows(width: width, clusters: clusters)
      #expect(rows * max(width, clusters) <= 1 << 22 || rows == 16)
    }
  }

  @Test func `C-21: one seed gives the same bytes for 1, 2, 3 and 8 threads`() {
    var random = TestRandom(5)
    let x = FloatBuffer(random.floats(9000 * 6))
    var found: [Clustering] = []
    ThreadCounts.forEach([1, 2, 3, 8]) { _ in
      found.append(KMeans(clusters: 7, starts: 2, maximumSteps: 8)(x, width: 6, random: Self.stream))
    }
    for other in found.dropFirst() { #expect(other == found[0] && sameBits(other.centers, found[0].centers)) }
  }

  @Test func `rows far from the origin, huge or tiny are told apart`() {
    let points: [Float] = [0, 1, 2, 10, 11, 12]
    for (shift, scale) in [(1e4, 1), (0, 1e37), (0, 1e-30), (-4096, 2)] as [(Float, Float)] {
      let x = FloatBuffer(points.map { shift + scale * $0 })
      let found = KMeans(clusters: 2)(x, width: 1, random: Self.stream)
      #expect(found.labels == (found.labels[0] == 0 ? [0, 0, 0, 1, 1, 1] : [1, 1, 1, 0, 0, 0]))
      #expect(found.centers.allSatisfy { $0.isFinite })
      #expect(difference(found.distances(of: x).map { $0 / scale }, [1, 0, 1, 1, 0, 1]) < 1e-3)
    }
  }

  @Test func `equal rows fall into one cluster at their place`() {
    let found = KMeans(clusters: 3)(FloatBuffer([Float](repeating: 2.5, count: 20)), width: 2, random: Self.stream)
    #expect(found.labels.allSatisfy { $0 == 0 } && found.inertia == 0 && found.center(0) == [2.5, 2.5])
  }

  @Test func `seeds differ in what they draw, equal ones do not`() {
    let x = FloatBuffer(ClusterPoints.formula(60, width: 3))
    let draws = (0..<UInt64(6)).map { seed in
      KMeans(clusters: 8, starts: 1)(x, width: 3, random: RandomStream(seed: seed))
    }
    #expect(Set(draws.map(\.inertia)).count > 1)
    #expect(draws[2] == KMeans(clusters: 8, starts: 1)(x, width: 3, random: RandomStream(seed: 2)))
  }

  @Test(arguments: [(0, "at least one"), (5, "5 clusters of 4 rows"), (2, "row 1 is not finite")])
  func `clusters that cannot be made trap with the numbers`(clusters: Int, message: String) async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) { [clusters] in
      let x = FloatBuffer(clusters == 2 ? [1, .nan, 2, 3] : [1, 2, 3, 4])
      _ = KMeans(clusters: clusters)(x, width: 1, random: RandomStream(seed: 1))
    }
    expectTrapMessage(result, mentions: [message])
  }
}
