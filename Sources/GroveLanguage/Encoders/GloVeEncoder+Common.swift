import GroveKernels

extension GloVeEncoder {
  /// u, the first singular vector of the texts' rows, by power iteration on their products Σ v vᵀ.
  ///
  /// Its entry of largest size is positive; it is all zeros where every row is.
  static func commonDirection(of texts: [String], _ means: WeightedMeans) -> [Double] {
    let parts = Workers.mapChunks(of: texts.count, atLeast: 256) { range in
      let rows = texts[range].map { means.mean(of: $0) }
      let width = rows[0].count
      var products = [Double](repeating: 0, count: width * width)
      for row in rows {
        for (i, value) in row.enumerated() where value != 0 {
          let start = i * width
          for j in 0..<width { products[start + j] += value * row[j] }
        }
      }
      return products
    }
    guard var products = parts.first else { return [] }
    for part in parts.dropFirst() { for place in products.indices { products[place] += part[place] } }
    let width = Int(Double(products.count).squareRoot().rounded())
    return leadingVector(of: products, width: width)
  }

  /// The eigenvector of the largest eigenvalue of a symmetric matrix without negative ones. [width]
  static func leadingVector(of matrix: [Double], width: Int) -> [Double] {
    // From the row of the largest diagonal entry: no zero vector where the matrix is not zero.
    let first = (0..<width).max { matrix[$0 * width + $0] < matrix[$1 * width + $1] } ?? 0
    var vector = normalized(Array(matrix[first * width..<(first + 1) * width]))
    for _ in 0..<2000 {
      var next = [Double](repeating: 0, count: width)
      for row in 0..<width {
        let start = row * width
        for column in 0..<width { next[row] += matrix[start + column] * vector[column] }
      }
      next = normalized(next)
      let change = zip(next, vector).reduce(0.0) { max($0, abs($1.0 - $1.1)) }
      vector = next
      if change < 1e-13 { break }
    }
    let largest = vector.max { abs($0) < abs($1) } ?? 0
    return largest < 0 ? vector.map { -$0 } : vector
  }
}
