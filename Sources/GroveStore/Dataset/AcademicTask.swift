import Foundation
public import GroveGraphs
import GroveKernels

/// A task of academic graphs that a store is made ready for in one step: labels, a split by time, and what must be hidden.
public enum AcademicTask: String, CaseIterable, Sendable {
  /// Where a paper appeared.
  case venue
  /// The widest field of a paper, the heaviest one.
  case field
  /// All fields of a paper that are frequent.
  case topic
  /// Which papers a paper cites.
  case citation
  /// Which mentions of one name are one author.
  case authorDisambiguation = "author-disambiguation"

  /// How a task is to be made.
  public struct Options: Sendable {
    /// The last years of training and validation; nil to have some 70 and 85 % of the papers before them.
    public var years: TimeBounds?
    /// Papers that a class must have.
    public var minimum = 20
    /// Name of the split; nil for the task's.
    public var name: String?
    /// Whether another split of that name is replaced.
    public var overwrites = false
    /// Fixes everything random.
    public var seed = 0

    /// The options as they are unless told otherwise.
    public init() {}
  }

  /// What has been made.
  public struct Result: Sendable, Equatable {
    /// Name of the split.
    public var split: String
    /// Nodes with a label, links or pairs.
    public var labels: Int
    /// Classes; 2 for links and pairs: there or not.
    public var classes: Int
    /// Nodes, links or pairs of each part.
    public var train: Int
    /// Of validation.
    public var validation: Int
    /// Of test.
    public var test: Int
    /// Labeled nodes or links of unknown year, which are in no part.
    public var withoutYear: Int
    /// The relation that training hides where it would tell the answer.
    public var hiddenRelation: String?
    /// The last years of training and validation, where parts follow each other in time.
    public var years: TimeBounds?
  }

  /// The relation that tells the answer.
  public var relation: EdgeType {
    switch self {
    case .venue: AcademicSchema.publishedIn
    case .field, .topic: AcademicSchema.hasTopic
    case .citation: AcademicSchema.cites
    case .authorDisambiguation: AcademicSchema.writes
    }
  }

  /// Makes a store ready for the task: sets its labels and adds a split by time, or adds a split of links.
  ///
  /// Labels are made from a relation, all of whose edges at labeled papers are then hidden from training, in both
  /// directions; the split's years show each part the graph as of its last year.
  ///
  /// - Throws: `FormatFailure` where nothing is left, a split of that name is another one, or the store lacks the relation.
  /// - Precondition: not for author disambiguation, whose pairs `AuthorPairs` writes.
  public func make(in path: String, options: Options) throws -> Result {
    precondition(self != .authorDisambiguation, "make: pairs of author-disambiguation are written by AuthorPairs")
    let store = try GraphStore(path)
    guard store.relations.contains(relation) else {
      throw FormatFailure.unknownName(
        path: path, what: "relation", name: relation.description, known: store.relations.map(\.description))
    }
    return try self == .citation ? citation(store, options) : labels(store, options)
  }

  private func labels(_ store: GraphStore, _ options: Options) throws -> Result {
    let labels = try TaskLabels(store, relation, minimum: options.minimum).labels(self)
    guard let years = try store.nodeYears(of: relation.source) else {
      throw FormatFailure.bad(
        store.path, "its \(relation.source)s have no years", do: "choose a store whose papers have")
    }
    let labeled = years.indices.filter { labels.isLabeled($0) }.map { years[$0] }
    let bounds = try options.years ?? AcademicTask.bounds(of: labeled, path: store.path)
    let name = options.name ?? rawValue
    let split = try SplitKind.time(train: bounds.train, validation: bounds.validation).make(
      labels: labels, name: name, random: RandomStream(seed: UInt64(options.seed)), years: years)
    if !options.overwrites, store.splitNames.contains(name), try store.split(named: name) != split {
      throw FormatFailure.taken(
        path: store.path, reason: "there is another split \(quoted(name))",
        advice: "choose another --as, or add --overwrite")
    }
    try StoreEditor(store.path).set(labels, of: relation, with: split)
    return Result(
      split: name, labels: labeled.count, classes: labels.classCount, train: split.train.count,
      validation: split.validation.count, test: split.test.count,
      withoutYear: SplitKind.withoutYear(years, labels: labels), hiddenRelation: relation.relation, years: bounds)
  }

  private func citation(_ store: GraphStore, _ options: Options) throws -> Result {
    let edges = try store.edges(of: relation)
    guard let years = try store.edgeYears(of: relation), edges.isDirected else {
      throw FormatFailure.bad(store.path, "its citations have no years", do: "choose a store whose papers have")
    }
    let bounds = try options.years ?? AcademicTask.bounds(of: years, path: store.path)
    let count = store.nodeCount(of: relation.source)
    let name = options.name ?? rawValue
    let (split, withoutYear) = try LinkSplit.byYear(
      of: edges, years: years, nodeCount: count, bounds: bounds,
      negatives: LinkSplitKind.usual.plan(targetCount: count).negatives, name: name,
      random: RandomStream(seed: UInt64(options.seed), operation: 7))
    if !options.overwrites, LinkSplitFile.names(inFolder: store.path).contains(name),
      try LinkSplitFile.read(named: name, inFolder: store.path) != split
    {
      throw FormatFailure.taken(
        path: store.path, reason: "there is another split of links \(quoted(name))",
        advice: "choose another --as, or add --overwrite")
    }
    _ = try LinkSplitFile.save(split, intoFolder: store.path, snapshot: store.snapshot)
    return Result(
      split: name, labels: edges.count, classes: 2, train: split.training.count,
      validation: split.validation.positives.count, test: split.test.positives.count, withoutYear: withoutYear,
      hiddenRelation: nil, years: bounds)
  }

  /// Bounds that leave some 15 % after each: the first years by which 70 and 85 % are reached, with a later one behind.
  ///
  /// - Throws: `FormatFailure.malformed` where there are fewer than three years.
  static func bounds(of years: [Int32], path: String) throws -> TimeBounds {
    let sorted = years.filter { $0 > 0 }.sorted()
    var distinct: [Int32] = []
    for year in sorted where distinct.last != year { distinct.append(year) }
    guard distinct.count >= 3 else {
      throw FormatFailure.bad(
        path, "the papers of the task are of \(distinct.count) different years",
        do: "three are needed for training, validation and test")
    }
    func reached(_ share: Double) -> Int32 {
      sorted[min(max(Int((share * Double(sorted.count)).rounded(.up)), 1), sorted.count) - 1]
    }
    let train = min(reached(0.7), distinct[distinct.count - 3])
    let next = distinct.first { $0 > train } ?? train + 1
    let validation = max(min(reached(0.85), distinct[distinct.count - 2]), next)
    guard let bounds = TimeBounds(train: Int(train), validation: Int(validation)) else {
      preconditionFailure("bounds: \(train) and \(validation) do not rise")
    }
    return bounds
  }
}

/// Labels made from a relation, of classes that have enough papers.
struct TaskLabels {
  private let store: GraphStore
  private let relation: EdgeType
  private let minimum: Int
  private let edges: EdgeList

  init(_ store: GraphStore, _ relation: EdgeType, minimum: Int) throws {
    self.store = store
    self.relation = relation
    self.minimum = minimum
    edges = try store.edges(of: relation)
  }

  /// - Throws: `FormatFailure.malformed` where no class has enough papers.
  func labels(_ task: AcademicTask) throws -> Labels {
    let isMultiple = task == .topic
    var isClass = [Bool](repeating: true, count: store.nodeCount(of: relation.target))
    // Where no hierarchy is known every field is a top one.
    if task == .field, let hierarchy = store.relations.first(where: { $0 == AcademicSchema.childOf }) {
      for child in try store.edges(of: hierarchy).sources { isClass[Int(child)] = false }
    }
    // A class that loses papers to heavier ones may fall below the minimum, and gives its others free.
    while true {
      let chosen = isMultiple ? all(isClass) : heaviest(isClass)
      var counts = [Int](repeating: 0, count: isClass.count)
      for edge in chosen { counts[Int(edges.targets[edge])] += 1 }
      let small = isClass.indices.filter { isClass[$0] && counts[$0] < max(minimum, 1) }
      if small.isEmpty { return try labels(chosen, isClass, isMultiple) }
      // The smallest go first, as their papers may lift others.
      let least = small.map { counts[$0] }.min() ?? 0
      for target in small where counts[target] == least { isClass[target] = false }
    }
  }

  /// Edges to classes, each pair once.
  private func all(_ isClass: [Bool]) -> [Int] {
    var seen: Set<UInt64> = []
    return (0..<edges.count).filter { edge in
      isClass[Int(edges.targets[edge])]
        && seen.insert(UInt64(edges.sources[edge]) << 32 | UInt64(edges.targets[edge])).inserted
    }
  }

  /// The heaviest edge to a class of each paper; of equal ones that to the class with the smallest number.
  private func heaviest(_ isClass: [Bool]) -> [Int] {
    var best = [Int](repeating: -1, count: store.nodeCount(of: relation.source))
    func weight(_ edge: Int) -> Float { edges.weights?[edge] ?? 1 }
    for edge in 0..<edges.count where isClass[Int(edges.targets[edge])] {
      let node = Int(edges.sources[edge])
      let other = best[node]
      if other < 0 || (weight(edge), -edges.targets[edge]) > (weight(other), -edges.targets[other]) {
        best[node] = edge
      }
    }
    return best.filter { $0 >= 0 }
  }

  private func labels(_ chosen: [Int], _ isClass: [Bool], _ isMultiple: Bool) throws -> Labels {
    let used = isClass.indices.filter { isClass[$0] }
    guard used.count > 1 else {
      throw FormatFailure.bad(
        store.path, "\(used.count) \(relation.target)s have \(minimum) papers of their own, expected two",
        do: "give a smaller --minimum")
    }
    var number = [Int32](repeating: -1, count: isClass.count)
    for (place, target) in used.enumerated() { number[target] = Int32(place) }
    let ids = try store.nodeIDs(of: relation.target)
    let names = used.map { ids?[$0] ?? "\($0)" }
    let count = store.nodeCount(of: relation.source)
    guard isMultiple else {
      var classes = [Int32](repeating: -1, count: count)
      for edge in chosen { classes[Int(edges.sources[edge])] = number[Int(edges.targets[edge])] }
      return .single(classes: classes, names: names)
    }
    let rows = SparseRows.grouping(
      rows: chosen.map { edges.sources[$0] }, columns: chosen.map { number[Int(edges.targets[$0])] }, rowCount: count,
      columnCount: used.count
    ).rows
    return .multiple(rows: rows, names: names)
  }
}

extension StoreEditor {
  /// Sets labels that were made from a relation and adds a split, both at once.
  func set(_ labels: Labels, of relation: EdgeType, with split: Split) throws {
    try GraphDataset.checkSplitName(split.name)
    try change { store, catalogue, manifest in
      catalogue.labels = labels
      manifest.labelRelation = relation.relation
      manifest.labeledType = relation.source.name
      if case .multiple = labels { manifest.isMultiLabel = true } else { manifest.isMultiLabel = nil }
      try StoreEditor.check(split, store, catalogue, place: path)
      catalogue.set(split)
    }
  }
}
