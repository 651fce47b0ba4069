import CKernels
import TestSupport
import Testing

/// Dense product kernels against slow references, on every path of this processor.
@Suite("Product kernels")
struct ProductKernelTests {
  /// A right side in the panels of a path.
  private func panels(
    _ path: KernelPath, _ b: [Float], transposed: Bool, scale: Float, inner: Int, width: Int
  ) -> GuardedFloats {
    let panels = GuardedFloats(count: inner * ((width + 15) / 16 * 16))
    let count = (width + Int(path.table.panel_columns) - 1) / Int(path.table.panel_columns)
    let from = GuardedFloats(b)
    KernelPath.inTwoRanges(count) {
      path.table.pack_panels(from.pointer, transposed, scale, Int64(inner), Int64(width), panels.pointer, $0, $1)
    }
    #expect(panels.isIntact)
    return panels
  }

  @Test("Rows by a shared side agree at all widths", arguments: KernelPath.widths)
  func rows(width: Int) {
    for (count, inner) in [(1, 1), (2, 3), (20, 17), (31, 5), (3, 600)] {
      var random = TestRandom(width + 1000 * inner)
      let (a, b) = (random.floats(count * inner), random.floats(inner * width))
      let (bias, before) = (random.floats(width), random.floats(count * width))
      let product = Matrix(a, rows: count, columns: inner).times(Matrix(b, rows: inner, columns: width)).values
      let turned = Matrix(b, rows: inner, columns: width).transposed.floats
      for path in KernelPath.all {
        for (transposed, adding) in [(false, false), (true, false), (false, true)] {
          let laidOut = panels(
            path, transposed ? turned : b, transposed: transposed, scale: 0.5, inner: inner, width: width)
          let (ga, gb, out) = (
            GuardedFloats(a), GuardedFloats(bias),
            adding ? GuardedFloats(before) : GuardedFloats(count: count * width)
          )
          KernelPath.inTwoRanges(count) {
            path.table.row_product(
              ga.pointer, Int64(inner), laidOut.pointer, Int64(width), adding ? nil : UnsafePointer(gb.pointer),
              out.pointer, adding, $0, $1)
          }
          let wanted = product.indices.map { 0.5 * product[$0] + Double(adding ? before[$0] : bias[$0 % width]) }
          #expect(
            difference(out.values, wanted) <= 2e-5, "[\(count), \(inner)], \(path.name), \(transposed), \(adding)")
          #expect(out.isIntact)
        }
      }
    }
  }

  @Test("A row is the same whatever rows are beside it", arguments: [1, 7, 40, 300])
  func rowsStandAlone(width: Int) {
    let (count, inner) = (29, 530)
    var random = TestRandom(width)
    let (a, b) = (random.floats(count * inner), random.floats(inner * width))
    for path in KernelPath.all {
      let laidOut = panels(path, b, transposed: false, scale: 1, inner: inner, width: width)
      let (ga, whole, single) = (
        GuardedFloats(a), GuardedFloats(count: count * width), GuardedFloats(count: count * width)
      )
      func run(_ out: GuardedFloats, _ first: Int, _ end: Int) {
        path.table.row_product(
          ga.pointer, Int64(inner), laidOut.pointer, Int64(width), nil, out.pointer, false, Int64(first), Int64(end))
      }
      run(whole, 0, count)
      for row in 0..<count { run(single, row, row + 1) }
      #expect(sameBits(whole.values, single.values), "\(path.name)")
    }
  }

  @Test("Sums of outer products agree at all widths", arguments: KernelPath.widths)
  func outerProducts(width: Int) {
    for (count, height) in [(1, 1), (130, 7), (5, 15), (260, 33)] {
      var random = TestRandom(width + 1000 * height)
      let (a, b, before) = (
        random.floats(count * height), random.floats(count * width), random.floats(height * width)
      )
      let product = Matrix(a, rows: count, columns: height).transposed.times(Matrix(b, rows: count, columns: width))
      for path in KernelPath.all {
        for adding in [false, true] {
          let (ga, gb) = (GuardedFloats(a), GuardedFloats(b))
          let space = GuardedFloats(count: Int(path.table.summed_rows) * ((width + 15) / 16 * 16))
          let out = adding ? GuardedFloats(before) : GuardedFloats(count: height * width)
          // Rows of the result in two parts.
          KernelPath.inTwoRanges(height) { first, last in
            guard first < last else { return }
            path.table.outer_products(
              ga.pointer, Int64(height), gb.pointer, Int64(width), -2, space.pointer, out.pointer, adding, first, last,
              0, Int64(count))
          }
          let wanted = product.values.indices.map { -2 * product.values[$0] + (adding ? Double(before[$0]) : 0) }
          #expect(difference(out.values, wanted) <= 2e-5, "[\(count), \(height)], \(path.name), \(adding)")
          #expect(out.isIntact && space.isIntact)
        }
      }
    }
  }
}
