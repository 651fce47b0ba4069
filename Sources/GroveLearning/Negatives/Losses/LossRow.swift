import Foundation

/// One row of a loss in Double: its logits, and what the loss makes of them.
///
/// Letters: z⁺ the positive, z[j] the valid negatives, w[j] their weights.
struct LossRow {
  /// z⁺.
  var positive = 0.0
  /// z[j].
  var negatives: [Double] = []
  /// w[j] above 0; empty where none are given.
  var weights: [Double] = []
  /// The loss.
  var value = 0.0
  /// ∂ value / ∂ z⁺.
  var positiveGradient = 0.0
  /// ∂ value / ∂ z[j].
  var gradients: [Double] = []

  /// Forgets the row, and keeps its memory.
  mutating func clear() {
    negatives.removeAll(keepingCapacity: true)
    weights.removeAll(keepingCapacity: true)
    gradients.removeAll(keepingCapacity: true)
    (value, positiveGradient) = (0, 0)
  }

  /// Fills in value and gradients.
  mutating func compute(_ kind: NegativeLoss.Kind) {
    switch kind {
    case .skipGram, .noiseContrastive: logistic(margin: 0) { _ in 1 }
    case .pointwise: logistic(margin: 0) { 1 / Double($0) }
    case .selfAdversarial(let margin, let sharpness):
      weights = tilted(by: Double(sharpness))
      logistic(margin: Double(margin)) { _ in 1 }
    case .bpr: bpr()
    case .hinge(let margin), .warp(let margin): hinge(margin: Double(margin))
    case .kPair, .infoNCE, .sampledSoftmax: softmax()
    case .debiased(let prior, let temperature):
      debiased(concentration: 0, prior: Double(prior), temperature: Double(temperature), flowing: false)
    case .hard(let concentration, let prior, let temperature, let isFlowing):
      debiased(
        concentration: Double(concentration), prior: Double(prior), temperature: Double(temperature),
        flowing: isFlowing)
    }
  }

  /// w[j] · e^(scale · z[j]) over their sum.
  func tilted(by scale: Double) -> [Double] {
    let total = LogSpace.logSumExp(negatives, scale: scale, weights: weights)
    return negatives.indices.map { j in
      (weights.isEmpty ? 1 : weights[j]) * exp(scale * negatives[j] - total)
    }
  }

  // value = softplus(−γ − z⁺) + Σ w · softplus(z + γ);  ∂z⁺ = −σ(−γ − z⁺), ∂z = w · σ(z + γ)
  private mutating func logistic(margin: Double, usualWeight: (Int) -> Double) {
    let (loss, slope) = LogSpace.softplusAndSlope(-margin - positive)
    (value, positiveGradient) = (loss, -slope)
    let usual = usualWeight(max(1, negatives.count))
    for j in negatives.indices {
      let weight = weights.isEmpty ? usual : weights[j]
      let (loss, slope) = LogSpace.softplusAndSlope(negatives[j] + margin)
      value += weight * loss
      gradients.append(weight * slope)
    }
  }

  // value = Σ w · softplus(z − z⁺);  ∂z = w · σ(z − z⁺) = −∂z⁺
  private mutating func bpr() {
    let usual = 1 / Double(max(1, negatives.count))
    for j in negatives.indices {
      let weight = weights.isEmpty ? usual : weights[j]
      let (loss, slope) = LogSpace.softplusAndSlope(negatives[j] - positive)
      value += weight * loss
      gradients.append(weight * slope)
      positiveGradient -= weight * slope
    }
  }

  // value = Σ w · max(0, γ + z − z⁺);  ∂z = w where that is above 0, ∂z⁺ = −Σ ∂z
  private mutating func hinge(margin: Double) {
    let usual = 1 / Double(max(1, negatives.count))
    for j in negatives.indices {
      let weight = weights.isEmpty ? usual : weights[j]
      let gap = margin + negatives[j] - positive
      // What is not a number stays so: it must not pass for a satisfied margin.
      let isActive = !(gap <= 0)
      if isActive { value += weight * gap }
      gradients.append(isActive ? weight : 0)
      positiveGradient -= gradients[j]
    }
  }

  // value = softplus(S − z⁺), S = log Σ w · eᶻ;  q = σ(S − z⁺): ∂z⁺ = −q, ∂z = q · w · e^(z − S)
  private mutating func softmax() {
    guard !negatives.isEmpty else { return }
    let total = LogSpace.logSumExp(negatives, scale: 1, weights: weights)
    let (loss, share) = LogSpace.softplusAndSlope(total - positive)
    (value, positiveGradient) = (loss, -share)
    for j in negatives.indices {
      gradients.append(share * (weights.isEmpty ? 1 : weights[j]) * exp(negatives[j] - total))
    }
  }

  // m = Σ ω · eᶻ, ω ∝ w · e^(β z);  value = softplus(log k + log g − z⁺), q its sigmoid:
  // ∂z⁺ = q · (∂ log g / ∂z⁺ − 1), ∂z = q · ∂ log g / ∂ log m · ∂ log m / ∂z
  private mutating func debiased(concentration: Double, prior: Double, temperature: Double, flowing: Bool) {
    guard !negatives.isEmpty else { return }
    let logMean = DebiasedMean.logTiltedMean(negatives, concentration: concentration, weights: weights)
    let estimate = DebiasedMean(logMean: logMean, positive: positive, prior: prior, temperature: temperature)
    let gap = log(Double(negatives.count)) + estimate.logarithm - positive
    let (loss, share) = LogSpace.softplusAndSlope(gap)
    (value, positiveGradient) = (loss, share * (estimate.positiveSlope - 1))
    guard estimate.meanSlope != 0 else {
      gradients = [Double](repeating: 0, count: negatives.count)
      return
    }
    let factor = share * estimate.meanSlope
    // With constant ω:  ∂ log m / ∂z = ω · eᶻ / m, the weights tilted by 1 + β.
    gradients = tilted(by: 1 + concentration)
    if flowing && concentration != 0 {
      let omega = tilted(by: concentration)
      for j in gradients.indices { gradients[j] = (1 + concentration) * gradients[j] - concentration * omega[j] }
    }
    for j in gradients.indices { gradients[j] *= factor }
  }
}
