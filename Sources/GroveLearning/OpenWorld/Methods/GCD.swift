public import GroveLayers
public import GroveTensors

/// Generalized category discovery: contrast of all nodes and of labeled ones, then K-means that keeps training nodes in
/// the cluster of their class.
///
///     L = (1 − λ) · C(p; none, τ) + λ · C(p of training nodes; y, τ')        as in `LabeledContrast`
///
/// Clusters are those of the embeddings before the projection, from `SemiSupervisedKMeans` with ten starts: that of a seen
/// class grows around its training nodes, so that nothing has to be matched. Labels of validation nodes are not read.
///
/// Predictions can end below those of the untrained encoder. With τ' = 0.07 and τ = 1 the gradients of labeled contrast
/// outweigh those of the other term, so seen classes draw together at the expense of novel ones; the published code tunes
/// only the last block of an encoder that tells these apart before. A lower τ, or a smaller λ, helps.
///
/// - Source: Vaze, Han, Vedaldi, Zisserman 2022, and its published code; λ 0.35 of the paper. Differs: views are dropout
///   masks, the encoder learns from its start, and the optimizer is that of all methods.
public final class GCD: TwoStageMethod {
  /// The clusters that give classes.
  public let clusters: AlignedClusters
  /// The projection and the losses on it.
  public let contrast: LabeledContrast

  static let recipe = OpenWorldRecipe(
    name: "gcd", title: "GCD, generalized category discovery by semi-supervised K-means",
    source: "Vaze 2022; temperatures of the published code", parameters: LabeledContrast.parameters,
    make: { GCD($0, $1) })

  /// The method with its start.
  public init(_ shape: OpenWorldShape, _ start: Initializer) {
    clusters = AlignedClusters(shape, keepsTraining: true)
    contrast = LabeledContrast(shape, start)
  }

  /// The loss of a step as above.
  public func loss(of step: OpenWorldStep) -> Tensor { contrast([step.view(), step.view()], of: step) }
}
