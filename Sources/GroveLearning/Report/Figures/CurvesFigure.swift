/// What training and validation came to, epoch by epoch.
struct CurvesFigure {
  /// One line of a drawing.
  struct Curve {
    let name: String
    /// 0 … 7.
    let color: Int
    let isDashed: Bool
    var isThin = false
    /// (epoch, value), epochs rising.
    let points: [(epoch: Int, value: Double)]
  }

  let title: String
  let text: String
  let curves: [Curve]
  /// Where percent is shown rather than the number itself.
  let isShare: Bool
  /// The epoch whose weights were kept; nil draws no line.
  var bestEpoch: Int?
  var lastEpoch: Int

  /// More points than these are thinned out.
  static let most = 160

  /// Every k-th point with the first, the last and the kept epoch's.
  static func thinned(_ points: [(epoch: Int, value: Double)], keeping epoch: Int?) -> [(epoch: Int, value: Double)] {
    let step = (points.count + most - 1) / most
    if step <= 1 { return points }
    return points.enumerated().filter { index, point in
      index % step == 0 || index == points.count - 1 || point.epoch == epoch
    }.map(\.element)
  }

  var markup: Markup? {
    let finite = curves.map { curve in
      (curve, CurvesFigure.thinned(curve.points.filter { $0.value.isFinite }, keeping: bestEpoch))
    }.filter { !$0.1.isEmpty }
    guard !finite.isEmpty else { return nil }
    let values = finite.flatMap { $0.1.map(\.value) }
    let (low, high) = (values.min() ?? 0, values.max() ?? 1)
    // Values that hardly vary are not blown up.
    let room = max((high - low) * 0.05, isShare ? 0.01 : 0.01 * max(abs(high), 1e-3))
    let axes = Axes(
      x: 0...Double(max(1, lastEpoch)),
      y: (low < 0 ? low - room : max(0, low - room))...(isShare ? min(1, high + room) : high + room), left: 44,
      right: 318, top: 34, bottom: 232)
    var drawing = Drawing(height: 272)
    axes.draw(in: &drawing, xName: "epoch", yName: isShare ? "percent" : "", scale: isShare ? 100 : 1)
    if let bestEpoch, bestEpoch > 0 {
      let at = axes.place(Double(bestEpoch), axes.y.lowerBound).x
      drawing.line(at, axes.top - 6, at, axes.bottom, "dotted")
      let style = at > 250 ? "end" : at < 100 ? "" : "middle"
      drawing.text("epoch \(ReportNumbers.count(bestEpoch)) kept", at, axes.top - 12, style)
    }
    for (curve, points) in finite {
      let places = points.map { axes.place(Double($0.epoch), $0.value) }
      let style =
        "curve s\(curve.color)" + (curve.isDashed ? " dashed" : "") + (curve.isThin ? " thin" : "")
      // One epoch alone is a dot.
      drawing.path(Drawing.joined(places.count == 1 ? [places[0], places[0]] : places), style)
    }
    let named = finite.filter { !$0.0.name.isEmpty }
    let heights = Drawing.spread(
      named.map { axes.place(0, $0.1[$0.1.count - 1].value).y }, gap: 15, within: axes.top...axes.bottom)
    for ((curve, points), height) in zip(named, heights) {
      let end = axes.place(Double(points[points.count - 1].epoch), 0).x
      drawing.text(curve.name, min(end, axes.right) + 7, height + 4, "name halo s\(curve.color)")
    }
    let ends = named.map { curve, points in
      "\(curve.name) ends at \(number(points[points.count - 1].value))"
    }
    let kept = bestEpoch.map { "; epoch \($0) was kept" } ?? ""
    return ReportPage.figure(
      title, text, [drawing.markup(label: "\(title) by epoch: \(ends.joined(separator: ", "))\(kept).")],
      numbers: table(named.map { ($0.0, $0.1) }))
  }

  private func number(_ value: Double) -> String {
    isShare ? ReportNumbers.percent(value) + " %" : ReportNumbers.fixed(value, 4)
  }

  /// About twenty epochs with every curve.
  private func table(_ curves: [(Curve, [(epoch: Int, value: Double)])]) -> Markup {
    var all: Set<Int> = []
    for (_, points) in curves { for point in points { all.insert(point.epoch) } }
    let epochs = all.sorted()
    let step = max(1, (epochs.count + 19) / 20)
    let shown = epochs.enumerated().filter { index, epoch in
      index % step == 0 || index == epochs.count - 1 || epoch == bestEpoch
    }.map(\.element)
    let byEpoch = curves.map { Dictionary($0.1.map { ($0.epoch, $0.value) }) { first, _ in first } }
    return ReportPage.table(
      "\(title) of some epochs", ["epoch"] + curves.map { $0.0.name + (isShare ? ", %" : "") },
      shown.map { epoch in
        ["\(ReportNumbers.count(epoch))\(epoch == bestEpoch ? " (kept)" : "")"]
          + byEpoch.map { values in
            isShare
              ? ReportNumbers.percent(values[epoch]) : values[epoch].map { ReportNumbers.fixed($0, 4) } ?? "–"
          }
      }, isCaptionShown: false)
  }
}
