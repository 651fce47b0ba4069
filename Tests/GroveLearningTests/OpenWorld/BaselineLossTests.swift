import Foundation
import GroveGraphs
import GroveKernels
import GroveLayers
@testable import GroveLearning
import GroveTensors
import TestSupport
import Testing

/// What the steps of the baselines minimise, against the formulas in Double on the same views.
@Suite struct BaselineLossTests {
  private let graph = SmallGraph.planted()
  /// Two training nodes of class 0, one of class 1, three others.
  private let seeds: [Int32] = [0, 4, 1, 60, 71, 33]
  /// Their classes in contrast: 4 + place where a node has none.
  private let classes: [Int32] = [0, 0, 1, 7, 8, 9]

  private func views(_ step: OpenWorldStep) -> [Tensor] { [step.view(), step.view()] }

  private func truth(_ model: OpenWorldModel) -> [Int32] { model.problem.classes(of: model.problem.training) }

  @Test(arguments: [("paper-code", 10.0), ("textbook", 1)])
  func `InfoNCE is contrast of the batch, with or without the factor`(variant: String, factor: Double) throws {
    for (method, known) in [("infonce", nil), ("infonce-supcon", classes)] as [(String, [Int32]?)] {
      let model = try graph.openWorldModel(method) { $0.variant = variant }.model
      let step = model.step(seeds)
      let (loss, rows) = model.loss(of: step) { views(step).map { step.batch(of: $0).matrix } }
      let expected = factor * SlowLoss.contrast(rows, classes: known, temperature: 0.7)
      #expect(difference([Float(loss)], [expected]) <= 1e-4, "\(method)")
      #expect(!model.network.method.needsTrainingRows(in: 2))
    }
  }

  @Test func `InfoNCE with cross-entropy adds that of all training nodes in both views`() throws {
    let model = try graph.openWorldModel("infonce-supcon-ce") { $0.eta = 3 }.model
    let method = try #require(model.network.method as? InfoNCESupConCE)
    let step = model.step(seeds)
    let (loss, found) = model.loss(of: step) {
      let views = views(step)
      return (views.map { step.batch(of: $0).matrix }, views.map { step.training(of: method.head($0)).matrix })
    }
    let entropies = found.1.map { SlowLoss.crossEntropy($0, truth(model)) }
    let expected =
      10 * SlowLoss.contrast(found.0, classes: classes, temperature: 0.7) + 3 * (entropies[0] + entropies[1])
    #expect(difference([Float(loss)], [expected]) <= 1e-4)
    #expect(try !graph.openWorldModel("infonce-supcon-ce") { $0.eta = 0 }.model.network.method.needsTrainingRows(in: 1))
  }

  /// Check C-5 of specs/openima.md.
  @Test func `C-5: the first loss is near and below that of equal rows`() throws {
    let (trainer, model) = try graph.openWorldModel("infonce") {
      ($0.variant, $0.batch, $0.hidden) = ("textbook", 80, 64)
      ($0.dropout, $0.attentionDropout) = (0.2, 0.2)
    }
    let loss = try trainer.steps(model.network, trainer.problem, trainer.optimizer(of: model.network), epoch: 1)
    #expect(loss < log(159) && loss > 0.5 * log(159), "\(loss)")
  }

  @Test func `GCD is contrast of projected rows, labeled ones apart`() throws {
    let model = try graph.openWorldModel("gcd").model
    let method = try #require(model.network.method as? GCD)
    let step = model.step(seeds)
    let (loss, rows) = model.loss(of: step) { views(step).map { method.contrast.projected($0) } }
    let batch = SlowLoss.contrast(rows.map { step.batch(of: $0).matrix }, temperature: 1)
    let labeled = SlowLoss.contrast(
      rows.map { step.training(of: $0).matrix }, classes: truth(model), temperature: 0.07)
    #expect(difference([Float(loss)], [0.65 * batch + 0.35 * labeled]) <= 1e-4)
  }

  @Test func `the projection is three dense layers with GELU between, of length 1`() throws {
    let method = try #require(graph.openWorldModel("gcd").model.network.method as? GCD)
    let x = TestInput(rows: 5, columns: 8, seed: 3)
    var rows = x.matrix
    for (place, layer) in method.contrast.projection.enumerated() {
      let bias = try #require(layer.bias).value.matrix
      rows = rows.times(layer.weight.value.matrix).mapped { _, column, value in
        let sum = value + bias[0, column]
        return place < 2 ? Slow.function(.gelu, sum) : sum
      }
    }
    let expected = Slow.normalizedRows(rows, epsilon: 1e-12)
    #expect(difference(method.contrast.projected(x.tensor()).values, expected.values) <= 2e-5)
  }

  @Test(arguments: [(1, 1), (2, 3), (7, 4)]) func `the contrast of labeled nodes has the gradients it should`(
    batch: Int, training: Int
  ) throws {
    let options = ["labeled-weight=0.4", "temperature=0.8", "labeled-temperature=0.6"]
    let contrast = try #require(graph.openWorldModel("gcd", options).model.network.method as? GCD).contrast
    let classes = (0..<training).map { Int32($0 % 2) }
    expectOperation(
      [batch, batch, training, training].enumerated().map {
        TestInput(rows: $1, columns: 4, seed: $0 + 1, bound: 0.7)
      },
      slow: {
        let own = SlowLoss.contrast(Array($0[..<2]), temperature: 0.8)
        return SlowLoss.matrix(
          0.6 * own + 0.4 * SlowLoss.contrast(Array($0[2...]), classes: classes, temperature: 0.6))
      },
      fast: { contrast.loss(Array($0[..<2]), training: Array($0[2...]), classes: classes) })
  }

  // MARK: - SimGCD

  @Test func `SimGCD is teaching across views, entropy, cross-entropy and the contrast of GCD`() throws {
    let model = try graph.openWorldModel("simgcd").model
    let method = try #require(model.network.method as? SimGCD)
    let step = model.step(seeds, epoch: 16)
    let (loss, found) = model.loss(of: step) {
      let views = views(step)
      return (views.map { method.head($0) }, method.contrast(views, of: step).scalar)
    }
    let batch = found.0.map { step.batch(of: $0).matrix }
    // After 15 of 29 steps of the warm-up.
    let temperature = 0.07 - 0.03 * 15 / 29
    let expected = SlowLoss.simgcd(
      batch, teachers: batch.map { Slow.softmax(SlowLoss.scaled(1 / temperature, $0), logarithm: false) },
      training: found.0.map { step.training(of: $0).matrix }, classes: truth(model))
    #expect(difference([Float(loss)], [expected + Double(found.1)]) <= 1e-4)
  }

  @Test(arguments: [1, 2, 6]) func `the head of SimGCD has the gradients it should`(rows: Int) throws {
    let method = try #require(graph.openWorldModel("simgcd").model.network.method as? SimGCD)
    let teachers = (0..<2).map {
      Slow.softmax(TestInput(rows: rows, columns: 4, seed: 20 + $0, bound: 3).matrix, logarithm: false)
    }
    let constants = teachers.map { Tensor($0.floats, rows: rows, columns: 4) }
    expectOperation(
      [rows, rows, 3, 3].enumerated().map { TestInput(rows: $1, columns: 4, seed: $0 + 9, bound: 0.2) },
      slow: {
        SlowLoss.matrix(
          SlowLoss.simgcd(Array($0[..<2]), teachers: teachers, training: Array($0[2...]), classes: [0, 1, 1]))
      },
      fast: {
        method.loss(Array($0[..<2]), teachers: constants, training: Array($0[2...]), classes: [0, 1, 1])
      })
  }

  @Test func `teachers sharpen in a straight line and then stay`() throws {
    func temperatures(_ options: [String], _ epochs: [Int]) throws -> [Float] {
      let method = try #require(graph.openWorldModel("simgcd", options).model.network.method as? SimGCD)
      return epochs.map(method.teacherTemperature(in:))
    }
    #expect(difference(try temperatures([], [1, 30, 31, 200]), [0.07, 0.04, 0.04, 0.04] as [Double]) < 1e-6)
    #expect(difference(try temperatures(["warmup=3"], [1, 2, 3, 4]), [0.07, 0.055, 0.04, 0.04] as [Double]) < 1e-6)
    #expect(difference(try temperatures(["warmup=0"], [1, 2]), [0.04, 0.04] as [Double]) < 1e-6)
  }

  @Test func `a cosine head sees directions of prototypes alone`() throws {
    let method = try #require(graph.openWorldModel("simgcd").model.network.method as? SimGCD)
    let x = Tensor(TestInput(rows: 3, columns: 8, seed: 4).values, rows: 3, columns: 8).normalizedRows()
    let before = method.head(x).values
    #expect(before.allSatisfy { abs($0) <= 1 })
    let weights = method.head.prototypes.value.buffer
    weights.write { for i in 0..<$0.count { $0[i] *= 4 } }
    #expect(difference(method.head(x).values, before) <= 1e-6)
    expectGradients(of: [TestInput(rows: 4, columns: 3, seed: 1), TestInput(rows: 2, columns: 3, seed: 2)]) {
      $0[0].matmul($0[1].normalizedRows(), transposed: true)
    }
  }

  // MARK: - ORCA

  @Test(arguments: [("orca", true), ("orca-zm", false)])
  func `ORCA is cross-entropy with a margin, pairs and entropy`(name: String, hasMargin: Bool) throws {
    let model = try graph.openWorldModel(name).model
    let method = try #require(model.network.method as? ORCA)
    let step = model.step(seeds)
    let (loss, found) = model.loss(of: step) {
      let views = views(step)
      let partners = method.partners(of: step, embeddings: step.batch(of: views[0]))
      return (views.map { method.scores(of: $0) }, partners.map(Int.init))
    }
    let logits = found.0
    let candidates = SlowLoss.stacked([step.batch(of: logits[1]).matrix, step.training(of: logits[1]).matrix])
    let unsure = uncertainty(model)
    // Four classes, far from decided: the limit of 0.5 may count.
    let raised = hasMargin ? 10 * min(0.5, unsure) : 0
    let expected = SlowLoss.orca(
      step.batch(of: logits[0]).matrix, partners: SlowLoss.picked(candidates, found.1),
      training: step.training(of: logits[0]).matrix, classes: truth(model), raised: raised)
    #expect(difference([Float(loss)], [expected], atLeast: 1) <= 1e-4)
    #expect((method.uncertainty != nil) == hasMargin)
  }

  /// Mean of 1 − max p over validation and test nodes, in Double.
  private func uncertainty(_ model: OpenWorldModel) -> Double {
    let rows = Pass.evaluation { model.network.method.scores(of: model.network.embeddings(on: model.problem.graph)) }
    let chances = Slow.softmax(rows.matrix, logarithm: false)
    let nodes = model.problem.validation + model.problem.test
    return nodes.reduce(0) { $0 + 1 - (chances.row(Int($1)).max() ?? 0) } / Double(nodes.count)
  }

  @Test func `uncertainty is that of nodes without a label, after each epoch`() throws {
    let (trainer, model) = try graph.openWorldModel("orca")
    let method = try #require(model.network.method as? ORCA)
    #expect(method.uncertainty == nil)
    for epoch in 1...2 {
      let optimizer = trainer.optimizer(of: model.network)
      _ = try trainer.steps(model.network, trainer.problem, optimizer, epoch: epoch)
      _ = try trainer.settle(model.network, trainer.problem, epoch: epoch)
      #expect(difference([try #require(method.uncertainty)], [uncertainty(model)]) <= 1e-5)
    }
  }

  @Test(arguments: [1, 2, 6]) func `ORCA has the gradients it should`(rows: Int) throws {
    let method = try #require(graph.openWorldModel("orca").model.network.method as? ORCA)
    expectOperation(
      [rows, rows, 3].enumerated().map { TestInput(rows: $1, columns: 4, seed: $0 + 30) },
      slow: {
        SlowLoss.matrix(
          SlowLoss.orca($0[0], partners: $0[1], training: $0[2], classes: [0, 1, 1], raised: 1.5))
      },
      fast: { method.loss($0[0], partners: $0[1], training: $0[2], classes: [0, 1, 1], raised: 1.5) })
  }

  @Test func `partners are another training node of the class, or the nearest of the batch`() throws {
    let model = try graph.openWorldModel("orca").model
    let method = try #require(model.network.method as? ORCA)
    let (step, problem) = (model.step(seeds), model.problem)
    var drawn: Set<Int32> = []
    for number in 1...40 {
      Pass.training(seed: 3, step: number) {
        let rows = step.batch(of: step.view())
        let partners = method.partners(of: step, embeddings: rows)
        let nearest = rows.nearestOtherRows()
        for (row, node) in seeds.enumerated() where !problem.isTraining[Int(node)] {
          #expect(partners[row] == nearest[row] && partners[row] != Int32(row))
        }
        for (row, node) in seeds.enumerated() where problem.isTraining[Int(node)] {
          let other = problem.training[Int(partners[row]) - seeds.count]
          #expect(other != node && problem.classes[Int(other)] == problem.classes[Int(node)])
          if node == 0 { drawn.insert(other) }
        }
      }
    }
    #expect(drawn == [4, 8, 12, 16], "any other of the five nodes of the class")
  }

  // MARK: - Clusters of GCD

  @Test func `GCD keeps training nodes in the cluster of their class and reads no validation label`() throws {
    func clusters(_ graph: SmallGraph) throws -> (AlignedClusters.Found, [Float], OpenWorldProblem) {
      let model = try graph.openWorldModel("gcd").model
      let clusters = try #require(model.network.method as? GCD).clusters
      let embeddings = model.network.embeddings(on: model.problem.graph)
      let found = clusters.settle(OpenWorldSnapshot(problem: model.problem, epoch: 1, embeddings: embeddings))
      return (found, clusters.centers.value.values, model.problem)
    }
    let (found, centers, problem) = try clusters(graph)
    #expect(problem.training.allSatisfy { found.classes[Int($0)] == problem.classes[Int($0)] })
    let validation = graph.splits[0].validation
    let turned = graph.relabeled { classes in for node in validation { classes[Int(node)] = 1 - classes[Int(node)] } }
    #expect(try clusters(turned).1 == centers)
  }

  @Test func `options outside of their range are refused`() {
    for word in ["labeled-weight=1.5", "temperature=0", "margin=1", "labeled-temperature=nan", "labeledWeight=0.5"] {
      let found = failure { _ = try graph.openWorldModel("gcd", [word]) }
      #expect(found?.kind == .usage, "\(word): \(found?.text ?? "nothing")")
    }
  }
}
