import Foundation
import GroveGraphs
import GroveKernels
import GroveLearning
import GroveStore

/// Opens a graph and says on standard error what its reader noticed.
func openGraph(_ path: String, undirected: Bool = false) throws -> any GraphData {
  if GraphStore.isStore(path) { return try GraphStore(path) }
  let graph = try StoreOpener.open(path, options: ReadOptions(isUndirected: undirected))
  for warning in graph.warnings { Notice.say("\(path): \(warning)") }
  return graph
}

/// The splits that a configuration names, in order, read or made.
struct SplitChoice {
  /// As `config.json` keeps them.
  let names: [String]

  /// Finds names for `--split` words: stored names, files, folders of files, or kinds such as `fraction:.6,.2`.
  ///
  /// - Throws: `TrainingFailure.configuration` where several splits exist and none is the default.
  init(words: [String], graph: any GraphData, isOpenWorld: Bool = false) throws {
    if words.isEmpty && isOpenWorld {
      names = graph.splitNames.filter { $0.hasPrefix("openworld_") }
      guard !names.isEmpty else {
        throw TrainingFailure.configuration(
          "\(graph.name) has no open-world split; make one with grove split STORE --kind open-world:50, or let each run draw its own with --split open-world:50"
        )
      }
      return
    }
    if !isOpenWorld, let word = words.first(where: { $0.hasPrefix("open-world") }), !graph.splitNames.contains(word) {
      throw TrainingFailure.configuration(
        "--split \(word): such splits are not available for this task; add --task open-world")
    }
    if words.isEmpty {
      let defaults = SplitSelection.defaults(among: graph.splitNames)
      if !defaults.isEmpty {
        names = defaults
      } else if graph.splitNames.allSatisfy({ $0.hasPrefix("openworld_") }) {
        names = ["fraction:.6,.2"]
        Notice.say(
          "\(graph.name) has no split, so each run draws its own: 60 % train, 20 % validation, 20 % test (--split fraction:.6,.2)"
        )
      } else {
        throw TrainingFailure.configuration(
          "\(graph.name) has several splits and none is the default; choose with --split: \(graph.splitNames.joined(separator: ", "))"
        )
      }
      return
    }
    names = try words.flatMap { word -> [String] in
      if graph.splitNames.contains(word) { return [word] }
      if graph is GraphStore, FileManager.default.fileExists(atPath: word) {
        return try GraphStore.splitFiles(word).map { absolute($0) }
      }
      if AtomicFile.isFolder(word) {
        let files = try FileManager.default.contentsOfDirectory(atPath: word).filter { $0.hasSuffix(".json") }
        guard !files.isEmpty else {
          throw TrainingFailure.configuration("--split \(word): the folder holds no .json file")
        }
        return files.sorted { $0.compare($1, options: .numeric) == .orderedAscending }.map { absolute("\(word)/\($0)") }
      }
      if FileManager.default.fileExists(atPath: word) { return [absolute(word)] }
      if SplitChoice.isKind(word) { return [word] }
      let known = graph.splitNames.isEmpty ? "none" : graph.splitNames.joined(separator: ", ")
      throw TrainingFailure.configuration("--split \(word): \(graph.name) has no such split; it has \(known)")
    }
  }

  /// Whether a word is a kind of split to draw, such as `planetoid` or `fraction:.6,.2`, rightly written or not.
  private static func isKind(_ word: String) -> Bool {
    word.contains(":") && !word.contains("/") || (try? SplitKind(parsing: word)) != nil
  }

  /// The split of one run: number `run` modulo their count.
  static func split(_ names: [String], run: Int, seed: Int, graph: any GraphData, labels: Labels) throws -> Split {
    let name = names[run % names.count]
    if graph.splitNames.contains(name) { return try graph.split(named: name) }
    if isKind(name) {
      let random = RandomStream(seed: UInt64(seed + run), run: run, operation: 1)
      let kind = try SplitKind(parsing: name)
      return try kind.make(labels: labels, name: name, random: random, years: years(for: kind, of: graph))
    }
    if let store = graph as? GraphStore { return try store.readSplit(path: name) }
    return try GraphDataset.readSplit(path: name)
  }

  /// The years of the labeled nodes where a kind of split needs them.
  static func years(for kind: SplitKind, of graph: any GraphData) throws -> [Int32]? {
    kind.needsYears ? try graph.nodeYears(of: graph.labeledType ?? .node) : nil
  }
}

/// A model of a saved run, of whatever task.
protocol SavedModel {
  var data: NodeData { get }
  /// Names of the classes it gives, in the order of its probabilities.
  var classNames: [String] { get }
  func predictions() -> (probabilities: [Float], classes: [[Int]])
  func embeddings(of type: NodeType) throws -> (values: [Float], width: Int)
}

extension TrainedModel: SavedModel { var classNames: [String] { data.labels.classNames } }
extension OpenWorldModel: SavedModel {}

/// Where a saved run lies: its folder, and its number among the runs of its command.
struct RunPlace {
  let folder: RunFolder
  let configuration: TrainingConfiguration
  let number: Int

  /// - Parameter number: which of several runs; nil takes the only one or run 0.
  /// - Throws: `TrainingFailure.folder` where no run lies there; `.configuration` for a number that there is not.
  init(_ path: String, number: Int?) throws {
    let given = RunFolder(absolute(path))
    let place = try given.enclosing()
    let whole = place?.whole ?? given
    configuration = try whole.configuration()
    let run = number ?? place?.number ?? 0
    guard run >= 0, run < configuration.runs else {
      throw TrainingFailure.configuration(
        "\(path) has \(configuration.runs) runs, numbered from 0; there is no run \(run)")
    }
    self.number = run
    folder = whole.parts(count: configuration.runs)[run]
  }
}

/// A saved run with its data and trained model.
struct LoadedRun {
  let folder: RunFolder
  let configuration: TrainingConfiguration
  let graph: any GraphData
  let split: Split
  /// The model of whatever task the run was of.
  let model: any SavedModel

  /// The model of a run that classifies nodes.
  ///
  /// - Throws: `TrainingFailure.configuration` for a run of another task.
  func nodeModel(for verb: String) throws -> TrainedModel {
    guard let model = model as? TrainedModel else {
      throw TrainingFailure.configuration(
        "grove \(verb) takes runs of --task nodes; this one is of --task \(configuration.task)")
    }
    return model
  }

  /// - Parameters:
  ///   - number: which of several runs; nil takes the only one or run 0.
  ///   - store: another graph than the run's own.
  ///
  /// - Throws: `TrainingFailure.folder` where no run lies there or training has not finished.
  init(_ path: String, number: Int?, store: String? = nil) throws {
    try self.init(RunPlace(path, number: number), store: store)
  }

  /// The same of a run whose place is known.
  init(_ place: RunPlace, store: String? = nil) throws {
    var configuration = place.configuration
    let (folder, run) = (place.folder, place.number)
    self.folder = folder
    let signature = try folder.signature()
    graph = try openGraph(store ?? configuration.store)
    let data: NodeData
    if store == nil {
      data = try nodeData(of: graph, &configuration)
      split = try SplitChoice.split(
        configuration.splits, run: run, seed: configuration.seed, graph: graph, labels: data.labels)
    } else {
      data = try nodeData(of: graph, &configuration, for: signature)
      split = Split(name: "none", kind: "not a graph that was trained on", train: [], validation: [], test: [])
    }
    if configuration.isOpenWorld {
      model = try OpenWorldModel(
        folder, data: data, configuration: folder.configuration(), split: store == nil ? split : nil, run: run)
    } else {
      model = try TrainedModel(folder, data: data, configuration: configuration, split: split, run: run)
    }
    self.configuration = configuration
  }
}

/// A saved run of link training with its trained model.
struct LoadedLinkRun {
  let links: TrainingLinks
  let model: TrainedLinkModel

  /// - Throws: `TrainingFailure.folder` where training has not finished; what reading throws.
  init(_ place: RunPlace) throws {
    var configuration = place.configuration
    _ = try place.folder.signature()
    links = try TrainingLinks(&configuration)
    model = try TrainedLinkModel(
      place.folder, data: links.data, configuration: configuration,
      split: links.source.split(configuration, run: place.number), run: place.number)
  }
}

/// A path from the root, so that a run finds its files from anywhere.
func absolute(_ path: String) -> String { URL(fileURLWithPath: path).standardizedFileURL.path }
