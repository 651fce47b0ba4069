import Foundation
import GroveKernels
import GroveLearning
import GroveTensors
import TestSupport
import Testing

/// Losses without negatives: all pairs, and none.
@Suite("Losses without negatives")
struct WholeDataLossTests {
  /// Users' rows of different items, some empty.
  private func observed(users: Int, items: Int, seed: Int) -> EdgeIndex {
    var random = TestRandom(seed)
    var offsets: [Int64] = [0]
    var columns: [Int32] = []
    for user in 0..<users {
      if user % 4 != 2 {
        columns += (0..<Int32(items)).filter { _ in Int.random(in: 0..<3, using: &random) == 0 }
      }
      offsets.append(Int64(columns.count))
    }
    return EdgeIndex(offsets: offsets, columns: columns)
  }

  @Test(
    "The whole-data loss is the sum over all pairs, observed or not",
    arguments: [(0, 3), (1, 1), (2, 5), (7, 6), (40, 31)], [false, true])
  func allPairs(size: (users: Int, items: Int), isWeighted: Bool) {
    let (users, items, width) = (size.users, size.items, 4)
    let index = observed(users: users, items: items, seed: users)
    let weights = isWeighted ? (0..<items).map { 0.5 + Float($0 % 3) } : nil
    let loss = WholeDataLoss(positiveWeight: 1.5, negativeWeight: 0.25)
    func slow(_ inputs: [Matrix]) -> Matrix {
      let scores = inputs[0].times(inputs[1].transposed)
      var total = 0.0
      for user in 0..<users {
        let own = Set(index.columns[Int(index.offsets[user])..<Int(index.offsets[user + 1])].map(Int.init))
        for item in 0..<items {
          let score = scores[user, item]
          total +=
            own.contains(item)
            ? 1.5 * (1 - score) * (1 - score) : 0.25 * Double(weights?[item] ?? 1) * score * score
        }
      }
      return Matrix(rows: 1, columns: 1).mapped { _, _, _ in total / Double(max(1, users)) }
    }
    let aggregation = Aggregation(incoming: index, sourceCount: items)
    expectOperation(
      [TestInput(rows: users, columns: width, seed: 1), TestInput(rows: items, columns: width, seed: 2)], slow: slow,
      fast: { loss(users: $0[0], items: $0[1], observed: aggregation, itemWeights: weights) })
  }

  @Test("One, two and three threads give the same bytes")
  func threads() {
    let (users, items) = (3000, 500)
    let aggregation = Aggregation(incoming: observed(users: users, items: items, seed: 4), sourceCount: items)
    let inputs = [TestInput(rows: users, columns: 16, seed: 1), TestInput(rows: items, columns: 16, seed: 2)]
    var results: [[Float]] = []
    ThreadCounts.forEach([1, 2, 3]) { _ in
      let leaves = inputs.map { $0.tensor() }
      let whole = WholeDataLoss()(users: leaves[0], items: leaves[1], observed: aggregation)
      let even = AlignmentUniformity().uniformity(of: leaves[0])
      let gradients = (whole + even).backward()
      results.append(whole.values + even.values + gradients[leaves[0]]!.values + gradients[leaves[1]]!.values)
    }
    #expect(sameBits(results[0], results[1]) && sameBits(results[0], results[2]))
  }

  private static func unit(_ x: Matrix) -> Matrix {
    x.mapped { row, column, value in value / x.row(row).reduce(0) { $0 + $1 * $1 }.squareRoot() }
  }

  private static func uniformity(_ x: Matrix, _ sharpness: Double) -> Double {
    let rows = unit(x)
    var (total, pairs) = (0.0, 0.0)
    for a in 0..<x.rows {
      for b in 0..<a {
        let square = zip(rows.row(a), rows.row(b)).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
        total += exp(-sharpness * square)
        pairs += 1
      }
    }
    return pairs == 0 ? 0 : log(total / pairs)
  }

  @Test("Alignment and uniformity are as written", arguments: [1, 2, 7, 30], [1, 4, 256])
  func alignmentAndUniformity(rows: Int, blockRows: Int) {
    let inputs = [
      TestInput(rows: rows, columns: 3, seed: 5, awayFromZero: true),
      TestInput(rows: rows, columns: 3, seed: 6, awayFromZero: true),
    ]
    expectOperation(
      inputs,
      slow: { inputs in
        let (x, y) = (Self.unit(inputs[0]), Self.unit(inputs[1]))
        let gap = zip(x.values, y.values).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) } / Double(rows)
        let even = (Self.uniformity(inputs[0], 1.5) + Self.uniformity(inputs[1], 1.5)) / 2
        return Matrix(rows: 1, columns: 1).mapped { _, _, _ in gap + 0.7 * even }
      },
      fast: { AlignmentUniformity(uniformityWeight: 0.7, sharpness: 1.5)(anchors: $0[0], positives: $0[1]) })
    guard rows > 1 else { return }
    let loss = AlignmentUniformity(sharpness: 2)
    expectOperation(
      [inputs[0]],
      slow: { inputs in Matrix(rows: 1, columns: 1).mapped { _, _, _ in Self.uniformity(inputs[0], 2) } },
      fast: { loss.uniformity(of: $0[0], blockRows: blockRows) })
  }

  @Test("Two opposite rows: a distance of 4, so a uniformity of −4 t")
  func oppositeRows() {
    let value = AlignmentUniformity(sharpness: 2).uniformity(of: Tensor([[3, 0], [-0.5, 0]])).scalar
    #expect(abs(value + 8) <= 1e-5)
    #expect(AlignmentUniformity().uniformity(of: Tensor([[3, 0]])).scalar == 0)
  }

  @Test("Shapes that do not fit trap", arguments: 0..<4)
  func mistakesTrap(mistake: Int) async {
    await #expect(processExitsWith: .failure) { [mistake] in
      let pairs = Aggregation(incoming: EdgeIndex(offsets: [0, 1], columns: [0]), sourceCount: 2)
      let (users, items) = (Tensor([[1, 2]]), Tensor([[1, 2], [3, 4]]))
      switch mistake {
      case 0: _ = WholeDataLoss()(users: items, items: items, observed: pairs)
      case 1: _ = WholeDataLoss()(users: users, items: items, observed: pairs, itemWeights: [1])
      case 2: _ = WholeDataLoss(positiveWeight: -1)
      default: _ = AlignmentUniformity()(anchors: users, positives: items)
      }
    }
  }
}
