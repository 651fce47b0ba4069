import Foundation

/// Numbers as reports write them.
enum ReportNumbers {
  /// A share as percent with two digits, without the sign; a dash for none.
  static func percent(_ value: Double?, digits: Int = 2) -> String {
    guard let value, value.isFinite else { return "–" }
    return fixed(100 * value, digits)
  }

  /// A number with so many digits after the point.
  static func fixed(_ value: Double, _ digits: Int) -> String { String(format: "%.\(digits)f", value) }

  /// A probability: small ones by their size.
  static func probability(_ value: Double?) -> String {
    guard let value, value.isFinite else { return "–" }
    return value >= 0.001 ? fixed(value, 3) : value < 1e-99 ? "0" : String(format: "%.1e", value)
  }

  /// A count with thousands set apart.
  static func count(_ count: Int) -> String {
    var digits = Substring(String(abs(count)))
    var parts: [Substring] = []
    while digits.count > 3 {
      parts.insert(digits.suffix(3), at: 0)
      digits = digits.dropLast(3)
    }
    return (count < 0 ? "−" : "") + ([digits] + parts).joined(separator: ",")
  }

  /// A whole number with its sign.
  static func signed(_ number: Int) -> String { (number > 0 ? "+" : "") + count(number) }

  /// A count in at most four characters: `950`, `1234`, `12k`, `3M`.
  static func short(_ count: Int) -> String {
    if count < 10_000 { return "\(count)" }
    return count < 1_000_000 ? "\((count + 500) / 1000)k" : "\((count + 500_000) / 1_000_000)M"
  }

  /// A place in a drawing, to a tenth and without needless zeros.
  static func place(_ value: Double) -> String {
    guard value.isFinite else { return "0" }
    let tenths = Int((min(1e6, max(-1e6, value)) * 10).rounded())
    if tenths % 10 == 0 { return "\(tenths / 10)" }
    return (tenths < 0 ? "-" : "") + (abs(tenths) < 10 ? "" : "\(abs(tenths) / 10)") + ".\(abs(tenths) % 10)"
  }

  /// A text of at most so many characters, its end left out where it is longer.
  static func shortened(_ text: String, to count: Int) -> String {
    text.count <= count ? text : text.prefix(count - 1) + "…"
  }

  /// About so many round numbers that a range covers, and how many digits they need.
  static func ticks(in range: ClosedRange<Double>, about count: Int) -> (values: [Double], digits: Int) {
    let width = range.upperBound - range.lowerBound
    guard width > 0, width.isFinite else { return ([range.lowerBound], 2) }
    let raw = width / Double(max(1, count))
    let power = pow(10, floor(log10(raw)))
    let step = power * ([1, 2, 5, 10].first { $0 * power >= raw * 0.999 } ?? 10)
    let first = Int((range.lowerBound / step - 1e-9).rounded(.up))
    let last = Int((range.upperBound / step + 1e-9).rounded(.down))
    let digits = max(0, -Int(floor(log10(step) + 1e-9)))
    return (first > last ? [] : (first...last).map { Double($0) * step }, digits)
  }
}
