import Foundation
import GroveTensors
import TestSupport
import Testing

/// Cross-entropies against slow references.
@Suite("Classification losses")
struct ClassificationLossTests {
  private static func single(_ value: Double) -> Matrix { Matrix(rows: 1, columns: 1).mapped { _, _, _ in value } }

  private static func crossEntropy(_ x: Matrix, _ classes: [Int32], _ weights: [Float]?, _ smoothing: Double) -> Matrix
  {
    let logs = Slow.softmax(x, logarithm: true)
    var (total, weightSum) = (0.0, 0.0)
    for row in 0..<x.rows {
      let label = Int(classes[row])
      let weight = Double(weights?[label] ?? 1)
      weightSum += weight
      total -= (1 - smoothing) * weight * logs[row, label]
      for c in 0..<x.columns { total -= smoothing / Double(x.columns) * Double(weights?[c] ?? 1) * logs[row, c] }
    }
    return single(total / weightSum)
  }

  @Test("Cross-entropy, with weights and smoothing", arguments: [1, 2, 7, 64], [Float(0), 0.1])
  func crossEntropy(rows: Int, smoothing: Float) {
    let x = [TestInput(rows: rows, columns: 5, seed: 1, bound: 3)]
    let classes = (0..<rows).map { Int32(($0 * 3 + 1) % 5) }
    for weights in [nil, [0.5, 2, 1, 0, 3] as [Float]?] where weights == nil || rows > 1 {
      expectOperation(
        x, slow: { Self.crossEntropy($0[0], classes, weights, Double(smoothing)) },
        fast: { $0[0].crossEntropy(classes, weights: weights, smoothing: smoothing) })
    }
  }

  @Test("Cross-entropy of logits that differ by thousands is finite, and so is its gradient")
  func hugeLogits() throws {
    let x = Tensor([[4000, -4000, 0], [-4000, 4000, 0]], requiresGradient: true)
    let loss = x.crossEntropy([1, 1])
    #expect(loss.scalar == 4000)
    let gradient = try #require(loss.backward()[x]).values
    #expect(difference(gradient, [0.5, -0.5, 0, 0, 0, 0]) <= 1e-6)
  }

  @Test("One class has no loss")
  func oneClass() { #expect(abs(Tensor([[3], [-2]]).crossEntropy([0, 0]).scalar) <= 1e-6) }

  @Test("Binary cross-entropy, with weights of positives", arguments: [1, 2, 7, 64])
  func binary(rows: Int) {
    let x = [TestInput(rows: rows, columns: 3, seed: 2, bound: 4)]
    var random = TestRandom(rows)
    // Soft targets too.
    let targets = TestInput(
      (0..<rows * 3).map { _ in [0, 1, 0.3].randomElement(using: &random)! }, rows: rows, columns: 3)
    for weights in [nil, [0.5, 1, 4] as [Float]?] {
      expectOperation(
        x,
        slow: { m in
          var total = 0.0
          for row in 0..<rows {
            for c in 0..<3 {
              let (z, y) = (m[0][row, c], targets.matrix[row, c])
              total += Double(weights?[c] ?? 1) * y * log1p(exp(-z)) + (1 - y) * log1p(exp(z))
            }
          }
          return Self.single(total / Double(rows * 3))
        }, fast: { $0[0].binaryCrossEntropy(targets.tensor(requiresGradient: false), positiveWeights: weights) })
    }
  }

  @Test("Binary cross-entropy of huge logits is finite")
  func hugeBinary() throws {
    let x = Tensor([[1000, -1000, 500]], requiresGradient: true)
    let loss = x.binaryCrossEntropy(Tensor([[1, 0, 0]]))
    #expect(difference([loss.scalar], [500.0 / 3]) <= 1e-6)
    #expect(difference(try #require(loss.backward()[x]).values, [0, 0, 1.0 / 3]) <= 1e-6)
  }

  @Test("Classes out of range, missing classes and empty batches trap", arguments: 0..<5)
  func mistakesTrap(mistake: Int) async {
    await #expect(processExitsWith: .failure) { [mistake] in
      let x = Tensor([[1, 2], [3, 4]])
      switch mistake {
      case 0: _ = x.crossEntropy([0, 2])
      case 1: _ = x.crossEntropy([0, -1])
      case 2: _ = x.crossEntropy([0])
      case 3: _ = Tensor([], rows: 0, columns: 2).crossEntropy([])
      default: _ = x.binaryCrossEntropy(Tensor([[1, 0]]))
      }
    }
  }
}
