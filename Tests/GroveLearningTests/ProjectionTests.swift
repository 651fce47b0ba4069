import Foundation
import GroveKernels
@testable import GroveLearning
import TestSupport
import Testing

/// Embeddings in the plane.
@Suite struct ProjectionTests {
  private static let stream = RandomStream(seed: 3)

  // MARK: - Principal components

  @Test func `points on a line have one component, their distance along it`() {
    // (3, 4) · t for t = −2, 0, 1, 1: centered at t = 0.
    let rows: [Float] = [-6, -8, 0, 0, 3, 4, 3, 4]
    let found = PrincipalComponents(of: rows, width: 2, random: Self.stream)
    for (point, distance) in zip(found.points, [10, 0, -5, -5] as [Float]) {
      #expect(abs(point.x - distance) < 1e-4 && abs(point.y) < 1e-4, "\(point)")
    }
    #expect(found.explained.0 > 0.999999 && found.explained.1 < 1e-6)
  }

  @Test func `variances of the axes are explained in their shares`() {
    // Along x ± 3, along z ± 1, nothing along y: 9 : 1.
    let rows: [Float] = [3, 7, 0, -3, 7, 0, 0, 7, 1, 0, 7, -1]
    let found = PrincipalComponents(of: rows, width: 3, random: Self.stream)
    #expect(abs(found.explained.0 - 0.9) < 1e-5 && abs(found.explained.1 - 0.1) < 1e-5)
    #expect(found.points.map { abs($0.x.rounded()) } == [3, 3, 0, 0])
    #expect(found.points.map { abs($0.y.rounded()) } == [0, 0, 1, 1])
  }

  /// Eigenvalues of Xᵀ X in Double by deflated power iteration of thousands of steps, and the coordinates.
  private static func slow(_ values: [Float], width: Int) -> (points: [[Double]], shares: [Double]) {
    let count = values.count / width
    var x = (0..<count).map { row in (0..<width).map { Double(values[row * width + $0]) } }
    for column in 0..<width {
      let mean = x.reduce(0) { $0 + $1[column] } / Double(count)
      for row in 0..<count { x[row][column] -= mean }
    }
    var covariance = (0..<width).map { a in (0..<width).map { b in x.reduce(0) { $0 + $1[a] * $1[b] } } }
    let total = (0..<width).reduce(0) { $0 + covariance[$1][$1] }
    var points: [[Double]] = []
    var shares: [Double] = []
    for component in 0..<2 {
      var v = (0..<width).map { 1 + Double(($0 * 7 + component) % 5) }
      var value = 0.0
      for _ in 0..<4000 {
        let image = covariance.map { row in zip(row, v).reduce(0) { $0 + $1.0 * $1.1 } }
        value = image.reduce(0) { $0 + $1 * $1 }.squareRoot()
        v = value > 0 ? image.map { $0 / value } : v
      }
      points.append(x.map { row in zip(row, v).reduce(0) { $0 + $1.0 * $1.1 } })
      shares.append(value / total)
      for a in 0..<width { for b in 0..<width { covariance[a][b] -= value * v[a] * v[b] } }
    }
    return (points, shares)
  }

  @Test(arguments: [(3, 2), (7, 4), (40, 9), (64, 30), (12, 50), (5, 200)])
  func `components are those of a slow reference up to the sign`(count: Int, width: Int) {
    var random = TestRandom(count + width)
    var values = random.floats(count * width)
    // Two directions stand out, so that the reference converges.
    for row in 0..<count {
      let (first, second) = (Float(row % 3) - 1, Float(row % 2) - 0.5)
      for column in 0..<width {
        values[row * width + column] += 3 * first + (column % 2 == 0 ? 2 : -2) * second
      }
    }
    let found = PrincipalComponents(of: values, width: width, random: Self.stream)
    let slow = Self.slow(values, width: width)
    for (axis, share) in [found.explained.0, found.explained.1].enumerated() {
      #expect(abs(share - slow.shares[axis]) < 1e-4, "\(share) and \(slow.shares[axis])")
      let ours = found.points.map { Double($0[axis]) }
      let largest = ours.map(abs).max() ?? 1
      let sign = zip(ours, slow.points[axis]).reduce(0) { $0 + $1.0 * $1.1 } < 0 ? -1.0 : 1
      for (a, b) in zip(ours, slow.points[axis]) { #expect(abs(a - sign * b) < 5e-3 * largest) }
      #expect(ours.max(by: { abs($0) < abs($1) }) ?? -1 > 0, "the extreme point lies on the positive side")
    }
  }

  @Test func `rows that do not vary, are few or huge have components all the same`() {
    let same = PrincipalComponents(of: [Float](repeating: 5, count: 12), width: 3, random: Self.stream)
    #expect(same.points.allSatisfy { $0 == .zero } && same.explained == (0, 0))
    #expect(PrincipalComponents(of: [], width: 4, random: Self.stream).points.isEmpty)
    #expect(PrincipalComponents(of: [1, 2], width: 2, random: Self.stream).points == [.zero])
    let one = PrincipalComponents(of: [1, 2, 6], width: 1, random: Self.stream)
    #expect(zip(one.points, [-2, -1, 3] as [Float]).allSatisfy { abs($0.x - $1) < 1e-4 && $0.y == 0 })
    let huge = PrincipalComponents(of: [1e30, 0, -1e30, 0, 0, 1e29], width: 2, random: Self.stream)
    #expect(huge.points.allSatisfy { $0.x.isFinite && $0.y.isFinite } && huge.explained.0 > 0.9)
  }

  // MARK: - t-SNE

  private static func blobs(_ count: Int, width: Int, apart: Float = 8, seed: Int = 4) -> [Float] {
    var random = TestRandom(seed)
    var values = random.floats(count * width)
    for row in 0..<count { values[row * width + row % 3] += apart }
    return values
  }

  @Test(arguments: [5.0, 10, 30]) func `each row has the perplexity asked for`(perplexity: Double) {
    var random = TestRandom(8)
    let distances = random.floats(200).map { abs($0) * 40 }
    let p = TSNE.conditional(distances[...], of: 17, perplexity: perplexity).map(Double.init)
    #expect(p[17] == 0 && abs(p.reduce(0, +) - 1) < 1e-5)
    let entropy = p.reduce(0) { $0 - ($1 > 0 ? $1 * log($1) : 0) }
    #expect(abs(exp(entropy) - perplexity) < 1e-3 * perplexity, "\(exp(entropy))")
    for (a, b) in [(3, 4), (50, 120), (199, 0)] where distances[a] < distances[b] { #expect(p[a] >= p[b]) }
  }

  @Test func `joint probabilities are symmetric and sum to 1`() {
    for count in [4, 9, 33] {
      let layout = TSNE(of: Self.blobs(count, width: 5), width: 5)
      let p = (0..<count).map { i in (0..<count).map { Double(layout.attraction[i * count + $0]) } }
      #expect(abs(p.flatMap(\.self).reduce(0, +) - 1) < 1e-5)
      for i in 0..<count {
        #expect(p[i][i] == 0)
        for j in 0..<count { #expect(p[i][j] == p[j][i]) }
      }
    }
  }

  /// KL(p ‖ q) in Double.
  private static func divergence(_ layout: TSNE, at points: [SIMD2<Double>]) -> Double {
    func w(_ i: Int, _ j: Int) -> Double {
      let gap = points[i] - points[j]
      return 1 / (1 + (gap * gap).sum())
    }
    var z = 0.0
    for i in points.indices { for j in points.indices where i != j { z += w(i, j) } }
    var sum = 0.0
    for i in points.indices {
      for j in points.indices where i != j {
        let p = Double(layout.attraction[i * points.count + j])
        if p > 0 { sum += p * log(p * z / w(i, j)) }
      }
    }
    return sum
  }

  @Test(arguments: [4, 8, 13, 27]) func `the gradient is that of finite differences`(count: Int) {
    let layout = TSNE(of: Self.blobs(count, width: 4), width: 4)
    var random = TestRandom(count)
    let places = random.floats(2 * count, bound: 2)
    let points = (0..<count).map { SIMD2(places[2 * $0], places[2 * $0 + 1]) }
    let gradient = layout.gradient(at: points)
    let exact = points.map { SIMD2(Double($0.x), Double($0.y)) }
    for row in 0..<count {
      for axis in 0..<2 {
        let step = 1e-5
        var (above, below) = (exact, exact)
        above[row][axis] += step
        below[row][axis] -= step
        let slope = (Self.divergence(layout, at: above) - Self.divergence(layout, at: below)) / (2 * step)
        #expect(abs(Double(gradient[row][axis]) - slope) < 1e-5, "\(row), \(axis)")
      }
    }
  }

  @Test func `steps bring the divergence down and groups apart`() {
    let count = 60
    let values = Self.blobs(count, width: 6)
    let layout = TSNE(of: values, width: 6)
    let start = PrincipalComponents(of: values, width: 6, random: Self.stream).points
    let points = layout.points(from: start, steps: 300, random: Self.stream)
    #expect(points.allSatisfy { $0.x.isFinite && $0.y.isFinite })
    func exact(_ points: [SIMD2<Float>]) -> [SIMD2<Double>] { points.map { SIMD2(Double($0.x), Double($0.y)) } }
    #expect(Self.divergence(layout, at: exact(points)) < 0.5 * Self.divergence(layout, at: exact(start)))
    // The nearest other point is of the same group, for all but a few.
    let alike = (0..<count).count { row in
      let nearest = (0..<count).filter { $0 != row }.min { a, b in
        func distance(_ other: Int) -> Float {
          let gap = points[row] - points[other]
          return (gap * gap).sum()
        }
        return distance(a) < distance(b)
      }
      return (nearest ?? 0) % 3 == row % 3
    }
    #expect(alike >= 58, "\(alike) of 60")
  }

  @Test(arguments: [0, 1, 2, 3, 5]) func `few rows, and equal rows, have finite places`(count: Int) {
    for values in [Self.blobs(count, width: 3), [Float](repeating: 2, count: 3 * count)] {
      let points = TSNE(of: values, width: 3)
        .points(from: [SIMD2<Float>](repeating: .zero, count: count), steps: 60, random: Self.stream)
      #expect(points.count == count && points.allSatisfy { $0.x.isFinite && $0.y.isFinite })
    }
  }

  @Test(arguments: [31, 60, 200]) func `more equal rows than the perplexity have finite places`(equal: Int) {
    let values = [Float](repeating: 0, count: 5 * equal) + Self.blobs(60, width: 5)
    let layout = TSNE(of: values, width: 5)
    let sum = layout.attraction.values.reduce(0.0) { $0 + Double($1) }
    #expect(abs(sum - 1) < 1e-4, "the joint probabilities sum to \(sum)")
    let start = [SIMD2<Float>](repeating: .zero, count: equal + 60)
    let points = layout.points(from: start, random: Self.stream)
    #expect(points.allSatisfy { $0.x.isFinite && $0.y.isFinite })
  }

  @Test func `the number of threads changes no place`() {
    let values = Self.blobs(300, width: 7)
    var maps: [NodeMap?] = []
    ThreadCounts.forEach([1, 2, 3]) { _ in maps.append(NodeMap(embeddings: values, width: 7, random: Self.stream)) }
    #expect(maps[0] != nil)
    for map in maps {
      #expect(map?.neighborhoods == maps[0]?.neighborhoods && map?.components.points == maps[0]?.components.points)
    }
  }

  // MARK: - Which nodes

  @Test func `a sample of many nodes is drawn evenly and by the seed alone`() {
    #expect(NodeMap.sample(of: 1000, random: Self.stream) == (0..<1000).map { Int32($0) })
    let drawn = NodeMap.sample(of: 1_000_000, random: Self.stream)
    #expect(drawn.count == 1000 && Set(drawn).count == 1000 && drawn == drawn.sorted())
    #expect(drawn.allSatisfy { (0..<1_000_000).contains($0) })
    #expect(drawn == NodeMap.sample(of: 1_000_000, random: Self.stream))
    #expect(drawn != NodeMap.sample(of: 1_000_000, random: RandomStream(seed: 4)))
    // Half of them lie in either half, within five standard deviations.
    #expect(abs(drawn.count { $0 < 500_000 } - 500) < 79)
    #expect(Set(NodeMap.sample(of: 1001, random: Self.stream)).count == 1000)
  }

  @Test func `nodes whose embedding is not finite are left out and counted`() {
    var values = Self.blobs(20, width: 3)
    (values[4], values[30]) = (.nan, .infinity)
    let map = NodeMap(embeddings: values, width: 3, random: Self.stream)
    #expect(map?.skipped == 2 && map?.nodes.count == 18 && map?.nodes.contains(1) == false)
    #expect(NodeMap(embeddings: [1, 2, 3, 4], width: 2, random: Self.stream) == nil, "two nodes are no map")
    #expect(NodeMap(embeddings: [Float](repeating: 1, count: 30), width: 3, random: Self.stream) == nil)
    #expect(NodeMap(embeddings: [], width: 0, random: Self.stream) == nil)
  }
}
