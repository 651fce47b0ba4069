import GroveGraphs
import GroveKernels
import GroveLearning
import GroveStore

/// Runs read for a comparison: their results, test nodes or links and, of single runs, what each test node was given.
struct ComparedRuns {
  let entries: [RunComparison.Entry]
  /// Name of the first run's graph.
  let graphName: String

  /// - Throws: `TrainingFailure.folder` where no finished run lies; what opening the graphs throws.
  init(_ paths: [String]) throws {
    // Runs of one graph, which is the usual thing, open it once.
    var opened: [String: any GraphData] = [:]
    var links: [[String]: (name: String, ends: LinkEnds, test: [LinkEvaluation])] = [:]
    var entries: [RunComparison.Entry] = []
    var names: [String] = []
    for path in paths {
      let given = RunFolder(absolute(path))
      let place = try given.enclosing()
      let whole = place?.whole ?? given
      let configuration = try whole.configuration()
      let numbers = place.map { [$0.number] } ?? Array(0..<configuration.runs)
      let folders = whole.parts(count: configuration.runs)
      let results = try numbers.map { number -> RunResult in
        _ = try folders[number].signature()  // tells of training that has not finished
        guard let result = try folders[number].result() else {
          throw TrainingFailure.folder(path: folders[number].path, reason: "no result lies here", kind: .missingInput)
        }
        return result
      }
      if configuration.isLinks {
        // All that decides the splits, which take long to draw on large graphs.
        let key = [
          configuration.store, configuration.relations.first ?? "", configuration.undirected, "\(configuration.seed)",
          "\(configuration.splits)", "\(numbers)",
        ]
        let measured = try links[key] ?? ComparedRuns.links(configuration, numbers)
        links[key] = measured
        entries.append(
          RunComparison.Entry(
            name: path, configuration: configuration, results: results, test: measured.test, between: measured.ends))
        names.append(measured.name)
        continue
      }
      let graph = try opened[configuration.store] ?? openGraph(configuration.store)
      opened[configuration.store] = graph
      guard let labels = try graph.labels() else {
        throw TrainingFailure.data("\(graph.name): its labels are gone, so \(path) cannot be compared")
      }
      let splits = try numbers.map { number in
        try SplitChoice.split(
          configuration.splits, run: number, seed: configuration.seed, graph: graph, labels: labels)
      }
      entries.append(
        RunComparison.Entry(
          name: path, model: configuration.model, method: configuration.method, results: results,
          test: splits.map(\.test), labels: labels, divisions: splits.compactMap(\.classes)))
      names.append(graph.name)
    }
    self.entries = entries
    graphName = names.first ?? ""
  }

  /// The test links of some runs, what links run between, and the name of where they come from.
  private static func links(
    _ configuration: TrainingConfiguration, _ runs: [Int]
  ) throws -> (name: String, ends: LinkEnds, test: [LinkEvaluation]) {
    let source = try LinkSource(of: configuration)
    return (source.name, try source.ends(configuration), try runs.map { try source.split(configuration, run: $0).test })
  }

  /// What the runs can be compared by, the usual first.
  var scores: [RunScore] { RunComparison.scores(of: entries) }

  /// The runs with what each test node was given, where there is one run each.
  ///
  /// - Throws: what opening a run throws.
  func scored() throws -> [RunComparison.Entry] {
    guard entries.allSatisfy({ $0.results.count == 1 }) else { return entries }
    return try entries.map { entry in
      guard case .nodes(let nodes, _, _) = entry.test else { return entry }
      var entry = entry
      switch try LoadedRun(entry.name, number: nil).model {
      case let model as TrainedModel: entry.isRight = model.isRight(on: nodes[0])
      case let model as OpenWorldModel: entry.isRight = model.isRight(on: nodes[0])
      default: break
      }
      return entry
    }
  }
}
