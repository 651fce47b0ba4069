public import GroveGraphs

/// How a sampler's paper trains with the negatives that it draws.
///
/// Nothing of it unless told: scores then enter the loss as they are, each negative is a node, and batches are the objective's.
public struct NegativeTraining: Sendable {
  /// The loss that the paper trains with; nil where it is anyone's.
  public var loss: NegativeLoss?
  /// What is done to scores and weights.
  public var correction: Correction
  /// How negatives are made of what is drawn.
  public var synthesis: NegativeSynthesis
  /// Which positives share a batch; nil: any.
  public var batches: (any PositiveBatcher)?
  /// Who judges candidates beside the model, for samplers that ask; a recipe's is `NeighborhoodScorer`, which looks at edges alone.
  public var teacher: (any NegativeScorer)?

  /// What is done to scores and weights before or within a loss.
  public enum Correction: Sendable, Equatable {
    /// Nothing.
    case none
    /// −log of expected counts is added to scores: see `LogQ`.
    ///
    /// Chances are those of the sampler where they are known. A batch's chances come from frequencies of positives: counted over the
    /// epoch, or with a rate those of a `StreamingFrequency`.
    case logQ(rate: Double? = nil)
    /// The mean over negatives is that over true ones: see `DebiasedMean`.
    case debiased(prior: Float)
    /// The same with hard negatives weighing more.
    case hard(concentration: Float, prior: Float)
    /// Negatives weigh by the softmax of their scores, a constant: see `TiltedWeights`.
    case tilted(sharpness: Float)

    /// The correction that is part of a loss.
    init(of loss: NegativeLoss) {
      switch loss.kind {
      case .sampledSoftmax, .noiseContrastive: self = .logQ()
      case .debiased(let prior, _): self = .debiased(prior: prior)
      case .hard(let concentration, let prior, _, _): self = .hard(concentration: concentration, prior: prior)
      case .selfAdversarial(_, let sharpness): self = .tilted(sharpness: sharpness)
      default: self = .none
      }
    }
  }

  /// Training of its parts.
  public init(
    loss: NegativeLoss? = nil, correction: Correction = .none, synthesis: NegativeSynthesis = .none,
    batches: (any PositiveBatcher)? = nil, teacher: (any NegativeScorer)? = nil
  ) {
    (self.loss, self.correction, self.synthesis) = (loss, correction, synthesis)
    (self.batches, self.teacher) = (batches, teacher)
  }

  /// A loss with the correction that can only be made within it: InfoNCE becomes sampled softmax, or debiased.
  ///
  /// - Throws: `TrainingFailure.configuration` for a loss that the correction, or the synthesis, makes no sense with.
  func corrected(_ loss: NegativeLoss) throws -> NegativeLoss {
    let result = try kind(of: loss).map { NegativeLoss($0) } ?? loss
    if synthesis.makesVectors && (result.needsChances || result.needsRankWeights) {
      throw TrainingFailure.configuration(
        "the loss needs chances or ranks of negatives, and negatives that are mixed have none; name a loss such as bpr or info-nce"
      )
    }
    return result
  }

  /// What takes the place of a loss; nil where it may stay.
  private func kind(of loss: NegativeLoss) throws -> NegativeLoss.Kind? {
    let softmax: Float? =
      switch loss.kind {
      case .infoNCE(let temperature): temperature
      case .kPair: 1
      default: nil
      }
    switch (correction, loss.kind) {
    case (.none, _), (.tilted, _), (.logQ, .sampledSoftmax), (.logQ, .noiseContrastive), (.debiased, .debiased),
      (.hard, .hard):
      return nil
    case (.logQ, _):
      if let softmax { return .sampledSoftmax(temperature: softmax) }
    case (.debiased(let prior), _):
      if let softmax { return .debiased(prior: prior, temperature: softmax) }
    case (.hard(let concentration, let prior), _):
      if let softmax { return .hard(concentration: concentration, prior: prior, temperature: softmax) }
    }
    throw TrainingFailure.configuration(
      "the sampler corrects losses of the softmax family, and the one that is named is none; name info-nce or k-pair, or none"
    )
  }
}

extension NegativeLoss {
  /// Whether it needs −log of expected counts.
  var needsChances: Bool {
    switch kind {
    case .sampledSoftmax, .noiseContrastive: true
    default: false
    }
  }

  /// Whether it needs weights from the sampler.
  var needsRankWeights: Bool {
    if case .warp = kind { return true }
    return false
  }

  /// Whether weights that follow scores are its own affair.
  var tilts: Bool {
    switch kind {
    case .selfAdversarial, .hard: true
    default: false
    }
  }
}
