import Foundation

/// What a candidate weighs beside its pool's chance, from scores: g in the review's words.
///
///     p(u | v, u⁺) ∝ g(s(v, u), s(v, u⁺), …)
public protocol CandidateWeight: Sendable {
  /// log g of each candidate, −∞ for those that may not be chosen.
  ///
  /// - Shape: scores [n] of the candidates with the anchor → [n].
  func logWeights(of candidates: [Int32], scores: [Float], in draw: NegativeDraw) throws(NegativeFailure) -> [Double]
}

/// The score itself as log weight, times β: β = 0 leaves the pool as it is, a large β gives its hardest candidate.
///
///     g = exp(β · s)
public struct SoftmaxWeight: CandidateWeight {
  /// β.
  public let sharpness: Double

  /// A weight with its β.
  public init(sharpness: Double = 1) { self.sharpness = sharpness }

  /// β · s.
  public func logWeights(of candidates: [Int32], scores: [Float], in draw: NegativeDraw) -> [Double] {
    scores.map { sharpness * Double($0) }
  }
}

/// Candidates about as alike as the positive weigh most.
///
///     g = exp(−a · (s − s⁺ − b)²)
///
/// - Source: SimANS (Zhou 2022), whose paper has −b, while its published code adds b; TriSampler (Yang 2024) with a = 1/4,
///   b = 0 as its first weight.
public struct GaussianWeight: CandidateWeight {
  /// a.
  public let steepness: Double
  /// b.
  public let shift: Double

  /// A weight with its a and b.
  public init(steepness: Double = 0.5, shift: Double = 0) { (self.steepness, self.shift) = (steepness, shift) }

  /// −a · (s − s⁺ − b)².
  public func logWeights(
    of candidates: [Int32], scores: [Float], in draw: NegativeDraw
  ) throws(NegativeFailure) -> [Double] {
    let center = Double(try draw.positiveScore()) + shift
    return scores.map { -steepness * (Double($0) - center) * (Double($0) - center) }
  }
}

/// The nearer a score is to a target below the positive's, the more; the target falls as the positive's score rises.
///
///     log g = −|s − β · (s⁺ + α)^(p + 1)|
///
/// - Source: AHNS (Lai 2024). Differs: a base below 0 counts as 0, where a fractional power has no value.
public struct AdaptiveHardnessWeight: CandidateWeight {
  /// α.
  public let offset: Double
  /// β.
  public let scale: Double
  /// p, below 0.
  public let power: Double

  /// A weight with its α, β and p.
  public init(offset: Double = 1, scale: Double = 0.5, power: Double = -2) {
    (self.offset, self.scale, self.power) = (offset, scale, power)
  }

  /// −|s − target|.
  public func logWeights(
    of candidates: [Int32], scores: [Float], in draw: NegativeDraw
  ) throws(NegativeFailure) -> [Double] {
    let base = max(0, Double(try draw.positiveScore()) + offset)
    let target = base == 0 && power + 1 < 0 ? Double.greatestFiniteMagnitude : scale * pow(base, power + 1)
    return scores.map { -abs(Double($0) - target) }
  }
}

/// Candidates nearer to the positive than to the anchor, within an angle: the region of a quasi-triangle.
///
///     g = max(0, s(u⁺, u) − s(v, u))
///
/// - Source: TriSampler (Yang, Shao, Dong, Tang 2024), its second weight.
public struct TriangleWeight: CandidateWeight {
  /// The weight.
  public init() {}

  /// log max(0, s(u⁺, u) − s(v, u)).
  public func logWeights(
    of candidates: [Int32], scores: [Float], in draw: NegativeDraw
  ) throws(NegativeFailure) -> [Double] {
    let nearness = try draw.scoresWithPositive(of: candidates)
    return zip(nearness, scores).map { log(max(0, Double($0) - Double($1))) }
  }
}
