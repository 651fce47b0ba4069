import GroveKernels
import GroveTensors
import TestSupport
import Testing

/// Work that is done again in the backward pass.
@Suite("Recomputing")
struct RecomputingTests {
  @Test("Values and gradients are those of the work itself", arguments: [0, 1, 7])
  func sameAsDirect(rows: Int) {
    let inputs = [TestInput(rows: rows, columns: 3, seed: 1), TestInput(rows: 3, columns: 2, seed: 2)]
    expectOperation(
      inputs, slow: { $0[0].times($0[1]).mapped { max($2, 0) } },
      fast: { x in x[0].recomputing { $0.matmul(x[1]).relu() } })
  }

  @Test("Dropout draws the same numbers again, and what follows draws others")
  func sameDropout() {
    func gradient(recomputes: Bool) -> (values: [Float], input: [Float]?, weight: [Float]?) {
      let x = TestInput(rows: 9, columns: 8, seed: 1).tensor()
      let weight = TestInput(rows: 8, columns: 8, seed: 2).tensor()
      return Pass.training(seed: 3, step: 1) {
        func work(_ x: Tensor) -> Tensor { x.droppedOut(0.5).matmul(weight).droppedOut(0.3) }
        let first = recomputes ? x.recomputing(work) : work(x)
        let result = (recomputes ? first.recomputing(work) : work(first)).droppedOut(0.2)
        let gradients = result.sum().backward()
        return (result.values, gradients[x]?.values, gradients[weight]?.values)
      }
    }
    let (direct, again) = (gradient(recomputes: false), gradient(recomputes: true))
    #expect(sameBits(direct.values, again.values))
    #expect(difference(again.input ?? [], direct.input ?? [1]) <= 1e-6)
    #expect(difference(again.weight ?? [], direct.weight ?? [1]) <= 1e-6)
  }

  @Test("Parameters get their gradients where the input wants none")
  func constantInput() {
    let x = Tensor([[1, 2]])
    let weight = Tensor([[3], [4]], requiresGradient: true)
    let result = x.recomputing { $0.matmul(weight) }
    #expect(result.values == [11])
    #expect(result.sum().backward()[weight]?.values == [1, 2])
  }

  @Test("Nothing is recorded in evaluation")
  func evaluation() {
    let x = Tensor([[1, 2]], requiresGradient: true)
    #expect(!Pass.evaluation { x.recomputing { $0.relu() } }.requiresGradient)
  }
}
