import ArgumentParser
import Foundation
import GroveGraphs
import GroveKernels
import GroveLearning
import GroveStore

struct TrainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "train", abstract: "Trains a model on a graph.",
    discussion: """
      Example: grove train graphs/karate --model gcn --out run

      Where some classes have no labels: grove train data/cora --task open-world --split open-world:50 --out run

      Which nodes are joined: grove train graphs/karate --task links --model deepwalk --out run

      Defaults depend on the model: grove models show NAME. Values of --config come over them, flags over both.
      """)

  @Argument(help: "A store, a folder or a file that holds a graph.") var store: String?
  @Option(help: "Folder for the run.") var out: String?
  @Option(help: "Goes on with an interrupted run.") var resume: String?
  @Flag(help: "Replaces the run that lies in --out.") var overwrite = false
  @Option(help: "JSON file of configuration keys, such as a run's config.json.") var config: String?
  @Flag(name: .customLong("no-report"), help: "Writes no report.html.") var noReport = false
  @OptionGroup var options: TrainingOptions
  @OptionGroup var common: CommonOptions

  func run() throws {
    common.apply()
    ProcessState.catchInterrupts()
    if let resume {
      guard store == nil, out == nil, config == nil, options.layer.values.isEmpty else {
        throw TrainingFailure.configuration(
          "--resume takes everything from the run's config.json; give no other option but --threads, --no-report and --json"
        )
      }
      return try resumeRun(RunFolder(resume))
    }
    guard let store else {
      throw TrainingFailure.configuration("give the graph to train on, such as: grove train graphs/karate --out run")
    }
    guard let out else { throw TrainingFailure.configuration("give a folder for the run with --out") }
    let folder = RunFolder(absolute(out))
    if folder.exists && !overwrite {
      throw TrainingFailure.folder(
        path: out, reason: "a run lies here; choose another --out, or add --overwrite or --resume", kind: .cannotCreate)
    }
    var layers: [ConfigurationLayer] = []
    if let config {
      guard let data = FileManager.default.contents(atPath: config) else { throw FileFailure.missing(path: config) }
      layers.append(try ConfigurationLayer(json: data, origin: config))
    }
    layers.append(options.layer)
    var configuration = try TrainingConfiguration(layers: layers)
    configuration.estimatedClasses = nil  // of another run, where it comes from its config.json
    let name = configuration.method ?? configuration.model
    for key in try configuration.unused(among: options.layer.values.keys) {
      Notice.say("\(name) has no use for \(key); it is left out (see: grove models show \(name))")
    }
    configuration.store = absolute(store)
    let task = try TrainingTask(&configuration, settlesSplits: true)
    let trainers = try task.trainers(runs: configuration.runs)
    var told: Set<String> = []
    for note in task.notes + trainers.flatMap(\.notes) where told.insert(note).inserted {
      Notice.say("\(task.name): \(note)")
    }
    try folder.create(overwriting: overwrite)
    try AtomicFile.write(configuration.json, to: folder.configurationPath)
    try train(trainers, configuration, in: folder)
  }

  private func resumeRun(_ folder: RunFolder) throws {
    let given = RunFolder(absolute(folder.path))
    let folder = try given.enclosing()?.whole ?? given
    var configuration = try folder.configuration()
    let task = try TrainingTask(&configuration, settlesSplits: false)
    try train(task.trainers(runs: configuration.runs), configuration, in: folder)
  }

  private func train(
    _ trainers: [any RunTrainer], _ configuration: TrainingConfiguration, in folder: RunFolder
  ) throws {
    let line = ProgressLine()
    defer { line.clear() }
    var results: [RunResult] = []
    var resumedFrom = 0
    for (trainer, part) in zip(trainers, folder.parts(count: configuration.runs)) {
      if let done = try part.result() {
        results.append(done)
        resumedFrom += done.epochs
        if !noReport { try trainer.writeMissingPage(of: done, in: part) }
        continue
      }
      if part.path != folder.path { try AtomicFile.makeFolder(part.path) }
      do {
        let (result, from) = try trainer.train(
          in: part, page: !noReport, progress: { line.show($0.share, $0.text) },
          shouldStop: { ProcessState.isInterrupted })
        results.append(result)
        resumedFrom += from
      } catch TrainingFailure.interrupted(_, let epoch) {
        throw TrainingFailure.interrupted(path: folder.path, epoch: epoch)
      }
    }
    line.clear()
    var report = Report("train")
    let times = trainers.map(\.times).reduce(StepTimes(), +)
    TrainingReport(
      configuration: configuration, results: results, resumedFrom: resumedFrom, times: times,
      limits: common.json || times.forward == 0 ? nil : .measured(), path: folder.path
    ).fill(&report)
    if configuration.runs > 1 {
      let data = try JSONSerialization.data(
        withJSONObject: report.fields, options: [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes])
      try AtomicFile.write(data + Data("\n".utf8), to: folder.path + "/manifest.json")
      if !noReport { try AtomicFile.write(trainers[0].summary(of: results, in: folder), to: folder.reportPath) }
    }
    try report.finish(common)
  }
}
