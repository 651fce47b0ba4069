import GroveKernels

/// Weights of negatives that follow their scores.
///
///     w[j] = e^(β · s[j]) / Σ over the row's valid negatives of e^(β · s)
///
/// One formula of several names: self-adversarial weights (RotatE, β its sampling temperature), hardness weights (HCL, β
/// its concentration), and the probabilities of a softmax sampler. β = 0 is uniform, β → ∞ the largest alone.
///
/// Letters: B rows, k negatives.
///
/// - Source: Sun, Deng, Nie, Tang 2019; Robinson, Chuang, Sra, Jegelka 2021.
public enum TiltedWeights {
  /// w of each row: 0 for what is not valid, and in all of a row without valid negatives.
  ///
  /// They are numbers, not a tensor: no gradient goes through them.
  ///
  /// - Parameter columns: k.
  /// - Shape: scores [B, k], isValid [B, k] → [B, k].
  /// - Precondition: the scores fill rows, and a mask has one entry for each.
  /// - Complexity: O(B · k).
  public static func rows(_ scores: [Float], columns: Int, sharpness: Float, isValid: [Bool]? = nil) -> [Float] {
    precondition(
      columns >= 1 && scores.count % columns == 0, "TiltedWeights: \(scores.count) scores in rows of \(columns)")
    precondition(
      isValid == nil || isValid!.count == scores.count,
      "TiltedWeights: a mask of \(isValid?.count ?? 0) for \(scores.count) scores")
    let parts = Workers.mapChunks(of: scores.count / columns, atLeast: max(1, 4096 / columns)) { range -> [Float] in
      var weights = [Float](repeating: 0, count: range.count * columns)
      var row = LossRow()
      for r in range {
        row.clear()
        let places = (r * columns..<(r + 1) * columns).filter { isValid?[$0] ?? true }
        for place in places { row.negatives.append(Double(scores[place])) }
        for (place, weight) in zip(places, row.tilted(by: Double(sharpness))) {
          weights[place - range.lowerBound * columns] = Float(weight)
        }
      }
      return weights
    }
    return parts.flatMap { $0 }
  }
}
