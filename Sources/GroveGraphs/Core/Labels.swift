/// What a node classifier learns, for the nodes of one type.
public enum Labels: Sendable, Equatable {
  /// One class a node; -1 where a node has none.
  case single(classes: [Int32], names: [String])
  /// Any number of classes a node: rows are nodes, columns classes.
  case multiple(rows: SparseRows, names: [String])

  /// C, the number of classes, those without nodes included.
  public var classCount: Int {
    switch self {
    case .single(_, let names): names.count
    case .multiple(let rows, _): rows.columnCount
    }
  }

  /// Name of each class, in the order of the classes' numbers.
  public var classNames: [String] {
    switch self {
    case .single(_, let names), .multiple(_, let names): names
    }
  }

  /// Number of nodes, those without a class included.
  public var nodeCount: Int {
    switch self {
    case .single(let classes, _): classes.count
    case .multiple(let rows, _): rows.rowCount
    }
  }

  /// The class of each of some nodes.
  ///
  /// - Precondition: one class a node.
  public func classes(of nodes: [Int32]) -> [Int32] {
    guard case .single(let classes, _) = self else {
      preconditionFailure("classes(of:): nodes may have several classes; read the rows of `.multiple`")
    }
    return nodes.map { classes[Int($0)] }
  }

  /// Whether a node has at least one class.
  public func isLabeled(_ node: Int) -> Bool {
    switch self {
    case .single(let classes, _): classes[node] >= 0
    case .multiple(let rows, _): !rows.range(of: node).isEmpty
    }
  }
}
