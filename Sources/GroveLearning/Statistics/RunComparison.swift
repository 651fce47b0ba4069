public import GroveGraphs

/// Several trainings on the same test nodes or links, side by side.
///
/// One run each is compared by McNemar's test over the test nodes (links have no such test: they are ranked, not right or
/// wrong); several runs each are paired by their number and compared by Student's paired t-test and Wilcoxon's signed-rank
/// test. Where there are more than two trainings every pair is tested, and probabilities are adjusted after Holm, for each
/// kind of test by itself.
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
    /// What its runs are measured on.
    public var test: Test
    /// The scores that its runs have, in the order of tables; the first is compared unless another is named.
    public var scores: [RunScore]
    /// Whether each test node has all its classes right, of open-world runs under one matching over all test nodes; only
    /// asked for where there is one run each.
    public var isRight: [Bool]?

    /// What runs are measured on, a part for each run.
    public enum Test: Sendable {
      /// Nodes, what is learned of them, and which classes are seen, of open-world runs only.
      case nodes([[Int32]], Labels, [ClassDivision])
      /// Links with what they are compared with, and what they run between.
      case links([LinkEvaluation], LinkEnds)

      /// What is counted, in words: nodes or links.
      public var noun: String { if case .nodes = self { "nodes" } else { "links" } }

      /// How many each run has.
      public var counts: [Int] {
        switch self {
        case .nodes(let nodes, _, _): nodes.map(\.count)
        case .links(let links, _): links.map(\.positives.count)
        }
      }
    }

    /// A training that classifies nodes, from its parts.
    public init(
      name: String, model: String, method: String? = nil, results: [RunResult], test: [[Int32]], labels: Labels,
      divisions: [ClassDivision] = [], isRight: [Bool]? = nil
    ) {
      (self.name, self.model, self.method, self.results) = (name, model, method, results)
      (self.test, self.isRight) = (.nodes(test, labels, divisions), isRight)
      scores = RunScore.all(isOpenWorld: method != nil)
    }

    /// A training of links.
    public init(
      name: String, configuration: TrainingConfiguration, results: [RunResult], test: [LinkEvaluation],
      between ends: LinkEnds
    ) {
      (self.name, model, self.results) = (name, configuration.model, results)
      self.test = .links(test, ends)
      scores = RunScore.all(configuration, results)
    }

    /// Whether it is of open-world training.
    public var isOpenWorld: Bool { method != nil }
    /// What `--task` calls what it does.
    var task: String {
      if case .links = test { return "links" }
      return isOpenWorld ? "open-world" : "nodes"
    }
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
  ///   classes, test nodes or their labels, seen classes, test links, or in the number of runs; or where there is nothing to
  ///   test on.
  /// - Complexity: O(entries² · runs · log runs + entries · test nodes or links).
  public init(_ entries: [Entry], metric: RunScore) throws {
    precondition(entries.count >= 2, "RunComparison: \(entries.count) trainings; two or more are compared")
    for entry in entries.dropFirst() {
      if let reason = RunComparison.difference(entries[0], entry) {
        throw TrainingFailure.data("\(entry.name) cannot be compared with \(entries[0].name): \(reason)")
      }
    }
    (self.entries, self.metric, pairs) = (entries, metric, [])
    if entries[0].test.counts.allSatisfy({ $0 == 0 }) {
      throw TrainingFailure.data(
        "\(entries[0].name) has no test \(noun) to compare on; train with a split that has some")
    }
    if entries.allSatisfy({ $0.values.allSatisfy { $0[metric.key] == nil } }) {
      throw TrainingFailure.data(
        "no run has \(metric.key) on its test \(noun); choose another --metric"
          + (entries[0].scores.first.map { ", such as \($0.key)" } ?? ""))
    }
    for first in entries.indices {
      for second in entries.indices where second > first {
        pairs.append(RunComparison.pair(first, second, entries, metric))
      }
    }
    for kind in kinds {
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
  /// Whether all that is measured on are links.
  public var isOfLinks: Bool { entries[0].task == "links" }
  /// What is measured on, in words: nodes or links.
  public var noun: String { entries[0].test.noun }
  /// The tests of each pair: over several runs, or over the test nodes of single ones; none of single runs of links.
  public var kinds: [PairedTest.Kind] { runCount > 1 ? [.student, .wilcoxon] : isOfLinks ? [] : [.mcnemar] }
  /// The scores of some trainings, each once, in the order of tables.
  public static func scores(of entries: [Entry]) -> [RunScore] {
    var known: Set<String> = []
    return entries.flatMap(\.scores).filter { known.insert($0.key).inserted }
  }
  /// The scores that any run has, in the order of tables, those of a table together.
  public var groups: [[RunScore]] {
    let shown = RunComparison.scores(of: entries).filter { score in
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
    if a.task != b.task {
      return "it is of --task \(b.task) and the other of --task \(a.task); compare runs of one task"
    }
    if a.results.count != b.results.count {
      func runs(_ entry: Entry) -> String { "\(entry.results.count) \(entry.results.count == 1 ? "run" : "runs")" }
      return "it has \(runs(b)) and the other \(runs(a)); compare trainings of equally many runs"
    }
    func others(_ what: String, in run: Int) -> String {
      "they have other \(what)\(a.results.count == 1 ? "" : " in run \(run)") (splits \(a.results[run].split) and "
        + "\(b.results[run].split)); train both with the same --split and --seed"
    }
    switch (a.test, b.test) {
    case (.links(let first, let ends), .links(let second, let otherEnds)):
      if ends != otherEnds { return "its links run between other nodes; compare trainings on one graph" }
      return zip(first, second).enumerated().first { $1.0 != $1.1 }.map { others("test links", in: $0.offset) }
    case (.nodes(let first, let labels, let divisions), .nodes(let second, let otherLabels, let otherDivisions)):
      if labels.nodeCount != otherLabels.nodeCount {
        return "it was trained on a graph of \(otherLabels.nodeCount) nodes and the other on one of "
          + "\(labels.nodeCount); compare trainings on one graph"
      }
      if labels.classNames != otherLabels.classNames { return "their classes differ; compare trainings on one graph" }
      for (run, (nodes, otherNodes)) in zip(first, second).enumerated() {
        if nodes.sorted() != otherNodes.sorted() { return others("test nodes", in: run) }
        let seen = [divisions, otherDivisions].map { $0.count > run ? Set($0[run].seen) : [] }
        if seen[0] != seen[1] { return others("seen classes", in: run) }
        for node in nodes where !isAlike(Int(node), labels, otherLabels) {
          return "node \(node) has other classes; compare trainings on one graph"
        }
      }
      return nil
    default: preconditionFailure("RunComparison: trainings of one task on nodes and on links")
    }
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
    guard let right = a.isRight, let other = b.isRight, case .nodes(let nodes, _, _) = a.test,
      case .nodes(let otherNodes, _, _) = b.test
    else {
      return Pair(first: first, second: second, difference: mean, halfWidth: nil, discordant: nil, tests: [])
    }
    // One after the other by node, whatever the order in which a split lists them.
    let places = Dictionary(uniqueKeysWithValues: otherNodes[0].enumerated().map { ($1, $0) })
    var (firstOnly, secondOnly) = (0, 0)
    for (place, node) in nodes[0].enumerated() {
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
