public import GroveKernels

/// How often each id is in a batch, estimated from the batches as they come.
///
///     gap[h] ← (1 − α) · gap[h] + α · (step − last[h]),   last[h] ← step,   f = 1 / gap[h],   h = hash of the id
///
/// Ids that share a slot are seen as one, and then f is too large for each. An id never seen counts as one that is seen
/// for the first time in the step after the last.
///
/// - Source: Yi et al. 2019, algorithm 2. Differs: a slot starts with its first gap and not with 0, and counts once a
///   step, so that f is at most 1: the share of batches that hold the id.
public struct StreamingFrequency: Sendable {
  /// α, how fast old gaps are forgotten.
  public let rate: Double
  private let hash: RandomStream
  private var gaps: [Double]
  private var last: [Int]
  private var step = 0

  /// An estimate with memory for `slots` ids.
  ///
  /// - Parameter random: chooses the hash.
  /// - Precondition: there is a slot, and α is above 0 and at most 1.
  public init(slots: Int, rate: Double = 0.01, random: RandomStream) {
    precondition(slots >= 1 && slots <= 1 << 32, "StreamingFrequency: \(slots) slots")
    precondition(rate > 0 && rate <= 1, "StreamingFrequency: a rate of \(rate)")
    self.rate = rate
    hash = random
    gaps = [Double](repeating: 0, count: slots)
    last = [Int](repeating: 0, count: slots)
  }

  private func slot(of id: Int32) -> Int {
    Int((UInt64(hash.bits(row: Int(id), column: 0)) * UInt64(gaps.count)) >> 32)
  }

  /// Notes the ids of a batch; steps count from 1 and rise.
  ///
  /// - Complexity: O(ids).
  public mutating func observe(_ ids: [Int32], step: Int) {
    precondition(step > self.step, "StreamingFrequency: step \(step) after step \(self.step)")
    self.step = step
    for id in ids {
      let slot = slot(of: id)
      guard last[slot] < step else { continue }
      let gap = Double(step - last[slot])
      gaps[slot] = last[slot] == 0 ? gap : (1 - rate) * gaps[slot] + rate * gap
      last[slot] = step
    }
  }

  /// f of an id, above 0 and at most 1.
  ///
  /// - Complexity: O(1).
  public func frequency(of id: Int32) -> Double {
    let slot = slot(of: id)
    return 1 / (last[slot] == 0 ? Double(step + 1) : gaps[slot])
  }

  /// −log f of each id: the offset of its column in a softmax over the batch.
  public func offsets(of ids: [Int32]) -> [Float] {
    LogQ.offsets(expectedCounts: ids.map { Float(frequency(of: $0)) })
  }
}
