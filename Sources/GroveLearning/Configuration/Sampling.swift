import GroveKernels
import GroveLayers

extension TrainingConfiguration {
  /// Training nodes of a step where fanouts are given and no batch.
  static let usualBatch = 1024

  /// Whether steps see sampled neighborhoods of some training nodes instead of the whole graph.
  var isSampled: Bool { !fanouts.isEmpty }

  /// Checks that the model can be trained on sampled blocks, and writes the batch in.
  ///
  /// - Throws: `TrainingFailure.configuration` where it cannot, or where fanouts and layers differ in number.
  mutating func settleSampling() throws {
    guard isSampled else { return }
    guard let blockCount = try ModelCatalogue.recipe(named: model).sampledBlocks(self) else {
      throw TrainingFailure.configuration(
        "\(model) is no row of convolutions that each look one hop far, so it takes no fanouts; leave them out, or choose "
          + "a model such as gcn, sage, gat or gatv2")
    }
    guard blockCount == fanouts.count else {
      throw TrainingFailure.configuration(
        "fanouts has \(fanouts.count) \(fanouts.count == 1 ? "number" : "numbers"), \(model) has \(blockCount) "
          + "layers; give one for each layer, that of the hop next to the training nodes first")
    }
    batch = batch ?? TrainingConfiguration.usualBatch
  }
}

extension ModelRecipe {
  /// The configuration keys of sampled training, where the model can be trained on sampled blocks; else none.
  public var samplingOptions: [String] {
    var configuration = TrainingConfiguration()
    defaults(&configuration)
    return sampledBlocks(configuration) == nil ? [] : ["fanouts", "batch"]
  }

  /// Number of sampled blocks that a model of a configuration walks through; nil where it needs whole graphs.
  func sampledBlocks(_ configuration: TrainingConfiguration) -> Int? {
    guard case .trained(let make) = kind else { return nil }
    // The smallest model of the configuration tells what every one walks through.
    var smallest = configuration
    (smallest.hidden, smallest.heads, smallest.outputHeads) = (1, 1, 1)
    let example = make(ModelShape(inputWidth: 1, classCount: 1), smallest, Initializer(RandomStream(seed: 0)))
    guard let stack = example as? ConvolutionStack, stack.convolutions.allSatisfy(\.walksOnce) else { return nil }
    return stack.blockCount
  }
}
