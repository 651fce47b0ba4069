import GroveKernels
import GroveTensors
import TestSupport
import Testing

/// The norm of a sum and frozen weights, as layers of a pre-trained encoder use them.
@Suite("Norm of a sum and frozen weights")
struct PretrainedOperationTests {
  @Test(
    "The norm of a sum agrees forward and in its four gradients", arguments: [0, 1, 2, 7],
    [1, 2, 3, 5, 8, 16, 17, 33, 64, 100, 384])
  func norm(rows: Int, columns: Int) {
    // Rows of two numbers are ±1 with a kink between them unless ε is large.
    let epsilon: Float = columns < 5 ? 0.5 : 1e-3
    expectOperation(
      [
        TestInput(rows: rows, columns: columns, seed: 1, bound: 2), TestInput(rows: rows, columns: columns, seed: 2),
        TestInput(rows: 1, columns: columns, seed: 3), TestInput(rows: 1, columns: columns, seed: 4),
      ],
      slow: { Slow.layerNormOfSum($0, epsilon: Double(epsilon)) },
      fast: { $0[0].layerNormalized(adding: $0[1], weight: $0[2], bias: $0[3], epsilon: epsilon) })
  }

  @Test("Worked by hand: 1 and 3 lie one deviation from 2; a row of equal numbers is the bias")
  func normByHand() {
    let x = Tensor([[0, 1], [4, 4]])
    let y = Tensor([[1, 2], [3, 3]])
    let weight = Tensor([[10, 20]])
    let out = x.layerNormalized(adding: y, weight: weight, bias: Tensor([[1, 2]]), epsilon: 1e-12)
    #expect(difference(out.values, [-9, 22, 1, 2]) < 1e-6)
  }

  @Test("A tensor added to itself gets both gradients")
  func normOfDouble() {
    let row = [TestInput(rows: 1, columns: 6, seed: 2), TestInput(rows: 1, columns: 6, seed: 3)]
    expectGradients(of: [TestInput(rows: 4, columns: 6, seed: 1)] + row) {
      $0[0].layerNormalized(adding: $0[0], weight: $0[1], bias: $0[2], epsilon: 1e-2)
    }
  }

  @Test("Frozen numbers of a norm pass the gradient on and get none; recorded or not, rows are the same bits")
  func frozenNorm() {
    let (x, y) = (TestInput(rows: 5, columns: 20, seed: 1), TestInput(rows: 5, columns: 20, seed: 2))
    let (w, b) = (TestInput(rows: 1, columns: 20, seed: 3), TestInput(rows: 1, columns: 20, seed: 4))
    func run(_ recording: Bool) -> (out: Tensor, tensors: [Tensor]) {
      let tensors = [
        x.tensor(requiresGradient: recording), y.tensor(requiresGradient: false), w.tensor(requiresGradient: false),
        b.tensor(requiresGradient: false),
      ]
      return (
        tensors[0].layerNormalized(adding: tensors[1], weight: tensors[2], bias: tensors[3], epsilon: 1e-5), tensors
      )
    }
    let (recorded, plain) = (run(true), run(false))
    #expect(sameBits(recorded.out.values, plain.out.values))
    #expect(!plain.out.requiresGradient)
    let gradients = recorded.out.backward(from: x.tensor(requiresGradient: false))
    #expect(recorded.tensors.map { gradients[$0] != nil } == [true, false, false, false])
  }

  @Test(
    "A frozen weight agrees forward and in the gradients of x and b", arguments: [0, 1, 13, 14, 15, 33],
    [(1, 1), (5, 3), (32, 17), (33, 64)])
  func frozen(rows: Int, size: (inner: Int, width: Int)) {
    let weight = TestInput(rows: size.inner, columns: size.width, seed: 3)
    let x = TestInput(rows: rows, columns: size.inner, seed: 1)
    let bias = TestInput(rows: 1, columns: size.width, seed: 2)
    let layer = FrozenWeight(weight.tensor())
    #expect(!layer.value.requiresGradient)
    expectOperation(
      [x, bias], slow: { inputs in inputs[0].times(weight.matrix).mapped { $2 + inputs[1][0, $1] } },
      fast: { layer($0[0], bias: $0[1]) })
    expectOperation([x], slow: { $0[0].times(weight.matrix) }, fast: { layer($0[0], bias: nil) })
  }

  @Test("A row of a frozen product does not depend on the other rows, to the bit")
  func frozenRows() {
    let layer = FrozenWeight(TestInput(rows: 37, columns: 21, seed: 3).tensor())
    let x = TestInput(rows: 31, columns: 37, seed: 1)
    let all = layer(x.tensor(), bias: nil).values
    for row in 0..<31 {
      let one = layer(Tensor(Array(x.values[row * 37..<(row + 1) * 37]), rows: 1, columns: 37), bias: nil).values
      #expect(sameBits(one, Array(all[row * 21..<(row + 1) * 21])), "row \(row)")
    }
  }
}
