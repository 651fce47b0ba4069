import GroveTensors

/// Nodes by how near they are to prototypes of classes: the class of the nearest, and who is far from all seen ones.
///
///     b[i, c] = (s[i, c] − mean over c) / deviation over c,  s the similarities of a row to the K prototypes
///     novel: max over seen c of b[i, c] < the percentile of that number among labeled rows
///
/// Letters: N rows, K classes.
///
/// - Source: Sun, Li 2023 (OpenCon), section 3.1, and its published code.
struct PrototypeGate {
  /// b. [N · K]
  let standardized: [Float]
  /// The class of the nearest prototype, of equals the first. [N]
  let nearest: [Int32]
  /// The largest b of a seen class. [N]
  let seenScores: [Float]
  /// Whether a row is far from all seen classes. [N]
  let isNovel: [Bool]

  /// - Parameters:
  ///   - similarities: s. [N, K]
  ///   - labeled: rows of nodes whose class is known.
  ///   - percent: the share of them that would be taken for novel.
  init(similarities: Tensor, seenCount: Int, labeled: [Int], percent: Double) {
    let width = similarities.columns
    let values = Pass.withoutRecording { similarities.standardizedRows(epsilon: 1e-12).values }
    var nearest: [Int32] = []
    var scores: [Float] = []
    for row in 0..<similarities.rows {
      let own = values[row * width..<(row + 1) * width]
      var best = own.startIndex
      for place in own.indices where own[place] > own[best] { best = place }
      nearest.append(Int32(best - own.startIndex))
      scores.append(own.prefix(seenCount).max() ?? 0)
    }
    (standardized, self.nearest, seenScores) = (values, nearest, scores)
    let known = labeled.map { scores[$0] }
    let limit = known.isEmpty ? -Double.infinity : Percentile.linear(known, percent: percent)
    isNovel = scores.map { Double($0) < limit }
  }
}
