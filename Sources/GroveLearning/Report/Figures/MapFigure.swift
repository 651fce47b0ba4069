import GroveGraphs

/// The embeddings as maps: a mark a node, its shape and color by class, hollow where the class given is wrong.
struct MapFigure {
  let map: NodeMap
  let labels: Labels
  /// Whether each node of the map has its class or classes right; nil for nodes without a label.
  let isRight: [Bool?]

  /// The class that a node of the map is drawn by: of several the one with the most nodes.
  private var classOfNode: [Int?] {
    let all = map.nodes.map { node -> [Int] in
      switch labels {
      case .single(let classes, _): classes[Int(node)] < 0 ? [] : [Int(classes[Int(node)])]
      case .multiple(let rows, _): rows[Int(node)].map { Int($0) }
      }
    }
    var counts = [Int](repeating: 0, count: labels.classCount)
    for classes in all { for c in classes { counts[c] += 1 } }
    return all.map { $0.min { (-counts[$0], $0) < (-counts[$1], $1) } }
  }

  private var marks: [MapMarks] {
    var members = [[Int]](repeating: [], count: labels.classCount)
    var unlabeled: [Int] = []
    for (place, c) in classOfNode.enumerated() {
      if let c { members[c].append(place) } else { unlabeled.append(place) }
    }
    func marks(_ name: String, _ style: (glyph: Glyph, color: Int), _ places: [Int]) -> MapMarks {
      MapMarks(
        name: name, glyph: style.glyph, color: style.color, full: places.filter { isRight[$0] != false },
        hollow: places.filter { isRight[$0] == false })
    }
    let palette = MapPalette(counts: members.map(\.count), isLastFree: unlabeled.isEmpty)
    let named = palette.named.enumerated().map { place, c in
      marks(labels.classNames[c], MapPalette.style(place), members[c])
    }
    let rest = palette.others
    if rest.isEmpty && unlabeled.isEmpty { return named }
    let words =
      (rest.isEmpty ? [] : ["\(rest.count) other \(rest.count == 1 ? "class" : "classes")"])
      + (unlabeled.isEmpty ? [] : ["no class"])
    let places = (rest.flatMap { members[$0] } + unlabeled).sorted()
    return named + [marks(words.joined(separator: ", "), (.dot, 7), places)]
  }

  var markup: [Markup] {
    let marks = marks
    var severalWords = ""
    if case .multiple = labels {
      severalWords = " A node of several classes is drawn as the one that most nodes have."
    }
    return [
      ReportPage.paragraph(map.introduction(severalWords)),
      MapMarks.legend("Classes of the maps", marks, isRight.contains(false) ? [hollowItem] : []),
      ReportPage.panels([
        ReportPage.figure(
          "t-SNE", map.neighborhoodWords, [map.drawing(map.neighborhoods, marks, "t-SNE map")],
          numbers: map.table(marks)),
        ReportPage.figure(
          "Principal components", map.componentWords,
          [map.drawing(map.components.points, marks, "Map of the first two principal components")]),
      ]),
    ]
  }

  private var hollowItem: Markup {
    let icon = MapMarks(name: "", glyph: .circle, color: 7, isNamedHollow: true).icon
    return .element("li", [icon, Markup("hollow: classified wrongly")])
  }
}
