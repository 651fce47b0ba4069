import Foundation
import GroveGraphs
import GroveKernels
@testable import GroveLearning
import TestSupport

/// A graph in memory, as training sees a store.
struct SmallGraph: GraphSource, FeatureSource {
  var name = "small"
  var nodeTypes: [NodeType] = [.node]
  var relations: [EdgeType] = [EdgeType(.node, "edges", .node)]
  var labeledType: NodeType? = .node
  var count = 0
  var edgeList = EdgeList(sources: [], targets: [], isDirected: false)
  var classes: Labels?
  var splits: [Split] = []
  var ids: [String]?
  var columns: [(name: String, matrix: FeatureMatrix)] = []

  var splitNames: [String] { splits.map(\.name) }
  func nodeCount(of type: NodeType) -> Int { count }
  func edges(of relation: EdgeType) throws -> EdgeList { edgeList }
  func labels() throws -> Labels? { classes }
  func split(named name: String) throws -> Split { splits.first { $0.name == name } ?? splits[0] }
  func nodeIDs(of type: NodeType) throws -> [String]? { ids }
  func featureNames(of type: NodeType) -> [String] { columns.map(\.name) }
  func features(named name: String, of type: NodeType) throws -> FeatureMatrix {
    (columns.first { $0.name == name } ?? columns[0]).matrix
  }

  /// `count` nodes of three classes; edges and features follow the class with some noise.
  ///
  /// Node i has class i % 3. A third of the nodes of each class are for training, a third for validation, the others
  /// for testing; the last node has no label.
  static func communities(_ count: Int = 48, seed: Int = 1, several: Bool = false, width: Int = 10) -> SmallGraph {
    var random = TestRandom(seed)
    var sources: [Int32] = []
    var targets: [Int32] = []
    for _ in 0..<3 * count {
      let source = Int.random(in: 0..<count, using: &random)
      let jump =
        3 * Int.random(in: 0..<count / 3, using: &random) + (Int.random(in: 0..<5, using: &random) == 0 ? 1 : 0)
      sources.append(Int32(source))
      targets.append(Int32((source + jump) % count))
    }
    var values = random.floats(count * width)
    for node in 0..<count { values[node * width + node % 3] += 1.5 }
    let classes: Labels
    if several {
      let rows = SparseRows.grouping(
        rows: (0..<count - 1).flatMap { [Int32($0), Int32($0)] },
        columns: (0..<count - 1).flatMap { [Int32($0 % 3), Int32(3 + $0 % 2)] }, rowCount: count, columnCount: 5)
      classes = .multiple(rows: rows.rows, names: ["a", "b", "c", "even", "odd"])
    } else {
      classes = .single(
        classes: (0..<count).map { $0 == count - 1 ? -1 : Int32($0 % 3) }, names: ["a", "b", "c"])
    }
    var graph = SmallGraph()
    graph.count = count
    graph.edgeList = EdgeList(sources: sources, targets: targets, isDirected: false)
    graph.classes = classes
    graph.columns = [("features", .dense(values: .array(values), width: width))]
    graph.splits = [thirds(of: count - 1)]
    return graph
  }

  /// Nodes by (number / 3) modulo 3 into training, validation and test.
  static func thirds(of count: Int) -> Split {
    func part(_ number: Int) -> [Int32] { (0..<count).filter { $0 / 3 % 3 == number }.map { Int32($0) } }
    return Split(name: "thirds", kind: "by number", train: part(0), validation: part(1), test: part(2))
  }

  /// A trainer of a model on this graph, its configuration changed by `change`.
  func trainer(
    _ model: String, split: Split? = nil, run: Int = 0, _ change: (inout TrainingConfiguration) -> Void = { _ in }
  ) throws -> NodeTrainer {
    var layer = ConfigurationLayer(origin: "test")
    layer.set("model", model)
    var configuration = try TrainingConfiguration(layers: [layer])
    configuration.layers = min(configuration.layers, 4)
    change(&configuration)
    let data = try NodeData(self, &configuration)
    return try NodeTrainer(data: data, configuration: configuration, split: split ?? splits[0], run: run)
  }

  /// What a trained run's folder holds, read again.
  func trained(_ model: String, in folder: RunFolder, _ change: (inout TrainingConfiguration) -> Void = { _ in }) throws
    -> TrainedModel
  {
    let made = try trainer(model, change)
    return try TrainedModel(folder, data: made.data, configuration: made.configuration, split: made.split, run: 0)
  }
}

/// A failure's kind and text, or nil where nothing or something else is thrown.
func failure(of body: () throws -> Void) -> (kind: FailureKind, text: String)? {
  do {
    try body()
    return nil
  } catch let failure as any Failure {
    return (failure.kind, failure.description)
  } catch {
    return nil
  }
}

/// Bytes of a file, empty where there is none.
func bytes(_ path: String) -> Data { FileManager.default.contents(atPath: path) ?? Data() }

/// The lines of a run's log.
func log(_ folder: RunFolder) throws -> [MetricsLog.Line] {
  try bytes(folder.metricsPath).split(separator: UInt8(ascii: "\n")).map {
    try JSONDecoder().decode(MetricsLog.Line.self, from: $0)
  }
}
