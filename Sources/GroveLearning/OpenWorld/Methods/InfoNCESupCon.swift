import GroveLayers
public import GroveTensors

/// Contrast of two views in which training nodes of one class belong together, then clusters.
///
///     L = C(z; y)        y: the class of a training node, of any other node one of its own
///
/// z are the embeddings of the batch, C is `TwoViewContrast` with temperature τ.
///
/// - Source: Khosla 2020, eq. 2; an ablation of OpenIMA (arXiv 2403.11483), whose temperature, factor and clusters it has.
public final class InfoNCESupCon: TwoStageMethod {
  /// The clusters that give classes.
  public let clusters: AlignedClusters
  private let contrast: TwoViewContrast

  static let recipe = OpenWorldRecipe(
    name: "infonce-supcon", title: "InfoNCE with supervised contrast of training nodes, then clusters",
    source: "Khosla 2020; options of OpenIMA's published code", options: ["tau", "variant", "alignment"],
    make: { shape, _ in InfoNCESupCon(shape) })

  /// The method with its start.
  public init(_ shape: OpenWorldShape) {
    clusters = AlignedClusters(shape)
    contrast = TwoViewContrast(shape.configuration)
  }

  /// False: of training nodes too only those of the batch are read.
  public func needsTrainingRows(in epoch: Int) -> Bool { false }

  /// The loss of a step as above.
  public func loss(of step: OpenWorldStep) -> Tensor {
    contrast(step.view(), step.view(), classes: step.trueClasses)
  }
}
