/// How the fields of a node become one text.
///
///     TextTemplate(fields: ["title", "abstract"])             "title abstract"
///     try TextTemplate("{title}. {abstract}")                 "title. abstract"
///
/// A field that a node lacks is left out, with the blank before it.
public struct TextTemplate: Sendable, Equatable {
  /// Fields in the order in which they are read, each once.
  public let fields: [String]
  private let parts: [Part]

  private enum Part: Equatable {
    case text(String)
    case field(Int)
  }

  /// Fields one after the other, a blank between two.
  public init(fields: [String]) {
    self.fields = fields
    parts = fields.indices.flatMap { $0 == 0 ? [Part.field($0)] : [.text(" "), .field($0)] }
  }

  /// A pattern of words and fields in braces.
  ///
  /// - Throws: `EncoderFailure.option` for a pattern without fields or with a brace that is not closed.
  public init(_ pattern: String) throws {
    var fields: [String] = []
    var parts: [Part] = []
    var rest = Substring(pattern)
    func refuse(_ reason: String) -> EncoderFailure {
      .option(encoder: "template", reason: reason, advice: "write fields in braces, such as '{title}. {abstract}'")
    }
    while let open = rest.firstIndex(of: "{") {
      if open > rest.startIndex { parts.append(.text(String(rest[..<open]))) }
      guard let close = rest[open...].firstIndex(of: "}") else { throw refuse("'\(pattern)' leaves a brace open") }
      let name = String(rest[rest.index(after: open)..<close])
      if name.isEmpty { throw refuse("'\(pattern)' has braces without a field") }
      if !fields.contains(name) { fields.append(name) }
      parts.append(.field(fields.firstIndex(of: name) ?? 0))
      rest = rest[rest.index(after: close)...]
    }
    if !rest.isEmpty { parts.append(.text(String(rest))) }
    if fields.isEmpty { throw refuse("'\(pattern)' names no field") }
    (self.fields, self.parts) = (fields, parts)
  }

  /// The text of a node, or nil where it has none of the fields.
  ///
  /// - Parameter values: in the order of `fields`.
  public func text(of values: [String?]) -> String? {
    precondition(values.count == fields.count, "TextTemplate: \(values.count) values for \(fields.count) fields")
    if values.allSatisfy({ $0 == nil }) { return nil }
    var text = ""
    var between = ""
    for part in parts {
      switch part {
      case .text(let words): between += words
      case .field(let place):
        // What stands between a field that is not there and its neighbors goes with it, but for the start.
        if let value = values[place] { text += (text.isEmpty && place > 0 ? "" : between) + value }
        between = ""
      }
    }
    return text + between
  }
}
