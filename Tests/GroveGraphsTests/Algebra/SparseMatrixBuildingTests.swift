import GroveGraphs
import GroveKernels
import Testing

@Suite("SparseMatrix: building and reading back")
struct SparseMatrixBuildingTests {
  @Test(
    "Entries built under each duplicate rule equal a dictionary filled in order",
    arguments: RandomEntries.graphs + RandomEntries.rectangles, [DuplicateRule.first, .sum, .max, .min])
  func building(_ entries: RandomEntries, _ rule: DuplicateRule) throws {
    for weighted in [true, false] {
      let matrix = try entries.matrix(rule, weighted: weighted)
      #expect(matrix.rowCount == entries.rowCount)
      #expect(matrix.columnCount == entries.columnCount)
      #expect(try SlowMatrix(matrix) == entries.slowMatrix(rule, weighted: weighted))
    }
  }

  @Test(
    "Rows read back have rising columns and no duplicate", arguments: RandomEntries.graphs + RandomEntries.rectangles)
  func risingColumns(_ entries: RandomEntries) throws {
    let (rows, values) = try entries.matrix(.sum).sparseRows()
    #expect(values.count == rows.entryCount)
    #expect(rows.rowCount == entries.rowCount)
    #expect(rows.columnCount == entries.columnCount)
    for row in 0..<rows.rowCount {
      let columns = Array(rows[row])
      #expect(zip(columns, columns.dropFirst()).allSatisfy { $0 < $1 })
    }
  }

  @Test(
    "Compressed rows in any order give the matrix of their entries",
    arguments: RandomEntries.graphs + RandomEntries.rectangles, [DuplicateRule.first, .sum, .max, .min])
  func fromRows(_ entries: RandomEntries, _ rule: DuplicateRule) throws {
    let (rows, positions) = SparseRows.grouping(
      rows: entries.rows, columns: entries.columns, rowCount: entries.rowCount, columnCount: entries.columnCount)
    let values = positions.map { entries.values[Int($0)] }
    #expect(try SlowMatrix(SparseMatrix(rows, values: values, duplicates: rule)) == entries.slowMatrix(rule))
    let unweighted = try SparseMatrix(rows, duplicates: rule)
    #expect(try SlowMatrix(unweighted) == entries.slowMatrix(rule, weighted: false))
  }

  @Test("What is read back builds the same rows and values again", arguments: RandomEntries.graphs)
  func roundTrip(_ entries: RandomEntries) throws {
    let (rows, values) = try entries.matrix().sparseRows()
    let again = try SparseMatrix(rows, values: values).sparseRows()
    #expect(again.rows == rows)
    #expect(again.values == values)
    let unweighted = try SparseMatrix(rows).sparseRows()
    #expect(unweighted.rows == rows)
    #expect(unweighted.values == [Float](repeating: 1, count: rows.entryCount))
  }

  @Test("A worked example: three listed entries, two of them at one place")
  func workedExample() throws {
    func values(_ rule: DuplicateRule) throws -> [Float] {
      try SparseMatrix(
        rows: [2, 0, 2], columns: [1, 3, 1], values: [5, 7, -2], rowCount: 3, columnCount: 4, duplicates: rule
      ).sparseRows().values
    }
    #expect(try values(.first) == [7, 5])
    #expect(try values(.sum) == [7, 3])
    #expect(try values(.max) == [7, 5])
    #expect(try values(.min) == [7, -2])
  }

  @Test("A duplicate that is not allowed is named")
  func duplicateError() throws {
    #expect(throws: AlgebraFailure.duplicateEntry(row: 4, column: 2)) {
      try SparseMatrix(
        rows: [1, 4, 0, 4, 1], columns: [1, 2, 0, 2, 1], values: nil, rowCount: 5, columnCount: 3, duplicates: .error)
    }
    let rows = SparseRows(offsets: [0, 1, 4], columns: [0, 2, 0, 2], columnCount: 3)
    #expect(throws: AlgebraFailure.duplicateEntry(row: 1, column: 2)) { try SparseMatrix(rows) }
    #expect(try SparseMatrix(rows, duplicates: .sum).sparseRows().values == [1, 1, 2])
    #expect(AlgebraFailure.duplicateEntry(row: 4, column: 2).description.contains("row 4, column 2"))
    #expect(AlgebraFailure.duplicateEntry(row: 4, column: 2).kind == .badData)
  }

  @Test("Unsorted rows without duplicates pass under the strict rule")
  func unsorted() throws {
    let rows = SparseRows(offsets: [0, 3, 3], columns: [2, 0, 1], columnCount: 3)
    let (sorted, values) = try SparseMatrix(rows, values: [20, 10, 15]).sparseRows()
    #expect(sorted == SparseRows(offsets: [0, 3, 3], columns: [0, 1, 2], columnCount: 3))
    #expect(values == [10, 15, 20])
  }

  @Test("The library tells its version")
  func version() { #expect(SparseMatrix.libraryVersion.hasPrefix("7.")) }
}

@Suite("SparseMatrix: a caller's mistakes stop the program")
struct SparseMatrixMistakeTests {
  @Test("A column that does not exist")
  func columnOutOfRange() async {
    await #expect(processExitsWith: .trap) {
      _ = try SparseMatrix(SparseRows(offsets: [0, 1], columns: [3], columnCount: 3))
    }
  }

  @Test("A negative row")
  func negativeRow() async {
    await #expect(processExitsWith: .trap) {
      _ = try SparseMatrix(
        rows: [-1], columns: [0], values: nil, rowCount: 2, columnCount: 2, duplicates: .first)
    }
  }

  @Test("Values that are fewer than entries")
  func valueCount() async {
    await #expect(processExitsWith: .trap) {
      _ = try SparseMatrix(SparseRows(offsets: [0, 2], columns: [0, 1], columnCount: 3), values: [1])
    }
  }

  @Test("A product whose inner numbers differ")
  func productShapes() async {
    await #expect(processExitsWith: .trap) {
      let matrix = try SparseMatrix(SparseRows(offsets: [0, 1], columns: [0], columnCount: 3))
      _ = try matrix.multiplied(by: matrix)
    }
  }

  @Test("A sum of two shapes")
  func sumShapes() async {
    await #expect(processExitsWith: .trap) {
      let matrix = try SparseMatrix(SparseRows(offsets: [0, 1], columns: [0], columnCount: 3))
      _ = try matrix.elementwiseSum(matrix.transposed())
    }
  }

  @Test("Components of a matrix that is not square")
  func notSquare() async {
    await #expect(processExitsWith: .trap) {
      _ = try SparseMatrix(SparseRows(offsets: [0, 1], columns: [0], columnCount: 3)).connectedComponents()
    }
  }

  @Test("A reach from no seed")
  func noSeed() async {
    await #expect(processExitsWith: .trap) { _ = try SparseMatrix.diagonal([1]).reach(from: [], hops: 1) }
  }

  @Test("An induced subgraph that lists a node twice")
  func nodeTwice() async {
    await #expect(processExitsWith: .trap) { _ = try SparseMatrix.diagonal([1, 1]).inducedSubgraph(nodes: [1, 1]) }
  }

  @Test("A random walk over a negative weight")
  func negativeWeight() async {
    await #expect(processExitsWith: .trap) { _ = try SparseMatrix.diagonal([1, -1]).pageRank() }
  }
}
