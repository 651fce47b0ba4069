/// A drawing of 400 units width, of which one is about a pixel.
struct Drawing {
  static let width = 400.0
  let height: Double
  private(set) var pieces: [Markup] = []

  init(height: Double) { self.height = height }

  /// The picture, with words for those who do not see it.
  func markup(label: String) -> Markup {
    let box = "0 0 \(ReportNumbers.place(Drawing.width)) \(ReportNumbers.place(height))"
    return .element("svg", ["viewBox": box, "role": "img", "aria-label": label], pieces)
  }

  mutating func path(_ places: String, _ style: String) {
    if !places.isEmpty { pieces.append(.element("path", ["class": style, "d": places])) }
  }

  mutating func line(_ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double, _ style: String) {
    path(Drawing.joined([(x1, y1), (x2, y2)]), style)
  }

  mutating func rectangle(
    _ x: Double, _ y: Double, _ width: Double, _ height: Double, _ style: String, opacity: Double? = nil
  ) {
    let (x, y) = (ReportNumbers.place(x), ReportNumbers.place(y))
    let (width, height) = (ReportNumbers.place(max(0, width)), ReportNumbers.place(max(0, height)))
    if let opacity {
      let opacity = ReportNumbers.fixed(opacity, 2)
      pieces.append(
        .element(
          "rect", ["class": style, "x": x, "y": y, "width": width, "height": height, "fill-opacity": opacity]))
    } else {
      pieces.append(.element("rect", ["class": style, "x": x, "y": y, "width": width, "height": height]))
    }
  }

  /// Words whose baseline starts, or by the style ends or is centered, at a place.
  mutating func text(_ text: String, _ x: Double, _ y: Double, _ style: String = "", title: String? = nil) {
    var children: [Markup] = [Markup(text)]
    if let title, title != text { children.append(.element("title", title)) }
    pieces.append(
      .element("text", ["class": style, "x": ReportNumbers.place(x), "y": ReportNumbers.place(y)], children))
  }

  /// Words that run up to the right and end at a place.
  mutating func slantedText(_ text: String, _ x: Double, _ y: Double, _ style: String) {
    let place = "translate(\(ReportNumbers.place(x)) \(ReportNumbers.place(y))) rotate(-40)"
    pieces.append(.element("text", ["class": style, "transform": place], text))
  }

  /// Places joined to one open line.
  static func joined(_ places: [(x: Double, y: Double)]) -> String {
    guard let first = places.first else { return "" }
    func text(_ place: (x: Double, y: Double)) -> String {
      let y = ReportNumbers.place(place.y)
      return ReportNumbers.place(place.x) + (y.hasPrefix("-") ? "" : " ") + y
    }
    return "M" + text(first) + (places.count > 1 ? "L" + places.dropFirst().map(text).joined(separator: " ") : "")
  }

  /// Heights near those wanted, in the same order, at least `gap` apart and within a range as far as they fit.
  static func spread(_ wanted: [Double], gap: Double, within range: ClosedRange<Double>) -> [Double] {
    let order = wanted.indices.sorted { (wanted[$0], $0) < (wanted[$1], $1) }
    var result = wanted
    var least = range.lowerBound
    for index in order {
      result[index] = max(wanted[index], least)
      least = result[index] + gap
    }
    var most = range.upperBound
    for index in order.reversed() {
      result[index] = min(result[index], most)
      most = result[index] - gap
    }
    return result
  }
}

/// Two axes with round numbers, within a drawing.
struct Axes {
  let x: ClosedRange<Double>
  let y: ClosedRange<Double>
  let left: Double
  let right: Double
  let top: Double
  let bottom: Double

  init(
    x: ClosedRange<Double>, y: ClosedRange<Double>, left: Double, right: Double, top: Double, bottom: Double
  ) {
    func wide(_ range: ClosedRange<Double>) -> ClosedRange<Double> {
      range.upperBound > range.lowerBound ? range : range.lowerBound...(range.lowerBound + 1)
    }
    (self.x, self.y) = (wide(x), wide(y))
    (self.left, self.right, self.top, self.bottom) = (left, right, top, bottom)
  }

  func place(_ px: Double, _ py: Double) -> (x: Double, y: Double) {
    (
      left + (px - x.lowerBound) / (x.upperBound - x.lowerBound) * (right - left),
      bottom - (py - y.lowerBound) / (y.upperBound - y.lowerBound) * (bottom - top)
    )
  }

  /// Draws grid lines, numbers and the names of the axes.
  ///
  /// - Parameter scale: what the numbers of the y axis are multiplied by, 100 for percent.
  func draw(in drawing: inout Drawing, xName: String, yName: String, scale: Double = 1, xScale: Double = 1) {
    let vertical = ReportNumbers.ticks(in: (y.lowerBound * scale)...(y.upperBound * scale), about: 5)
    for value in vertical.values {
      let at = place(x.lowerBound, value / scale).y
      drawing.line(left, at, right, at, "grid")
      drawing.text(ReportNumbers.fixed(value, vertical.digits), left - 7, at + 4, "end")
    }
    drawing.line(left, bottom, right, bottom, "axis")
    let horizontal = ReportNumbers.ticks(in: (x.lowerBound * xScale)...(x.upperBound * xScale), about: 5)
    for value in horizontal.values {
      let at = place(value / xScale, y.lowerBound).x
      drawing.line(at, bottom, at, bottom + 4, "axis")
      drawing.text(ReportNumbers.fixed(value, horizontal.digits), at, bottom + 17, "middle")
    }
    drawing.text(xName, (left + right) / 2, bottom + 35, "middle")
    drawing.text(yName, 0, top - 12)
  }
}
