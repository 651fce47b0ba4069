/// A number below which a share of others lies.
public enum Percentile {
  /// The number at a place among the sorted ones, between two of them by linear interpolation.
  ///
  ///     at = percent / 100 · (n − 1), value = x[⌊at⌋] + (at − ⌊at⌋) · (x[⌊at⌋ + 1] − x[⌊at⌋])
  ///
  /// - Precondition: at least one number, all finite; a percentage in 0...100.
  /// - Complexity: O(n log n).
  /// - Source: Hyndman, Fan 1996, definition 7; as NumPy's default.
  public static func linear(_ values: [Float], percent: Double) -> Double {
    precondition(!values.isEmpty, "Percentile: of no numbers")
    precondition((0...100).contains(percent), "Percentile: \(percent) percent; it must be in 0...100")
    if let place = values.firstIndex(where: { !$0.isFinite }) {
      preconditionFailure("Percentile: number \(place) is \(values[place])")
    }
    let sorted = values.sorted()
    let at = percent / 100 * Double(sorted.count - 1)
    let low = min(sorted.count - 1, Int(at))
    let high = min(sorted.count - 1, low + 1)
    return Double(sorted[low]) + (at - Double(low)) * (Double(sorted[high]) - Double(sorted[low]))
  }
}
