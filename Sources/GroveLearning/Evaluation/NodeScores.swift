import Foundation
public import GroveGraphs

/// How each of some nodes was classified, beside the metrics over all of them.
public struct NodeScores: Sendable, Equatable {
  /// 1 for right and 0 for wrong; of several classes 2 · |given and true| / (|given| + |true|), 1 where both are none.
  public let scores: [Double]
  /// Whether all of a node's classes are right.
  public let isRight: [Bool]
  /// Agreement of confidences with outcomes: of the class given to each node, or of every decision whether a node has a
  /// class.
  public let calibration: Calibration

  /// - Parameter logits: rows of the nodes, in their order. [nodes.count, C]
  /// - Precondition: single-labeled nodes have a class.
  /// - Complexity: O(n · C).
  public init(logits: [Float], of nodes: [Int32], labels: Labels) {
    let width = labels.classCount
    precondition(
      logits.count == nodes.count * width, "NodeScores: \(logits.count) logits for \(nodes.count) × \(width)")
    switch labels {
    case .single(let classes, _):
      let given = NodeEvaluation.largest(logits, width: width)
      let probabilities = NodeEvaluation.probabilities(logits, width: width)
      let right = zip(nodes, given).map { classes[Int($0)] == $1 }
      isRight = right
      scores = right.map { $0 ? 1 : 0 }
      calibration = Calibration(
        confidences: given.enumerated().map { probabilities[$0 * width + Int($1)] }, isRight: right)
    case .multiple(let rows, _):
      var truth = [Bool](repeating: false, count: logits.count)
      for (row, node) in nodes.enumerated() { for c in rows[Int(node)] { truth[row * width + Int(c)] = true } }
      var (scores, isRight): ([Double], [Bool]) = ([], [])
      for row in nodes.indices {
        let places = row * width..<(row + 1) * width
        let hits = places.count { truth[$0] && logits[$0] > 0 }
        let sizes = places.reduce(0) { $0 + (truth[$1] ? 1 : 0) + (logits[$1] > 0 ? 1 : 0) }
        scores.append(sizes == 0 ? 1 : 2 * Double(hits) / Double(sizes))
        isRight.append(2 * hits == sizes)
      }
      (self.scores, self.isRight) = (scores, isRight)
      calibration = Calibration(confidences: logits.map { 1 / (1 + exp(-$0)) }, isRight: truth)
    }
  }
}
