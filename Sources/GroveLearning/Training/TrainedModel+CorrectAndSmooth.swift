import Foundation
import GroveGraphs
import GroveKernels
import GroveLayers
import GroveTensors

extension TrainingConfiguration {
  /// What is done with a trained model's probabilities, or nil.
  var correction: CorrectAndSmooth? {
    guard correctAndSmooth != "none" else { return nil }
    return CorrectAndSmooth(
      correctionAlpha: correctionAlpha, smoothingAlpha: smoothingAlpha, steps: correctionSteps,
      scaling: correctAndSmooth == "auto" ? .automatic : .fixed(correctionScale))
  }
}

extension TrainedModel {
  /// The known classes of the training nodes: 1 in the place of each. [train, C]
  func knownRows() -> [Float] {
    let width = data.classCount
    var rows = [Float](repeating: 0, count: split.train.count * width)
    for (row, node) in split.train.enumerated() {
      switch data.labels {
      case .single(let classes, _): rows[row * width + Int(classes[Int(node)])] = 1
      case .multiple(let labels, _): for c in labels[Int(node)] { rows[row * width + Int(c)] = 1 }
      }
    }
    return rows
  }

  /// Logits after correction and smoothing by the training nodes' labels alone; as they are where none is asked for.
  ///
  /// Log-probabilities for single labels, log-odds where a node may have many. [N, C] → [N, C]
  func corrected(_ logits: [Float], over graph: Graph) -> [Float] {
    guard let correction = configuration.correction else { return logits }
    let width = data.classCount
    var isMultiple = false
    if case .multiple = data.labels { isMultiple = true }
    let soft =
      isMultiple ? logits.map { 1 / (1 + exp(-$0)) } : NodeEvaluation.probabilities(logits, width: width)
    let scores = correction(
      Tensor(soft, rows: data.nodeCount, columns: width),
      labels: Tensor(knownRows(), rows: split.train.count, columns: width), of: split.train, over: graph.block
    ).values
    let least: Float = 1e-9
    if isMultiple { return scores.map { log(max($0, least)) - log(max(1 - $0, least)) } }
    return (0..<data.nodeCount).flatMap { node in
      let row = scores[node * width..<(node + 1) * width]
      let sum = row.reduce(0, +)
      return row.map { sum > 0 ? log(max($0 / sum, least)) : -log(Float(width)) }
    }
  }
}
