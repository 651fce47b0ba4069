/// Shapes and colors of classes on a map: those with the most nodes have their own, the others share one.
struct MapPalette {
  /// Classes with a shape and a color of their own, the most nodes first.
  let named: [Int]
  /// The others that have nodes, in the same order.
  let others: [Int]

  /// Classes that get a shape and a color of their own; one more where the last shape is free.
  static let mostNamed = 7

  /// - Parameters:
  ///   - counts: nodes of each class.
  ///   - isLastFree: whether nothing but other classes is drawn with the last shape.
  init(counts: [Int], isLastFree: Bool) {
    let order = counts.indices.filter { counts[$0] > 0 }.sorted { (-counts[$0], $0) < (-counts[$1], $1) }
    // Eight classes are all named: the last shape is free where there is nothing else to draw with it.
    let room =
      order.count <= MapPalette.mostNamed + 1 && isLastFree ? MapPalette.mostNamed + 1 : MapPalette.mostNamed
    (named, others) = (Array(order.prefix(room)), Array(order.dropFirst(room)))
  }

  /// The shape and the color of the class at a place of `named`.
  static func style(_ place: Int) -> (glyph: Glyph, color: Int) { (Glyph(rawValue: place) ?? .dot, place) }
}
