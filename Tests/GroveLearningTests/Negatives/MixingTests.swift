import Foundation
import GroveKernels
import GroveLearning
import GroveTensors
import TestSupport
import Testing

/// MixGCF's and RecNS's synthesizers against slow references.
@Suite("Mixed negatives")
struct MixingTests {
  private static func dot(_ a: [Double], _ b: [Double]) -> Double { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }

  /// Place of the first largest.
  private static func largest(_ values: [Double]) -> Int {
    values.indices.reduce(0) { values[$1] > values[$0] ? $1 : $0 }
  }

  private struct Hops {
    let anchors: [TestInput]
    let positives: [TestInput]
    let candidates: [TestInput]

    init(_ rows: Int, _ count: Int, hops: Int = 3, width: Int = 4) {
      anchors = (0..<hops).map { TestInput(rows: rows, columns: width, seed: 1 + $0) }
      positives = (0..<hops).map { TestInput(rows: rows, columns: width, seed: 11 + $0) }
      candidates = (0..<hops).map { TestInput(rows: rows * count, columns: width, seed: 21 + $0) }
    }

    var all: [TestInput] { anchors + positives + candidates }
  }

  private static let sizes = [(1, 1), (2, 3), (7, 5)]

  @Test(
    "Each hop mixes the candidate that is hardest once mixed", arguments: sizes,
    [HopPooling.mean, .sum, .concatenation, .last])
  func positiveMixing(size: (rows: Int, count: Int), pooling: HopPooling) {
    let (rows, count) = size
    let example = Hops(rows, count)
    let random = RandomStream(seed: 8)
    for isShared in [false, true] {
      let mixing = PositiveMixing(pooling: pooling, sharesCoefficients: isShared)
      func beta(_ row: Int, _ hop: Int) -> Double {
        Double(random.uniform(row: isShared ? row / count : row, column: hop))
      }
      let anchors = example.anchors.map(\.matrix)
      func whole(_ row: Int, _ hop: Int) -> [Double] {
        let all = anchors.map { $0.row(row) }
        switch pooling {
        case .concatenation: return all[hop]
        case .last: return all[2]
        case .sum: return (0..<4).map { k in all.reduce(0) { $0 + $1[k] } }
        case .mean: return (0..<4).map { k in all.reduce(0) { $0 + $1[k] } / 3 }
        }
      }
      func mixed(_ inputs: [Matrix], _ hop: Int, _ row: Int, _ m: Int) -> [Double] {
        let b = beta(row * count + m, hop)
        return zip(inputs[3 + hop].row(row), inputs[6 + hop].row(row * count + m)).map { b * $0 + (1 - b) * $1 }
      }
      let start = example.all.map(\.matrix)
      let wanted = (0..<3).map { hop in
        (0..<rows).map { row in
          Self.largest((0..<count).map { Self.dot(whole(row, hop), mixed(start, hop, row, $0)) })
        }
      }
      let made = mixing(
        anchors: example.anchors.map { $0.tensor() }, positives: example.positives.map { $0.tensor() },
        candidates: example.candidates.map { $0.tensor() }, using: random)
      #expect(made.choices.map { $0.map(Int.init) } == wanted)
      func slow(_ inputs: [Matrix]) -> Matrix {
        let hops = (0..<3).map { hop in (0..<rows).map { mixed(inputs, hop, $0, wanted[hop][$0]) } }
        var result = Matrix(rows: rows, columns: pooling == .concatenation ? 12 : 4)
        for row in 0..<rows {
          for k in 0..<result.columns {
            switch pooling {
            case .concatenation: result[row, k] = hops[k / 4][row][k % 4]
            case .last: result[row, k] = hops[2][row][k]
            case .sum: result[row, k] = hops.reduce(0) { $0 + $1[row][k] }
            case .mean: result[row, k] = hops.reduce(0) { $0 + $1[row][k] } / 3
            }
          }
        }
        return result
      }
      // Choices stand still while inputs move: the gradient is that of the mixed vectors.
      #expect(difference(made.pooled.values, slow(start).values) <= 2e-6)
      let leaves = example.all.map { $0.tensor() }
      let result = mixing(
        anchors: Array(leaves[..<3]), positives: Array(leaves[3..<6]), candidates: Array(leaves[6...]), using: random)
      var generator = TestRandom(3)
      let seed = TestInput(
        generator.floats(result.pooled.shape.count), rows: rows, columns: result.pooled.columns)
      let gradients = result.pooled.backward(from: seed.tensor(requiresGradient: false))
      for index in 0..<9 {
        let pulled = slowPullback(seed.matrix, at: start[index]) { moved in
          var inputs = start
          inputs[index] = moved
          return slow(inputs)
        }
        let given = gradients[leaves[index]]?.values
        if index < 3 || (pooling == .last && index % 3 != 2) {
          #expect(given == nil)
        } else {
          #expect(difference(given ?? [], pulled.values) <= 2e-5)
        }
      }
    }
  }

  @Test("Coefficients are spread evenly over 0 to 1")
  func coefficients() {
    let ones = Tensor([Float](repeating: 1, count: 4000), rows: 4000, columns: 1)
    let zeros = Tensor([Float](repeating: 0, count: 4000), rows: 4000, columns: 1)
    let made = PositiveMixing()(
      anchors: [ones], positives: [ones], candidates: [zeros], using: RandomStream(seed: 1))
    let counts = made.pooled.values.reduce(into: [Int](repeating: 0, count: 10)) { $0[Int($1 * 10)] += 1 }
    // Chi-square of 9 degrees of freedom: 33.7 has a chance of 1e-4.
    #expect(counts.reduce(0.0) { $0 + pow(Double($1) - 400, 2) / 400 } < 33.7)
  }

  @Test("RecNS: the hardest of the region, the likeliest exposed, and their merger", arguments: sizes)
  func regionMerging(size: (rows: Int, count: Int)) {
    let (rows, count) = size
    let inputs = [
      TestInput(rows: rows, columns: 3, seed: 1), TestInput(rows: rows, columns: 3, seed: 2),
      TestInput(rows: rows * count, columns: 3, seed: 3),
    ]
    let matrices = inputs.map(\.matrix)
    let random = RandomStream(seed: 12)
    let merging = RegionMerging(negativeCount: 4)
    let tensors = inputs.map { $0.tensor() }
    let assisted = merging.assistedChoices(
      anchors: tensors[0], positives: tensors[1], candidates: tensors[2], using: random)
    var generator = TestRandom(5)
    let boosts = (0..<rows * count).map { _ in 1 + Float.random(in: 0..<3, using: &generator) }
    let isValid = (0..<rows * count).map { $0 / count != 1 && ($0 % count != 0 || count == 1) }
    let exposed = merging.exposedChoices(
      anchors: tensors[0], candidates: tensors[2], boosts: boosts, isValid: isValid)
    for row in 0..<rows {
      let scores = (0..<count).map { m in
        let share = Double(random.uniform(row: row * count + m, column: 0))
        let candidate = matrices[2].row(row * count + m)
        return share * Self.dot(matrices[0].row(row), candidate)
          + (1 - share) * Self.dot(matrices[1].row(row), candidate)
      }
      #expect(Int(assisted[row]) == Self.largest(scores))
      let likely = (0..<count).map { m -> Double in
        let place = row * count + m
        guard isValid[place] else { return -1 }
        return Double(boosts[place]) / (1 + exp(-Self.dot(matrices[0].row(row), matrices[2].row(place))))
      }
      #expect(Int(exposed[row]) == (likely.allSatisfy { $0 < 0 } ? -1 : Self.largest(likely)))
    }
    let hasExposed = exposed.map { $0 >= 0 }
    expectOperation(
      [inputs[0], inputs[1]],
      slow: { inputs in
        inputs[0].mapped { row, k, value in hasExposed[row] ? 0.75 * value + 0.25 * inputs[1][row, k] : value }
      }, fast: { merging.merged(assisted: $0[0], exposed: $0[1], hasExposed: hasExposed) })
    expectOperation(
      [inputs[0], inputs[1]],
      slow: { inputs in inputs[0].mapped { row, k, value in 0.75 * value + 0.25 * inputs[1][row, k] } },
      fast: { merging.merged(assisted: $0[0], exposed: $0[1]) })
  }

  @Test("Candidates that do not fill their anchors trap", arguments: 0..<3)
  func mistakesTrap(mistake: Int) async {
    await #expect(processExitsWith: .failure) { [mistake] in
      let (two, three) = (Tensor([[1], [2]]), Tensor([[1], [2], [3]]))
      switch mistake {
      case 0: _ = PositiveMixing()(anchors: [two], positives: [two], candidates: [three], using: RandomStream(seed: 1))
      case 1: _ = PositiveMixing()(anchors: [two], positives: [], candidates: [two], using: RandomStream(seed: 1))
      default: _ = RegionMerging().merged(assisted: two, exposed: three)
      }
    }
  }
}
