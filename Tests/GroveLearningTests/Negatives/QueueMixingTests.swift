import Foundation
import GroveKernels
import GroveLearning
import GroveTensors
import TestSupport
import Testing

/// MoCHi's mixtures against what they must be made of.
@Suite("Negatives mixed from a queue")
struct QueueMixingTests {
  private static func unit(_ x: [Double]) -> [Double] {
    let length = x.reduce(0) { $0 + $1 * $1 }.squareRoot()
    return x.map { $0 / length }
  }

  private static func dot(_ a: [Double], _ b: [Double]) -> Double { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }

  /// What is left of a vector outside the plane of two others, and its shares of both.
  private static func shares(_ x: [Double], _ a: [Double], _ b: [Double]) -> (a: Double, b: Double, rest: Double) {
    let (aa, ab, bb) = (dot(a, a), dot(a, b), dot(b, b))
    let (xa, xb) = (dot(x, a), dot(x, b))
    let det = aa * bb - ab * ab
    let (s, t) = ((xa * bb - xb * ab) / det, (xb * aa - xa * ab) / det)
    let rest = x.indices.map { x[$0] - s * a[$0] - t * b[$0] }
    return (s, t, dot(rest, rest).squareRoot())
  }

  @Test("Pairs lie between two of the hardest, others nearer to one of them than to the query", arguments: [1, 2, 5])
  func madeOfTheHardest(rows: Int) {
    let (width, hardest) = (6, 3)
    let queries = TestInput(rows: rows, columns: width, seed: 1).tensor().normalizedRows()
    let queue = TestInput(rows: 20, columns: width, seed: 2).tensor().normalizedRows()
    let mixing = QueueMixing(hardest: hardest, pairs: 12, withQuery: 7)
    let made = mixing.negatives(of: queries, queue: queue, using: RandomStream(seed: 4))
    #expect(made.shape == Shape(rows * 19, width) && !made.requiresGradient)
    let (q, keys) = (Matrix(queries.values, rows: rows, columns: width), Matrix(queue.values, rows: 20, columns: width))
    let mixed = Matrix(made.values, rows: rows * 19, columns: width)
    for row in 0..<rows {
      let order = (0..<20).sorted { Self.dot(q.row(row), keys.row($0)) > Self.dot(q.row(row), keys.row($1)) }
      let hard = order.prefix(hardest).map { keys.row($0) }
      for number in 0..<19 {
        let x = mixed.row(row * 19 + number)
        #expect(abs(Self.dot(x, x) - 1) <= 1e-5)
        // Some two vectors of which it is a mixture, with shares of either sign as asked for.
        let sources = number < 12 ? hard : [q.row(row)]
        let fits = sources.indices.contains { i in
          hard.indices.contains { j in
            if number < 12 && i == j { return false }
            let (a, b, rest) = Self.shares(x, sources[i], hard[j])
            return rest <= 1e-5 && a >= -1e-6 && b >= -1e-6 && (number < 12 || a <= b + 1e-6)
          }
        }
        #expect(fits, "mixture \(number) of query \(row)")
      }
    }
  }

  @Test("Every pair of the hardest is drawn, evenly")
  func evenPairs() {
    // Orthogonal keys, of which the first is not among the three hardest: entries tell what was mixed.
    let queue = Tensor([[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1]])
    let queries = Tensor([[0.1, 0.2, 0.3, 0.4]])
    let made = QueueMixing(hardest: 3, pairs: 6000, withQuery: 0)
      .negatives(of: queries, queue: queue, using: RandomStream(seed: 6))
    var counts: [[Int]: Int] = [:]
    for row in 0..<6000 {
      counts[(0..<4).filter { made[row, $0] > 1e-6 }, default: 0] += 1
    }
    #expect(Set(counts.keys) == [[1, 2], [1, 3], [2, 3]])
    // Chi-square of 2 degrees of freedom: 18.4 has a chance of 1e-4.
    #expect(counts.values.reduce(0.0) { $0 + pow(Double($1) - 2000, 2) / 2000 } < 18.4)
  }

  @Test("Scores are dot products with the mixtures, whose gradient reaches the query alone", arguments: [1, 2, 5])
  func scores(rows: Int) throws {
    let queries = TestInput(rows: rows, columns: 4, seed: 1).tensor()
    let queue = TestInput(rows: 9, columns: 4, seed: 2).tensor()
    let mixing = QueueMixing(hardest: 4, pairs: 3, withQuery: 2)
    let random = RandomStream(seed: 4)
    let mixed = mixing.negatives(of: queries, queue: queue, using: random)
    let scores = mixing.scores(of: queries, queue: queue, using: random)
    let (q, n) = (Matrix(queries.values, rows: rows, columns: 4), Matrix(mixed.values, rows: rows * 5, columns: 4))
    let wanted = Matrix(rows: rows, columns: 5).mapped { Self.dot(q.row($0), n.row($0 * 5 + $1)) + 0 * $2 }
    #expect(difference(scores.values, wanted.values) <= 1e-6)
    let gradients = scores.sum().backward()
    #expect(gradients[queue] == nil)
    let sums = Matrix(rows: rows, columns: 4).mapped { row, k, _ in (0..<5).reduce(0) { $0 + n[row * 5 + $1, k] } }
    #expect(difference(try #require(gradients[queries]).values, sums.values) <= 1e-6)
  }

  @Test("A queue of one key is mixed with itself; one stream gives the same bytes for any number of threads")
  func smallAndSame() {
    let one = Tensor([[0, 1]])
    let made = QueueMixing(pairs: 2, withQuery: 0).negatives(
      of: Tensor([[1, 0]]), queue: one, using: RandomStream(seed: 1))
    #expect(difference(made.values, [0, 1, 0, 1]) <= 1e-6)
    let queries = TestInput(rows: 300, columns: 16, seed: 1).tensor()
    let queue = TestInput(rows: 400, columns: 16, seed: 2).tensor()
    var results: [[Float]] = []
    ThreadCounts.forEach([1, 2, 3]) { _ in
      let mixing = QueueMixing(hardest: 50, pairs: 20, withQuery: 10)
      results.append(mixing.scores(of: queries, queue: queue, using: RandomStream(seed: 9)).values)
    }
    #expect(sameBits(results[0], results[1]) && sameBits(results[0], results[2]))
  }

  @Test("Known hardest ones of length 1 are mixed as those of a queue, others as long as what they are mixed of")
  func knownHardest() {
    let queries = TestInput(rows: 3, columns: 5, seed: 1).tensor().normalizedRows()
    let queue = TestInput(rows: 9, columns: 5, seed: 2).tensor().normalizedRows()
    let mixing = QueueMixing(hardest: 4, pairs: 6, withQuery: 5)
    let random = RandomStream(seed: 4)
    let (q, keys) = (Matrix(queries.values, rows: 3, columns: 5), Matrix(queue.values, rows: 9, columns: 5))
    let order = (0..<3).flatMap { row in
      (0..<9).sorted { Self.dot(q.row(row), keys.row($0)) > Self.dot(q.row(row), keys.row($1)) }.prefix(4).map(
        Int32.init)
    }
    let hardest = queue.gathering(rows: order)
    let wanted = mixing.negatives(of: queries, queue: queue, using: random)
    #expect(difference(mixing.negatives(of: queries, hardest: hardest, using: random).values, wanted.values) <= 1e-5)
    // Ten times as long rows give ten times as long mixtures.
    let long = mixing.negatives(of: 10 * queries, hardest: 10 * hardest, using: random)
    #expect(difference(long.values, wanted.values.map { 10 * Double($0) }) <= 1e-5)
  }
}
