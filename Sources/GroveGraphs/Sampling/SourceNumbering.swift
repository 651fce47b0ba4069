import GroveKernels

/// Gives the nodes of one type that a block holds their source rows, in the order in which they first appear.
///
/// A node has one row for each time at which it is asked for; without times that is one row.
/// - Complexity: O(N) once, then O(1) a node (O(times of the node)), without hashing; `finish` is O(rows).
struct SourceNumbering {
  private let nodeCount: Int
  private var untimed: RowNumbering
  /// The latest row of each node, -1 where it has none; empty until a time is asked for. [N]
  private var lastRow: [Int32] = []
  /// For each row an earlier row of the same node, or -1.
  private var earlierRow: [Int32] = []
  private var nodes: [Int32] = []
  private var times: [Int32] = []

  init(nodeCount: Int) {
    self.nodeCount = nodeCount
    untimed = RowNumbering(nodeCount: nodeCount)
  }

  /// The rows of some nodes, each at its time where there is time; new ones for those that have none.
  ///
  /// - Precondition: between two calls of `finish`, times are given always or never; one a node.
  mutating func rows(of asked: [Int32], at times: [Int32]? = nil) -> [Int32] {
    guard let times else { return untimed.rows(of: asked) }
    if lastRow.isEmpty { lastRow = [Int32](repeating: -1, count: nodeCount) }
    return zip(asked, times).map { row(of: $0, at: $1) }
  }

  private mutating func row(of node: Int32, at time: Int32) -> Int32 {
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

  /// Node and, where there is time, time of each row; the numbering starts anew.
  mutating func finish() -> (nodes: [Int32], times: [Int32]) {
    if nodes.isEmpty { return (untimed.finish(), []) }
    for node in nodes { lastRow[Int(node)] = -1 }
    defer { (nodes, times, earlierRow) = ([], [], []) }
    return (nodes, times)
  }
}

extension Array<Int32> {
  /// The value of each target, once for each of its edges.
  func repeated(by offsets: [Int64]) -> [Int32] {
    indices.flatMap { repeatElement(self[$0], count: Int(offsets[$0 + 1] - offsets[$0])) }
  }
}
