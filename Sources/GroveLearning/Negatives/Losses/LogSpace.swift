import Foundation

/// Functions of logarithms and logits in Double, right for arguments of any size.
enum LogSpace {
  /// log(1 + eˣ), which is −log σ(−x).
  static func softplus(_ x: Double) -> Double { softplusAndSlope(x).value }

  /// 1 / (1 + e⁻ˣ), with all digits where it is small.
  static func sigmoid(_ x: Double) -> Double { softplusAndSlope(x).slope }

  /// log(1 + eˣ) and its derivative σ(x), of one exponential.
  static func softplusAndSlope(_ x: Double) -> (value: Double, slope: Double) {
    let small = exp(-abs(x))
    return (max(x, 0) + log1p(small), (x >= 0 ? 1 : small) / (1 + small))
  }

  /// log Σ w · e^(scale · x), weights 1 where there are none; −∞ of nothing.
  static func logSumExp(_ x: [Double], scale: Double, weights: [Double]) -> Double {
    var largest = -Double.infinity
    for value in x { largest = max(largest, scale * value) }
    guard largest > -.infinity else { return x.contains { $0.isNaN } ? .nan : -.infinity }
    var sum = 0.0
    for i in x.indices {
      let share = exp(scale * x[i] - largest)
      sum += weights.isEmpty ? share : weights[i] * share
    }
    return largest + log(sum)
  }
}
