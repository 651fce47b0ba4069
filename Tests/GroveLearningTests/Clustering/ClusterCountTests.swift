import GroveKernels
@testable import GroveLearning
import TestSupport
import Testing

/// How many clusters there are.
@Suite struct ClusterCountTests {
  private static let stream = RandomStream(seed: 9)

  @Test(arguments: [2, 3, 5]) func `the silhouette finds as many groups as there are`(groups: Int) {
    let points: [SIMD2<Float>] = [[0, 0], [12, 0], [0, 12], [12, 12], [24, 5]]
    let x = FloatBuffer(ClusterPoints.groups(150, around: Array(points[..<groups]), spread: 2, seed: groups))
    let found = ClusterCountEstimate.bySilhouette(of: x, width: 2, counts: 2...8, random: Self.stream)
    #expect(found.clusters == groups && found.trials.map(\.clusters) == Array(2...8))
    #expect(found == ClusterCountEstimate.bySilhouette(of: x, width: 2, counts: 2...8, random: Self.stream))
    let sampled = ClusterCountEstimate.bySilhouette(of: x, width: 2, counts: 2...8, sample: 60, random: Self.stream)
    #expect(sampled.clusters == groups)
  }

  @Test func `labeled accuracy finds the number that keeps classes apart`() {
    // Three labeled groups near each other and three novel ones far away: fewer than six merge labeled groups.
    let points: [SIMD2<Float>] = [[0, 0], [9, 0], [0, 9], [90, 0], [0, 90], [90, 90]]
    let x = FloatBuffer(ClusterPoints.groups(240, around: points, spread: 2, seed: 1))
    let classes = (0..<240).map { $0 % 6 < 3 ? Int32($0 % 6) : -1 }
    let found = ClusterCountEstimate.byLabeledAccuracy(
      of: x, width: 2, classes: classes, counts: 3...20, random: Self.stream)
    #expect(found.clusters == 6, "\(found)")
    #expect(found.trials.count < 18)
    #expect(found.trials.first { $0.clusters == 6 }?.score == 1)
    let again = ClusterCountEstimate.byLabeledAccuracy(
      of: x, width: 2, classes: classes, counts: 3...20, random: Self.stream)
    #expect(found == again)
    let one = ClusterCountEstimate.byLabeledAccuracy(
      of: x, width: 2, classes: classes, counts: 7...7, random: Self.stream)
    #expect(one.clusters == 7)
  }

  @Test func `one seed gives the same estimate for 1, 2, 3 and 8 threads`() {
    let x = FloatBuffer(ClusterPoints.formula(300, width: 3))
    let classes = (0..<300).map { Int32($0 % 4) - 1 }
    var found: [[ClusterCountEstimate]] = []
    ThreadCounts.forEach([1, 2, 3, 8]) { _ in
      found.append([
        .bySilhouette(of: x, width: 3, counts: 2...4, starts: 1, random: Self.stream),
        .byLabeledAccuracy(of: x, width: 3, classes: classes, counts: 3...9, starts: 1, random: Self.stream),
      ])
    }
    for other in found.dropFirst() { #expect(other == found[0]) }
  }

  @Test(arguments: [(0, "1 clusters; at least 2"), (1, "9 clusters of 4 rows"), (2, "none of 4 rows has a class")])
  func `numbers that cannot be tried trap`(mistake: Int, message: String) async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) { [mistake] in
      let x = FloatBuffer([1, 2, 3, 4])
      let stream = RandomStream(seed: 1)
      switch mistake {
      case 0: _ = ClusterCountEstimate.bySilhouette(of: x, width: 1, counts: 1...3, random: stream)
      case 1: _ = ClusterCountEstimate.bySilhouette(of: x, width: 1, counts: 2...9, random: stream)
      default:
        _ = ClusterCountEstimate.byLabeledAccuracy(
          of: x, width: 1, classes: [-1, -1, -1, -1], counts: 1...3, random: stream)
      }
    }
    expectTrapMessage(result, mentions: [message])
  }
}
