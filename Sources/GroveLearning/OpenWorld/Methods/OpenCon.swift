import Foundation
import GroveKernels
public import GroveLayers
public import GroveTensors

/// Contrast around prototypes of classes, which follow the nodes that were given to them.
///
///     f = P(z) / ‖P(z)‖, s = f · prototypes,  P linear, ReLU, linear
///     L = w₁ · C₁(unlabeled) + w₂ · C₂(labeled; true classes) + w₃ · C₃(novel; nearest prototypes) + w₄ · Σ m log(m / q)
///
/// Each C is `TwoViewContrast` with a temperature of its own over the rows of its set alone. Novel are nodes of no known
/// class that look farther from all seen prototypes than a share of labeled ones does (`PrototypeGate`). m is the mean over
/// unlabeled nodes of the softmax of 10 s, and q is smaller for seen classes, of which labeled nodes are gone. w₃ rises in
/// the first half of the epochs. After a step each labeled node, and each unlabeled one given to a novel class, moves its
/// prototype in random order: p ← (0.9 p + 0.1 f) / ‖·‖. The nearest prototype is the prediction.
///
/// The method `opencon-two-stage` learns the same and predicts by clusters of the embeddings.
///
/// - Source: Sun, Li 2023 and its published code (deeplearning-wisc/opencon), with the weights of its `main_cifar.py`.
///   Differs: labeled nodes are all training nodes in every step; Adam with the rate of all methods; a length below 10⁻¹²
///   counts as that, where the code adds 10⁻¹⁰ to the quotient; the rise of w₃ over 100 of 200 epochs is one over half of
///   them.
public final class OpenCon: OpenWorldMethod {
  /// The first layer of P. [D] → [D]
  public let inner: Linear
  /// The second layer of P. [D] → [P]
  public let outer: Linear
  /// Prototypes of length 1. [K · P]
  public let prototypes: Buffer
  /// The clusters that give classes in two stages; nil where prototypes do.
  public let clusters: AlignedClusters?
  private let weights: Weights
  private let ramp: Float
  private let random: RandomStream

  /// What the terms of the loss weigh, and their temperatures.
  struct Weights {
    let own: Float
    let supervised: Float
    let novel: Float
    let prior: Float
    let ownContrast: TwoViewContrast
    let supervisedContrast: TwoViewContrast
    let novelContrast: TwoViewContrast
    /// The share of labeled nodes, in percent, that the gate takes for novel; the code names the 70 percent that it keeps.
    let gate: Double
    let momentum: Float
    /// q of a seen class in parts of that of a novel one.
    let seenShare: Float

    init(_ options: NumberOptions) {
      (own, supervised) = (Float(options["simclr"]), Float(options["supcon"]))
      (novel, prior) = (Float(options["semicon"]), Float(options["prior"]))
      ownContrast = TwoViewContrast(temperature: Float(options["simclr-tau"]))
      supervisedContrast = TwoViewContrast(temperature: Float(options["supcon-tau"]))
      novelContrast = TwoViewContrast(temperature: Float(options["semicon-tau"]))
      gate = options["gate"]
      (momentum, seenShare) = (Float(options["momentum"]), Float(options["seen-share"]))
    }
  }

  static let recipe = makeRecipe(
    "opencon", title: "OpenCon, contrast around prototypes of seen and novel classes", usesClusters: false)
  static let twoStageRecipe = makeRecipe(
    "opencon-two-stage", title: "OpenCon's contrast, and clusters of its embeddings", usesClusters: true)

  private static func makeRecipe(_ name: String, title: String, usesClusters: Bool) -> OpenWorldRecipe {
    OpenWorldRecipe(
      name: name, title: title, source: "Sun 2023; defaults of the published code",
      options: usesClusters ? ["alignment"] : [],
      parameters: [
        NumberParameter("simclr", 1, in: 0...100, "weight of the contrast of unlabeled nodes"),
        NumberParameter("supcon", 0.2, in: 0...100, "weight of the contrast of labeled nodes"),
        NumberParameter("semicon", 0.1, in: 0...100, "weight of the contrast of novel nodes"),
        NumberParameter("prior", 0.05, in: 0...100, "weight of the divergence from the prior"),
        NumberParameter("simclr-tau", 0.4, in: 0.001...100, "temperature of unlabeled nodes"),
        NumberParameter("supcon-tau", 0.1, in: 0.001...100, "temperature of labeled nodes"),
        NumberParameter("semicon-tau", 0.7, in: 0.001...100, "temperature of novel nodes"),
        NumberParameter("gate", 30, in: 0...100, "percent of labeled nodes that the gate takes for novel"),
        NumberParameter("momentum", 0.9, in: 0...1, "share of a prototype that a node leaves"),
        NumberParameter("seen-share", 0.5, in: 0.001...1000, "prior of a seen class, that of a novel one being 1"),
        NumberParameter("projection", 128, in: 1...65536, "columns of the projection"),
      ],
      make: { OpenCon($0, $1, usesClusters: usesClusters) })
  }

  /// The method with its start.
  public init(_ shape: OpenWorldShape, _ start: Initializer, usesClusters: Bool = false) {
    let width = Int(shape.options["projection"])
    inner = Linear(shape.width, shape.width, from: start)
    outer = Linear(shape.width, width, from: start)
    prototypes = Buffer(
      start.normal(shape.problem.classCount, width, deviation: 1).value.normalizedRows().values)
    clusters = usesClusters ? AlignedClusters(shape) : nil
    weights = Weights(shape.options)
    ramp = 2 / Float(max(1, shape.configuration.epochs))
    random = shape.random.substream(2)
  }

  /// f. [n, D] → [n, P]
  func projected(_ rows: Tensor) -> Tensor { outer(inner(rows).relu()).normalizedRows() }

  private var points: Tensor {
    let width = outer.weight.shape.columns
    return Tensor(prototypes.value, rows: prototypes.value.count / width, columns: width)
  }

  /// The loss of a step as above.
  public func loss(of step: OpenWorldStep) -> Tensor { made(of: step).loss }

  private struct Made {
    let loss: Tensor
    /// Features of nodes that move prototypes, and the classes of these.
    let features: Tensor
    let classes: [Int32]
  }

  private func made(of step: OpenWorldStep) -> Made {
    let views = [projected(step.view()), projected(step.view())]
    let labeled = views.map { step.training(of: $0) }
    let unlabeled = views.map { $0.gathering(rows: step.unlabeledPlaces) }
    let known = step.trainingClasses
    let similarities = Tensor.concatenatingRows([labeled[0], unlabeled[0]]).matmul(points, transposed: true)
    let gate = PrototypeGate(
      similarities: similarities.detached(), seenCount: step.problem.seenCount, labeled: Array(known.indices),
      percent: weights.gate)
    let assigned = Array(gate.nearest[known.count...])
    let novel = assigned.indices.filter { gate.isNovel[known.count + $0] }.map { Int32($0) }
    let loss = loss(
      labeled: labeled, classes: known, unlabeled: unlabeled, assigned: assigned, novel: novel,
      seenCount: step.problem.seenCount, rise: min(1, ramp * Float(step.epoch - 1)))
    let moving = assigned.indices.filter { assigned[$0] >= Int32(step.problem.seenCount) }
    let places = known.indices.map { Int32($0) } + moving.map { Int32(known.count + $0) }
    let features = Tensor.concatenatingRows([labeled[0], unlabeled[0]]).detached().gathering(rows: places)
    return Made(loss: loss, features: features, classes: known + moving.map { assigned[$0] })
  }

  /// The loss of features of two views. [T, P] and [n, P] each → [1, 1]
  ///
  /// - Parameters:
  ///   - assigned: the class of the nearest prototype of each unlabeled node.
  ///   - novel: places among the unlabeled nodes.
  ///   - rise: the share of w₃ that counts.
  func loss(
    labeled: [Tensor], classes: [Int32], unlabeled: [Tensor], assigned: [Int32], novel: [Int32], seenCount: Int,
    rise: Float
  ) -> Tensor {
    var loss = weights.supervised * weights.supervisedContrast(labeled[0], labeled[1], classes: classes)
    guard unlabeled[0].rows > 0 else { return loss }
    loss = loss + weights.own * weights.ownContrast(unlabeled[0], unlabeled[1])
    if !novel.isEmpty && rise > 0 {
      let rows = unlabeled.map { $0.gathering(rows: novel) }
      let own = novel.map { assigned[Int($0)] }
      loss = loss + (rise * weights.novel) * weights.novelContrast(rows[0], rows[1], classes: own)
    }
    let shares = (10 * unlabeled[0].matmul(points, transposed: true)).softmax()
    let prior = (0..<shares.columns).map { $0 < seenCount ? weights.seenShare : 1 }
    let sum = prior.reduce(0, +)
    return loss + weights.prior
      * DistributionTerms.divergence(of: shares, from: prior.map { $0 / sum }, floor: 1e-5)
  }

  /// One step of the optimizer, and then of the prototypes with the features from before it.
  public func advance(_ step: OpenWorldStep, with optimizer: any Optimizer, learningRate: Float) -> StepResult {
    var made: Made?
    let result = step.descend(with: optimizer, learningRate: learningRate) {
      let new = self.made(of: step)
      made = new
      return new.loss
    }
    if let made, result.loss.isFinite { move(made.features, classes: made.classes, step: step.number) }
    return result
  }

  /// Moves prototypes by features in random order. [n, P]
  func move(_ features: Tensor, classes: [Int32], step: Int) {
    let width = features.columns
    var generator = random.substream(step).generator
    let order = generator.shuffled(Array(0..<features.rows))
    let (rows, momentum) = (features.values, weights.momentum)
    prototypes.value.write { values in
      for row in order {
        let start = Int(classes[row]) * width
        var squares: Float = 0
        for column in 0..<width {
          let moved = momentum * values[start + column] + (1 - momentum) * rows[row * width + column]
          values[start + column] = moved
          squares += moved * moved
        }
        let length = max(squares.squareRoot(), 1e-12)
        for column in 0..<width { values[start + column] /= length }
      }
    }
  }

  /// Clusters of the embeddings, in two stages.
  public func settle(_ now: OpenWorldSnapshot) { clusters?.settle(now) }

  /// Similarity with each prototype, or nearness of each cluster.
  public func scores(of embeddings: Tensor) -> Tensor {
    clusters?.scores(of: embeddings) ?? 10 * projected(embeddings).matmul(points, transposed: true)
  }
}
