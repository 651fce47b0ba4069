import GroveKernels
import GroveTensors
import TestSupport
import Testing

/// Numbers that bring their gradients.
@Suite("Known gradients")
struct KnownGradientTests {
  /// Σ x² · y with its gradients written out.
  private func cubes(_ inputs: [Tensor]) -> Tensor {
    let (x, y) = (inputs[0].values, inputs[1].values)
    let value = zip(x, y).reduce(Float(0)) { $0 + $1.0 * $1.0 * $1.1 }
    return .number(
      value,
      withGradients: [
        (inputs[0], FloatBuffer(zip(x, y).map { 2 * $0 * $1 })), (inputs[1], FloatBuffer(x.map { $0 * $0 })),
      ])
  }

  @Test("Value and gradients are those of the function", arguments: [1, 2, 7])
  func matchesTheFunction(rows: Int) {
    expectOperation(
      [TestInput(rows: rows, columns: 3, seed: 1), TestInput(rows: rows, columns: 3, seed: 2)],
      slow: { inputs in
        let sum = zip(inputs[0].values, inputs[1].values).reduce(0.0) { $0 + $1.0 * $1.0 * $1.1 }
        return Matrix(rows: 1, columns: 1).mapped { _, _, _ in sum }
      }, fast: cubes)
  }

  @Test("A backward pass that retains can run again, and gives the same gradients")
  func runsAgain() throws {
    let x = Tensor([[1, -2, 3]], requiresGradient: true)
    let y = Tensor([[2, 1, -1]])
    let loss = 3 * cubes([x, y])
    let first = try #require(loss.backward(retaining: true)[x]).values
    #expect(first == [12, -12, -18])
    #expect(try #require(loss.backward()[x]).values == first)
  }

  @Test("Nothing is recorded where no input wants a gradient, nor in evaluation")
  func recordsOnlyWhereWanted() {
    let wanting = Tensor([[1, 2]], requiresGradient: true)
    let plain = Tensor([[1, 2]])
    #expect(!cubes([plain, plain]).requiresGradient)
    #expect(cubes([wanting, plain]).requiresGradient)
    #expect(!Pass.evaluation { cubes([wanting, plain]) }.requiresGradient)
  }

  @Test("A gradient of another size traps")
  func otherSizeTraps() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let x = Tensor([[1, 2]], requiresGradient: true)
      _ = Tensor.number(1, withGradients: [(x, FloatBuffer([1, 2, 3]))])
    }
    expectTrapMessage(result, mentions: ["number", "3", "[1, 2]"])
  }
}
