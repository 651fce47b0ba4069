/// Which classes were given to nodes of which classes.
struct ConfusionFigure {
  let matrix: ConfusionMatrix
  let names: [String]

  /// Up to so many classes the cells hold numbers and the classes' names stand beside them.
  static let mostNamed = 10
  /// Up to so many classes there is a drawing at all.
  static let mostDrawn = 80
  /// Confusions that are listed.
  static let mostListed = 15

  var markup: [Markup] {
    guard matrix.total > 0 else { return [] }
    return (matrix.classCount <= ConfusionFigure.mostDrawn ? [map] : []) + [largest].compactMap(\.self)
  }

  /// Nodes of each class.
  private var sizes: [Int] {
    (0..<matrix.classCount).map { truth in (0..<matrix.classCount).reduce(0) { $0 + matrix[truth, $1] } }
  }

  private var map: Markup {
    let count = matrix.classCount
    let isNamed = count <= ConfusionFigure.mostNamed
    let sizes = sizes
    let (left, top) = (isNamed ? 110.0 : 40, 30.0)
    let cell = (Drawing.width - left - 4) / Double(count)
    let side = cell * Double(count)
    let height = min(cell, isNamed ? 44 : cell)
    let bottom = top + height * Double(count)
    let longest = names.map { min(12, $0.count) }.max() ?? 0
    var drawing = Drawing(height: bottom + (isNamed ? 22 + 4.4 * Double(longest) : 20))
    if isNamed {
      drawing.text("given class →", left, 14)
      drawing.text("true class ↓", left - 8, top - 6, "end")
    } else {
      drawing.text("true class ↓, given class →", 0, 14)
    }
    drawing.rectangle(left, top, side, bottom - top, "track")
    // Cells of a shade are one path where they are many.
    var shades = [String](repeating: "", count: 11)
    for truth in 0..<count where sizes[truth] > 0 {
      for given in 0..<count where matrix[truth, given] > 0 {
        let share = Double(matrix[truth, given]) / Double(sizes[truth])
        let (x, y) = (left + cell * Double(given), top + height * Double(truth))
        if isNamed {
          let opacity = ConfusionFigure.strength(of: share)
          drawing.rectangle(x + 1, y + 1, cell - 2, height - 2, "heat", opacity: opacity)
          let number = ReportNumbers.short(matrix[truth, given])
          let isTight = 7.4 * Double(number.count) > cell - 4
          drawing.text(
            number, x + cell / 2, y + height / 2 + 4,
            "middle \(opacity > 0.5 ? "on" : "strong")\(isTight ? " small" : truth == given ? " bold" : "")")
        } else {
          let place = "M\(ReportNumbers.place(x)) \(ReportNumbers.place(y))"
          shades[max(1, Int((share * 10).rounded(.up)))] +=
            "\(place)h\(ReportNumbers.place(cell))v\(ReportNumbers.place(height))h-\(ReportNumbers.place(cell))z"
        }
      }
    }
    for (shade, places) in shades.enumerated() where !places.isEmpty { drawing.path(places, "heat h\(shade)") }
    for index in 0..<count {
      if isNamed {
        let short = ReportNumbers.shortened(names[index], to: 13)
        drawing.text(short, left - 8, top + height * (Double(index) + 0.5) + 4, "end strong", title: names[index])
        drawing.slantedText(
          ReportNumbers.shortened(names[index], to: 12), left + cell * (Double(index) + 0.5) + 4, bottom + 12,
          "end strong")
      } else if index % max(1, (count + 11) / 12) == 0 {
        drawing.text("\(index)", left - 6, top + height * (Double(index) + 0.5) + 4, "end small")
        drawing.text("\(index)", left + cell * (Double(index) + 0.5), bottom + 14, "middle small")
      }
    }
    let way = isNamed ? "" : " Classes by their numbers in the table of classes."
    return ReportPage.figure(
      "Confusion matrix",
      "Rows are true classes, columns the classes given. The stronger a cell, the larger its share of the row.\(way)",
      [
        drawing.markup(
          label:
            "Confusion matrix of \(count) classes: \(ReportNumbers.percent(matrix.accuracy)) percent on the diagonal.")
      ],
      numbers: isNamed ? table : nil)
  }

  /// How strongly a cell is colored.
  ///
  /// Between a half and 0.84 neither light nor dark numbers would have a contrast of 4.5 on both backgrounds, so that part
  /// of the scale is left out.
  static func strength(of share: Double) -> Double { share <= 0.5 ? 0.06 + 0.88 * share : 0.84 + 0.32 * (share - 0.5) }

  private var table: Markup {
    ReportPage.table(
      "Nodes by true class (rows) and given class (columns)", ["true class"] + names,
      names.indices.map { truth in [names[truth]] + names.indices.map { ReportNumbers.count(matrix[truth, $0]) } },
      isCaptionShown: false)
  }

  /// Pairs of different classes with the most nodes, the most first.
  var pairs: [(truth: Int, given: Int, count: Int)] {
    var pairs: [(truth: Int, given: Int, count: Int)] = []
    for truth in 0..<matrix.classCount {
      for given in 0..<matrix.classCount where given != truth && matrix[truth, given] > 0 {
        pairs.append((truth, given, matrix[truth, given]))
      }
    }
    return pairs.sorted { (-$0.count, $0.truth, $0.given) < (-$1.count, $1.truth, $1.given) }
  }

  private var largest: Markup? {
    let sizes = sizes
    let listed = pairs.prefix(ConfusionFigure.mostListed)
    guard !listed.isEmpty else { return nil }
    let rows = listed.map { pair in
      [
        names[pair.truth], names[pair.given], ReportNumbers.count(pair.count),
        ReportNumbers.percent(Double(pair.count) / Double(max(1, sizes[pair.truth])), digits: 1),
      ]
    }
    return ReportPage.figure(
      "Largest confusions", "Pairs of classes that were taken for each other most often, by number of nodes.",
      [
        ReportPage.table(
          "Largest confusions", ["true class", "given class", "nodes", "% of true"], rows, isCaptionShown: false,
          wordColumns: 2)
      ])
  }
}
