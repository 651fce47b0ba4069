import CKernels
import GroveKernels
import TestSupport
import Testing

/// Kernels over rows against slow references, on every path of this processor.
@Suite("Row kernels")
struct RowKernelTests {
  static let rows = 5
  static let tolerance = 2e-5

  @Test("Row and column vectors are added and multiplied in", arguments: KernelPath.widths)
  func vectors(width: Int) {
    var random = TestRandom(width)
    let (x, before) = (random.floats(Self.rows * width), random.floats(Self.rows * width))
    let (row, column) = (random.floats(width), random.floats(Self.rows))
    for path in KernelPath.all {
      let (gx, gr, gc) = (GuardedFloats(x), GuardedFloats(row), GuardedFloats(column))
      func check(
        _ what: String, _ expected: (_ x: Double, _ before: Double, _ row: Int, _ column: Int) -> Double,
        _ run: (GuardedFloats, Int64, Int64) -> Void
      ) {
        let out = GuardedFloats(before)
        KernelPath.inTwoRanges(Self.rows) { run(out, $0, $1) }
        let wanted = x.indices.map { expected(Double(x[$0]), Double(before[$0]), $0 / width, $0 % width) }
        #expect(difference(out.values, wanted) <= 1e-6, "\(what), \(path.name)")
        #expect(out.isIntact)
      }
      check("add row", { x, _, _, k in x + Double(row[k]) }) {
        path.table.add_row_vector(gx.pointer, gr.pointer, Int64(width), $0.pointer, $1, $2)
      }
      for adding in [false, true] {
        check("scale columns", { x, b, _, k in (adding ? b : 0) + x * Double(row[k]) }) {
          path.table.scale_columns(gx.pointer, gr.pointer, Int64(width), $0.pointer, adding, $1, $2)
        }
        check("scale rows", { x, b, r, _ in (adding ? b : 0) + x * Double(column[r]) }) {
          path.table.scale_rows(gx.pointer, gc.pointer, Int64(width), $0.pointer, adding, $1, $2)
        }
      }
    }
  }

  @Test("Sums over rows agree and add, times another matrix or not", arguments: KernelPath.widths)
  func sumRows(width: Int) {
    let count = 23
    var random = TestRandom(width)
    let (x, y, before) = (random.floats(count * width), random.floats(count * width), random.floats(width))
    for path in KernelPath.all {
      for isWeighted in [false, true] {
        let (gx, gy, out) = (GuardedFloats(x), GuardedFloats(y), GuardedFloats(before))
        KernelPath.inTwoRanges(count) {
          path.table.sum_rows(
            gx.pointer, isWeighted ? UnsafePointer(gy.pointer) : nil, Int64(width), out.pointer, $0, $1)
        }
        let wanted = (0..<width).map { k in
          (0..<count).reduce(Double(before[k])) {
            $0 + Double(x[$1 * width + k]) * (isWeighted ? Double(y[$1 * width + k]) : 1)
          }
        }
        #expect(difference(out.values, wanted) <= Self.tolerance, "\(path.name)")
        #expect(out.isIntact)
      }
    }
  }

  @Test("Dot products of rows agree and add, head by head, against rows or one row", arguments: KernelPath.widths)
  func rowDot(width: Int) {
    var random = TestRandom(width)
    let x = random.floats(Self.rows * width)
    for heads in KernelPath.heads(width) {
      for isShared in [false, true] {
        let y = random.floats((isShared ? 1 : Self.rows) * width)
        let before = random.floats(Self.rows * heads)
        let dots = Slow.rowDot(
          Matrix(x, rows: Self.rows, columns: width), Matrix(y, rows: isShared ? 1 : Self.rows, columns: width),
          heads: heads)
        for path in KernelPath.all {
          let (gx, gy, out) = (GuardedFloats(x), GuardedFloats(y), GuardedFloats(before))
          KernelPath.inTwoRanges(Self.rows) {
            path.table.row_dot(gx.pointer, gy.pointer, isShared, Int64(width), Int64(heads), out.pointer, $0, $1)
          }
          let wanted = zip(dots.values, before).map { $0 + Double($1) }
          #expect(difference(out.values, wanted) <= Self.tolerance, "\(path.name), \(heads) heads")
          #expect(out.isIntact)
        }
      }
    }
  }

  @Test("Gathering copies rows in any order, repeats included", arguments: KernelPath.widths)
  func gather(width: Int) {
    var random = TestRandom(width)
    let x = random.floats(Self.rows * width)
    let ids: [Int32] = [4, 0, 0, 3, 4, 1, 2, 0]
    let wanted = ids.flatMap { x[Int($0) * width..<(Int($0) + 1) * width] }
    for path in KernelPath.all {
      let (gx, out) = (GuardedFloats(x), GuardedFloats(count: wanted.count))
      KernelPath.inTwoRanges(ids.count) { path.table.gather(gx.pointer, ids, Int64(width), out.pointer, $0, $1) }
      #expect(sameBits(out.values, wanted), "\(path.name)")
      #expect(out.isIntact)
    }
  }

  /// A kernel of rows with its backward pass, tried against a slow forward and its numerical gradient.
  private func checkRowFunction(
    _ x: [Float], width: Int, _ slow: (Matrix) -> Matrix,
    forward: (grove_kernels, GuardedFloats, GuardedFloats, GuardedFloats, Int64, Int64) -> Void,
    backward: (grove_kernels, GuardedFloats, GuardedFloats, GuardedFloats, GuardedFloats, Int64, Int64) -> Void
  ) {
    let rows = x.count / width
    var random = TestRandom(width + 3)
    let gradient = random.floats(x.count)
    let matrix = Matrix(x, rows: rows, columns: width)
    let expected = slow(matrix)
    let pulled = slowPullback(Matrix(gradient, rows: rows, columns: width), at: matrix, slow).values.map { $0 + 0.5 }
    for path in KernelPath.all {
      let (gx, gg) = (GuardedFloats(x), GuardedFloats(gradient))
      let (out, saved) = (GuardedFloats(count: x.count), GuardedFloats(count: rows))
      let back = GuardedFloats([Float](repeating: 0.5, count: x.count))
      KernelPath.inTwoRanges(rows) { forward(path.table, gx, out, saved, $0, $1) }
      KernelPath.inTwoRanges(rows) { backward(path.table, out, saved, gg, back, $0, $1) }
      #expect(difference(out.values, expected.values) <= Self.tolerance, "forward, \(path.name)")
      #expect(difference(back.values, pulled) <= Self.tolerance, "backward, \(path.name)")
      #expect([out, saved, back].allSatisfy { $0.isIntact }, "\(path.name)")
    }
  }

  @Test("Layer norm agrees, forward and backward", arguments: KernelPath.widths)
  func layerNorm(width: Int) {
    var random = TestRandom(width)
    // Rows far from 0 and a constant row.
    let x = random.floats(width) + random.floats(width).map { $0 + 10 } + [Float](repeating: 3, count: width)
    let epsilon: Float = 1e-2
    checkRowFunction(x, width: width, { Slow.standardizedRows($0, epsilon: Double(epsilon)) }) {
      $0.layer_norm($1.pointer, Int64(width), epsilon, $2.pointer, $3.pointer, $4, $5)
    } backward: {
      $0.layer_norm_backward($1.pointer, $2.pointer, $3.pointer, Int64(width), $4.pointer, $5, $6)
    }
  }

  @Test(
    "Rows are brought to length 1, forward and backward; short rows are divided by epsilon",
    arguments: KernelPath.widths)
  func normalizeRows(width: Int) {
    var random = TestRandom(width)
    let epsilon: Float = 1e-2
    // The last row is shorter than epsilon.
    let x = random.floatsAwayFromZero(2 * width) + random.floats(width, bound: 1e-3 / Float(width))
    checkRowFunction(x, width: width, { Slow.normalizedRows($0, epsilon: Double(epsilon)) }) {
      $0.normalize_rows($1.pointer, Int64(width), epsilon, $2.pointer, $3.pointer, $4, $5)
    } backward: {
      $0.normalize_rows_backward($1.pointer, $2.pointer, $3.pointer, Int64(width), epsilon, $4.pointer, $5, $6)
    }
  }

  @Test("Softmax and log-softmax agree, forward and backward", arguments: KernelPath.widths, [false, true])
  func softmax(width: Int, logarithm: Bool) {
    var random = TestRandom(width)
    let x = random.floats(2 * width, bound: 4) + random.floats(width).map { $0 + 200 }
    checkRowFunction(x, width: width, { Slow.softmax($0, logarithm: logarithm) }) { table, x, out, _, begin, end in
      table.softmax(x.pointer, Int64(width), logarithm, out.pointer, begin, end)
    } backward: { table, out, _, gradient, back, begin, end in
      table.softmax_backward(out.pointer, gradient.pointer, Int64(width), logarithm, back.pointer, begin, end)
    }
  }

  @Test("A NaN in a row stays in its row")
  func nanStaysInItsRow() {
    for path in KernelPath.all {
      let width = 21
      var values = [Float](repeating: 1, count: 3 * width)
      for k in 0..<width { values[k] = Float(k) }
      values[width + 4] = .nan
      let (x, out, saved) = (GuardedFloats(values), GuardedFloats(count: values.count), GuardedFloats(count: 3))
      func check(_ what: String) {
        let rows = (0..<3).map { row in out.values[row * width..<(row + 1) * width].contains { $0.isNaN } }
        #expect(rows == [false, true, false], "\(what), \(path.name)")
      }
      path.table.softmax(x.pointer, Int64(width), false, out.pointer, 0, 3)
      check("softmax")
      path.table.layer_norm(x.pointer, Int64(width), 1e-5, out.pointer, saved.pointer, 0, 3)
      check("layer norm")
      path.table.normalize_rows(x.pointer, Int64(width), 1e-12, out.pointer, saved.pointer, 0, 3)
      check("normalised rows")
    }
  }

  @Test("The largest numbers of each row, of equals the first", arguments: [1, 2, 7, 16, 33, 300])
  func topK(width: Int) {
    var random = TestRandom(width)
    let rows = 11
    // Few different numbers, so that many are equal; the last rows rise and fall, so that all or none get in.
    var x = (0..<rows * width).map { _ in Float(Int.random(in: -5...5, using: &random)) }
    for c in 0..<width { (x[9 * width + c], x[10 * width + c]) = (Float(c), Float(-c)) }
    for k in Set([0, 1, min(3, width), min(33, width), min(40, width), width]) {
      for path in KernelPath.all {
        let values = GuardedFloats(count: rows * k)
        var columns = [Int32](repeating: -1, count: rows * k)
        if k > 0 {
          var keys = [UInt64](repeating: 0, count: 2 * k + 32)
          KernelPath.inTwoRanges(rows) {
            path.table.top_k(x, Int64(width), Int64(k), values.pointer, &columns, &keys, $0, $1)
          }
        }
        for row in 0..<rows {
          let order = (0..<width).sorted {
            (-x[row * width + $0], $0) < (-x[row * width + $1], $1)
          }.prefix(k)
          #expect(columns[row * k..<(row + 1) * k].map(Int.init) == Array(order), "\(path.name), k \(k)")
          #expect(Array(values.values[row * k..<(row + 1) * k]) == order.map { x[row * width + $0] }, "\(path.name)")
        }
        #expect(values.isIntact)
      }
    }
    let (values, columns) = Kernels.topK(FloatBuffer([.nan, 2, 5]), width: 3, k: 2)
    #expect(values.values == [5, 2] && columns == [2, 1])
  }
}
