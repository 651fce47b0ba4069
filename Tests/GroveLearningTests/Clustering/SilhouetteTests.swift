import GroveKernels
@testable import GroveLearning
import TestSupport
import Testing

/// Silhouettes against a slow reference in Double and scikit-learn 1.9.
@Suite struct SilhouetteTests {
  private static func slow(_ x: Matrix, _ labels: [Int32]) -> [Double] {
    (0..<x.rows).map { i in
      func mean(to cluster: Int32) -> Double {
        let others = (0..<x.rows).filter { $0 != i && labels[$0] == cluster }
        let sum = others.reduce(0.0) { sum, j in
          sum + zip(x.row(i), x.row(j)).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }.squareRoot()
        }
        return sum / Double(others.count)
      }
      if labels.count(where: { $0 == labels[i] }) == 1 { return 0 }
      let inner = mean(to: labels[i])
      let outer = Set(labels).filter { $0 != labels[i] }.map { mean(to: $0) }.min() ?? 0
      return max(inner, outer) == 0 ? 0 : (outer - inner) / max(inner, outer)
    }
  }

  @Test func `C-23: two pairs of points`() {
    let x = FloatBuffer([0, 0, 0, 1, 4, 0, 4, 1])
    // silhouette_score([[0,0],[0,1],[4,0],[4,1]], [0,0,1,1])
    #expect(abs(Silhouette(of: x, width: 2, labels: [0, 0, 1, 1]).mean - 0.7537887487646789) < 1e-6)
  }

  @Test func `C-23: a row alone in its cluster counts 0`() {
    let found = Silhouette(of: FloatBuffer([0, 0, 0, 1, 4, 0]), width: 2, labels: [0, 0, 1])
    // silhouette_samples([[0,0],[0,1],[4,0]], [0,0,1])
    #expect(difference(found.values, [0.75, 0.75746437, 0]) < 1e-6)
    #expect(Silhouette(of: FloatBuffer([1, 2, 3]), width: 1, labels: [0, 5, 2]).values == [0, 0, 0])
  }

  @Test func `C-23: one label, or no row, gives −1`() {
    #expect(Silhouette(of: FloatBuffer([1, 2, 3]), width: 1, labels: [4, 4, 4]).mean == -1)
    #expect(Silhouette(of: FloatBuffer([1]), width: 1, labels: [0]).mean == -1)
    #expect(Silhouette(of: FloatBuffer([]), width: 3, labels: []).mean == -1)
  }

  /// silhouette_score(X, KMeans(k, init=X[:k], n_init=1, tol=0).fit(X).labels_) for X = formula(60, 3).
  @Test(arguments: [(2, 0.275724893978917), (3, 0.3065652307955845), (5, 0.20733710631423272)])
  func `means are those of scikit-learn`(clusters: Int, mean: Double) {
    let values = ClusterPoints.formula(60, width: 3)
    let labels = KMeans(clusters: clusters, tolerance: 0)(
      FloatBuffer(values), width: 3, from: Array(values[..<(3 * clusters)])
    ).labels
    #expect(abs(Silhouette(of: FloatBuffer(values), width: 3, labels: labels).mean - mean) < 1e-5)
  }

  @Test(arguments: [2, 7, 64, 300], [1, 5]) func `values are those of a slow reference`(count: Int, width: Int) {
    let values = ClusterPoints.formula(count, width: width)
    let labels = (0..<count).map { Int32($0 * $0 % 5 * 3) }
    let found = Silhouette(of: FloatBuffer(values), width: width, labels: labels)
    let wanted = Self.slow(Matrix(values, rows: count, columns: width), labels)
    if Set(labels).count > 1 { #expect(difference(found.values, wanted, atLeast: 1) < 1e-5) }
    #expect(found.rows == (0..<Int32(count)).map { $0 })
  }

  @Test func `several blocks of rows, with rows that are equal or nearly so far from the origin`() {
    var values = ClusterPoints.groups(1100, around: [[500, 500], [500.5, 500], [-80, 3]], spread: 0.01, seed: 2)
    for row in stride(from: 0, to: 1100, by: 10) { (values[2 * row], values[2 * row + 1]) = (500, 500) }
    let labels = (0..<1100).map { $0 % 10 == 0 ? Int32(0) : Int32($0 % 3) }
    let found = Silhouette(of: FloatBuffer(values), width: 2, labels: labels)
    #expect(difference(found.values, Self.slow(Matrix(values, rows: 1100, columns: 2), labels), atLeast: 1) < 1e-4)
  }

  @Test func `threads change no byte`() {
    let x = FloatBuffer(ClusterPoints.formula(500, width: 3))
    let labels = (0..<500).map { Int32($0 % 7) }
    var found: [Silhouette] = []
    ThreadCounts.forEach([1, 2, 3, 8]) { _ in found.append(Silhouette(of: x, width: 3, labels: labels)) }
    for other in found.dropFirst() { #expect(other == found[0]) }
  }

  @Test func `a sample is a silhouette of its own`() {
    let values = ClusterPoints.formula(200, width: 3)
    let labels = (0..<200).map { Int32($0 % 4) }
    let stream = RandomStream(seed: 5)
    let drawn = Silhouette(of: FloatBuffer(values), width: 3, labels: labels, sample: 50, random: stream)
    #expect(drawn.rows.count == 50 && drawn.rows == Set(drawn.rows).sorted())
    let part = FloatBuffer(drawn.rows.flatMap { values[3 * Int($0)..<3 * Int($0) + 3] })
    let alone = Silhouette(of: part, width: 3, labels: drawn.rows.map { labels[Int($0)] })
    #expect(difference(drawn.values, alone.values.map(Double.init), atLeast: 1) < 1e-5)
    #expect(drawn == Silhouette(of: FloatBuffer(values), width: 3, labels: labels, sample: 50, random: stream))
    let all = Silhouette(of: FloatBuffer(values), width: 3, labels: labels)
    #expect(Silhouette(of: FloatBuffer(values), width: 3, labels: labels, sample: 200, random: stream) == all)
    #expect(abs(drawn.mean - all.mean) < 0.15)
  }

  @Test func `a label below 0 traps with its row`() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Silhouette(of: FloatBuffer([1, 2]), width: 1, labels: [0, -1])
    }
    expectTrapMessage(result, mentions: ["row 1 has label -1"])
  }
}
