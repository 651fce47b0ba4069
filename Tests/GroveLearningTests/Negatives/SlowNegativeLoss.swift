import Foundation
import GroveLearning

/// The losses of one row written out as tables have them, in Double and without care for large scores.
///
/// Letters: p the positive's logit, n those of the negatives, w their weights.
struct SlowNegativeLoss {
  let kind: NegativeLoss.Kind
  let weights: [Double]?

  private static func sigmoid(_ x: Double) -> Double { 1 / (1 + exp(-x)) }

  private func weights(_ count: Int, usual: Double) -> [Double] { weights ?? [Double](repeating: usual, count: count) }

  /// w · e^(scale · n), summing to 1.
  private func tilted(_ n: [Double], _ scale: Double) -> [Double] {
    let shares = zip(weights(n.count, usual: 1), n).map { $0 * exp(scale * $1) }
    return shares.map { $0 / shares.reduce(0, +) }
  }

  /// Margin and weights of the sums of −log σ; nil for other losses.
  private func logistic(_ constants: [Double]) -> (margin: Double, weights: [Double])? {
    let count = constants.count
    switch kind {
    case .skipGram, .noiseContrastive: return (0, weights(count, usual: 1))
    case .pointwise: return (0, weights(count, usual: 1 / Double(max(1, count))))
    case .selfAdversarial(let margin, let sharpness): return (Double(margin), tilted(constants, Double(sharpness)))
    default: return nil
    }
  }

  private var debiased: (beta: Double, prior: Double, temperature: Double, isFlowing: Bool)? {
    switch kind {
    case .debiased(let prior, let temperature): (0, Double(prior), Double(temperature), false)
    case .hard(let beta, let prior, let temperature, let isFlowing):
      (Double(beta), Double(prior), Double(temperature), isFlowing)
    default: nil
    }
  }

  /// The loss, weights that are constants to the gradient being those of `constants` in place of n.
  func value(_ p: Double, _ n: [Double], constants: [Double]) -> Double {
    let count = Double(max(1, n.count))
    if let (margin, w) = logistic(constants) {
      return zip(w, n).reduce(-log(Self.sigmoid(margin + p))) { $0 - $1.0 * log(Self.sigmoid(-$1.1 - margin)) }
    }
    if n.isEmpty { return 0 }
    if let (beta, prior, temperature, isFlowing) = debiased {
      let omega = tilted(isFlowing ? n : constants, beta)
      let mean = zip(omega, n).reduce(0) { $0 + $1.0 * exp($1.1) }
      let estimate = max((mean - prior * exp(p)) / (1 - prior), exp(-1 / temperature))
      return -log(exp(p) / (exp(p) + count * estimate))
    }
    switch kind {
    case .bpr:
      return zip(weights(n.count, usual: 1 / count), n).reduce(0) { $0 - $1.0 * log(Self.sigmoid(p - $1.1)) }
    case .hinge(let margin), .warp(let margin):
      return zip(weights(n.count, usual: 1 / count), n).reduce(0) { $0 + $1.0 * max(0, Double(margin) + $1.1 - p) }
    default:
      let sum = zip(weights(n.count, usual: 1), n).reduce(0) { $0 + $1.0 * exp($1.1) }
      return -log(exp(p) / (exp(p) + sum))
    }
  }

  /// g₊ and g_j of the table.
  func gradients(_ p: Double, _ n: [Double]) -> (positive: Double, negatives: [Double]) {
    let count = Double(max(1, n.count))
    if let (margin, w) = logistic(n) {
      return (Self.sigmoid(margin + p) - 1, zip(w, n).map { $0 * Self.sigmoid($1 + margin) })
    }
    if n.isEmpty { return (0, []) }
    if let (beta, prior, temperature, isFlowing) = debiased {
      let omega = tilted(n, beta)
      let mean = zip(omega, n).reduce(0) { $0 + $1.0 * exp($1.1) }
      let raw = (mean - prior * exp(p)) / (1 - prior)
      let isFloored = raw <= exp(-1 / temperature)
      let total = exp(p) + count * max(raw, exp(-1 / temperature))
      if isFloored { return (exp(p) / total - 1, n.map { _ in 0 }) }
      let slopes = zip(omega, n).map { w, z in
        isFlowing ? (1 + beta) * w * exp(z) - beta * w * mean : w * exp(z)
      }
      return (
        (exp(p) - count * prior * exp(p) / (1 - prior)) / total - 1, slopes.map { count * $0 / (1 - prior) / total }
      )
    }
    switch kind {
    case .bpr:
      let g = zip(weights(n.count, usual: 1 / count), n).map { $0 * Self.sigmoid($1 - p) }
      return (-g.reduce(0, +), g)
    case .hinge(let margin), .warp(let margin):
      let g = zip(weights(n.count, usual: 1 / count), n).map { Double(margin) + $1 - p > 0 ? $0 : 0 }
      return (-g.reduce(0, +), g)
    default:
      let terms = zip(weights(n.count, usual: 1), n).map { $0 * exp($1) }
      let total = exp(p) + terms.reduce(0, +)
      return (exp(p) / total - 1, terms.map { $0 / total })
    }
  }

  /// What scores are divided by.
  var temperature: Double {
    switch kind {
    case .infoNCE(let temperature), .sampledSoftmax(let temperature): Double(temperature)
    default: debiased?.temperature ?? 1
    }
  }

  /// Every loss, some with other numbers than the usual.
  static let kinds: [NegativeLoss.Kind] = [
    .skipGram, .noiseContrastive, .pointwise, .selfAdversarial(margin: 0.5, sharpness: 0.7), .bpr, .hinge(margin: 0.3),
    .warp(margin: 0.4), .kPair, .infoNCE(temperature: 0.2), .sampledSoftmax(temperature: 0.6),
    .debiased(prior: 0.1, temperature: 0.5), .debiased(prior: 0.9, temperature: 0.8),
    .hard(concentration: 1, prior: 0.1, temperature: 0.5, flowsThroughWeights: false),
    .hard(concentration: 1.5, prior: 0.05, temperature: 0.7, flowsThroughWeights: true),
  ]
}
