import GroveGraphs

/// The files of an OGB data set as its archives unpack: `raw`, `split` and `mapping`, or the contents of `raw` alone.
///
/// What is not part of OGB's own layout stands in `master.csv`, a table of key and value as OGB's list of data sets is
/// one: `add_inverse_edge` says that every edge also runs back, `node type` and `relation` name those of a homogeneous
/// graph, `undirected relation` those of a heterogeneous one that run both ways, `task type` is `binary classification`
/// where labels are columns of 0 and 1, be it one.
struct OGBFolder {
  let tree: FileTree
  /// `raw/`, or nothing.
  let raw: String
  /// Whether nodes are of several types.
  let isHeterogeneous: Bool

  /// Nil where the names are not those of such a folder.
  init?(_ tree: FileTree) {
    self.tree = tree
    for raw in ["raw/", ""] {
      if tree.contains("\(raw)num-node-dict.csv"), tree.contains("\(raw)triplet-type-list.csv") {
        (self.raw, isHeterogeneous) = (raw, true)
        return
      }
      if tree.contains("\(raw)num-node-list.csv"), tree.contains("\(raw)edge.csv") {
        (self.raw, isHeterogeneous) = (raw, false)
        return
      }
    }
    return nil
  }

  /// Keys and values of `master.csv`, none where there is no such file.
  func settings() throws -> [(key: String, value: String)] {
    guard tree.contains("master.csv") else { return [] }
    return CommaRecords(try tree.text(of: "master.csv")).dropFirst().compactMap { $0.count > 1 ? ($0[0], $0[1]) : nil }
  }

  /// How a name of a type or relation stands in a path.
  static func folderName(_ name: String) -> String {
    let plain = name.replacing("%", with: "%25").replacing("/", with: "%2F")
    return plain.hasPrefix(".") ? "%2E\(plain.dropFirst())" : plain
  }

  /// The folder of a relation: the three names joined as OGB does, else as they can stand in a path.
  func folder(of relation: EdgeType) -> String {
    let names = [relation.source.name, relation.relation, relation.target.name]
    let known = "\(raw)relations/\(names.joined(separator: "___"))/"
    return tree.names.contains { $0.hasPrefix(known) }
      ? known : "\(raw)relations/\(names.map(OGBFolder.folderName).joined(separator: "___"))/"
  }

  /// The first of some members that is there.
  func first(_ members: [String]) -> String? { members.first { tree.contains($0) } }

  /// The one number of a file such as `num-node-list.csv`, which lists a number a graph.
  func count(_ member: String) throws -> Int {
    let table = try NumberTable<Int32>(member, in: tree)
    guard table.values.count == 1, let count = table.values.first, count >= 0 else {
      throw FormatFailure.bad(
        table.place,
        "tells \(table.values.count) graphs\(table.values.count == 1 ? " of negative size" : ""), expected one",
        do: "only data sets of a single graph (nodes and links, not whole graphs) are read")
    }
    return Int(count)
  }

  /// Edges of a folder, their weights and their years.
  func edges(
    in folder: String, sourceCount: Int, targetCount: Int, isDirected: Bool
  ) throws -> (edges: EdgeList, years: [Int32]?) {
    let known = tree.contains("\(folder)num-edge-list.csv") ? try count("\(folder)num-edge-list.csv") : nil
    if known == 0 { return (EdgeList(sources: [], targets: [], isDirected: isDirected), nil) }
    let table = try NumberTable<Int32>("\(folder)edge.csv", in: tree)
    try table.require(rows: known ?? table.rowCount, of: "an edge", width: 2)
    let count = table.rowCount
    var sources = [Int32](repeating: 0, count: count)
    var targets = sources
    for edge in 0..<count { (sources[edge], targets[edge]) = (table.values[2 * edge], table.values[2 * edge + 1]) }
    var weights: [Float]?
    if let member = first(["\(folder)edge_weight.csv", "\(folder)edge-weight.csv"]) {
      let table = try NumberTable<Float>(member, in: tree)
      try table.require(rows: count, of: "an edge", width: 1)
      weights = table.values
    }
    let years = try self.years(first(["\(folder)edge_year.csv"]), count: count, of: "an edge")
    let edges = EdgeList(sources: sources, targets: targets, weights: weights, isDirected: isDirected)
    try DatasetChecks.edges(edges, sourceCount: sourceCount, targetCount: targetCount, path: table.place) {
      "line \($0 + 1)"
    }
    return (edges, years)
  }

  /// One row of features a node; nil where there is no such file.
  func features(_ member: String?, count: Int) throws -> FeatureMatrix? {
    guard let member, tree.contains(member), count > 0 else { return nil }
    let table = try NumberTable<Float>(member, in: tree)
    try table.require(rows: count, of: "a node")
    let matrix = FeatureMatrix.dense(values: .array(table.values), width: table.width)
    try DatasetChecks.features(matrix, path: table.place)
    return matrix
  }

  /// One calendar year a row, 0 where it is unknown; nil where there is no such file.
  func years(_ member: String?, count: Int, of what: String) throws -> [Int32]? {
    guard let member, tree.contains(member) else { return nil }
    if count == 0 { return [] }
    let table = try NumberTable<Float>(member, in: tree, keepsEmptyLines: true)
    try table.require(rows: count, of: what, width: 1)
    return try table.values.enumerated().map { row, value in
      if value.isNaN { return 0 }
      guard let year = Int32(exactly: value), year >= 0 else {
        throw FormatFailure.bad(
          table.place, "line \(row + 1)", "\(value) is not a year", do: "use 0 or nothing for unknown")
      }
      return year
    }
  }

  /// One class a node, or several columns of 0 and 1, a column a class; a missing number is no label.
  func labels(_ member: String?, count: Int) throws -> Labels? {
    guard let member, tree.contains(member) else { return nil }
    let names = try classNames()
    let isMultiple = try settings().contains { $0 == ("task type", "binary classification") }
    if count == 0 {
      let rows = SparseRows(offsets: [0], columns: [], columnCount: names?.count ?? 0)
      return isMultiple ? .multiple(rows: rows, names: names ?? []) : .single(classes: [], names: names ?? [])
    }
    let table = try NumberTable<Float>(member, in: tree, keepsEmptyLines: true)
    try table.require(rows: count, of: "a node")
    guard isMultiple || table.width > 1 else {
      let classes = try table.values.enumerated().map { row, value -> Int32 in
        if value.isNaN { return -1 }
        guard let label = Int32(exactly: value) else {
          throw FormatFailure.bad(
            table.place, "line \(row + 1)", "\(value) is not a class", do: "number classes from 0")
        }
        return label
      }
      return try DatasetChecks.labels(classes, names: names, path: table.place)
    }
    var offsets: [Int64] = [0]
    var columns: [Int32] = []
    for row in 0..<count {
      for column in 0..<table.width {
        let value = table.values[row * table.width + column]
        guard value == 1 || value == 0 || value.isNaN else {
          throw FormatFailure.bad(
            table.place, "line \(row + 1)", "\(value) is not 0 or 1", do: "give 1 for each class that a node has")
        }
        if value == 1 { columns.append(Int32(column)) }
      }
      offsets.append(Int64(columns.count))
    }
    let known = names.flatMap { $0.count == table.width ? $0 : nil } ?? (0..<table.width).map { "\($0)" }
    return .multiple(rows: SparseRows(offsets: offsets, columns: columns, columnCount: table.width), names: known)
  }

  // MARK: - Mappings

  /// Names of the classes: `mapping/labelidx2….csv`; nil where they are not listed one a class.
  private func classNames() throws -> [String]? {
    guard let member = tree.names.first(where: { $0.hasPrefix("mapping/labelidx2") && $0.hasSuffix(".csv") }) else {
      return nil
    }
    return try names(member)
  }

  /// External ids of nodes: `mapping/nodeidx2….csv`, of a type `mapping/TYPE_entidx2….csv`.
  ///
  /// - Returns: nil where there are none, or where they are not one a node and all different, which a warning says.
  func ids(of type: NodeType, count: Int, _ warnings: inout [String]) throws -> [String]? {
    let stem = "mapping/" + (isHeterogeneous ? "\(OGBFolder.folderName(type.name))_entidx2" : "nodeidx2")
    guard let member = tree.names.first(where: { $0.hasPrefix(stem) && $0.hasSuffix(".csv") }) else { return nil }
    guard let ids = try names(member), ids.count == count, Set(ids).count == count else {
      warnings.append(
        "\(tree.place(of: member)) does not give each of \(count) nodes an id of its own; numbers are used instead")
      return nil
    }
    return ids
  }

  /// The second column by the number in the first; nil where a number is missing or comes twice.
  private func names(_ member: String) throws -> [String]? {
    var names: [String?] = []
    for record in CommaRecords(try tree.text(of: member)).dropFirst() {
      guard record.count >= 2, let number = Int(record[0]), number >= 0, number < Int(Int32.max) else {
        throw FormatFailure.bad(
          tree.place(of: member), "record \(names.count + 1)", "\(quoted(record[0])) is not a number and its name",
          do: "give 'number,name' lines below a heading")
      }
      if number >= names.count {
        guard number <= 2 * names.count + 1024 else { return nil }
        names += [String?](repeating: nil, count: number + 1 - names.count)
      }
      guard names[number] == nil else { return nil }
      names[number] = record[1]
    }
    let known = names.compactMap { $0 }
    return known.count == names.count ? known : nil
  }

  // MARK: - Splits

  /// Splits of a type: `split/NAME/train.csv`, of heterogeneous graphs `split/NAME/TYPE/train.csv`.
  ///
  /// `splits/NAME.json` comes first where it is there: it also tells years and classes.
  func splits(of type: NodeType) throws -> [(String, GraphDataset.SplitOrigin)] {
    let tail = isHeterogeneous ? "/\(OGBFolder.folderName(type.name))/" : "/"
    var origins = SplitFile.origins(in: tree)
    for member in tree.names where member.hasPrefix("split/") && member.hasSuffix("\(tail)train.csv") {
      let name = String(member.dropFirst("split/".count).dropLast("\(tail)train.csv".count))
      if name.isEmpty || name.contains("/") || origins.contains(where: { $0.0 == name }) { continue }
      let parts = try ["train", "valid", "test"].map { part -> [Int32] in
        let file = "split/\(name)\(tail)\(part).csv"
        guard tree.contains(file) else { return [] }
        do {
          let table = try NumberTable<Int32>(file, in: tree)
          try table.require(rows: table.rowCount, of: "a node", width: 1)
          return table.values
        } catch FormatFailure.empty { return [] }
      }
      let split = Split(
        name: name, kind: "published with the data set", train: parts[0], validation: parts[1], test: parts[2])
      origins.append((name, .ready(split)))
    }
    return origins
  }

  /// Types that splits are of, in a heterogeneous graph.
  func splitTypes(among types: [NodeType]) -> [NodeType] {
    types.filter { type in
      tree.names.contains { $0.hasPrefix("split/") && $0.hasSuffix("/\(OGBFolder.folderName(type.name))/train.csv") }
    }
  }

  /// Members of `raw` that are not read, one sentence each.
  func unused(_ warnings: inout [String]) {
    for member in tree.names where member.hasPrefix(raw) {
      let name = member.split(separator: "/").last.map(String.init) ?? member
      let isExtra =
        name == "edge-feat.csv" || name.hasPrefix("node_") && name.hasSuffix(".csv") && name != "node_year.csv"
      if isExtra { warnings.append("\(tree.place(of: member)) is not used") }
    }
  }
}
