import CKernels
import GroveKernels
import TestSupport
import Testing

/// Attention within segments and the norm of a sum against slow references, on every path of this processor.
@Suite("Segment kernels")
struct SegmentKernelTests {
  private static let lengths = [0, 1, 2, 13, 14, 15, 33, 0, 100]
  private static let offsets: [Int64] = lengths.reduce(into: [0]) { $0.append($0[$0.count - 1] + Int64($1)) }

  /// Room as the header promises it to be enough.
  private static func room(_ width: Int, keepingScores: Bool) -> Int {
    func padded(_ count: Int) -> Int { (count + 15) / 16 * 16 }
    let longest = lengths.max() ?? 0
    return width * padded(longest) + longest * padded(width) + 14 * (longest + width)
      + (keepingScores ? 2 * longest * longest : 0)
  }

  @Test("Attention agrees forward and in its three gradients, which are added", arguments: [1, 3, 12], [1, 5, 32, 64])
  func attention(heads: Int, headWidth: Int) {
    let (rows, width) = (Int(Self.offsets[Self.offsets.count - 1]), heads * headWidth)
    var random = TestRandom(heads * 100 + headWidth)
    let (q, k) = (random.floats(rows * width, bound: 2), random.floats(rows * width, bound: 2))
    let (v, g, start) = (random.floats(rows * width), random.floats(rows * width), random.floats(rows * width))
    let inputs = [q, k, v].map { Matrix($0, rows: rows, columns: width) }
    let expected = Slow.segmentAttention(inputs, offsets: Self.offsets, heads: heads)
    let pulled = Slow.segmentAttentionPullback(
      Matrix(g, rows: rows, columns: width), inputs, offsets: Self.offsets, heads: heads)
    let size = pulled.reduce(0.0) { $1.values.reduce($0) { max($0, abs($1)) } }
    let scale = 1 / Float(headWidth).squareRoot()
    let items = Self.lengths.count * heads
    for path in KernelPath.all {
      let (gq, gk, gv, gg) = (GuardedFloats(q), GuardedFloats(k), GuardedFloats(v), GuardedFloats(g))
      let (out, pull) = (GuardedFloats(count: rows * width), (0..<3).map { _ in GuardedFloats(start) })
      let space = GuardedFloats(count: Self.room(headWidth, keepingScores: false))
      let wide = GuardedFloats(count: Self.room(headWidth, keepingScores: true))
      KernelPath.inTwoRanges(items) {
        path.table.segment_attention(
          gq.pointer, gk.pointer, gv.pointer, Self.offsets, Int64(width), Int64(heads), scale, space.pointer,
          out.pointer, $0, $1)
      }
      KernelPath.inTwoRanges(items) {
        path.table.segment_attention_backward(
          gq.pointer, gk.pointer, gv.pointer, gg.pointer, Self.offsets, Int64(width), Int64(heads), scale,
          wide.pointer, pull[0].pointer, pull[1].pointer, pull[2].pointer, $0, $1)
      }
      #expect(difference(out.values, expected.values) <= 2e-5, "\(path.name)")
      for index in 0..<3 {
        let sum = zip(pulled[index].values, start).map { $0 + Double($1) }
        #expect(difference(pull[index].values, sum, atLeast: size * 0.1) <= 2e-5, "\(path.name), input \(index)")
      }
      #expect(([out, space, wide, gq, gk, gv, gg] + pull).allSatisfy { $0.isIntact }, "\(path.name)")
    }
  }

  @Test("The norm of a sum agrees, and keeps what a backward pass needs", arguments: KernelPath.widths)
  func norm(width: Int) {
    let rows = 5
    var random = TestRandom(width)
    let (x, y) = (random.floats(rows * width), random.floats(rows * width))
    let (weight, bias) = (random.floats(width), random.floats(width))
    let inputs = [
      Matrix(x, rows: rows, columns: width), Matrix(y, rows: rows, columns: width),
      Matrix(weight, rows: 1, columns: width), Matrix(bias, rows: 1, columns: width),
    ]
    let plain = Array(inputs[..<2]) + [Matrix([Float](repeating: 1, count: width), rows: 1, columns: width)]
    let normal = Slow.layerNormOfSum(plain + [Matrix(rows: 1, columns: width)], epsilon: 1e-3)
    let expected = Slow.layerNormOfSum(inputs, epsilon: 1e-3)
    for path in KernelPath.all {
      let (gx, gy) = (GuardedFloats(x), GuardedFloats(y))
      let (gw, gb) = (GuardedFloats(weight), GuardedFloats(bias))
      let (out, kept, scale) = (
        GuardedFloats(count: rows * width), GuardedFloats(count: rows * width), GuardedFloats(count: rows)
      )
      let unkept = GuardedFloats(count: rows * width)
      KernelPath.inTwoRanges(rows) {
        path.table.layer_norm_sum(
          gx.pointer, gy.pointer, gw.pointer, gb.pointer, Int64(width), 1e-3, out.pointer, kept.pointer, scale.pointer,
          $0, $1)
        path.table.layer_norm_sum(
          gx.pointer, gy.pointer, gw.pointer, gb.pointer, Int64(width), 1e-3, unkept.pointer, nil, nil, $0, $1)
      }
      #expect(difference(out.values, expected.values) <= 2e-5, "\(path.name)")
      #expect(difference(kept.values, normal.values) <= 2e-5, "\(path.name)")
      #expect(sameBits(unkept.values, out.values), "\(path.name)")
      let scales = (0..<rows).map { row -> Double in
        let sums = (0..<width).map { inputs[0][row, $0] + inputs[1][row, $0] }
        let mean = sums.reduce(0, +) / Double(width)
        let variance = sums.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(width)
        return 1 / (variance + 1e-3).squareRoot()
      }
      #expect(difference(scale.values, scales) <= 2e-5, "\(path.name)")
      #expect([gx, gy, gw, gb, out, kept, scale, unkept].allSatisfy { $0.isIntact }, "\(path.name)")
    }
  }
}
