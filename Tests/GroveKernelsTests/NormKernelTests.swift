import CKernels
import TestSupport
import Testing

/// Kernels of batch norm against slow references, on every path of this processor.
@Suite("Norm kernels")
struct NormKernelTests {
  @Test("Moments, the norm and its gradient agree at all widths", arguments: KernelPath.widths)
  func batchNorm(width: Int) {
    let count = 23
    var random = TestRandom(width)
    let (x, y, before) = (random.floats(count * width), random.floats(count * width), random.floats(count * width))
    let (mean, scale, shift) = (random.floats(width), random.floats(width), random.floats(width))
    let (along, sums) = (random.floats(2 * width), random.floats(2 * width))
    func at(_ values: [Float], _ row: Int, _ column: Int) -> Double { Double(values[row * width + column]) }
    for path in KernelPath.all {
      let (gx, gy, gm) = (GuardedFloats(x), GuardedFloats(y), GuardedFloats(mean))
      let (gs, gh, ga) = (GuardedFloats(scale), GuardedFloats(shift), GuardedFloats(along))
      for hasOther in [false, true] {
        let out = GuardedFloats(sums)
        KernelPath.inTwoRanges(count) {
          path.table.column_moments(
            gx.pointer, gm.pointer, hasOther ? UnsafePointer(gy.pointer) : nil, Int64(width), out.pointer, $0, $1)
        }
        let wanted = (0..<2 * width).map { place in
          let k = place % width
          return (0..<count).reduce(Double(sums[place])) { sum, row in
            let centered = at(x, row, k) - Double(mean[k])
            return sum + (hasOther ? at(y, row, k) : centered) * (place < width ? 1 : centered)
          }
        }
        #expect(difference(out.values, wanted) <= 2e-5, "\(path.name)")
        #expect(out.isIntact)
      }
      let out = GuardedFloats(count: count * width)
      KernelPath.inTwoRanges(count) {
        path.table.batch_norm(gx.pointer, gm.pointer, gs.pointer, gh.pointer, Int64(width), out.pointer, $0, $1)
      }
      let normed = x.indices.map {
        (Double(x[$0]) - Double(mean[$0 % width])) * Double(scale[$0 % width]) + Double(shift[$0 % width])
      }
      #expect(difference(out.values, normed) <= 1e-5, "\(path.name)")
      #expect(out.isIntact)
      for adding in [false, true] {
        let slot = adding ? GuardedFloats(before) : GuardedFloats(count: count * width)
        KernelPath.inTwoRanges(count) {
          path.table.batch_norm_backward(
            gx.pointer, gm.pointer, gs.pointer, ga.pointer, gy.pointer, Int64(width), slot.pointer, adding, $0, $1)
        }
        let wanted = x.indices.map { i in
          let k = i % width
          let inner =
            Double(y[i]) - Double(along[k]) - (Double(x[i]) - Double(mean[k])) * Double(along[width + k])
          return (adding ? Double(before[i]) : 0) + Double(scale[k]) * inner
        }
        #expect(difference(slot.values, wanted) <= 1e-5, "\(path.name), \(adding)")
        #expect(slot.isIntact)
      }
    }
  }
}
