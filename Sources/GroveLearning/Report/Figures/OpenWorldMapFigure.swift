/// The embeddings of an open-world run as one map drawn by true classes, by predicted ones, and by seen and novel.
///
/// Marks of seen classes are filled, those of novel ones hollow; crosses are nodes of no known class.
struct OpenWorldMapFigure {
  let content: OpenWorldMap

  private var map: NodeMap { content.map }

  /// Shapes and colors by the nodes that have a class or were given it, so that both maps agree on them.
  private var palette: MapPalette {
    var counts = [Int](repeating: 0, count: content.names.count)
    for c in content.truth { if let c { counts[c] += 1 } }
    for c in content.given { counts[c] += 1 }
    return MapPalette(counts: counts, isLastFree: true)
  }

  /// Marks where each node is drawn as a class.
  private func marks(_ classes: [Int?]) -> [MapMarks] {
    let palette = palette
    func places(_ isDrawn: (Int) -> Bool) -> [Int] {
      classes.indices.filter { place in classes[place].map(isDrawn) ?? false }
    }
    var all = palette.named.enumerated().map { place, c in
      OpenWorldMapFigure.marks(
        content.names[c], MapPalette.style(place), places { $0 == c }, isHollow: !content.isSeen[c])
    }
    for isSeen in [true, false] {
      let rest = Set(palette.others.filter { content.isSeen[$0] == isSeen })
      let name = "\(rest.count) other \(isSeen ? "seen" : "novel") \(rest.count == 1 ? "class" : "classes")"
      all.append(OpenWorldMapFigure.marks(name, (.dot, 7), places(rest.contains), isHollow: !isSeen))
    }
    return (all + [unknown(classes.indices.filter { classes[$0] == nil })]).filter { !$0.members.isEmpty }
  }

  private var kinds: [MapMarks] {
    let truth = content.truth
    func places(_ isSeen: Bool?) -> [Int] { truth.indices.filter { truth[$0].map { content.isSeen[$0] } == isSeen } }
    let all = [
      OpenWorldMapFigure.marks("of seen classes", (.circle, 0), places(true), isHollow: false),
      OpenWorldMapFigure.marks("of novel classes", (.triangle, 1), places(false), isHollow: true), unknown(places(nil)),
    ]
    return all.filter { !$0.members.isEmpty }
  }

  private static func marks(
    _ name: String, _ style: (glyph: Glyph, color: Int), _ places: [Int], isHollow: Bool
  ) -> MapMarks {
    MapMarks(
      name: name, glyph: style.glyph, color: style.color, full: isHollow ? [] : places, hollow: isHollow ? places : [],
      isNamedHollow: isHollow)
  }

  private func unknown(_ places: [Int]) -> MapMarks {
    OpenWorldMapFigure.marks("class not known", (.cross, 7), places, isHollow: false)
  }

  var markup: [Markup] {
    let (truth, given, kinds) = (marks(content.truth), marks(content.given), kinds)
    let (known, right) = content.agreement
    let agreement =
      known == 0
      ? ""
      : " Of \(ReportNumbers.count(known)) nodes here whose class is known, \(ReportNumbers.percent(Double(right) / Double(known), digits: 1)) % look the same by true and by predicted class."
    func panel(
      _ title: String, _ text: String, _ marks: [MapMarks], numbers: Markup
    ) -> Markup {
      ReportPage.figure(
        title, text, legend: MapMarks.legend("Marks: \(title)", marks),
        [map.drawing(map.neighborhoods, marks, "t-SNE map, \(title.lowercased()),")], numbers: numbers)
    }
    return [
      ReportPage.paragraph(
        map.introduction(
          " Filled marks are of seen classes, hollow ones of novel classes, of which no label was learned from.\(agreement)"
        )),
      ReportPage.paragraph("The first three maps show the same places, laid out by t-SNE. \(map.neighborhoodWords)"),
      ReportPage.panels([
        panel(
          "True classes",
          "Each node by its true class. Marks of one look that stand together are a class that the embeddings keep together.",
          truth, numbers: map.table(truth)),
        panel(
          "Predicted classes",
          "Each node by the class that its cluster is matched with over test nodes. What looks other than on the map of true classes is wrong.",
          given, numbers: table),
        panel(
          "Seen and novel",
          "Where hollow marks lie apart from filled ones, novel classes can be found; where they mix, novel nodes are taken for seen ones.",
          kinds, numbers: map.table(kinds)),
        ReportPage.figure(
          "Principal components", "Marks as those of true classes. \(map.componentWords)",
          [map.drawing(map.components.points, truth, "Map of the first two principal components")]),
      ]),
    ]
  }

  /// Nodes of the map by class: those that have it, those that were given it, and those of both.
  private var table: Markup {
    let classes = palette.named + palette.others
    let rows = classes.map { c -> [String] in
      let counts = [
        content.truth.count { $0 == c }, content.given.count { $0 == c },
        zip(content.truth, content.given).count { $0 == c && $1 == c },
      ]
      return [content.names[c], content.isSeen[c] ? "seen" : "novel"] + counts.map(ReportNumbers.count)
    }
    return ReportPage.table(
      "Nodes of the map by class", ["class", "kind", "have it", "given it", "both"], rows, isCaptionShown: false,
      wordColumns: 2)
  }
}
