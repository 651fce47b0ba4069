import ArgumentParser
import Foundation
import GroveGraphs
import GroveKernels
import GroveStore

struct TaskCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "task", abstract: "Makes a store of papers ready for a task: labels, a split by time, what is hidden.",
    discussion: """
      Example: grove task papers.store --kind venue --years 2014,2016 --minimum 50

      venue, field and topic label papers and split them by year; training then hides the relation that tells the label. \
      citation splits the citations by the year of the citing paper. author-disambiguation writes pairs of mentions of one \
      name to --out, split by name. Papers without a year are in no part. A store holds one set of labels: those of a later \
      task take their place.
      """)

  @Argument(help: "A store of papers.") var store: String
  @Option(help: "venue, field, topic, citation or author-disambiguation.") var kind: String
  @Option(
    help: "Last years of training and validation: 2014,2016 (default: some 70 and 85 % of the papers before them).")
  var years: String?
  @Option(help: "Papers that a class must have.") var minimum = 20
  @Option(name: .customLong("as"), help: "Name of the split (default: the kind).") var name: String?
  @Option(help: "Of author-disambiguation: the table to write.") var out: String?
  @Option(help: "Fixes everything random.") var seed = 0
  @Flag(help: "Replaces another split of that name.") var overwrite = false
  @OptionGroup var common: CommonOptions

  private var task: AcademicTask? { AcademicTask(rawValue: kind) }

  private var bounds: TimeBounds? {
    let words = (years ?? "").split(separator: ",", omittingEmptySubsequences: false).map { Int($0) }
    guard words.count == 2, let train = words[0], let validation = words[1] else { return nil }
    return TimeBounds(train: train, validation: validation)
  }

  func validate() throws {
    guard let task else {
      let known = AcademicTask.allCases.map(\.rawValue).joined(separator: ", ")
      throw ValidationError("--kind \(kind): give one of \(known)")
    }
    if let years, bounds == nil { throw ValidationError("--years \(years): give two rising years, such as 2014,2016") }
    if minimum < 1 { throw ValidationError("--minimum \(minimum): give 1 or more") }
    if seed < 0 { throw ValidationError("--seed \(seed): give 0 or more") }
    let writesPairs = task == .authorDisambiguation
    if writesPairs && out == nil { throw ValidationError("--kind \(kind) writes a table: give --out") }
    if writesPairs && (years != nil || name != nil) {
      throw ValidationError("--years and --as do not go with --kind \(kind), which is split by name")
    }
    if !writesPairs && out != nil { throw ValidationError("--out is for --kind author-disambiguation") }
  }

  func run() throws {
    common.apply()
    guard let task else { return }
    if task == .authorDisambiguation { return try writePairs() }
    var options = AcademicTask.Options()
    options.years = bounds
    options.minimum = minimum
    options.name = name
    options.overwrites = overwrite
    options.seed = seed
    let result = try task.make(in: store, options: options)
    var report = Report("task")
    report.set("task", kind)
    report.set("split", result.split)
    report.set("labels", result.labels)
    report.set("classes", result.classes)
    report.set("train", result.train)
    report.set("validation", result.validation)
    report.set("test", result.test)
    report.set("withoutYear", result.withoutYear)
    report.set("hiddenRelation", result.hiddenRelation)
    report.set("years", result.years.map { [$0.train, $0.validation] })
    let what = task == .citation ? "citations" : "labeled papers of \(grouped(result.classes)) classes"
    report.say("\(result.split): \(grouped(result.labels)) \(what)")
    report.say(
      "\(grouped(result.train)) train, \(grouped(result.validation)) validation, \(grouped(result.test)) test; \(grouped(result.withoutYear)) without a year are in no part"
    )
    if let relation = result.hiddenRelation { report.say("Training hides \(relation) of labeled papers") }
    try report.finish(common)
  }

  private func writePairs() throws {
    guard let out else { return }
    let pairs = try AuthorPairs(try GraphStore(store), seed: seed)
    try pairs.write(to: out)
    var report = Report("task")
    report.set("task", kind)
    report.set("labels", pairs.pairs.count)
    report.set("classes", 2)
    report.set("names", pairs.nameCount)
    for part in SplitPart.allCases { report.set(part.rawValue, pairs.count(of: part)) }
    report.set("withoutYear", 0)
    report.set("hiddenRelation", AcademicTask.authorDisambiguation.relation.relation)
    report.set("path", out)
    report.say("\(grouped(pairs.pairs.count)) pairs of \(grouped(pairs.nameCount)) names in \(out)")
    try report.finish(common)
  }
}
