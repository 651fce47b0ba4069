import GroveKernels
import GroveTensors
import TestSupport
import Testing

@Suite struct EdgeDotsTests {
  @Test(arguments: [(0, 0, 0), (1, 1, 1), (2, 3, 4), (7, 5, 20)], [1, 2, 3])
  func `edge dots are those of the two rows, head by head`(size: (Int, Int, Int), heads: Int) {
    let index = TestGraphs.index(rowCount: size.0, columnCount: size.1, entryCount: size.2, seed: 6)
    let width = 6 / heads
    expectOperation(
      [TestInput(rows: size.1, columns: 6, seed: 1), TestInput(rows: size.0, columns: 6, seed: 2)],
      slow: { inputs in
        var result = Matrix(rows: index.entryCount, columns: heads)
        for row in 0..<index.rowCount {
          for entry in Int(index.offsets[row])..<Int(index.offsets[row + 1]) {
            for column in 0..<6 {
              result[entry, column / width] += inputs[0][Int(index.columns[entry]), column] * inputs[1][row, column]
            }
          }
        }
        return result
      },
      fast: {
        $0[0].edgeDots(targets: $0[1], heads: heads, over: Aggregation(incoming: index, sourceCount: size.1))
      })
  }
}
