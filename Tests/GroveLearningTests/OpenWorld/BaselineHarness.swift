import Foundation
import GroveGraphs
import GroveKernels
@testable import GroveLearning
import GroveTensors
import TestSupport

extension SmallGraph {
  /// A planted graph whose features say little of a node's class.
  static func weaklyPlanted(size: Int = 40) -> SmallGraph {
    var graph = planted(size: size, labeled: 8)
    var random = TestRandom(7)
    var values = random.floats(graph.count * 12)
    for node in 0..<graph.count { values[node * 12 + node % 4] += 0.3 }
    graph.columns = [("features", .dense(values: .array(values), width: 12))]
    return graph
  }

  /// A trainer of a method on this graph, and its model before training.
  func openWorldModel(
    _ method: String, _ options: [String] = [], _ change: (inout TrainingConfiguration) -> Void = { _ in }
  ) throws -> (trainer: OpenWorldTrainer, model: OpenWorldModel) {
    let trainer = try openWorldTrainer {
      ($0.method, $0.methodOptions) = (method, options)
      change(&$0)
    }
    let model = try OpenWorldModel(
      data: trainer.data, configuration: trainer.configuration, recipe: trainer.recipe, split: trainer.split, run: 0,
      problem: trainer.problem, truth: trainer.truth)
    return (trainer, model)
  }
}

extension OpenWorldModel {
  /// A step of this model on some nodes.
  func step(_ seeds: [Int32], epoch: Int = 1) -> OpenWorldStep {
    let batch = OpenWorldBatch(
      number: 0, nodes: seeds, training: network.method.needsTrainingRows(in: epoch) ? problem.training : [],
      sampler: NeighborSampler(problem.graph, fanouts: [-1, -1]), random: RandomStream(seed: 1))
    return OpenWorldStep(batch, problem: problem, epoch: epoch, number: 1, network: network, clock: StepClock())
  }

  /// The loss of a step, and numbers that were found in a pass with the same masks, whose streams begin anew.
  func loss<Found>(of step: OpenWorldStep, and find: () -> Found) -> (loss: Double, found: Found) {
    let loss = Pass.training(seed: 1, step: 1) { Double(network.method.loss(of: step).scalar) }
    return (loss, Pass.training(seed: 1, step: 1, find))
  }
}

extension Tensor {
  /// The numbers in Double.
  var matrix: Matrix { Matrix(values, rows: rows, columns: columns) }
}

/// Losses of open-world methods in Double, a loop a sum.
enum SlowLoss {
  static func matrix(_ value: Double) -> Matrix { Matrix(rows: 1, columns: 1).mapped { _, _, _ in value } }

  static func stacked(_ parts: [Matrix]) -> Matrix {
    var result = Matrix(rows: parts.reduce(0) { $0 + $1.rows }, columns: parts[0].columns)
    result.values = parts.flatMap(\.values)
    return result
  }

  static func picked(_ x: Matrix, _ rows: [Int]) -> Matrix {
    var result = Matrix(rows: rows.count, columns: x.columns)
    result.values = rows.flatMap { x.row($0) }
    return result
  }

  static func scaled(_ factor: Double, _ x: Matrix) -> Matrix { x.mapped { _, _, value in factor * value } }

  static func contrast(_ views: [Matrix], classes: [Int32]? = nil, temperature: Double) -> Double {
    let rows = stacked(views)
    let once = classes ?? (0..<Int32(views[0].rows)).map { $0 }
    let both = once + once
    var total = 0.0
    for i in 0..<rows.rows {
      let others = (0..<rows.rows).filter { $0 != i }
      let scores = others.map { j in zip(rows.row(i), rows.row(j)).reduce(0) { $0 + $1.0 * $1.1 } / temperature }
      let largest = scores.max() ?? 0
      let logSum = largest + log(scores.reduce(0) { $0 + exp($1 - largest) })
      let positive = zip(others, scores).filter { both[$0.0] == both[i] }
      total -= positive.reduce(0) { $0 + $1.1 - logSum } / Double(positive.count)
    }
    return total / Double(rows.rows)
  }

  static func crossEntropy(_ logits: Matrix, _ classes: [Int32]) -> Double {
    let logs = Slow.softmax(logits, logarithm: true)
    return -classes.enumerated().reduce(0) { $0 + logs[$1.offset, Int($1.element)] } / Double(classes.count)
  }

  static func crossEntropy(_ logits: Matrix, toward target: Matrix) -> Double {
    let logs = Slow.softmax(logits, logarithm: true)
    return -zip(target.values, logs.values).reduce(0) { $0 + $1.0 * $1.1 } / Double(logits.rows)
  }

  static func entropyOfMean(_ chances: Matrix) -> Double {
    (0..<chances.columns).reduce(0) { sum, column in
      let mean = (0..<chances.rows).reduce(0) { $0 + chances[$1, column] } / Double(chances.rows)
      return sum - (mean > 0 ? mean * log(mean) : 0)
    }
  }

  static func disagreement(_ p: Matrix, _ q: Matrix) -> Double {
    (0..<p.rows).reduce(0) { $0 - log(zip(p.row($1), q.row($1)).reduce(0) { $0 + $1.0 * $1.1 }) } / Double(p.rows)
  }

  /// ORCA's loss of logits.
  static func orca(_ batch: Matrix, partners: Matrix, training: Matrix, classes: [Int32], raised: Double) -> Double {
    let p = Slow.softmax(batch, logarithm: false)
    let lifted = training.mapped { row, column, value in value + (Int(classes[row]) == column ? raised : 0) }
    return crossEntropy(lifted, classes) + disagreement(p, Slow.softmax(partners, logarithm: false)) - entropyOfMean(p)
  }

  /// The head's part of SimGCD's loss with the published weights.
  static func simgcd(_ batch: [Matrix], teachers: [Matrix], training: [Matrix], classes: [Int32]) -> Double {
    let students = batch.map { scaled(10, $0) }
    let taught =
      (crossEntropy(students[1], toward: teachers[0]) + crossEntropy(students[0], toward: teachers[1])) / 2
    let entropy = entropyOfMean(Slow.softmax(stacked(students), logarithm: false))
    let labeled = crossEntropy(scaled(10, stacked(training)), classes + classes)
    return 0.65 * (taught + 2 * (log(Double(batch[0].columns)) - entropy)) + 0.35 * labeled
  }
}
