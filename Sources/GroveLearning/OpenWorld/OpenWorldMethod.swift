public import GroveGraphs
import GroveKernels
public import GroveLayers
public import GroveTensors

/// A method of open-world classification: what its steps minimise, and which class it gives to a node.
///
/// A method is one file in `Methods` and one line in `OpenWorldCatalogue`. The trainer brings the encoder, the batches,
/// views with dropout masks of their own, the optimizer, the evaluation by both protocols, the choice of the epoch,
/// checkpoints, the log and the report; the method holds whatever parameters it needs beside the encoder's:
///
///     for each epoch, for each batch of the nodes:   advance(step)     by default one step of the optimizer on loss(of: step)
///     after the epoch:                               settle(snapshot)  cluster, label anew, count, …
///     predictions:                                   the largest of scores(of: embeddings)
///
/// *State.* What training changes and cannot be computed again, such as a running mean, lies in a `Parameter` or a
/// `Buffer`: then checkpoints hold it. Everything else is made by `settle`, which is called after each epoch and once more
/// when a run goes on from a checkpoint, so it must depend on the snapshot and on the saved state alone, and be the same
/// when it is repeated. What `scores` needs must lie in parameters or buffers: they are what a saved run brings back.
///
/// *Randomness* comes from `Pass` and from the shape's stream, so that equal seeds give equal bytes.
public protocol OpenWorldMethod: Module {
  /// Whether the steps of an epoch read embeddings of all training nodes beside those of the batch.
  func needsTrainingRows(in epoch: Int) -> Bool

  /// What a step minimises; runs in a training pass.
  func loss(of step: OpenWorldStep) -> Tensor

  /// One step: by default that of the optimizer on `loss(of:)`. Methods with inner steps or several losses override it.
  func advance(_ step: OpenWorldStep, with optimizer: any Optimizer, learningRate: Float) -> StepResult

  /// What follows from an epoch, such as clusters and pseudo labels. Runs in evaluation.
  func settle(_ now: OpenWorldSnapshot)

  /// A score for each class, the largest being the prediction. Runs in evaluation. [n, D] → [n, K]
  func scores(of embeddings: Tensor) -> Tensor
}

extension OpenWorldMethod {
  /// True: most losses read all training nodes.
  public func needsTrainingRows(in epoch: Int) -> Bool { true }

  /// One step of the optimizer on the loss.
  public func advance(_ step: OpenWorldStep, with optimizer: any Optimizer, learningRate: Float) -> StepResult {
    step.descend(with: optimizer, learningRate: learningRate) { loss(of: step) }
  }

  /// Nothing: methods that predict by a head have nothing to settle.
  public func settle(_ now: OpenWorldSnapshot) {}
}

/// What came of a step.
public struct StepResult {
  /// The loss before the step.
  public let loss: Float
  /// Its gradients, which name the parameter at fault where the loss is not finite.
  public let gradients: Gradients

  /// A loss with its gradients.
  public init(loss: Float, gradients: Gradients) { (self.loss, self.gradients) = (loss, gradients) }
}

/// One step of a method: a batch of nodes, and as many views of it as the method asks for.
///
/// Letters: B nodes of the batch, T training nodes, R rows (the batch and the training nodes that it lacks), D width.
public final class OpenWorldStep {
  /// What is known.
  public let problem: OpenWorldProblem
  /// Number of the epoch, from 1.
  public let epoch: Int
  /// Number of the step in the run, from 1.
  public let number: Int
  /// The nodes of the batch, in the order of their rows. [B]
  public let nodes: [Int32]
  /// The neighborhoods of the rows, the same for all views: edges into them, into the nodes that these come from, and so
  /// on; all edges without fanouts, else those drawn.
  public let blocks: [Block]
  /// Encoder, features and the method itself.
  public let network: OpenWorldNetwork
  /// Features of the sources of the first block, without dropout: what an encoder takes. [S, F]
  public let input: Tensor
  private let trainingPlaces: [Int32]
  private let clock: StepClock

  init(
    _ batch: OpenWorldBatch, problem: OpenWorldProblem, epoch: Int, number: Int, network: OpenWorldNetwork,
    clock: StepClock
  ) {
    (self.problem, self.epoch, self.number, self.network) = (problem, epoch, number, network)
    (nodes, blocks, trainingPlaces) = (batch.nodes, batch.blocks, batch.trainingPlaces)
    self.clock = clock
    input = clock.time(\.gather) { network.features.features(of: batch.blocks[0].sourceIDs) }
  }

  /// Embeddings of the rows under dropout masks that no other view has. [R, D]
  ///
  /// Masks belong to nodes and edges, so without fanouts they are those that a pass over the whole graph would draw.
  public func view() -> Tensor { network.encoder(input, over: blocks) }

  /// The rows of the batch among those of a view, or of what was made of it row by row. [R, any] → [B, any]
  public func batch(of rows: Tensor) -> Tensor { rows.gathering(rows: (0..<Int32(nodes.count)).map { $0 }) }

  /// The rows of all training nodes likewise, in the order of `problem.training`. [R, any] → [T, any]
  ///
  /// - Precondition: the method asked for them in this epoch.
  public func training(of rows: Tensor) -> Tensor {
    precondition(
      trainingPlaces.count == problem.training.count, "OpenWorldStep: no training rows; see needsTrainingRows(in:)")
    return rows.gathering(rows: trainingPlaces)
  }

  /// The class of each node of the batch where it is a training node, else K + its place, which no other node has. [B]
  public var trueClasses: [Int32] {
    nodes.enumerated().map { place, node in
      problem.isTraining[Int(node)] ? problem.classes[Int(node)] : Int32(problem.classCount + place)
    }
  }

  /// One step of an optimizer on a loss, if that is finite.
  public func descend(
    with optimizer: any Optimizer, learningRate: Float, _ loss: () -> Tensor
  ) -> StepResult {
    let loss = clock.time(\.forward, countsWork: true, loss)
    let value = loss.scalar
    let gradients = clock.time(\.backward, countsWork: true) { loss.backward() }
    if value.isFinite { clock.time(\.optimizer) { optimizer.step(gradients, learningRate: learningRate) } }
    return StepResult(loss: value, gradients: gradients)
  }
}

/// Where a run stands after an epoch.
public struct OpenWorldSnapshot {
  /// What is known.
  public let problem: OpenWorldProblem
  /// Number of the epoch that ended.
  public let epoch: Int
  /// Embeddings of all nodes, without dropout. [N, D]
  public let embeddings: Tensor

  /// The embeddings of the nodes that are learned from, in the order of `problem.nodes`. [nodes, D]
  public var nodeEmbeddings: Tensor {
    problem.nodes.count == problem.nodeCount ? embeddings : embeddings.gathering(rows: problem.nodes)
  }
}

/// Features, encoder and method: what is trained and saved.
public final class OpenWorldNetwork: Module {
  /// Where the encoder's input rows come from.
  public let features: any FeatureModule
  /// What turns input rows into embeddings.
  public let encoder: any NodeEncoder
  /// What learns from embeddings and gives classes.
  public let method: any OpenWorldMethod

  init(features: any FeatureModule, encoder: any NodeEncoder, method: any OpenWorldMethod) {
    (self.features, self.encoder, self.method) = (features, encoder, method)
  }

  /// Embeddings of all nodes of a graph, without dropout. [N, D]
  func embeddings(on graph: Graph) -> Tensor {
    Pass.evaluation { encoder(features.features(of: nil), on: graph) }
  }
}

/// A batch of nodes with the neighborhoods of its rows.
struct OpenWorldBatch: Sendable {
  /// Number of the batch in its epoch, from 0.
  let number: Int
  let nodes: [Int32]
  let blocks: [Block]
  /// Places of the training nodes among the rows; empty where they were not asked for.
  let trainingPlaces: [Int32]

  /// - Parameters:
  ///   - nodes: the batch.
  ///   - training: nodes whose rows are wanted beside those of the batch.
  init(number: Int, nodes: [Int32], training: [Int32], sampler: NeighborSampler, random: RandomStream) {
    var rows = nodes
    var places: [Int32] = []
    if !training.isEmpty {
      let known = Dictionary(uniqueKeysWithValues: nodes.enumerated().map { ($1, Int32($0)) })
      for node in training {
        places.append(known[node] ?? Int32(rows.count))
        if known[node] == nil { rows.append(node) }
      }
    }
    self.number = number
    self.nodes = nodes
    // Training nodes come in every step; a stream of the step's own lets each see other neighbors.
    blocks = sampler.sample(from: rows, using: random.substream(number))
    trainingPlaces = places
  }
}
