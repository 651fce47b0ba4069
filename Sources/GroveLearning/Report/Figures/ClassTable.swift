/// Precision, recall and F1 of every class.
struct ClassTable {
  let classes: [ClassScores]
  let names: [String]
  /// The nodes that were scored, in words.
  let nodes: String

  var markup: Markup {
    let rows = classes.indices.map { index -> [Markup] in
      let scores = classes[index]
      let isThere = scores.support + scores.predicted > 0
      func cell(_ value: Double, _ isDefined: Bool) -> Markup { Markup(ReportNumbers.percent(isDefined ? value : nil)) }
      let meter = Markup.element(
        "span", ["class": "meter", "aria-hidden": "true"],
        [.element("span", ["style": "width:\(ReportNumbers.fixed(isThere ? 100 * scores.f1 : 0, 0))%"])])
      return [
        Markup(names[index]), Markup("\(index)"), cell(scores.precision, scores.predicted > 0),
        cell(scores.recall, scores.support > 0), Markup([cell(scores.f1, isThere), meter]),
        Markup(ReportNumbers.count(scores.support)), Markup(ReportNumbers.count(scores.predicted)),
      ]
    }
    return ReportPage.table(
      "\(classes.count) classes over \(nodes). Precision: the share that is right of the nodes given the class; recall: the share found of the nodes that have it; F1: their harmonic mean; a dash where there are no such nodes.",
      ["class", "number", "precision, %", "recall, %", "F1, %", "have it", "given it"], rows)
  }
}
