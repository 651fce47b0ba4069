import Foundation
import GroveKernels

extension Tensor {
  /// Contrastive loss of anchors against candidates, positives being the candidates of the same class.
  ///
  ///     s[i, j] = anchor[i] · candidate[j] / temperature
  ///     loss = mean over anchors i with a positive of  −1/|P(i)| · Σ over p in P(i) of (s[i, p] − log Σ_a exp s[i, a])
  ///
  /// InfoNCE is this with anchors and candidates numbered alike (each its own class); supervised contrastive loss is
  /// `self` against itself with `excludingSelf`. Anchors without a positive are left out of the mean.
  ///
  /// - Shape: self [N, D], candidates [M, D] → [1, 1].
  /// - Complexity: O(N · M · D) time; memory for `blockRows` · M similarities, never N · M.
  /// - Source: van den Oord 2018, eq. 4; Khosla 2020, eq. 2. Differs from Khosla's code: no base temperature.
  public func contrastiveLoss(
    against candidates: Tensor, classes: [Int32], candidateClasses: [Int32], temperature: Float,
    excludingSelf: Bool = false, blockRows: Int = 256
  ) -> Tensor {
    precondition(
      columns == candidates.columns && classes.count == rows && candidateClasses.count == candidates.rows,
      "contrastiveLoss: \(shape) with \(classes.count) classes against \(candidates.shape) with \(candidateClasses.count)"
    )
    precondition(
      !excludingSelf || rows == candidates.rows, "contrastiveLoss: excludingSelf needs one candidate an anchor")
    let work = ContrastiveWork(
      anchors: self, candidates: candidates, classes: classes, candidateClasses: candidateClasses,
      temperature: temperature, excludingSelf: excludingSelf, blockRows: blockRows)
    let (loss, used) = work.forward()
    return Tensor([loss], rows: 1, columns: 1).recorded(from: [self, candidates]) { gradient, into in
      let anchorGradient = FloatBuffer(count: self.shape.count, zeroed: true)
      let candidateGradient = FloatBuffer(count: candidates.shape.count, zeroed: true)
      work.backward(
        scale: gradient[0] / Float(max(1, used)), anchors: anchorGradient, candidates: candidateGradient)
      into.add(anchorGradient, to: self.origin)
      into.add(candidateGradient, to: candidates.origin)
    }
  }
}

/// The similarities of a contrastive loss, a block of anchors at a time.
///
/// Rows are scored and brought through softmax by kernels on all threads; of each row only the positives, which are few,
/// are touched one by one.
private struct ContrastiveWork {
  let anchors: Tensor
  let candidates: Tensor
  let classes: [Int32]
  let temperature: Float
  let excludingSelf: Bool
  let blockRows: Int
  /// The candidates of each class, in order.
  private let members: [Int32: [Int]]

  init(
    anchors: Tensor, candidates: Tensor, classes: [Int32], candidateClasses: [Int32], temperature: Float,
    excludingSelf: Bool, blockRows: Int
  ) {
    (self.anchors, self.candidates, self.classes) = (anchors, candidates, classes)
    (self.temperature, self.excludingSelf, self.blockRows) = (temperature, excludingSelf, blockRows)
    members = Dictionary(grouping: candidateClasses.indices) { candidateClasses[$0] }
  }

  /// P(i).
  private func positives(_ i: Int) -> [Int] {
    let all = members[classes[i]] ?? []
    return excludingSelf ? all.filter { $0 != i } : all
  }

  /// Calls `body` with each block's anchors, their rows, and the softmax over candidates, or its logarithm. [rows, M]
  private func forEachBlock(logarithm: Bool, _ body: (Range<Int>, FloatBuffer, FloatBuffer) -> Void) {
    let (width, count) = (anchors.columns, candidates.rows)
    for first in stride(from: 0, to: anchors.rows, by: blockRows) {
      let range = first..<min(first + blockRows, anchors.rows)
      let block = FloatBuffer(count: range.count * width)
      Kernels.copyRows(anchors.buffer, from: first, width: width, into: block, adding: false)
      let scores = FloatBuffer(count: range.count * count)
      Kernels.matrixMultiply(
        block, candidates.buffer, transposeB: true, m: range.count, n: count, k: width, scale: 1 / temperature,
        into: scores, adding: false)
      if excludingSelf {
        // So low that nothing of it is left beside any other candidate.
        scores.write { for i in range { $0[(i - first) * count + i] = -.greatestFiniteMagnitude / 4 } }
      }
      let shares = FloatBuffer(count: scores.count)
      Kernels.softmax(scores, width: count, logarithm: logarithm, into: shares)
      body(range, block, shares)
    }
  }

  func forward() -> (loss: Float, used: Int) {
    var total = 0.0
    var used = 0
    forEachBlock(logarithm: true) { range, _, logs in
      logs.read { logs in
        for i in range {
          let positives = positives(i)
          guard !positives.isEmpty else { continue }
          let start = (i - range.lowerBound) * candidates.rows
          used += 1
          total -= positives.reduce(0.0) { $0 + Double(logs[start + $1]) } / Double(positives.count)
        }
      }
    }
    return (used == 0 ? 0 : Float(total / Double(used)), used)
  }

  func backward(scale: Float, anchors anchorGradient: FloatBuffer, candidates candidateGradient: FloatBuffer) {
    let count = candidates.rows
    let width = anchors.columns
    let factor = scale / temperature
    forEachBlock(logarithm: false) { range, block, shares in
      // ds[i, j] = softmax[i, j] − [j positive] / |P(i)|, 0 for anchors left out
      shares.write { shares in
        for i in range {
          let positives = positives(i)
          let start = (i - range.lowerBound) * count
          if positives.isEmpty {
            for j in 0..<count { shares[start + j] = 0 }
            continue
          }
          let share = 1 / Float(positives.count)
          for j in positives { shares[start + j] -= share }
          if excludingSelf { shares[start + i] = 0 }
        }
      }
      let rows = FloatBuffer(count: range.count * width)
      Kernels.matrixMultiply(
        shares, candidates.buffer, m: range.count, n: width, k: count, scale: factor, into: rows, adding: false)
      anchorGradient.copy(from: rows, at: range.lowerBound * width)
      Kernels.matrixMultiply(
        shares, block, transposeA: true, m: count, n: width, k: range.count, scale: factor, into: candidateGradient,
        adding: true)
    }
  }
}
