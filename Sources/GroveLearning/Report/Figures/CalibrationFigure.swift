/// How often decisions of a confidence are right, and how many there are.
struct CalibrationFigure {
  let calibration: Calibration
  /// Whether decisions are those of every class of every node rather than of the class given to each.
  let isMultiLabel: Bool

  var markup: [Markup] {
    guard let error = calibration.expectedError else { return [] }
    var drawing = Drawing(height: 330)
    let axes = Axes(x: 0...1, y: 0...1, left: 44, right: 330, top: 30, bottom: 230)
    axes.draw(
      in: &drawing, xName: isMultiLabel ? "stated probability, percent" : "confidence, percent",
      yName: isMultiLabel ? "percent that has the class" : "percent right", scale: 100, xScale: 100)
    for bin in calibration.bins where bin.count > 0 {
      let (low, high) = (axes.place(bin.lower, 0), axes.place(bin.upper, bin.right))
      drawing.rectangle(low.x + 1.5, high.y, high.x - low.x - 3, axes.bottom - high.y, "bar faint")
      drawing.line(low.x + 1.5, high.y, high.x - 1.5, high.y, "curve s0")
    }
    drawing.path(Drawing.joined([axes.place(0, 0), axes.place(1, 1)]), "axis dashed")
    for bin in calibration.bins where bin.count > 0 {
      let place = axes.place(bin.confidence, bin.right)
      drawing.path(Glyph.circle.path(at: place.x, place.y, size: 4), "hollow s0")
    }
    drawing.text("perfect", axes.right + 6, axes.top + 10)
    counts(in: &drawing, axes)
    let skipped =
      calibration.skipped == 0
      ? "" : " \(ReportNumbers.count(calibration.skipped)) decisions without a finite confidence are left out."
    let meaning =
      isMultiLabel
      ? "Each decision whether a node has a class counts; bars show how often it has."
      : "The confidence is the probability of the class given; bars show how often that class is right."
    let largest = ReportNumbers.percent(calibration.largestError)
    let diagram = ReportPage.figure(
      "Reliability, ECE \(ReportNumbers.percent(error)) %",
      "\(meaning) On the dashed line both agree; circles stand at the mean confidence of a bar.\(skipped)",
      [
        drawing.markup(
          label:
            "Reliability diagram of \(ReportNumbers.count(calibration.count)) decisions; expected calibration error \(ReportNumbers.percent(error)) percent."
        )
      ])
    return [
      diagram,
      ReportPage.figure(
        "Decisions by confidence",
        "ECE is the mean gap between confidence and outcome, weighed by decisions; the largest gap of a range is \(largest) %.",
        [table]),
    ]
  }

  /// A strip of how many decisions fall into each range.
  private func counts(in drawing: inout Drawing, _ axes: Axes) {
    let (top, bottom) = (axes.bottom + 58, axes.bottom + 92)
    let most = Double(max(1, calibration.bins.map(\.count).max() ?? 1))
    for bin in calibration.bins where bin.count > 0 {
      let (low, high) = (axes.place(bin.lower, 0).x, axes.place(bin.upper, 0).x)
      let height = max(1, (bottom - top) * Double(bin.count) / most)
      drawing.rectangle(low + 1.5, bottom - height, high - low - 3, height, "bar faint")
    }
    drawing.line(axes.left, bottom, axes.right, bottom, "axis")
    drawing.text("decisions", axes.right + 6, bottom)
    drawing.text("0", axes.left - 7, bottom + 2, "end small")
    drawing.text(ReportNumbers.count(Int(most)), axes.left - 7, top + 6, "end small")
  }

  private var table: Markup {
    ReportPage.table(
      "Decisions by confidence", ["confidence, %", "decisions", "mean confidence, %", "right, %"],
      calibration.bins.map { bin in
        [
          "\(ReportNumbers.percent(bin.lower, digits: 0))–\(ReportNumbers.percent(bin.upper, digits: 0))",
          ReportNumbers.count(bin.count), ReportNumbers.percent(bin.count == 0 ? nil : bin.confidence),
          ReportNumbers.percent(bin.count == 0 ? nil : bin.right),
        ]
      }, isCaptionShown: false)
  }
}
