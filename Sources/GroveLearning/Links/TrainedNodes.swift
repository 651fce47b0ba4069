import GroveKernels
public import GroveLayers
public import GroveTensors

/// Which rows of a table training has reached, and what rows are as directions.
///
///     h[v] = (x[v] − m) / ‖x[v] − m‖, m the mean of the rows reached;  0 where v was not reached
///
/// Rows of walks lie in a cone: what they share, m, says nothing of who is near whom, but lifts every score above the 0
/// that a row without training has. Such a row is its random start and stands for nothing known, which is m.
///
/// Letters: N nodes, D width.
///
/// - Source: the mean is that of "All-but-the-Top" (Mu, Viswanath 2018), step 1. Differs: lengths of 1 in place of its
///   steps 2 and 3.
public final class TrainedNodes: Module {
  /// 1 where training has reached the row, else 0; saved with the table. [N]
  public let isTrained: Buffer

  /// None of `nodeCount` rows.
  init(nodeCount: Int) { isTrained = Buffer([Float](repeating: 0, count: nodeCount)) }

  /// Notes that a step reaches some rows.
  func add(_ ids: [Int32]) { isTrained.value.write { mark in for id in ids { mark[Int(id)] = 1 } } }

  /// Notes that a step reaches all rows.
  func addAll() { isTrained.value.write { mark in for row in 0..<mark.count { mark[row] = 1 } } }

  /// Directions of rows from their mean, without history.
  ///
  /// - Shape: rows [N, D] → [N, D].
  /// - Complexity: O(N · D).
  func directions(of rows: Tensor) -> Tensor {
    let (width, marks) = (rows.columns, isTrained.value)
    var sums = [Double](repeating: 0, count: width)
    var count = 0.0
    let result = FloatBuffer(count: rows.shape.count, zeroed: true)
    marks.read { marks in
      rows.buffer.read { x in
        for row in 0..<marks.count where marks[row] != 0 {
          count += 1
          for k in 0..<width { sums[k] += Double(x[row * width + k]) }
        }
        result.write { out in
          for row in 0..<marks.count where marks[row] != 0 {
            for k in 0..<width { out[row * width + k] = Float(Double(x[row * width + k]) - sums[k] / count) }
          }
        }
      }
    }
    return Tensor(result, rows: rows.rows, columns: width).normalizedRows()
  }
}
