import Foundation

/// Walks the tags of a GraphML document.
struct GraphMLReader {
  /// What a `<key>` declares.
  private struct Key {
    var name: String
    var kind: String
    var isOfNodes: Bool
    var isOfEdges: Bool
    var standard: NodeAttributes.Value?
    var column: Int?
  }

  private var tags: XMLTags
  private let byteCount: Int
  private var graph: AttributedGraph
  private var keys: [String: Key] = [:]
  private var isDirected = false
  private var hasGraph = false
  /// The node that is open, and whether an edge is.
  private var node: Int?
  private var isInEdge = false
  /// Weight and year of edges that give none.
  private var standards: [Key] = []
  /// The key of the `<key>` or `<data>` that is open, and its text so far.
  private var key: String?
  private var text = ""
  private var unusedOfEdges: Set<String> = []

  init(_ text: [UInt8], place: String) throws {
    tags = try XMLTags(text, place: place)
    byteCount = text.count
    graph = AttributedGraph(path: place)
  }

  mutating func dataset(source: String) throws -> GraphDataset {
    while let event = try tags.next() {
      switch event {
      case .start(let name, let attributes): try start(name, attributes)
      case .end(let name): try end(name)
      case .text(let piece) where tags.open.last == "data" || tags.open.last == "default": text += piece
      case .text: break
      }
    }
    guard hasGraph else { throw tags.bad("the file holds no <graph>", do: "give a GraphML file") }
    var warnings: [String] = []
    if !unusedOfEdges.isEmpty {
      warnings.append(
        "not used of the edges' attributes: \(unusedOfEdges.sorted().prefix(8).map { quoted($0) }.joined(separator: ", "))"
      )
    }
    return try graph.dataset(
      format: GraphMLFormat.name, source: source, byteCount: byteCount, warnings: warnings, placeText: { "line \($0)" })
  }

  /// The name of the element around the one that has just begun.
  private var parent: String { tags.open.dropLast().last ?? "" }

  private mutating func start(_ name: String, _ attributes: [(name: String, value: String)]) throws {
    func value(_ name: String) -> String? { attributes.first { $0.name == name }?.value }
    if tags.open.count == 1, name != "graphml" {
      throw tags.bad("the document is <\(plain(name, limit: 60))>, not <graphml>", do: "give a GraphML file")
    }
    switch (name, parent) {
    case ("key", "graphml"):
      guard let id = value("id") else { throw tags.bad("a <key> has no id") }
      let domain = value("for") ?? "all"
      let key = Key(
        name: value("attr.name") ?? "", kind: value("attr.type") ?? "string",
        isOfNodes: domain == "node" || domain == "all", isOfEdges: domain == "edge" || domain == "all")
      guard keys.updateValue(key, forKey: id) == nil else { throw tags.bad("key \(quoted(id)) is declared twice") }
      self.key = id
    case ("default", "key"): text = ""
    case ("graph", "graphml"):
      if hasGraph { throw tags.bad("a second <graph> begins", do: "give one graph a file") }
      hasGraph = true
      guard let direction = value("edgedefault"), ["directed", "undirected"].contains(direction) else {
        throw tags.bad("<graph> does not say edgedefault=\"directed\" or \"undirected\"", do: "say which edges it has")
      }
      isDirected = direction == "directed"
    case ("graph", _): throw tags.bad("a <graph> lies within <\(plain(parent, limit: 60))>", do: "give a flat graph")
    case ("hyperedge", _): throw tags.bad("a <hyperedge> is no edge of two ends", do: "give edges of two ends")
    case ("node", "graph"):
      guard let id = value("id") else { throw tags.bad("a <node> has no id", do: "give every node an id") }
      guard let number = graph.addNode(id) else {
        throw tags.bad("node \(quoted(id)) appears a second time", do: "give every node an id of its own")
      }
      node = number
    case ("edge", "graph"):
      guard let source = value("source"), let target = value("target") else {
        throw tags.bad("an <edge> lacks its source or target", do: "name both ends")
      }
      let direction = value("directed")?.lowercased()
      graph.addEdge(
        from: source, to: target, isDirected: direction.map { $0 == "true" || $0 == "1" } ?? isDirected,
        place: tags.line)
      isInEdge = true
      for key in standards { if let standard = key.standard { try setOfEdge(standard, key) } }
    case ("data", "node"), ("data", "edge"):
      guard let id = value("key") else { throw tags.bad("a <data> names no key") }
      guard keys[id] != nil else { throw tags.bad("key \(quoted(id)) is not declared", do: "declare it as a <key>") }
      key = id
      text = ""
    default: break
    }
  }

  private mutating func end(_ name: String) throws {
    // The element has left `open`: the last there is the one around it.
    switch (name, tags.open.last ?? "") {
    case ("default", "key"):
      if let id = key, var declared = keys[id] {
        declared.standard = try value(text, of: declared)
        keys[id] = declared
      }
    case ("key", "graphml"):
      if let id = key, var declared = keys[id] {
        if declared.isOfNodes, !declared.name.isEmpty {
          declared.column = graph.attributes.column(named: declared.name, standard: declared.standard)
          keys[id] = declared
        }
        let counts = declared.isOfEdges && ["weight", "year"].contains(declared.name) && declared.standard != nil
        if counts, !standards.contains(where: { $0.name == declared.name }) { standards.append(declared) }
      }
      key = nil
    case ("node", "graph"): node = nil
    case ("edge", "graph"): isInEdge = false
    case ("data", "node"):
      if let id = key, let declared = keys[id], let column = declared.column, let node,
        let value = try value(text, of: declared)
      {
        graph.attributes.set(value, column: column, node: node)
      }
      key = nil
    case ("data", "edge"):
      if let id = key, let declared = keys[id], declared.isOfEdges, isInEdge, let value = try value(text, of: declared)
      {
        try setOfEdge(value, declared)
      }
      key = nil
    default: break
    }
  }

  private mutating func setOfEdge(_ value: NodeAttributes.Value, _ key: Key) throws {
    switch (key.name, value) {
    case ("weight", .whole(let number)): graph.setWeight(Float(number))
    case ("weight", .number(let number)): graph.setWeight(Float(number))
    case ("year", .whole(let number)):
      guard let year = Int32(exactly: number), year >= 0 else { throw tags.bad("\(number) is not a year") }
      graph.setYear(year)
    case ("", _): break
    default: unusedOfEdges.insert(key.name)
    }
  }

  /// A text as the type of its key says; nil for none.
  private func value(_ text: String, of key: Key) throws -> NodeAttributes.Value? {
    let word = text.trimmingCharacters(in: .whitespacesAndNewlines)
    let value: NodeAttributes.Value?
    switch key.kind {
    case _ where word.isEmpty: return nil
    case "int", "long": value = Int64(word).map { .whole($0) }
    case "float", "double":
      value = Double(word).flatMap { Float($0).isFinite ? .number($0) : nil }
    case "boolean":
      let truths = ["true": true, "1": true, "false": false, "0": false]
      value = truths[word.lowercased()].map { .truth($0) }
    default: value = .text(text)
    }
    guard let value else {
      throw tags.bad(
        "attribute \(quoted(key.name)) is \(quoted(word)), which is no finite \(plain(key.kind, limit: 20))",
        do: "correct the value or leave it out")
    }
    return value
  }
}
