/// One self-contained page: a header, a list of its sections, the sections.
struct ReportPage {
  /// What the browser shows and the page's first heading.
  let title: String
  /// A sentence under the heading.
  let subtitle: String
  /// The most important numbers, each with its name and a remark.
  var facts: [(name: String, value: String, remark: String)] = []
  private var sections: [(id: String, title: String, body: Markup)] = []

  init(title: String, subtitle: String) {
    self.title = title
    self.subtitle = subtitle
  }

  /// Adds a section; one without content is left out.
  mutating func add(_ id: String, _ title: String, _ body: [Markup]) {
    guard !body.isEmpty else { return }
    sections.append((id, title, Markup(body)))
  }

  /// The whole file.
  var html: String {
    let head = Markup.element(
      "head",
      [
        .element("meta", ["charset": "utf-8"]),
        .element("meta", ["name": "viewport", "content": "width=device-width, initial-scale=1"]),
        .element("meta", ["name": "color-scheme", "content": "light dark"]),
        .element(
          "meta",
          [
            "http-equiv": "Content-Security-Policy",
            "content": "default-src 'none'; style-src 'unsafe-inline'; img-src data:",
          ]),
        .element("link", ["rel": "icon", "href": "data:,"]),
        .element("title", title), .style(ReportStyle.sheet),
      ])
    let cards = facts.map { fact in
      Markup.element(
        "div",
        [
          .element("dt", fact.name), .element("dd", ["class": "value"], fact.value),
          .element("dd", ["class": "remark"], fact.remark),
        ])
    }
    let header = Markup.element(
      "header",
      [.element("h1", title), .element("p", ["class": "subtitle"], subtitle)]
        + (cards.isEmpty ? [] : [.element("dl", ["class": "facts"], cards)]))
    let links = sections.map { section in
      Markup.element("li", [.element("a", ["href": "#\(section.id)"], section.title)])
    }
    let bodies = sections.map { section in
      Markup.element(
        "section", ["id": section.id, "aria-labelledby": "\(section.id)-title"],
        [.element("h2", ["id": "\(section.id)-title"], section.title), section.body])
    }
    let body = Markup.element(
      "body",
      [
        .element("a", ["class": "skip", "href": "#content"], "Skip to the results"), header,
        .element("nav", ["aria-label": "Sections"], [.element("ul", links)]),
        .element("main", ["id": "content"], bodies),
        .element("footer", [.element("p", "Written by Grove \(GroveVersion.current).")]),
      ])
    return "<!DOCTYPE html>\n" + Markup.element("html", ["lang": "en"], [head, body]).source + "\n"
  }

  /// A paragraph.
  static func paragraph(_ text: String) -> Markup { .element("p", text) }

  /// Figures beside each other where there is room.
  static func panels(_ figures: [Markup]) -> Markup { .element("div", ["class": "panels"], figures) }

  /// A drawing with its title, explanation and legend above and its numbers, to be unfolded, below.
  static func figure(
    _ title: String, _ text: String, legend: Markup = .none, _ drawing: [Markup], numbers: Markup? = nil
  ) -> Markup {
    let caption = Markup.element("figcaption", [.element("h3", title), .element("p", text), legend])
    let details = numbers.map { [Markup.element("details", [summary(title), $0])] }
    return .element("figure", [caption] + drawing + (details ?? []))
  }

  private static func summary(_ title: String) -> Markup {
    .element("summary", [Markup("Numbers of this figure"), .element("span", ["class": "hidden"], ": \(title)")])
  }

  /// A table with a caption; the first column names the rows.
  ///
  /// Others are right-aligned where `isNumeric`, but for the second one where `wordColumns` is 2.
  static func table(
    _ caption: String, _ header: [String], _ rows: [[String]], isNumeric: Bool = true, isCaptionShown: Bool = true,
    wordColumns: Int = 1
  ) -> Markup {
    table(
      caption, header, rows.map { $0.map { Markup($0) } }, isNumeric: isNumeric, isCaptionShown: isCaptionShown,
      wordColumns: wordColumns)
  }

  /// The same with cells that hold more than text.
  static func table(
    _ caption: String, _ header: [String], _ rows: [[Markup]], isNumeric: Bool = true, isCaptionShown: Bool = true,
    wordColumns: Int = 1
  ) -> Markup {
    let head = header.map { Markup.element("th", ["scope": "col"], $0) }
    let body = rows.map { row in
      Markup.element(
        "tr",
        row.enumerated().map { column, cell in
          column == 0 ? .element("th", ["scope": "row"], [cell]) : .element("td", [cell])
        })
    }
    let table = Markup.element(
      "table", ["class": !isNumeric ? "words" : wordColumns == 2 ? "numbers two" : "numbers"],
      [
        .element("caption", ["class": "hidden"], caption), .element("thead", [.element("tr", head)]),
        .element("tbody", body),
      ])
    let scroll = Markup.element(
      "div", ["class": "scroll", "role": "region", "aria-label": caption, "tabindex": "0"], [table])
    // A caption would scroll sideways with a wide table, so it is shown above; readers of screens have it in the table.
    return isCaptionShown
      ? Markup([.element("p", ["class": "note", "aria-hidden": "true"], caption), scroll]) : scroll
  }

  /// Lines to be typed into a shell.
  static func commands(_ lines: [String]) -> Markup {
    .element("pre", ["tabindex": "0"], [.element("code", lines.joined(separator: "\n"))])
  }
}
