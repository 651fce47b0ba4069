import Foundation
@testable import GroveLearning
import GroveTensors
import TestSupport
import Testing

/// Losses on predictions, against slow references and finite differences.
@Suite struct PredictionLossTests {
  private static let sizes = [1, 2, 7, 20]

  @Test(arguments: sizes) func `disagreement of two predictions`(rows: Int) {
    expectOperation(
      [TestInput(rows: rows, columns: 5, seed: 2), TestInput(rows: rows, columns: 5, seed: 3)],
      slow: {
        let p = $0.map { Slow.softmax($0, logarithm: false) }
        return SlowLoss.matrix(SlowLoss.disagreement(p[0], p[1]))
      },
      fast: { $0[0].softmax().disagreement(with: $0[1].softmax()) })
  }

  @Test(arguments: sizes) func `cross-entropy against a distribution a row`(rows: Int) {
    let target = TestInput(
      Slow.softmax(TestInput(rows: rows, columns: 5, seed: 4).matrix, logarithm: false).floats, rows: rows, columns: 5)
    expectOperation(
      [TestInput(rows: rows, columns: 5, seed: 5)],
      slow: { SlowLoss.matrix(SlowLoss.crossEntropy($0[0], toward: target.matrix)) },
      fast: { $0[0].crossEntropy(toward: target.tensor(requiresGradient: false)) })
  }

  @Test(arguments: sizes, [0, 3] as [Float]) func `cross-entropy with a margin`(rows: Int, margin: Float) {
    let classes = (0..<rows).map { Int32($0 * 3 % 5) }
    expectOperation(
      [TestInput(rows: rows, columns: 5, seed: 6)],
      slow: {
        let raised = $0[0].mapped { row, column, value in value + (Int(classes[row]) == column ? Double(margin) : 0) }
        return SlowLoss.matrix(SlowLoss.crossEntropy(raised, classes))
      },
      fast: { $0[0].crossEntropy(classes, adding: margin) })
  }

  @Test func `by hand: certain and even predictions`() {
    let certain = Tensor([[1, 0], [0, 1]])
    #expect(difference([DistributionTerms.entropyOfMean(of: certain).scalar], [log(2)] as [Double]) < 1e-6)
    let same = Tensor([[1, 0], [1, 0]])
    #expect(difference([DistributionTerms.entropyOfMean(of: same).scalar], [0] as [Double]) < 1e-6)
    #expect(
      difference([certain.disagreement(with: Tensor([[1, 0], [0.5, 0.5]])).scalar], [log(2) / 2] as [Double]) < 1e-6)
    #expect(certain.disagreement(with: Tensor([[0, 1], [1, 0]])).scalar.isFinite)
    // Logits (0, 0) with 1 more for class 1: −log(e / (1 + e)).
    let lifted = Tensor([[0, 0]]).crossEntropy([1], adding: 1).scalar
    #expect(difference([lifted], [log(1 + exp(-1))] as [Double]) < 1e-6)
  }

  /// Check C-8 of specs/openima.md.
  @Test func `C-8: cross-entropy of three logits, and of even ones`() {
    #expect(difference([Tensor([[0.6, 0.8, 0.9]]).crossEntropy([1], adding: 0).scalar], [1.0729189131]) < 1e-6)
    #expect(difference([Tensor([[Float](repeating: 2, count: 15)]).crossEntropy([4]).scalar], [2.7080502011]) < 1e-6)
  }

  @Test(arguments: [1, 2, 7, 40], [1, 3, 256]) func `the nearest other row, whatever the rows of a block`(
    rows: Int, blockRows: Int
  ) {
    let x = TestInput(rows: rows, columns: 3, seed: 8)
    let expected = (0..<rows).map { row -> Int32 in
      let products = (0..<rows).map { other in
        zip(x.matrix.row(row), x.matrix.row(other)).reduce(0) { $0 + $1.0 * $1.1 }
      }
      return Int32((0..<rows).filter { $0 != row }.max { products[$0] < products[$1] } ?? row)
    }
    #expect(x.tensor().nearestOtherRows(blockRows: blockRows) == expected)
  }

  @Test func `of equally near rows the first`() {
    #expect(Tensor([[1, 0], [1, 0], [1, 0], [0, 1]]).nearestOtherRows() == [1, 0, 0, 0])
  }
}
