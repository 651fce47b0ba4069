import GroveGraphs
import Testing

@Suite("SparseMatrix: products and sums")
struct SparseMatrixProductTests {
  /// A semiring's two operations in plain Swift.
  static func slow(_ semiring: Semiring) -> (add: (Float, Float) -> Float, multiply: (Float, Float) -> Float) {
    switch semiring {
    case .plusTimes: ({ $0 + $1 }, { $0 * $1 })
    case .minPlus: ({ min($0, $1) }, { $0 + $1 })
    case .orAnd: ({ max($0, $1) }, { $0 != 0 && $1 != 0 ? 1 : 0 })
    case .plusPair: ({ $0 + $1 }, { _, _ in 1 })
    case .maxTimes: ({ max($0, $1) }, { $0 * $1 })
    }
  }

  @Test(
    "A · A equals three nested loops under every semiring, with and without a mask",
    arguments: RandomEntries.graphs, Semiring.allCases)
  func square(_ entries: RandomEntries, _ semiring: Semiring) throws {
    let size = entries.rowCount
    let other = RandomEntries(rowCount: size, columnCount: size, count: size * 4, seed: 78)
    let (add, multiply) = Self.slow(semiring)
    let (matrix, slow) = (try entries.matrix(), entries.slowMatrix())
    let expected = slow.product(slow, add: add, multiply: multiply)
    #expect(try SlowMatrix(matrix.multiplied(by: matrix, semiring: semiring)) == expected)
    let (mask, slowMask) = (try other.matrix(), other.slowMatrix())
    let inside = try matrix.multiplied(by: matrix, semiring: semiring, mask: .inside(mask))
    #expect(try SlowMatrix(inside) == expected.filtered { slowMask.entries[$0] != nil })
    let outside = try matrix.multiplied(by: matrix, semiring: semiring, mask: .outside(mask))
    #expect(try SlowMatrix(outside) == expected.filtered { slowMask.entries[$0] == nil })
  }

  @Test(
    "A rectangle times its transpose, both ways round",
    arguments: RandomEntries.rectangles, Semiring.allCases)
  func rectangles(_ entries: RandomEntries, _ semiring: Semiring) throws {
    let (add, multiply) = Self.slow(semiring)
    let (matrix, slow) = (try entries.matrix(), entries.slowMatrix())
    let rows = try matrix.multiplied(by: matrix.transposed(), semiring: semiring)
    #expect(try SlowMatrix(rows) == slow.product(slow.transposed(), add: add, multiply: multiply))
    let columns = try matrix.transposed().multiplied(by: matrix, semiring: semiring)
    #expect(try SlowMatrix(columns) == slow.transposed().product(slow, add: add, multiply: multiply))
  }

  @Test("Two-step walks of a path with a shortcut, by hand")
  func workedExample() throws {
    // 0 → 1 → 3 with weights 2, 5 and 0 → 2 → 3 with weights 4, 1
    let graph = try SparseMatrix(
      rows: [0, 0, 1, 2], columns: [1, 2, 3, 3], values: [2, 4, 5, 1], rowCount: 4, columnCount: 4, duplicates: .error)
    func corner(_ semiring: Semiring) throws -> [Float] {
      try graph.multiplied(by: graph, semiring: semiring).sparseRows().values
    }
    #expect(try corner(.plusTimes) == [14])
    #expect(try corner(.minPlus) == [5])
    #expect(try corner(.orAnd) == [1])
    #expect(try corner(.plusPair) == [2])
    #expect(try corner(.maxTimes) == [10])
  }

  @Test("Union and intersection combine by each rule", arguments: RandomEntries.graphs, CombineRule.allCases)
  func elementwise(_ entries: RandomEntries, _ rule: CombineRule) throws {
    let size = entries.rowCount
    let other = RandomEntries(rowCount: size, columnCount: size, count: size * 4, seed: 79)
    let (left, right) = (entries.slowMatrix(), other.slowMatrix())
    let union = left.union(right, rule.combine)
    let intersection = union.filtered { left.entries[$0] != nil && right.entries[$0] != nil }
    #expect(try SlowMatrix(entries.matrix().union(with: other.matrix(), rule)) == union)
    #expect(try SlowMatrix(entries.matrix().intersection(with: other.matrix(), rule)) == intersection)
    if rule == .sum { #expect(try SlowMatrix(entries.matrix().elementwiseSum(other.matrix())) == union) }
    if rule == .product {
      #expect(try SlowMatrix(entries.matrix().elementwiseProduct(other.matrix())) == intersection)
    }
  }

  @Test(
    "Scaling multiplies each row or column and keeps entries at 0",
    arguments: RandomEntries.graphs + RandomEntries.rectangles)
  func scaling(_ entries: RandomEntries) throws {
    let rowFactors = (0..<entries.rowCount).map { Float($0 % 4) / 2 }
    let columnFactors = (0..<entries.columnCount).map { Float($0 % 3) - 1 }
    let (matrix, slow) = (try entries.matrix(), entries.slowMatrix())
    #expect(try SlowMatrix(matrix.scaledRows(by: rowFactors)) == slow.mapped { $1 * rowFactors[$0.row] })
    #expect(try SlowMatrix(matrix.scaledColumns(by: columnFactors)) == slow.mapped { $1 * columnFactors[$0.column] })
  }

  @Test("An unweighted matrix is scaled like one of weights 1", arguments: RandomEntries.rectangles)
  func scalingUnweighted(_ entries: RandomEntries) throws {
    let factors = (0..<entries.rowCount).map { Float($0) + 0.5 }
    let (rows, _) = try entries.matrix().sparseRows()
    let scaled = try SlowMatrix(SparseMatrix(rows).scaledRows(by: factors))
    #expect(scaled == entries.slowMatrix(weighted: false).mapped { $1 * factors[$0.row] })
  }
}
