import Foundation
public import GroveGraphs
import GroveKernels
import GroveTensors

/// One way to learn links: what is scored high, what low, and by which loss.
public struct LinkObjective: Sendable {
  /// Where positives come from.
  public var positives: any PositiveSource
  /// Where negatives come from.
  public var sampler: any NegativeSampler
  /// Negatives for each positive.
  public var count: Int
  /// The loss on their scores.
  public var loss: NegativeLoss
  /// Which positives share a batch.
  public var batches: any PositiveBatcher
  /// Positives of a batch.
  public var batchSize: Int
  /// What positives and negatives run between, where that is not what the split's links do: walks join all nodes.
  public var ends: LinkEnds?

  /// An objective of its parts.
  public init(
    positives: any PositiveSource, sampler: any NegativeSampler, count: Int, loss: NegativeLoss,
    batches: any PositiveBatcher = ShuffledBatches(), batchSize: Int, ends: LinkEnds? = nil
  ) {
    precondition(count >= 1 && batchSize >= 1, "LinkObjective: \(count) negatives, batches of \(batchSize)")
    (self.positives, self.sampler, self.count, self.loss) = (positives, sampler, count, loss)
    (self.batches, self.batchSize, self.ends) = (batches, batchSize, ends)
  }
}

/// What an epoch of link training came to.
public struct LinkEpoch: Sendable, Equatable {
  /// The mean loss of its positives, each before the step of its batch.
  public var loss = 0.0
  /// The mean size of a negative's gradient for its score, in its row's own loss.
  public var meanGradient = 0.0
  /// Seconds that drawing negatives took.
  public var samplingSeconds = 0.0
  /// What drawing took.
  public var tally = DrawTally()
}

/// Epochs of link training.
///
/// A model that reads edges sees in each step all messages but those that tell the links of its own batch, and their
/// reverses. Of tables a step sees and changes only the rows of its own anchors, positives and negatives.
public final class LinkTraining {
  /// What is trained.
  public let model: LinkModel
  private let ends: LinkEnds
  private let messages: MessageGraph
  private let objective: LinkObjective
  private let optimizer: any Optimizer
  private let random: RandomStream
  private let seed: UInt64
  private var step = 0
  private lazy var nodes = LinkStepNodes(nodeCount: ends.nodeCount)

  /// Training of a model on a split.
  ///
  /// - Throws: `AlgebraFailure` when memory runs out.
  public init(
    _ model: LinkModel, on split: LinkSplit, objective: LinkObjective, optimizer: any Optimizer, seed: UInt64
  ) throws {
    (self.model, self.objective, self.optimizer) = (model, objective, optimizer)
    ends = objective.ends ?? split.ends
    self.seed = seed
    random = RandomStream(seed: seed, operation: 5)
    messages = try MessageGraph(of: split)
  }

  /// All messages: what trained models look at.
  public var graph: Graph { messages.graph }

  /// One epoch.
  ///
  /// - Parameters:
  ///   - observe: told of each step's anchors and negatives.
  ///   - between: called after each step.
  /// - Throws: `NegativeFailure`; `TrainingFailure.nonFiniteLoss` with the batch; what `between` throws.
  public func epoch(
    _ number: Int, learningRate: Float, observe: ([Int32], Negatives) -> Void = { _, _ in },
    between: () throws -> Void = {}
  ) throws -> LinkEpoch {
    let (anchors, positives) = objective.positives.pairs(epoch: number, using: random.substream(0))
    let batches = objective.batches.batches(
      anchors: anchors, positives: positives, batchSize: objective.batchSize, epoch: number - 1,
      using: random.substream(1))
    var facts = LinkEpoch()
    for (place, batch) in batches.enumerated() {
      step += 1
      let (chosen, wanted) = (batch.map { anchors[$0] }, batch.map { positives[$0] })
      let share = Double(batch.count) / Double(anchors.count)
      let negatives = try self.step(
        chosen, wanted, epoch: number, batch: place, learningRate: learningRate, share: share, into: &facts)
      observe(chosen, negatives)
      try between()
    }
    return facts
  }

  private func step(
    _ anchors: [Int32], _ positives: [Int32], epoch: Int, batch: Int, learningRate: Float, share: Double,
    into facts: inout LinkEpoch
  ) throws -> Negatives {
    let offset = Int32(ends.targetOffset)
    let links = EdgeList(sources: anchors, targets: positives.map { $0 - offset }, isDirected: true)
    let graph = model.encoder.readsEdges ? messages.removing(links) : messages.graph
    let (loss, gradient, negatives) = try Pass.training(seed: seed, run: 0, step: step) {
      let (rows, changed, negatives): (LinkRows, [ParameterRows], Negatives)
      if let tables = model.encoder as? any TableLinkEncoder {
        negatives = try draw(for: links, epoch: epoch, by: Pass.evaluation { tables.rows(on: graph) }, into: &facts)
        (rows, changed) = tableRows(tables, anchors, positives, negatives)
      } else {
        (rows, changed) = (model.encoder.rows(on: graph), [])
        negatives = try draw(for: links, epoch: epoch, by: rows, into: &facts)
      }
      let (loss, gradient) = self.loss(rows, anchors, positives, negatives, offset)
      let value = loss.scalar
      if value.isFinite { optimizer.step(loss.backward(), rows: changed, learningRate: learningRate) }
      return (Double(value), gradient, negatives)
    }
    guard loss.isFinite else {
      throw TrainingFailure.nonFiniteLoss(epoch: epoch, batch: batch + 1, parameter: nil)
    }
    facts.loss += share * loss
    facts.meanGradient += share * gradient
    facts.tally.add(negatives.tally)
    return negatives
  }

  /// The negatives of a step.
  ///
  /// - Parameter rows: of all nodes; asked for by samplers that choose by scores, which then cost O(N · D) a step.
  private func draw(
    for links: EdgeList, epoch: Int, by rows: @autoclosure () -> LinkRows, into facts: inout LinkEpoch
  ) throws -> Negatives {
    let request = NegativeRequest(
      anchors: links.sources, positives: links.targets, count: objective.count,
      scorer: objective.sampler.needsScores ? model.scorer(rows(), between: ends) : nil,
      progress: NegativeRequest.Progress(step: step - 1, epoch: epoch - 1),
      random: random.substream(2).substream(step))
    let start = Date()
    let negatives = try objective.sampler.sample(for: request)
    facts.samplingSeconds += Date().timeIntervalSince(start)
    return negatives
  }

  /// The rows of tables that a step needs.
  private func tableRows(
    _ tables: any TableLinkEncoder, _ anchors: [Int32], _ positives: [Int32], _ negatives: Negatives
  ) -> (rows: LinkRows, tables: [ParameterRows]) {
    let offset = Int32(ends.targetOffset)
    var (heads, tails) = (anchors, positives)
    for (place, id) in negatives.ids.enumerated() {
      if negatives.replacesAnchor?[place] ?? false { heads.append(id) } else { tails.append(id + offset) }
    }
    nodes.choose(anchors: heads, candidates: tails)
    return tables.rows(of: nodes)
  }

  /// The loss on one positive and its negatives a row.
  private func loss(
    _ rows: LinkRows, _ anchors: [Int32], _ positives: [Int32], _ negatives: Negatives, _ offset: Int32
  ) -> (loss: Tensor, meanGradient: Double) {
    let pairs = ScoredPairs(anchors, positives, negatives, offset)
    let index = EdgeIndex(offsets: pairs.index.offsets, columns: rows.places(ofCandidates: pairs.index.columns))
    let scores = model.decoder.scores(
      rows.anchors(pairs.anchors), rows.candidates,
      over: Aggregation(incoming: index, sourceCount: rows.candidates.rows))
    let values = scores.values
    let result = objective.loss.rows(
      positives: pairs.positives.map { values[$0] }, negatives: pairs.negatives.map { values[$0] },
      terms: NegativeTerms(weights: negatives.weights))
    var gradient = [Float](repeating: 0, count: values.count)
    for (place, known) in zip(pairs.positives, result.positives) { gradient[place] = known }
    for (place, known) in zip(pairs.negatives, result.negatives) { gradient[place] = known }
    // The rows' gradients are those of their mean; that of a row's own loss is as many times as large.
    let sum = result.negatives.reduce(0.0) { $0 + Double(abs($1)) }
    return (
      .number(result.value, withGradients: [(scores, FloatBuffer(gradient))]),
      sum * Double(anchors.count) / Double(max(1, result.negatives.count))
    )
  }
}

/// The pairs of a step: each positive with the negatives that take its candidate's place, then those that take its anchor's.
private struct ScoredPairs {
  /// The anchor of each row of `index`.
  private(set) var anchors: [Int32]
  /// Candidates by row.
  let index: EdgeIndex
  /// The entry of each positive. [B]
  private(set) var positives: [Int] = []
  /// The entry of each negative. [B · k]
  private(set) var negatives: [Int]

  init(_ anchors: [Int32], _ candidates: [Int32], _ drawn: Negatives, _ offset: Int32) {
    self.anchors = anchors
    negatives = [Int](repeating: 0, count: drawn.ids.count)
    var (columns, offsets): ([Int32], [Int64]) = ([], [0])
    columns.reserveCapacity(candidates.count + drawn.ids.count)
    for row in anchors.indices {
      positives.append(columns.count)
      columns.append(candidates[row])
      for place in row * drawn.count..<(row + 1) * drawn.count where !(drawn.replacesAnchor?[place] ?? false) {
        negatives[place] = columns.count
        columns.append(drawn.ids[place] + offset)
      }
      offsets.append(Int64(columns.count))
    }
    for (place, isAnchor) in (drawn.replacesAnchor ?? []).enumerated() where isAnchor {
      negatives[place] = columns.count
      self.anchors.append(drawn.ids[place])
      columns.append(candidates[place / drawn.count])
      offsets.append(Int64(columns.count))
    }
    index = EdgeIndex(offsets: offsets, columns: columns)
  }
}
