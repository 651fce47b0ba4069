import GroveGraphs
@testable import GroveLearning
import TestSupport
import Testing

/// What numbers of nodes and classes may not change.
@Suite struct OpenWorldInvarianceTests {
  private let graph = SmallGraph.planted()

  /// Methods that draw nothing for nodes but dropout, which is off here.
  private static let methods = [
    "openima", "infonce", "infonce-supcon", "infonce-supcon-ce", "gcd", "simgcd", "oodgat",
  ]

  /// The graph whose node i is node `order[i]`.
  private func renumbered(_ order: [Int32]) throws -> SmallGraph {
    func moved(_ nodes: [Int32]) -> [Int32] { nodes.map { order[Int($0)] } }
    var place = [Int](repeating: 0, count: graph.count)
    for (node, new) in order.enumerated() { place[Int(new)] = node }
    var result = graph.relabeled { classes in
      let old = classes
      for node in old.indices { classes[Int(order[node])] = old[node] }
    }
    result.edgeList = EdgeList(
      sources: moved(graph.edgeList.sources), targets: moved(graph.edgeList.targets), isDirected: false)
    guard case .dense(let values, let width) = graph.columns[0].1, case .array(let numbers) = values else {
      return result
    }
    let rows = place.flatMap { numbers[$0 * width..<($0 + 1) * width] }
    result.columns = [("features", .dense(values: .array(rows), width: width))]
    let split = graph.splits[0]
    result.splits = [
      Split(
        name: split.name, kind: "", train: moved(split.train), validation: moved(split.validation),
        test: moved(split.test), classes: split.classes)
    ]
    return result
  }

  @Test(arguments: methods) func `renumbering nodes changes no loss, and renumbers predictions`(method: String) throws {
    // The first training node of each seen class stays before that of the next.
    let order = (0..<80).map { Int32(($0 * 27 + 5) % 80) }
    func train(_ graph: SmallGraph) throws -> (losses: [Double], classes: [Int32], test: [String: Double]) {
      let trainer = try graph.openWorldTrainer {
        ($0.method, $0.batch, $0.epochs, $0.lr) = (method, 80, 4, 0.002)
        ($0.dropout, $0.attentionDropout) = (0, 0)
      }
      var losses: [Double] = []
      let done = try trainer.train(in: nil, progress: { losses.append($0.loss) })
      return (losses, done.model.predictions().classes.map { Int32($0[0]) }, done.result.test)
    }
    let plain = try train(graph)
    let other = try train(renumbered(order))
    #expect(difference(other.losses.map(Float.init), plain.losses) <= 1e-3)
    let moved = order.map { other.classes[Int($0)] }
    // Novel classes have no order: they may have swapped numbers. Clusters start at drawn rows, and a node between two of
    // them may settle elsewhere; a head draws nothing.
    let alike = ClusterMatching(truth: plain.classes, predicted: moved).accuracy
    #expect(alike > 0.9)
    guard method == "simgcd" else { return }
    #expect(alike == 1)
    for (key, value) in plain.test { #expect(abs((other.test[key] ?? .infinity) - value) <= 1e-3, "\(key)") }
  }

  @Test func `C-18: seen classes have the first numbers, in the order of their first training node`() throws {
    let names: [Int32] = [2, 0, 3, 1]  // planted class c is number names[c] of the graph
    let renamed = graph.relabeled { classes in classes = classes.map { names[Int($0)] } }
    let split = graph.splits[0]
    for seen in [[0, 2], [2, 0]] as [[Int32]] {
      let trainer = try renamed.openWorldTrainer(
        Split(
          name: split.name, kind: "", train: split.train.reversed(), validation: split.validation, test: split.test,
          classes: ClassDivision(seen: seen, novel: [1, 3])))
      let problem = trainer.problem
      #expect(problem.seenCount == 2 && problem.classCount == 4)
      // Nodes 0 and 1 are the first training nodes of the two seen classes.
      for node in split.train + split.validation { #expect(problem.classes[Int(node)] == node % 4) }
      for node in split.test { #expect(problem.classes[Int(node)] == -1) }
      #expect(Set(split.test.filter { $0 % 4 > 1 }.map { trainer.truth.classes[Int($0)] }) == [2, 3])
      #expect(trainer.truth.names.prefix(2) == ["class 2", "class 0"])
    }
  }
}
