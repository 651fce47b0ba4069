import Foundation
import GroveGraphs
import GroveKernels
import GroveLayers
import GroveTensors
import TestSupport
import Testing

/// Layers merged by hand and against a slow recurrent network.
@Suite struct JumpingKnowledgeTests {
  private let start = Initializer(RandomStream(seed: 1))
  private let layers = [Tensor([[1, -2], [0, 3]]), Tensor([[4, -5], [0, 2]])]

  @Test func `rows stand side by side, or their largest entries are taken`() {
    let side = JumpingKnowledge(.concatenated, width: 2, layers: 2, from: start)
    #expect(side(layers).values == [1, -2, 4, -5, 0, 3, 0, 2])
    #expect(side.parameters().isEmpty)
    let largest = JumpingKnowledge(.max, width: 2, layers: 2, from: start)
    #expect(largest(layers).values == [4, -2, 0, 3])
    #expect(JumpingKnowledge.width(.concatenated, of: 5, layers: 3) == 15)
    #expect(JumpingKnowledge.width(.max, of: 5, layers: 3) == 5)
  }

  @Test func `the gradient of the largest entry goes to the first that has it`() {
    let inputs = layers.map { Tensor($0.values, rows: 2, columns: 2, requiresGradient: true) }
    let gradients = Tensor.maximum(inputs).backward(from: Tensor([[1, 2], [3, 4]]))
    #expect(gradients[inputs[0]]?.values == [0, 2, 3, 4])
    #expect(gradients[inputs[1]]?.values == [1, 0, 0, 0])
  }

  @Test func `an LSTM that knows nothing weighs all layers alike`() {
    let module = JumpingKnowledge(.lstm, width: 2, layers: 2, from: start)
    for parameter in module.parameters() { parameter.value.value.buffer.clear() }
    #expect(difference(module(layers).values, [2.5, -3.5, 0, 2.5]) <= 1e-6)
  }

  /// One direction of an LSTM of one unit over numbers, in Double.
  private func slow(_ steps: [Double], _ w: [Double], _ u: [Double], _ b: [Double]) -> [Double] {
    func sigmoid(_ x: Double) -> Double { 1 / (1 + exp(-x)) }
    var (h, c) = (0.0, 0.0)
    return steps.map { x in
      let gates = (0..<4).map { w[$0] * x + u[$0] * h + b[$0] }
      c = sigmoid(gates[1]) * c + sigmoid(gates[0]) * tanh(gates[2])
      h = sigmoid(gates[3]) * tanh(c)
      return h
    }
  }

  @Test func `the LSTM is that of the textbook, in both directions`() throws {
    let module = JumpingKnowledge(.lstm, width: 1, layers: 3, from: start)
    var random = TestRandom(5)
    func set(_ parameter: Parameter?) throws -> [Double] {
      let parameter = try #require(parameter)
      let values = random.floats(parameter.shape.count)
      parameter.value.buffer.copy(from: FloatBuffer(values))
      return values.map(Double.init)
    }
    func weights(_ cell: RecurrentCell?) throws -> (w: [Double], u: [Double], b: [Double]) {
      let cell = try #require(cell)
      let (w, u) = (try set(cell.input.weight), try set(cell.recurrent.weight))
      let (b, d) = (try set(cell.input.bias), try set(cell.recurrent.bias))
      return (w, u, zip(b, d).map(+))
    }
    let (there, back) = (try weights(module.forward), try weights(module.backward))
    let score = try set(module.score?.weight)
    _ = try set(module.score?.bias)
    let numbers = [0.7, -1.3, 2.1]
    let first = slow(numbers, there.w, there.u, there.b)
    let second = Array(slow(numbers.reversed(), back.w, back.u, back.b).reversed())
    let weighed = zip(first, second).map { exp(score[0] * $0 + score[1] * $1) }
    let wanted = zip(weighed, numbers).reduce(0) { $0 + $1.0 * $1.1 } / weighed.reduce(0, +)
    let result = module(numbers.map { Tensor([[Float($0)]]) })
    #expect(difference(result.values, [wanted]) <= 1e-6)
  }

  @Test(arguments: [JumpingKind.concatenated, .max, .lstm])
  func `gradients agree with finite differences`(kind: JumpingKind) {
    let inputs = (1...3).map { TestInput(rows: 4, columns: 2, seed: $0, bound: 2) }
    expectGradients(of: inputs, tolerance: 1e-2) {
      JumpingKnowledge(kind, width: 2, layers: 3, from: Initializer(RandomStream(seed: 3)))($0)
    }
  }

  @Test(arguments: [JumpingKind.concatenated, .max, .lstm])
  func `layer by layer gives what the whole graph gives`(kind: JumpingKind) {
    let graph = TestGraphs.random(nodeCount: 40, edgeCount: 160, seed: 6)
    let model = ConvolutionStack(
      convolutions: [SAGEConvolution(3, 4, from: start), SAGEConvolution(4, 4, from: start)],
      head: ConvolutionStack.Head(
        JumpingKnowledge(kind, width: 4, layers: 2, from: start),
        Linear(JumpingKnowledge.width(kind, of: 4, layers: 2), 3, from: start)), dropout: 0.5)
    let x = TestInput(rows: 40, columns: 3, seed: 1).tensor(requiresGradient: false)
    let whole = Pass.evaluation { model(x, on: graph) }
    for rows in [40, 7] {
      let output = model.layerwise(on: graph, chunkRows: rows) { $0.map { x.gathering(rows: $0) } ?? x }
      #expect(sameBits(output.logits.values, whole.logits.values))
      #expect(sameBits(output.embedding.values, whole.embedding.values))
    }
  }
}
