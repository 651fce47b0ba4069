import GroveKernels
import Foundation
public import GroveLayers
public import GroveTensors

/// A cosine head that teaches itself across views, beside the contrast of GCD; classes are the head's.
///
///     L = (1 − λ) · (D + ε · (log K − H)) + λ · CE + L of LabeledContrast
///     D = ½ · Σ over views v of mean over i of −Σ over k of t[v][i, k] · log s[other view][i, k]
///
/// c are cosines with the classes' prototypes; s = softmax(c / τₛ) the student, t = softmax(c / τₜ) the teacher, which has
/// no gradient; H the entropy of the mean of s over the batch in both views; CE the cross-entropy of c / τₛ over all
/// training nodes in both views. τₜ falls in a straight line over the warm-up epochs and then stays.
///
/// - Source: Wen, Zhao, Qi 2023 (SimGCD), and its published code. Differs: views are dropout masks, a step sees all
///   training nodes, and the optimizer is that of all methods. Its warm-up of 30 epochs is kept, of which the usual 20
///   reach τₜ = 0.050.
public final class SimGCD: OpenWorldMethod {
  /// What gives the cosines c. [D] → [K]
  public let head: CosineClassifier
  /// The projection and the losses on it.
  public let contrast: LabeledContrast
  private let options: NumberOptions

  static let recipe = OpenWorldRecipe(
    name: "simgcd", title: "SimGCD, a cosine head taught by itself across views",
    source: "Wen 2023; defaults of the published code",
    parameters: LabeledContrast.parameters + [
      NumberParameter("student-temperature", 0.1, in: 1e-3...1e3, "temperature of predictions"),
      NumberParameter("warmup-temperature", 0.07, in: 1e-3...1e3, "temperature of teachers in the first epoch"),
      NumberParameter("teacher-temperature", 0.04, in: 1e-3...1e3, "temperature of teachers after the warm-up"),
      NumberParameter("warmup", 30, in: 0...1e6, "epochs in which the temperature of teachers falls"),
      NumberParameter("entropy", 2, in: 0...1e3, "weight of the entropy of the mean prediction"),
    ], make: { SimGCD($0, $1) })

  /// The method with its start.
  public init(_ shape: OpenWorldShape, _ start: Initializer) {
    head = CosineClassifier(shape.width, shape.problem.classCount, from: start)
    contrast = LabeledContrast(shape, start)
    options = shape.options
  }

  /// τₜ of an epoch.
  func teacherTemperature(in epoch: Int) -> Float {
    let (first, last) = (options["warmup-temperature"], options["teacher-temperature"])
    let warmup = options["warmup"]
    let passed = warmup < 1 ? 1 : min(1, Double(epoch - 1) / max(1, warmup - 1))
    return Float(first + (last - first) * passed)
  }

  /// The loss of a step as above.
  public func loss(of step: OpenWorldStep) -> Tensor {
    let views = [step.view(), step.view()]
    let cosines = views.map { head($0) }
    let teachers = cosines.map {
      (1 / teacherTemperature(in: step.epoch) * step.batch(of: $0).detached()).softmax()
    }
    return loss(
      cosines.map(step.batch(of:)), teachers: teachers, training: cosines.map(step.training(of:)),
      classes: step.trainingClasses)
      + contrast(views, of: step)
  }

  /// The part of L that is the head's.
  ///
  /// - Shape: batch and teachers two of [B, K] each, training two of [T, K], classes [T] → [1, 1].
  func loss(_ batch: [Tensor], teachers: [Tensor], training: [Tensor], classes: [Int32]) -> Tensor {
    let sharpness = Float(1 / options["student-temperature"])
    let students = batch.map { sharpness * $0 }
    let taught = Tensor.blending(
      0.5, students[1].crossEntropy(toward: teachers[0]), 0.5, students[0].crossEntropy(toward: teachers[1]))
    let entropy = DistributionTerms.entropyOfMean(of: Tensor.concatenatingRows(students).softmax())
    let spread = (-1 * entropy).adding(log(Float(batch[0].columns)))
    let labeled = (sharpness * Tensor.concatenatingRows(training)).crossEntropy(classes + classes)
    let weight = Float(options["labeled-weight"])
    return .blending(1 - weight, taught + Float(options["entropy"]) * spread, weight, labeled)
  }

  /// The cosines over the student's temperature.
  public func scores(of embeddings: Tensor) -> Tensor {
    Float(1 / options["student-temperature"]) * head(embeddings)
  }
}
