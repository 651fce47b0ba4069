public import GroveGraphs

/// Several trainings on the same test nodes, side by side.
///
/// One run each is compared by McNemar's test over the test nodes; several runs each are paired by their number and
/// compared by Student's paired t-test and Wilcoxon's signed-rank test. Where there are more than two trainings every
/// pair is tested, and probabilities are adjusted after Holm, for each kind of test by itself.
public struct RunComparison: Sendable {
  /// One training: a run, or several with one configuration.
  public struct Entry: Sendable {
    /// How it is called: its folder as given.
    public var name: String
    /// Name of its model.
    public var model: String
    /// Name of its method, of open-world runs only.
    public var method: String?
    /// Its runs.
    public var results: [RunResult]
    /// Test nodes of each run.
    public var test: [[Int32]]
    /// What is learned.
    public var labels: Labels
    /// Which classes of each run are seen, of open-world runs only.
    public var divisions: [ClassDivision]
    /// Whether each test node has all its classes right, of open-world runs under one matching over all test nodes; only
    /// asked for where there is one run each.
    public var isRight: [Bool]?

    /// A training from its parts.
    public init(
      name: String, model: String, method: String? = nil, results: [RunResult], test: [[Int32]], labels: Labels,
      divisions: [ClassDivision] = [], isRight: [Bool]? = nil
    ) {
      (self.name, self.model, self.method, self.results) = (name, model, method, results)
      (self.test, self.labels, self.divisions, self.isRight) = (test, labels, divisions, isRight)
    }

    /// Whether it is of open-world training.
    public var isOpenWorld: Bool { method != nil }
    /// Test scores of each run.
    public var values: [[String: Double]] { results.map(\.test) }
    /// Their means and deviations.
    public var summary: ScoreSummary { ScoreSummary(values) }
  }

  /// What sets two trainings apart.
  public struct Pair: Sendable {
    /// Positions of the two in `entries`, the earlier first.
    public let first: Int
    /// The later one.
    public let second: Int
    /// Mean of the second's metric less that of the first; nil where either lacks the metric.
    public let difference: Double?
    /// Half the width of the difference's 95 % confidence interval, with several runs.
    public let halfWidth: Double?
    /// Test nodes that only the first has right, and that only the second has right, with one run each.
    public let discordant: (firstOnly: Int, secondOnly: Int)?
    /// Tests that could be made, with the probability adjusted for there being several pairs.
    public internal(set) var tests: [(test: PairedTest, adjusted: Double)]
  }

  /// The trainings as given.
  public let entries: [Entry]
  /// What is compared.
  public let metric: RunScore
  /// Every pair, in the order of `entries`.
  public private(set) var pairs: [Pair]

  /// - Throws: `TrainingFailure.data` where two trainings cannot be compared: they differ in task, nodes,
  ///   classes, test nodes or their labels, seen classes, or in the number of runs; or where there are no test nodes.
  /// - Complexity: O(entries² · runs · log runs + entries · test nodes).
  public init(_ entries: [Entry], metric: RunScore) throws {
    precondition(entries.count >= 2, "RunComparison: \(entries.count) trainings; two or more are compared")
    for entry in entries.dropFirst() {
      if let reason = RunComparison.difference(entries[0], entry) {
        throw TrainingFailure.data("\(entry.name) cannot be compared with \(entries[0].name): \(reason)")
      }
    }
    if entries[0].test.allSatisfy(\.isEmpty) {
      throw TrainingFailure.data("\(entries[0].name) has no test nodes to compare on; train with a split that has some")
    }
    let scores = RunScore.all(isOpenWorld: entries[0].isOpenWorld)
    if entries.allSatisfy({ $0.values.allSatisfy { $0[metric.key] == nil } }) {
      throw TrainingFailure.data(
        "no run has \(metric.key) on its test nodes; choose another --metric, such as \(scores[0].key)")
    }
    self.entries = entries
    self.metric = metric
    pairs = []
    for first in entries.indices {
      for second in entries.indices where second > first {
        pairs.append(RunComparison.pair(first, second, entries, metric))
      }
    }
    for kind in [PairedTest.Kind.student, .wilcoxon, .mcnemar] {
      var places: [(pair: Int, test: Int)] = []
      for (pair, content) in pairs.enumerated() {
        for (test, made) in content.tests.enumerated() where made.test.kind == kind { places.append((pair, test)) }
      }
      let adjusted = PairedTest.holm(places.map { pairs[$0.pair].tests[$0.test].test.pValue })
      for (place, value) in zip(places, adjusted) { pairs[place.pair].tests[place.test].adjusted = value }
    }
  }

  /// Whether the runs are of open-world training.
  public var isOpenWorld: Bool { entries[0].isOpenWorld }
  /// The scores that any run has, in the order of tables, those of a table together.
  public var groups: [[RunScore]] {
    let shown = RunScore.all(isOpenWorld: isOpenWorld).filter { score in
      entries.contains { $0.values.contains { $0[score.key] != nil } }
    }
    var groups: [[RunScore]] = []
    for score in shown {
      if groups.last?.last?.group == score.group {
        groups[groups.count - 1].append(score)
      } else {
        groups.append([score])
      }
    }
    return groups
  }
  /// Runs of each training.
  public var runCount: Int { entries[0].results.count }

  /// Positions of the trainings, the best mean of the metric first; those without it last.
  public var ranking: [Int] {
    let means = entries.map { $0.summary.mean[metric.key] }
    return entries.indices.sorted { a, b in
      guard let first = means[a] else { return false }
      guard let second = means[b] else { return true }
      if first == second { return a < b }
      return metric.isLargerBetter ? first > second : first < second
    }
  }

  /// Why two trainings cannot be compared, or nil.
  private static func difference(_ a: Entry, _ b: Entry) -> String? {
    if a.isOpenWorld != b.isOpenWorld {
      func task(_ entry: Entry) -> String { entry.isOpenWorld ? "open-world" : "nodes" }
      return "it is of --task \(task(b)) and the other of --task \(task(a)); compare runs of one task"
    }
    if a.results.count != b.results.count {
      func runs(_ entry: Entry) -> String { "\(entry.results.count) \(entry.results.count == 1 ? "run" : "runs")" }
      return "it has \(runs(b)) and the other \(runs(a)); compare trainings of equally many runs"
    }
    if a.labels.nodeCount != b.labels.nodeCount {
      return "it was trained on a graph of \(b.labels.nodeCount) nodes and the other on one of \(a.labels.nodeCount); "
        + "compare trainings on one graph"
    }
    if a.labels.classNames != b.labels.classNames {
      return "their classes differ; compare trainings on one graph"
    }
    for (run, (first, second)) in zip(a.test, b.test).enumerated() {
      if first.sorted() != second.sorted() {
        let which = a.test.count == 1 ? "" : " in run \(run)"
        return "they have other test nodes\(which) (splits \(a.results[run].split) and \(b.results[run].split)); "
          + "train both with the same --split and --seed"
      }
      let seen = [a, b].map { $0.divisions.count > run ? Set($0.divisions[run].seen) : [] }
      if seen[0] != seen[1] {
        return "they have other seen classes (splits \(a.results[run].split) and \(b.results[run].split)); "
          + "train both with the same --split and --seed"
      }
      for node in first where !isAlike(Int(node), a.labels, b.labels) {
        return "node \(node) has other classes; compare trainings on one graph"
      }
    }
    return nil
  }

  private static func isAlike(_ node: Int, _ a: Labels, _ b: Labels) -> Bool {
    switch (a, b) {
    case (.single(let first, _), .single(let second, _)): first[node] == second[node]
    case (.multiple(let first, _), .multiple(let second, _)): first[node] == second[node]
    default: false
    }
  }

  private static func pair(_ first: Int, _ second: Int, _ entries: [Entry], _ metric: RunScore) -> Pair {
    let (a, b) = (entries[first], entries[second])
    let both = zip(a.values, b.values).compactMap { a, b in a[metric.key].flatMap { a in b[metric.key].map { (a, $0) } }
    }
    let differences = both.map { $1 - $0 }
    let mean = differences.isEmpty ? nil : differences.reduce(0, +) / Double(differences.count)
    if a.results.count > 1 {
      let tests = [PairedTest.student(differences), PairedTest.wilcoxon(differences)].compactMap(\.self)
      return Pair(
        first: first, second: second, difference: mean, halfWidth: PairedTest.interval(differences)?.halfWidth,
        discordant: nil, tests: tests.map { ($0, $0.pValue) })
    }
    guard let right = a.isRight, let other = b.isRight else {
      return Pair(first: first, second: second, difference: mean, halfWidth: nil, discordant: nil, tests: [])
    }
    // One after the other by node, whatever the order in which a split lists them.
    let places = Dictionary(uniqueKeysWithValues: b.test[0].enumerated().map { ($1, $0) })
    var (firstOnly, secondOnly) = (0, 0)
    for (place, node) in a.test[0].enumerated() {
      guard let match = places[node] else { continue }
      if right[place] && !other[match] { firstOnly += 1 }
      if !right[place] && other[match] { secondOnly += 1 }
    }
    let test = PairedTest.mcnemar(firstOnly: firstOnly, secondOnly: secondOnly)
    return Pair(
      first: first, second: second, difference: mean, halfWidth: nil, discordant: (firstOnly, secondOnly),
      tests: [(test, test.pValue)])
  }
}
