import CGraphBLAS

/// Which component each node belongs to.
public struct Components: Sendable, Equatable {
  /// One number a node in 0..<count; components are numbered in the order of their smallest nodes.
  public let labels: [Int32]
  /// Number of components; a node without edges is one by itself.
  public let count: Int

  /// How many nodes each component has.
  ///
  /// - Complexity: O(N).
  public var sizes: [Int] {
    var sizes = [Int](repeating: 0, count: count)
    for label in labels { sizes[Int(label)] += 1 }
    return sizes
  }

  /// The number of a component with the most nodes (the smallest such number), nil where there are no nodes.
  public var largest: Int? {
    let sizes = sizes
    guard let most = sizes.max() else { return nil }
    return sizes.firstIndex(of: most)
  }
}

extension SparseMatrix {
  /// The weakly connected components: directions are ignored.
  ///
  /// FastSV: every node has a parent, at first itself. Each round, a node's parent and the parent's parent take the
  /// smallest grandparent among the neighbors (hooking), then every node takes its grandparent (shortcutting), until
  /// nothing changes. Parents only fall, so each root ends as the smallest node of its component.
  ///
  /// - Throws: `AlgebraFailure.outOfMemory`.
  /// - Precondition: square.
  /// - Complexity: O((N + E) log N) in practice, also on long paths, where plain label propagation takes N rounds.
  /// - Source: Zhang, Azad, Hu 2020, "FastSV". Differs: the scatter of hooking is a plain loop over an array.
  public func connectedComponents() throws(AlgebraFailure) -> Components {
    requireSquare("connectedComponents")
    let both = try symmetrized()
    var parent = [Int32](0..<Int32(rowCount))
    let grandparent = try FullMatrix<Int32>(.int32, rows: 1, columns: rowCount, initial: 0, for: "components")
    let smallest = try FullMatrix<Int32>(.int32, rows: 1, columns: rowCount, initial: 0, for: "components")
    for node in 0..<rowCount {
      grandparent.values[node] = Int32(node)
      smallest.values[node] = Int32(node)
    }
    var changed = rowCount > 0
    while changed {
      // smallest[i] = min(smallest[i], min over neighbors j of grandparent[j]): min.first over grandparent · Sᵀ
      try smallest.accumulate(
        productOf: grandparent, with: both.handle, transposed: true, semiring: grove_min_first_int32(),
        accumulator: grove_min_int32())
      changed = Self.hookAndShortcut(parent: &parent, grandparent: grandparent.values, smallest: smallest.values)
    }
    var labels = [Int32](repeating: 0, count: rowCount)
    var count: Int32 = 0
    for node in 0..<rowCount {
      if parent[node] == Int32(node) {
        labels[node] = count
        count += 1
      } else {
        labels[node] = labels[Int(parent[node])]
      }
    }
    return Components(labels: labels, count: Int(count))
  }

  /// One round; returns whether any grandparent changed.
  private static func hookAndShortcut(
    parent: inout [Int32], grandparent: UnsafeMutableBufferPointer<Int32>, smallest: UnsafeMutableBufferPointer<Int32>
  ) -> Bool {
    parent.withUnsafeMutableBufferPointer { parent in
      // Stochastic hooking: f[f[u]] = min(f[f[u]], smallest[u]). Minima do not depend on the order of the loop, and
      // the roots to hook are read from the parents of the round before.
      for node in 0..<parent.count {
        let root = Int(grandparent[node])
        parent[root] = min(parent[root], smallest[node])
      }
      // Aggressive hooking and shortcutting: f[u] = min(f[u], smallest[u], f[f[u]])
      for node in 0..<parent.count { parent[node] = min(parent[node], smallest[node], grandparent[node]) }
      var changed = false
      for node in 0..<parent.count {
        let next = parent[Int(parent[node])]
        if next != grandparent[node] { changed = true }
        grandparent[node] = next
      }
      return changed
    }
  }
}
