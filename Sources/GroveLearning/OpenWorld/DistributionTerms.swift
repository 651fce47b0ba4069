import Foundation
import GroveKernels
import GroveTensors

/// Terms of losses that several methods share.
///
/// Letters: N rows, K classes.
enum DistributionTerms {
  /// Entropy of the softmax of each row. [N, K] → [N, 1]
  ///
  ///     H[i] = −Σ over c of p[i, c] · log p[i, c],  p = softmax of the row
  static func entropies(of logits: Tensor) -> Tensor { -1 * logits.softmax().rowDot(logits.logSoftmax()) }

  /// Entropy of the mean of distributions, largest where the classes are equally many. [N, K] → [1, 1]
  ///
  ///     H = −Σ over c of m[c] · log m[c],  m = mean over rows, at least `floor`
  static func entropyOfMean(of probabilities: Tensor, floor: Float = 1e-12) -> Tensor {
    let mean = mean(of: probabilities, floor: floor)
    return -1 * (mean * mean.applying(.logarithm)).sum()
  }

  /// Divergence of the mean of distributions from a prior that sums to 1. [N, K], prior [K] → [1, 1]
  ///
  ///     Σ over c of m[c] · log(m[c] / q[c]),  m as in `entropyOfMean`
  static func divergence(of probabilities: Tensor, from prior: [Float], floor: Float) -> Tensor {
    let mean = mean(of: probabilities, floor: floor)
    let logs = Tensor(prior.map { log($0) }, rows: 1, columns: prior.count)
    return (mean * (mean.applying(.logarithm) - logs)).sum()
  }

  /// A class that hardly any row is given has no logarithm, or a huge one. [N, K] → [1, K]
  private static func mean(of probabilities: Tensor, floor: Float) -> Tensor {
    let width = probabilities.columns
    let least = Tensor([Float](repeating: floor, count: width), rows: 1, columns: width)
    return Tensor.maximum([probabilities.columnMean(), least])
  }

  /// Cross-entropy of the softmax of each row against equal shares. [N, K] → [N, 1]
  ///
  ///     −1/K · Σ over c of log p[i, c]
  static func uniformCrossEntropies(of logits: Tensor) -> Tensor {
    let width = logits.columns
    return logits.logSoftmax().rowDot(
      Tensor([Float](repeating: -1 / Float(width), count: width), rows: 1, columns: width))
  }

  /// Cosine of two columns of numbers. [N, 1], [N, 1] → [1, 1]
  static func cosine(_ a: Tensor, _ b: Tensor) -> Tensor {
    let squares = ((a * a).sum() * (b * b).sum()).adding(1e-20)
    return (a * b).sum().scaled(by: squares.applying(.reciprocalSquareRoot))
  }

  /// ‖row − point‖ of rows and points of length 1. [N, D], [K, D] → [N, K]
  ///
  /// A millionth is added to the squares, so that the gradient of a row on its point is finite.
  static func unitDistances(_ rows: Tensor, _ points: Tensor) -> Tensor {
    let squares = (-2 * rows.matmul(points, transposed: true)).adding(2).relu().adding(1e-6)
    return squares * squares.applying(.reciprocalSquareRoot)
  }

  /// −‖row − center‖² / 2σ² of rows and centers, but for ‖row‖² / 2σ², which all centers of a row have in common.
  ///
  /// - Parameter spread: σ².
  /// - Shape: rows [N, D], centers [K, D] → [N, K].
  static func nearness(of rows: Tensor, to centers: Tensor, spread: Float) -> Tensor {
    let factor = 1 / (2 * spread)
    let shift = Tensor(centers.rowDot(centers).values.map { -factor * $0 }, rows: 1, columns: centers.rows)
    return (2 * factor * rows.matmul(centers, transposed: true)).addingRow(shift)
  }

  /// The largest entry of each row. [N, K] → [N, 1]
  static func rowMaximum(_ rows: Tensor) -> Tensor {
    Tensor.maximum((0..<rows.columns).map { rows.columns($0..<$0 + 1) })
  }
}

/// Largest probability of each row of logits, and its class.
struct Confidence {
  /// max over c of softmax(row)[c]. [N]
  let values: [Float]
  /// The class that has it, of equals the first. [N]
  let classes: [Int32]

  init(of logits: Tensor) {
    let width = logits.columns
    let shares = Pass.withoutRecording { logits.softmax().values }
    var values: [Float] = []
    var classes: [Int32] = []
    for row in 0..<logits.rows {
      var best = row * width
      for place in row * width..<(row + 1) * width where shares[place] > shares[best] { best = place }
      values.append(shares[best])
      classes.append(Int32(best - row * width))
    }
    (self.values, self.classes) = (values, classes)
  }
}
