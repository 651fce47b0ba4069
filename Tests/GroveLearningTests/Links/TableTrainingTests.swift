import GroveGraphs
import GroveKernels
import GroveLayers
import GroveTensors
import TestSupport
import Testing

@testable import GroveLearning

/// Link training of tables, of which a step sees only the rows of its own nodes.
@Suite struct TableTrainingTests {
  /// Kinds of tables.
  enum Kind: String, CaseIterable { case shared, contexts, line }

  /// Hides that an encoder's rows come from tables, so that each step is one of whole tables.
  private final class Whole: LinkEncoder {
    let inner: any LinkEncoder

    init(_ inner: any LinkEncoder) { self.inner = inner }
    var width: Int { inner.width }
    var readsEdges: Bool { false }
    func rows(on graph: Graph) -> LinkRows { inner.rows(on: graph) }
    func embeddings(on graph: Graph) -> Tensor { inner.embeddings(on: graph) }
  }

  /// Links at random of `count` nodes, or from each of them to one of `targets` others.
  private func split(_ count: Int = 40, targets: Int? = nil) -> LinkSplit {
    var random = TestRandom(3)
    let ends: LinkEnds = targets.map { .bipartite(sources: count, targets: $0) } ?? .directed(nodes: count)
    let pairs = Set((0..<2 * count).map { [$0 % count, Int.random(in: 0..<ends.targetCount, using: &random)] })
      .sorted { $0.lexicographicallyPrecedes($1) }
    let edges = EdgeList(
      sources: pairs.map { Int32($0[0]) }, targets: pairs.map { Int32($0[1]) }, isDirected: true)
    return LinkSplit(
      name: "s", kind: "test", ends: ends, messages: edges, training: edges, validation: .empty(isDirected: true),
      test: .empty(isDirected: true))
  }

  private func encoder(_ kind: Kind, _ nodeCount: Int, width: Int = 16) -> any LinkEncoder {
    let start = Initializer(seed: 1)
    let encoder: any LinkEncoder =
      switch kind {
      case .line: LINEEncoder(nodeCount: nodeCount, width: width, from: start)
      case .contexts: TableEncoder(nodeCount: nodeCount, width: width, hasContexts: true, from: start)
      case .shared: TableEncoder(nodeCount: nodeCount, width: width, hasContexts: false, from: start)
      }
    // Contexts begin at 0, with which the rows of nodes have no gradient; these begin elsewhere.
    for (place, named) in encoder.parameters().enumerated() {
      let values = Initializer(seed: 9 + place).normal(
        named.value.shape.rows, named.value.shape.columns, deviation: 0.3)
      named.value.value.buffer.copy(from: values.value.buffer)
    }
    return encoder
  }

  private func training(
    _ split: LinkSplit, _ model: LinkModel, _ sampler: String = "uniform", by optimizer: OptimizerKind = .adam,
    decay: Float = 0, batchSize: Int = 16
  ) throws -> LinkTraining {
    let rows = SparseRows.grouping(
      rows: split.training.sources, columns: split.training.targets, rowCount: split.ends.sourceCount,
      columnCount: split.ends.targetCount
    ).rows
    let filter = NegativeFilter(
      [rows], anchorCount: split.ends.sourceCount, candidateCount: split.ends.targetCount,
      excludesSelf: split.ends.isSquare)
    let setting = NegativeSetting(
      positives: rows, isSquare: split.ends.isSquare, filter: filter, random: RandomStream(seed: 2))
    return try LinkTraining(
      model, on: split,
      objective: LinkObjective(
        positives: LinkPositives(of: split), sampler: NegativeCatalogue.recipe(named: sampler).sampler(on: setting),
        count: 3, loss: NegativeLoss(.skipGram), batchSize: batchSize),
      optimizer: optimizer.make(for: model.parameters(), decay: decay), seed: 3)
  }

  private func weights(_ module: any Module) -> [[Float]] { module.parameters().map { $0.value.value.values } }

  @Test(arguments: Kind.allCases, ["uniform", "bernoulli", "dns", "in-batch"])
  func `gradient descent on the rows of a step is that on whole tables`(kind: Kind, sampler: String) throws {
    for targets in [nil, 23] {
      let split = split(targets: targets)
      let tables = LinkModel(
        encoder: encoder(kind, split.ends.nodeCount),
        decoder: BilinearDecoder(width: 16, from: Initializer(seed: 2)))
      let whole = LinkModel(
        encoder: Whole(encoder(kind, split.ends.nodeCount)),
        decoder: BilinearDecoder(width: 16, from: Initializer(seed: 2)))
      let before = weights(tables)
      let (first, second) = (
        try training(split, tables, sampler, by: .sgd), try training(split, whole, sampler, by: .sgd)
      )
      for epoch in 1...3 {
        let losses = try (first.epoch(epoch, learningRate: 0.5).loss, second.epoch(epoch, learningRate: 0.5).loss)
        #expect(abs(losses.0 - losses.1) < 1e-6 * abs(losses.1))
      }
      for ((after, expected), start) in zip(zip(weights(tables), weights(whole)), before) {
        #expect(difference(after, expected) < 1e-5 && difference(after, start) > 1e-2)
      }
    }
  }

  @Test(arguments: Kind.allCases)
  func `Adam's first step is that of whole tables in the rows of its nodes and changes no others`(kind: Kind) throws {
    let split = split(400, targets: 300)
    let (tables, whole) = (encoder(kind, 700), encoder(kind, 700))
    let before = weights(tables)
    var seen: (anchors: [Int32], negatives: Negatives)?
    struct Stop: Error {}
    for encoder in [tables, Whole(whole)] {
      let training = try training(split, LinkModel(encoder: encoder, decoder: DotDecoder()))
      #expect(throws: Stop.self) {
        _ = try training.epoch(1, learningRate: 0.1, observe: { seen = ($0, $1) }, between: { throw Stop() })
      }
    }
    let step = try #require(seen)
    let negatives = Set(step.negatives.ids.map { Int($0) + 400 })
    for ((old, new), expected) in zip(zip(before, weights(tables)), weights(whole)) {
      let width = new.count / 700
      func row(_ values: [Float], _ node: Int) -> ArraySlice<Float> { values[node * width..<(node + 1) * width] }
      #expect(sameBits(new, expected), "where the gradient is 0 the first step is 0")
      let changed = Set((0..<700).filter { row(new, $0) != row(old, $0) })
      // 16 anchors, their positives, and three negatives of each.
      #expect(changed.subtracting(Set(step.anchors.map(Int.init)).union(negatives)).count <= 16)
      #expect(changed.count >= 8 && changed.count <= 80)
    }
    switch kind {
    case .shared: #expect(weights(tables).count == 1)
    case .contexts, .line:
      // The last table holds contexts, the one before it nodes that are no contexts.
      let all = weights(tables)
      for (table, isOf) in [(all.count - 2, 0..<400), (all.count - 1, 400..<700)] {
        let width = all[table].count / 700
        for node in 0..<700 where !isOf.contains(node) {
          #expect(all[table][node * width..<(node + 1) * width] == before[table][node * width..<(node + 1) * width])
        }
      }
    }
  }

  @Test func `later steps leave the rows of other nodes alone, decay and momentum included`() throws {
    let split = split(300)
    let tables = encoder(.shared, 300)
    let training = try training(split, LinkModel(encoder: tables, decoder: DotDecoder()), decay: 0.1)
    var (positives, step) = ([Int32: [Int32]](), 0)
    for (source, target) in zip(split.training.sources, split.training.targets) {
      positives[source, default: []].append(target)
    }
    var (before, nodes) = (weights(tables)[0], Set<Int>())
    _ = try training.epoch(
      1, learningRate: 0.1,
      observe: { anchors, negatives in
        nodes = Set((anchors + negatives.ids + anchors.flatMap { positives[$0] ?? [] }).map(Int.init))
      },
      between: {
        let after = weights(tables)[0]
        for node in 0..<300 where !nodes.contains(node) {
          #expect(
            after[node * 16..<(node + 1) * 16] == before[node * 16..<(node + 1) * 16], "node \(node), step \(step)")
        }
        #expect(nodes.count < 150 && after != before)
        (before, step) = (after, step + 1)
      })
    #expect(step > 20)
  }

  @Test(arguments: Kind.allCases) func `one seed gives the same bytes on any number of threads`(kind: Kind) throws {
    let split = split(500)
    var first: [[Float]]?
    try ThreadCounts.forEach([1, 2, 3]) { _ in
      let model = LinkModel(encoder: encoder(kind, 500, width: 48), decoder: DotDecoder())
      let training = try training(split, model, decay: 0.01, batchSize: 400)
      for epoch in 1...3 { _ = try training.epoch(epoch, learningRate: 0.01) }
      let found = weights(model)
      if let first { #expect(zip(found, first).allSatisfy { sameBits($0, $1) }) } else { first = found }
    }
  }
}
