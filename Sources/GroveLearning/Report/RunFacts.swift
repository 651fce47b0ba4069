import Foundation
import GroveGraphs
import GroveKernels

/// Everything that the report of one run shows, read from the trained model once.
struct RunFacts {
  let configuration: TrainingConfiguration
  let result: RunResult
  let graphName: String
  let nodeType: String
  let nodeCount: Int
  let edgeCount: Int
  let labels: Labels
  let split: Split
  /// The part whose nodes are scored: the first of test, validation and training that has any.
  let part: SplitPart
  /// Metrics over the scored nodes.
  let evaluation: NodeEvaluation
  /// Each of the scored nodes.
  let scores: NodeScores
  /// Edges of all relations into each of the scored nodes, loops left out.
  let degrees: [Int]
  /// Local homophily of each of the scored nodes, over edges among nodes of their type.
  let homophily: [Double?]
  /// Lines of the log, epochs rising; none for models without parameters.
  let epochs: [MetricsLog.Line]
  /// The metric that chose the best epoch.
  let metric: Metric
  /// Nil where embeddings cannot be laid out.
  let map: NodeMap?
  /// For each node of the map whether it was classified rightly; nil without a label.
  let isRightOnMap: [Bool?]

  /// - Throws: `TrainingFailure.checkpoint` where the log cannot be read.
  init(_ model: TrainedModel, _ result: RunResult, in folder: RunFolder) throws {
    let data = model.data
    let split = model.split
    configuration = model.configuration
    self.result = result
    graphName = data.name
    nodeType = data.nodeType.name
    nodeCount = data.nodeCount
    edgeCount = data.edgeCount
    labels = data.labels
    self.split = split
    let part = [SplitPart.test, .validation].first { !split.nodes(of: $0).isEmpty } ?? .train
    self.part = part
    let nodes = split.nodes(of: part)
    let outputs = model.outputs()
    let logits = part == .test ? outputs.logits : model.outputs(for: part).logits
    let width = data.classCount
    let rows = nodes.flatMap { logits[Int($0) * width..<(Int($0) + 1) * width] }
    evaluation = NodeEvaluation(logits: rows, of: nodes, labels: data.labels)
    scores = NodeScores(logits: rows, of: nodes, labels: data.labels)
    degrees = nodes.map { data.degree(of: $0) }
    homophily = LocalHomophily.values(of: nodes, in: data.graph, labels: data.labels)
    epochs = try MetricsLog.lines(of: folder.metricsPath)
    metric = model.configuration.metric ?? data.defaultMetric
    map = NodeMap(
      embeddings: outputs.embeddings, width: outputs.width,
      random: NodeMap.random(seed: model.configuration.seed, run: model.run))
    let placed = (map?.nodes ?? []).filter { data.labels.isLabeled(Int($0)) }
    let placedRows = placed.flatMap { outputs.logits[Int($0) * width..<(Int($0) + 1) * width] }
    let right = NodeScores(logits: placedRows, of: placed, labels: data.labels).isRight
    var next = 0
    isRightOnMap = (map?.nodes ?? []).map { node in
      guard data.labels.isLabeled(Int(node)) else { return nil }
      defer { next += 1 }
      return right[next]
    }
  }

  /// Whether nodes may have several classes.
  var isMultiLabel: Bool {
    if case .multiple = labels { true } else { false }
  }

  /// The scored nodes in words: `1,000 test nodes`.
  var scoredNodes: String { "\(ReportNumbers.count(scores.scores.count)) \(part.rawValue) nodes" }

  /// The metrics of the scored part.
  var scoredMetrics: MetricValues {
    switch part {
    case .train: MetricValues(result.train)
    case .validation: MetricValues(result.validation)
    case .test: MetricValues(result.test)
    }
  }
}

extension NodeData {
  /// Number of edges that the model sees into a classified node, loops left out.
  fileprivate func degree(of node: Int32) -> Int {
    guard let heterogeneous else { return graph.incoming[Int(node)].count { $0 != node } }
    let seen = heterogeneous.graph
    return zip(seen.relations, seen.adjacencies).filter { $0.0.target == nodeType }.reduce(0) { sum, part in
      let sources = part.1.incoming[Int(node)]
      return sum + (part.0.source == nodeType ? sources.count { $0 != node } : sources.count)
    }
  }
}

extension MetricsLog {
  /// The lines of a log, epochs rising; none where there is no file.
  ///
  /// - Throws: `TrainingFailure.checkpoint` for a line that is not one of a log.
  static func lines(of path: String) throws -> [Line] {
    guard let data = FileManager.default.contents(atPath: path) else { return [] }
    return try data.split(separator: UInt8(ascii: "\n")).map { line in
      guard let parsed = try? JSONDecoder().decode(Line.self, from: line) else {
        throw TrainingFailure.checkpoint(path: path, reason: "a line of it cannot be read as an epoch")
      }
      return parsed
    }
  }
}
