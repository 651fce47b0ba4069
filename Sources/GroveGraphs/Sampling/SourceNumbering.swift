/// Gives the nodes of one type that a block holds their source rows, in the order in which they first appear.
///
/// A node has one row for each time at which it is asked for; without times that is one row.
/// - Complexity: O(N) once, then O(1) a node (O(times of the node)), without hashing; `finish` is O(rows).
struct SourceNumbering {
  /// The latest row of each node, -1 where it has none. [N]
  private var lastRow: [Int32]
  /// For each row an earlier row of the same node, or -1.
  private var earlierRow: [Int32] = []
  private var nodes: [Int32] = []
  private var times: [Int32] = []

  init(nodeCount: Int) { lastRow = [Int32](repeating: -1, count: nodeCount) }

  /// The row of a node at a time; a new one where it has none.
  mutating func row(of node: Int32, at time: Int32 = 0) -> Int32 {
    let last = lastRow[Int(node)]
    var row = last
    while row >= 0 && times[Int(row)] != time { row = earlierRow[Int(row)] }
    if row >= 0 { return row }
    let new = Int32(nodes.count)
    lastRow[Int(node)] = new
    earlierRow.append(last)
    nodes.append(node)
    times.append(time)
    return new
  }

  /// Node and time of each row; the numbering starts anew.
  mutating func finish() -> (nodes: [Int32], times: [Int32]) {
    for node in nodes { lastRow[Int(node)] = -1 }
    defer { (nodes, times, earlierRow) = ([], [], []) }
    return (nodes, times)
  }
}
