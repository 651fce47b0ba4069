import GroveKernels
import GroveLearning
import Testing

/// How far classes reach.
@Suite struct ClassSpreadTests {
  @Test func `C-25: spread of a seen and of a novel class`() {
    // Class 0 at 0 and 2: mean 1, σ 1. Class 1 at 10 and 16: mean 13, σ 3. A row without a class counts nowhere.
    let x = FloatBuffer([0, 2, 10, 16, 1000])
    let found = ClassSpread(of: x, width: 1, classes: [0, 0, 1, 1, -1], classCount: 2, seenClasses: [0])
    #expect(
      found.deviations == [1, 3] && found.imbalance == 3 && found.smallestImbalance == 3 && found.separation == 3)
  }

  @Test func `pairs are averaged, and pairs without a divisor are left out`() {
    // σ: class 0 (seen) 1, class 1 (seen) 0, class 2 (novel) 2, class 3 (novel) has no rows.
    let x = FloatBuffer([-1, 1, 5, 5, 8, 12])
    let found = ClassSpread(of: x, width: 1, classes: [0, 0, 1, 1, 2, 2], classCount: 4, seenClasses: [0, 1])
    #expect(found.deviations == [1, 0, 2, nil] && found.imbalance == 2)
    // |10 − 0| / 3 and |10 − 5| / 2
    #expect(abs((found.separation ?? 0) - (10.0 / 3 + 2.5) / 2) < 1e-12)
    let none = ClassSpread(of: x, width: 2, classes: [0, 0, 0], classCount: 1, seenClasses: [0])
    #expect(none.imbalance == nil && none.separation == nil && none.smallestImbalance == nil)
  }
}
