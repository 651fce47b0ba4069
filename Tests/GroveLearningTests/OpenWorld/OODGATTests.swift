import GroveGraphs
import GroveKernels
@testable import GroveLayers
@testable import GroveLearning
import GroveTensors
import TestSupport
import Testing

/// The convolution, the regularizers and the rejection of OODGAT.
@Suite struct OODGATTests {
  /// Four nodes: 0 → 1, 2 → 1, a loop at 2, and node 3 alone.
  private let graph = TestGraphs.graph([0, 2, 2], [1, 1, 2], nodeCount: 4)

  private func parameterMatrix(_ parameter: Parameter) -> Matrix {
    Matrix(parameter.value.values, rows: parameter.shape.rows, columns: parameter.shape.columns)
  }

  /// h' by the formula, each node with one loop.
  private func slow(_ layer: OODGATConvolution, _ x: Matrix) -> (rows: Matrix, scores: Matrix) {
    let sources = [[0], [0, 1, 2], [2], [3]]
    let projected = x.times(parameterMatrix(layer.weight))
    let scores = Slow.rowDot(projected, parameterMatrix(layer.scoring), heads: layer.heads)
    let width = projected.columns / layer.heads
    var rows = Matrix(rows: x.rows, columns: projected.columns)
    for target in 0..<x.rows {
      for head in 0..<layer.heads {
        let weights = sources[target].map {
          Slow.exponential(1 - abs(Slow.sigmoid(scores[target, head]) - Slow.sigmoid(scores[$0, head])))
        }
        for (source, weight) in zip(sources[target], weights) {
          for k in head * width..<(head + 1) * width {
            rows[target, k] += weight / weights.reduce(0, +) * projected[source, k]
          }
        }
      }
    }
    guard layer.merge == .mean else { return (rows, scores) }
    var mean = Matrix(rows: x.rows, columns: width)
    for row in 0..<x.rows {
      for k in 0..<projected.columns { mean[row, k % width] += rows[row, k] / Double(layer.heads) }
    }
    return (mean, scores)
  }

  @Test(arguments: [HeadMerge.concatenated, .mean]) func `the convolution against its formula`(merge: HeadMerge) {
    let layer = OODGATConvolution(3, 2, heads: 2, merge: merge, from: Initializer(seed: 3))
    let x = TestInput(rows: 4, columns: 3, seed: 1)
    expectOperation([x]) {
      slow(layer, $0[0]).rows
    } fast: {
      layer($0[0], over: graph.block)
    }
    expectOperation([x]) {
      slow(layer, $0[0]).scores
    } fast: {
      layer.scored($0[0], over: graph.block).scores
    }
  }

  @Test func `the convolution on a block is that on the graph, and commutes with renumbering`() {
    let layer = OODGATConvolution(3, 2, heads: 2, from: Initializer(seed: 3))
    let x = TestInput(rows: 4, columns: 3, seed: 1).tensor()
    let all = layer.scored(x, over: graph.block)
    let block = NeighborSampler(graph, fanouts: [-1]).sample(from: [3, 1], using: RandomStream(seed: 1))[0]
    let some = layer.scored(x.gathering(rows: block.sourceIDs ?? []), over: block)
    #expect(difference(some.rows.values, all.rows.gathering(rows: [3, 1]).values) < 1e-6)
    #expect(difference(some.scores.values, all.scores.gathering(rows: [3, 1]).values) < 1e-6)
    let moved = TestGraphs.graph([3, 1, 1], [2, 2, 1], nodeCount: 4)  // node i becomes 3 − i
    let turned = layer(x.gathering(rows: [3, 2, 1, 0]), over: moved.block)
    #expect(difference(turned.values, all.rows.gathering(rows: [3, 2, 1, 0]).values) < 1e-6)
  }

  private func slowRegularizer(
    _ logits: Matrix, _ scores: [Matrix], consistency: Double, discrepancy: Double, entropy: Double, margin: Double
  ) -> Double {
    let means = scores.map { scores in (0..<scores.rows).map { scores.row($0).reduce(0, +) / Double(scores.columns) } }
    let entropies = Slow.entropies(logits)
    let center = entropies.reduce(0, +) / Double(entropies.count)
    let variance = entropies.reduce(0) { $0 + ($1 - center) * ($1 - center) } / Double(entropies.count - 1)
    let shares = entropies.map { Slow.sigmoid(($0 - center) / variance.squareRoot()) }
    var loss = -consistency / 2 * means.reduce(0) { $0 + Slow.cosine($1.map(Slow.sigmoid), shares) }
    loss -= discrepancy * Slow.cosine(means[0], means[1])
    let logs = Slow.softmax(logits, logarithm: true)
    let foreign = (0..<logits.rows).filter { row in
      let all = scores.flatMap { $0.row(row) }
      return Slow.sigmoid(all.reduce(0, +) / Double(all.count)) >= margin
    }
    if !foreign.isEmpty {
      loss += entropy * foreign.reduce(0.0) { $0 - logs.row($1).reduce(0, +) / 2 } / Double(foreign.count)
    }
    return loss
  }

  @Test(arguments: [0.5, 0.999]) func `the regularizers against their formulas`(margin: Double) throws {
    let made = try MadeMethod("oodgat", .planted()) {
      $0.methodOptions = ["margin=\(margin)", "discrepancy=0.5", "entropy=0.7"]
    }
    let method = try #require(made.model.network.method as? OODGAT)
    let inputs = [
      TestInput(rows: 6, columns: 2, seed: 1, bound: 2), TestInput(rows: 6, columns: 2, seed: 2),
      TestInput(rows: 6, columns: 3, seed: 3),
    ]
    expectOperation(inputs, tolerance: 5e-5) {
      .scalar(
        slowRegularizer(
          $0[0], [$0[1], $0[2]], consistency: 2, discrepancy: 0.5, entropy: 0.7, margin: margin))
    } fast: {
      method.regularizer(logits: $0[0], scores: [$0[1], $0[2]])
    }
  }

  @Test func `the loss is cross-entropy and regularizers that fade with the steps`() throws {
    let made = try MadeMethod("oodgat", .planted())
    let method = try #require(made.model.network.method as? OODGAT)
    let encoder = try #require(made.model.network.encoder as? OODGATEncoder)
    for number in [1, 2000] {
      let step = made.step([3, 9, 0, 41], number: number)
      let loss = Pass.training(seed: 1, step: 1) { method.loss(of: step).scalar }
      let expected = Pass.training(seed: 1, step: 1) {
        let (rows, scores) = encoder.scored(step.input, over: step.blocks)
        let logits = method.head(rows)
        #expect(scores.map(\.rows) == [rows.rows, rows.rows])
        let truth = made.trainer.problem.classes(of: made.trainer.problem.training)
        let decay: Float = number == 1 ? 1 : 0.12171  // 0.9 to the power of 19.99
        return step.training(of: logits).crossEntropy(truth).scalar
          + decay * method.regularizer(logits: logits, scores: scores).scalar
      }
      #expect(abs(loss - expected) < 1e-4 * max(1, abs(expected)))
    }
  }
}

/// Rejection and clusters of what is rejected, for OODGAT and OpenWGL.
@Suite struct RejectedClusterTests {
  @Test func `the threshold lies between two groups, and the lower one is clustered`() throws {
    let made = try MadeMethod("oodgat", .planted())
    let problem = made.trainer.problem
    let clusters = try #require(made.model.network.method as? OODGAT).rejected
    // Nodes of the novel classes, by their numbers, are not confident, and lie at two places.
    let confidence = (0..<80).map { Float($0 % 4 < 2 ? 0.9 : 0.3) }
    let rows = Tensor((0..<80).flatMap { node in (0..<8).map { Float($0 == node % 4 ? 1 : 0) } }, rows: 80, columns: 8)
    clusters.settle(OpenWorldSnapshot(problem: problem, epoch: 1, embeddings: rows), confidence: confidence)
    #expect(abs(clusters.threshold.value[0] - 0.6) < 1e-6)
    let logits = Tensor((0..<80).flatMap { $0 % 4 == 0 ? [2, 0] : [0, 2] as [Float] }, rows: 80, columns: 2)
    let scores = clusters.scores(of: rows, logits: logits, confidence: confidence)
    #expect(scores.rows == 80 && scores.columns == 4)
    let classes = NodeEvaluation.largest(scores.values, width: 4)
    #expect((0..<80).filter { $0 % 4 < 2 }.allSatisfy { classes[$0] == Int32($0 % 4) })
    let novel = [classes[2], classes[3]]
    #expect(Set(novel) == [2, 3])
    #expect((0..<80).filter { $0 % 4 > 1 }.allSatisfy { classes[$0] == novel[$0 % 4 - 2] })
  }

  @Test func `where fewer are rejected than there are clusters, the least confident are clustered`() throws {
    let made = try MadeMethod("oodgat", .planted())
    let clusters = try #require(made.model.network.method as? OODGAT).rejected
    let rows = TestInput(rows: 80, columns: 8, seed: 1).tensor(requiresGradient: false)
    var confidence = [Float](repeating: 0.9, count: 80)
    confidence[79] = 0.1
    clusters.settle(
      OpenWorldSnapshot(problem: made.trainer.problem, epoch: 1, embeddings: rows), confidence: confidence)
    let classes = NodeEvaluation.largest(
      clusters.scores(
        of: rows, logits: Tensor([Float](repeating: 0, count: 160), rows: 80, columns: 2), confidence: confidence
      )
      .values, width: 4)
    #expect(classes[79] >= 2 && classes[..<79].allSatisfy { $0 < 2 })
  }

  @Test(arguments: ["oodgat", "openwgl"]) func `without novel classes nothing is rejected`(method: String) throws {
    let done = try SmallGraph.planted().openWorldTrainer {
      ($0.method, $0.classes, $0.epochs) = (method, "2", 1)
    }.train(in: nil)
    #expect(done.model.predictions().classes.allSatisfy { $0[0] < 2 })
  }
}
