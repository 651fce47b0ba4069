import GroveGraphs
import GroveKernels
import GroveLayers
import GroveTensors

/// What is known of a step's negatives beside their scores, by node numbers of the request.
struct StepTerms {
  /// Offsets of negatives. [B · k]
  var offsets: [Float]?
  /// Offsets of positives. [B]
  var positiveOffsets: [Float]?
  /// Which candidates are exposures of their anchors. [B · k · M]
  var isExposed: [Bool]?
  /// How far training is.
  var progress = NegativeRequest.Progress()
}

/// What training with negatives keeps from step to step: the loss as it is corrected, frequencies, and gates that learn.
final class NegativeTrainingRun {
  /// The loss on scores.
  let loss: NegativeLoss
  /// What is done beside.
  let training: NegativeTraining
  /// Gates of a gated choice.
  let gates: GatedChoice?
  private let gateOptimizer: (any Optimizer)?
  private let samplerName: String
  private var chances: ChanceCorrection?

  /// The start of a run.
  ///
  /// - Parameter width: of the rows that are compared.
  /// - Throws: `TrainingFailure.configuration` for a loss that does not go with the objective's correction.
  init(_ objective: LinkObjective, candidateCount: Int, width: Int, seed: UInt64) throws {
    training = objective.training
    loss = try training.corrected(objective.loss)
    samplerName = objective.sampler.name
    if loss.needsChances {
      var rate: Double?
      if case .logQ(let given) = training.correction { rate = given }
      var isNoiseContrastive = false
      if case .noiseContrastive = loss.kind { isNoiseContrastive = true }
      chances = ChanceCorrection(
        of: objective.sampler, isNoiseContrastive: isNoiseContrastive, rate: rate, candidateCount: candidateCount,
        random: RandomStream(seed: seed, operation: 8))
    }
    if case .gatedChoice(_, let warmUp, _) = training.synthesis {
      let made = GatedChoice(width: width, warmUp: warmUp, from: Initializer(seed: Int(truncatingIfNeeded: seed)))
      gates = made
      gateOptimizer = OptimizerKind.adam.make(for: made.parameters())
    } else {
      (gates, gateOptimizer) = (nil, nil)
    }
  }

  /// Before an epoch: its positives, as candidates.
  func begin(_ positives: [Int32]) { chances?.begin(positives) }

  /// What is known of a step's negatives.
  ///
  /// - Throws: what the sampler throws; `TrainingFailure.configuration` where the loss needs what it does not give.
  func terms(of negatives: Negatives, for request: NegativeRequest) throws -> StepTerms {
    if loss.needsRankWeights && negatives.weights == nil {
      throw TrainingFailure.configuration(
        "the loss needs weights of ranks, which sampler '\(samplerName)' does not give; use the sampler 'warp' or another loss"
      )
    }
    var terms = StepTerms(progress: request.progress)
    if chances != nil {
      let found = try chances!.offsets(of: negatives, for: request)
      (terms.offsets, terms.positiveOffsets) = (found.negatives, found.positives)
    }
    if case .regionMerging(_, _, let exposures?) = training.synthesis {
      terms.isExposed = negatives.ids.indices.map { place in
        exposures[Int(request.anchors[place / negatives.count])].contains(negatives.ids[place])
      }
    }
    return terms
  }

  /// Trains the gates.
  func step(_ gradients: Gradients, learningRate: Float) {
    gateOptimizer?.step(gradients, learningRate: learningRate)
  }
}
