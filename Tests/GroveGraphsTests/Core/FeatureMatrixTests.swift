import GroveGraphs
import Testing

@Suite("FeatureMatrix")
struct FeatureMatrixTests {
  @Test("Dense rows are divided by their sums; a row of sum 0 stays")
  func dense() {
    let features = FeatureMatrix.dense(values: [1, 3, 0, 0, 2, 6, -1, 1], width: 2)
    #expect(features.normalizedByRowSum() == .dense(values: [0.25, 0.75, 0, 0, 0.25, 0.75, -1, 1], width: 2))
  }

  @Test("Sparse rows are divided by their sums; rows without entries stay")
  func sparse() {
    let rows = SparseRows(offsets: [0, 2, 2, 3], columns: [0, 4, 1], columnCount: 5)
    let weighted = FeatureMatrix.sparse(rows: rows, values: [1, 3, 8])
    #expect(weighted.normalizedByRowSum() == .sparse(rows: rows, values: [0.25, 0.75, 1]))
    let ones = FeatureMatrix.sparse(rows: rows, values: nil)
    #expect(ones.normalizedByRowSum() == .sparse(rows: rows, values: [0.5, 0.5, 1]))
  }

  @Test("Dense and sparse forms of the same features agree after normalizing")
  func agreement() {
    let rows = SparseRows(offsets: [0, 1, 3, 3], columns: [2, 0, 1], columnCount: 3)
    let values: [Float] = [4, 1, 7]
    guard case .sparse(_, let scaled?) = FeatureMatrix.sparse(rows: rows, values: values).normalizedByRowSum(),
      case .dense(let all, _) = FeatureMatrix.dense(values: [0, 0, 4, 1, 7, 0, 0, 0, 0], width: 3).normalizedByRowSum()
    else {
      Issue.record("normalizing changed the form")
      return
    }
    for row in 0..<3 {
      for entry in rows.range(of: row) { #expect(scaled[entry] == all[row * 3 + Int(rows.columns[entry])]) }
    }
  }

  @Test("Shape, sign and the first number that is not finite are told")
  func properties() {
    let dense = FeatureMatrix.dense(values: [0, 1, 2, .nan, 4, .infinity], width: 3)
    #expect(dense.rowCount == 2)
    #expect(dense.width == 3)
    #expect(dense.firstNonFinite?.row == 1)
    #expect(dense.firstNonFinite?.column == 0)
    let rows = SparseRows(offsets: [0, 0, 2], columns: [3, 1], columnCount: 5)
    let sparse = FeatureMatrix.sparse(rows: rows, values: [1, -.infinity])
    #expect(sparse.rowCount == 2)
    #expect(sparse.width == 5)
    #expect(sparse.firstNonFinite?.row == 1)
    #expect(sparse.firstNonFinite?.column == 1)
    #expect(!sparse.isNonNegative)
    #expect(FeatureMatrix.sparse(rows: rows, values: nil).isNonNegative)
    #expect(FeatureMatrix.sparse(rows: rows, values: nil).firstNonFinite == nil)
  }
}
