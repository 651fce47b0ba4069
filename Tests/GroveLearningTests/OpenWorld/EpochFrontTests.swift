@testable import GroveLearning
import TestSupport
import Testing

/// Which epochs' weights have to be kept.
@Suite struct EpochFrontTests {
  @Test(arguments: 0..<40) func `the best epoch of a run was kept at every epoch since`(seed: Int) {
    var random = TestRandom(seed)
    let count = Int.random(in: 1...12, using: &random)
    // Few values, so that there are ties.
    func values() -> [Double] { (0..<count).map { _ in Double(Int.random(in: -3...3, using: &random)) / 7 } }
    let (silhouettes, accuracies) = (values(), values())
    let best = EpochSelection(silhouettes: silhouettes, accuracies: accuracies).best
    var kept: Set<Int> = []
    for epoch in 1...count {
      let front = EpochFront(
        silhouettes: Array(silhouettes[..<epoch]), accuracies: Array(accuracies[..<epoch]))
      kept = kept.intersection(front.places).union(front.places.contains(epoch - 1) ? [epoch - 1] : [])
      #expect(kept == Set(front.places), "an epoch that was out is never wanted again")
      #expect(front.best.map { kept.contains($0) } == true)
      if epoch == count { #expect(front.best == best) }
    }
  }

  @Test func `epochs that another beats are out`() {
    let front = EpochFront(silhouettes: [0.1, 0.3, 0.2, 0.3], accuracies: [0.9, 0.6, 0.5, 0.6])
    #expect(front.places == [0, 3])
    #expect(EpochFront(silhouettes: [], accuracies: []).best == nil)
  }
}
