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
    let (loss, logSums, used) = work.forward()
    return Tensor([loss], rows: 1, columns: 1).recorded(from: [self, candidates]) { gradient, into in
      let anchorGradient = FloatBuffer(count: self.shape.count, zeroed: true)
      let candidateGradient = FloatBuffer(count: candidates.shape.count, zeroed: true)
      work.backward(
        scale: gradient[0] / Float(max(1, used)), logSums: logSums, anchors: anchorGradient,
        candidates: candidateGradient)
      into.add(anchorGradient, to: self.origin)
      into.add(candidateGradient, to: candidates.origin)
    }
  }
}

/// The similarities of a contrastive loss, a block of anchors at a time.
private struct ContrastiveWork {
  let anchors: Tensor
  let candidates: Tensor
  let classes: [Int32]
  let candidateClasses: [Int32]
  let temperature: Float
  let excludingSelf: Bool
  let blockRows: Int

  private func isPositive(_ i: Int, _ j: Int) -> Bool {
    classes[i] == candidateClasses[j] && !(excludingSelf && i == j)
  }

  /// Calls `body` with the first anchor of each block, its anchors, and their similarities [rows, M].
  private func forEachBlock(_ body: (Range<Int>, FloatBuffer, FloatBuffer) -> Void) {
    let width = anchors.columns
    for first in stride(from: 0, to: anchors.rows, by: blockRows) {
      let range = first..<min(first + blockRows, anchors.rows)
      let block = FloatBuffer(count: range.count * width)
      Kernels.gather(anchors.buffer, ids: range.map(Int32.init), width: width, into: block)
      let scores = FloatBuffer(count: range.count * candidates.rows)
      Kernels.matrixMultiply(
        block, candidates.buffer, transposeB: true, m: range.count, n: candidates.rows, k: width,
        scale: 1 / temperature, into: scores, adding: false)
      body(range, block, scores)
    }
  }

  func forward() -> (loss: Float, logSums: [Float], used: Int) {
    var total = 0.0
    var used = 0
    var logSums: [Float] = []
    let count = candidates.rows
    forEachBlock { range, _, scores in
      scores.read { scores in
        for i in range {
          let start = (i - range.lowerBound) * count
          var largest = -Float.infinity
          for j in 0..<count where !(excludingSelf && i == j) { largest = max(largest, scores[start + j]) }
          var sum: Float = 0
          var positives = 0
          var positiveSum = 0.0
          for j in 0..<count where !(excludingSelf && i == j) {
            sum += Foundation.exp(scores[start + j] - largest)
            guard isPositive(i, j) else { continue }
            positives += 1
            positiveSum += Double(scores[start + j])
          }
          let logSum = largest + Foundation.log(sum)
          logSums.append(logSum)
          guard positives > 0 else { continue }
          used += 1
          total -= positiveSum / Double(positives) - Double(logSum)
        }
      }
    }
    return (used == 0 ? 0 : Float(total / Double(used)), logSums, used)
  }

  func backward(
    scale: Float, logSums: [Float], anchors anchorGradient: FloatBuffer, candidates candidateGradient: FloatBuffer
  ) {
    let count = candidates.rows
    let width = anchors.columns
    forEachBlock { range, block, scores in
      // ds[i, j] = softmax[i, j] − [j positive] / |P(i)|, 0 for anchors left out
      scores.write { scores in
        for i in range {
          let start = (i - range.lowerBound) * count
          var positives = 0
          for j in 0..<count where isPositive(i, j) { positives += 1 }
          for j in 0..<count {
            let dropped = positives == 0 || (excludingSelf && i == j)
            let share = isPositive(i, j) ? 1 / Float(max(1, positives)) : 0
            scores[start + j] =
              dropped ? 0 : scale / temperature * (Foundation.exp(scores[start + j] - logSums[i]) - share)
          }
        }
      }
      let rows = FloatBuffer(count: range.count * width)
      Kernels.matrixMultiply(
        scores, candidates.buffer, m: range.count, n: width, k: count, into: rows, adding: false)
      let places = EdgeIndex(
        offsets: (0...anchors.rows).map { Int64(min(max($0 - range.lowerBound, 0), range.count)) },
        columns: (0..<range.count).map(Int32.init))
      Kernels.aggregate(places, weights: nil, x: rows, width: width, into: anchorGradient, adding: true)
      Kernels.matrixMultiply(
        scores, block, transposeA: true, m: count, n: width, k: range.count, into: candidateGradient, adding: true)
    }
  }
}
