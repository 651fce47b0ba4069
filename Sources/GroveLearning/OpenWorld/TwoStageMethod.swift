public import GroveTensors

/// A method that learns embeddings first and then finds classes by clustering them.
public protocol TwoStageMethod: OpenWorldMethod {
  /// The clusters that give classes.
  var clusters: AlignedClusters { get }
}

extension TwoStageMethod {
  /// Clusters the embeddings of an epoch.
  public func settle(_ now: OpenWorldSnapshot) { clusters.settle(now) }

  /// How near each class's center is. [n, D] → [n, K]
  public func scores(of embeddings: Tensor) -> Tensor { clusters.scores(of: embeddings) }
}

extension TwoViewContrast {
  /// The contrast of OpenIMA and its ablations, with the temperature and the factor that a configuration asks for.
  init(_ options: TrainingConfiguration) {
    self.init(temperature: options.tau, baseTemperature: options.variant == "paper-code" ? 0.07 : nil)
  }
}

extension OpenWorldStep {
  /// Cross-entropy of all training nodes, summed over views.
  ///
  /// - Shape: logits of each view [R, K] → [1, 1].
  /// - Precondition: at least one view; training rows were asked for.
  func crossEntropy(of logits: [Tensor]) -> Tensor {
    let truth = trainingClasses
    return logits.dropFirst().reduce(training(of: logits[0]).crossEntropy(truth)) {
      $0 + training(of: $1).crossEntropy(truth)
    }
  }
}
