/// A walk over node types, such as paper – author – paper, whose ends are joined where some walk joins them.
public struct MetaPath: Hashable, Sendable, CustomStringConvertible {
  /// The node types from one end to the other, at least two.
  public let types: [NodeType]

  /// A meta-path over types.
  ///
  /// - Precondition: there are at least two.
  public init(_ types: [NodeType]) {
    precondition(types.count >= 2, "MetaPath: \(types)")
    self.types = types
  }

  /// A meta-path from words such as `paper-author-paper` or `P-A-P`: each is a type's name or the beginning of just one.
  ///
  /// - Returns: nil where a word names no type or several, or where there are fewer than two.
  public init?(parsing text: String, types known: [NodeType]) {
    let words = text.split(separator: "-", omittingEmptySubsequences: false)
    var types: [NodeType] = []
    for word in words {
      let name = word.lowercased()
      let exact = known.filter { $0.name.lowercased() == name }
      let found = exact.isEmpty ? known.filter { !name.isEmpty && $0.name.lowercased().hasPrefix(name) } : exact
      guard found.count == 1 else { return nil }
      types.append(found[0])
    }
    guard types.count >= 2 else { return nil }
    self.types = types
  }

  /// The names joined by hyphens.
  public var description: String { types.map(\.name).joined(separator: "-") }
}

extension HeteroGraph {
  /// The graph of one type whose relations are meta-paths that start and end there.
  ///
  /// Two nodes are joined by one edge of a meta-path where at least one walk joins them; a walk that comes back to its
  /// start gives a loop. Steps between two types go along every relation from the one to the other.
  ///
  /// - Throws: `AlgebraFailure` when memory runs out.
  /// - Precondition: each path starts and ends at `type` and relations lead from each of its types to the next.
  /// - Complexity: that of a boolean product of sparse matrices for each step.
  public func metaPathGraph(_ paths: [MetaPath], of type: NodeType) throws -> HeteroGraph {
    let adjacencies = try paths.map { path -> Adjacency in
      precondition(
        path.types.first == type && path.types.last == type,
        "metaPathGraph: \(path) does not run from \(type) to \(type)")
      var reached = try step(from: path.types[0], to: path.types[1])
      for (source, target) in zip(path.types.dropFirst(), path.types.dropFirst(2)) {
        reached = try step(from: source, to: target).multiplied(by: reached, semiring: .orAnd)
      }
      return .within(Graph(incoming: try reached.sparseRows().rows))
    }
    return HeteroGraph(
      types: [type], nodeCounts: [nodeCounts[index(of: type)]],
      relations: paths.map { EdgeType(type, $0.description, type) }, adjacencies: adjacencies)
  }

  /// Whether some relation leads from one type to the other.
  public func leads(from source: NodeType, to target: NodeType) -> Bool {
    relations.contains { $0.source == source && $0.target == target }
  }

  /// Targets × sources, an entry where some relation has an edge.
  private func step(from source: NodeType, to target: NodeType) throws -> SparseMatrix {
    let steps = zip(relations, adjacencies).filter { $0.0.source == source && $0.0.target == target }
    precondition(!steps.isEmpty, "metaPathGraph: no relation leads from \(source) to \(target)")
    let all = try steps.map { try SparseMatrix($0.1.incoming, duplicates: .max) }
    return try all.dropFirst().reduce(all[0]) { try $0.union(with: $1, .max) }
  }
}
