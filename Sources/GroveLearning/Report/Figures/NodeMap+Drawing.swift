/// How the nodes of one kind are drawn on a map.
struct MapMarks {
  let name: String
  let glyph: Glyph
  /// 0 … 7.
  let color: Int
  /// Places, in the nodes of the map, of filled marks; rising.
  var full: [Int] = []
  /// Places of hollow ones; rising.
  var hollow: [Int] = []
  /// Whether a hollow mark stands in legends.
  var isNamedHollow = false

  /// All places, rising.
  var members: [Int] { hollow.isEmpty ? full : full.isEmpty ? hollow : (full + hollow).sorted() }

  /// The mark by itself.
  var icon: Markup {
    .element(
      "svg", ["viewBox": "-8 -8 16 16", "aria-hidden": "true"],
      [
        .element(
          "path",
          ["class": "\(isNamedHollow ? "hollow" : "full") s\(color)", "d": glyph.path(at: 0, 0, size: 5)])
      ])
  }

  /// Names and numbers of nodes as a list.
  static func legend(_ label: String, _ all: [MapMarks], _ more: [Markup] = []) -> Markup {
    .element(
      "ul", ["class": "legend", "aria-label": label],
      all.map { marks in
        .element("li", [marks.icon, Markup("\(marks.name) (\(ReportNumbers.count(marks.members.count)))")])
      } + more)
  }
}

/// Drawings and words of figures of a map.
extension NodeMap {
  /// Which nodes are shown and what their places mean; `more` stands before nodes that are left out.
  func introduction(_ more: String) -> String {
    let shown = nodes.count + skipped
    let sample =
      shown == nodeCount
      ? "All \(ReportNumbers.count(nodeCount)) nodes"
      : "A sample of \(ReportNumbers.count(shown)) of \(ReportNumbers.count(nodeCount)) nodes, drawn with the run's seed"
    let left = skipped == 0 ? "" : " \(ReportNumbers.count(skipped)) nodes whose embedding is not finite are left out."
    return "\(sample), by their embeddings: nodes that lie close are alike to the model.\(more)\(left)"
  }

  /// How t-SNE lays nodes out.
  var neighborhoodWords: String {
    "Neighborhoods are kept, distances between groups are not. Exact, perplexity \(ReportNumbers.fixed(TSNE.perplexity(for: nodes.count), 0)), started from the principal components."
  }

  /// What the two directions of largest variance are.
  var componentWords: String {
    let (first, second) = components.explained
    let far = NodeMap.beyond(components.points)
    let rim = far == 0 ? "" : " \(ReportNumbers.count(far)) nodes farther out are drawn at the rim."
    return
      "The two directions in which embeddings vary most: \(ReportNumbers.percent(first, digits: 1)) % of the variance across, \(ReportNumbers.percent(second, digits: 1)) % upward.\(rim)"
  }

  /// Marks at their points, the first ones on top.
  func drawing(_ points: [SIMD2<Float>], _ all: [MapMarks], _ label: String) -> Markup {
    let margin = 10.0
    let side = Drawing.width - 2 * margin
    let (rangeX, rangeY) = (NodeMap.shown(points.map(\.x)), NodeMap.shown(points.map(\.y)))
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
    for marks in all.reversed() {
      for (members, style) in [(marks.full, "full"), (marks.hollow, "hollow")] {
        let paths = members.map { index in
          let at = place(index)
          return marks.glyph.path(at: at.x, at.y, size: size)
        }
        drawing.path(paths.joined(), "\(style) s\(marks.color)")
      }
    }
    let names = all.map { "\($0.name), \(ReportNumbers.count($0.members.count)) nodes" }
    return drawing.markup(
      label: "\(label) of \(ReportNumbers.count(points.count)) nodes: \(names.joined(separator: "; ")).")
  }

  /// Where the middle of the nodes of each kind lies, by both layouts.
  func table(_ all: [MapMarks]) -> Markup {
    let rows = all.map { marks -> [String] in
      let members = marks.members
      let count = Double(max(1, members.count))
      func middle(_ points: [SIMD2<Float>]) -> [String] {
        let x = members.reduce(0.0) { $0 + Double(points[$1].x) } / count
        let y = members.reduce(0.0) { $0 + Double(points[$1].y) } / count
        return [x, y].map { ReportNumbers.fixed($0, 1).replacing("-", with: "−") }
      }
      return [marks.name, ReportNumbers.count(members.count)] + middle(neighborhoods) + middle(components.points)
    }
    return ReportPage.table(
      "Mean place of each class", ["class", "nodes", "t-SNE x", "t-SNE y", "component 1", "component 2"], rows,
      isCaptionShown: false)
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
}
