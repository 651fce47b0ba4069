public import GroveKernels

/// Random walks of a graph of several types along a meta-path, again and again.
///
///     P(x | v) = w(v, x) / Σ of w(v, y) over the neighbors y of v in the path's next type
///
/// All neighbors are alike without weights. Steps go along every relation from the one type to the next, as in
/// `metaPathGraph`: a neighbor by two relations is one neighbor, its weights added up. A walk ends early where a node has
/// no neighbor in the next type.
///
/// Letters: W walks, L steps, d neighbors of a node.
///
/// - Source: metapath2vec (Dong, Chawla, Swami 2017), section 3.2, eq. 3. Differs: weights.
public struct MetaPathWalks: Sendable {
  /// One step of the path.
  fileprivate struct Hop: Sendable {
    /// Row v lists the neighbors of v in the next type, each once.
    let neighbors: SparseRows
    /// Within each row the sum of the weights up to and with each neighbor; nil: all alike.
    let sums: [Double]?
    /// What is added to the number of a neighbor.
    let offset: Int32
  }

  private let hops: [Hop]
  /// The nodes of the first type that have a neighbor in the second, numbered with those of all types.
  public let starts: [Int32]
  private let first: Range<Int>

  /// Walks along a path that ends in the type in which it starts.
  ///
  /// - Parameters:
  ///   - offsets: what is added to the number of a node of each type, where all types are numbered together.
  ///   - isWeighted: whether chances go by the weights of edges, 1 where a relation has none.
  /// - Throws: `AlgebraFailure` when memory runs out.
  /// - Precondition: the path's last type is its first, relations lead from each of its types to the next, there is an
  ///   offset for each type of the graph, and weights that count are finite and not below 0.
  /// - Complexity: O(N + E log E) for each step of the path.
  public init(
    _ graph: HeteroGraph, along path: MetaPath, offsets: [Int], isWeighted: Bool = false
  ) throws(AlgebraFailure) {
    precondition(
      path.types.first == path.types.last, "MetaPathWalks: \(path) does not end in the type in which it starts")
    precondition(
      offsets.count == graph.types.count, "MetaPathWalks: \(offsets.count) offsets for \(graph.types.count) types")
    var hops: [Hop] = []
    for (source, target) in zip(path.types, path.types.dropFirst()) {
      let offset = Int32(offsets[graph.index(of: target)])
      hops.append(try Hop(graph, from: source, to: target, isWeighted: isWeighted, offset: offset))
    }
    self.hops = hops
    let start = offsets[graph.index(of: path.types[0])]
    first = start..<start + graph.nodeCounts[graph.index(of: path.types[0])]
    starts = first.filter { hops[0].hasNext($0 - start) }.map(Int32.init)
  }

  /// A walk from each of some nodes.
  ///
  /// - Returns: the nodes of walk after walk, numbered with those of all types, and where each begins. [W + 1] offsets
  /// - Precondition: the nodes are of the path's first type.
  /// - Complexity: O(W · L), times O(log d) with weights; on all threads.
  public func walks(from starts: [Int32], steps: Int, using random: RandomStream) -> (nodes: [Int32], offsets: [Int]) {
    precondition(steps >= 0, "walks: \(steps) steps")
    for start in starts {
      precondition(first.contains(Int(start)), "walks: node \(start) is not of the first type, numbered \(first)")
    }
    return WalkList.make(starts.count, steps: steps) { walk, nodes in
      self.walk(from: starts[walk], steps, random.generator(row: walk), into: &nodes)
    }
  }

  private func walk(from start: Int32, _ steps: Int, _ random: RandomGenerator, into nodes: inout [Int32]) {
    var random = random
    nodes.append(start)
    var node = Int(start) - first.lowerBound
    for step in 0..<steps {
      let hop = hops[step % hops.count]
      guard let next = hop.next(after: node, using: &random) else { return }
      node = Int(next)
      nodes.append(next + hop.offset)
    }
  }
}

extension MetaPathWalks.Hop {
  fileprivate init(
    _ graph: HeteroGraph, from source: NodeType, to target: NodeType, isWeighted: Bool, offset: Int32
  ) throws(AlgebraFailure) {
    precondition(
      graph.leads(from: source, to: target), "MetaPathWalks: no relation leads from \(source) to \(target)")
    var (sources, targets, weights): ([Int32], [Int32], [Float]) = ([], [], [])
    for (relation, adjacency) in zip(graph.relations, graph.adjacencies)
    where relation.source == source && relation.target == target {
      let incoming = adjacency.incoming
      for row in 0..<incoming.rowCount {
        for entry in incoming.range(of: row) {
          let weight = isWeighted ? adjacency.weights?[entry] ?? 1 : 1
          precondition(weight >= 0 && weight.isFinite, "MetaPathWalks: an edge weighs \(weight); it must be 0 or more")
          guard weight > 0 else { continue }
          sources.append(incoming.columns[entry])
          targets.append(Int32(row))
          weights.append(weight)
        }
      }
    }
    let matrix = try SparseMatrix(
      rows: sources, columns: targets, values: isWeighted ? weights : nil,
      rowCount: graph.nodeCounts[graph.index(of: source)], columnCount: graph.nodeCounts[graph.index(of: target)],
      duplicates: isWeighted ? .sum : .max)
    let (rows, values) = try matrix.sparseRows()
    (neighbors, self.offset) = (rows, offset)
    guard isWeighted else {
      sums = nil
      return
    }
    var sums = [Double](repeating: 0, count: rows.entryCount)
    for row in 0..<rows.rowCount {
      var sum = 0.0
      for entry in rows.range(of: row) {
        sum += Double(values[entry])
        sums[entry] = sum
      }
    }
    self.sums = sums
  }

  /// Whether a walk can go on from a node.
  fileprivate func hasNext(_ node: Int) -> Bool { !neighbors.range(of: node).isEmpty }

  /// A neighbor of a node, numbered within its type; nil at a dead end.
  fileprivate func next(after node: Int, using random: inout RandomGenerator) -> Int32? {
    let range = neighbors.range(of: node)
    guard !range.isEmpty else { return nil }
    guard let sums else { return neighbors.columns[range.lowerBound + random.next(below: range.count)] }
    // The first neighbor whose sum lies above the mark.
    let mark = random.unit() * sums[range.upperBound - 1]
    var (low, high) = (range.lowerBound, range.upperBound - 1)
    while low < high {
      let middle = (low + high) / 2
      if sums[middle] > mark { high = middle } else { low = middle + 1 }
    }
    return neighbors.columns[low]
  }
}
