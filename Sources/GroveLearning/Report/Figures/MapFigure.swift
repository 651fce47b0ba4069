import GroveGraphs

/// The embeddings as maps: a mark a node, its shape and color by class, hollow where the class given is wrong.
struct MapFigure {
  let map: NodeMap
  let labels: Labels
  /// Whether each node of the map has its class or classes right; nil for nodes without a label.
  let isRight: [Bool?]

  /// How a class is drawn.
  private struct Style {
    let name: String
    let glyph: Glyph
    let color: Int
    let members: [Int]
  }

  /// Classes that get a shape and a color of their own.
  static let mostNamed = 7

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

  private var styles: [Style] {
    let drawnAs = classOfNode
    var members = [[Int]](repeating: [], count: labels.classCount)
    var unlabeled: [Int] = []
    for (place, c) in drawnAs.enumerated() { if let c { members[c].append(place) } else { unlabeled.append(place) } }
    let order = members.indices.filter { !members[$0].isEmpty }
      .sorted { (-members[$0].count, $0) < (-members[$1].count, $1) }
    // Eight classes are all named: the last shape is free where there is nothing else to draw with it.
    let room =
      order.count <= MapFigure.mostNamed + 1 && unlabeled.isEmpty ? MapFigure.mostNamed + 1 : MapFigure.mostNamed
    var styles = order.prefix(room).enumerated().map { place, c in
      Style(
        name: labels.classNames[c], glyph: Glyph(rawValue: place) ?? .dot, color: place, members: members[c])
    }
    let rest = order.dropFirst(room)
    if !rest.isEmpty || !unlabeled.isEmpty {
      let words =
        (rest.isEmpty ? [] : ["\(rest.count) other \(rest.count == 1 ? "class" : "classes")"])
        + (unlabeled.isEmpty ? [] : ["no class"])
      styles.append(
        Style(
          name: words.joined(separator: ", "), glyph: .dot, color: 7,
          members: (rest.flatMap { members[$0] } + unlabeled).sorted()))
    }
    return styles
  }

  var markup: [Markup] {
    let styles = styles
    let shown = map.nodes.count
    let sample =
      shown + map.skipped == map.nodeCount
      ? "All \(ReportNumbers.count(map.nodeCount)) nodes"
      : "A sample of \(ReportNumbers.count(shown + map.skipped)) of \(ReportNumbers.count(map.nodeCount)) nodes, drawn with the run's seed"
    let skipped =
      map.skipped == 0 ? "" : " \(ReportNumbers.count(map.skipped)) nodes whose embedding is not finite are left out."
    var severalWords = ""
    if case .multiple = labels {
      severalWords = " A node of several classes is drawn as the one that most nodes have."
    }
    let legend = Markup.element(
      "ul", ["class": "legend", "aria-label": "Classes of the maps"],
      styles.map { style in
        .element(
          "li", [icon(style, isHollow: false), Markup("\(style.name) (\(ReportNumbers.count(style.members.count)))")])
      } + (isRight.contains(false) ? [hollowItem] : []))
    let (first, second) = map.components.explained
    let far = MapFigure.beyond(map.components.points)
    let rim = far == 0 ? "" : " \(ReportNumbers.count(far)) nodes farther out are drawn at the rim."
    return [
      ReportPage.paragraph(
        "\(sample), by their embeddings: nodes that lie close are alike to the model.\(severalWords)\(skipped)"),
      legend,
      ReportPage.panels([
        ReportPage.figure(
          "t-SNE",
          "Neighborhoods are kept, distances between groups are not. Exact, perplexity \(ReportNumbers.fixed(TSNE.perplexity(for: shown), 0)), started from the principal components.",
          [drawing(map.neighborhoods, styles, "t-SNE map")], numbers: table(styles)),
        ReportPage.figure(
          "Principal components",
          "The two directions in which embeddings vary most: \(ReportNumbers.percent(first, digits: 1)) % of the variance across, \(ReportNumbers.percent(second, digits: 1)) % upward.\(rim)",
          [drawing(map.components.points, styles, "Map of the first two principal components")]),
      ]),
    ]
  }

  private var hollowItem: Markup {
    let icon = Markup.element(
      "svg", ["viewBox": "-8 -8 16 16", "aria-hidden": "true"],
      [.element("path", ["class": "hollow s7", "d": Glyph.circle.path(at: 0, 0, size: 5)])])
    return .element("li", [icon, Markup("hollow: classified wrongly")])
  }

  private func icon(_ style: Style, isHollow: Bool) -> Markup {
    let path = style.glyph.path(at: 0, 0, size: 5)
    return .element(
      "svg", ["viewBox": "-8 -8 16 16", "aria-hidden": "true"],
      [.element("path", ["class": "full s\(style.color)", "d": path])])
  }

  private func drawing(_ points: [SIMD2<Float>], _ styles: [Style], _ label: String) -> Markup {
    let margin = 10.0
    let side = Drawing.width - 2 * margin
    let (rangeX, rangeY) = (MapFigure.shown(points.map(\.x)), MapFigure.shown(points.map(\.y)))
    let xs = points.map { min(rangeX.upperBound, max(rangeX.lowerBound, Double($0.x))) }
    let ys = points.map { min(rangeY.upperBound, max(rangeY.lowerBound, Double($0.y))) }
    let (lowX, highX, lowY, highY) = (
      rangeX.lowerBound, rangeX.upperBound, rangeY.lowerBound, rangeY.upperBound
    )
    let scale = side / max(highX - lowX, highY - lowY, 1e-30)
    let height = min(side, max(120, (highY - lowY) * scale))
    func place(_ index: Int) -> (x: Double, y: Double) {
      (
        Drawing.width / 2 + (xs[index] - (lowX + highX) / 2) * scale,
        margin + height / 2 - (ys[index] - (lowY + highY) / 2) * scale
      )
    }
    var drawing = Drawing(height: height + 2 * margin)
    drawing.rectangle(0, 0, Drawing.width, height + 2 * margin, "track")
    let size = points.count > 800 ? 2.2 : points.count > 200 ? 2.8 : 4
    for style in styles.reversed() {
      for isHollow in [false, true] {
        let marks = style.members.filter { (isRight[$0] == false) == isHollow }.map { index in
          let at = place(index)
          return style.glyph.path(at: at.x, at.y, size: size)
        }
        drawing.path(marks.joined(), "\(isHollow ? "hollow" : "full") s\(style.color)")
      }
    }
    let names = styles.map { "\($0.name), \(ReportNumbers.count($0.members.count)) nodes" }
    return drawing.markup(
      label: "\(label) of \(ReportNumbers.count(points.count)) nodes: \(names.joined(separator: "; ")).")
  }

  /// The range of coordinates that is drawn: all but far outliers, which are drawn at the rim.
  ///
  /// From the 1st to the 99th percentile with a quarter of that width on either side, or less where all are nearer.
  static func shown(_ values: [Float]) -> ClosedRange<Double> {
    let sorted = values.sorted()
    guard let least = sorted.first, let most = sorted.last else { return 0...1 }
    let low = Double(sorted[sorted.count / 100])
    let high = Double(sorted[sorted.count - 1 - sorted.count / 100])
    let room = (high - low) / 4
    return max(Double(least), low - room)...min(Double(most), high + room)
  }

  /// How many points lie beyond what is drawn.
  private static func beyond(_ points: [SIMD2<Float>]) -> Int {
    let (x, y) = (shown(points.map(\.x)), shown(points.map(\.y)))
    return points.count { !x.contains(Double($0.x)) || !y.contains(Double($0.y)) }
  }

  /// Where the middle of each class lies and how far its nodes lie from it.
  private func table(_ styles: [Style]) -> Markup {
    let rows = styles.map { style -> [String] in
      let count = Double(max(1, style.members.count))
      func middle(_ points: [SIMD2<Float>]) -> [String] {
        let x = style.members.reduce(0.0) { $0 + Double(points[$1].x) } / count
        let y = style.members.reduce(0.0) { $0 + Double(points[$1].y) } / count
        return [x, y].map { ReportNumbers.fixed($0, 1).replacing("-", with: "−") }
      }
      return [style.name, ReportNumbers.count(style.members.count)] + middle(map.neighborhoods)
        + middle(map.components.points)
    }
    return ReportPage.table(
      "Mean place of each class", ["class", "nodes", "t-SNE x", "t-SNE y", "component 1", "component 2"], rows,
      isCaptionShown: false)
  }
}
