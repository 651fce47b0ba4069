public import Foundation
public import FoundationXML

/// A page read as XML: its elements in order, with what stands in them.
public final class PageReader: NSObject, XMLParserDelegate {
  /// One element.
  public struct Element {
    /// Its tag.
    public let name: String
    /// Its attributes.
    public let attributes: [String: String]
    /// Tags of the elements around it, the outermost first.
    public let path: [String]
    /// All text inside, that of inner elements included.
    public fileprivate(set) var text = ""
  }

  /// Every element, in the order of their start tags.
  public private(set) var elements: [Element] = []
  /// What is wrong with the page as XML, or nil.
  public private(set) var problem: String?
  private var open: [Int] = []

  /// Reads a page.
  public init(_ html: String) {
    super.init()
    let parser = XMLParser(data: Data(html.utf8))
    parser.delegate = self
    if !parser.parse() {
      problem = "line \(parser.lineNumber): \(parser.parserError.map { "\($0)" } ?? "not well-formed")"
    }
  }

  /// Elements of a tag.
  public func all(_ name: String) -> [Element] { elements.filter { $0.name == name } }

  /// Every text of the page.
  public var text: String { elements.first?.text ?? "" }

  /// What is wrong with the page; empty for a good one.
  ///
  /// It must be well-formed, need no other file, have words for those who do not see its drawings, and places in these
  /// must be numbers.
  public var faults: [String] {
    var faults = [problem].compactMap(\.self)
    func check(_ isGood: Bool, _ fault: String) { if !isGood { faults.append(fault) } }
    check(all("h1").count == 1, "\(all("h1").count) first headings")
    var level = 0
    for element in elements where element.name.count == 2 && element.name.first == "h" {
      guard let next = element.name.last?.wholeNumberValue else { continue }
      check(next <= level + 1, "a heading \(element.name) after h\(level): \(element.text)")
      check(!element.text.isEmpty, "an empty heading")
      level = next
    }
    let ids = elements.compactMap { $0.attributes["id"] }
    check(Set(ids).count == ids.count, "ids that occur twice")
    for element in elements {
      for (key, value) in element.attributes {
        check(!["src", "srcset", "onclick", "onload"].contains(key), "\(element.name) has \(key)")
        if key == "href" {
          let isInside = value.hasPrefix("#") ? ids.contains(String(value.dropFirst())) : !value.contains("://")
          check(isInside, "a link to \(value)")
        }
        if key == "aria-labelledby" { check(ids.contains(value), "no element \(value)") }
        if ["d", "x", "y", "width", "height", "viewBox", "transform", "fill-opacity"].contains(key) {
          check(!value.lowercased().contains("nan") && !value.lowercased().contains("inf"), "\(key)=\(value)")
        }
      }
    }
    for picture in all("svg") where picture.attributes["aria-hidden"] != "true" {
      check(picture.attributes["role"] == "img", "a drawing without a role")
      check((picture.attributes["aria-label"] ?? "").count > 10, "a drawing without words")
    }
    check(all("figure").count == all("figcaption").count, "a figure without a caption")
    check(all("table").count == all("caption").count && all("caption").allSatisfy { !$0.text.isEmpty }, "a bare table")
    check(all("th").allSatisfy { $0.attributes["scope"] != nil }, "a heading of a table without its scope")
    check(all("script").isEmpty && all("img").isEmpty && all("iframe").isEmpty, "foreign elements")
    check(all("html").first?.attributes["lang"] == "en" && all("main").count == 1, "no language, or no main part")
    return faults
  }

  /// Notes an element that begins.
  public func parser(
    _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
    attributes: [String: String]
  ) {
    elements.append(Element(name: name, attributes: attributes, path: open.map { elements[$0].name }))
    open.append(elements.count - 1)
  }

  /// Notes that an element ends.
  public func parser(
    _ parser: XMLParser, didEndElement name: String, namespaceURI: String?, qualifiedName: String?
  ) { open.removeLast() }

  /// Adds text to every element around it.
  public func parser(_ parser: XMLParser, foundCharacters text: String) {
    for index in open { elements[index].text += text }
  }
}
