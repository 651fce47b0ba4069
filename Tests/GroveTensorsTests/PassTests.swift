import GroveKernels
import GroveTensors
import TestSupport
import Testing

/// Training and evaluation as surroundings.
@Suite("Pass")
struct PassTests {
  @Test("Streams of a pass are numbered in the order of calls")
  func streamsAreNumbered() {
    let keys = Pass.training(seed: 3, run: 2, step: 9) { (0..<3).map { _ in Pass.nextStream()?.key } }
    #expect(keys == (0..<3).map { RandomStream(seed: 3, run: 2, step: 9, operation: $0).key })
  }

  @Test("Evaluation has no stream and is no training, also inside of training")
  func evaluation() {
    #expect(Pass.nextStream()?.key == nil)
    #expect(!Pass.isTraining)
    Pass.training(seed: 1, step: 1) {
      #expect(Pass.isTraining)
      #expect(!Pass.evaluation { Pass.isTraining })
      #expect(Pass.evaluation { Pass.nextStream()?.key } == nil)
      #expect(Pass.withoutRecording { Pass.isTraining })
    }
    #expect(!Pass.isTraining)
  }

  @Test("A throw leaves the pass")
  func throwing() {
    struct Stop: Error {}
    #expect(throws: Stop.self) { try Pass.training(seed: 1, step: 1) { throw Stop() } }
    #expect(!Pass.isTraining)
    let x = Tensor([[1]], requiresGradient: true)
    #expect(throws: Stop.self) { try Pass.evaluation { throw Stop() } }
    #expect((x * x).requiresGradient)
  }

  @Test("Two tasks each have their own pass")
  func tasks() async {
    async let a = Pass.training(seed: 1, step: 1) { (0..<100).map { _ in Pass.nextStream()!.key } }
    async let b = Pass.training(seed: 1, step: 1) { (0..<100).map { _ in Pass.nextStream()!.key } }
    let (first, second) = await (a, b)
    #expect(first == second)
    #expect(Set(first).count == 100)
  }
}
