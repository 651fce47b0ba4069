import CKernels

extension Kernels {
  /// Up to `fanout` edges into each target, all where it is below 0, drawn alike: offsets [T + 1] and the edges' positions
  /// in rising order.
  ///
  /// A draw is keyed by (stream, target node, number of the draw). Runs on the calling thread.
  /// - Parameter offsets: where the edges into each node begin. [N + 1]
  /// - Precondition: targets are in 0..<N.
  /// - Complexity: O(edges drawn · fanout), O(edges drawn) where all are taken.
  /// - Source: Floyd's subsets (Bentley, Floyd 1987).
  public static func drawEdges(
    offsets: [Int64], into targets: [Int32], fanout: Int, isReplacing: Bool, using random: RandomStream
  ) -> (offsets: [Int64], edges: [Int64]) {
    var most = 0
    for target in targets {
      precondition(target >= 0 && Int(target) < offsets.count - 1, "drawEdges: node \(target) of \(offsets.count - 1)")
      let degree = Int(offsets[Int(target) + 1] - offsets[Int(target)])
      most += fanout < 0 ? degree : isReplacing && degree > 0 ? fanout : min(fanout, degree)
    }
    var starts = [Int64](repeating: 0, count: targets.count + 1)
    let edges = [Int64](unsafeUninitializedCapacity: most) { edges, count in
      count = Int(
        grove_draw_edges(
          offsets, targets, Int64(targets.count), Int64(fanout), isReplacing, random.key, &starts, edges.baseAddress))
    }
    return (starts, edges)
  }

  /// values[places[i]] for each i.
  ///
  /// - Precondition: places are in 0..<values.count.
  public static func picked(_ values: [Int32], at places: [Int64]) -> [Int32] {
    for place in places { precondition(place >= 0 && place < values.count, "picked: \(place) of \(values.count)") }
    return [Int32](unsafeUninitializedCapacity: places.count) { result, count in
      grove_pick(values, places, Int64(places.count), result.baseAddress)
      count = places.count
    }
  }
}

/// Gives nodes their rows in a block, in the order in which they first appear.
///
/// - Complexity: O(N) memory and time once, then O(1) a node; `finish` is O(rows).
public struct RowNumbering: Sendable {
  /// The row of each node, -1 where it has none. [N]
  private var rowOfNode: [Int32]
  private var nodes: [Int32] = []
  private var listed = 0

  /// A numbering of nodes in 0..<nodeCount, none of which has a row.
  public init(nodeCount: Int) { rowOfNode = [Int32](repeating: -1, count: nodeCount) }

  /// The row of each of some nodes; a new one where it has none.
  ///
  /// - Precondition: nodes are in 0..<N.
  public mutating func rows(of asked: [Int32]) -> [Int32] {
    for node in asked {
      precondition(node >= 0 && Int(node) < rowOfNode.count, "rows: node \(node) of \(rowOfNode.count)")
    }
    if nodes.count < listed + asked.count {
      nodes += [Int32](repeating: 0, count: max(listed + asked.count - nodes.count, nodes.count))
    }
    var rows = [Int32](repeating: 0, count: asked.count)
    listed = Int(grove_number(&rowOfNode, asked, Int64(asked.count), &nodes, Int64(listed), &rows))
    return rows
  }

  /// The node of each row; the numbering starts anew.
  public mutating func finish() -> [Int32] {
    let result = Array(nodes[..<listed])
    for node in result { rowOfNode[Int(node)] = -1 }
    listed = 0
    return result
  }
}
