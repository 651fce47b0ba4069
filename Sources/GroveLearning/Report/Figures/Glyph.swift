/// Shapes by which classes are told apart beside their colors.
enum Glyph: Int, CaseIterable {
  case circle
  case triangle
  case square
  case diamond
  case plus
  case pointedDown
  case hexagon
  case dot
  /// For nodes of no class.
  case cross

  /// The outline around a place, some three times `size` units wide at most.
  func path(at x: Double, _ y: Double, size s: Double) -> String {
    func n(_ value: Double) -> String { ReportNumbers.place(value) }
    func start(_ dx: Double, _ dy: Double) -> String { "M\(n(x + dx)) \(n(y + dy))" }
    switch self {
    case .circle: return start(-s, 0) + "a\(n(s)) \(n(s)) 0 1 0 \(n(2 * s)) 0a\(n(s)) \(n(s)) 0 1 0 \(n(-2 * s)) 0"
    case .triangle: return start(0, -1.2 * s) + "l\(n(1.1 * s)) \(n(2 * s))h\(n(-2.2 * s))z"
    case .square: return start(-0.9 * s, -0.9 * s) + "h\(n(1.8 * s))v\(n(1.8 * s))h\(n(-1.8 * s))z"
    case .diamond:
      return start(0, -1.3 * s)
        + "l\(n(1.1 * s)) \(n(1.3 * s))l\(n(-1.1 * s)) \(n(1.3 * s))l\(n(-1.1 * s)) \(n(-1.3 * s))z"
    case .plus:
      let (a, b) = (n(0.8 * s), n(0.8 * s))
      return start(-0.4 * s, -1.2 * s) + "h\(a)v\(b)h\(b)v\(a)h-\(b)v\(b)h-\(a)v-\(b)h-\(b)v-\(a)h\(b)z"
    case .pointedDown: return start(0, 1.2 * s) + "l\(n(1.1 * s)) \(n(-2 * s))h\(n(-2.2 * s))z"
    case .hexagon:
      return start(-1.1 * s, 0)
        + "l\(n(0.6 * s)) \(n(-s))h\(n(s))l\(n(0.6 * s)) \(n(s))l\(n(-0.6 * s)) \(n(s))h\(n(-s))z"
    case .dot:
      let r = 0.55 * s
      return start(-r, 0) + "a\(n(r)) \(n(r)) 0 1 0 \(n(2 * r)) 0a\(n(r)) \(n(r)) 0 1 0 \(n(-2 * r)) 0"
    case .cross:
      let (a, b) = (n(0.65 * s), n(0.4 * s))
      return start(0, -0.4 * s)
        + "l\(a)-\(a)l\(b) \(b)l-\(a) \(a)l\(a) \(a)l-\(b) \(b)l-\(a)-\(a)l-\(a) \(a)l-\(b)-\(b)l\(a)-\(a)"
        + "l-\(a)-\(a)l\(b)-\(b)z"
    }
  }
}
