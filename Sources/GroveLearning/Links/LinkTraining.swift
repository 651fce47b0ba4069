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

  /// An objective of its parts.
  public init(
    positives: any PositiveSource, sampler: any NegativeSampler, count: Int, loss: NegativeLoss,
    batches: any PositiveBatcher = ShuffledBatches(), batchSize: Int
  ) {
    precondition(count >= 1 && batchSize >= 1, "LinkObjective: \(count) negatives, batches of \(batchSize)")
    (self.positives, self.sampler, self.count, self.loss) = (positives, sampler, count, loss)
    (self.batches, self.batchSize) = (batches, batchSize)
  }
}

/// Epochs of link training.
///
/// A model that reads edges sees in each step all messages but those that tell the links of its own batch, and their
/// reverses.
public final class LinkTraining {
  /// What is trained.
  public let model: LinkModel
  private let split: LinkSplit
  private let messages: MessageGraph
  private let objective: LinkObjective
  private let optimizer: any Optimizer
  private let random: RandomStream
  private let seed: UInt64
  private var step = 0

  /// Training of a model on a split.
  ///
  /// - Throws: `AlgebraFailure` when memory runs out.
  public init(
    _ model: LinkModel, on split: LinkSplit, objective: LinkObjective, optimizer: any Optimizer, seed: UInt64
  ) throws {
    (self.model, self.split, self.objective, self.optimizer) = (model, split, objective, optimizer)
    self.seed = seed
    random = RandomStream(seed: seed, operation: 5)
    messages = try MessageGraph(of: split)
  }

  /// All messages: what trained models look at.
  public var graph: Graph { messages.graph }

  /// One epoch.
  ///
  /// - Returns: the mean loss of its positives, each before the step of its batch; and what drawing took.
  /// - Throws: `NegativeFailure`; `TrainingFailure.nonFiniteLoss` with the batch.
  public func epoch(_ number: Int, learningRate: Float) throws -> (loss: Double, tally: DrawTally) {
    let (anchors, positives) = objective.positives.pairs(epoch: number, using: random.substream(0))
    let batches = objective.batches.batches(
      anchors: anchors, positives: positives, batchSize: objective.batchSize, epoch: number - 1,
      using: random.substream(1))
    var (total, tally) = (0.0, DrawTally())
    for (place, batch) in batches.enumerated() {
      step += 1
      let chosen = (batch.map { anchors[$0] }, batch.map { positives[$0] })
      let (loss, drawn) = try self.step(chosen.0, chosen.1, epoch: number, batch: place, learningRate: learningRate)
      total += loss * Double(batch.count)
      tally.add(drawn)
    }
    return (total / Double(max(1, anchors.count)), tally)
  }

  private func step(
    _ anchors: [Int32], _ positives: [Int32], epoch: Int, batch: Int, learningRate: Float
  ) throws -> (loss: Double, tally: DrawTally) {
    let offset = Int32(split.ends.targetOffset)
    let links = EdgeList(sources: anchors, targets: positives.map { $0 - offset }, isDirected: true)
    let graph = model.encoder.readsEdges ? messages.removing(links) : messages.graph
    var tally = DrawTally()
    let result = try Pass.training(seed: seed, run: 0, step: step) {
      let rows = model.encoder.rows(on: graph)
      let request = NegativeRequest(
        anchors: anchors, positives: links.targets, count: objective.count,
        scorer: objective.sampler.needsScores
          ? model.scorer(rows, sources: split.ends.sourceCount, offset: Int(offset)) : nil,
        progress: NegativeRequest.Progress(step: step - 1, epoch: epoch - 1),
        random: random.substream(2).substream(step))
      let negatives = try objective.sampler.sample(for: request)
      tally = negatives.tally
      let loss = self.loss(rows, anchors, positives, negatives, offset)
      let gradients = loss.backward()
      let value = loss.scalar
      if value.isFinite { optimizer.step(gradients, learningRate: learningRate) }
      return value
    }
    guard result.isFinite else {
      throw TrainingFailure.nonFiniteLoss(epoch: epoch, batch: batch + 1, parameter: nil)
    }
    return (Double(result), tally)
  }

  /// The loss on one positive and its negatives a row.
  private func loss(
    _ rows: LinkRows, _ anchors: [Int32], _ positives: [Int32], _ negatives: Negatives, _ offset: Int32
  ) -> Tensor {
    let k = negatives.count
    let width = k + 1
    var columns = [Int32](repeating: 0, count: anchors.count * width)
    for row in anchors.indices {
      columns[row * width] = positives[row]
      for slot in 0..<k { columns[row * width + 1 + slot] = negatives.ids[row * k + slot] + offset }
    }
    let index = EdgeIndex(offsets: (0...anchors.count).map { Int64($0 * width) }, columns: columns)
    let scores = model.decoder.scores(
      rows.anchors.gathering(rows: anchors), rows.candidates,
      over: Aggregation(incoming: index, sourceCount: rows.candidates.rows))
    let values = scores.values
    var (high, low): ([Float], [Float]) = ([], [])
    for row in anchors.indices {
      high.append(values[row * width])
      low += values[row * width + 1..<(row + 1) * width]
    }
    let result = objective.loss.rows(
      positives: high, negatives: low, terms: NegativeTerms(weights: negatives.weights))
    var gradient = [Float](repeating: 0, count: values.count)
    for row in anchors.indices {
      gradient[row * width] = result.positives[row]
      for slot in 0..<k { gradient[row * width + 1 + slot] = result.negatives[row * k + slot] }
    }
    return .number(result.value, withGradients: [(scores, FloatBuffer(gradient))])
  }
}
