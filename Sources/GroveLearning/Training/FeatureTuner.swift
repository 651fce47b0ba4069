import GroveGraphs
public import GroveLayers
public import GroveTensors

/// Makes the module through which training changes given features: an encoder of the nodes' texts.
///
/// Training knows no encoder: whoever does gives this.
public struct FeatureTuner: Sendable {
  /// Makes it anew for each run, out of the rows that the encoder gave [N, F] and random starts.
  let make: @Sendable (_ rows: Tensor, _ start: Initializer) throws -> any TunableFeatures

  /// A tuner that makes its modules so.
  public init(_ make: @escaping @Sendable (_ rows: Tensor, _ start: Initializer) throws -> any TunableFeatures) {
    self.make = make
  }
}

extension NodeData.Features {
  /// The same rows, to be changed through a tuner where there is one.
  ///
  /// - Throws: `TrainingFailure.configuration` where they are not what the encoder gave.
  func tuned(by tuner: FeatureTuner?, _ configuration: TrainingConfiguration) throws -> NodeData.Features {
    guard let tuner else { return self }
    guard case .given(let matrix) = self, configuration.normalizeFeatures != "rows" else {
      throw TrainingFailure.configuration(
        "features are '\(configuration.features ?? "")' with normalizeFeatures '\(configuration.normalizeFeatures)'; an encoder is trained through its own rows as they are, so leave both out"
      )
    }
    return .tuned(matrix, tuner)
  }
}

extension Classifier {
  /// Features of the classified nodes that training can change once it is told to, if there are any.
  var tunableFeatures: (any TunableFeatures)? {
    switch self {
    case let classifier as NodeClassifier: classifier.features as? any TunableFeatures
    case let classifier as HeteroClassifier: classifier.features[classifier.target] as? any TunableFeatures
    default: nil
    }
  }
}
