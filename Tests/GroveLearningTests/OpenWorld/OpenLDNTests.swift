import GroveKernels
@testable import GroveLayers
@testable import GroveLearning
import GroveTensors
import TestSupport
import Testing

/// Losses and steps of OpenLDN.
@Suite struct OpenLDNTests {
  private let graph = SmallGraph.planted()

  private func method(_ made: MadeMethod) throws -> OpenLDN { try #require(made.model.network.method as? OpenLDN) }

  private func slowPairs(_ method: OpenLDN, _ rows: Matrix, _ logits: Matrix) -> Matrix {
    func matrix(_ parameter: Parameter) -> Matrix {
      Matrix(parameter.value.values, rows: parameter.shape.rows, columns: parameter.shape.columns)
    }
    let pairs = method.pairs
    let shares = Slow.softmax(logits, logarithm: false)
    let (left, right) = (rows.times(matrix(pairs.left)), rows.times(matrix(pairs.right)))
    let bias = matrix(pairs.bias).values
    let outer = matrix(pairs.outer.weight).values
    let last = pairs.outer.bias.map { matrix($0)[0, 0] } ?? 0
    var (total, count) = (0.0, 0)
    for first in stride(from: 0, to: rows.rows, by: 200) {
      let group = first..<min(rows.rows, first + 200)
      for i in group {
        for j in group {
          var score = last
          for k in bias.indices { score += outer[k] * max(0, left[i, k] + right[j, k] + bias[k]) }
          let gap = Slow.cosine(shares.row(i), shares.row(j)) - Slow.sigmoid(score)
          (total, count) = (total + gap * gap, count + 1)
        }
      }
    }
    return .scalar(total / Double(count))
  }

  @Test(arguments: [1, 2, 7]) func `pairs against a loop over all of them`(count: Int) throws {
    let method = try method(MadeMethod("openldn", graph) { $0.methodOptions = ["hidden=4"] })
    let inputs = [TestInput(rows: count, columns: 8, seed: 1), TestInput(rows: count, columns: 4, seed: 2)]
    // One node is a pair with itself, whose cosine has no gradient.
    if count == 1 {
      let found = method.pairLoss(inputs[0].tensor(), inputs[1].tensor(), holdsPairs: false).scalar
      #expect(difference([found], slowPairs(method, inputs[0].matrix, inputs[1].matrix).values) < 2e-5)
      return
    }
    expectOperation(inputs) {
      slowPairs(method, $0[0], $0[1])
    } fast: {
      method.pairLoss($0[0], $0[1], holdsPairs: false)
    }
  }

  @Test func `pairs are those within groups`() throws {
    let method = try method(MadeMethod("openldn", graph) { $0.methodOptions = ["hidden=2"] })
    let inputs = [TestInput(rows: 230, columns: 8, seed: 1), TestInput(rows: 230, columns: 4, seed: 2)]
    let found = method.pairLoss(inputs[0].tensor(), inputs[1].tensor(), holdsPairs: true).scalar
    #expect(difference([found], slowPairs(method, inputs[0].matrix, inputs[1].matrix).values) < 2e-5)
  }

  @Test func `held pairs get no gradient, others do`() throws {
    let method = try method(MadeMethod("openldn", graph))
    for isHeld in [true, false] {
      let logits = TestInput(rows: 5, columns: 4, seed: 2).tensor()
      let rows = TestInput(rows: 5, columns: 8, seed: 1).tensor()
      let gradients = method.pairLoss(rows, logits, holdsPairs: isHeld).backward()
      #expect((gradients[method.pairs.left] == nil) == isHeld && gradients[logits] != nil)
      let ofRows = gradients[rows]?.values ?? []
      #expect(ofRows.allSatisfy { $0 == 0 } == isHeld)
    }
  }

  @Test func `sure rows teach the other view, and count over all`() throws {
    let method = try method(MadeMethod("openldn", graph))
    let weak = Tensor([[4, 0, 0], [0, 0.1, 0], [0, 0, 3], [9, 9, 9]])
    let places: [Int32] = [0, 1, 2]
    expectOperation([TestInput(rows: 4, columns: 3, seed: 5)]) { inputs in
      .scalar(Slow.crossEntropy(inputs[0].picking([0, 2]), [0, 2]) * 2 / 3)
    } fast: {
      method.consistency(weak: weak, strong: $0[0], places: places) ?? Tensor([[0]])
    }
    #expect(method.consistency(weak: weak, strong: weak, places: [1]) == nil)
    #expect(method.consistency(weak: weak, strong: weak, places: []) == nil)
  }

  @Test func `a step moves the network for pairs and the classifier, each by its own rate`() throws {
    let made = try MadeMethod("openldn", graph)
    let method = try method(made)
    let optimizer = made.trainer.optimizer(of: made.model.network)
    func run(_ rate: Float) -> Float {
      let result = Pass.training(seed: 1, step: 1) {
        method.advance(made.step([0, 1, 4, 30, 31, 60], number: 1), with: optimizer, learningRate: rate)
      }
      return result.loss
    }
    let (pairs, head) = (method.pairs.left.value.values, method.head.weight.value.values)
    #expect(run(0.01).isFinite)
    // Adam's first step is as long as its rate: that of pairs is 1e-4, the configuration's own rate being 0.01.
    let moved = zip(method.pairs.left.value.values, pairs).map { abs($0 - $1) }
    #expect(moved.max() ?? 0 > 0.5e-4 && moved.max() ?? 0 < 1.5e-4)
    let ofHead = zip(method.head.weight.value.values, head).map { abs($0 - $1) }.max() ?? 0
    #expect(ofHead > 0.5e-2 && ofHead < 1.5e-2)
  }

  @Test func `novel classes get their surest nodes after the first stage, equally many each at most`() throws {
    let made = try MadeMethod("openldn", graph) {
      ($0.epochs, $0.methodOptions) = (4, ["base=2", "labeled=50"])
    }
    let method = try method(made)
    let (network, problem) = (made.model.network, made.trainer.problem)
    _ = try made.trainer.settle(network, problem, epoch: 1)
    #expect(method.novelLabels == nil)
    _ = try made.trainer.settle(network, problem, epoch: 2)
    let labels = try #require(method.novelLabels)
    let found = Confidence(of: method.head(network.embeddings(on: problem.graph)))
    for label in [Int32(2), 3] {
      let members = problem.unlabeled.filter { found.classes[Int($0)] == label }
      let given = problem.unlabeled.filter { labels[Int($0)] == label }
      #expect(given.count == min(10, members.count), "half of 80 / 4")
      let least = given.map { found.values[Int($0)] }.min() ?? 1
      #expect(members.filter { found.values[Int($0)] > least }.allSatisfy { labels[Int($0)] == label })
    }
    #expect(problem.training.allSatisfy { labels[Int($0)] == -1 })
  }
}
