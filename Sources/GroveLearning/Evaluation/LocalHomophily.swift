public import GroveGraphs

/// How alike a node and its neighbors are.
public enum LocalHomophily {
  /// The share of each node's labeled neighbors that have its class.
  ///
  ///     h(i) = |{j in N(i) : y(j) = y(i)}| / |N(i)|
  ///
  /// N(i) are the sources of the edges into i that carry a label, i itself left out. Where nodes have several classes, a
  /// neighbor counts as the classes that both have, divided by those that either has.
  ///
  /// - Returns: one value in 0 … 1 for each of `nodes`; nil for a node without a label or without labeled neighbors.
  /// - Precondition: as many labels as nodes of the graph.
  /// - Complexity: O(edges into the nodes), times the classes of a node where there are several.
  public static func values(of nodes: [Int32], in graph: Graph, labels: Labels) -> [Double?] {
    precondition(
      graph.nodeCount == labels.nodeCount, "LocalHomophily: \(labels.nodeCount) labels for \(graph.nodeCount) nodes")
    return nodes.map { node in
      guard labels.isLabeled(Int(node)) else { return nil }
      var (count, sum) = (0, 0.0)
      for neighbor in graph.incoming[Int(node)] where neighbor != node && labels.isLabeled(Int(neighbor)) {
        count += 1
        sum += likeness(Int(node), Int(neighbor), labels)
      }
      return count == 0 ? nil : sum / Double(count)
    }
  }

  private static func likeness(_ a: Int, _ b: Int, _ labels: Labels) -> Double {
    switch labels {
    case .single(let classes, _): return classes[a] == classes[b] ? 1 : 0
    case .multiple(let rows, _):
      let (first, second) = (rows[a], rows[b])
      let shared = first.count { second.contains($0) }
      return Double(shared) / Double(first.count + second.count - shared)
    }
  }
}
