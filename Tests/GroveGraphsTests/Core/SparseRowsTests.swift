import GroveGraphs
import GroveKernels
import Testing

@Suite("SparseRows")
struct SparseRowsTests {
  /// Random entries as (row, column) pairs over `rowCount` × `columnCount`.
  static func pairs(_ rowCount: Int, _ columnCount: Int, _ seed: UInt64) -> [(row: Int32, column: Int32)] {
    guard rowCount > 0, columnCount > 0 else { return [] }
    var random = RandomStream(seed: seed).generator
    return (0..<2 * (rowCount + columnCount)).map { _ in
      (Int32(random.next(below: rowCount)), Int32(random.next(below: columnCount)))
    }
  }

  static let shapes = [(0, 0), (0, 4), (4, 0), (1, 1), (2, 5), (7, 3), (64, 64)]

  @Test("Grouping equals filtering by row, in the order of the input", arguments: shapes, [UInt64(1), 2])
  func grouping(_ shape: (Int, Int), _ seed: UInt64) {
    let pairs = Self.pairs(shape.0, shape.1, seed)
    let (rows, positions) = SparseRows.grouping(
      rows: pairs.map(\.row), columns: pairs.map(\.column), rowCount: shape.0, columnCount: shape.1)
    #expect(rows.rowCount == shape.0)
    #expect(rows.columnCount == shape.1)
    #expect(rows.entryCount == pairs.count)
    for row in 0..<shape.0 {
      let expected = pairs.indices.filter { Int(pairs[$0].row) == row }
      #expect(positions[rows.range(of: row)].map { Int($0) } == expected)
      #expect(Array(rows[row]) == expected.map { pairs[$0].column })
    }
  }

  @Test("The row of an entry is the row whose range holds it", arguments: shapes)
  func rowOfEntry(_ shape: (Int, Int)) {
    let pairs = Self.pairs(shape.0, shape.1, 3)
    let (rows, _) = SparseRows.grouping(
      rows: pairs.map(\.row), columns: pairs.map(\.column), rowCount: shape.0, columnCount: shape.1)
    for row in 0..<rows.rowCount {
      for entry in rows.range(of: row) { #expect(rows.row(ofEntry: entry) == row) }
    }
  }

  @Test("The row of an entry skips empty rows before it")
  func emptyRows() {
    let rows = SparseRows(offsets: [0, 0, 0, 2, 2, 3, 3], columns: [1, 0, 1], columnCount: 2)
    #expect((0..<3).map { rows.row(ofEntry: $0) } == [2, 2, 4])
  }

  @Test("The transpose lists each entry once, with its place here", arguments: shapes)
  func transposed(_ shape: (Int, Int)) {
    let pairs = Self.pairs(shape.0, shape.1, 4)
    let (rows, _) = SparseRows.grouping(
      rows: pairs.map(\.row), columns: pairs.map(\.column), rowCount: shape.0, columnCount: shape.1)
    let (transpose, positions) = rows.transposed()
    #expect(transpose.rowCount == shape.1)
    #expect(transpose.columnCount == shape.0)
    #expect(positions.sorted() == (0..<Int64(rows.entryCount)).map { $0 })
    for column in 0..<transpose.rowCount {
      let columns = Array(transpose[column])
      #expect(columns == columns.sorted())
      for entry in transpose.range(of: column) {
        let here = Int(positions[entry])
        #expect(Int(rows.columns[here]) == column)
        #expect(rows.row(ofEntry: here) == Int(transpose.columns[entry]))
      }
    }
  }

  @Test("A worked example of a transpose")
  func workedExample() {
    let rows = SparseRows(offsets: [0, 2, 2, 4], columns: [1, 0, 1, 3], columnCount: 4)
    let (transpose, positions) = rows.transposed()
    #expect(transpose == SparseRows(offsets: [0, 1, 3, 3, 4], columns: [0, 0, 2, 2], columnCount: 3))
    #expect(positions == [1, 0, 2, 3])
  }

  @Test("Offsets that do not end at the number of entries stop the program")
  func wrongOffsets() async {
    await #expect(processExitsWith: .trap) { _ = SparseRows(offsets: [0, 3], columns: [0, 1], columnCount: 2) }
  }
}
