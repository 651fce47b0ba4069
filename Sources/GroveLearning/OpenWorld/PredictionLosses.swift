import GroveKernels
import GroveTensors

/// Losses on what heads predict for rows of a batch.
///
/// Letters: B rows, K classes.
extension Tensor {
  /// How little two rows of probabilities agree on a class: −log of the chance that draws from both are equal.
  ///
  ///     mean over i of −log(p[i] · q[i])
  ///
  /// - Shape: self and other are probabilities [B, K] → [1, 1].
  func disagreement(with other: Tensor) -> Tensor {
    -1 * rowDot(other).adding(1e-12).applying(.logarithm).mean()
  }

  /// Cross-entropy against a distribution a row.
  ///
  ///     mean over i of −Σ over k of target[i, k] · log softmax(x[i])[k]
  ///
  /// - Shape: self is logits [B, K], target [B, K] → [1, 1].
  func crossEntropy(toward target: Tensor) -> Tensor {
    (-1 / Float(max(1, rows))) * (target * logSoftmax()).sum()
  }

  /// Cross-entropy where the logit of the true class is larger by a margin, so that it is satisfied sooner.
  ///
  /// - Shape: self is logits [B, K], classes [B] → [1, 1].
  func crossEntropy(_ classes: [Int32], adding margin: Float) -> Tensor {
    guard margin != 0 else { return crossEntropy(classes) }
    let raised = FloatBuffer(count: shape.count, zeroed: true)
    for (row, label) in classes.enumerated() { raised[row * columns + Int(label)] = margin }
    return (self + Tensor(raised, rows: rows, columns: columns)).crossEntropy(classes)
  }

  /// The place of the other row that each row has the largest dot product with, of equals the first; its own where it is
  /// alone.
  ///
  /// - Shape: [B, D] → [B].
  /// - Complexity: O(B² · D) time; memory for the products of `blockRows` rows.
  func nearestOtherRows(blockRows: Int = 256) -> [Int32] {
    let (rows, count) = (detached(), rows)
    var nearest: [Int32] = []
    nearest.reserveCapacity(count)
    for first in stride(from: 0, to: count, by: blockRows) {
      let range = first..<min(first + blockRows, count)
      let products = rows.gathering(rows: range.map(Int32.init)).matmul(rows, transposed: true).buffer
      products.read { products in
        for row in range {
          let start = (row - first) * count
          var best = row
          for other in 0..<count where other != row {
            if best == row || products[start + other] > products[start + best] { best = other }
          }
          nearest.append(Int32(best))
        }
      }
    }
    return nearest
  }
}
