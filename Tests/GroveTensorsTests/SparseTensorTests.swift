import GroveKernels
import GroveTensors
import TestSupport
import Testing

/// The sparse-rows leaf: what it can do gives the numbers of the dense tensor, and anything else traps.
@Suite("Sparse rows")
struct SparseTensorTests {
  static let random = RandomStream(seed: 21)

  /// Rows without repeated columns, some empty; every other size has values beside 1.
  static func leaf(rows: Int, columns: Int, hasValues: Bool) -> Tensor {
    var random = TestRandom(rows * 7 + columns)
    var offsets: [Int64] = [0]
    var picked: [Int32] = []
    for row in 0..<rows {
      if row % 4 != 2 {
        for column in 0..<columns where Int.random(in: 0..<3, using: &random) == 0 { picked.append(Int32(column)) }
      }
      offsets.append(Int64(picked.count))
    }
    let values = hasValues ? FloatBuffer(random.floats(picked.count)) : nil
    return Tensor(
      SparseValues(
        entries: Aggregation(incoming: EdgeIndex(offsets: offsets, columns: picked), sourceCount: columns),
        values: values))
  }

  static let sizes = [(0, 4), (1, 1), (2, 9), (7, 5), (64, 40)]

  @Test("It is sparse, has its shape and the values written out", arguments: sizes)
  func densified(rows: Int, columns: Int) {
    let x = Self.leaf(rows: rows, columns: columns, hasValues: true)
    #expect(x.isSparse && x.shape == Shape(rows, columns))
    let dense = x.densified()
    #expect(!dense.isSparse && dense.shape == x.shape)
    #expect(dense.values == x.values)
    #expect(dense.densified() === dense)
    #expect(x.detached().isSparse)
  }

  @Test(
    "The product equals that of the dense rows, forward and in the gradient of the weight", arguments: sizes,
    [true, false])
  func product(size: (Int, Int), hasValues: Bool) throws {
    let x = Self.leaf(rows: size.0, columns: size.1, hasValues: hasValues)
    let weight = TestInput(rows: size.1, columns: 6, seed: 1)
    let (a, b) = (weight.tensor(), weight.tensor())
    let (sparse, dense) = (x.matmul(a), x.densified().matmul(b))
    #expect(difference(sparse.values, dense.values) <= 2e-5)
    let seed = TestInput(rows: size.0, columns: 6, seed: 2).tensor(requiresGradient: false)
    let sparseGradient = try #require(sparse.backward(from: seed)[a])
    let denseGradient = try #require(dense.backward(from: seed)[b])
    #expect(difference(sparseGradient.values, denseGradient.values) <= 2e-5)
    let matrix = Matrix(x.values, rows: size.0, columns: size.1)
    #expect(difference(sparse.values, matrix.times(weight.matrix).values) <= 2e-5)
  }

  /// With the masks of the dense rows, mean and variance of dropout are theirs too: check C-13 of specs/openima.md.
  @Test("Dropout, row scaling and gathering stay sparse and equal the dense ones", arguments: sizes, [true, false])
  func operations(size: (Int, Int), hasValues: Bool) {
    let x = Self.leaf(rows: size.0, columns: size.1, hasValues: hasValues)
    func check(_ what: String, _ operation: (Tensor) -> Tensor) {
      let (sparse, dense) = (operation(x), operation(x.densified()))
      #expect(sparse.isSparse && sparse.shape == dense.shape, "\(what)")
      #expect(difference(sparse.values, dense.values) <= 1e-6, "\(what)")
    }
    let ids = (0..<Int32(size.0)).map { $0 * 3 + 1 }
    check("dropout") { $0.dropout(0.4, using: Self.random) }
    check("dropout by id") { $0.dropout(0.4, rowIDs: ids, using: Self.random) }
    let factors = TestInput(rows: size.0, columns: 1, seed: 5).tensor(requiresGradient: false)
    check("row scale") { $0.scalingRows(by: factors) }
    let picks = size.0 == 0 ? [] : [Int32(size.0 - 1), 0, 0]
    check("gather") { $0.gathering(rows: picks) }
    check("all of them") {
      $0.gathering(rows: picks).dropout(0.4, using: Self.random).scalingRows(
        by: Tensor([Float](repeating: 2, count: picks.count), rows: picks.count, columns: 1))
    }
  }

  @Test("Repeated columns of a row add up in every operation")
  func repeatedColumns() {
    let x = Tensor(
      SparseValues(
        entries: Aggregation(incoming: EdgeIndex(offsets: [0, 3], columns: [1, 1, 0]), sourceCount: 2),
        values: FloatBuffer([2, 3, 4])))
    #expect(x.values == [4, 5])
    #expect(x.matmul(Tensor([[10], [100]])).values == [540])
  }

  /// What a sparse leaf refuses, by name.
  static let refused: [String] = [
    "+", "-", "*", "factor", "adding", "addingRow", "scalingColumns", "scaled", "rightOfMatmul", "transposedMatmul",
    "relu", "softmax", "sum", "columnSum", "rowDot", "columns", "concatenating", "normalizedRows", "standardizedRows",
    "batchNormalized", "aggregated", "aggregatedMaximum", "subscript", "buffer", "crossEntropy", "learnedScale",
  ]

  private static func refuse(_ operation: String) {
    let x = leaf(rows: 3, columns: 3, hasValues: true)
    let dense = Tensor([[1, 2, 3], [4, 5, 6], [7, 8, 9]])
    let loops = Aggregation(incoming: EdgeIndex(offsets: [0, 1, 2, 3], columns: [0, 1, 2]), sourceCount: 3)
    switch operation {
    case "+": _ = dense + x
    case "-": _ = dense - x
    case "*": _ = dense * x
    case "factor": _ = 2 * x
    case "adding": _ = x.adding(1)
    case "addingRow": _ = x.addingRow(Tensor([[1, 2, 3]]))
    case "scalingColumns": _ = x.scalingColumns(by: Tensor([[1, 2, 3]]))
    case "scaled": _ = x.scaled(by: Tensor([[2]]))
    case "rightOfMatmul": _ = dense.matmul(x)
    case "transposedMatmul": _ = x.matmul(dense, transposed: true)
    case "relu": _ = x.relu()
    case "softmax": _ = x.softmax()
    case "sum": _ = x.sum()
    case "columnSum": _ = x.columnSum()
    case "rowDot": _ = x.rowDot(dense)
    case "columns": _ = x.columns(0..<1)
    case "concatenating": _ = Tensor.concatenatingColumns([dense, x])
    case "normalizedRows": _ = x.normalizedRows()
    case "standardizedRows": _ = x.standardizedRows()
    case "batchNormalized": _ = x.batchNormalized(weight: Tensor([[1, 1, 1]]), bias: Tensor([[0, 0, 0]]))
    case "aggregated": _ = x.aggregated(over: loops)
    case "aggregatedMaximum": _ = x.aggregatedMaximum(over: loops)
    case "subscript": _ = x[0, 0]
    case "buffer": _ = x.buffer
    case "crossEntropy": _ = x.crossEntropy([0, 1, 2])
    case "learnedScale": _ = x.scalingRows(by: Tensor([[1], [2], [3]], requiresGradient: true))
    default: return
    }
  }

  @Test("Everything else traps and names densified()", arguments: refused)
  func refusals(operation: String) async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) { [operation] in
      SparseTensorTests.refuse(operation)
    }
    if operation != "transposedMatmul" { expectTrapMessage(result, mentions: ["densified()"]) }
  }

  @Test("The same operations accept the densified leaf")
  func acceptsDense() {
    // The list above would mean little if its operations trapped for another reason.
    let x = Self.leaf(rows: 3, columns: 3, hasValues: true).densified()
    let loops = Aggregation(incoming: EdgeIndex(offsets: [0, 1, 2, 3], columns: [0, 1, 2]), sourceCount: 3)
    #expect(x.aggregated(over: loops).values == x.values)
    #expect(x.aggregatedMaximum(over: loops).values == x.values)
    #expect(x.matmul(x, transposed: true).shape == Shape(3, 3))
    #expect(x.crossEntropy([0, 1, 2]).scalar > 0)
    #expect(Tensor.concatenatingColumns([x, x]).shape == Shape(3, 6))
  }
}
