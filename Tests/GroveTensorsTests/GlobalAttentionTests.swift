import Foundation
import GroveKernels
import GroveTensors
import TestSupport
import Testing

/// Attention of all rows to all rows against a slow reference.
@Suite("Global attention")
struct GlobalAttentionTests {
  private static let random = RandomStream(seed: 7)

  /// Scores, softmax and sum, a query row and a head at a time; weights times `mask(head, query, key)`.
  private func slow(_ inputs: [Matrix], heads: Int, mask: (Int, Int, Int) -> Double) -> Matrix {
    let (queries, keys, values) = (inputs[0], inputs[1], inputs[2])
    var out = Matrix(rows: queries.rows, columns: values.columns)
    let (width, valueWidth) = (queries.columns / heads, values.columns / heads)
    for head in 0..<heads {
      for i in 0..<queries.rows {
        let scores = (0..<keys.rows).map { j in
          (0..<width).reduce(0.0) { $0 + queries[i, head * width + $1] * keys[j, head * width + $1] }
            / Double(width).squareRoot()
        }
        let largest = scores.max() ?? 0
        let sum = scores.reduce(0.0) { $0 + exp($1 - largest) }
        for j in 0..<keys.rows {
          let weight = exp(scores[j] - largest) / sum * mask(head, i, j)
          for k in head * valueWidth..<(head + 1) * valueWidth { out[i, k] += weight * values[j, k] }
        }
      }
    }
    return out
  }

  @Test(
    "Blocks of any size, heads and dropout",
    arguments: [(0, 0), (1, 1), (3, 5), (7, 4), (0, 3)], [(1, Float(0)), (2, 0), (2, 0.4)])
  func attention(size: (Int, Int), setting: (heads: Int, rate: Float)) {
    let (heads, rate) = setting
    for blockRows in [1, 2, 256] {
      expectOperation(
        [
          TestInput(rows: size.0, columns: 4, seed: 1, bound: 2),
          TestInput(rows: size.1, columns: 4, seed: 2, bound: 2),
          TestInput(rows: size.1, columns: 6, seed: 3),
        ],
        slow: {
          slow($0, heads: heads) { head, i, j in
            let isKept =
              Self.random.substream(head).bits(row: i, column: j) >= UInt32(Double(rate) * 4_294_967_296)
            return rate == 0 ? 1 : isKept ? 1 / (1 - Double(rate)) : 0
          }
        },
        fast: {
          $0[0].globalAttention(
            keys: $0[1], values: $0[2], heads: heads, dropout: rate, using: Self.random, blockRows: blockRows)
        })
    }
  }

  @Test("Worked by hand: one query between two keys")
  func byHand() {
    // Scores 4 · ln 3 / √4 … with D = 4: query · key / 2 = ln 3 and 0, so weights 3/4 and 1/4.
    let q = Tensor([[1, 1, 1, 1]])
    let key = Float(log(3.0) / 2)
    let k = Tensor([[key, key, key, key], [0, 0, 0, 0]])
    let v = Tensor([[8, 0], [0, 4]])
    let out = q.globalAttention(keys: k, values: v, heads: 1)
    #expect(difference(out.values, [6, 1]) < 1e-6)
  }

  @Test("One, two and three threads give the same bytes, forward and back")
  func threads() {
    var first: [[Float]]?
    ThreadCounts.forEach([1, 2, 3]) { _ in
      let inputs = (1...3).map { TestInput(rows: 700, columns: 16, seed: $0).tensor() }
      let out = inputs[0].globalAttention(
        keys: inputs[1], values: inputs[2], heads: 2, dropout: 0.3, using: Self.random)
      let values = out.values
      let gradients = out.backward()
      let all = [values] + inputs.map { gradients[$0]?.values ?? [] }
      if let first { #expect(zip(first, all).allSatisfy { sameBits($0, $1) }) }
      first = first ?? all
    }
  }

  @Test("One tensor may be queries, keys and values")
  func shared() {
    expectGradients(of: [TestInput(rows: 6, columns: 4, seed: 5)]) {
      $0[0].globalAttention(keys: $0[0], values: $0[0], heads: 2)
    }
  }
}
