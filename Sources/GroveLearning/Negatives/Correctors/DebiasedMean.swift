import Foundation

/// The mean of e^z over true negatives, from draws of which a share π are positives.
///
///     g = max( (m − π · e^(z⁺)) / (1 − π), e^(−1/τ) )
///
/// m is the mean over the draws. Kept as its logarithm, so that scores of any size do.
///
/// - Source: Chuang, Robinson, Lin, Torralba, Jegelka 2020. Differs: one positive.
public struct DebiasedMean: Sendable, Equatable {
  /// log g.
  public let logarithm: Double
  /// ∂ log g / ∂ log m: 0 where the floor holds.
  public let meanSlope: Double
  /// ∂ log g / ∂ z⁺: 0 where the floor holds.
  public let positiveSlope: Double

  /// The estimate from log m and z⁺.
  ///
  /// - Parameters:
  ///   - prior: π.
  ///   - temperature: τ, by which z and z⁺ were divided; e^(−1/τ) is the least that a cosine can give.
  /// - Precondition: π is in 0..<1 and τ above 0.
  /// - Complexity: O(1).
  public init(logMean: Double, positive: Double, prior: Double, temperature: Double) {
    precondition(prior >= 0 && prior < 1, "DebiasedMean: a prior of \(prior); it is a share below 1")
    precondition(temperature > 0, "DebiasedMean: a temperature of \(temperature)")
    let floor = -1 / temperature
    // log of π · e^(z⁺) / m, −∞ without a prior.
    let overlap = prior == 0 ? -Double.infinity : log(prior) + positive - logMean
    let rest = -expm1(overlap)
    let raw = overlap >= 0 ? -.infinity : logMean + log(rest) - log1p(-prior)
    if raw <= floor {
      (logarithm, meanSlope, positiveSlope) = (floor, 0, 0)
    } else {
      (logarithm, meanSlope, positiveSlope) = (raw, 1 / rest, -exp(overlap) / rest)
    }
  }

  /// log of Σ ω · eᶻ with ω ∝ w · e^(β z): the mean where β is 0, weights being 1 where there are none.
  ///
  /// - Parameter concentration: β.
  /// - Complexity: O(k).
  public static func logTiltedMean(_ z: [Double], concentration: Double, weights: [Double] = []) -> Double {
    LogSpace.logSumExp(z, scale: 1 + concentration, weights: weights)
      - LogSpace.logSumExp(z, scale: concentration, weights: weights)
  }
}
