import GroveGraphs
@testable import GroveLearning
import TestSupport

extension TestSource {
  /// A trainer on the papers of this graph, its configuration changed by `change`.
  func trainer(
    _ model: String, split: Split, _ change: (inout TrainingConfiguration) -> Void = { _ in }
  ) throws -> NodeTrainer {
    let (data, configuration) = try data(model, change)
    return try NodeTrainer(data: data, configuration: configuration, split: split, run: 0)
  }

  /// The papers of this graph as a model's training reads them.
  func data(
    _ model: String, _ change: (inout TrainingConfiguration) -> Void = { _ in }
  ) throws -> (NodeData, TrainingConfiguration) {
    var layer = ConfigurationLayer(origin: "test")
    layer.set("model", model)
    var configuration = try TrainingConfiguration(layers: [layer])
    configuration.layers = min(configuration.layers, 4)
    configuration.hidden = 8
    change(&configuration)
    return (try NodeData(self, &configuration), configuration)
  }

  /// The graph with its edges chosen anew by `change`, which gets the relation and the years of its edges.
  func changing(_ change: (inout Relation, [Int32]) -> Void) -> TestSource {
    var copy = self
    for index in copy.lists.indices {
      if let years = copy.lists[index].years { change(&copy.lists[index], years) }
    }
    return copy
  }

  /// The graph with other targets for the edges whose year is among `years`.
  func rewiring(_ years: ClosedRange<Int32>, seed: Int = 99) -> TestSource {
    var random = TestRandom(seed)
    return changing { relation, edgeYears in
      let count = nodeCount(of: relation.type.target)
      for edge in edgeYears.indices where years.contains(edgeYears[edge]) {
        relation.edges.targets[edge] = Int32(Int.random(in: 0..<count, using: &random))
        relation.edges.weights?[edge] = Float.random(in: 0.25...2, using: &random)
      }
    }
  }

  /// The graph that holds nothing but the timed edges of known years up to `year`, and those without time.
  func cut(after year: Int32) -> TestSource {
    changing { relation, years in
      let kept = years.indices.filter { years[$0] > 0 && years[$0] <= year }
      relation.edges = EdgeList(
        sources: kept.map { relation.edges.sources[$0] }, targets: kept.map { relation.edges.targets[$0] },
        weights: relation.edges.weights.map { weights in kept.map { weights[$0] } },
        isDirected: relation.edges.isDirected)
      relation.years = kept.map { years[$0] }
    }
  }
}
