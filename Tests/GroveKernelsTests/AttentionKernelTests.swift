import CKernels
import GroveKernels
import TestSupport
import Testing

/// Fused attention against slow references and their numerical gradients, on every path of this processor.
@Suite("Attention kernels")
struct AttentionKernelTests {
  static let rows = 8
  static let sources = 6
  static let slope: Float = 0.2
  static let random = RandomStream(seed: 9)
  /// Edge ids that are not the entries' own numbers.
  static let index: EdgeIndex = {
    let plain = TestGraphs.index(rowCount: rows, columnCount: sources, entryCount: 20, seed: 12)
    return EdgeIndex(
      offsets: plain.offsets, columns: plain.columns, identities: (0..<plain.entryCount).map { Int64(1000 - 7 * $0) })
  }()

  /// Numbers of heads; of wide rows only the most, because their references are slow.
  static func heads(_ width: Int) -> [Int] { width > 40 ? [KernelPath.heads(width).max()!] : KernelPath.heads(width) }

  /// The factor of dropout of an edge and head, from the stream itself.
  static func mask(_ rate: Float) -> (Int, Int) -> Double {
    guard rate > 0 else { return { _, _ in 1 } }
    let threshold = UInt32(Double(rate) * 4_294_967_296)
    return { random.bits(row: $0, column: $1) >= threshold ? 1 / (1 - Double(rate)) : 0 }
  }

  /// Runs `body` with settings whose maximum and sum are fresh.
  private func withState(
    heads: Int, rate: Float, source: GuardedFloats? = nil, target: GuardedFloats? = nil,
    _ body: (grove_attention) -> Void
  ) {
    let (maximum, sum) = (GuardedFloats(count: Self.rows * heads), GuardedFloats(count: Self.rows * heads))
    let packed = GuardedFloats(count: 3 * Self.rows * heads)
    body(
      grove_attention(
        source_scores: source.map { UnsafePointer($0.pointer) },
        target_scores: target.map { UnsafePointer($0.pointer) },
        maximum: maximum.pointer, sum: sum.pointer, packed: packed.pointer, slope: Self.slope, rate: rate,
        key: Self.random.key,
        heads: Int64(heads)))
    #expect(maximum.isIntact && sum.isIntact && packed.isIntact)
  }

  @Test("GAT agrees forward and in its three gradients, with and without dropout", arguments: KernelPath.widths)
  func attention(width: Int) {
    var random = TestRandom(width)
    for heads in Self.heads(width) {
      for rate: Float in width > 40 ? [0.4] : [0, 0.4] {
        let x = random.floats(Self.sources * width)
        let (s, t) = (random.floats(Self.sources * heads, bound: 3), random.floats(Self.rows * heads, bound: 3))
        let gradient = random.floats(Self.rows * width)
        let (mx, ms) = (Matrix(x, rows: Self.sources, columns: width), Matrix(s, rows: Self.sources, columns: heads))
        let mt = Matrix(t, rows: Self.rows, columns: heads)
        let mg = Matrix(gradient, rows: Self.rows, columns: width)
        func forward(_ x: Matrix, _ s: Matrix, _ t: Matrix) -> Matrix {
          Slow.attention(
            Self.index, sourceScores: s, targetScores: t, x: x, slope: Double(Self.slope), mask: Self.mask(rate))
        }
        let expected = forward(mx, ms, mt)
        let sourcePull = slowPullback(mg, at: ms) { forward(mx, $0, mt) }
        let targetPull = slowPullback(mg, at: mt) { forward(mx, ms, $0) }
        // The result is linear in x, so that any step is exact.
        let xPull = slowPullback(mg, at: mx, step: 1) { forward($0, ms, mt) }
        for path in KernelPath.all {
          let (gx, gs, gt) = (GuardedFloats(x), GuardedFloats(s), GuardedFloats(t))
          let (gg, out) = (GuardedFloats(gradient), GuardedFloats(count: Self.rows * width))
          let (dt, ds) = (GuardedFloats(zeros: t.count), GuardedFloats(zeros: s.count))
          let dx = GuardedFloats(zeros: x.count)
          withState(heads: heads, rate: rate, source: gs, target: gt) { settings in
            Self.index.withCSR { csr in
              KernelPath.inTwoRanges(Self.rows) {
                path.table.gat(csr, settings, gx.pointer, Int64(width), out.pointer, $0, $1)
              }
              KernelPath.inTwoRanges(Self.rows) {
                path.table.gat_backward_targets(
                  csr, settings, gx.pointer, Int64(width), out.pointer, gg.pointer, dt.pointer, $0, $1)
              }
            }
            Self.index.transposed(columnCount: Self.sources).withCSR { csr in
              KernelPath.inTwoRanges(Self.sources) {
                path.table.gat_backward_sources(
                  csr, settings, gx.pointer, Int64(width), gg.pointer, ds.pointer, dx.pointer, $0, $1)
              }
            }
          }
          let what = "\(path.name), \(heads) heads, rate \(rate)"
          #expect(difference(out.values, expected.values) <= 2e-5, "forward, \(what)")
          // A row whose scores lie on one side of the kink does not feel its target score: only rounding is left.
          let size = sourcePull.values.reduce(0.0) { max($0, abs($1)) }
          #expect(difference(dt.values, targetPull.values, atLeast: size) <= 2e-5, "target scores, \(what)")
          #expect(difference(ds.values, sourcePull.values) <= 2e-5, "source scores, \(what)")
          #expect(difference(dx.values, xPull.values) <= 2e-5, "x, \(what)")
          #expect([out, dt, ds, dx].allSatisfy { $0.isIntact }, "\(what)")
        }
      }
    }
  }

  @Test("GATv2 agrees forward and in its three gradients, with and without dropout", arguments: KernelPath.widths)
  func attentionV2(width: Int) {
    var random = TestRandom(width + 1)
    for heads in Self.heads(width) {
      for rate: Float in width > 40 ? [0.4] : [0, 0.4] {
        let (x, y) = (random.floats(Self.sources * width), random.floats(Self.rows * width))
        let vector = random.floats(width)
        let gradient = random.floats(Self.rows * width)
        let (mx, my) = (Matrix(x, rows: Self.sources, columns: width), Matrix(y, rows: Self.rows, columns: width))
        let (mv, mg) = (Matrix(vector, rows: 1, columns: width), Matrix(gradient, rows: Self.rows, columns: width))
        func forward(_ x: Matrix, _ y: Matrix, _ v: Matrix) -> Matrix {
          Slow.attentionV2(
            Self.index, x: x, y: y, vector: v, heads: heads, slope: Double(Self.slope), mask: Self.mask(rate))
        }
        let expected = forward(mx, my, mv)
        // A small step: no entry of x + y may cross the kink of LeakyReLU.
        let xPull = slowPullback(mg, at: mx, step: 1e-7) { forward($0, my, mv) }
        let yPull = slowPullback(mg, at: my, step: 1e-7) { forward(mx, $0, mv) }
        let vectorPull = slowPullback(mg, at: mv) { forward(mx, my, $0) }
        for path in KernelPath.all {
          let (gx, gy, gv) = (GuardedFloats(x), GuardedFloats(y), GuardedFloats(vector))
          let (gg, out) = (GuardedFloats(gradient), GuardedFloats(count: Self.rows * width))
          let (dx, dy) = (GuardedFloats(zeros: x.count), GuardedFloats(zeros: y.count))
          let dv = GuardedFloats(zeros: width)
          withState(heads: heads, rate: rate) { settings in
            Self.index.withCSR { csr in
              KernelPath.inTwoRanges(Self.rows) {
                path.table.gatv2(
                  csr, settings, gx.pointer, gy.pointer, gv.pointer, Int64(width), out.pointer, $0, $1)
              }
              KernelPath.inTwoRanges(Self.rows) {
                path.table.gatv2_backward_targets(
                  csr, settings, gx.pointer, gy.pointer, gv.pointer, Int64(width), out.pointer, gg.pointer,
                  dy.pointer, dv.pointer, $0, $1)
              }
            }
            Self.index.transposed(columnCount: Self.sources).withCSR { csr in
              KernelPath.inTwoRanges(Self.sources) {
                path.table.gatv2_backward_sources(
                  csr, settings, gx.pointer, gy.pointer, gv.pointer, Int64(width), out.pointer, gg.pointer,
                  dx.pointer, $0, $1)
              }
            }
          }
          let what = "\(path.name), \(heads) heads, rate \(rate)"
          #expect(difference(out.values, expected.values) <= 2e-5, "forward, \(what)")
          #expect(difference(dx.values, xPull.values) <= 2e-5, "x, \(what)")
          #expect(difference(dy.values, yPull.values) <= 2e-5, "y, \(what)")
          #expect(difference(dv.values, vectorPull.values) <= 2e-5, "vector, \(what)")
          #expect([out, dx, dy, dv].allSatisfy { $0.isIntact }, "\(what)")
        }
      }
    }
  }

  @Test("Large scores give no infinity and no NaN")
  func largeScores() {
    let index = EdgeIndex(offsets: [0, 2], columns: [0, 1])
    for path in KernelPath.all {
      let (s, t) = (GuardedFloats([3e30, -3e30]), GuardedFloats([0]))
      let out = GuardedFloats(count: 1)
      let (maximum, sum) = (GuardedFloats(count: 1), GuardedFloats(count: 1))
      let settings = grove_attention(
        source_scores: UnsafePointer(s.pointer), target_scores: UnsafePointer(t.pointer), maximum: maximum.pointer,
        sum: sum.pointer, packed: nil, slope: 0.2, rate: 0, key: 1, heads: 1)
      index.withCSR { path.table.gat($0, settings, [5, 7], 1, out.pointer, 0, 1) }
      #expect(out.values == [5], "\(path.name)")
    }
  }
}
