import GroveKernels

/// What a loss makes of all rows.
///
/// Letters: B rows, k negatives in each.
public struct NegativeLossRows: Sendable, Equatable {
  /// The mean of the rows' losses; 0 of no rows.
  public let value: Float
  /// The loss of each row. [B]
  public let rows: [Float]
  /// ∂ value / ∂ s⁺ of each row; B times as much is that of the row's own loss. [B]
  public let positives: [Float]
  /// ∂ value / ∂ s of each negative, 0 for those left out. [B, k]
  public let negatives: [Float]
}

extension NegativeLoss {
  /// Value and gradients for scores, without tensors.
  ///
  /// Computed in Double, finite for any finite scores, and the same for any number of threads.
  ///
  /// - Shape: positives [B], negatives [B, k], terms as they say.
  /// - Precondition: as many negatives in each row; the terms that the kind needs are given, and each for all negatives.
  /// - Complexity: O(B · k).
  public func rows(positives: [Float], negatives: [Float], terms: NegativeTerms = NegativeTerms()) -> NegativeLossRows {
    let count = positives.count
    let width = count == 0 ? 0 : negatives.count / count
    precondition(
      negatives.count == count * width, "NegativeLoss: \(negatives.count) negatives of \(count) rows of equal length")
    terms.check(rows: count, columns: width)
    checkTerms(terms)
    let scores = ScoredRows(positives: positives, negatives: negatives, width: width, terms: terms)
    let parts = Workers.mapChunks(of: count, atLeast: max(1, 4096 / (width + 1))) { part(of: scores, rows: $0) }
    var rows: [Float] = []
    var positiveGradients: [Float] = []
    var negativeGradients: [Float] = []
    rows.reserveCapacity(count)
    positiveGradients.reserveCapacity(count)
    negativeGradients.reserveCapacity(negatives.count)
    var total = 0.0
    for part in parts {
      total += part.total
      rows += part.rows
      positiveGradients += part.positives
      negativeGradients += part.negatives
    }
    return NegativeLossRows(
      value: Float(total / Double(max(1, count))), rows: rows, positives: positiveGradients,
      negatives: negativeGradients)
  }

  private struct ScoredRows: Sendable {
    let positives: [Float]
    let negatives: [Float]
    let width: Int
    let terms: NegativeTerms
  }

  private struct Part: Sendable {
    var total = 0.0
    var rows: [Float] = []
    var positives: [Float] = []
    var negatives: [Float]
  }

  private func part(of scores: ScoredRows, rows range: Range<Int>) -> Part {
    let (width, negatives, terms) = (scores.width, scores.negatives, scores.terms)
    let (isValid, weights, offsets) = (terms.isValid, terms.weights, terms.offsets)
    let scale = 1 / Double(temperature)
    let share = scale / Double(scores.positives.count)
    var part = Part(negatives: [Float](repeating: 0, count: range.count * width))
    part.rows.reserveCapacity(range.count)
    part.positives.reserveCapacity(range.count)
    var row = LossRow()
    var places: [Int] = []
    for r in range {
      row.clear()
      places.removeAll(keepingCapacity: true)
      row.positive = scale * Double(scores.positives[r]) + Double(terms.positiveOffsets?[r] ?? 0)
      for place in r * width..<(r + 1) * width {
        if let isValid, !isValid[place] { continue }
        if let weights {
          if weights[place] == 0 { continue }
          precondition(!(weights[place] < 0), "NegativeLoss: a weight of \(weights[place]); weights are at least 0")
          row.weights.append(Double(weights[place]))
        }
        row.negatives.append(scale * Double(negatives[place]) + Double(offsets?[place] ?? 0))
        places.append(place - range.lowerBound * width)
      }
      row.compute(kind)
      part.total += row.value
      part.rows.append(Float(row.value))
      part.positives.append(Float(share * row.positiveGradient))
      for (place, gradient) in zip(places, row.gradients) { part.negatives[place] = Float(share * gradient) }
    }
    return part
  }
}
