import GroveKernels
import GroveLayers
@testable import GroveLearning
import GroveTensors
import TestSupport
import Testing

/// Losses and prototypes of OpenCon.
@Suite struct OpenConTests {
  private let graph = SmallGraph.planted()

  private func method(_ made: MadeMethod) throws -> OpenCon { try #require(made.model.network.method as? OpenCon) }

  private func small() throws -> OpenCon {
    try method(MadeMethod("opencon", graph) { $0.methodOptions = ["projection=3"] })
  }

  private func slowLoss(
    _ method: OpenCon, _ inputs: [Matrix], classes: [Int32], assigned: [Int32], novel: [Int], rise: Double
  ) -> Double {
    let points = Matrix(method.prototypes.value.values, rows: 4, columns: 3)
    var loss = 0.2 * Slow.contrast(inputs[0], inputs[1], classes, temperature: 0.1)
    loss += Slow.contrast(inputs[2], inputs[3], assigned.indices.map { Int32($0) }, temperature: 0.4)
    if !novel.isEmpty && rise > 0 {
      loss +=
        rise * 0.1
        * Slow.contrast(
          inputs[2].picking(novel), inputs[3].picking(novel), novel.map { assigned[$0] }, temperature: 0.7)
    }
    let shares = Slow.softmax(inputs[2].times(points.transposed).mapped { 10 * $2 }, logarithm: false)
    for c in 0..<4 {
      let mean = (0..<shares.rows).reduce(0.0) { $0 + shares[$1, c] } / Double(shares.rows)
      let prior = (c < 2 ? 0.5 : 1) / 3.0
      loss += 0.05 * mean * Slow.logarithm(mean / prior)
    }
    return loss
  }

  @Test(arguments: [([], 1), ([1, 2, 4], 0.5), ([0, 1, 2, 3, 4], 1), ([3], 0)] as [([Int], Double)])
  func `the loss is contrast within each set, and the divergence from the prior`(novel: [Int], rise: Double) throws {
    let method = try small()
    let classes: [Int32] = [0, 1, 0]
    let assigned: [Int32] = [2, 3, 2, 1, 3]
    let inputs = [3, 3, 5, 5].enumerated().map { TestInput(rows: $1, columns: 3, seed: $0 + 1, bound: 0.5) }
    expectOperation(inputs) {
      .scalar(slowLoss(method, $0, classes: classes, assigned: assigned, novel: novel, rise: rise))
    } fast: {
      method.loss(
        labeled: [$0[0], $0[1]], classes: classes, unlabeled: [$0[2], $0[3]], assigned: assigned,
        novel: novel.map { Int32($0) }, seenCount: 2, rise: Float(rise))
    }
  }

  @Test func `prototypes keep length 1 and go to the rows that are given to them`() throws {
    let method = try small()
    let before = Matrix(method.prototypes.value.values, rows: 4, columns: 3)
    method.move(Tensor([[0, 0.6, 0.8]]), classes: [2], step: 1)
    let after = Matrix(method.prototypes.value.values, rows: 4, columns: 3)
    let sum = zip(before.row(2), [0, 0.6, 0.8]).map { 0.9 * $0 + 0.1 * $1 }
    let length = sum.reduce(0) { $0 + $1 * $1 }.squareRoot()
    #expect(difference(after.row(2).map(Float.init), sum.map { $0 / length }) < 1e-5)
    for row in [0, 1, 3] { #expect(after.row(row) == before.row(row)) }
    for step in 2..<200 { method.move(Tensor([[0, 0.6, 0.8]]), classes: [2], step: step) }
    let end = Matrix(method.prototypes.value.values, rows: 4, columns: 3)
    #expect(difference(end.row(2).map(Float.init), [0, 0.6, 0.8]) < 1e-4)
  }

  @Test func `the order in which rows move prototypes is that of the step, and matters`() throws {
    let rows = TestInput(rows: 6, columns: 3, seed: 4).tensor(requiresGradient: false).normalizedRows()
    func moved(_ step: Int) throws -> [Float] {
      let method = try small()
      method.move(rows, classes: [0, 0, 0, 0, 0, 0], step: step)
      return method.prototypes.value.values
    }
    #expect(try moved(1) == moved(1))
    #expect(try moved(1) != moved(2))
  }

  @Test func `a step moves prototypes of training nodes and of unlabeled ones given to novel classes`() throws {
    let made = try MadeMethod("opencon", graph)
    let method = try method(made)
    let before = method.prototypes.value.values
    let optimizer = made.trainer.optimizer(of: made.model.network)
    let result = Pass.training(seed: 1, step: 1) {
      method.advance(made.step([0, 1, 33, 50, 70]), with: optimizer, learningRate: 0.01)
    }
    #expect(result.loss.isFinite)
    let after = method.prototypes.value.values
    #expect(after[..<128] != before[..<128] && after[128..<256] != before[128..<256])
  }

  @Test func `a batch of training nodes alone has a loss`() throws {
    let made = try MadeMethod("opencon", graph)
    let loss = Pass.training(seed: 1, step: 1) { made.model.network.method.loss(of: made.step([0, 1, 4])).scalar }
    #expect(loss.isFinite && loss > 0)
  }

  @Test func `two stages learn the same weights and predict by clusters`() throws {
    let one = try graph.openWorldTrainer { ($0.method, $0.epochs) = ("opencon", 2) }.train(in: nil).model
    let two = try graph.openWorldTrainer { ($0.method, $0.epochs) = ("opencon-two-stage", 2) }.train(in: nil).model
    #expect((two.network.method as? OpenCon)?.clusters != nil)
    #expect(one.network.method.buffers().count == 1 && two.network.method.buffers().count == 3)
  }
}
