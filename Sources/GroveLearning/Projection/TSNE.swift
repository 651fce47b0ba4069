import Foundation
public import GroveKernels

/// Rows laid out in the plane so that rows that are close stay close.
///
///     p(j|i) ∝ exp(−‖x_i − x_j‖² / 2σ_i²), σ_i such that the perplexity 2^entropy is the one asked for
///     p_ij = (p(j|i) + p(i|j)) / 2n,  w_ij = 1 / (1 + ‖y_i − y_j‖²),  q_ij = w_ij / Z,  Z = Σ over k ≠ l of w_kl
///     ∂KL(p ‖ q) / ∂y_i = 4 Σ over j of (p_ij − q_ij) w_ij (y_i − y_j)
///
/// Every pair is computed: time and memory grow with n², so callers draw a sample of large sets. The start is given, as a
/// rule principal components; attraction is 12-fold at first; steps have momentum and a gain a coordinate.
///
/// Letters: n rows.
///
/// - Source: van der Maaten, Hinton 2008. Differs: the start is not random; the rate is n / 48, at least 50.
public struct TSNE {
  /// Number of rows.
  public let count: Int
  /// p_ij. [n, n]
  let attraction: FloatBuffer

  /// Joint probabilities of rows.
  ///
  /// - Parameters:
  ///   - values: the rows, row-major [n, width]; all finite.
  ///   - perplexity: how many neighbors a row has, about; at most a third of the others are taken.
  /// - Complexity: O(n² · width) time and O(n²) memory.
  public init(of values: [Float], width: Int, perplexity: Double = 30) {
    let count = width == 0 ? 0 : values.count / width
    precondition(values.count == count * width, "TSNE: \(values.count) values in rows of \(width)")
    self.count = count
    let distances = TSNE.squaredDistances(values, count: count, width: width)
    let target = TSNE.perplexity(for: count, atMost: perplexity)
    let rows = TSNE.rows(count) { row in
      TSNE.conditional(distances[row * count..<(row + 1) * count], of: row, perplexity: target)
    }
    let scale = 1 / Float(2 * max(1, count))
    attraction = FloatBuffer(count: count * count)
    attraction.write { attraction in
      for i in 0..<count { for j in 0..<count { attraction[i * count + j] = (rows[i][j] + rows[j][i]) * scale } }
    }
  }

  /// The perplexity that so many rows are laid out with: at most a third of the others of a row.
  static func perplexity(for count: Int, atMost most: Double = 30) -> Double {
    max(1, min(most, Double(count - 1) / 3))
  }

  /// Coordinates of each row after so many steps.
  ///
  /// - Parameters:
  ///   - start: one point a row; brought to a spread of 10⁻⁴, with a hair of noise that sets equal rows apart.
  ///   - random: where that noise comes from.
  /// - Returns: points around (0, 0), all finite.
  /// - Complexity: O(n²) a step.
  public func points(from start: [SIMD2<Float>], steps: Int = 600, random: RandomStream) -> [SIMD2<Float>] {
    precondition(start.count == count, "TSNE: \(start.count) points for \(count) rows")
    let spread = start.reduce(Float(0)) { max($0, abs($1.x), abs($1.y)) }
    let scale = spread > 0 && spread.isFinite ? 1e-4 / spread : 0
    var points = start.enumerated().map { row, point in
      let noise = SIMD2(random.uniform(row: row, column: 0) - 0.5, random.uniform(row: row, column: 1) - 0.5)
      return (scale > 0 ? point * scale : .zero) + 1e-6 * noise
    }
    var speeds = [SIMD2<Float>](repeating: .zero, count: count)
    var gains = [SIMD2<Float>](repeating: .one, count: count)
    let rate = max(Float(count) / 48, 50)
    let early = steps * 5 / 12
    for step in 0..<steps {
      let gradient = gradient(at: points, exaggeration: step < early ? 12 : 1)
      let momentum: Float = step < early ? 0.5 : 0.8
      for row in 0..<count {
        for axis in 0..<2 {
          let isSameWay = (gradient[row][axis] > 0) == (speeds[row][axis] > 0)
          gains[row][axis] = max(0.01, isSameWay ? gains[row][axis] * 0.8 : gains[row][axis] + 0.2)
        }
        speeds[row] = momentum * speeds[row] - rate * gains[row] * gradient[row]
        points[row] += speeds[row]
      }
      var mean = SIMD2<Float>.zero
      for point in points { mean += point }
      mean /= Float(max(1, count))
      for row in 0..<count { points[row] -= mean }
    }
    return points
  }

  /// ∂KL / ∂y at some points, the probabilities p being multiplied by `exaggeration`.
  func gradient(at points: [SIMD2<Float>], exaggeration: Float = 1) -> [SIMD2<Float>] {
    let forces = FloatBuffer(count: 5 * count)
    Kernels.planeForces(
      attraction: attraction, x: FloatBuffer(points.map(\.x)), y: FloatBuffer(points.map(\.y)), into: forces)
    return forces.read { forces in
      let z = (0..<count).reduce(0.0) { $0 + Double(forces[5 * $1 + 4]) }
      let inverse = Float(1 / max(z, Double(Float.leastNormalMagnitude)))
      return (0..<count).map { row in
        let pull = SIMD2(forces[5 * row], forces[5 * row + 1])
        let push = SIMD2(forces[5 * row + 2], forces[5 * row + 3])
        return 4 * (exaggeration * pull - inverse * push)
      }
    }
  }

  /// One value a row, in order, computed on all threads.
  private static func rows<Value: Sendable>(_ count: Int, _ value: @Sendable (Int) -> Value) -> [Value] {
    let made = Guarded<[Value?]>([Value?](repeating: nil, count: count))
    Workers.forEachChunk(of: count, atLeast: 64) { range in
      let block = range.map { value($0) }
      made.withLock { made in
        for (index, value) in zip(range, block) { made[index] = value }
      }
    }
    return made.withLock { $0.compactMap(\.self) }
  }

  private static func squaredDistances(_ values: [Float], count: Int, width: Int) -> [Float] {
    guard count > 0 else { return [] }
    var centered = values
    for column in 0..<width {
      let mean = (0..<count).reduce(0.0) { $0 + Double(values[$1 * width + column]) } / Double(count)
      for row in 0..<count { centered[row * width + column] = Float(Double(values[row * width + column]) - mean) }
    }
    let largest = centered.reduce(Float(0)) { max($0, abs($1)) }
    let x = FloatBuffer(largest > 0 ? centered.map { $0 / largest } : centered)
    let products = FloatBuffer(count: count * count)
    Kernels.matrixMultiply(x, x, transposeB: true, m: count, n: count, k: width, into: products, adding: false)
    let lengths = (0..<count).map { products[$0 * count + $0] }
    return products.read { products in
      (0..<count * count).map { index in
        let (i, j) = (index / count, index % count)
        return i == j ? 0 : max(0, lengths[i] + lengths[j] - 2 * products[index])
      }
    }
  }

  /// The largest 1 / 2σ²; squared distances are at most some tens.
  private static let largestBeta = 1e15

  /// p(j | i) of one row: 1 / 2σ² by Newton's steps, and by halves where these lead out of what is known.
  ///
  /// With the entropy H in nats and b = 1 / 2σ², dH/db = −b · variance of the squared distances under p.
  static func conditional(_ distances: ArraySlice<Float>, of row: Int, perplexity: Double) -> [Float] {
    let d = distances.map { Double($0) }
    guard d.count > 1 else { return d.map { _ in 0 } }
    let others = d.indices.filter { $0 != row }
    let nearest = others.reduce(Double.infinity) { min($0, d[$1]) }
    let mean = others.reduce(0.0) { $0 + d[$1] - nearest } / Double(others.count)
    let goal = log(perplexity)
    var beta = mean > 0 ? 1 / mean : 1
    var (low, high) = (0.0, Double.infinity)
    var p = [Double](repeating: 0, count: d.count)
    for _ in 0..<60 {
      var (sum, moment, square) = (0.0, 0.0, 0.0)
      for j in others {
        let gap = d[j] - nearest
        p[j] = exp(-beta * gap)
        sum += p[j]
        moment += p[j] * gap
        square += p[j] * gap * gap
      }
      let average = moment / sum
      let excess = log(sum) + beta * average - goal
      for j in others { p[j] /= sum }
      if abs(excess) < 1e-6 || mean == 0 { break }
      if excess > 0 { low = beta } else { high = beta }
      let slope = beta * (square / sum - average * average)
      let next = slope > 0 ? beta + excess / slope : .infinity
      beta = next > low && next < high ? next : high.isInfinite ? beta * 2 : (low + high) / 2
      // More equal rows than the perplexity have no such β: it would grow until numbers end.
      beta = min(beta, largestBeta)
    }
    return p.map { Float($0) }
  }
}
