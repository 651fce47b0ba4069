import Foundation

/// How much a violated margin weighs in WARP, by the rank that the search for it suggests.
///
///     L(r) = Σ over i in 1...r of 1/i,   r = ⌊(n − 1) / t⌋
///
/// n is the number of candidates and t the number of draws up to and with the first that violates the margin: the sooner
/// one is found, the more there are, and the lower the positive must stand.
///
/// - Source: Weston, Bengio, Usunier 2011 (WSABIE).
public struct WARPWeight: Sendable {
  /// n.
  public let candidateCount: Int
  /// L of each rank below a table's end.
  private let table: [Double]

  /// Weights for searches among so many candidates.
  ///
  /// - Precondition: there is at least one candidate.
  /// - Complexity: O(min(n, 1024)).
  public init(candidateCount: Int) {
    precondition(candidateCount >= 1, "WARPWeight: \(candidateCount) candidates")
    self.candidateCount = candidateCount
    var sums = [0.0]
    for rank in 1..<max(2, min(candidateCount, 1024)) { sums.append(sums[rank - 1] + 1 / Double(rank)) }
    table = sums
  }

  /// r, the rank that so many draws suggest.
  ///
  /// - Precondition: at least one draw.
  public func rank(afterDraws draws: Int) -> Int {
    precondition(draws >= 1, "WARPWeight: \(draws) draws")
    return (candidateCount - 1) / draws
  }

  /// L(r) of that rank: 0 where more draws were needed than there are other candidates.
  ///
  /// - Complexity: O(1): beyond the table by Euler's and Maclaurin's sum, right to 1e-15 of it.
  public func weight(afterDraws draws: Int) -> Float {
    let rank = rank(afterDraws: draws)
    if rank < table.count { return Float(table[rank]) }
    let r = Double(rank)
    return Float(log(r) + 0.577_215_664_901_532_9 + 1 / (2 * r) - 1 / (12 * r * r))
  }
}
