public import GroveLayers
public import GroveTensors

/// Contrastive learning with true labels and pseudo labels from clusters, whose classes are then as compact as the seen ones.
///
///     epoch 1:   L = C(z)                                                every node its own class
///     then:      L = C(z; y) + C(l / ‖l‖; y) + η · CE(l₁) + η · CE(l₂)    y: true, else trusted, else a class of its own
///
/// z are the embeddings of the batch in two views, l their logits, C is `TwoViewContrast` with temperature τ, and CE the
/// cross-entropy of all training nodes in each view. After each epoch the nodes are clustered anew; the share ρ of them
/// that is nearest to its center is trusted with the class of its cluster (`PseudoLabels`). Predictions are the classes of
/// the clusters.
///
/// *Large graphs.* With fanouts both views share one sampled neighborhood, K-means goes by mini-batches, from the second epoch
/// on the loss has a term more, and the head predicts in place of the clusters:
///
///     mean over the batch of −log(p₁[i] · p₂[n(i)])       p the softmax of l, n(i) the row most like z₁[i]
///
/// The variant `paper-code` multiplies C by τ / 0.07, `textbook` does not. In the first epoch the head has no gradient, so
/// the optimizer leaves it alone.
///
/// - Source: OpenIMA (arXiv 2403.11483) and its published code, commit 7bdc277. Differs: candidates come from a mask, K-means
///   takes ten starts whatever the library's version; evaluation sees all edges, where the code samples them too.
public final class OpenIMA: OpenWorldMethod {
  /// What gives the logits l. [D] → [K]
  public let head: Linear
  /// The clusters that give classes.
  public let clusters: AlignedClusters
  private let contrast: TwoViewContrast
  private let eta: Float
  private let percent: Double
  private let isSampled: Bool
  private var labels: PseudoLabels?

  static let recipe = OpenWorldRecipe(
    name: "openima", title: "OpenIMA, contrastive learning with bias-reduced pseudo labels",
    source: "Wang 2024, arXiv 2403.11483; defaults of the published code",
    options: ["rho", "eta", "tau", "variant", "alignment"],
    make: { OpenIMA($0, $1) })

  /// The method with its start.
  public init(_ shape: OpenWorldShape, _ start: Initializer) {
    let options = shape.configuration
    head = Linear(shape.width, shape.problem.classCount, from: start)
    clusters = AlignedClusters(shape)
    contrast = TwoViewContrast(options)
    (eta, percent, isSampled) = (options.eta, Double(options.rho), options.isSampled)
  }

  /// All but the first: then nothing but contrast is learned.
  public func needsTrainingRows(in epoch: Int) -> Bool { epoch > 1 && eta > 0 }

  /// The loss of a step as above.
  public func loss(of step: OpenWorldStep) -> Tensor {
    let views = [step.view(), step.view()]
    let rows = views.map(step.batch(of:))
    guard step.epoch > 1, let labels else { return contrast(rows[0], rows[1]) }
    let classes = labels.batchClasses(step.nodes)
    let logits = views.map { head($0) }
    let scaled = logits.map { step.batch(of: $0).normalizedRows() }
    var loss = contrast(rows[0], rows[1], classes: classes) + contrast(scaled[0], scaled[1], classes: classes)
    if isSampled {
      let chances = logits.map { step.batch(of: $0).softmax() }
      loss = loss + chances[0].disagreement(with: chances[1].gathering(rows: rows[0].nearestOtherRows()))
    }
    return eta > 0 ? loss + eta * step.crossEntropy(of: logits) : loss
  }

  /// Clusters, and who is trusted with the class of its cluster.
  public func settle(_ now: OpenWorldSnapshot) {
    let found = clusters.settle(now)
    labels = PseudoLabels(
      aligned: found.classes, distances: found.distances, percent: percent, truth: now.problem.classes,
      training: now.problem.training, candidates: now.problem.unlabeled, classCount: now.problem.classCount,
      population: now.problem.nodes)
  }

  /// How near each class's center is; the logits l in sampled training.
  public func scores(of embeddings: Tensor) -> Tensor {
    isSampled ? head(embeddings) : clusters.scores(of: embeddings)
  }
}
