import GroveKernels
import TestSupport
import Testing

/// Compressed rows and their transpose.
@Suite("Edge index")
struct EdgeIndexTests {
  /// Entries as (row, column, place of the weight, edge id).
  private func entries(_ index: EdgeIndex) -> [[Int64]] {
    (0..<index.rowCount).flatMap { row in
      (Int(index.offsets[row])..<Int(index.offsets[row + 1])).map { entry in
        let place = index.positions?[entry] ?? Int64(entry)
        return [Int64(row), Int64(index.columns[entry]), place, index.identities?[Int(place)] ?? place]
      }
    }
  }

  @Test("The transpose holds the same entries, by column, in rising order of row", arguments: [0, 1, 2, 7, 64])
  func transpose(rows: Int) {
    let columns = rows + 3
    let plain = TestGraphs.index(rowCount: rows, columnCount: columns, entryCount: 3 * rows, seed: rows)
    let index = EdgeIndex(
      offsets: plain.offsets, columns: plain.columns, identities: plain.columns.indices.map { Int64($0 * 10) })
    let transpose = index.transposed(columnCount: columns)
    #expect(transpose.rowCount == columns && transpose.entryCount == index.entryCount)
    let turned = entries(transpose)
    #expect(Set(turned.map { [$0[1], $0[0], $0[2], $0[3]] }) == Set(entries(index)))
    #expect(
      turned.map { [$0[0], $0[1], $0[2]] }
        == turned.map { [$0[0], $0[1], $0[2]] }.sorted { $0.lexicographicallyPrecedes($1) })
  }

  @Test("Transposing twice gives the entries back with their weights and ids")
  func transposeTwice() {
    let index = TestGraphs.index(rowCount: 9, columnCount: 5, entryCount: 30, seed: 3)
    let back = index.transposed(columnCount: 5).transposed(columnCount: 9)
    #expect(Set(entries(back)) == Set(entries(index)))
    #expect(back.offsets == index.offsets)
  }

  @Test("An aggregation keeps its transpose")
  func aggregationKeepsTranspose() {
    let index = TestGraphs.index(rowCount: 9, columnCount: 5, entryCount: 30, seed: 3)
    let aggregation = Aggregation(incoming: index, sourceCount: 5)
    #expect(aggregation.targetCount == 9 && aggregation.sourceCount == 5 && aggregation.edgeCount == index.entryCount)
    #expect(aggregation.outgoing.columns == index.transposed(columnCount: 5).columns)
    let first = aggregation.outgoing.columns.withUnsafeBufferPointer { $0.baseAddress }
    let second = aggregation.outgoing.columns.withUnsafeBufferPointer { $0.baseAddress }
    #expect(first == second)
  }

  @Test("Offsets that do not end at the number of entries trap")
  func wrongOffsetsTrap() async {
    await #expect(processExitsWith: .failure) { _ = EdgeIndex(offsets: [0, 2], columns: [1]) }
    await #expect(processExitsWith: .failure) { _ = EdgeIndex(offsets: [], columns: []) }
  }
}
