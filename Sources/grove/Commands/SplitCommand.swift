import ArgumentParser
import GroveGraphs
import GroveKernels
import GroveLearning
import GroveStore

struct SplitCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "split", abstract: "Makes a split of the labeled nodes, or of links, and stores it with the graph.",
    discussion: """
      Example: grove split data/cora --kind per-class:20,30 --as small

      links:VALIDATION,TEST holds out shares of the links, each with a hundred drawn nodes to compare it with; with ,hard \
      after it near ones, with ,all every node.
      """)

  @Argument(help: "A folder that holds a graph.") var store: String
  @Option(
    help:
      "per-class:TRAIN,VALIDATION, planetoid, fraction:TRAIN,VALIDATION, time:LASTYEAR,LASTYEAR, open-world:N or links:VALIDATION,TEST."
  )
  var kind: String
  @Option(
    name: .customLong("as"),
    help: "Name of the split (default: random_SEED; time_YEAR_YEAR; openworld_SEED; links_SEED).")
  var name: String?
  @Option(help: "Relation whose links are split (default: the only one within a type).") var relation: String?
  @Option(help: "Fixes everything random.") var seed = 0
  @Flag(help: "Replaces another split of that name.") var overwrite = false
  @OptionGroup var common: CommonOptions

  func validate() throws { if seed < 0 { throw ValidationError("--seed \(seed): give 0 or more") } }

  func run() throws {
    common.apply()
    if LinkSplitKind.isMeant(by: kind) { return try splitLinks(LinkSplitKind(parsing: kind)) }
    if let relation {
      throw TrainingFailure.configuration("--relation \(relation) is for --kind links; leave it out")
    }
    let kind = try SplitKind(parsing: kind)
    let graph = try openGraph(store)
    try checkFolder()
    guard let labels = try graph.labels() else {
      throw TrainingFailure.data("\(graph.name) has no labels, so there is nothing to split")
    }
    let name = name ?? defaultName(of: kind)
    let years = try SplitChoice.years(for: kind, of: graph)
    let split = try kind.make(labels: labels, name: name, random: RandomStream(seed: UInt64(seed)), years: years)
    if !overwrite, graph.splitNames.contains(name), try graph.split(named: name) != split {
      throw TrainingFailure.folder(
        path: store, reason: "there is another split '\(name)'; choose another --as, or add --overwrite",
        kind: .cannotCreate)
    }
    let path: String
    if graph is GraphStore {
      try StoreEditor(store).add(split)
      path = store
    } else {
      path = try GraphDataset.saveSplit(split, intoFolder: store)
    }
    var report = Report("split")
    report.set("name", name)
    report.set("train", split.train.count)
    report.set("validation", split.validation.count)
    report.set("test", split.test.count)
    report.say(
      "\(name): \(split.train.count) train, \(split.validation.count) validation, \(split.test.count) test nodes, in \(path)"
    )
    if let division = split.classes {
      let names = labels.classNames
      report.set("seen", division.seen.map { names[Int($0)] })
      report.set("novel", division.novel.map { names[Int($0)] })
      report.say("Seen classes: \(division.seen.map { names[Int($0)] }.joined(separator: ", "))")
      report.say("Novel classes: \(division.novel.map { names[Int($0)] }.joined(separator: ", "))")
    }
    if let years {
      let count = SplitKind.withoutYear(years, labels: labels)
      report.set("withoutYear", count)
      report.say("\(count) labeled nodes have no year and are in no part")
    }
    try report.finish(common)
  }

  private func checkFolder() throws {
    guard AtomicFile.isFolder(store) else {
      throw TrainingFailure.configuration(
        "\(store) is one file; splits can be stored in folders only: unpack it, or give --split \(kind) to grove train")
    }
  }

  private func splitLinks(_ kind: LinkSplitKind) throws {
    let source = try LinkSource(store, relation: relation)
    try checkFolder()
    let name = name ?? "links_\(seed)"
    let split = try source.draw(kind, name: name, seed: seed, isUndirected: false)
    if !overwrite, LinkSplitFile.names(inFolder: store).contains(name),
      try LinkSplitFile.read(named: name, inFolder: store) != split
    {
      throw TrainingFailure.folder(
        path: store, reason: "there is another split of links '\(name)'; choose another --as, or add --overwrite",
        kind: .cannotCreate)
    }
    let path = try LinkSplitFile.save(split, intoFolder: store)
    var report = Report("split")
    report.set("name", name)
    report.set("train", split.training.count)
    report.set("validation", split.validation.positives.count)
    report.set("test", split.test.positives.count)
    report.set("path", path)
    report.say(
      "\(name): \(grouped(split.training.count)) train, \(grouped(split.validation.positives.count)) validation, \(grouped(split.test.positives.count)) test links, in \(path)"
    )
    try report.finish(common)
  }

  private func defaultName(of kind: SplitKind) -> String {
    switch kind {
    case .time(let train, let validation): "time_\(train)_\(validation)"
    case .openWorld: "openworld_\(seed)"
    default: "random_\(seed)"
    }
  }
}
