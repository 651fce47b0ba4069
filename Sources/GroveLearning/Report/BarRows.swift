/// Horizontal bars, one a row: a name, a value with its interval, a remark.
struct BarRows {
  struct Row {
    let name: String
    /// 0 … 1, or nil where there is nothing to draw.
    let value: Double?
    let interval: ClosedRange<Double>?
    let remark: String

    init(_ name: String, value: Double?, interval: ClosedRange<Double>? = nil, remark: String) {
      (self.name, self.value, self.interval, self.remark) = (name, value, interval, remark)
    }
  }

  let rows: [Row]
  /// Units on the left for names.
  var nameWidth = 92.0
  /// Units on the right for remarks.
  var remarkWidth = 64.0
  /// What stands over the names, the bars and the remarks.
  var headings = ("", "", "")

  static let rowHeight = 25.0

  /// The picture.
  func markup(label: String) -> Markup {
    let top = 24.0
    let bottom = top + BarRows.rowHeight * Double(rows.count)
    let (left, right) = (nameWidth, Drawing.width - remarkWidth)
    var drawing = Drawing(height: bottom + 22)
    drawing.text(headings.0, left - 10, 12, "end")
    drawing.text(headings.1, left, 12)
    drawing.text(headings.2, Drawing.width, 12, "end")
    for tick in 0...4 {
      let at = left + (right - left) * Double(tick) / 4
      drawing.line(at, top, at, bottom, "grid")
      drawing.text("\(25 * tick)", at, bottom + 15, "middle")
    }
    for (number, row) in rows.enumerated() {
      let middle = top + BarRows.rowHeight * (Double(number) + 0.5)
      drawing.text(
        ReportNumbers.shortened(row.name, to: Int(nameWidth / 6.4)), left - 10, middle + 4, "end strong",
        title: row.name)
      func at(_ value: Double) -> Double { left + (right - left) * min(1, max(0, value)) }
      if let value = row.value, value.isFinite {
        drawing.rectangle(left, middle - 8, at(value) - left, 16, "bar faint")
        if let interval = row.interval {
          let (low, high) = (at(interval.lowerBound), at(interval.upperBound))
          drawing.path(
            Drawing.joined([(low, middle), (high, middle)]) + Drawing.joined([(low, middle - 4), (low, middle + 4)])
              + Drawing.joined([(high, middle - 4), (high, middle + 4)]), "mark")
        }
        drawing.path(Glyph.circle.path(at: at(value), middle, size: 3.6), "hollow s0")
      } else {
        drawing.text("no nodes", left + 5, middle + 4, "small")
      }
      drawing.text(row.remark, Drawing.width, middle + 4, "end")
    }
    drawing.line(left, top, left, bottom, "axis")
    return drawing.markup(label: label)
  }
}
