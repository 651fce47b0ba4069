import GroveGraphs

/// The dictionary of neighbor lists that Planetoid keeps as `ind.NAME.graph`.
struct PlanetoidGraph {
  private let pickle: Pickle
  /// Nodes and the values of their neighbor lists, a node once, in the order of nodes.
  private let lists: [(node: Int64, neighbors: Pickle.Value)]

  /// How many nodes have a list.
  var keyCount: Int { lists.count }

  /// - Throws: `FormatFailure.malformed` where the pickle is no dictionary of whole numbers.
  init(_ pickle: Pickle) throws {
    self.pickle = pickle
    guard let pairs = pickle.pairs(pickle.root) else {
      throw pickle.unexpected(pickle.root, "is no dictionary from nodes to their neighbors")
    }
    // As in Python, the last value of a key counts.
    var last: [Int64: Pickle.Value] = [:]
    for at in stride(from: 0, to: pairs.count, by: 2) {
      guard let node = pickle.integer(pairs[at]) else {
        throw pickle.unexpected(pairs[at], "is a key that is no number of a node")
      }
      last[node] = pairs[at + 1]
    }
    lists = last.map { ($0.key, $0.value) }.sorted { $0.node < $1.node }
  }

  /// Every pair of neighbors once, in the order of its ends, the smaller end first; loops and repeats are left out.
  ///
  /// - Returns: the edges, and what was left out, one sentence each.
  func edges(nodeCount: Int) throws -> (edges: EdgeList, notes: [String]) {
    // A directed pair as one number; the sum of all lists is bounded by the file, as lists may be shared.
    var pairs: [UInt64] = []
    var loops: Set<Int64> = []
    var seen = 0
    for (node, value) in lists {
      guard (0..<Int64(nodeCount)).contains(node) else {
        throw pickle.unexpected(
          value, "are the neighbors of \(node), which is not a node (there are \(nodeCount) nodes)")
      }
      guard let neighbors = pickle.items(value) else {
        throw pickle.unexpected(value, "is no list of the neighbors of node \(node)")
      }
      seen += neighbors.count
      guard seen <= pickle.byteCount else {
        throw pickle.unexpected(value, "is a list that stands for the neighbors of many nodes")
      }
      for neighbor in neighbors {
        guard let other = pickle.integer(neighbor), (0..<Int64(nodeCount)).contains(other) else {
          let shown = pickle.integer(neighbor).map { "\($0)" } ?? "what is no number"
          throw pickle.unexpected(
            neighbor, "node \(node) has the neighbor \(shown), which is not a node (there are \(nodeCount) nodes)")
        }
        if other == node { loops.insert(node) } else { pairs.append(UInt64(node) << 32 | UInt64(other)) }
      }
    }
    pairs.sort()
    let listed = pairs.count
    var directed = 0
    var previous: UInt64?
    var ends: [UInt64] = []
    for pair in pairs where pair != previous {
      previous = pair
      directed += 1
      let (node, other) = (pair >> 32, pair & 0xffff_ffff)
      ends.append(min(node, other) << 32 | max(node, other))
    }
    ends.sort()
    var sources: [Int32] = []
    var targets: [Int32] = []
    for at in ends.indices where at == 0 || ends[at] != ends[at - 1] {
      sources.append(Int32(ends[at] >> 32))
      targets.append(Int32(ends[at] & 0xffff_ffff))
    }
    var notes: [String] = []
    if !loops.isEmpty {
      notes.append("dropped \(loops.count) loops: nodes that are listed as neighbors of themselves")
    }
    if listed > directed { notes.append("dropped \(listed - directed) neighbors that are listed again for one node") }
    return (EdgeList(sources: sources, targets: targets, isDirected: false), notes)
  }
}
