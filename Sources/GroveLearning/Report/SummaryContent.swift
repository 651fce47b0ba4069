/// What the page about several runs shows of the runs of one task.
struct SummaryContent {
  /// A column of the table of runs.
  struct Column {
    let heading: String
    let text: (RunResult) -> String
  }

  /// A value that is drawn by epoch.
  struct Curve {
    let title: String
    /// Where percent is shown rather than the number itself.
    let isShare: Bool
    let value: (MetricsLog.Line) -> Double?
  }

  /// The most important numbers.
  let cards: [(name: String, value: String, remark: String)]
  /// Means and deviations.
  let result: [Markup]
  /// The part whose nodes `columns` are about, in words.
  let part: String
  /// What the table of runs shows of each beside its split, seed and epoch.
  let columns: [Column]
  /// The learning curves.
  let curves: [Curve]

  /// A column of scores of a part.
  static func column(
    _ score: RunScore, heading: String, of part: @escaping (RunResult) -> [String: Double]
  ) -> Column {
    Column(heading: heading) { score.text(part($0)[score.key]) }
  }
}
