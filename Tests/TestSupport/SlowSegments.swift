import Foundation

extension Slow {
  /// Softmax of query · key / √D within each segment, per head, times the values.
  ///
  /// - Parameter inputs: queries, keys and values. [N, H · D] each
  public static func segmentAttention(_ inputs: [Matrix], offsets: [Int64], heads: Int) -> Matrix {
    var out = Matrix(rows: inputs[0].rows, columns: inputs[0].columns)
    forEachSegmentHead(inputs[0], offsets, heads) { rows, columns in
      let weights = segmentWeights(inputs, rows, columns)
      for i in rows {
        for j in rows {
          let weight = weights[i - rows.lowerBound, j - rows.lowerBound]
          for k in columns { out[i, k] += weight * inputs[2][j, k] }
        }
      }
    }
    return out
  }

  /// Gradients of Σ G · `segmentAttention` for queries, keys and values, by the chain rule.
  ///
  ///     dW = G · Vᵀ,  dS = W ⊙ (dW − rows of Σ W ⊙ dW) / √D,  dQ = dS · K,  dK = dSᵀ · Q,  dV = Wᵀ · G
  public static func segmentAttentionPullback(
    _ gradient: Matrix, _ inputs: [Matrix], offsets: [Int64], heads: Int
  ) -> [Matrix] {
    var pulled = inputs.map { Matrix(rows: $0.rows, columns: $0.columns) }
    forEachSegmentHead(inputs[0], offsets, heads) { rows, columns in
      let weights = segmentWeights(inputs, rows, columns)
      let first = rows.lowerBound
      for i in rows {
        let moved = rows.map { j in columns.reduce(0.0) { $0 + gradient[i, $1] * inputs[2][j, $1] } }
        let along = rows.reduce(0.0) { $0 + weights[i - first, $1 - first] * moved[$1 - first] }
        for j in rows {
          let weight = weights[i - first, j - first]
          let score = weight * (moved[j - first] - along) / Double(columns.count).squareRoot()
          for k in columns {
            pulled[0][i, k] += score * inputs[1][j, k]
            pulled[1][j, k] += score * inputs[0][i, k]
            pulled[2][j, k] += weight * gradient[i, k]
          }
        }
      }
    }
    return pulled
  }

  /// (x + y − mean of row) / √(variance of row + epsilon) · weight + bias.
  ///
  /// - Parameter inputs: x, y [N, F], weight and bias. [1, F]
  public static func layerNormOfSum(_ inputs: [Matrix], epsilon: Double) -> Matrix {
    let (x, y, weight, bias) = (inputs[0], inputs[1], inputs[2], inputs[3])
    var out = x.mapped { $2 + y[$0, $1] }
    for row in 0..<x.rows {
      let sums = out.row(row)
      let mean = sums.reduce(0, +) / Double(sums.count)
      let variance = sums.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(sums.count)
      for k in sums.indices {
        out[row, k] = (sums[k] - mean) / (variance + epsilon).squareRoot() * weight[0, k] + bias[0, k]
      }
    }
    return out
  }

  private static func forEachSegmentHead(
    _ x: Matrix, _ offsets: [Int64], _ heads: Int, _ body: (Range<Int>, Range<Int>) -> Void
  ) {
    let width = x.columns / heads
    for (start, end) in zip(offsets, offsets.dropFirst()) where end > start {
      for head in 0..<heads { body(Int(start)..<Int(end), head * width..<(head + 1) * width) }
    }
  }

  private static func segmentWeights(_ inputs: [Matrix], _ rows: Range<Int>, _ columns: Range<Int>) -> Matrix {
    var weights = Matrix(rows: rows.count, columns: rows.count)
    for i in rows {
      let scores = rows.map { j in
        columns.reduce(0.0) { $0 + inputs[0][i, $1] * inputs[1][j, $1] } / Double(columns.count).squareRoot()
      }
      let largest = scores.max() ?? 0
      let sum = scores.reduce(0.0) { $0 + exp($1 - largest) }
      for (j, score) in scores.enumerated() { weights[i - rows.lowerBound, j] = exp(score - largest) / sum }
    }
    return weights
  }
}
