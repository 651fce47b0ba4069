public import GroveGraphs
import GroveKernels

/// A graph read into memory, whatever its format: what training, inspection and export work on.
///
/// Labels, features and edges are checked when read; a split is checked when it is asked for.
public struct GraphDataset: GraphSource, FeatureSource {
  /// Where a split comes from.
  enum SplitOrigin: Sendable {
    case ready(Split)
    case file(FileTree, member: String)
  }

  /// Where the texts of a type come from: one object a node, as `NodeFiles.forEachText` reads it.
  enum TextOrigin: Sendable {
    case ready([String?])
    case file(FileTree, member: String)
  }

  /// A short name for people: the folder's or file's, without extensions of packing.
  public let name: String
  /// The folder or file it was read from.
  public let path: String
  /// The format's name in the catalogue.
  public let format: String
  /// Node types, the labeled one first.
  public let nodeTypes: [NodeType]
  /// Relations, in the order of their files.
  public let relations: [EdgeType]
  /// The type whose nodes carry labels, if any.
  public let labeledType: NodeType?
  /// Names of the stored splits, `random_2` before `random_10`.
  public let splitNames: [String]
  /// What was passed over while reading, one sentence each.
  public let warnings: [String]

  private let nodeCounts: [NodeType: Int]
  private let edgeLists: [EdgeType: EdgeList]
  private let knownLabels: Labels?
  private let featureColumns: [NodeType: [(name: String, matrix: FeatureMatrix)]]
  private let ids: [NodeType: [String]]
  private let nodeYears: [NodeType: [Int32]]
  private let edgeYears: [EdgeType: [Int32]]
  private let splits: [String: SplitOrigin]
  private let texts: [NodeType: TextOrigin]

  /// A dataset from its parts, for formats and tests.
  ///
  /// - Parameters:
  ///   - nodeYears: calendar year of each node of a type, 0 where it is unknown.
  ///   - edgeYears: calendar year since which each edge of a relation is there, 0 where it is unknown.
  ///   - texts: the text of each node of a type, nil for none.
  /// - Precondition: labels, features, ids, texts and years have as many rows as their type has nodes or their relation edges;
  ///   relations run between listed types.
  public init(
    name: String, path: String, format: String, nodes: [(type: NodeType, count: Int)],
    relations: [(type: EdgeType, edges: EdgeList)], labeledType: NodeType? = nil, labels: Labels? = nil,
    features: [NodeType: [(name: String, matrix: FeatureMatrix)]] = [:], ids: [NodeType: [String]] = [:],
    splits: [Split] = [], nodeYears: [NodeType: [Int32]] = [:], edgeYears: [EdgeType: [Int32]] = [:],
    texts: [NodeType: [String?]] = [:], warnings: [String] = []
  ) {
    self.init(
      name: name, path: path, format: format, nodes: nodes, relations: relations, labeledType: labeledType,
      labels: labels, features: features, ids: ids, origins: splits.map { ($0.name, .ready($0)) },
      nodeYears: nodeYears, edgeYears: edgeYears, texts: texts.mapValues { .ready($0) }, warnings: warnings)
    for (type, texts) in texts {
      precondition(
        texts.count == nodeCounts[type],
        "GraphDataset: \(texts.count) texts for \(nodeCounts[type] ?? 0) nodes of type \(type)")
    }
  }

  init(
    name: String, path: String, format: String, nodes: [(type: NodeType, count: Int)],
    relations: [(type: EdgeType, edges: EdgeList)], labeledType: NodeType? = nil, labels: Labels? = nil,
    features: [NodeType: [(name: String, matrix: FeatureMatrix)]] = [:], ids: [NodeType: [String]] = [:],
    origins: [(String, SplitOrigin)], nodeYears: [NodeType: [Int32]] = [:], edgeYears: [EdgeType: [Int32]] = [:],
    texts: [NodeType: TextOrigin] = [:], warnings: [String] = []
  ) {
    self.name = name
    self.path = path
    self.format = format
    self.labeledType = labels == nil ? nil : labeledType
    self.warnings = warnings
    nodeTypes = nodes.map(\.type)
    nodeCounts = Dictionary(nodes.map { ($0.type, $0.count) }, uniquingKeysWith: { first, _ in first })
    self.relations = relations.map(\.type)
    edgeLists = Dictionary(relations.map { ($0.type, $0.edges) }, uniquingKeysWith: { first, _ in first })
    knownLabels = labels
    featureColumns = features
    self.ids = ids
    self.nodeYears = nodeYears
    self.edgeYears = edgeYears
    self.texts = texts
    splits = Dictionary(origins.map { ($0.0, $0.1) }, uniquingKeysWith: { first, _ in first })
    splitNames = splits.keys.sorted(by: NaturalOrder.precedes)
    for (type, columns) in features {
      for column in columns {
        precondition(
          column.matrix.rowCount == nodeCounts[type],
          "GraphDataset: \(column.matrix.rowCount) feature rows for \(nodeCounts[type] ?? 0) nodes of type \(type)")
      }
    }
    for (type, names) in ids {
      precondition(
        names.count == nodeCounts[type],
        "GraphDataset: \(names.count) ids for \(nodeCounts[type] ?? 0) nodes of type \(type)")
    }
    for (type, years) in nodeYears {
      precondition(
        years.count == nodeCounts[type],
        "GraphDataset: \(years.count) years for \(nodeCounts[type] ?? 0) nodes of type \(type)")
    }
    for (type, years) in edgeYears {
      precondition(
        years.count == edgeLists[type]?.count,
        "GraphDataset: \(years.count) years for \(edgeLists[type]?.count ?? 0) edges of relation \(type)")
    }
    if let labels, let labeledType {
      precondition(
        labels.nodeCount == nodeCounts[labeledType],
        "GraphDataset: \(labels.nodeCount) labels for \(nodeCounts[labeledType] ?? 0) nodes of type \(labeledType)")
    }
  }

  /// How many nodes a type has; 0 for types that are not listed.
  public func nodeCount(of type: NodeType) -> Int { nodeCounts[type] ?? 0 }

  /// Edges of a relation.
  ///
  /// - Throws: `FormatFailure.unknownName` for a relation that is not among `relations`.
  public func edges(of relation: EdgeType) throws -> EdgeList {
    guard let edges = edgeLists[relation] else {
      throw FormatFailure.unknownName(
        path: path, what: "relation", name: relation.description, known: relations.map(\.description))
    }
    return edges
  }

  /// What the nodes of `labeledType` are to be told apart by, if anything.
  public func labels() throws -> Labels? { knownLabels }

  /// External ids in node order, or nil where a node's id is its number.
  public func nodeIDs(of type: NodeType) throws -> [String]? { ids[type] }

  /// Calendar year of each node, 0 where it is unknown; nil where the type has no years.
  public func nodeYears(of type: NodeType) throws -> [Int32]? { nodeYears[type] }

  /// Calendar year since which each edge is there, 0 where it is unknown; nil where the relation has no time.
  public func edgeYears(of relation: EdgeType) throws -> [Int32]? { edgeYears[relation] }

  /// Names of the feature columns of a type, the default one first.
  public func featureNames(of type: NodeType) -> [String] { featureColumns[type]?.map(\.name) ?? [] }

  /// A feature column by its name.
  ///
  /// - Throws: `FormatFailure.unknownName` for a name that is not among `featureNames(of:)`.
  public func features(named name: String, of type: NodeType) throws -> FeatureMatrix {
    guard let column = featureColumns[type]?.first(where: { $0.name == name }) else {
      throw FormatFailure.unknownName(path: path, what: "feature column", name: name, known: featureNames(of: type))
    }
    return column.matrix
  }

  /// A split, read and checked now.
  ///
  /// - Throws: `FormatFailure.unknownName` for an unknown name; `.malformed` where a node does not exist, is listed
  ///   twice or is trained on without a label.
  public func split(named name: String) throws -> Split {
    let split: Split
    let place: String
    switch splits[name] {
    case .ready(let known):
      split = known
      place = path
    case .file(let tree, let member):
      split = try SplitFile.read(member, in: tree)
      place = tree.place(of: member)
    case nil: throw FormatFailure.unknownName(path: path, what: "split", name: name, known: splitNames)
    }
    let count = nodeCount(of: labeledType ?? nodeTypes.first ?? .node)
    if let problem = split.problem(nodeCount: count) {
      throw FormatFailure.bad(place, plain(problem), do: "correct the split")
    }
    if case .single(let classes, _) = knownLabels, let node = split.train.first(where: { classes[Int($0)] < 0 }) {
      throw FormatFailure.bad(
        place, "split \(quoted(name)), train: node \(node) has no label", do: "take it out of the training part")
    }
    return split
  }
}

extension GraphDataset: TextSource {
  /// `text` where the type's nodes have texts.
  public func textFields(of type: NodeType) -> [String] { texts[type] == nil ? [] : [TextDatabaseWriter.textField] }

  /// Calls `body` with the number of each node of a type and its text, in the order of numbers; an empty text is none.
  ///
  /// - Throws: `FormatFailure.unknownName` for a field that is not among `textFields(of:)`, `.malformed` where the file
  ///   does not hold one text a node; what `body` throws.
  public func forEachText(of type: NodeType, fields: [String], _ body: (Int, [String?]) throws -> Void) throws {
    precondition(!fields.isEmpty, "forEachText: no fields")
    let known = textFields(of: type)
    for field in fields where !known.contains(field) {
      throw FormatFailure.unknownName(path: path, what: "text field of \(type)", name: field, known: known)
    }
    func give(_ node: Int, _ text: String?) throws {
      try body(node, [String?](repeating: text?.isEmpty == true ? nil : text, count: fields.count))
    }
    switch texts[type] {
    case .ready(let texts): for (node, text) in texts.enumerated() { try give(node, text) }
    case .file(let tree, let member):
      let count = try NodeFiles.forEachText(member, in: tree) { node, text in
        if node < nodeCount(of: type) { try give(node, text.text) }
      }
      try DatasetChecks.rows(count, of: "texts", expected: nodeCount(of: type), path: tree.place(of: member))
    case nil: break
    }
  }
}

/// Order in which people count: `random_2` before `random_10`.
enum NaturalOrder {
  static func precedes(_ left: String, _ right: String) -> Bool {
    let left = Array(left.utf8)
    let right = Array(right.utf8)
    var i = 0
    var j = 0
    while i < left.count, j < right.count {
      if isDigit(left[i]), isDigit(right[j]) {
        let first = number(left, &i)
        let second = number(right, &j)
        if first.count != second.count { return first.count < second.count }
        if first != second { return first.lexicographicallyPrecedes(second) }
      } else {
        if left[i] != right[j] { return left[i] < right[j] }
        i += 1
        j += 1
      }
    }
    if left.count - i != right.count - j { return left.count - i < right.count - j }
    return left.lexicographicallyPrecedes(right)  // names that differ in leading zeros only
  }

  private static func isDigit(_ byte: UInt8) -> Bool { (48...57).contains(byte) }

  /// The digits at `at` without leading zeros.
  private static func number(_ text: [UInt8], _ at: inout Int) -> ArraySlice<UInt8> {
    while at < text.count, text[at] == 48 { at += 1 }
    let begin = at
    while at < text.count, isDigit(text[at]) { at += 1 }
    return text[begin..<at]
  }
}
