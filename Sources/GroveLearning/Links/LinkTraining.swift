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
  /// What is done to scores, weights and embeddings beside.
  public var training: NegativeTraining
  /// Which positives share a batch.
  public var batches: any PositiveBatcher
  /// Positives of a batch.
  public var batchSize: Int
  /// What positives and negatives run between, where that is not what the split's links do: walks join all nodes.
  public var ends: LinkEnds?

  /// An objective of its parts.
  ///
  /// - Parameters:
  ///   - loss: nil for that of `training`, or BPR where it has none.
  ///   - batches: nil for those of `training`, or random ones where it has none.
  ///   - training: how the sampler's paper trains; nothing of it unless given.
  public init(
    positives: any PositiveSource, sampler: any NegativeSampler, count: Int, loss: NegativeLoss? = nil,
    batches: (any PositiveBatcher)? = nil, batchSize: Int, ends: LinkEnds? = nil,
    training: NegativeTraining = NegativeTraining()
  ) {
    precondition(count >= 1 && batchSize >= 1, "LinkObjective: \(count) negatives, batches of \(batchSize)")
    (self.positives, self.sampler, self.count, self.training) = (positives, sampler, count, training)
    self.loss = loss ?? training.loss ?? NegativeLoss(.bpr)
    self.batches = batches ?? training.batches ?? ShuffledBatches()
    (self.batchSize, self.ends) = (batchSize, ends)
  }

  /// Candidates that are drawn for each positive.
  var drawCount: Int { count * training.synthesis.candidates }
}

/// What an epoch of link training came to.
public struct LinkEpoch: Sendable, Equatable {
  /// The mean loss of its positives, each before the step of its batch.
  public var loss = 0.0
  /// The mean size of a negative's gradient for its score, in its row's own loss.
  public var meanGradient = 0.0
  /// Seconds that it took.
  public var seconds = 0.0
  /// Seconds that drawing negatives took.
  public var samplingSeconds = 0.0
  /// What drawing took.
  public var tally = DrawTally()
}

/// Epochs of link training.
///
/// A model that reads edges sees in each step all messages but those that tell the links of its own batch, and their
/// reverses; with fanouts those that are sampled of them around the step's own nodes. Of tables a step sees and changes
/// only the rows of its own anchors, positives and negatives.
public final class LinkTraining {
  /// What is trained.
  public let model: LinkModel
  private let ends: LinkEnds
  private let messages: MessageGraph
  /// What is sampled of the messages; nil: a step sees all.
  private let neighbors: NeighborSampler?
  let objective: LinkObjective
  /// What negatives need from step to step.
  let run: NegativeTrainingRun
  private let optimizer: any Optimizer
  let random: RandomStream
  private let seed: UInt64
  private lazy var nodes = LinkStepNodes(nodeCount: ends.nodeCount)
  /// Steps done so far, those before an interruption included.
  var step = 0
  /// Where the time of steps is added up.
  var clock = StepClock()

  /// Training of a model on a split.
  ///
  /// - Parameters:
  ///   - fanouts: largest number of messages to a node at each hop from a step's anchors, positives and negatives, one a
  ///     layer; -1: all. None: each step is a pass over the whole graph.
  ///   - isReplacing: whether a message may be drawn again.
  /// - Precondition: with fanouts, a `BlockLinkEncoder` of as many layers.
  /// - Throws: `AlgebraFailure` when memory runs out; `TrainingFailure.configuration` for a loss that the objective's training cannot
  ///   correct.
  public init(
    _ model: LinkModel, on split: LinkSplit, objective: LinkObjective, optimizer: any Optimizer, seed: UInt64,
    fanouts: [Int] = [], isReplacing: Bool = false
  ) throws {
    precondition(fanouts.isEmpty || model.encoder is any BlockLinkEncoder, "LinkTraining: fanouts without layers")
    (self.model, self.objective, self.optimizer) = (model, objective, optimizer)
    ends = objective.ends ?? split.ends
    self.seed = seed
    run = try NegativeTrainingRun(
      objective, candidateCount: ends.targetCount, width: model.encoder.width, seed: seed)
    random = RandomStream(seed: seed, operation: 5)
    messages = try MessageGraph(of: split)
    neighbors =
      fanouts.isEmpty ? nil : NeighborSampler(messages.graph, fanouts: fanouts, isReplacing: isReplacing)
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
    let offset = Int32(ends.targetOffset)
    run.begin(positives.map { $0 - offset })
    var facts = LinkEpoch()
    let start = Date()
    for (place, batch) in batches.enumerated() {
      step += 1
      let (chosen, wanted) = (batch.map { anchors[$0] }, batch.map { positives[$0] })
      let share = Double(batch.count) / Double(anchors.count)
      let negatives = try self.step(
        chosen, wanted, epoch: number, batch: place, learningRate: learningRate, share: share, into: &facts)
      observe(chosen, negatives)
      try between()
    }
    facts.seconds = Date().timeIntervalSince(start)
    return facts
  }

  private func step(
    _ anchors: [Int32], _ positives: [Int32], epoch: Int, batch: Int, learningRate: Float, share: Double,
    into facts: inout LinkEpoch
  ) throws -> Negatives {
    let offset = Int32(ends.targetOffset)
    let links = EdgeList(sources: anchors, targets: positives.map { $0 - offset }, isDirected: true)
    let (loss, gradient, negatives) = try Pass.training(seed: seed, run: 0, step: step) {
      let (rows, changed, request, negatives): (LinkRows, [ParameterRows], NegativeRequest, Negatives)
      if let tables = model.encoder as? any TableLinkEncoder {
        (request, negatives) = try draw(
          for: links, epoch: epoch, by: Pass.evaluation { tables.rows(on: messages.graph) }, into: &facts)
        choose(anchors, positives, negatives)
        (rows, changed) = clock.time(\.gather) { tables.rows(of: nodes) }
      } else if let neighbors, let encoder = model.encoder as? any BlockLinkEncoder {
        (request, negatives) = try draw(
          for: links, epoch: epoch, by: LinkRows(Pass.evaluation { model.encoder.embeddings(on: messages.graph) }),
          into: &facts)
        choose(anchors, positives, negatives)
        let blocks = clock.time(\.sampling) {
          neighbors.sample(
            from: nodes.all.ids, hiding: messages.edges(telling: links), using: random.substream(3).substream(step))
        }
        (rows, changed) = (clock.time(\.forward, countsWork: true) { encoder.rows(of: nodes.all, over: blocks) }, [])
      } else {
        let graph = model.encoder.readsEdges ? messages.removing(links) : messages.graph
        (rows, changed) = (clock.time(\.forward, countsWork: true) { model.encoder.rows(on: graph) }, [])
        (request, negatives) = try draw(for: links, epoch: epoch, by: rows, into: &facts)
      }
      let terms = try run.terms(of: negatives, for: request)
      let scored = clock.time(\.forward, countsWork: true) {
        self.loss(rows.compared(by: model.decoder), anchors, positives, negatives, offset, terms)
      }
      let value = scored.loss.scalar
      if value.isFinite {
        let gradients = clock.time(\.backward, countsWork: true) { scored.loss.backward() }
        clock.time(\.optimizer) {
          optimizer.step(gradients, rows: changed, learningRate: learningRate)
          run.step(gradients, learningRate: learningRate)
        }
        if let losses = scored.ofNegatives { objective.sampler.learn(from: losses, of: negatives, for: request) }
      }
      return (Double(value), scored.meanGradient, negatives)
    }
    guard loss.isFinite else {
      throw TrainingFailure.nonFiniteLoss(epoch: epoch, batch: batch + 1, parameter: nil)
    }
    facts.loss += share * loss
    facts.meanGradient += share * gradient
    facts.tally.add(negatives.tally)
    return negatives
  }

  /// The negatives of a step, and what the sampler was asked.
  ///
  /// - Parameter rows: of all nodes; asked for by samplers that choose by scores, which then cost O(N · D) a step.
  private func draw(
    for links: EdgeList, epoch: Int, by rows: @autoclosure () -> LinkRows, into facts: inout LinkEpoch
  ) throws -> (request: NegativeRequest, negatives: Negatives) {
    let request = NegativeRequest(
      anchors: links.sources, positives: links.targets, count: objective.drawCount,
      scorer: objective.sampler.needsScores ? model.scorer(rows(), between: ends) : nil,
      teacher: objective.training.teacher,
      progress: NegativeRequest.Progress(step: step - 1, epoch: epoch - 1),
      random: random.substream(2).substream(step))
    let start = Date()
    let negatives = try clock.time(\.sampling) { try objective.sampler.sample(for: request) }
    facts.samplingSeconds += Date().timeIntervalSince(start)
    return (request, negatives)
  }

  /// Makes `nodes` those that a step looks at.
  private func choose(_ anchors: [Int32], _ positives: [Int32], _ negatives: Negatives) {
    let offset = Int32(ends.targetOffset)
    var (heads, tails) = (anchors, positives)
    for (place, id) in negatives.ids.enumerated() {
      if negatives.replacesAnchor?[place] ?? false { heads.append(id) } else { tails.append(id + offset) }
    }
    nodes.choose(anchors: heads, candidates: tails)
  }
}
