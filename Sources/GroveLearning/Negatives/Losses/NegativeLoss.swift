/// A loss on the score of a positive and those of its negatives.
///
///     NEG, NCE           −log σ(z⁺) − Σ w[j] · log σ(−z[j])                    w = 1
///     pointwise          the same                                              w = 1/k
///     self-adversarial   −log σ(γ + z⁺) − Σ w[j] · log σ(−z[j] − γ)            w = softmax of α · z, a constant
///     BPR                −Σ w[j] · log σ(z⁺ − z[j])                            w = 1/k
///     hinge, WARP        Σ w[j] · max(0, γ + z[j] − z⁺)                        w = 1/k; WARP: given, of the rank
///     softmax family     log(1 + Σ w[j] · e^(z[j] − z⁺))                       w = 1
///     debiased           log(1 + k · g / e^(z⁺)),  g = max((m − π · e^(z⁺)) / (1 − π), e^(−1/τ)),  m = Σ w[j] · e^(z[j])
///                                                                              w = 1/k; HCL: ∝ e^(β · z)
///
/// z = s / τ + b of a score s, where the loss has a temperature τ, else s + b, b being the offsets of `NegativeTerms`.
/// Given weights take the place of 1 and 1/k; of self-adversarial weights, of HCL's and of debiased means they tilt the
/// loss's own, which still sum to 1. k is the number of valid negatives of a row.
///
/// The loss of several rows is their mean. A row without any valid negative keeps the term of its positive (NEG, NCE,
/// pointwise, self-adversarial) or is 0 with gradient 0 (all others), and counts in the mean all the same.
///
/// Every loss is described by its value and its derivatives for s⁺ and s[j]: those of embeddings follow from the score.
///
/// - Source: as cited at each kind.
public struct NegativeLoss: Sendable, Equatable {
  /// Which loss, with its numbers.
  public let kind: Kind

  /// The losses.
  public enum Kind: Sendable, Equatable {
    /// Skip-gram with negatives: Mikolov 2013, eq. 4.
    case skipGram
    /// Noise-contrastive estimation: NEG on s − log(k · p_n); both offsets must be given. Gutmann, Hyvärinen 2010.
    case noiseContrastive
    /// Binary cross-entropy, the negatives weighing as much as the positive unless weights are given.
    case pointwise
    /// γ is the margin, α the sharpness. Sun, Deng, Nie, Tang 2019 (RotatE). Differs: positive
    /// and negatives are added, where its code takes their mean.
    case selfAdversarial(margin: Float = 12, sharpness: Float = 1)
    /// Bayesian personalized ranking: Rendle 2009.
    case bpr
    /// Triplet loss: γ is the margin.
    case hinge(margin: Float = 1)
    /// Hinge with the weight of a rank, see `WARPWeight`, which must be given. Weston, Bengio, Usunier 2011.
    case warp(margin: Float = 1)
    /// InfoNCE at temperature 1. Sohn 2016.
    case kPair
    /// van den Oord 2018, eq. 4.
    case infoNCE(temperature: Float = 0.1)
    /// InfoNCE corrected by −log of expected counts as offsets, which must be given. Bengio, Senécal 2008; Yi 2019.
    case sampledSoftmax(temperature: Float = 1)
    /// π is the share of negatives that are positives. Chuang, Robinson, Lin, Torralba, Jegelka 2020 (DCL).
    /// Differs: one positive a row.
    case debiased(prior: Float = 0.1, temperature: Float = 0.5)
    /// HCL: β is the concentration. Robinson, Chuang, Sra, Jegelka 2021.
    ///
    /// The weights e^(β · z) are constants to the gradient unless `flowsThroughWeights`.
    case hard(
      concentration: Float = 1, prior: Float = 0.1, temperature: Float = 0.5, flowsThroughWeights: Bool = false)
  }

  /// A loss of a kind.
  ///
  /// - Precondition: temperatures above 0, priors in 0..<1, and all numbers finite.
  public init(_ kind: Kind) {
    switch kind {
    case .skipGram, .noiseContrastive, .pointwise, .bpr, .kPair: break
    case .selfAdversarial(let margin, let sharpness):
      precondition(
        margin.isFinite && sharpness.isFinite, "NegativeLoss: a margin of \(margin), a sharpness of \(sharpness)")
    case .hinge(let margin), .warp(let margin):
      precondition(margin.isFinite, "NegativeLoss: a margin of \(margin)")
    case .infoNCE(let temperature), .sampledSoftmax(let temperature):
      precondition(temperature > 0 && temperature.isFinite, "NegativeLoss: a temperature of \(temperature)")
    case .debiased(let prior, let temperature):
      NegativeLoss.check(prior, temperature)
    case .hard(let concentration, let prior, let temperature, _):
      precondition(concentration.isFinite, "NegativeLoss: a concentration of \(concentration)")
      NegativeLoss.check(prior, temperature)
    }
    self.kind = kind
  }

  private static func check(_ prior: Float, _ temperature: Float) {
    precondition(temperature > 0 && temperature.isFinite, "NegativeLoss: a temperature of \(temperature)")
    precondition(prior >= 0 && prior < 1, "NegativeLoss: a prior of \(prior); it is a share below 1")
  }

  /// What scores are divided by.
  var temperature: Float {
    switch kind {
    case .infoNCE(let temperature), .sampledSoftmax(let temperature), .debiased(_, let temperature),
      .hard(_, _, let temperature, _):
      temperature
    default: 1
    }
  }

  /// Traps where the loss makes no sense without terms that are not there.
  func checkTerms(_ terms: NegativeTerms) {
    switch kind {
    case .noiseContrastive:
      precondition(
        terms.offsets != nil && terms.positiveOffsets != nil,
        "NegativeLoss: NCE needs −log(k · p) of positives and negatives as offsets, and one of them is missing")
    case .sampledSoftmax:
      precondition(
        terms.offsets != nil, "NegativeLoss: sampled softmax needs −log of expected counts as offsets, there are none")
    case .warp:
      precondition(terms.weights != nil, "NegativeLoss: WARP needs the weights of ranks, there are none")
    default: break
    }
  }
}
