import Foundation
import GroveKernels
import GroveLayers
import GroveTensors

/// How many classes there are, where that is to be found out.
extension OpenWorldTrainer {
  /// Epochs of the encoder that the estimate is made with, at most.
  static let estimateEpochs = 10

  /// The configuration with a number of classes: as given, as the folder's run found it before, or estimated now.
  func settled(in folder: RunFolder?, shouldStop: () -> Bool) throws -> TrainingConfiguration {
    var configuration = configuration
    guard configuration.classes == "estimate", configuration.estimatedClasses == nil else { return configuration }
    if let folder, folder.exists, FileManager.default.fileExists(atPath: folder.lastPath) {
      configuration.estimatedClasses = try folder.configuration().estimatedClasses
    }
    configuration.estimatedClasses =
      try configuration.estimatedClasses
      ?? estimatedClassCount {
        if let folder, shouldStop() { throw TrainingFailure.interrupted(path: folder.path, epoch: 0) }
      }
    return configuration
  }

  /// Number of clusters under which the labeled nodes keep to their classes best, in embeddings that were learned by
  /// contrast alone, for which the number of classes need not be known.
  ///
  /// The encoder is the one that `--model` names, also where the method has one of its own, which need not give rows of
  /// length 1.
  ///
  /// - Parameter check: called after each step.
  /// - Source: Vaze, Han, Vedaldi, Zisserman 2022, section 3.3.
  func estimatedClassCount(_ check: () throws -> Void) throws -> Int {
    let recipe = OpenWorldRecipe(name: "contrast", title: "", source: "", make: { shape, _ in ContrastAlone(shape) })
    var configuration = configuration
    configuration.methodOptions = []  // numbers of another method
    let model = try OpenWorldModel(
      data: data, configuration: configuration, recipe: recipe, split: split, run: run, problem: problem, truth: truth)
    let optimizer = optimizer(of: model.network)
    for epoch in 1...max(1, min(configuration.epochs, OpenWorldTrainer.estimateEpochs)) {
      _ = try steps(model.network, problem, optimizer, epoch: epoch, between: check)
    }
    let embeddings = try settle(model.network, problem, epoch: 0).gathering(rows: problem.nodes)
    let most = min(problem.nodes.count, 4 * problem.seenCount + 10)
    return ClusterCountEstimate.byLabeledAccuracy(
      of: embeddings.buffer, width: embeddings.columns, classes: problem.classes(of: problem.nodes),
      counts: problem.seenCount...max(problem.seenCount, most), starts: 3,
      random: RandomStream(seed: UInt64(configuration.seed + run), run: run, operation: 5)
    ).clusters
  }
}

/// Contrast of views, with the true classes of training nodes; it predicts nothing.
private final class ContrastAlone: OpenWorldMethod {
  private let contrast: TwoViewContrast

  init(_ shape: OpenWorldShape) {
    contrast = TwoViewContrast(shape.configuration)
  }

  func needsTrainingRows(in epoch: Int) -> Bool { false }

  func loss(of step: OpenWorldStep) -> Tensor {
    contrast(step.view(), step.view(), classes: step.trueClasses)
  }

  func scores(of embeddings: Tensor) -> Tensor { Tensor([], rows: embeddings.rows, columns: 0) }
}
