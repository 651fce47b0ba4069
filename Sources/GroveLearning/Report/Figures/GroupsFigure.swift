/// The mean score of nodes, or of links at nodes, in ranges of a property.
struct GroupsFigure {
  let title: String
  let text: String
  /// Name of the property.
  let property: String
  /// What a score is, such as `right`.
  let score: String
  /// What has a score.
  var noun = "nodes"
  let groups: BinnedAccuracy

  var markup: Markup? {
    guard groups.bins.contains(where: { $0.count > 0 }) else { return nil }
    var rows = BarRows(
      rows: groups.bins.map { bin in
        BarRows.Row(bin.name, value: bin.mean, interval: bin.interval, remark: ReportNumbers.count(bin.count))
      })
    rows.headings = (property, "\(score), percent", noun)
    let words = groups.bins.filter { $0.count > 0 }.map {
      "\($0.name): \(ReportNumbers.percent($0.mean, digits: 1)) percent of \(ReportNumbers.count($0.count)) \(noun)"
    }
    return ReportPage.figure(
      title, "\(text) Lines are 95 % confidence intervals.",
      [rows.markup(label: "\(title). \(words.joined(separator: "; ")).")],
      numbers: ReportPage.table(
        title, [property, noun, "\(score), %", "95 % interval"],
        groups.bins.map { bin in
          [
            bin.name, ReportNumbers.count(bin.count), ReportNumbers.percent(bin.mean),
            bin.interval.map {
              "\(ReportNumbers.percent($0.lowerBound, digits: 1))–\(ReportNumbers.percent($0.upperBound, digits: 1))"
            } ?? "–",
          ]
        }, isCaptionShown: false))
  }
}
