import GroveGraphs
import GroveKernels
import Testing

@Suite("SparseMatrix: structure")
struct SparseMatrixStructureTests {
  @Test("Transposing exchanges rows and columns", arguments: RandomEntries.graphs + RandomEntries.rectangles)
  func transposed(_ entries: RandomEntries) throws {
    for weighted in [true, false] {
      let matrix = try entries.matrix(weighted: weighted)
      #expect(try SlowMatrix(matrix.transposed()) == entries.slowMatrix(weighted: weighted).transposed())
      #expect(try SlowMatrix(matrix.transposed().transposed()) == SlowMatrix(matrix))
    }
  }

  @Test(
    "Symmetrizing combines both directions and leaves self-loops alone",
    arguments: RandomEntries.graphs, CombineRule.allCases)
  func symmetrized(_ entries: RandomEntries, _ rule: CombineRule) throws {
    let slow = entries.slowMatrix()
    var expected = slow.union(slow.transposed(), rule.combine)
    for (place, value) in slow.entries where place.row == place.column { expected.entries[place] = value }
    let result = try SlowMatrix(entries.matrix().symmetrized(rule))
    #expect(result == expected)
    #expect(result == result.transposed())
  }

  @Test("A symmetrized unweighted graph stays unweighted")
  func unweightedSymmetric() throws {
    let (rows, values) = try adjacency(4, [(0, 1), (1, 0), (1, 2), (2, 2)]).symmetrized().sparseRows()
    #expect(rows == SparseRows(offsets: [0, 1, 3, 5, 5], columns: [1, 0, 2, 1, 2], columnCount: 4))
    #expect(values == [1, 1, 1, 1, 1])
  }

  @Test("Self-loops are removed, added, kept or replaced", arguments: RandomEntries.graphs)
  func diagonal(_ entries: RandomEntries) throws {
    let (matrix, slow) = (try entries.matrix(), entries.slowMatrix())
    #expect(try SlowMatrix(matrix.withoutDiagonal()) == slow.filtered { $0.row != $0.column })
    var (kept, replaced) = (slow, slow)
    for node in 0..<entries.rowCount {
      kept.entries[Place(node, node)] = slow.entries[Place(node, node)] ?? 9
      replaced.entries[Place(node, node)] = 9
    }
    #expect(try SlowMatrix(matrix.addingDiagonal(9)) == kept)
    #expect(try SlowMatrix(matrix.addingDiagonal(9, replacing: true)) == replaced)
  }

  @Test("The diagonal of a rectangle is removed too", arguments: RandomEntries.rectangles)
  func rectangleDiagonal(_ entries: RandomEntries) throws {
    #expect(try SlowMatrix(entries.matrix().withoutDiagonal()) == entries.slowMatrix().filtered { $0.row != $0.column })
  }

  @Test("A mask keeps or removes places whatever its values", arguments: RandomEntries.graphs)
  func masks(_ entries: RandomEntries) throws {
    let size = entries.rowCount
    let other = RandomEntries(rowCount: size, columnCount: size, count: size * 4, seed: 77)
    let zeros = try other.matrix().scaledRows(by: [Float](repeating: 0, count: size))
    let (matrix, slow, mask) = (try entries.matrix(), entries.slowMatrix(), other.slowMatrix())
    #expect(try SlowMatrix(matrix.masked(by: zeros)) == slow.filtered { mask.entries[$0] != nil })
    #expect(try SlowMatrix(matrix.masked(outside: zeros)) == slow.filtered { mask.entries[$0] == nil })
  }

  @Test("A submatrix follows its lists, repeats included", arguments: RandomEntries.graphs + RandomEntries.rectangles)
  func submatrix(_ entries: RandomEntries) throws {
    let (matrix, slow) = (try entries.matrix(), entries.slowMatrix())
    var random = RandomStream(seed: 5).generator
    func draw(_ count: Int, _ bound: Int) -> [Int32] {
      bound == 0 ? [] : (0..<count).map { _ in Int32(random.next(below: bound)) }
    }
    for count in [0, 1, 3, 40] {
      let (rows, columns) = (draw(count, entries.rowCount), draw(count + 1, entries.columnCount))
      let result = try matrix.submatrix(rows: rows, columns: columns)
      #expect(try SlowMatrix(result) == slow.submatrix(rows: rows, columns: columns))
    }
  }

  @Test("An induced subgraph renumbers its nodes in the given order", arguments: RandomEntries.graphs)
  func inducedSubgraph(_ entries: RandomEntries) throws {
    var random = RandomStream(seed: 6).generator
    let shuffled = random.shuffled([Int32](0..<Int32(entries.rowCount)))
    for nodes in [shuffled, Array(shuffled.prefix(entries.rowCount / 2))] {
      let result = try entries.matrix().inducedSubgraph(nodes: nodes)
      #expect(try SlowMatrix(result) == entries.slowMatrix().submatrix(rows: nodes, columns: nodes))
    }
  }

  @Test("Degrees count entries and sums add values", arguments: RandomEntries.graphs + RandomEntries.rectangles)
  func degrees(_ entries: RandomEntries) throws {
    for weighted in [true, false] {
      let (matrix, slow) = (try entries.matrix(weighted: weighted), entries.slowMatrix(weighted: weighted))
      var rowDegrees = [Int64](repeating: 0, count: slow.rowCount)
      var columnDegrees = [Int64](repeating: 0, count: slow.columnCount)
      var rowSums = [Double](repeating: 0, count: slow.rowCount)
      var columnSums = [Double](repeating: 0, count: slow.columnCount)
      for (place, value) in slow.entries {
        rowDegrees[place.row] += 1
        columnDegrees[place.column] += 1
        rowSums[place.row] += Double(value)
        columnSums[place.column] += Double(value)
      }
      #expect(try matrix.rowDegrees() == rowDegrees)
      #expect(try matrix.columnDegrees() == columnDegrees)
      #expect(try matrix.rowSums() == rowSums)
      #expect(try matrix.columnSums() == columnSums)
    }
  }

  @Test("A star has one node of high out-degree and leaves of in-degree 1")
  func starDegrees() throws {
    let star = try adjacency(5, [(0, 1), (0, 2), (0, 3)])
    #expect(try star.rowDegrees() == [3, 0, 0, 0, 0])
    #expect(try star.columnDegrees() == [0, 1, 1, 1, 0])
  }
}
