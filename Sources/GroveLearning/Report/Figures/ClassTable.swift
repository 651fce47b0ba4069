/// Precision, recall and F1 of every class.
struct ClassTable {
  let classes: [ClassScores]
  let names: [String]
  /// The nodes that were scored, in words.
  let nodes: String

  /// Classes that are listed; of more those with the most nodes.
  static let most = 200

  private var listed: [Int] {
    if classes.count <= ClassTable.most { return Array(classes.indices) }
    let order = classes.indices.sorted { (-classes[$0].support, $0) < (-classes[$1].support, $1) }
    return order.prefix(ClassTable.most).sorted()
  }

  var markup: Markup {
    let listed = listed
    let which =
      listed.count == classes.count
      ? "\(classes.count) classes" : "The \(listed.count) classes with the most nodes, of \(classes.count),"
    let rows = listed.map { index -> [Markup] in
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
      "\(which) over \(nodes). Precision: the share that is right of the nodes given the class; recall: the share found of the nodes that have it; F1: their harmonic mean; a dash where there are no such nodes.",
      ["class", "number", "precision, %", "recall, %", "F1, %", "have it", "given it"], rows)
  }
}
