import GroveKernels
public import GroveLayers
import GroveTensors

/// Contrast of all nodes, each its own class, blended with contrast of labeled ones by their class.
///
///     L = (1 − λ) · C(p; none, τ) + λ · C(p of training nodes; y, τ')
///
/// p are embeddings that went through a projection of three dense layers with GELU between them, of length 1; C is
/// `TwoViewContrast` without a factor.
///
/// - Source: Vaze, Han, Vedaldi, Zisserman 2022, and its published code; the same in SimGCD's. Differs: a step sees
///   all training nodes, where the code draws half of each batch from them; the projection's layers are as wide as the
///   embeddings, not 2048 and 256 for 768, and start as PyTorch's dense layers do, not with deviation 0.02.
public final class LabeledContrast: Module {
  /// The dense layers between embeddings and p. [D] → [D] each
  public let projection: [Linear]
  private let weight: Float
  private let own: TwoViewContrast
  private let labeled: TwoViewContrast

  /// λ, τ and τ' as method options.
  static let parameters = [
    NumberParameter("labeled-weight", 0.35, in: 0...1, "share of losses on labeled nodes"),
    NumberParameter("temperature", 1, in: 1e-3...1e3, "temperature of contrast of all nodes"),
    NumberParameter("labeled-temperature", 0.07, in: 1e-3...1e3, "temperature of contrast of labeled nodes"),
  ]

  /// The losses with the options of a shape, whose recipe has `parameters`.
  public init(_ shape: OpenWorldShape, _ start: Initializer) {
    projection = (0..<3).map { _ in Linear(shape.width, shape.width, from: start) }
    weight = Float(shape.options["labeled-weight"])
    own = TwoViewContrast(temperature: Float(shape.options["temperature"]))
    labeled = TwoViewContrast(temperature: Float(shape.options["labeled-temperature"]))
  }

  /// p of embeddings. [n, D] → [n, D]
  func projected(_ rows: Tensor) -> Tensor {
    projection[2](projection[1](projection[0](rows).gelu()).gelu()).normalizedRows()
  }

  /// L of two views of a step.
  ///
  /// - Shape: each view [R, D] → [1, 1].
  /// - Precondition: training rows were asked for.
  func callAsFunction(_ views: [Tensor], of step: OpenWorldStep) -> Tensor {
    let rows = views.map(projected)
    return loss(
      rows.map(step.batch(of:)), training: rows.map(step.training(of:)),
      classes: step.trainingClasses)
  }

  /// L of projected rows.
  ///
  /// - Shape: batch two of [B, D], training two of [T, D], classes [T] → [1, 1].
  func loss(_ batch: [Tensor], training: [Tensor], classes: [Int32]) -> Tensor {
    .blending(1 - weight, own(batch[0], batch[1]), weight, labeled(training[0], training[1], classes: classes))
  }
}
