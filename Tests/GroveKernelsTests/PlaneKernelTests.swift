import CKernels
import GroveKernels
import TestSupport
import Testing

/// Forces between points of the plane against sums in Double, on every path of this processor.
@Suite("Plane kernel") struct PlaneKernelTests {
  @Test("Attraction, repulsion and weights agree", arguments: [0, 1, 2, 3, 7, 15, 16, 17, 33, 64, 100])
  func forces(count: Int) {
    var random = TestRandom(count)
    let (x, y) = (random.floats(count, bound: 3), random.floats(count, bound: 3))
    let p = random.floats(count * count).map(abs)
    var wanted: [Double] = []
    for r in 0..<count {
      var sums = [Double](repeating: 0, count: 5)
      for j in 0..<count where j != r {
        let (dx, dy) = (Double(x[r]) - Double(x[j]), Double(y[r]) - Double(y[j]))
        let w = 1 / (1 + dx * dx + dy * dy)
        let attraction = Double(p[r * count + j]) * w
        for (place, term) in [attraction * dx, attraction * dy, w * w * dx, w * w * dy, w].enumerated() {
          sums[place] += term
        }
      }
      wanted += sums
    }
    for path in KernelPath.all {
      let (gp, gx, gy) = (GuardedFloats(p), GuardedFloats(x), GuardedFloats(y))
      let out = GuardedFloats([Float](repeating: 9, count: 5 * count))
      KernelPath.inTwoRanges(count) {
        path.table.plane_forces(gp.pointer, gx.pointer, gy.pointer, Int64(count), out.pointer, $0, $1)
      }
      #expect(difference(out.values, wanted) <= 2e-5, "\(path.name)")
      #expect(out.isIntact)
    }
  }
}
