import GroveGraphs

/// Losses and scores of one run, or the scores of several, by epoch.
struct CurvesSection {
  let facts: RunFacts

  var markup: [Markup] {
    guard !facts.epochs.isEmpty else {
      return [
        ReportPage.paragraph("\(facts.configuration.model) has no parameters: nothing is trained, so nothing is drawn.")
      ]
    }
    let last = facts.epochs[facts.epochs.count - 1].epoch
    let best = facts.result.bestEpoch
    func curves(_ key: String) -> [CurvesFigure.Curve] {
      [
        CurvesFigure.Curve(
          name: "training", color: 0, isDashed: false,
          points: facts.epochs.compactMap { line in line.train[key].map { (line.epoch, $0) } }),
        CurvesFigure.Curve(
          name: "validation", color: 1, isDashed: true,
          points: facts.epochs.compactMap { line in line.validation[key].map { (line.epoch, $0) } }),
      ]
    }
    let name = ReportWords.name(of: facts.metric)
    let role =
      facts.split.validation.isEmpty
      ? "Without validation nodes the last epoch is kept." : "\(name) on validation nodes chose the epoch that is kept."
    var figures: [CurvesFigure] = []
    if facts.metric != .loss {
      figures.append(
        CurvesFigure(
          title: name, text: role, curves: curves(facts.metric.rawValue), isShare: true, bestEpoch: best,
          lastEpoch: last))
    }
    figures.append(
      CurvesFigure(
        title: "Loss",
        text: "The mean loss of nodes after each epoch, without dropout." + (facts.metric == .loss ? " " + role : ""),
        curves: curves("loss"), isShare: false, bestEpoch: best, lastEpoch: last))
    return [ReportPage.panels(figures.compactMap(\.markup))]
  }
}
