import Foundation
public import GroveKernels

/// The directions in which rows vary most, and the rows seen along them.
///
/// Columns of the centered rows X are turned into two coordinates X · v1 and X · v2, v1 and v2 being the eigenvectors of
/// Xᵀ · X with the largest eigenvalues. They come from subspace iteration with spare directions, on Xᵀ · X or, where rows
/// are fewer than columns, on X · Xᵀ. Each direction points to where the coordinate of largest size is positive, so that
/// equal rows give equal maps.
public struct PrincipalComponents: Sendable {
  /// The coordinates of each row. [rows]
  public let points: [SIMD2<Float>]
  /// Share of the whole variance along each of the two directions; 0 where rows do not vary.
  public let explained: (Double, Double)

  /// - Parameters:
  ///   - values: the rows, row-major [rows, width]; all finite.
  ///   - random: where the iteration starts.
  /// - Complexity: O(rows · width · min(rows, width)).
  public init(of values: [Float], width: Int, random: RandomStream) {
    let count = width == 0 ? 0 : values.count / width
    precondition(values.count == count * width, "PrincipalComponents: \(values.count) values in rows of \(width)")
    guard count > 0 else {
      (points, explained) = ([], (0, 0))
      return
    }
    var centered = values
    for column in 0..<width {
      var sum = 0.0
      for row in 0..<count { sum += Double(values[row * width + column]) }
      let mean = sum / Double(count)
      for row in 0..<count { centered[row * width + column] = Float(Double(values[row * width + column]) - mean) }
    }
    // Values of any size are brought to at most 1, so that squares stay finite.
    let largest = centered.reduce(Float(0)) { max($0, abs($1)) }
    guard largest > 0 else {
      points = [SIMD2<Float>](repeating: .zero, count: count)
      explained = (0, 0)
      return
    }
    let x = FloatBuffer(centered.map { $0 / largest })
    let isWide = width > count
    let size = min(width, count)
    let gram = FloatBuffer(count: size * size)
    if isWide {
      Kernels.matrixMultiply(x, x, transposeB: true, m: count, n: count, k: width, into: gram, adding: false)
    } else {
      Kernels.matrixMultiply(x, x, transposeA: true, m: width, n: width, k: count, into: gram, adding: false)
    }
    let total = (0..<size).reduce(0.0) { $0 + Double(gram[$1 * size + $1]) }
    let found = LeadingEigenvectors(of: gram, size: size, random: random)
    var coordinates: [[Float]] = []
    for (vector, value) in zip(found.vectors, found.values) {
      var column: [Double]
      if isWide {
        let scale = max(0, value).squareRoot()
        column = vector.map { $0 * scale }
      } else {
        column = x.read { x in
          (0..<count).map { row in
            var sum = 0.0
            for place in 0..<width { sum += Double(x[row * width + place]) * vector[place] }
            return sum
          }
        }
      }
      let extreme = column.indices.max { abs(column[$0]) < abs(column[$1]) } ?? 0
      if column[extreme] < 0 { column = column.map { -$0 } }
      coordinates.append(column.map { Float($0) * largest })
    }
    while coordinates.count < 2 { coordinates.append([Float](repeating: 0, count: count)) }
    points = (0..<count).map { SIMD2(coordinates[0][$0], coordinates[1][$0]) }
    let shares = (0..<2).map { $0 < found.values.count ? max(0, found.values[$0]) / total : 0 }
    explained = (min(1, shares[0]), min(1, shares[1]))
  }
}

/// The two largest eigenvalues of a symmetric matrix without negative ones, with their vectors.
private struct LeadingEigenvectors {
  /// Up to two, the largest first.
  private(set) var values: [Double] = []
  /// One of length 1 for each value.
  private(set) var vectors: [[Double]] = []

  /// Directions that are followed beside the two, so that close eigenvalues come apart fast.
  private static let spare = 6

  init(of matrix: FloatBuffer, size: Int, random: RandomStream) {
    let count = min(size, 2 + LeadingEigenvectors.spare)
    var basis = (0..<count).map { column in
      (0..<size).map { Double(random.uniform(row: $0, column: column)) - 0.5 }
    }
    LeadingEigenvectors.orthonormalize(&basis)
    var before = 0.0
    for _ in 0..<300 {
      let images = LeadingEigenvectors.product(matrix, basis, size: size)
      // Rayleigh and Ritz: the small matrix seen in the basis gives the best vectors of the span.
      var small = [Double](repeating: 0, count: count * count)
      for i in 0..<count {
        for j in 0..<count { small[i * count + j] = zip(basis[i], images[j]).reduce(0) { $0 + $1.0 * $1.1 } }
      }
      let (eigenvalues, turns) = LeadingEigenvectors.jacobi(small, size: count)
      values = Array(eigenvalues.prefix(2))
      vectors = turns.prefix(2).map { turn in
        (0..<size).map { place in (0..<count).reduce(0) { $0 + turn[$1] * basis[$1][place] } }
      }
      let sum = values.reduce(0, +)
      if abs(sum - before) <= 1e-9 * abs(sum) { break }
      before = sum
      basis = turns.map { turn in
        (0..<size).map { place in (0..<count).reduce(0) { $0 + turn[$1] * images[$1][place] } }
      }
      LeadingEigenvectors.orthonormalize(&basis)
    }
  }

  private static func product(_ matrix: FloatBuffer, _ basis: [[Double]], size: Int) -> [[Double]] {
    let count = basis.count
    let right = FloatBuffer(count: size * count)
    for (column, vector) in basis.enumerated() {
      for row in 0..<size { right[row * count + column] = Float(vector[row]) }
    }
    let result = FloatBuffer(count: size * count)
    Kernels.matrixMultiply(matrix, right, m: size, n: count, k: size, into: result, adding: false)
    return (0..<count).map { column in (0..<size).map { Double(result[$0 * count + column]) } }
  }

  /// Gram and Schmidt, twice for accuracy; a vector that lies in the span of those before becomes 0.
  private static func orthonormalize(_ vectors: inout [[Double]]) {
    for index in vectors.indices {
      let start = vectors[index].reduce(0) { $0 + $1 * $1 }.squareRoot()
      for _ in 0..<2 {
        for other in 0..<index {
          let share = zip(vectors[index], vectors[other]).reduce(0) { $0 + $1.0 * $1.1 }
          for place in vectors[index].indices { vectors[index][place] -= share * vectors[other][place] }
        }
      }
      let length = vectors[index].reduce(0) { $0 + $1 * $1 }.squareRoot()
      let factor = length > 1e-12 * start && length > 0 ? 1 / length : 0
      for place in vectors[index].indices { vectors[index][place] *= factor }
    }
  }

  /// Every eigenvalue of a small symmetric matrix, the largest first, with its vector (Jacobi's rotations).
  private static func jacobi(_ matrix: [Double], size: Int) -> (values: [Double], vectors: [[Double]]) {
    var a = matrix
    var v = (0..<size).map { row in (0..<size).map { $0 == row ? 1.0 : 0.0 } }
    for _ in 0..<60 {
      var rest = 0.0
      for p in 0..<size { for q in 0..<size where p != q { rest += abs(a[p * size + q]) } }
      let whole = (0..<size).reduce(0.0) { $0 + abs(a[$1 * size + $1]) }
      if rest <= 1e-15 * whole { break }
      for p in 0..<size {
        for q in (p + 1)..<max(p + 1, size) where a[p * size + q] != 0 {
          let ratio = (a[q * size + q] - a[p * size + p]) / (2 * a[p * size + q])
          let tangent = (ratio >= 0 ? 1.0 : -1.0) / (abs(ratio) + (ratio * ratio + 1).squareRoot())
          let cosine = 1 / (tangent * tangent + 1).squareRoot()
          let sine = tangent * cosine
          for k in 0..<size {
            let (left, right) = (a[k * size + p], a[k * size + q])
            a[k * size + p] = cosine * left - sine * right
            a[k * size + q] = sine * left + cosine * right
          }
          for k in 0..<size {
            let (upper, lower) = (a[p * size + k], a[q * size + k])
            a[p * size + k] = cosine * upper - sine * lower
            a[q * size + k] = sine * upper + cosine * lower
            let (one, other) = (v[p][k], v[q][k])
            v[p][k] = cosine * one - sine * other
            v[q][k] = sine * one + cosine * other
          }
        }
      }
    }
    let order = (0..<size).sorted { (-a[$0 * size + $0], $0) < (-a[$1 * size + $1], $1) }
    return (order.map { a[$0 * size + $0] }, order.map { v[$0] })
  }
}
