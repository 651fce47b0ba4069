import GroveKernels
import GroveTensors
import TestSupport
import Testing

/// How gradients flow, what is kept and what is let go.
@Suite("Backward")
struct BackwardTests {
  @Test("A gradient that becomes a slot in place is not written to by another branch")
  func gradientsShareNothing() {
    // The gradient of the sum reaches x by three ways, one of which changes it in place.
    let input = [TestInput([-2, -0.5, 1, 3], rows: 2, columns: 2)]
    expectOperation(
      input, slow: { m in m[0].mapped { max($2, 0) + $2 + $2 } }, fast: { $0[0].relu() + $0[0] + $0[0] })
    expectOperation(
      input, slow: { m in m[0].mapped { 2 * max($2, 0) + $2 * $2 } },
      fast: { x in
        let y = x[0].relu()
        return (y + y) + x[0] * x[0]
      })
    expectOperation(
      input + [TestInput([1, 2], rows: 1, columns: 2)],
      slow: { m in m[0].mapped { max($2 + m[1][0, $1], 0) + $2 } },
      fast: { $0[0].addingRow($0[1]).relu() + $0[0] })
  }

  @Test("Gradients asked for again after a retaining pass are the same")
  func retainedGradientsStay() {
    let x = Tensor([[-1, 2, 3]], requiresGradient: true)
    let y = x.relu()
    let loss = (y + y).sum()
    let first = loss.backward(retaining: true)
    let kept = first[y]?.values
    let second = loss.backward(retaining: true)
    #expect(kept == [2, 2, 2] && first[y]?.values == kept && second[y]?.values == kept)
    #expect(first[x]?.values == [0, 2, 2] && second[x]?.values == [0, 2, 2])
  }

  @Test("Numbers that no gradient needs are released before the backward pass")
  func numbersAreReleased() {
    let weight = Tensor([[2]], requiresGradient: true)
    var middle: Tensor? = Tensor([[3]]).matmul(weight)
    weak let watched = middle?.buffer
    let result = middle.map { $0.adding(1).relu() }
    middle = nil
    #expect(watched == nil)
    #expect(result?.sum().backward()[weight]?.values == [3])
  }

  @Test("The gradient of a sum is all ones; a seed replaces them")
  func seeds() throws {
    let x = Tensor([[1, 2], [3, 4]], requiresGradient: true)
    #expect(try #require((3 * x).backward()[x]).values == [3, 3, 3, 3])
    #expect(try #require((3 * x).backward(from: Tensor([[1, 0], [-1, 2]]))[x]).values == [3, 0, -3, 6])
    #expect(try #require(x.backward()[x]).values == [1, 1, 1, 1])
  }

  @Test("Gradients of several paths of different length add up")
  func diamond() throws {
    let x = Tensor([[2, -3]], requiresGradient: true)
    let square = x * x
    // x² + x · x² + 5x  →  2x + 3x² + 5
    let y = square + x * square + 5 * x
    #expect(try #require(y.backward()[x]).values == [21, 26])
  }

  @Test("Two results of one tensor, one unused")
  func unusedBranch() throws {
    let x = Tensor([[2]], requiresGradient: true)
    let unused = x.relu()
    #expect(try #require((x * x).backward()[x]).values == [4])
    #expect(unused.scalar == 2)
  }

  @Test("Steps and what they saved are gone after backward, unless retained")
  func recordsAreDropped() throws {
    let x = Tensor([[2, 3]], requiresGradient: true)
    for isRetaining in [false, true] {
      weak var middle: Tensor?
      let loss = {
        let square = x * x
        middle = square
        return (square * square).sum()
      }()
      #expect(middle != nil)
      let gradients = loss.backward(retaining: isRetaining)
      #expect((middle != nil) == isRetaining)
      if let middle { #expect(gradients[middle]?.values == [8, 18]) }
      #expect(gradients[x]?.values == [32, 108])
    }
  }

  @Test("A retained history gives the same gradients again")
  func retaining() throws {
    let x = Tensor([[2, 3]], requiresGradient: true)
    let loss = (x * x).sum()
    let first = try #require(loss.backward(retaining: true)[x]).values
    let second = try #require(loss.backward(from: Tensor([[2]]), retaining: true)[x]).values
    let third = try #require(loss.backward()[x]).values
    #expect(first == [4, 6] && second == [8, 12] && third == first)
  }

  @Test("A history that an earlier backward dropped traps instead of losing gradients", arguments: 0..<2)
  func spentHistoryTraps(kind: Int) async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) { [kind] in
      let x = Tensor([[2, 3]], requiresGradient: true)
      let trunk = x * x
      let (a, b) = (trunk.sum(), trunk.mean())
      _ = a.backward()
      _ = kind == 0 ? a.backward() : b.backward()
    }
    expectTrapMessage(result, mentions: ["retaining"])
  }

  @Test("Frozen parameters get no gradient, and freezing can change")
  func frozenParameters() {
    let parameter = Parameter(Tensor([[1, 2]]))
    let frozen = Parameter(Tensor([[3, 4]]), isTrainable: false)
    let gradients = (parameter.value * frozen.value).backward()
    #expect(gradients[parameter]?.values == [3, 4])
    #expect(gradients[frozen] == nil)
    parameter.isTrainable = false
    #expect(!(parameter.value * frozen.value).requiresGradient)
    #expect(parameter.value.values == [1, 2])
    frozen.isTrainable = true
    #expect((parameter.value * frozen.value).backward()[frozen]?.values == [1, 2])
  }

  @Test("Evaluation and withoutRecording record nothing; afterwards recording is on again")
  func evaluationRecordsNothing() {
    let x = Tensor([[2]], requiresGradient: true)
    #expect(!Pass.evaluation { x * x }.requiresGradient)
    #expect(!Pass.withoutRecording { x * x }.requiresGradient)
    #expect((x * x).requiresGradient)
    Pass.training(seed: 1, step: 1) {
      #expect((x * x).requiresGradient)
      #expect(!Pass.evaluation { x * x }.requiresGradient)
      #expect((x * x).requiresGradient)
    }
  }

  @Test("A detached tensor has the same numbers and lets no gradient through")
  func detached() throws {
    let x = Tensor([[3]], requiresGradient: true)
    let y = x * x
    let gradients = (y.detached() * x).backward()
    #expect(try #require(gradients[x]).values == [9])
    #expect(!y.detached().requiresGradient && y.detached().values == y.values)
  }

  @Test("A gradient is never that of another tensor which was freed")
  func freedTensorsKeepTheirGradients() {
    let x = Tensor([[1]], requiresGradient: true)
    let gradients = {
      let temporary = Tensor([[5]], requiresGradient: true)
      return (x * temporary).backward()
    }()
    // New tensors would take the address of the freed one soon.
    let others = (0..<1000).map { _ in Tensor([[1]], requiresGradient: true) }
    #expect(others.allSatisfy { gradients[$0] == nil })
    #expect(gradients[x]?.values == [5])
  }

  @Test(
    "A chain of 100,000 steps neither overflows in backward nor in release",
    arguments: ["kept", "dropped", "doubled", "evaluated"])
  func longChain(kind: String) {
    let x = Tensor([[1]], requiresGradient: true)
    weak var last: Tensor?
    func build() {
      var y: Tensor = x
      for _ in 0..<100_000 { y = kind == "doubled" ? 0.5 * (y + y) : y.adding(1) }
      last = y
      if kind == "kept" {
        #expect(y.backward()[x]?.values == [1])
      } else if kind == "doubled" {
        #expect(y.backward(retaining: true)[x]?.values == [1])
      } else if kind == "evaluated" {
        #expect(Pass.evaluation { y.adding(1) }.scalar == 100_002)
      }
    }
    build()
    #expect(last == nil)
  }

  @Test("A long history whose steps are held by others is freed with them")
  func sharedChain() {
    let x = Tensor([[1]], requiresGradient: true)
    weak var middle: Tensor?
    var kept: Tensor? = {
      // A product keeps the numbers of both sides.
      let one = Tensor([[1]], requiresGradient: true)
      var y: Tensor = x
      for step in 0..<50_000 {
        y = y * one
        if step == 25_000 { middle = y }
      }
      return middle.map { $0 * $0 }
    }()
    #expect(kept != nil && middle != nil)
    kept = nil
    #expect(middle == nil)
  }

  @Test("Nothing trainable, or a seed of another shape, traps with what was given")
  func mistakesTrap() async {
    let nothing = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Tensor([[1, 2]]).relu().backward()
    }
    expectTrapMessage(nothing, mentions: ["[1, 2]"])
    let seed = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Tensor([[1, 2]], requiresGradient: true).backward(from: Tensor([[1], [2]]))
    }
    expectTrapMessage(seed, mentions: ["[1, 2]", "[2, 1]"])
  }
}
