import GroveGraphs
import GroveKernels
import GroveLayers
import GroveTensors

/// Training in batches of training nodes with sampled neighborhoods.
extension NodeTrainer {
  /// Batches of training nodes with what is sampled of the graph that the training part is shown; nil without fanouts.
  func loader(for model: TrainedModel) -> Loader<MiniBatch>? {
    guard configuration.isSampled else { return nil }
    let sampler = NeighborSampler(model.shown(to: .train).graph, fanouts: configuration.fanouts)
    // Dropout takes the steps from 1 on, the start of the weights and drawn splits operations 0 and 1.
    let random = RandomStream(seed: UInt64(configuration.seed + run), run: run, operation: 2)
    return Loader(
      sampler, seeds: split.train, batchSize: configuration.batch ?? TrainingConfiguration.usualBatch, random: random)
  }

  /// One step on each batch of an epoch, at the epoch's learning rate.
  ///
  /// - Returns: the mean over training nodes of the loss before the step of their batch.
  /// - Throws: `TrainingFailure.nonFiniteLoss` with the batch.
  func steps(
    _ model: TrainedModel, _ classifier: NodeClassifier, _ optimizer: any Optimizer, _ loader: Loader<MiniBatch>,
    epoch: Int
  ) throws -> Double {
    let shown = model.shown(to: .train)
    let rate = learningRate(epoch)
    var total = 0.0
    let batches = loader.batches(epoch: epoch)
    while let batch = try batches.next() {
      let (loss, gradients) = gradients(
        shown, classifier, batch, step: (epoch - 1) * loader.batchCount + batch.number + 1)
      guard loss.isFinite else { throw diverged(classifier, gradients, epoch: epoch, batch: batch.number + 1) }
      optimizer.step(gradients, learningRate: rate)
      total += Double(loss) * Double(batch.seeds.count)
    }
    return total / Double(loader.seeds.count)
  }

  /// Loss and gradients of the first batch of an epoch, with the weights as they are now.
  func firstGradients(
    _ model: TrainedModel, _ classifier: NodeClassifier, _ loader: Loader<MiniBatch>, epoch: Int
  ) throws -> (loss: Float, gradients: Gradients) {
    guard let batch = try loader.batches(epoch: epoch).next() else {
      preconditionFailure("firstGradients: an epoch without batches")
    }
    return gradients(model.shown(to: .train), classifier, batch, step: (epoch - 1) * loader.batchCount + 1)
  }

  /// Only rows and labels of the batch are read: features of its sources, classes of its seeds.
  private func gradients(
    _ shown: TrainedModel.Shown, _ classifier: NodeClassifier, _ batch: MiniBatch, step: Int
  ) -> (loss: Float, gradients: Gradients) {
    Pass.training(seed: UInt64(configuration.seed + run), run: run, step: step) {
      let rows = shown.rows(of: batch.sourceIDs, classifier)
      let loss = loss(classifier.model(rows, over: batch.blocks).logits, of: batch.seeds)
      return (loss.scalar, loss.backward())
    }
  }
}

extension TrainedModel.Shown {
  /// Input rows of some nodes, of all where nil.
  func rows(of nodes: [Int32]?, _ classifier: NodeClassifier) -> Tensor {
    guard let features else { return classifier.features.features(of: nodes) }
    return nodes.map { features.gathering(rows: $0) } ?? features
  }
}
