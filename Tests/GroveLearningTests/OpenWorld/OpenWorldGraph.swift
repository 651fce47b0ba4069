import GroveGraphs
import GroveKernels
@testable import GroveLearning
import TestSupport

extension SmallGraph {
  /// `classes` classes of `size` nodes, or with `isRandom` a graph whose edges and features tell nothing of them.
  ///
  /// Node i has class i % classes. Three of four edges stay within a class, and features point to it. The first half of the classes is seen, with `labeled` nodes each for training and for validation.
  static func planted(
    classes: Int = 4, size: Int = 20, labeled: Int = 5, width: Int = 12, isRandom: Bool = false, seed: Int = 1
  ) -> SmallGraph {
    var random = TestRandom(seed)
    let count = classes * size
    var (sources, targets): ([Int32], [Int32]) = ([], [])
    for node in 0..<count {
      for _ in 0..<4 {
        let isWithin = !isRandom && Int.random(in: 0..<4, using: &random) > 0
        let label = isWithin ? node % classes : Int.random(in: 0..<classes, using: &random)
        sources.append(Int32(node))
        targets.append(Int32(label + classes * Int.random(in: 0..<size, using: &random)))
      }
    }
    var values = random.floats(count * width)
    if !isRandom { for node in 0..<count { values[node * width + node % classes] += 2 } }
    var graph = SmallGraph()
    graph.count = count
    graph.edgeList = EdgeList(sources: sources, targets: targets, isDirected: false)
    graph.classes = .single(
      classes: (0..<count).map { Int32($0 % classes) }, names: (0..<classes).map { "class \($0)" })
    graph.columns = [("features", .dense(values: .array(values), width: width))]
    let seen = Int32(classes / 2)
    func part(_ places: Range<Int>) -> [Int32] {
      (0..<Int32(count)).filter { $0 % Int32(classes) < seen && places.contains(Int($0) / classes) }
    }
    let (train, validation) = (part(0..<labeled), part(labeled..<2 * labeled))
    let known = Set(train + validation)
    graph.splits = [
      Split(
        name: "openworld_1", kind: "by number", train: train, validation: validation,
        test: (0..<Int32(count)).filter { !known.contains($0) },
        classes: ClassDivision(seen: (0..<seen).map { $0 }, novel: (seen..<Int32(classes)).map { $0 }))
    ]
    return graph
  }

  /// An open-world trainer on this graph, small enough for tests.
  func openWorldTrainer(
    _ split: Split? = nil, run: Int = 0, _ change: (inout TrainingConfiguration) -> Void = { _ in }
  ) throws -> OpenWorldTrainer {
    var layer = ConfigurationLayer(origin: "test")
    layer.set("task", "open-world")
    var configuration = try TrainingConfiguration(layers: [layer])
    (configuration.hidden, configuration.heads, configuration.outputHeads) = (8, 2, 2)
    (configuration.epochs, configuration.batch, configuration.lr) = (4, 32, 0.01)
    change(&configuration)
    if let problem = configuration.openWorldProblem { throw TrainingFailure.configuration(problem) }
    let data = try NodeData(self, &configuration)
    return try OpenWorldTrainer(data: data, configuration: configuration, split: split ?? splits[0], run: run)
  }

  /// The same graph with other classes of some nodes.
  func relabeled(_ change: (inout [Int32]) -> Void) -> SmallGraph {
    guard case .single(var classes, let names) = self.classes else { return self }
    change(&classes)
    var copy = self
    copy.classes = .single(classes: classes, names: names)
    return copy
  }
}
