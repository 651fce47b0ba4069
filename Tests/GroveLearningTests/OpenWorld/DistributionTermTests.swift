import GroveKernels
@testable import GroveLearning
import GroveTensors
import TestSupport
import Testing

/// Terms that losses share, against their formulas.
@Suite struct DistributionTermTests {
  @Test(arguments: [(1, 2), (2, 1), (5, 3), (7, 6)]) func `entropies of rows`(rows: Int, columns: Int) {
    expectOperation([TestInput(rows: rows, columns: columns, seed: 1, bound: 2)]) { inputs in
      var result = Matrix(rows: rows, columns: 1)
      result.values = Slow.entropies(inputs[0])
      return result
    } fast: {
      DistributionTerms.entropies(of: $0[0])
    }
  }

  @Test(arguments: [1, 2, 7, 20]) func `entropy of the mean of distributions`(rows: Int) {
    expectOperation([TestInput(rows: rows, columns: 5, seed: 1)]) {
      .scalar(SlowLoss.entropyOfMean(Slow.softmax($0[0], logarithm: false)))
    } fast: {
      DistributionTerms.entropyOfMean(of: $0[0].softmax())
    }
  }

  @Test func `divergence of the mean from a prior`() {
    let prior: [Float] = [0.2, 0.5, 0.3]
    expectOperation([TestInput(rows: 5, columns: 3, seed: 2, bound: 2)]) { inputs in
      let shares = Slow.softmax(inputs[0], logarithm: false)
      return .scalar(
        (0..<3).reduce(0.0) { total, c in
          let mean = (0..<5).reduce(0.0) { $0 + shares[$1, c] } / 5
          return total + mean * Slow.logarithm(mean / Double(prior[c]))
        })
    } fast: {
      DistributionTerms.divergence(of: $0[0].softmax(), from: prior, floor: 1e-8)
    }
  }

  @Test func `a share below the floor counts as the floor, and has no gradient`() throws {
    let shares = Tensor([[1, 0], [1, 0]], requiresGradient: true)
    let entropy = DistributionTerms.entropyOfMean(of: shares, floor: 1e-3)
    #expect(difference([entropy.scalar], [-1e-3 * Slow.logarithm(1e-3)]) < 1e-5)
    let gradient = try #require(entropy.backward()[shares]).values
    #expect(gradient[1] == 0 && gradient[3] == 0 && abs(gradient[0] + 0.5) < 1e-6)
    let divergence = DistributionTerms.divergence(of: shares, from: [0.5, 0.5], floor: 1e-3)
    #expect(difference([divergence.scalar], [Slow.logarithm(2) + 1e-3 * Slow.logarithm(2e-3)]) < 1e-5)
  }

  @Test func `cross-entropy against equal shares`() {
    expectOperation([TestInput(rows: 4, columns: 3, seed: 3, bound: 2)]) { inputs in
      let logs = Slow.softmax(inputs[0], logarithm: true)
      var result = Matrix(rows: 4, columns: 1)
      for row in 0..<4 { result[row, 0] = -logs.row(row).reduce(0, +) / 3 }
      return result
    } fast: {
      DistributionTerms.uniformCrossEntropies(of: $0[0])
    }
  }

  @Test func `cosine of columns`() {
    expectOperation([TestInput(rows: 6, columns: 1, seed: 4), TestInput(rows: 6, columns: 1, seed: 5)]) {
      .scalar(Slow.cosine($0[0].values, $0[1].values))
    } fast: {
      DistributionTerms.cosine($0[0], $0[1])
    }
  }

  @Test func `distances of rows of length 1, finite on a point`() throws {
    expectOperation([TestInput(rows: 4, columns: 3, seed: 6), TestInput(rows: 2, columns: 3, seed: 7)]) {
      Slow.distances(Slow.normalizedRows($0[0], epsilon: 1e-12), Slow.normalizedRows($0[1], epsilon: 1e-12))
    } fast: {
      DistributionTerms.unitDistances($0[0].normalizedRows(), $0[1].normalizedRows())
    }
    let row = Tensor([[0.6, 0.8]], requiresGradient: true)
    let gradient = try #require(DistributionTerms.unitDistances(row, Tensor([[0.6, 0.8]])).sum().backward()[row])
    #expect(gradient.buffer.firstNonFinite == nil)
  }

  @Test func `largest entry of each row`() {
    expectOperation([TestInput(rows: 4, columns: 3, seed: 8)]) { inputs in
      var result = Matrix(rows: 4, columns: 1)
      for row in 0..<4 { result[row, 0] = inputs[0].row(row).max() ?? 0 }
      return result
    } fast: {
      DistributionTerms.rowMaximum($0[0])
    }
  }

  @Test func `confidence is the largest probability and its first class`() {
    let found = Confidence(of: Tensor([[0, 0], [1, 3], [2, 0]]))
    #expect(found.classes == [0, 1, 0])
    #expect(difference(found.values, [0.5, Slow.sigmoid(2), Slow.sigmoid(2)]) < 1e-6)
  }

  @Test func `the gate takes the rows that are farther from seen prototypes than a share of labeled ones`() {
    // Two seen prototypes and one novel one; rows 0...3 are labeled.
    let similarities = Tensor([[9, 1, 1], [1, 8, 1], [7, 1, 2], [1, 5, 4], [0, 1, 9], [9, 1, 0]])
    let all = PrototypeGate(similarities: similarities, seenCount: 2, labeled: [0, 1, 2, 3], percent: 0)
    #expect(all.nearest == [0, 1, 0, 1, 2, 0])
    #expect(all.isNovel == [false, false, false, false, true, false])
    let few = PrototypeGate(similarities: similarities, seenCount: 2, labeled: [0, 1, 2, 3], percent: 50)
    #expect(few.isNovel.prefix(4).filter { $0 }.count == 2 && few.isNovel[3] && few.isNovel[4])
    // (5 − 10/3) / deviation of (1, 5, 4)
    let deviation = (Double(49 + 25 + 4) / 27).squareRoot()
    #expect(difference([all.seenScores[3]], [5 / 3 / deviation]) < 1e-5)
    let nobody = PrototypeGate(similarities: similarities, seenCount: 2, labeled: [], percent: 50)
    #expect(nobody.isNovel.allSatisfy { !$0 })
  }
}
