import GroveGraphs

/// The lines of `node.dat`.
struct HGBNodes {
  /// The nodes of one type, which follow each other in the file.
  struct Group {
    /// The type's number in the file.
    let number: Int
    /// The id of its first node.
    let first: Int
    var names: [String] = []
    /// Number of attributes; nil where its lines have none.
    var width: Int?
    var features = FeatureRows()
    var count: Int { names.count }
  }

  /// Types in the order of the file.
  private(set) var types: [Group] = []
  /// Number of all nodes.
  private(set) var count = 0

  init(_ text: [UInt8], place: String) throws {
    for (line, text) in TextLines(text) where !text.trimmed.isEmpty {
      let fields = text.fields(separatedBy: 9)
      guard fields.count == 3 || fields.count == 4 else {
        throw FormatFailure.bad(
          place, "line \(line)", "has \(fields.count) fields, expected id, name, type and perhaps attributes",
          do: "separate them by tabs")
      }
      guard let id = fields[0].trimmed.integer, id == count, count < Int(Int32.max) else {
        throw FormatFailure.bad(
          place, "line \(line)", "has id \(quoted(fields[0].string)), expected \(count)",
          do: "number the nodes from 0 in the order of the lines")
      }
      guard let type = fields[2].trimmed.integer, type >= 0 else {
        throw FormatFailure.bad(
          place, "line \(line)", "type \(quoted(fields[2].string)) is no number", do: "number types from 0")
      }
      if types.last?.number != type {
        guard type > types.last?.number ?? -1 else {
          throw FormatFailure.bad(
            place, "line \(line)", "type \(type) comes after type \(types.last?.number ?? 0)",
            do: "keep the nodes of a type together, the types in the order of their numbers")
        }
        types.append(Group(number: type, first: count))
      }
      try types[types.count - 1].append(
        name: fields[1].string, attributes: fields.count == 4 && !fields[3].trimmed.isEmpty ? fields[3] : nil,
        place: place, line: line)
      count += 1
    }
    guard count > 0 else { throw FormatFailure.bad(place, "holds no node", do: "give one node a line") }
  }

  /// The place of a node's type and the node's number within it.
  func place(of id: ArraySlice<UInt8>, place: String, line: Int) throws -> (type: Int, node: Int32) {
    guard let number = id.trimmed.integer, number >= 0, number < count else {
      throw FormatFailure.bad(
        place, "line \(line)", "\(quoted(id.string)) is not a node (there are \(count) nodes, counted from 0)",
        do: "correct the id or add the node to node.dat")
    }
    var low = 0
    var high = types.count
    while high - low > 1 {
      let middle = (low + high) / 2
      if types[middle].first <= number { low = middle } else { high = middle }
    }
    return (low, Int32(number - types[low].first))
  }
}

extension HGBNodes.Group {
  fileprivate mutating func append(
    name: String, attributes: ArraySlice<UInt8>?, place: String, line: Int
  ) throws {
    let values = attributes?.fields(separatedBy: UInt8(ascii: ","))
    guard names.isEmpty || values?.count == width else {
      func text(_ width: Int?) -> String { width.map { "\($0) attributes" } ?? "no attributes" }
      throw FormatFailure.bad(
        place, "line \(line)", "has \(text(values?.count)), nodes of type \(number) before it have \(text(width))",
        do: "give all nodes of a type the same attributes")
    }
    width = values?.count
    for (column, field) in (values ?? []).enumerated() {
      guard let value = field.trimmed.float, value.isFinite else {
        throw FormatFailure.bad(
          place, "line \(line), attribute \(column)", "\(quoted(field.string)) is not a finite number",
          do: "correct the attribute")
      }
      features.append(value, column: Int32(column))
    }
    if values != nil { features.endRow() }
    names.append(name)
  }
}

/// The lines of `link.dat`, by link type.
struct HGBLinks {
  /// The links of one type.
  struct Relation {
    /// The link type's number in the file.
    let number: Int
    /// Places of the types at both ends.
    let source: Int
    let target: Int
    fileprivate var sources: [Int32] = []
    fileprivate var targets: [Int32] = []
    fileprivate var weights: [Float] = []

    fileprivate init(number: Int, source: Int, target: Int) {
      (self.number, self.source, self.target) = (number, source, target)
    }

    /// The links, from head to tail; without weights where all are 1.
    var edges: EdgeList {
      EdgeList(
        sources: sources, targets: targets, weights: weights.allSatisfy { $0 == 1 } ? nil : weights, isDirected: true)
    }
  }

  /// Relations in the order of their numbers.
  let relations: [Relation]

  init(_ text: [UInt8], nodes: HGBNodes, place: String) throws {
    var relations: [Relation] = []
    var places: [Int: Int] = [:]
    for (line, text) in TextLines(text) where !text.trimmed.isEmpty {
      let fields = text.fields(separatedBy: 9)
      guard fields.count == 4 || fields.count == 3 else {
        throw FormatFailure.bad(
          place, "line \(line)", "has \(fields.count) fields, expected head, tail, type and weight",
          do: "separate them by tabs")
      }
      let head = try nodes.place(of: fields[0], place: place, line: line)
      let tail = try nodes.place(of: fields[1], place: place, line: line)
      guard let number = fields[2].trimmed.integer, number >= 0 else {
        throw FormatFailure.bad(
          place, "line \(line)", "link type \(quoted(fields[2].string)) is no number", do: "number link types from 0")
      }
      let weight = fields.count == 4 ? fields[3].trimmed.float : 1
      guard let weight, weight.isFinite else {
        throw FormatFailure.bad(
          place, "line \(line)", "weight \(quoted(fields[3].string)) is not a finite number", do: "correct the weight")
      }
      let at = places[number] ?? relations.count
      if at == relations.count {
        places[number] = at
        relations.append(Relation(number: number, source: head.type, target: tail.type))
      }
      guard relations[at].source == head.type, relations[at].target == tail.type else {
        func ends(_ source: Int, _ target: Int) -> String {
          "from type \(nodes.types[source].number) to type \(nodes.types[target].number)"
        }
        throw FormatFailure.bad(
          place, "line \(line)",
          "a link of type \(number) runs \(ends(head.type, tail.type)), others \(ends(relations[at].source, relations[at].target))",
          do: "give every pair of node types a link type of its own")
      }
      relations[at].sources.append(head.node)
      relations[at].targets.append(tail.node)
      relations[at].weights.append(weight)
    }
    self.relations = relations.sorted { $0.number < $1.number }
  }
}
