import GroveKernels
import GroveTensors
import TestSupport
import Testing

/// The tensor itself: its numbers, its shape, and the mistakes that trap with both shapes.
@Suite("Tensor")
struct TensorTests {
  @Test("Rows written out, a flat list and a buffer make the same tensor")
  func construction() {
    let rows = Tensor([[1, 2, 3], [4, 5, 6]])
    #expect(rows.shape == Shape(2, 3) && rows.rows == 2 && rows.columns == 3)
    #expect(rows.values == [1, 2, 3, 4, 5, 6])
    #expect(Tensor([1, 2, 3, 4, 5, 6], rows: 2, columns: 3).values == rows.values)
    #expect(Tensor(FloatBuffer(rows.values), rows: 2, columns: 3).values == rows.values)
    #expect(rows[1, 0] == 4 && rows[0, 2] == 3)
    #expect(Tensor([[7]]).scalar == 7)
    #expect(Tensor([[Float]]()).shape == Shape(0, 0))
    #expect(!rows.requiresGradient && !rows.isSparse)
    #expect("\(rows.shape)" == "[2, 3]" && Shape(2, 3).count == 6)
  }

  /// Calls that break a rule, and what their message must name.
  static let mistakes: [(name: String, mentions: [String])] = [
    ("matmul", ["[2, 3]", "[2, 4]"]), ("matmul transposed", ["[2, 3]", "[4, 2]"]), ("+", ["[2, 3]", "[3, 2]"]),
    ("-", ["[2, 3]", "[3, 2]"]), ("*", ["[2, 3]", "[1, 3]"]), ("addingRow", ["[2, 3]", "[1, 2]"]),
    ("scalingColumns", ["[2, 3]", "[3, 1]"]), ("scalingRows", ["[2, 3]", "[3, 1]"]), ("scaled", ["[1, 2]"]),
    ("rowDot", ["[2, 3]", "[3, 3]"]), ("rowDot heads", ["2 heads"]), ("gathering", ["2 of 2"]),
    ("gathering negative", ["-1 of 2"]),
    ("columns", ["[2, 3]", "2..<4"]), ("concatenating", ["[2, 3]", "[1, 3]"]), ("concatenating none", ["no tensors"]),
    ("aggregated", ["[2, 3]", "3 sources"]), ("aggregated weights", ["2 weights", "3 entries"]),
    ("learned weights", ["[2, 1]", "3 edges"]), ("segmentSoftmax", ["[2, 3]", "3 edges"]),
    ("graphAttention", ["[2, 3]"]),
    ("binaryCrossEntropy", ["[2, 3]", "[3, 2]"]), ("rows of two lengths", ["2", "1"]), ("flat", ["3", "[2, 2]"]),
    ("subscript", ["[2, 3]", "[2, 0]"]), ("scalar", ["[2, 3]"]), ("shape", ["-1"]),
    ("segments that fall", ["3", "2"]), ("segments that start late", ["1"]),
  ]

  private static func make(_ mistake: String) {
    let x = Tensor([[1, 2, 3], [4, 5, 6]])
    let turned = Tensor([[1, 2], [3, 4], [5, 6]])
    let graph = Aggregation(incoming: EdgeIndex(offsets: [0, 1, 3], columns: [0, 1, 2]), sourceCount: 3)
    let three = Tensor([[1], [2], [3]])
    switch mistake {
    case "matmul": _ = x.matmul(Tensor([[1, 2, 3, 4], [1, 2, 3, 4]]))
    case "matmul transposed": _ = x.matmul(Tensor([[1, 2], [1, 2], [1, 2], [1, 2]]), transposed: true)
    case "+": _ = x + turned
    case "-": _ = x - turned
    case "*": _ = x * Tensor([[1, 2, 3]])
    case "addingRow": _ = x.addingRow(Tensor([[1, 2]]))
    case "scalingColumns": _ = x.scalingColumns(by: three)
    case "scalingRows": _ = x.scalingRows(by: three)
    case "scaled": _ = x.scaled(by: Tensor([[1, 2]]))
    case "rowDot": _ = x.rowDot(Tensor([[1, 2, 3], [1, 2, 3], [1, 2, 3]]))
    case "rowDot heads": _ = x.rowDot(x, heads: 2)
    case "gathering": _ = x.gathering(rows: [0, 2])
    case "gathering negative": _ = x.gathering(rows: [-1])
    case "columns": _ = x.columns(2..<4)
    case "concatenating": _ = Tensor.concatenatingColumns([x, Tensor([[1, 2, 3]])])
    case "concatenating none": _ = Tensor.concatenatingColumns([])
    case "aggregated": _ = x.aggregated(over: graph)
    case "aggregated weights": _ = three.aggregated(over: graph, weights: [1, 2])
    case "learned weights": _ = three.aggregated(over: graph, weights: Tensor([[1], [2]]))
    case "segmentSoftmax": _ = x.segmentSoftmax(over: graph)
    case "graphAttention": _ = x.graphAttention(sourceScores: three, targetScores: three, over: graph)
    case "binaryCrossEntropy": _ = x.binaryCrossEntropy(turned)
    case "rows of two lengths": _ = Tensor([[1, 2], [3]])
    case "flat": _ = Tensor([1, 2, 3], rows: 2, columns: 2)
    case "subscript": _ = x[2, 0]
    case "scalar": _ = x.scalar
    case "shape": _ = Shape(-1, 2)
    case "segments that fall": _ = Segments(offsets: [0, 3, 2])
    case "segments that start late": _ = Segments(offsets: [1, 2])
    default: return
    }
  }

  @Test("A caller's mistake traps and names what was given", arguments: mistakes.indices)
  func mistakesTrap(index: Int) async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) { [index] in
      TensorTests.make(TensorTests.mistakes[index].name)
    }
    expectTrapMessage(result, mentions: Self.mistakes[index].mentions)
  }
}
