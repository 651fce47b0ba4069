import GroveGraphs
import GroveKernels

/// One uniform negative for each edge, never a neighbor of its source nor the source itself; one thread.
final class UniformNegatives: Row {
  let sampler: ComposedSampler
  let (anchors, positives): ([Int32], [Int32])
  let cost: Cost
  private var step = 0
  private var negatives = Negatives(ids: [], count: 1)

  init(_ data: Arrays, _ exchange: Arrays) throws {
    Workers.setThreadCount(1)
    let graph = try data.graph()
    let rows = graph.incoming
    anchors = (0..<rows.rowCount).flatMap { [Int32](repeating: Int32($0), count: rows.range(of: $0).count) }
    positives = rows.columns
    let filter = NegativeFilter(
      [rows], anchorCount: graph.nodeCount, candidateCount: graph.nodeCount, excludesSelf: true)
    sampler = ComposedSampler("uniform", pool: EveryCandidate(), filter: filter)
    // An anchor and a negative a draw; offsets and entries are read once, since edges come by their sources.
    cost = Cost(bytes: Double(8 * anchors.count + 4 * rows.entryCount), workingSet: Double(4 * rows.entryCount))
  }

  func run() throws {
    step += 1
    negatives = try sampler.sample(
      for: NegativeRequest(anchors: anchors, positives: positives, count: 1, random: RandomStream(seed: 0, step: step)))
  }

  /// How many negatives there are, and how many of them are edges or loops: both sides draw at random.
  func result() -> [(name: String, shape: [Int], values: [Float])] {
    let wrong = zip(anchors, negatives.ids).count { sampler.filter.excludes($1, for: $0) }
    return [("counts", [2], [Float(negatives.ids.count), Float(wrong)])]
  }
}

/// As many draws by degree to the power of 3/4 as there are edges; one thread.
final class AliasDraws: Row {
  let table: AliasTable
  let count: Int
  let cost: Cost
  private var step = 0
  private var ids: [Int32] = []

  init(_ data: Arrays, _ exchange: Arrays) throws {
    Workers.setThreadCount(1)
    let graph = try data.graph()
    table = AliasTable(weights: graph.inDegrees.map { $0 > 0 ? AliasDraws.root(Double($0)) : 0 })
    count = graph.edgeCount
    cost = Cost(bytes: Double(12 * count), workingSet: Double(8 * graph.nodeCount))
  }

  private static func root(_ degree: Double) -> Double { degree.squareRoot() * degree.squareRoot().squareRoot() }

  func run() {
    step += 1
    ids = table.draw(count, using: RandomStream(seed: 0, step: step))
  }

  /// The mean chance of what was drawn: both sides draw at random.
  func result() -> [(name: String, shape: [Int], values: [Float])] {
    [("mean", [1], [Float(ids.reduce(0.0) { $0 + table.probabilities[Int($1)] } / Double(ids.count))])]
  }
}
