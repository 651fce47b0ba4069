import Foundation
import GroveKernels
public import GroveTensors

/// A loss of pairs without negatives: two rows of a pair shall be near, and all rows of a side far apart.
///
///     L = mean over pairs of ‖x[b] − y[b]‖² + γ · (u(x) + u(y)) / 2
///     u(x) = log of the mean over pairs b < c of e^(−t · ‖x[b] − x[c]‖²)
///
/// x and y are the rows brought to length 1.
///
/// Letters: B pairs, D width.
///
/// - Source: Wang, Yu, Ma, Zhang, Chen, Liu, Ma 2022 (DirectAU); t = 2 as Wang, Isola 2020.
public struct AlignmentUniformity: Sendable, Equatable {
  /// γ.
  public var uniformityWeight: Float
  /// t.
  public var sharpness: Float

  /// The loss with its two numbers.
  ///
  /// - Precondition: both are finite, t above 0.
  public init(uniformityWeight: Float = 1, sharpness: Float = 2) {
    precondition(
      uniformityWeight.isFinite && sharpness > 0 && sharpness.isFinite,
      "AlignmentUniformity: a weight of \(uniformityWeight), a sharpness of \(sharpness)")
    (self.uniformityWeight, self.sharpness) = (uniformityWeight, sharpness)
  }

  /// L of a batch of pairs, recorded for the backward pass.
  ///
  /// - Shape: anchors [B, D], positives [B, D] → [1, 1].
  /// - Precondition: equal shapes.
  /// - Complexity: O(B² · D) time; memory for the distances of a block of rows.
  public func callAsFunction(anchors: Tensor, positives: Tensor) -> Tensor {
    .blending(
      1, alignment(anchors, positives), uniformityWeight / 2, uniformity(of: anchors) + uniformity(of: positives))
  }

  /// The mean squared distance of the rows of a pair; 0 of no pairs.
  ///
  /// - Shape: [B, D], [B, D] → [1, 1].
  /// - Precondition: equal shapes.
  public func alignment(_ anchors: Tensor, _ positives: Tensor) -> Tensor {
    precondition(
      anchors.shape == positives.shape, "AlignmentUniformity: \(anchors.shape) and \(positives.shape)")
    let gap = anchors.normalizedRows() - positives.normalizedRows()
    return (1 / Float(max(1, anchors.rows))) * (gap * gap).sum()
  }

  /// u of the rows; 0 of fewer than two.
  ///
  /// - Shape: [B, D] → [1, 1].
  /// - Complexity: O(B² · D) time; memory for the distances of `blockRows` rows, never B².
  public func uniformity(of rows: Tensor, blockRows: Int = 256) -> Tensor {
    precondition(blockRows >= 1, "AlignmentUniformity: blocks of \(blockRows) rows")
    let unit = rows.normalizedRows()
    let (count, width) = (unit.rows, unit.columns)
    // Of each row the gradient but for a factor: Σ over c ≠ b of e^(−t · ‖x[b] − x[c]‖²) · x[c].
    let pull = FloatBuffer(count: unit.shape.count, zeroed: true)
    guard count >= 2 else { return .number(0, withGradients: [(unit, pull)]) }
    let total = pulls(unit.buffer, count: count, width: width, blockRows: blockRows, into: pull)
    let gradient = FloatBuffer(count: pull.count)
    Kernels.blend(Float(4 * Double(sharpness) / total), pull, into: gradient)
    return .number(Float(log(total / Double(count) / Double(count - 1))), withGradients: [(unit, gradient)])
  }

  /// Σ over b ≠ c of e^(−t · ‖x[b] − x[c]‖²), each pair twice, and each row's pull.
  ///
  /// ‖x − y‖² is 2 − 2 · x · y of rows of length 1.
  private func pulls(_ x: FloatBuffer, count: Int, width: Int, blockRows: Int, into pull: FloatBuffer) -> Double {
    let shift = FloatBuffer([Float](repeating: -2 * sharpness, count: count))
    let ones = FloatBuffer([Float](repeating: 1, count: count))
    var total = 0.0
    for first in stride(from: 0, to: count, by: blockRows) {
      let size = min(blockRows, count - first)
      let block = FloatBuffer(count: size * width)
      Kernels.copyRows(x, from: first, width: width, into: block, adding: false)
      let logs = FloatBuffer(count: size * count)
      Kernels.matrixMultiply(
        block, x, transposeB: true, m: size, n: count, k: width, scale: 2 * sharpness, bias: shift, into: logs,
        adding: false)
      let near = FloatBuffer(count: logs.count)
      Kernels.apply(.exponential, to: logs, into: near)
      near.write { for row in 0..<size { $0[row * count + first + row] = 0 } }
      let sums = FloatBuffer(count: size, zeroed: true)
      Kernels.rowDot(near, ones, width: count, heads: 1, into: sums)
      sums.read { for row in 0..<size { total += Double($0[row]) } }
      let rows = FloatBuffer(count: size * width)
      Kernels.matrixMultiply(near, x, m: size, n: width, k: count, into: rows, adding: false)
      pull.copy(from: rows, at: first * width)
    }
    return total
  }
}
