import Foundation
public import GroveKernels

extension Slow {
  /// What both attentions share: softmax of the scores over each row, a mask, a weighted sum.
  ///
  /// `mask` gives the factor of dropout of an edge's id and head.
  private static func attend(
    _ index: EdgeIndex, x: Matrix, heads: Int, mask: (Int, Int) -> Double, score: (Int, Int, Int) -> Double
  ) -> Matrix {
    var scores = Matrix(rows: index.entryCount, columns: heads)
    forEachEntry(index) { row, entry in
      for h in 0..<heads { scores[entry, h] = score(row, Int(index.columns[entry]), h) }
    }
    var alpha = segmentSoftmax(offsets: index.offsets, scores)
    for entry in 0..<index.entryCount {
      for h in 0..<heads { alpha[entry, h] *= mask(index.identities.map { Int($0[entry]) } ?? entry, h) }
    }
    return aggregate(
      EdgeIndex(offsets: index.offsets, columns: index.columns), weights: index.entryCount == 0 ? nil : alpha, x: x)
  }

  /// GAT: score = LeakyReLU(source[j] + target[i]).
  public static func attention(
    _ index: EdgeIndex, sourceScores: Matrix, targetScores: Matrix, x: Matrix, slope: Double,
    mask: (Int, Int) -> Double = { _, _ in 1 }
  ) -> Matrix {
    attend(index, x: x, heads: sourceScores.columns, mask: mask) { row, column, h in
      let score = sourceScores[column, h] + targetScores[row, h]
      return score > 0 ? score : slope * score
    }
  }

  /// GATv2: score = vector · LeakyReLU(x[j] + y[i]) over the columns of a head.
  public static func attentionV2(
    _ index: EdgeIndex, x: Matrix, y: Matrix, vector: Matrix, heads: Int, slope: Double,
    mask: (Int, Int) -> Double = { _, _ in 1 }
  ) -> Matrix {
    let width = x.columns / heads
    return attend(index, x: x, heads: heads, mask: mask) { row, column, h in
      (h * width..<(h + 1) * width).reduce(0) {
        let z = x[column, $1] + y[row, $1]
        return $0 + vector[0, $1] * (z > 0 ? z : slope * z)
      }
    }
  }
}
