import GroveLayers
public import GroveTensors

/// Contrast of two views and nothing else, then clusters: the floor that every method must beat.
///
///     L = C(z)        every node its own class
///
/// z are the embeddings of the batch, C is `TwoViewContrast` with temperature τ. Labels are read only where clusters are
/// matched with classes.
///
/// - Source: van den Oord 2018, eq. 4; the first ablation of OpenIMA (arXiv 2403.11483), whose temperature, factor and
///   clusters it has.
public final class InfoNCE: TwoStageMethod {
  /// The clusters that give classes.
  public let clusters: AlignedClusters
  private let contrast: TwoViewContrast

  static let recipe = OpenWorldRecipe(
    name: "infonce", title: "InfoNCE, then clusters", source: "van den Oord 2018; options of OpenIMA's published code",
    options: ["tau", "variant", "alignment"], make: { shape, _ in InfoNCE(shape) })

  /// The method with its start.
  public init(_ shape: OpenWorldShape) {
    clusters = AlignedClusters(shape)
    contrast = TwoViewContrast(shape.configuration)
  }

  /// False: only rows of the batch are read.
  public func needsTrainingRows(in epoch: Int) -> Bool { false }

  /// The loss of a step as above.
  public func loss(of step: OpenWorldStep) -> Tensor { contrast(step.view(), step.view()) }
}
