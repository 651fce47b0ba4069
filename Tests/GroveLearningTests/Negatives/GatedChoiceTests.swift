import Foundation
import GroveKernels
import GroveLayers
import GroveLearning
import GroveTensors
import TestSupport
import Testing

/// DENS's gates, choice and loss against slow references.
@Suite("Gated choice of negatives")
struct GatedChoiceTests {
  private static func sigmoid(_ x: Double) -> Double { 1 / (1 + exp(-x)) }
  private static func softplus(_ x: Double) -> Double { log(1 + exp(x)) }

  /// The layer by hand: x · W + b.
  private static func dense(_ layer: Linear, _ x: Matrix) -> Matrix {
    let weight = Matrix(layer.weight.value.values, rows: layer.weight.shape.rows, columns: layer.weight.shape.columns)
    let bias = layer.bias!.value.values
    return x.times(weight).mapped { $2 + Double(bias[$1]) }
  }

  private static func gated(_ x: Matrix, _ own: Linear, _ other: Matrix, _ layer: Linear) -> Matrix {
    let (a, b) = (dense(own, x), dense(layer, other))
    return x.mapped { $2 * sigmoid(a[$0, $1] + b[$0, $1]) }
  }

  private static func repeated(_ x: Matrix, _ count: Int) -> Matrix {
    Matrix(rows: x.rows * count, columns: x.columns).mapped { row, k, _ in x[row / count, k] }
  }

  @Test(
    "Each hop takes the candidate that is most like the anchor but for what matters",
    arguments: [(1, 1), (2, 3), (7, 6)],
    [0, 30, 100, 250])
  func choice(size: (rows: Int, count: Int), epoch: Int) {
    let (rows, count) = size
    let gates = GatedChoice(width: 4, warmUp: 100, from: Initializer(seed: 3))
    func inputs(_ rows: Int, _ seed: Int) -> [TestInput] {
      (0..<2).map { TestInput(rows: rows, columns: 4, seed: seed + $0) }
    }
    let (u, p, n) = (inputs(rows, 1), inputs(rows, 11), inputs(rows * count, 21))
    let candidates = n.map { $0.tensor() }
    let made = gates(
      anchors: u.map { $0.tensor() }, positives: p.map { $0.tensor() }, candidates: candidates, epoch: epoch)
    let share = 1 - min(1, Double(epoch) / 100)
    for hop in 0..<2 {
      let part = Self.gated(p[hop].matrix, gates.positive, u[hop].matrix, gates.anchor)
      let own = Self.gated(n[hop].matrix, gates.negative, Self.repeated(part, count), gates.relevant)
      let rest = own.mapped { share * n[hop].matrix[$0, $1] - $2 }
      for row in 0..<rows {
        let scores = (0..<count).map { m in
          zip(u[hop].matrix.row(row), rest.row(row * count + m)).reduce(0) { $0 + $1.0 * $1.1 }
        }
        let best = scores.indices.reduce(0) { scores[$1] > scores[$0] ? $1 : $0 }
        #expect(Int(made.choices[hop][row]) == best)
        // The negative is the candidate itself.
        for k in 0..<4 { #expect(made.hops[hop][row, k] == candidates[hop][row * count + best, k]) }
      }
    }
    let gradients = made.pooled.sum().backward()
    #expect(gradients[gates.negative.weight] == nil)
    #expect(gradients[candidates[0]]?.values.filter { $0 == 0.5 }.count == rows * 4)
  }

  @Test("The contrast of relevant and other parts is as written, and teaches all four gates", arguments: [1, 2, 7])
  func contrast(rows: Int) {
    let gates = GatedChoice(width: 3, from: Initializer(seed: 5))
    let inputs = (0..<6).map { TestInput(rows: rows, columns: 3, seed: 40 + $0) }
    func slow(_ x: [Matrix]) -> Matrix {
      func mean(_ hops: [Matrix]) -> Matrix { hops[0].mapped { ($2 + hops[1][$0, $1]) / 2 } }
      let p = (0..<2).map { Self.gated(x[2 + $0], gates.positive, x[$0], gates.anchor) }
      let n = (0..<2).map { Self.gated(x[4 + $0], gates.negative, p[$0], gates.relevant) }
      let u = mean(Array(x[..<2]))
      var total = 0.0
      for row in 0..<rows {
        func score(_ hops: [Matrix]) -> Double {
          zip(u.row(row), mean(hops).row(row)).reduce(0) { $0 + $1.0 * $1.1 }
        }
        let (p1, n1) = (score(p), score(n))
        let (p0, n0) = (score(Array(x[2..<4])) - p1, score(Array(x[4...])) - n1)
        total += Self.softplus(p0 - p1) + Self.softplus(n1 - n0) + Self.softplus(n1 - p1) + Self.softplus(p0 - n0)
      }
      return Matrix(rows: 1, columns: 1).mapped { _, _, _ in total / 4 / Double(rows) }
    }
    func fast(_ x: [Tensor]) -> Tensor {
      gates.contrast(anchors: Array(x[..<2]), positives: Array(x[2..<4]), negatives: Array(x[4...]))
    }
    expectOperation(inputs, slow: slow, fast: fast)
    let gradients = fast(inputs.map { $0.tensor() }).backward()
    #expect(gates.parameters().count == 8)
    for parameter in gates.parameters() {
      #expect(gradients[parameter.value]?.values.contains { $0 != 0 } == true, "\(parameter.name)")
    }
  }
}
