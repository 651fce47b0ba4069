import GroveGraphs
import GroveKernels
import GroveLayers
import GroveTensors

/// Training in batches of training nodes with sampled neighborhoods.
extension NodeTrainer {
  /// Batches of training nodes with what is sampled of the graph that the training part is shown; nil without fanouts.
  ///
  /// - Throws: what the source throws; `TrainingFailure` where time is asked for and the data has no years.
  func loader(for model: TrainedModel) throws -> Loader<SampledBatch>? {
    guard configuration.isSampled else { return nil }
    let shown = model.shown(to: .train)
    // Dropout takes the steps from 1 on, the start of the weights and drawn splits operations 0 and 1.
    let random = RandomStream(seed: UInt64(configuration.seed + run), run: run, operation: 2)
    let batchSize = configuration.batch ?? TrainingConfiguration.usualBatch
    let years = configuration.temporal ? try data.edgeYears(asOf: split.years?.train) : nil
    let times = configuration.temporal ? try data.years(of: split.train) : nil
    if let graph = shown.heterogeneous {
      let sampler = HeteroNeighborSampler(
        graph, fanouts: configuration.fanouts(by: graph.relations), isReplacing: configuration.replacement,
        isWeighted: configuration.weightedSampling, edgeYears: years)
      let type = data.nodeType
      return Loader(seeds: split.train, times: times, batchSize: batchSize, random: random) { [clock] batch in
        clock.time(\.sampling) {
          SampledBatch(
            batch, .ofSeveralTypes(sampler.sample(from: batch.seeds, of: type, asOf: batch.times, using: batch.random)))
        }
      }
    }
    let sampler = NeighborSampler(
      shown.graph, fanouts: configuration.fanouts, isReplacing: configuration.replacement,
      isWeighted: configuration.weightedSampling, edgeYears: years?[0])
    return Loader(seeds: split.train, times: times, batchSize: batchSize, random: random) { [clock] batch in
      clock.time(\.sampling) {
        SampledBatch(batch, .ofOneType(sampler.sample(from: batch.seeds, asOf: batch.times, using: batch.random)))
      }
    }
  }

  /// One step on each batch of an epoch, at the given learning rate.
  ///
  /// - Parameter between: called after each step.
  /// - Returns: the mean over training nodes of the loss before the step of their batch.
  /// - Throws: `TrainingFailure.nonFiniteLoss` with the batch; what `between` throws.
  func steps(
    _ model: TrainedModel, _ classifier: any Classifier, _ optimizer: any Optimizer, _ loader: Loader<SampledBatch>,
    epoch: Int, rate: Float, between: () throws -> Void
  ) throws -> Double {
    let shown = model.shown(to: .train)
    var total = 0.0
    let batches = loader.batches(epoch: epoch)
    while let batch = try clock.time(\.waiting, { try batches.next() }) {
      let (loss, gradients) = gradients(
        shown, classifier, batch, step: (epoch - 1) * loader.batchCount + batch.number + 1)
      guard loss.isFinite else { throw diverged(classifier, gradients, epoch: epoch, batch: batch.number + 1) }
      clock.time(\.optimizer) { optimizer.step(gradients, learningRate: rate) }
      total += Double(loss) * Double(batch.seeds.count)
      try between()
    }
    return total / Double(loader.seeds.count)
  }

  /// Loss and gradients of the first batch of an epoch, with the weights as they are now.
  func firstGradients(
    _ model: TrainedModel, _ classifier: any Classifier, _ loader: Loader<SampledBatch>, epoch: Int
  ) throws -> (loss: Float, gradients: Gradients) {
    guard let batch = try loader.batches(epoch: epoch).next() else {
      preconditionFailure("firstGradients: an epoch without batches")
    }
    return gradients(model.shown(to: .train), classifier, batch, step: (epoch - 1) * loader.batchCount + 1)
  }

  /// Only rows and labels of the batch are read: features of its sources, classes of its seeds.
  private func gradients(
    _ shown: TrainedModel.Shown, _ classifier: any Classifier, _ batch: SampledBatch, step: Int
  ) -> (loss: Float, gradients: Gradients) {
    Pass.training(seed: UInt64(configuration.seed + run), run: run, step: step) {
      let inputs = clock.time(\.gather) { classifier.inputs(of: batch, on: shown) }
      return pass { loss(classifier.logits(of: batch, from: inputs), of: batch.seeds) }
    }
  }
}

/// Training nodes with what is sampled around them.
struct SampledBatch: Sendable {
  /// Number of the batch in its epoch, from 0.
  let number: Int
  /// The training nodes, in the order of the last block's targets.
  let seeds: [Int32]
  /// One block a layer, the first layer's first.
  let blocks: Blocks

  enum Blocks: Sendable {
    case ofOneType([Block])
    case ofSeveralTypes([HeteroBlock])
  }

  init(_ batch: SeedBatch, _ blocks: Blocks) { (number, seeds, self.blocks) = (batch.number, batch.seeds, blocks) }
}
