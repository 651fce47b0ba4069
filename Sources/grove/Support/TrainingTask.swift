import GroveGraphs
import GroveKernels
import GroveLearning

/// What a configuration trains on: its data, read once, and the trainer of each run.
struct TrainingTask {
  /// Name of the graph or of the links.
  let name: String
  /// Choices made for the caller, in words.
  let notes: [String]
  private let makeTrainer: (Int) throws -> any RunTrainer

  /// Opens the configuration's store and writes the choices it left open back into it.
  ///
  /// - Parameter settlesSplits: whether the splits are words still, to be found by name; a run that goes on has names.
  /// - Throws: what reading throws; `TrainingFailure` where the data cannot serve the task.
  init(_ configuration: inout TrainingConfiguration, settlesSplits: Bool) throws {
    if configuration.isLinks {
      let links = try TrainingLinks(&configuration)
      if settlesSplits { configuration.splits = try links.source.splits(configuration.splits) }
      let settled = configuration
      (name, notes) = (links.source.name, links.data.notes)
      makeTrainer = { run in
        try LinkTrainer(
          data: links.data, configuration: settled, split: links.source.split(settled, run: run), run: run)
      }
      return
    }
    let graph = try openGraph(configuration.store)
    let data = try nodeData(of: graph, &configuration)
    if settlesSplits {
      configuration.splits = try SplitChoice(
        words: configuration.splits, graph: graph, isOpenWorld: configuration.isOpenWorld
      ).names
    }
    let settled = configuration
    (name, notes) = (graph.name, data.notes)
    makeTrainer = { run in
      let split = try SplitChoice.split(
        settled.splits, run: run, seed: settled.seed, graph: graph, labels: data.labels)
      if settled.isOpenWorld {
        return try OpenWorldTrainer(data: data, configuration: settled, split: split, run: run)
      }
      return try NodeTrainer(data: data, configuration: settled, split: split, run: run)
    }
  }

  /// The trainers of all runs.
  func trainers(runs: Int) throws -> [any RunTrainer] { try (0..<runs).map(makeTrainer) }
}

/// The links that a configuration names, with what they run between.
struct TrainingLinks {
  let source: LinkSource
  let data: LinkData

  /// - Throws: what reading throws; `TrainingFailure.configuration` for several relations.
  init(_ configuration: inout TrainingConfiguration) throws {
    guard configuration.relations.count <= 1 else {
      throw TrainingFailure.configuration(
        "relations holds \(configuration.relations.joined(separator: ", ")); links are those of one relation")
    }
    source = try LinkSource(of: configuration)
    let ends = try source.ends(configuration)
    if let (graph, relation) = source.relation {
      data = try LinkData(graph, relation: relation, ends: ends, &configuration)
    } else {
      data = try LinkData(links: source.name, ends: ends, types: source.types, &configuration)
    }
  }
}

/// What a configuration says of its links.
extension LinkSource {
  /// Opens what the configuration names.
  ///
  /// - Throws: what opening throws.
  init(of configuration: TrainingConfiguration) throws {
    try self.init(configuration.store, relation: configuration.relations.first, option: "--relations")
  }

  /// What its links run between.
  func ends(_ configuration: TrainingConfiguration) throws -> LinkEnds {
    try ends(isUndirected: configuration.undirected == "yes")
  }

  /// The split of one run.
  func split(_ configuration: TrainingConfiguration, run: Int) throws -> LinkSplit {
    try split(
      configuration.splits, run: run, seed: configuration.seed, isUndirected: configuration.undirected == "yes")
  }
}
