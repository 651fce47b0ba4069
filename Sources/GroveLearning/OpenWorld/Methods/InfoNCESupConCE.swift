public import GroveLayers
public import GroveTensors

/// Contrast of two views with the classes of training nodes, and a head that learns these, then clusters.
///
///     L = C(z; y) + η · CE(l₁) + η · CE(l₂)
///
/// C(z; y) is that of `InfoNCESupCon`; l are the head's logits of all training nodes in each view. Predictions are the
/// classes of the clusters: the head only shapes the embeddings.
///
/// - Source: the ablation of OpenIMA (arXiv 2403.11483) that trusts no cluster. Differs from OpenIMA without trusted nodes:
///   no contrast of logits, and the head learns from the first epoch on.
public final class InfoNCESupConCE: TwoStageMethod {
  /// What gives the logits l. [D] → [K]
  public let head: Linear
  /// The clusters that give classes.
  public let clusters: AlignedClusters
  private let contrast: TwoViewContrast
  private let eta: Float

  static let recipe = OpenWorldRecipe(
    name: "infonce-supcon-ce", title: "InfoNCE, supervised contrast and cross-entropy of training nodes, then clusters",
    source: "an ablation of OpenIMA, arXiv 2403.11483; options of its published code",
    options: ["eta", "tau", "variant", "alignment"],
    make: { InfoNCESupConCE($0, $1) })

  /// The method with its start.
  public init(_ shape: OpenWorldShape, _ start: Initializer) {
    head = Linear(shape.width, shape.problem.classCount, from: start)
    clusters = AlignedClusters(shape)
    contrast = TwoViewContrast(shape.configuration)
    eta = shape.configuration.eta
  }

  /// Where cross-entropy has any weight.
  public func needsTrainingRows(in epoch: Int) -> Bool { eta > 0 }

  /// The loss of a step as above.
  public func loss(of step: OpenWorldStep) -> Tensor {
    let views = [step.view(), step.view()]
    let rows = views.map(step.batch(of:))
    let loss = contrast(rows[0], rows[1], classes: step.trueClasses)
    return eta > 0 ? loss + eta * step.crossEntropy(of: views.map { head($0) }) : loss
  }
}
