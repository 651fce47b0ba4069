@testable import GroveLearning
import TestSupport
import Testing

/// Assignments against all permutations, and examples worked by hand.
@Suite struct OptimalAssignmentTests {
  /// The extreme sum over all ways to give each of the fewer a partner of its own.
  private static func slow(_ values: [Double], rows: Int, columns: Int, _ better: (Double, Double) -> Double) -> Double
  {
    func entry(_ few: Int, _ many: Int) -> Double {
      rows <= columns ? values[few * columns + many] : values[many * columns + few]
    }
    func best(_ few: Int, _ taken: Set<Int>) -> Double? {
      if few == min(rows, columns) { return 0 }
      return (0..<max(rows, columns)).filter { !taken.contains($0) }
        .compactMap { many in best(few + 1, taken.union([many])).map { $0 + entry(few, many) } }
        .reduce(nil) { found, next in found.map { better($0, next) } ?? next }
    }
    return best(0, []) ?? 0
  }

  private static func expectPairs(_ found: OptimalAssignment, _ values: [Double], rows: Int, columns: Int) {
    let used = found.columns.compactMap(\.self)
    #expect(found.columns.count == rows && used.count == min(rows, columns) && Set(used).count == used.count)
    let sum = found.columns.enumerated().reduce(0.0) { sum, pair in
      sum + (pair.element.map { values[pair.offset * columns + $0] } ?? 0)
    }
    #expect(sum == found.total)
  }

  @Test(arguments: 1...6, 1...6) func `sums are those of the best of all permutations`(rows: Int, columns: Int) {
    var random = TestRandom(rows * 7 + columns)
    for spread in [2, 9, 1000] {
      let values = (0..<rows * columns).map { _ in Double(Int.random(in: -spread...spread, using: &random)) }
      let least = OptimalAssignment.minimizing(values, rows: rows, columns: columns)
      let most = OptimalAssignment.maximizing(values, rows: rows, columns: columns)
      #expect(least.total == Self.slow(values, rows: rows, columns: columns, min))
      #expect(most.total == Self.slow(values, rows: rows, columns: columns, max))
      Self.expectPairs(least, values, rows: rows, columns: columns)
      Self.expectPairs(most, values, rows: rows, columns: columns)
    }
  }

  @Test func `the cheapest pairs need not hold the cheapest entry`() {
    // Greedy takes 1 and then 100.
    let found = OptimalAssignment.minimizing([1, 2, 3, 100], rows: 2, columns: 2)
    #expect(found.columns == [1, 0] && found.total == 5)
  }

  @Test func `more rows than columns leave rows without a partner`() {
    let found = OptimalAssignment.maximizing([1, 9, 5], rows: 3, columns: 1)
    #expect(found.columns == [nil, 0, nil] && found.total == 9)
    #expect(OptimalAssignment.maximizing([1, 9, 5], rows: 1, columns: 3).columns == [1])
    #expect(OptimalAssignment.maximizing([], rows: 0, columns: 4).columns.isEmpty)
    #expect(OptimalAssignment.minimizing([], rows: 2, columns: 0).columns == [nil, nil])
  }

  @Test func `ties are broken alike every time, by the first column`() {
    #expect(
      OptimalAssignment.minimizing([Double](repeating: 3, count: 16), rows: 4, columns: 4).columns == [0, 1, 2, 3])
  }

  @Test func `large tables are solved: a hidden permutation is found`() {
    var random = TestRandom(1)
    let size = 200
    let hidden = Array(0..<size).shuffled(using: &random)
    var values = random.floats(size * size).map { Double(abs($0)) + 0.001 }
    // Prices of rows and columns shift every sum alike.
    for row in 0..<size { values[row * size + hidden[row]] = 0 }
    for row in 0..<size { for column in 0..<size { values[row * size + column] += Double(row * 3 - column % 17) } }
    #expect(OptimalAssignment.minimizing(values, rows: size, columns: size).columns == hidden)
  }

  @Test func `an entry that is no number traps with its place`() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = OptimalAssignment.minimizing([1, 2, 3, .nan], rows: 2, columns: 2)
    }
    expectTrapMessage(result, mentions: ["row 1, column 1"])
  }
}
