import GroveKernels
public import GroveLayers
public import GroveTensors

/// A cosine head that learns seen classes more slowly while it is unsure of novel ones.
///
///     L = CE(l + s · min(u, m) at the true class) + α · mean over i of −log(p₁[i] · p₂[partner of i]) − β · H
///
/// l are ten times the cosines of rows and prototypes, p their softmax in each of two views. CE is over all training nodes
/// in the first view; u is the mean of 1 − max p over nodes without a label before the epoch. The partner of a training
/// node is another one of its class, drawn at random, that of any other node the nearest one of the batch by the angle of
/// embeddings in the first view. H is the entropy of the mean of p₁ over the batch.
///
/// The method `orca-zm` is the same with s = 0, cross-entropy without a margin; all else is as above.
///
/// - Source: Cao, Brbić, Leskovec 2022 (ORCA), and its published code. Differs: views are dropout masks; partners of
///   training nodes and CE are of all training nodes, not of those in the batch; the encoder learns from its start; the
///   optimizer is that of all methods.
public final class ORCA: OpenWorldMethod {
  /// What gives the cosines. [D] → [K]
  public let head: CosineClassifier
  private let margin: Float
  private let limit: Float
  private let pairWeight: Float
  private let entropyWeight: Float
  /// u; nil before the first epoch.
  private(set) var uncertainty: Float?

  /// What cosines are multiplied by, as in the published code.
  static let scale: Float = 10

  static let recipe = recipe(
    named: "orca", title: "ORCA, a head whose margin follows its uncertainty", margin: 10,
    source: "Cao 2022; defaults of the published code")
  static let zeroMarginRecipe = recipe(
    named: "orca-zm", title: "ORCA-ZM, ORCA with a margin of zero", margin: 0,
    source: "Cao 2022; defaults of the published code but for the margin")

  private static func recipe(named name: String, title: String, margin: Double, source: String) -> OpenWorldRecipe {
    OpenWorldRecipe(
      name: name, title: title, source: source,
      parameters: [
        NumberParameter("margin", margin, in: 0...1e3, "what uncertainty is times when added to the true logit"),
        NumberParameter("limit", 0.5, in: 0...1, "uncertainty that counts at most"),
        NumberParameter("pairs", 1, in: 0...1e3, "weight of pairs that should agree"),
        NumberParameter("entropy", 1, in: 0...1e3, "weight of the entropy of the mean prediction"),
      ], make: { ORCA($0, $1) })
  }

  /// The method with its start.
  public init(_ shape: OpenWorldShape, _ start: Initializer) {
    head = CosineClassifier(shape.width, shape.problem.classCount, from: start)
    (margin, limit) = (Float(shape.options["margin"]), Float(shape.options["limit"]))
    (pairWeight, entropyWeight) = (Float(shape.options["pairs"]), Float(shape.options["entropy"]))
  }

  /// The loss of a step as above.
  public func loss(of step: OpenWorldStep) -> Tensor {
    let raised = margin == 0 ? 0 : margin * min(uncertainty(before: step), limit)
    let views = [step.view(), step.view()]
    let logits = views.map { scores(of: $0) }
    let partners = partners(of: step, embeddings: step.batch(of: views[0]))
    let candidates = Tensor.concatenatingRows([step.batch(of: logits[1]), step.training(of: logits[1])])
    return loss(
      step.batch(of: logits[0]), partners: candidates.gathering(rows: partners), training: step.training(of: logits[0]),
      classes: step.trainingClasses, raised: raised)
  }

  /// L of logits.
  ///
  /// - Shape: batch and partners [B, K], training [T, K], classes [T] → [1, 1].
  func loss(_ batch: Tensor, partners: Tensor, training: Tensor, classes: [Int32], raised: Float) -> Tensor {
    let first = batch.softmax()
    let pairs = first.disagreement(with: partners.softmax())
    return training.crossEntropy(classes, adding: raised)
      + .blending(pairWeight, pairs, -entropyWeight, DistributionTerms.entropyOfMean(of: first))
  }

  /// The place of each node's partner among the rows of the batch with those of all training nodes below.
  ///
  /// - Shape: embeddings [B, D] → [B].
  func partners(of step: OpenWorldStep, embeddings: Tensor) -> [Int32] {
    let (problem, random) = (step.problem, Pass.nextStream())
    let places = Dictionary(grouping: problem.training.indices) { problem.classes[Int(problem.training[$0])] }
    let nearest = embeddings.nearestOtherRows()
    return step.nodes.enumerated().map { row, node in
      guard problem.isTraining[Int(node)] else { return nearest[row] }
      let others = (places[problem.classes[Int(node)]] ?? []).filter { problem.training[$0] != node }
      guard !others.isEmpty else { return Int32(row) }
      let share = random?.uniform(row: Int(node), column: 0) ?? 0
      return Int32(step.nodes.count + others[min(others.count - 1, Int(share * Float(others.count)))])
    }
  }

  /// u for the epochs to come.
  public func settle(_ now: OpenWorldSnapshot) { uncertainty = uncertainty(of: now.embeddings, now.problem) }

  private func uncertainty(before step: OpenWorldStep) -> Float {
    if let uncertainty { return uncertainty }
    // Nothing was settled before the first epoch.
    let found = Pass.evaluation {
      uncertainty(of: step.network.embeddings(on: step.problem.graph), step.problem)
    }
    uncertainty = found
    return found
  }

  private func uncertainty(of embeddings: Tensor, _ problem: OpenWorldProblem) -> Float {
    let confidence = Confidence(of: scores(of: embeddings.gathering(rows: problem.unlabeled)))
    let sum = confidence.values.reduce(0.0) { $0 + 1 - Double($1) }
    return Float(sum / Double(max(1, problem.unlabeled.count)))
  }

  /// The logits l.
  public func scores(of embeddings: Tensor) -> Tensor { ORCA.scale * head(embeddings) }
}
