/// Mean and (population) standard deviation over runs of each score, over the runs that have it.
public struct ScoreSummary: Sendable, Equatable {
  /// By the keys of scores; those that no run has are absent.
  public let mean: [String: Double]
  /// Of the keys of `mean`.
  public let deviation: [String: Double]

  /// - Parameter runs: scores of each run by their keys.
  public init(_ runs: [[String: Double]]) {
    var (means, deviations): ([String: Double], [String: Double]) = ([:], [:])
    for key in Set(runs.flatMap(\.keys)) {
      let values = runs.compactMap { $0[key] }
      let mean = values.reduce(0, +) / Double(values.count)
      means[key] = mean
      deviations[key] =
        (values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count)).squareRoot()
    }
    (mean, deviation) = (means, deviations)
  }
}
