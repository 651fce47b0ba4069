import GroveGraphs
import GroveLanguage
import GroveStore

/// The texts of the nodes of a type, as an encoder is to see them.
struct NodeTexts {
  let source: any GraphData
  let type: NodeType
  let template: TextTemplate
  /// Put before every text.
  var prefix = ""

  /// - Parameters:
  ///   - type: nil takes the labeled type, else the first that has texts.
  ///   - fields: empty takes title and abstract where there are such, else the type's first field.
  ///   - pattern: how fields are joined, in place of `fields`.
  /// - Throws: `EncoderFailure` where nodes have no texts or not those fields.
  init(_ source: any GraphData, type: NodeType?, fields: [String], pattern: String?) throws {
    self.source = source
    let type =
      try type ?? source.labeledType ?? source.nodeTypes.first { try !source.textFields(of: $0).isEmpty } ?? .node
    guard source.nodeTypes.contains(type) else {
      throw EncoderFailure.option(
        encoder: "texts", reason: "\(source.name) has no nodes of type \(type)",
        advice: "choose one of \(source.nodeTypes.map(\.name).joined(separator: ", "))")
    }
    self.type = type
    let known = try source.textFields(of: type)
    guard let first = known.first else {
      throw EncoderFailure.missing(
        path: source.path, what: "text of \(type) nodes",
        advice: "encode nodes of another type (--nodes), or import records or a folder with texts.jsonl")
    }
    if let pattern {
      template = try TextTemplate(pattern)
    } else {
      let usual = ["title", "abstract"].filter(known.contains)
      template = TextTemplate(fields: !fields.isEmpty ? fields : usual.isEmpty ? [first] : usual)
    }
    for field in template.fields where !known.contains(field) {
      throw EncoderFailure.option(
        encoder: "texts", reason: "\(type) nodes have no field '\(field)'",
        advice: "choose among \(known.joined(separator: ", "))")
    }
  }

  /// How many nodes there are.
  var count: Int { source.nodeCount(of: type) }

  /// Calls `take` with the text of each node, in the order of numbers; the empty text for a node without any.
  ///
  /// - Returns: how many nodes had none.
  /// - Throws: `EncoderFailure.missing` where no node has one; what `take` throws.
  @discardableResult
  func forEach(_ take: (String) throws -> Void) throws -> Int {
    var absent = 0
    try source.forEachText(of: type, fields: template.fields) { _, values in
      let text = template.text(of: values)
      if text == nil { absent += 1 }
      try take(prefix + (text ?? ""))
    }
    if absent == count {
      throw EncoderFailure.missing(
        path: source.path, what: "\(type) with \(template.fields.joined(separator: " or "))",
        advice: "choose other fields with --fields")
    }
    return absent
  }

  /// All texts at once, for what is fitted to them.
  func all() throws -> [String] {
    var texts: [String] = []
    texts.reserveCapacity(count)
    try forEach { texts.append($0) }
    return texts
  }
}
