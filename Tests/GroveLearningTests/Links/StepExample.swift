import GroveGraphs
import GroveKernels
import GroveLayers
import GroveTensors
import TestSupport

@testable import GroveLearning

/// Small graphs with a step of training on them, whose rows are given.
struct StepExample {
  /// Twelve nodes in a ring with chords: each has 4 neighbors.
  static func split(_ count: Int = 12) throws -> LinkSplit {
    var (sources, targets): ([Int32], [Int32]) = ([], [])
    for node in 0..<Int32(count) {
      for step in [1, 3] {
        sources.append(node)
        targets.append((node + Int32(step)) % Int32(count))
      }
    }
    let graph = try Graph(
      EdgeList(sources: sources, targets: targets, isDirected: false), nodeCount: count, undirected: true)
    return try LinkSplit.drawn(
      from: graph, undirected: true,
      plan: LinkSplitPlan(validation: 0.1, test: 0.1, negatives: .uniform(perPositive: 5)), name: "ring",
      random: RandomStream(seed: 5))
  }

  /// Nodes linked with three or four of fewer others.
  static func bipartiteSplit(_ count: Int = 30, _ others: Int = 24) throws -> LinkSplit {
    let sources = (0..<Int32(others)).map { target in
      (0..<Int32(count)).filter { source in
        let place = (target + Int32(others) - source % Int32(others)) % Int32(others)
        return place == 0 || place == 1 || place == 5 || (place == 11 && source % 2 == 0)
      }
    }
    var offsets: [Int64] = [0]
    for list in sources { offsets.append(offsets[offsets.count - 1] + Int64(list.count)) }
    let incoming = SparseRows(offsets: offsets, columns: sources.flatMap { $0 }, columnCount: count)
    return try LinkSplit.drawn(
      from: BipartiteGraph(incoming: incoming),
      plan: LinkSplitPlan(validation: 0.1, test: 0.1, negatives: .uniform(perPositive: 5)), name: "two kinds",
      random: RandomStream(seed: 5))
  }

  static func setting(_ split: LinkSplit, exposures: SparseRows? = nil) -> NegativeSetting {
    let edges = split.ends.isUndirected ? split.training.bothWays() : split.training
    let rows = SparseRows.grouping(
      rows: edges.sources, columns: edges.targets, rowCount: split.ends.sourceCount,
      columnCount: split.ends.targetCount
    ).rows
    let filter = NegativeFilter(
      [rows], anchorCount: split.ends.sourceCount, candidateCount: split.ends.targetCount,
      excludesSelf: split.ends.isSquare)
    var setting = NegativeSetting(
      positives: filter.excluded, isSquare: split.ends.isSquare, filter: filter, random: RandomStream(seed: 2))
    setting.exposures = exposures
    return setting
  }

  let training: LinkTraining
  let anchors: [Int32]
  let positives: [Int32]
  let negatives: Negatives
  let terms: StepTerms
  let setting: NegativeSetting
  let nodeCount = 12
  let width = 4

  /// A step of five positives.
  ///
  /// - Parameter step: steps behind.
  init(
    _ name: String = "uniform", words: [String] = [], count: Int = 3, loss: NegativeLoss? = nil,
    training own: NegativeTraining? = nil, step: Int = 3, exposures: SparseRows? = nil,
    decoder: any LinkDecoder = DotDecoder()
  ) throws {
    let split = try StepExample.split()
    setting = StepExample.setting(split, exposures: exposures)
    let recipe = try NegativeCatalogue.recipe(named: name)
    let how = try own ?? NegativeTraining(of: recipe, on: setting, words: words)
    let model = LinkModel(
      encoder: TableEncoder(nodeCount: 12, width: 4, hasContexts: true, from: Initializer(seed: 1)), decoder: decoder)
    let objective = LinkObjective(
      positives: LinkPositives(of: split), sampler: try recipe.sampler(on: setting, words: words), count: count,
      loss: loss, batchSize: 5, training: how)
    training = try LinkTraining(
      model, on: split, objective: objective, optimizer: OptimizerKind.adam.make(for: model.parameters()), seed: 3)
    let all = LinkPositives(of: split).pairs(epoch: 1, using: RandomStream(seed: 1))
    (anchors, positives) = (Array(all.anchors[2..<7]), Array(all.positives[2..<7]))
    let scorer = EmbeddingScorer(TestInput(rows: 12, columns: 4, seed: 30).values, width: 4)
    let request = NegativeRequest(
      anchors: anchors, positives: positives, count: objective.drawCount, scorer: scorer, teacher: scorer,
      progress: NegativeRequest.Progress(step: step, epoch: 1), random: RandomStream(seed: 8))
    negatives = try objective.sampler.sample(for: request)
    training.run.begin(all.positives)
    terms = try training.run.terms(of: negatives, for: request)
  }

  /// Rows of anchors and of candidates.
  var inputs: [TestInput] {
    [TestInput(rows: 12, columns: 4, seed: 41), TestInput(rows: 12, columns: 4, seed: 42)]
  }

  /// The loss of the step.
  func loss(_ rows: [Tensor]) -> Tensor {
    training.loss(LinkRows(anchors: rows[0], candidates: rows[1]), anchors, positives, negatives, 0, terms).loss
  }

  /// The loss by hand: dot products, and the loss of each row in Double.
  ///
  /// - Parameters:
  ///   - kind: what is trained once it is corrected.
  ///   - weights: of each negative, constants; nil for the loss's own.
  ///   - constant: rows at which weights that follow scores are taken.
  func slowLoss(
    _ x: [Matrix], kind: NegativeLoss.Kind, temperature: Double = 1,
    weights: ((_ row: Int, [Double]) -> [Double])? = nil,
    constant: [Matrix]
  ) -> Double {
    func scores(_ x: [Matrix], _ row: Int) -> (Double, [Double]) {
      func score(_ v: Int32, _ u: Int32) -> Double {
        zip(x[0].row(Int(v)), x[1].row(Int(u))).reduce(0) { $0 + $1.0 * $1.1 } / temperature
      }
      let places = row * negatives.count..<(row + 1) * negatives.count
      return (
        score(anchors[row], positives[row]) + Double(terms.positiveOffsets?[row] ?? 0),
        places.map { place in
          let isAnchor = negatives.replacesAnchor?[place] ?? false
          return
            (isAnchor
            ? score(negatives.ids[place], positives[row]) : score(anchors[row], negatives.ids[place]))
            + Double(terms.offsets?[place] ?? 0)
        }
      )
    }
    return anchors.indices.reduce(0) { sum, row in
      let ((p, n), (_, fixed)) = (scores(x, row), scores(constant, row))
      return sum
        + SlowNegativeLoss(kind: kind, weights: weights.map { $0(row, fixed) }).value(p, n, constants: fixed)
    } / Double(anchors.count)
  }
}
