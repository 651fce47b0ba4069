import Foundation

/// Pearson's test that counts come from given chances.
public enum ChiSquare {
  /// How many standard deviations the statistic lies above what is expected, by Wilson and Hilferty's cube root; a number
  /// above 3.72 has a chance of less than 10⁻⁴.
  ///
  /// Cells that expect fewer than five are merged, the least expected first. A count where nothing is expected gives
  /// infinity.
  public static func deviation(observed: [Int], chances: [Double]) -> Double {
    precondition(observed.count == chances.count, "ChiSquare: \(observed.count) counts, \(chances.count) chances")
    let total = Double(observed.reduce(0, +))
    for (count, chance) in zip(observed, chances) where chance <= 0 && count > 0 { return .infinity }
    var cells: [(observed: Double, expected: Double)] = []
    var (seen, wanted) = (0.0, 0.0)
    for place in chances.indices.filter({ chances[$0] > 0 }).sorted(by: { chances[$0] < chances[$1] }) {
      seen += Double(observed[place])
      wanted += total * chances[place]
      if wanted >= 5 {
        cells.append((seen, wanted))
        (seen, wanted) = (0, 0)
      }
    }
    if wanted > 0, !cells.isEmpty {
      cells[cells.count - 1].observed += seen
      cells[cells.count - 1].expected += wanted
    }
    guard cells.count > 1 else { return 0 }
    let statistic = cells.reduce(0) { $0 + ($1.observed - $1.expected) * ($1.observed - $1.expected) / $1.expected }
    let freedom = Double(cells.count - 1)
    let spread = 2 / (9 * freedom)
    return (cbrt(statistic / freedom) - (1 - spread)) / spread.squareRoot()
  }
}
