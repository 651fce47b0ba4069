import GroveGraphs

/// Rules that every format's parts obey, with errors that say where they are broken.
enum DatasetChecks {
  /// No edge leaves 0 ..< count of its end's type.
  /// - Parameter place: how messages call an edge by its position.
  static func edges(
    _ list: EdgeList, sourceCount: Int, targetCount: Int, path: String, place: (Int) -> String = { "edge \($0)" }
  ) throws {
    let lastSource = Int32(clamping: sourceCount) - 1
    let lastTarget = Int32(clamping: targetCount) - 1
    for at in 0..<list.count {
      let source = list.sources[at]
      let target = list.targets[at]
      if source >= 0, source <= lastSource, target >= 0, target <= lastTarget { continue }
      let isSource = source < 0 || source > lastSource
      throw FormatFailure.bad(
        path, place(at),
        "\(isSource ? "source \(source)" : "target \(target)") is not a node "
          + "(there are \(isSource ? sourceCount : targetCount) nodes, counted from 0)",
        do: "correct the edge or add the node's features and label")
    }
    if let at = list.weights?.firstIndex(where: { !$0.isFinite }) {
      throw FormatFailure.bad(path, place(at), "the edge's weight is not finite", do: "correct the weight")
    }
  }

  /// Node count where only edges tell it; a lone huge id is a mistake and no graph.
  static func nodeCount(ofLargestID largest: Int, edgeCount: Int, path: String) throws -> Int {
    guard largest < max(1 << 20, 64 * edgeCount), largest < Int(Int32.max) else {
      throw FormatFailure.bad(
        path, "node \(largest) among only \(edgeCount) edges", do: "number nodes from 0 without large gaps")
    }
    return largest + 1
  }

  static func features(_ matrix: FeatureMatrix, path: String) throws {
    guard let at = matrix.firstNonFinite else { return }
    throw FormatFailure.bad(
      path, "row \(at.row), column \(at.column)", "the feature is not a finite number", do: "replace NaN and infinity")
  }

  static func rows(_ found: Int, of what: String, expected: Int, path: String) throws {
    guard found != expected else { return }
    throw FormatFailure.bad(
      path, "has \(found) \(what), expected \(expected), one a node", do: "give one row for every node")
  }

  static func uniqueIDs(_ ids: [String], path: String) throws {
    var seen: [String: Int] = [:]
    seen.reserveCapacity(ids.count)
    for (node, id) in ids.enumerated() {
      if let other = seen.updateValue(node, forKey: id) {
        throw FormatFailure.bad(
          path, "row \(node)", "node id \(quoted(id)) is also that of row \(other)",
          do: "give every node an id of its own")
      }
    }
  }

  /// Single labels with the names known for them, or their numbers as names.
  static func labels(_ classes: [Int32], names: [String]?, path: String) throws -> Labels {
    if let at = classes.firstIndex(where: { $0 < -1 }) {
      throw FormatFailure.bad(path, "row \(at)", "class \(classes[at]) is not a class", do: "use -1 for no label")
    }
    let largest = Int(classes.max() ?? -1)
    return .single(classes: classes, names: try classNames(largest, names, nodeCount: classes.count, path: path))
  }

  /// Class names: those given where they suffice, else the numbers.
  static func classNames(_ largest: Int, _ names: [String]?, nodeCount: Int, path: String) throws -> [String] {
    guard largest < max(nodeCount, 1 << 16) else {
      throw FormatFailure.bad(path, "class \(largest) with only \(nodeCount) nodes", do: "number classes from 0")
    }
    if let names, names.count > largest { return names }
    return (0..<(largest + 1)).map { "\($0)" }
  }

  /// Groups of nodes out of (node, group) pairs.
  static func groups(_ pairs: [Int32], nodeCount: Int, names: [String]?, path: String) throws -> Labels {
    let count = pairs.count / 2
    let nodes = Array(pairs.prefix(count))
    let groups = Array(pairs.suffix(count))
    for at in 0..<count where nodes[at] < 0 || Int(nodes[at]) >= nodeCount || groups[at] < 0 {
      throw FormatFailure.bad(
        path, "pair \(at)", "node \(nodes[at]) with class \(groups[at]) (there are \(nodeCount) nodes)",
        do: "count nodes and classes from 0")
    }
    let classNames = try classNames(Int(groups.max() ?? -1), names, nodeCount: nodeCount, path: path)
    let rows = SparseRows.grouping(rows: nodes, columns: groups, rowCount: nodeCount, columnCount: classNames.count)
      .rows
    return .multiple(rows: rows, names: classNames)
  }
}
