import CKernels
import GroveKernels
import TestSupport
import Testing

/// Random numbers: keyed by place, the same everywhere, evenly spread and independent.
@Suite("Random kernels")
struct RandomKernelTests {
  static let random = RandomStream(seed: 5, run: 1, step: 2, operation: 3)

  /// Whether the stream keeps an entry at a rate.
  static func keeps(_ rate: Float, _ row: Int, _ column: Int) -> Bool {
    random.bits(row: row, column: column) >= UInt32(Double(rate) * 4_294_967_296)
  }

  @Test("Dropout follows RandomStream.bits, by row or by id, adding or not", arguments: KernelPath.widths)
  func dropoutFollowsTheStream(width: Int) {
    let ids: [Int32] = [8, 0, 5, Int32.max, 5]
    var random = TestRandom(width)
    let (x, before) = (random.floats(5 * width), random.floats(5 * width))
    for path in KernelPath.all {
      for rate: Float in [0.25, 0.9] {
        for hasIDs in [false, true] {
          for adding in [false, true] {
            let (gx, out) = (GuardedFloats(x), adding ? GuardedFloats(before) : GuardedFloats(count: x.count))
            KernelPath.inTwoRanges(5) {
              path.table.dropout(
                gx.pointer, hasIDs ? ids : nil, Self.random.key, rate, Int64(width), out.pointer, adding, $0, $1)
            }
            let wanted = x.indices.map { i in
              let row = hasIDs ? Int(ids[i / width]) : i / width
              let kept = Self.keeps(rate, row, i % width) ? Double(x[i]) / (1 - Double(rate)) : 0
              return kept + (adding ? Double(before[i]) : 0)
            }
            #expect(difference(out.values, wanted) <= 1e-6, "\(path.name), rate \(rate)")
            #expect(out.isIntact)
          }
        }
      }
    }
  }

  @Test("Dropout of sparse rows has the mask of dropout of the same rows written out", arguments: [1, 2, 9, 40])
  func sparseMaskIsDenseMask(width: Int) {
    let index = TestGraphs.index(rowCount: 6, columnCount: width, entryCount: 25, seed: width)
    let ids: [Int32] = [3, 9, 1, 0, 77, 4]
    var random = TestRandom(width)
    let values = random.floats(index.entryCount)
    for path in KernelPath.all {
      for hasValues in [false, true] {
        for hasIDs in [false, true] {
          let ones = GuardedFloats([Float](repeating: 1, count: 6 * width))
          let dense = GuardedFloats(count: 6 * width)
          let sparse = GuardedFloats(count: index.entryCount)
          path.table.dropout(
            ones.pointer, hasIDs ? ids : nil, Self.random.key, 0.5, Int64(width), dense.pointer, false, 0, 6)
          index.withCSR { csr in
            KernelPath.inTwoRanges(6) {
              path.table.dropout_sparse(
                csr, hasValues ? values : nil, hasIDs ? ids : nil, Self.random.key, 0.5, sparse.pointer, $0, $1)
            }
          }
          let (mask, result) = (dense.values, sparse.values)
          for row in 0..<6 {
            for entry in Int(index.offsets[row])..<Int(index.offsets[row + 1]) {
              let wanted = mask[row * width + Int(index.columns[entry])] * (hasValues ? values[entry] : 1)
              #expect(result[entry] == wanted, "\(path.name), entry \(entry)")
            }
          }
          #expect(sparse.isIntact && dense.isIntact)
        }
      }
    }
  }

  @Test("Uniform numbers follow RandomStream.uniform", arguments: [1, 2, 3, 17])
  func uniformFollowsTheStream(width: Int) {
    for path in KernelPath.all {
      let out = GuardedFloats(count: 7 * width)
      KernelPath.inTwoRanges(7) { path.table.uniform(Self.random.key, Int64(width), out.pointer, $0, $1) }
      let wanted = (0..<7 * width).map { Self.random.uniform(row: $0 / width, column: $0 % width) }
      #expect(out.values == wanted, "\(path.name)")
      #expect(wanted.allSatisfy { $0 >= 0 && $0 < 1 })
      #expect(out.isIntact)
    }
  }

  @Test("Dropout drops at its rate and keeps the mean", arguments: [Float(0.1), 0.5, 0.8])
  func dropoutRate(rate: Float) {
    let (rows, width) = (1000, 101)
    let ones = FloatBuffer([Float](repeating: 1, count: rows * width))
    let out = FloatBuffer(count: ones.count)
    Kernels.dropout(ones, ids: nil, width: width, rate: rate, random: Self.random, into: out, adding: false)
    let count = Double(ones.count)
    let dropped = out.values.reduce(0.0) { $0 + ($1 == 0 ? 1 : 0) }
    // Five standard deviations of a binomial count.
    #expect(abs(dropped - count * Double(rate)) <= 5 * (count * Double(rate) * Double(1 - rate)).squareRoot())
    #expect(out.values.allSatisfy { $0 == 0 || abs($0 - 1 / (1 - rate)) < 1e-5 })
  }

  @Test("Masks of neighbouring rows, columns, steps and operations are independent")
  func masksAreIndependent() {
    let (rows, columns) = (400, 64)
    func mask(_ stream: RandomStream) -> [Bool] {
      (0..<rows * columns).map { stream.bits(row: $0 / columns, column: $0 % columns) >= 1 << 31 }
    }
    let here = mask(Self.random)
    /// Chi-square of the 2 × 2 table of two masks, over pairs `shift` apart.
    func chiSquare(_ other: [Bool], shift: Int) -> Double {
      var table = [0.0, 0, 0, 0]
      for i in 0..<here.count - shift { table[(here[i] ? 2 : 0) + (other[i + shift] ? 1 : 0)] += 1 }
      let expected = Double(here.count - shift) / 4
      return table.reduce(0) { $0 + ($1 - expected) * ($1 - expected) / expected }
    }
    // Three degrees of freedom: 25 is passed once in 60,000 tries.
    #expect(chiSquare(here, shift: 1) < 25, "neighbouring columns")
    #expect(chiSquare(here, shift: 2) < 25, "columns of neighbouring draws")
    #expect(chiSquare(here, shift: columns) < 25, "neighbouring rows")
    #expect(chiSquare(mask(RandomStream(seed: 5, run: 1, step: 3, operation: 3)), shift: 0) < 25, "next step")
    #expect(chiSquare(mask(RandomStream(seed: 5, run: 1, step: 2, operation: 4)), shift: 0) < 25, "next operation")
    #expect(chiSquare(mask(RandomStream(seed: 5, run: 2, step: 2, operation: 3)), shift: 0) < 25, "next run")
    #expect(chiSquare(mask(RandomStream(seed: 6, run: 1, step: 2, operation: 3)), shift: 0) < 25, "next seed")
    #expect(chiSquare(mask(Self.random.substream(0)), shift: 0) < 25, "sub-stream")
  }

  @Test("Uniform numbers fill sixteen bins evenly")
  func uniformIsEven() {
    let buffer = FloatBuffer(count: 64_000)
    Kernels.uniform(into: buffer, width: 8, random: Self.random)
    var bins = [Double](repeating: 0, count: 16)
    for value in buffer.values { bins[Int(value * 16)] += 1 }
    let chiSquare = bins.reduce(0) { $0 + ($1 - 4000) * ($1 - 4000) / 4000 }
    // Fifteen degrees of freedom: 50 is passed once in 90,000 tries.
    #expect(chiSquare < 50)
  }

  @Test("Streams with different parts have different keys")
  func keysDiffer() {
    var keys: Set<UInt64> = []
    var count = 0
    for seed in 0..<4 {
      for run in 0..<4 {
        for step in 0..<4 {
          for operation in 0..<4 {
            let stream = RandomStream(seed: UInt64(seed), run: run, step: step, operation: operation)
            keys.formUnion([stream.key, stream.substream(0).key, stream.substream(1).key])
            count += 3
          }
        }
      }
    }
    #expect(keys.count == count)
  }

  @Test("A generator repeats itself, shuffles to a permutation and draws each number equally often")
  func generator() {
    var (a, b) = (Self.random.generator, Self.random.generator)
    #expect((0..<100).allSatisfy { _ in a.next() == b.next() })
    #expect(a.shuffled(Array(0..<50)).sorted() == Array(0..<50))
    #expect(a.shuffled(Array(0..<50)) != Array(0..<50))
    #expect(a.shuffled([Int]()) == [] && a.shuffled([7]) == [7])
    var counts = [Double](repeating: 0, count: 6)
    for _ in 0..<6000 { counts[a.next(below: 6)] += 1 }
    // Five degrees of freedom: 30 is passed once in 68,000 tries.
    #expect(counts.reduce(0) { $0 + ($1 - 1000) * ($1 - 1000) / 1000 } < 30)
    var places = [Double](repeating: 0, count: 4)
    for _ in 0..<4000 { places[a.shuffled([0, 1, 2, 3]).firstIndex(of: 0)!] += 1 }
    #expect(places.reduce(0) { $0 + ($1 - 1000) * ($1 - 1000) / 1000 } < 25)
  }
}
