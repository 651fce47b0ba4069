import Foundation
public import GroveGraphs

/// Scores of some nodes against their labels.
public struct NodeEvaluation: Sendable {
  /// Every metric that can be computed; none where there are no nodes.
  public let values: MetricValues
  /// One entry a class.
  public let perClass: [ClassScores]
  /// For single labels only.
  public let confusion: ConfusionMatrix?

  /// Every metric for `nodes`, whose rows of `logits` (row-major [nodes.count, C]) come in the same order.
  ///
  /// - Precondition: single-labelled nodes have a class.
  /// - Complexity: O(n · C · log n).
  public init(logits: [Float], of nodes: [Int32], labels: Labels) {
    let width = labels.classCount
    precondition(
      logits.count == nodes.count * width, "NodeEvaluation: \(logits.count) logits for \(nodes.count) × \(width)")
    var values = MetricValues()
    switch labels {
    case .single(let classes, _):
      let truth = nodes.map { classes[Int($0)] }
      let predicted = NodeEvaluation.largest(logits, width: width)
      let matrix = ConfusionMatrix(truth: truth, predicted: predicted, classCount: width)
      confusion = matrix
      perClass = matrix.perClass
      if !nodes.isEmpty {
        values[.accuracy] = matrix.accuracy
        values[.macroF1] = matrix.macroF1
        values[.microF1] = matrix.accuracy
        values[.loss] = NodeEvaluation.finite(NodeEvaluation.crossEntropy(logits, truth, width))
        let probabilities = NodeEvaluation.probabilities(logits, width: width)
        let positives = width == 2 ? 1..<2 : 0..<width
        values[.rocAUC] = NodeEvaluation.meanOverClasses(positives) { c in
          RankingMetrics.rocAUC(scores: column(probabilities, c, width), positive: truth.map { Int($0) == c })
        }
        values[.averagePrecision] = NodeEvaluation.meanOverClasses(positives) { c in
          RankingMetrics.averagePrecision(scores: column(probabilities, c, width), positive: truth.map { Int($0) == c })
        }
      }
    case .multiple(let rows, _):
      confusion = nil
      var truth = [Bool](repeating: false, count: logits.count)
      for (row, node) in nodes.enumerated() { for c in rows[Int(node)] { truth[row * width + Int(c)] = true } }
      perClass = (0..<width).map { c in
        let places = stride(from: c, to: logits.count, by: width)
        return ClassScores(
          hits: places.reduce(0) { $0 + (truth[$1] && logits[$1] > 0 ? 1 : 0) },
          support: places.reduce(0) { $0 + (truth[$1] ? 1 : 0) },
          predicted: places.reduce(0) { $0 + (logits[$1] > 0 ? 1 : 0) })
      }
      if !nodes.isEmpty {
        let exact = nodes.indices.filter { row in
          (row * width..<(row + 1) * width).allSatisfy { truth[$0] == (logits[$0] > 0) }
        }
        values[.accuracy] = Double(exact.count) / Double(nodes.count)
        values[.macroF1] = ClassScores.macroF1(perClass)
        values[.microF1] = ClassScores.microF1(perClass)
        let total = zip(logits, truth).reduce(0.0) {
          $0 + Double(log1p(exp(-abs($1.0))) + max($1.0, 0) - ($1.1 ? $1.0 : 0))
        }
        values[.loss] = NodeEvaluation.finite(total / Double(logits.count))
        values[.rocAUC] = NodeEvaluation.meanOverClasses(0..<width) { c in
          RankingMetrics.rocAUC(scores: column(logits, c, width), positive: column(truth, c, width))
        }
        values[.averagePrecision] = NodeEvaluation.meanOverClasses(0..<width) { c in
          RankingMetrics.averagePrecision(scores: column(logits, c, width), positive: column(truth, c, width))
        }
      }
    }
    self.values = values
  }

  /// One metric alone, for use in every epoch: accuracy and loss cost O(n · C).
  ///
  /// Nil where it is undefined, as a loss is that is not finite.
  public static func value(of metric: Metric, logits: [Float], of nodes: [Int32], labels: Labels) -> Double? {
    if nodes.isEmpty { return nil }
    if case .single(let classes, _) = labels {
      let truth = nodes.map { classes[Int($0)] }
      if metric == .loss { return finite(crossEntropy(logits, truth, labels.classCount)) }
      if metric == .accuracy || metric == .microF1 {
        let hits = zip(truth, largest(logits, width: labels.classCount)).count { $0 == $1 }
        return Double(hits) / Double(nodes.count)
      }
    }
    return NodeEvaluation(logits: logits, of: nodes, labels: labels).values[metric]
  }

  /// The class of the largest logit of each row, the first of equals.
  public static func largest(_ logits: [Float], width: Int) -> [Int32] {
    stride(from: 0, to: logits.count, by: max(1, width)).map { start in
      var best = 0
      for c in 1..<max(1, width) where logits[start + c] > logits[start + best] { best = c }
      return Int32(best)
    }
  }

  /// Softmax of each row.
  public static func probabilities(_ logits: [Float], width: Int) -> [Float] {
    var result = logits
    for start in stride(from: 0, to: logits.count, by: max(1, width)) {
      let row = start..<start + width
      let largest = logits[row].max() ?? 0
      var sum: Float = 0
      for index in row {
        result[index] = exp(logits[index] - largest)
        sum += result[index]
      }
      for index in row { result[index] /= sum }
    }
    return result
  }

  private static func finite(_ value: Double) -> Double? { value.isFinite ? value : nil }

  private static func crossEntropy(_ logits: [Float], _ truth: [Int32], _ width: Int) -> Double {
    var total = 0.0
    for (row, label) in truth.enumerated() {
      let range = row * width..<(row + 1) * width
      let largest = Double(logits[range].max() ?? 0)
      let sum = logits[range].reduce(0.0) { $0 + exp(Double($1) - largest) }
      total += largest + log(sum) - Double(logits[row * width + Int(label)])
    }
    return total / Double(truth.count)
  }

  private static func meanOverClasses(_ classes: Range<Int>, _ score: (Int) -> Double?) -> Double? {
    let scores = classes.compactMap(score)
    return scores.isEmpty ? nil : scores.reduce(0, +) / Double(scores.count)
  }
}

private func column<Element>(_ matrix: [Element], _ column: Int, _ width: Int) -> [Element] {
  stride(from: column, to: matrix.count, by: width).map { matrix[$0] }
}
