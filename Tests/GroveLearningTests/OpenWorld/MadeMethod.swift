import GroveGraphs
import GroveKernels
@testable import GroveLayers
@testable import GroveLearning
import GroveTensors
import TestSupport

/// A method before training, with steps of it.
struct MadeMethod {
  let trainer: OpenWorldTrainer
  let model: OpenWorldModel

  init(_ method: String, _ graph: SmallGraph, _ change: (inout TrainingConfiguration) -> Void = { _ in }) throws {
    trainer = try graph.openWorldTrainer { configuration in
      configuration.method = method
      change(&configuration)
    }
    model = try OpenWorldModel(
      data: trainer.data, configuration: trainer.configuration, recipe: trainer.recipe, split: trainer.split, run: 0,
      problem: trainer.problem, truth: trainer.truth)
  }

  func step(_ seeds: [Int32], epoch: Int = 1, number: Int = 1) -> OpenWorldStep {
    let problem = model.problem
    let network = model.network
    let sampler = NeighborSampler(problem.graph, fanouts: [Int](repeating: -1, count: network.encoder.blockCount))
    let batch = OpenWorldBatch(
      number: 0, nodes: seeds, training: network.method.needsTrainingRows(in: epoch) ? problem.training : [],
      sampler: sampler, random: RandomStream(seed: 1))
    return OpenWorldStep(
      batch, problem: problem, epoch: epoch, number: number, network: network, clock: StepClock())
  }

  /// Numbers of all parameters, in order.
  var weights: [[Float]] { model.network.parameters().map { $0.value.value.values } }
}

extension Matrix {
  /// All entries in one.
  var sum: Double { values.reduce(0, +) }

  /// Some rows.
  func picking(_ ids: [Int]) -> Matrix {
    var result = Matrix(rows: ids.count, columns: columns)
    result.values = ids.flatMap { row($0) }
    return result
  }

  /// One number.
  static func scalar(_ value: Double) -> Matrix {
    var result = Matrix(rows: 1, columns: 1)
    result[0, 0] = value
    return result
  }
}

extension Slow {
  /// −mean log p of one class a row.
  static func crossEntropy(_ logits: Matrix, _ classes: [Int32]) -> Double {
    let logs = softmax(logits, logarithm: true)
    return -classes.indices.reduce(0.0) { $0 + logs[$1, Int(classes[$1])] } / Double(classes.count)
  }

  /// Contrast of two views, by the formula of `TwoViewContrast`.
  static func contrast(_ first: Matrix, _ second: Matrix, _ classes: [Int32], temperature: Double) -> Double {
    let rows = (0..<first.rows).map { first.row($0) } + (0..<second.rows).map { second.row($0) }
    let own = classes + classes
    func similarity(_ i: Int, _ j: Int) -> Double { zip(rows[i], rows[j]).reduce(0) { $0 + $1.0 * $1.1 } / temperature }
    return rows.indices.reduce(0.0) { total, i in
      let all = rows.indices.filter { $0 != i }
      let sum = all.reduce(0.0) { $0 + exponential(similarity(i, $1)) }
      let positives = all.filter { own[$0] == own[i] }
      return total - positives.reduce(0.0) { $0 + similarity(i, $1) - logarithm(sum) } / Double(positives.count)
    } / Double(rows.count)
  }

  /// ‖row − point‖ of rows and points, a millionth more in the square.
  static func distances(_ rows: Matrix, _ points: Matrix) -> Matrix {
    var result = Matrix(rows: rows.rows, columns: points.rows)
    for i in 0..<rows.rows {
      for k in 0..<points.rows {
        let dot = zip(rows.row(i), points.row(k)).reduce(0.0) { $0 + $1.0 * $1.1 }
        result[i, k] = (max(0, 2 - 2 * dot) + 1e-6).squareRoot()
      }
    }
    return result
  }

  static func exponential(_ x: Double) -> Double { function(.exponential, x) }
  static func logarithm(_ x: Double) -> Double { function(.logarithm, x) }
  static func sigmoid(_ x: Double) -> Double { function(.sigmoid, x) }

  /// Cosine of two lists.
  static func cosine(_ a: [Double], _ b: [Double]) -> Double {
    let dot = zip(a, b).reduce(0.0) { $0 + $1.0 * $1.1 }
    let squares = a.reduce(0) { $0 + $1 * $1 } * b.reduce(0) { $0 + $1 * $1 }
    return dot / squares.squareRoot()
  }

  /// Entropy of the softmax of each row.
  static func entropies(_ logits: Matrix) -> [Double] {
    let shares = softmax(logits, logarithm: false)
    return (0..<shares.rows).map { row in -shares.row(row).reduce(0.0) { $0 + $1 * logarithm($1) } }
  }
}
