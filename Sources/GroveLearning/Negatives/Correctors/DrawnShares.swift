import Foundation

/// How often each candidate is drawn, estimated from the draws as they come.
///
///     q[u] ← (1 − α) · q[u] + α · (draws of u in the step / draws of the step),   share = q[u] / (1 − (1 − α)^steps)
///
/// Unlike `StreamingFrequency` it counts how often an id comes in a step, as hard samplers draw one for many rows.
struct DrawnShares {
  /// α, how fast old steps are forgotten.
  let rate: Double
  private var shares: [Double]
  /// The step up to which each share is decayed.
  private var last: [Int]
  private var step = 0

  /// Shares of so many candidates, of which none was drawn.
  ///
  /// - Precondition: α is above 0 and at most 1.
  init(candidateCount: Int, rate: Double = 0.01) {
    precondition(rate > 0 && rate <= 1, "DrawnShares: a rate of \(rate)")
    self.rate = rate
    shares = [Double](repeating: 0, count: candidateCount)
    last = [Int](repeating: 0, count: candidateCount)
  }

  /// Notes the draws of a step.
  ///
  /// - Complexity: O(draws).
  mutating func observe(_ ids: [Int32]) {
    step += 1
    let part = rate / Double(max(1, ids.count))
    for id in ids {
      shares[Int(id)] = decayed(Int(id)) + part
      last[Int(id)] = step
    }
  }

  private func decayed(_ id: Int) -> Double { shares[id] * pow(1 - rate, Double(step - last[id])) }

  /// The share of a candidate among all draws; 0 of one that was never drawn, and of all before the first step.
  ///
  /// - Complexity: O(1).
  func share(of id: Int32) -> Double { step == 0 ? 0 : decayed(Int(id)) / (1 - pow(1 - rate, Double(step))) }
}
