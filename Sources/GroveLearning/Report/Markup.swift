/// A well-formed piece of HTML that is XML too, every text in it escaped.
public struct Markup: Sendable, Equatable {
  /// The piece as it stands in the file.
  public let source: String

  private init(source: String) { self.source = source }

  /// Words from anywhere, escaped.
  public init(_ text: String) { source = Markup.escaped(text) }

  /// Pieces one after the other.
  public init(_ pieces: [Markup]) { source = pieces.map(\.source).joined() }

  /// Nothing.
  public static let none = Markup([])

  /// A style sheet, which must not need escaping.
  ///
  /// - Precondition: neither `<` nor `&` stands in it.
  static func style(_ sheet: String) -> Markup {
    precondition(!sheet.contains { $0 == "<" || $0 == "&" }, "style: a sheet with < or &")
    return Markup(source: "<style>\n\(sheet)</style>")
  }

  /// An element with attributes in their order and pieces inside; an empty one closes itself where HTML asks for that.
  public static func element(
    _ name: String, _ attributes: KeyValuePairs<String, String>, _ children: [Markup]
  ) -> Markup {
    var open = "<" + name
    for (key, value) in attributes { open += " \(key)=\"\(escaped(value))\"" }
    if children.isEmpty && closing.contains(name) { return Markup(source: open + "/>") }
    return Markup(source: open + ">" + children.map(\.source).joined() + "</\(name)>")
  }

  /// An element without attributes.
  public static func element(_ name: String, _ children: [Markup]) -> Markup { element(name, [:], children) }

  /// An element around a text.
  public static func element(_ name: String, _ attributes: KeyValuePairs<String, String>, _ text: String) -> Markup {
    element(name, attributes, [Markup(text)])
  }

  /// An element without attributes around a text.
  public static func element(_ name: String, _ text: String) -> Markup { element(name, [:], [Markup(text)]) }

  /// An element without content.
  public static func element(_ name: String, _ attributes: KeyValuePairs<String, String>) -> Markup {
    element(name, attributes, [])
  }

  /// Elements that have no end tag, and shapes.
  private static let closing: Set = ["meta", "link", "line", "rect", "path", "circle", "polyline"]

  /// A text with the five characters that mean something to a reader of XML written as entities, and those that no XML
  /// may hold replaced.
  static func escaped(_ text: String) -> String {
    var result = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": result.append(contentsOf: "&amp;".unicodeScalars)
      case "<": result.append(contentsOf: "&lt;".unicodeScalars)
      case ">": result.append(contentsOf: "&gt;".unicodeScalars)
      case "\"": result.append(contentsOf: "&quot;".unicodeScalars)
      case "'": result.append(contentsOf: "&#39;".unicodeScalars)
      case "\n", "\t": result.append(scalar)
      default:
        let isHeld = scalar.value >= 0x20 && scalar.value & 0xfffe != 0xfffe && !(0x7f...0x9f ~= scalar.value)
        result.append(isHeld ? scalar : "\u{FFFD}")
      }
    }
    return String(result)
  }
}
