import GroveGraphs

/// A graph as NetworkX's `node_link_data` writes it: JSON with `nodes`, `links` or `edges`, `directed`, `multigraph`.
///
/// Every node has an `id` that is text, a number or a truth value; edges name both ends by `source` and `target`. Where
/// no node has an id (as D3's examples), ends are positions among the nodes. Attributes of nodes become features,
/// classes, years and texts as the table of `NodeAttributes` says; of edges the numbers named `weight` and `year` count.
/// Without `directed` edges are undirected, as in NetworkX.
///
/// - Source: `networkx.readwrite.json_graph.node_link` of NetworkX 3.6.
public enum NodeLinkFormat: GraphFormat {
  /// The word of `--format`.
  public static let name = "node-link"
  /// What its files look like.
  public static let summary = "one .json with nodes and links (NetworkX)"

  /// Whether the first bytes of the only file speak for this format.
  public static func recognizes(_ tree: FileTree) -> Bool {
    guard tree.names.count == 1, let only = tree.names.first, only.lowercased().hasSuffix(".json") else { return false }
    return NodeLinkHead.speaks(tree.head(of: only, 1 << 16))
  }

  /// Reads and checks the whole graph.
  ///
  /// - Throws: `FormatFailure` with the file and place of the first mistake.
  public static func read(_ tree: FileTree, options: ReadOptions) throws -> GraphDataset {
    guard let member = tree.names.first, tree.names.count == 1 else {
      throw FormatFailure.bad(tree.path, "holds \(tree.names.count) files, expected one", do: "give the file itself")
    }
    return try graph(try tree.text(of: member), place: tree.place(of: member), source: tree.path)
  }

  /// The graph that a document holds.
  static func graph(_ text: [UInt8], place: String, source: String) throws -> GraphDataset {
    let document = try JSONDocument(text, place: place)
    var reader = NodeLinkReader(document.tape, place: place)
    let graph = try reader.dataset(source: source, byteCount: text.count)
    // The tape is read until here.
    withExtendedLifetime(document) {}
    return graph
  }
}

/// Reads the tape of a node-link document.
private struct NodeLinkReader {
  private let tape: JSONTape
  private let place: String
  private var graph: AttributedGraph
  private var unusedOfEdges: Set<String> = []
  private var skipped: Set<String> = []

  init(_ tape: JSONTape, place: String) {
    self.tape = tape
    self.place = place
    graph = AttributedGraph(path: place)
  }

  mutating func dataset(source: String, byteCount: Int) throws -> GraphDataset {
    guard tape.isKind(.object, at: JSONTape.root) else {
      throw FormatFailure.bad(place, "is no object with nodes and links", do: "save it with node_link_data")
    }
    var nodes: Int?
    var links: (place: Int, name: String)?
    var isDirected = false
    for (key, value) in members(JSONTape.root) {
      switch key {
      case "nodes": nodes = value
      case "links", "edges": links = (value, key)
      case "directed": isDirected = tape.isKind(.yes, at: value)
      default: break
      }
    }
    guard let nodes, tape.isKind(.array, at: nodes), let links, tape.isKind(.array, at: links.place) else {
      throw FormatFailure.bad(
        place, "has no lists called 'nodes' and 'links' or 'edges'", do: "save it with node_link_data")
    }
    let hasIDs = try readNodes(elements(nodes))
    for (number, link) in elements(links.place).enumerated() {
      try readEdge(link, number, hasIDs: hasIDs, isDirected: isDirected) { "\(links.name)[\(number)]" }
    }
    var warnings: [String] = []
    if !unusedOfEdges.isEmpty {
      warnings.append("not used of the edges' attributes: \(NodeLinkReader.listed(unusedOfEdges))")
    }
    if !skipped.isEmpty { warnings.append("lists and objects are not used: \(NodeLinkReader.listed(skipped))") }
    return try graph.dataset(
      format: NodeLinkFormat.name, source: source, byteCount: byteCount, warnings: warnings,
      placeText: { "\(links.name)[\($0)]" })
  }

  private static func listed(_ names: Set<String>) -> String {
    names.sorted().prefix(8).map { quoted($0) }.joined(separator: ", ")
      + (names.count > 8 ? " and \(names.count - 8) more" : "")
  }

  // MARK: - Nodes

  /// Reads all nodes.
  ///
  /// - Returns: whether they have ids of their own.
  private mutating func readNodes(_ nodes: [Int]) throws -> Bool {
    var hasIDs: Bool?
    for (number, node) in nodes.enumerated() {
      guard tape.isKind(.object, at: node) else { throw bad("nodes[\(number)]", "is no object") }
      let members = members(node)
      let place = members.last { $0.key == "id" }?.value
      guard (place != nil) == hasIDs ?? (place != nil) else {
        throw bad("nodes[\(number)]", place == nil ? "has no id while others do" : "has an id while others have none")
      }
      hasIDs = place != nil
      var id = "\(number)"
      if let place {
        guard let text = self.id(at: place) else {
          throw bad("nodes[\(number)]", "its id is no text, number or truth value")
        }
        id = text
      }
      guard let index = graph.addNode(id) else {
        throw FormatFailure.bad(
          self.place, "nodes[\(number)]", "id \(quoted(id)) is also that of an earlier node",
          do: "give every node an id of its own; 1 and \"1\" are one id here")
      }
      for (key, value) in members where key != "id" {
        if let value = try attribute(at: value, key, { "nodes[\(number)]" }) {
          graph.attributes.set(value, column: graph.attributes.column(named: key), node: index)
        }
      }
    }
    return hasIDs ?? true
  }

  /// A scalar as the text of an id, or nil; whole numbers are written without a fraction.
  private func id(at place: Int) -> String? {
    switch tape.byte(at: place) {
    case JSONTape.Kind.string.rawValue: return String(decoding: tape.bytes(at: place), as: UTF8.self)
    case JSONTape.Kind.signed.rawValue: return "\(Int64(bitPattern: tape.words[place + 1]))"
    case JSONTape.Kind.unsigned.rawValue: return "\(tape.words[place + 1])"
    case JSONTape.Kind.double.rawValue:
      let value = Double(bitPattern: tape.words[place + 1])
      return Int64(exactly: value).map { "\($0)" } ?? "\(value)"
    case JSONTape.Kind.yes.rawValue: return "true"
    case JSONTape.Kind.no.rawValue: return "false"
    default: return nil
    }
  }

  /// A scalar; nil for null, and for lists and objects, which are noted.
  private mutating func attribute(
    at place: Int, _ name: String, _ text: () -> String
  ) throws -> NodeAttributes.Value? {
    switch tape.byte(at: place) {
    case JSONTape.Kind.string.rawValue: return .text(String(decoding: tape.bytes(at: place), as: UTF8.self))
    case JSONTape.Kind.signed.rawValue: return .whole(Int64(bitPattern: tape.words[place + 1]))
    case JSONTape.Kind.unsigned.rawValue: return .number(Double(tape.words[place + 1]))
    case JSONTape.Kind.double.rawValue:
      let value = Double(bitPattern: tape.words[place + 1])
      guard Float(value).isFinite else { throw bad(text(), "\(quoted(name)) is \(value), beyond what features hold") }
      return .number(value)
    case JSONTape.Kind.yes.rawValue: return .truth(true)
    case JSONTape.Kind.no.rawValue: return .truth(false)
    case JSONTape.Kind.null.rawValue: return nil
    default:
      skipped.insert(name)
      return nil
    }
  }

  // MARK: - Edges

  private mutating func readEdge(
    _ link: Int, _ number: Int, hasIDs: Bool, isDirected: Bool, _ text: () -> String
  ) throws {
    guard tape.isKind(.object, at: link) else { throw bad(text(), "is no object") }
    var ends: [String: Int] = [:]
    var attributes: [(key: String, value: Int)] = []
    for (key, value) in members(link) {
      switch key {
      case "source", "target": ends[key] = value
      case "key": break
      default: attributes.append((key, value))
      }
    }
    guard let source = ends["source"], let target = ends["target"] else {
      throw bad(text(), "lacks its source or target")
    }
    if hasIDs {
      guard let from = id(at: source), let to = id(at: target) else {
        throw bad(text(), "its source or target is no text, number or truth value")
      }
      graph.addEdge(from: from, to: to, isDirected: isDirected, place: number)
    } else {
      let places = try [source, target].map { end in
        guard let place = tape.integer(at: end), place >= 0, place < graph.ids.count else {
          throw bad(text(), "its source or target is not one of the \(graph.ids.count) nodes, counted from 0")
        }
        return Int32(place)
      }
      graph.addEdge(from: places[0], to: places[1], isDirected: isDirected)
    }
    for (key, place) in attributes {
      switch (key, try attribute(at: place, key, text)) {
      case ("weight", .whole(let weight)): graph.setWeight(Float(weight))
      case ("weight", .number(let weight)): graph.setWeight(Float(weight))
      case ("weight", .some): throw bad(text(), "its weight is no number")
      case ("year", .whole(let year)):
        guard let year = Int32(exactly: year), year >= 0 else { throw bad(text(), "\(year) is not a year") }
        graph.setYear(year)
      case (_, nil): break
      default: unusedOfEdges.insert(key)
      }
    }
  }

  // MARK: - Tape

  private func bad(_ place: String, _ problem: String) -> FormatFailure {
    .bad(self.place, place, problem, do: "correct the file")
  }

  private func members(_ object: Int) -> [(key: String, value: Int)] {
    var members: [(key: String, value: Int)] = []
    tape.forEachMember(of: object) { members.append((String(decoding: $0, as: UTF8.self), $1)) }
    return members
  }

  private func elements(_ array: Int) -> [Int] {
    var elements: [Int] = []
    tape.forEachElement(of: array) { elements.append($0) }
    return elements
  }
}
