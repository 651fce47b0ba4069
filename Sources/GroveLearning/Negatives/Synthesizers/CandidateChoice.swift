import GroveTensors

/// What synthesizers that choose among candidates share.
enum CandidateChoice {
  /// Number of candidates of each anchor.
  ///
  /// - Precondition: as many hops and columns of all, and as many candidates of each anchor, at least one.
  static func count(anchors: [Tensor], positives: [Tensor], candidates: [Tensor], _ what: String) -> Int {
    precondition(
      !anchors.isEmpty && positives.count == anchors.count && candidates.count == anchors.count,
      "\(what): \(anchors.count) hops of anchors, \(positives.count) of positives, \(candidates.count) of candidates")
    let shape = anchors[0].shape
    let rows = candidates[0].rows
    for hop in anchors.indices {
      precondition(
        anchors[hop].shape == shape && positives[hop].shape == shape && candidates[hop].columns == shape.columns
          && candidates[hop].rows == rows,
        "\(what): hop \(hop) has anchors \(anchors[hop].shape), positives \(positives[hop].shape), candidates \(candidates[hop].shape)"
      )
    }
    return count(rows: rows, anchors: shape.rows, what)
  }

  /// The same of rows alone.
  static func count(rows: Int, anchors: Int, _ what: String) -> Int {
    precondition(
      anchors == 0 ? rows == 0 : rows >= anchors && rows % anchors == 0,
      "\(what): \(rows) candidates of \(anchors) anchors; each needs as many, at least one")
    return anchors == 0 ? 0 : rows / anchors
  }

  /// Each row `count` times in a row, for numbers alone. [B, D] → [B · count, D]
  static func repeating(_ x: Tensor, _ count: Int) -> Tensor {
    x.detached().gathering(rows: (0..<x.rows).flatMap { [Int32](repeating: Int32($0), count: count) })
  }

  /// The dot product of each candidate with its anchor's row. [B · M, D], [B, D] → [B · M]
  static func scores(_ candidates: Tensor, with x: Tensor, count: Int) -> [Float] {
    candidates.detached().rowDot(repeating(x, count)).values
  }

  /// The first of each anchor's valid candidates with the largest score; 0 where none is valid. [B · M] → [B]
  ///
  /// What is not a number is never larger.
  static func largest(_ scores: [Float], count: Int, isValid: [Bool]? = nil) -> [Int32] {
    stride(from: 0, to: scores.count, by: max(1, count)).map { start in
      var best: Int?
      for place in start..<start + count where isValid?[place] ?? true {
        guard let found = best else {
          best = place
          continue
        }
        if scores[place] > scores[found] || (scores[found].isNaN && !scores[place].isNaN) { best = place }
      }
      return best.map { Int32($0 - start) } ?? 0
    }
  }

  /// Rows of the candidates that were chosen. [B] → [B]
  static func rows(_ choices: [Int32], count: Int) -> [Int32] {
    choices.indices.map { Int32($0 * count) + choices[$0] }
  }
}
