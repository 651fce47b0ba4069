import CKernels
import GroveKernels
import TestSupport
import Testing

/// Kernels over the entries of a CSR against slow references, on every path of this processor.
@Suite("Sparse kernels")
struct SparseKernelTests {
  /// 9 rows from 7 sources: a hub, empty rows, repeats.
  static let index = TestGraphs.index(rowCount: 9, columnCount: 7, entryCount: 31, seed: 4)
  static let tolerance = 2e-5

  @Test("The test index has a hub, empty rows, repeats and a self-loop")
  func indexIsInteresting() {
    let lists = (0..<9).map { row in
      Array(Self.index.columns[Int(Self.index.offsets[row])..<Int(Self.index.offsets[row + 1])])
    }
    #expect(lists.contains { $0.isEmpty })
    #expect(lists[0].count > 8)
    #expect(lists.contains { Set($0).count < $0.count })
    #expect(lists.enumerated().contains { $1.contains(Int32($0)) })
  }

  @Test("Sparse times dense agrees, weighted by edge and head or not, adding or with a bias", arguments: 1...300)
  func sparseTimesDense(width: Int) {
    let index = Self.index
    var random = TestRandom(width)
    let x = random.floats(7 * width)
    let before = random.floats(9 * width)
    let row = random.floats(width)
    for heads in KernelPath.heads(width) {
      let weights = random.floats(index.entryCount * heads)
      for isWeighted in heads == 1 ? [true, false] : [true] {
        let expected = Slow.aggregate(
          index, weights: isWeighted ? Matrix(weights, rows: index.entryCount, columns: heads) : nil,
          x: Matrix(x, rows: 7, columns: width)
        ).values
        for path in KernelPath.all {
          let (gx, gw, bias) = (GuardedFloats(x), GuardedFloats(weights), GuardedFloats(row))
          for adding in [false, true] {
            let out = adding ? GuardedFloats(before) : GuardedFloats(count: before.count)
            index.withCSR { csr in
              KernelPath.inTwoRanges(9) {
                path.table.spmm(
                  csr, isWeighted ? UnsafePointer(gw.pointer) : nil, Int64(heads), gx.pointer, Int64(width),
                  adding ? nil : UnsafePointer(bias.pointer), out.pointer, adding, $0, $1)
              }
            }
            let start = adding ? before : (0..<before.count).map { row[$0 % width] }
            let wanted = zip(expected, start).map { $0 + Double($1) }
            #expect(difference(out.values, wanted) <= Self.tolerance, "\(path.name), \(heads) heads, adding \(adding)")
            #expect(out.isIntact, "\(path.name)")
          }
        }
      }
    }
  }

  @Test("The transpose reads the weights of the original", arguments: [1, 5, 16, 64, 100])
  func transposeReadsOriginalWeights(width: Int) {
    let transpose = Self.index.transposed(columnCount: 7)
    var random = TestRandom(width)
    let x = random.floats(9 * width)
    let weights = random.floats(Self.index.entryCount)
    let matrix = Matrix(x, rows: 9, columns: width)
    // aᵀ · x by definition: out[column] += w · x[row].
    var expected = Matrix(rows: 7, columns: width)
    for row in 0..<9 {
      for entry in Int(Self.index.offsets[row])..<Int(Self.index.offsets[row + 1]) {
        for k in 0..<width { expected[Int(Self.index.columns[entry]), k] += Double(weights[entry]) * matrix[row, k] }
      }
    }
    for path in KernelPath.all {
      let out = GuardedFloats(count: 7 * width)
      let (gx, gw) = (GuardedFloats(x), GuardedFloats(weights))
      transpose.withCSR { csr in
        path.table.spmm(csr, gw.pointer, 1, gx.pointer, Int64(width), nil, out.pointer, false, 0, 7)
      }
      #expect(difference(out.values, expected.values) <= Self.tolerance, "\(path.name)")
      #expect(out.isIntact)
    }
  }

  @Test("The maximum and its winners agree, and the gradient goes to the winner", arguments: KernelPath.widths)
  func maximum(width: Int) {
    let index = Self.index
    var random = TestRandom(width + 7)
    let x = random.floats(7 * width)
    let gradient = random.floats(9 * width)
    let matrix = Matrix(x, rows: 7, columns: width)
    let (expected, winners) = Slow.aggregateMaximum(index, x: matrix)
    var pulled = Matrix(rows: 7, columns: width)
    for row in 0..<9 {
      for k in 0..<width where winners[row * width + k] >= 0 {
        let entry = Int(index.offsets[row]) + Int(winners[row * width + k])
        pulled[Int(index.columns[entry]), k] += Double(gradient[row * width + k])
      }
    }
    for path in KernelPath.all {
      let (gx, gg) = (GuardedFloats(x), GuardedFloats(gradient))
      let out = GuardedFloats(count: 9 * width)
      let back = GuardedFloats(zeros: 7 * width)
      var won = [Int32](repeating: 77, count: 9 * width)
      index.withCSR { csr in
        KernelPath.inTwoRanges(9) {
          path.table.spmm_max(csr, gx.pointer, Int64(width), out.pointer, &won, $0, $1)
        }
      }
      index.transposed(columnCount: 7).withCSR { csr in
        KernelPath.inTwoRanges(7) {
          path.table.spmm_max_backward(
            csr, index.offsets, won, gg.pointer, Int64(width), back.pointer, $0, $1)
        }
      }
      #expect(difference(out.values, expected.values) == 0, "\(path.name)")
      #expect(won == winners, "\(path.name)")
      #expect(difference(back.values, pulled.values) <= Self.tolerance, "\(path.name)")
      #expect(out.isIntact && back.isIntact)
    }
  }

  @Test("Only rows of negative numbers keep a negative maximum; an empty row gives 0")
  func negativeMaximum() {
    let index = EdgeIndex(offsets: [0, 2, 2, 3], columns: [0, 1, 1])
    for path in KernelPath.all {
      let out = GuardedFloats(count: 3)
      var won = [Int32](repeating: 9, count: 3)
      index.withCSR { path.table.spmm_max($0, [-3, -5], 1, out.pointer, &won, 0, 3) }
      #expect(out.values == [-3, 0, -5])
      #expect(won == [0, -1, 0])
    }
  }

  @Test("The sampled product agrees and adds", arguments: KernelPath.widths)
  func sampledProduct(width: Int) {
    let index = Self.index
    var random = TestRandom(width + 21)
    let (x, y) = (random.floats(7 * width), random.floats(9 * width))
    for heads in KernelPath.heads(width) {
      let before = random.floats(index.entryCount * heads)
      let product = Slow.sampledProduct(
        index, x: Matrix(x, rows: 7, columns: width), y: Matrix(y, rows: 9, columns: width), heads: heads)
      let expected = zip(product.values, before).map { $0 + Double($1) }
      for path in KernelPath.all {
        let (gx, gy, scores) = (GuardedFloats(x), GuardedFloats(y), GuardedFloats(before))
        index.withCSR { csr in
          KernelPath.inTwoRanges(9) {
            path.table.sddmm(csr, gx.pointer, gy.pointer, Int64(width), Int64(heads), scores.pointer, $0, $1)
          }
        }
        #expect(difference(scores.values, expected) <= Self.tolerance, "\(path.name), \(heads) heads")
        #expect(scores.isIntact)
      }
    }
  }

  @Test("Softmax over segments and its gradient agree", arguments: [1, 2, 3, 8])
  func segmentSoftmax(heads: Int) {
    let offsets = Self.index.offsets
    var random = TestRandom(heads)
    let count = Self.index.entryCount * heads
    let scores = random.floats(count, bound: 30)
    let gradient = random.floats(count)
    let matrix = Matrix(scores, rows: Self.index.entryCount, columns: heads)
    let expected = Slow.segmentSoftmax(offsets: offsets, matrix)
    let pulled = slowPullback(Matrix(gradient, rows: matrix.rows, columns: heads), at: matrix) {
      Slow.segmentSoftmax(offsets: offsets, $0)
    }
    for path in KernelPath.all {
      let (gs, gg) = (GuardedFloats(scores), GuardedFloats(gradient))
      let (out, back) = (GuardedFloats(count: count), GuardedFloats([Float](repeating: 0.5, count: count)))
      KernelPath.inTwoRanges(9) { path.table.segment_softmax(offsets, gs.pointer, Int64(heads), out.pointer, $0, $1) }
      KernelPath.inTwoRanges(9) {
        path.table.segment_softmax_backward(offsets, out.pointer, gg.pointer, Int64(heads), back.pointer, $0, $1)
      }
      #expect(difference(out.values, expected.values) <= Self.tolerance, "\(path.name)")
      #expect(difference(back.values, pulled.values.map { $0 + 0.5 }) <= Self.tolerance, "\(path.name)")
      #expect(out.isIntact && back.isIntact)
    }
  }
}
