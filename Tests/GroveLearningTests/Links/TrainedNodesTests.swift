import Foundation
import GroveGraphs
import GroveKernels
import GroveLayers
import GroveTensors
import TestSupport
import Testing

@testable import GroveLearning

@Suite struct TrainedNodesTests {
  /// The formula in Double, node after node.
  private func directions(_ x: [Float], _ width: Int, _ isTrained: [Bool]) -> [Double] {
    let rows = isTrained.indices.map { row in (0..<width).map { Double(x[row * width + $0]) } }
    let reached = isTrained.indices.filter { isTrained[$0] }
    let mean = (0..<width).map { k in reached.reduce(0) { $0 + rows[$1][k] } / Double(max(1, reached.count)) }
    return isTrained.indices.flatMap { row -> [Double] in
      let moved = zip(rows[row], mean).map { $0 - $1 }
      let length = moved.reduce(0) { $0 + $1 * $1 }.squareRoot()
      return moved.map { isTrained[row] && length > 0 ? $0 / length : 0 }
    }
  }

  @Test(arguments: [(0, 3), (1, 4), (2, 1), (7, 5), (64, 33)])
  func `directions run from the mean of the rows that were reached`(count: Int, width: Int) {
    var random = TestRandom(count)
    // What rows share is large beside that in which they differ.
    let x = random.floats(count * width).enumerated().map { 5 + Float($0.offset % width) + $0.element }
    for step in [1, 2, 3] {
      let nodes = TrainedNodes(nodeCount: count)
      let reached = stride(from: 0, to: count, by: step).map(Int32.init)
      nodes.add(reached)
      nodes.add(reached)
      let found = nodes.directions(of: Tensor(x, rows: count, columns: width)).values
      let wanted = directions(x, width, (0..<count).map { $0 % step == 0 })
      #expect(difference(found, wanted, atLeast: 1) < 1e-5, "every \(step)")
    }
  }

  @Test func `a table that no step has reached knows nothing`() {
    let start = Initializer(seed: 1)
    let graph = TestGraphs.five
    let table = TableEncoder(nodeCount: 5, width: 4, hasContexts: true, from: start)
    #expect(table.embeddings(on: graph).values.allSatisfy { $0 == 0 })
    _ = Pass.training(seed: 1, step: 1) { table.rows(on: graph) }
    #expect(table.embeddings(on: graph).values.contains { $0 != 0 }, "a step of all rows reaches all")
    let shared = TableEncoder(nodeCount: 5, width: 4, hasContexts: false, from: start)
    #expect(shared.embeddings(on: graph).values == shared.nodes.value.values && shared.trained == nil)
  }

  @Test(arguments: [false, true])
  func `nodes that no walk meets have rows of 0, also where weights were put back`(isLINE: Bool) throws {
    let graph = TestGraphs.symmetric(TestGraphs.random(nodeCount: 60, edgeCount: 150, seed: 1, isolated: 5))
    let edges = EdgeList(sources: [0], targets: [1], isDirected: false)
    let split = LinkSplit(
      name: "s", kind: "test", ends: .undirected(nodes: 60), messages: edges, training: edges,
      validation: .empty(isDirected: false), test: .empty(isDirected: false))
    let filter = NegativeFilter([], anchorCount: 60, candidateCount: 60, excludesSelf: true)
    let sampler = try NegativeCatalogue.recipe(named: "uniform").sampler(
      on: NegativeSetting(
        positives: graph.incoming, isSquare: true, filter: filter, random: RandomStream(seed: 2)))
    func model() -> LinkModel {
      let start = Initializer(seed: 1)
      return LinkModel(
        encoder: isLINE
          ? LINEEncoder(nodeCount: 60, width: 8, from: start)
          : TableEncoder(nodeCount: 60, width: 8, hasContexts: true, from: start), decoder: DotDecoder())
    }
    let trained = model()
    let training = try LinkTraining(
      trained, on: split,
      objective: LinkObjective(
        positives: WalkPositives(on: graph, steps: 5, perNode: 3, window: 2), sampler: sampler, count: 2,
        loss: NegativeLoss(.skipGram), batchSize: 64),
      optimizer: OptimizerKind.adam.make(for: trained.parameters()), seed: 1)
    _ = try training.epoch(1, learningRate: 0.01)
    let rows = trained.embeddings(on: graph)
    for node in 0..<60 {
      let isIsolated = graph.incoming[node].allSatisfy { Int($0) == node }
      let length = (0..<8).reduce(Float(0)) { $0 + rows[node, $1] * rows[node, $1] }.squareRoot()
      #expect(abs(length - (isIsolated ? 0 : isLINE ? Float(2).squareRoot() : 1)) < 1e-4, "node \(node): \(length)")
    }
    let copy = model()
    ModelWeights(of: trained).restore(to: copy)
    #expect(sameBits(copy.embeddings(on: graph).values, rows.values))
  }
}
