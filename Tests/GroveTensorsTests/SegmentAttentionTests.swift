import Foundation
import GroveKernels
import GroveTensors
import TestSupport
import Testing

/// Attention within segments, the norm of a sum and frozen weights against slow references.
@Suite("Segment attention")
struct SegmentAttentionTests {
  /// Every length around a tile of 14 queries, empty segments among them and at both ends.
  private static let mixed = [0, 33, 1, 14, 0, 100, 2, 13, 15, 1, 0]

  private static func offsets(_ lengths: [Int]) -> [Int64] {
    lengths.reduce(into: [0]) { $0.append($0[$0.count - 1] + Int64($1)) }
  }

  private static func inputs(_ rows: Int, _ width: Int, seed: Int = 1) -> [TestInput] {
    (0..<3).map { TestInput(rows: rows, columns: width, seed: seed + $0, bound: $0 < 2 ? 2 : 1) }
  }

  private func attention(_ x: [Tensor], heads: Int, _ offsets: [Int64]) -> Tensor {
    x[0].segmentAttention(keys: x[1], values: x[2], heads: heads, segments: Segments(offsets: offsets))
  }

  @Test("Rows and gradients agree with a slow reference", arguments: [1, 3, 12], [1, 5, 32, 64])
  func agrees(heads: Int, width: Int) {
    let offsets = Self.offsets(Self.mixed)
    let inputs = Self.inputs(Self.mixed.reduce(0, +), heads * width)
    let matrices = inputs.map(\.matrix)
    let seed = TestInput(rows: inputs[0].rows, columns: heads * width, seed: 9)
    let tensors = inputs.map { $0.tensor() }
    let out = attention(tensors, heads: heads, offsets)
    let expected = Slow.segmentAttention(matrices, offsets: offsets, heads: heads)
    #expect(difference(out.values, expected.values) <= 2e-5)
    let gradients = out.backward(from: seed.tensor(requiresGradient: false))
    let pulled = Slow.segmentAttentionPullback(seed.matrix, matrices, offsets: offsets, heads: heads)
    let size = pulled.reduce(0.0) { $1.values.reduce($0) { max($0, abs($1)) } }
    for (index, wanted) in pulled.enumerated() {
      let given = gradients[tensors[index]]?.values ?? []
      #expect(difference(given, wanted.values, atLeast: size * 0.1) <= 2e-5, "input \(index)")
    }
  }

  @Test(
    "The reference and the operation agree with finite differences",
    arguments: [[], [0], [1], [2], [3, 0, 1], [1, 4, 2]], [(1, 1), (1, 5), (2, 3)])
  func differences(lengths: [Int], size: (heads: Int, width: Int)) {
    let offsets = Self.offsets(lengths)
    expectOperation(
      Self.inputs(lengths.reduce(0, +), size.heads * size.width),
      slow: { Slow.segmentAttention($0, offsets: offsets, heads: size.heads) },
      fast: { attention($0, heads: size.heads, offsets) })
  }

  @Test("Worked by hand: weights 3/4 and 1/4 in one segment, a single row in the other")
  func byHand() {
    // D = 4: query · key / 2 = ln 3 and 0.
    let key = Float(log(3.0) / 2)
    let q = Tensor([[1, 1, 1, 1], [0, 0, 0, 0], [5, 5, 5, 5]])
    let k = Tensor([[key, key, key, key], [0, 0, 0, 0], [9, 9, 9, 9]])
    let v = Tensor([[8, 0, 0, 4], [0, 4, 0, 4], [1, 2, 3, 4]])
    let out = q.segmentAttention(keys: k, values: v, heads: 1, segments: Segments(offsets: [0, 2, 3]))
    #expect(difference(out.values, [6, 1, 0, 4, 4, 2, 0, 4, 1, 2, 3, 4]) < 1e-6)
  }

  @Test("One tensor may be queries, keys and values: its gradient is the sum of the three", arguments: [1, 3])
  func shared(heads: Int) {
    let offsets = Self.offsets([5, 0, 1, 16])
    let input = TestInput(rows: 22, columns: 6, seed: 5)
    expectGradients(of: [input]) { attention([$0[0], $0[0], $0[0]], heads: heads, offsets) }
    let seed = TestInput(rows: 22, columns: 6, seed: 6)
    let x = input.tensor()
    let given = attention([x, x, x], heads: heads, offsets).backward(from: seed.tensor(requiresGradient: false))[x]
    let pulled = Slow.segmentAttentionPullback(
      seed.matrix, [input.matrix, input.matrix, input.matrix], offsets: offsets, heads: heads)
    let sum = pulled[0].values.indices.map { k in pulled.reduce(0.0) { $0 + $1.values[k] } }
    #expect(difference(given?.values ?? [], sum) <= 2e-5)
  }

  @Test("Only tensors that want a gradient get one, whichever they are", arguments: 0..<3)
  func oneWants(wanted: Int) {
    let inputs = Self.inputs(7, 4)
    let offsets = Self.offsets([3, 4])
    let seed = TestInput(rows: 7, columns: 4, seed: 4).tensor(requiresGradient: false)
    let all = inputs.map { $0.tensor() }
    let full = attention(all, heads: 2, offsets).backward(from: seed)
    let some = inputs.enumerated().map { $1.tensor(requiresGradient: $0 == wanted) }
    let part = attention(some, heads: 2, offsets).backward(from: seed)
    for k in 0..<3 {
      #expect((part[some[k]] != nil) == (k == wanted), "input \(k)")
    }
    #expect(sameBits(part[some[wanted]]?.values ?? [], full[all[wanted]]?.values ?? [0]))
  }

  @Test("One, two and three threads give the same bytes, forward and back")
  func threads() {
    let lengths = [0, 33, 1, 100, 14, 2, 200, 13, 15, 64, 0, 90]
    let rows = lengths.reduce(0, +)
    let seed = TestInput(rows: rows, columns: 96, seed: 8).tensor(requiresGradient: false)
    var first: [[Float]]?
    ThreadCounts.forEach([1, 2, 3]) { count in
      let inputs = Self.inputs(rows, 96).map { $0.tensor() }
      let out = attention(inputs, heads: 3, Self.offsets(lengths))
      let values = out.values
      let gradients = out.backward(from: seed)
      let all = [values] + inputs.map { gradients[$0]?.values ?? [] }
      if let first { #expect(zip(first, all).allSatisfy { sameBits($0, $1) }, "\(count) threads") }
      first = first ?? all
    }
  }

  @Test(
    "Rows and gradients of a segment do not depend on the other segments, to the bit", arguments: [(3, 5), (2, 32)])
  func alone(size: (heads: Int, width: Int)) {
    let columns = size.heads * size.width
    let inputs = Self.inputs(Self.mixed.reduce(0, +), columns)
    let seed = TestInput(rows: inputs[0].rows, columns: columns, seed: 3)
    func run(_ range: Range<Int>, _ lengths: [Int]) -> [[Float]] {
      func part(_ input: TestInput, _ recording: Bool) -> Tensor {
        let values = Array(input.values[range.lowerBound * columns..<range.upperBound * columns])
        return Tensor(values, rows: range.count, columns: columns, requiresGradient: recording)
      }
      let tensors = inputs.map { part($0, true) }
      let out = attention(tensors, heads: size.heads, Self.offsets(lengths))
      let values = out.values
      let gradients = out.backward(from: part(seed, false))
      return [values] + tensors.map { gradients[$0]?.values ?? [] }
    }
    let all = run(0..<inputs[0].rows, Self.mixed)
    var start = 0
    for length in Self.mixed {
      let one = run(start..<start + length, [length])
      for (whole, single) in zip(all, one) {
        #expect(
          sameBits(Array(whole[start * columns..<(start + length) * columns]), single), "\(length) rows from \(start)")
      }
      start += length
    }
  }

  @Test("Large scores give no infinity and no NaN, and pick the largest")
  func largeScores() {
    let q = Tensor([[1e4], [-1e4]], requiresGradient: true)
    let k = Tensor([[1e4], [-1e4]], requiresGradient: true)
    let v = Tensor([[3], [5]], requiresGradient: true)
    let out = q.segmentAttention(keys: k, values: v, heads: 1, segments: Segments(offsets: [0, 2]))
    #expect(out.values == [3, 5])
    let gradients = out.sum().backward()
    for x in [q, k, v] { #expect(gradients[x]?.values.allSatisfy(\.isFinite) == true) }
  }

  @Test("A caller's mistake traps and names what was given", arguments: 0..<9)
  func mistakesTrap(mistake: Int) async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) { [mistake] in
      let x = Tensor([[1, 2, 3], [4, 5, 6]])
      let two = Segments(offsets: [0, 1, 2])
      let row = Tensor([[1, 1, 1]])
      switch mistake {
      case 0: _ = x.segmentAttention(keys: row, values: x, heads: 1, segments: two)
      case 1: _ = x.segmentAttention(keys: x, values: row, heads: 1, segments: two)
      case 2: _ = x.segmentAttention(keys: x, values: x, heads: 2, segments: two)
      case 3: _ = x.segmentAttention(keys: x, values: x, heads: 0, segments: two)
      case 4: _ = x.segmentAttention(keys: x, values: x, heads: 1, segments: Segments(offsets: [0, 3]))
      case 5: _ = x.layerNormalized(adding: row, weight: row, bias: row, epsilon: 1)
      case 6: _ = x.layerNormalized(adding: x, weight: x, bias: row, epsilon: 1)
      case 7: _ = x.layerNormalized(adding: x, weight: row, bias: Tensor([[1, 2]]), epsilon: 1)
      default: _ = FrozenWeight(x)(x, bias: nil)
      }
    }
    let named = mistake < 5 ? "segmentAttention" : mistake < 8 ? "layerNormalized" : "FrozenWeight"
    expectTrapMessage(result, mentions: [named, "[2, 3]"])
  }
}
