import GroveKernels

/// The positives as a graph to walk on, from anchors and back.
///
/// Where anchors are candidates, it is their own graph. Where they are not, a step from an anchor leads to candidates and
/// one from a candidate to anchors, so that candidates lie an odd number of steps away; candidates follow anchors in the
/// numbering of nodes.
///
/// Letters: A anchors, C candidates, N nodes.
public struct HopGraph: Sendable {
  let near: NearNodes
  let anchorCount: Int
  let candidateCount: Int
  /// The first candidate's number.
  let firstCandidate: Int

  /// A graph of the positives: row v lists those of anchor v.
  ///
  /// - Parameter isSquare: whether anchors are candidates.
  /// - Complexity: O(A + C + E).
  public init(_ positives: SparseRows, isSquare: Bool) {
    precondition(
      !isSquare || positives.rowCount == positives.columnCount,
      "HopGraph: \(positives.rowCount) anchors, \(positives.columnCount) candidates")
    (anchorCount, candidateCount) = (positives.rowCount, positives.columnCount)
    firstCandidate = isSquare ? 0 : anchorCount
    near = NearNodes(isSquare ? positives : HopGraph.joined(positives))
  }

  /// Rows from anchors to candidates, then those back, under one numbering.
  private static func joined(_ positives: SparseRows) -> SparseRows {
    let back = positives.transposed().rows
    let (shift, entries) = (Int32(positives.rowCount), Int64(positives.entryCount))
    return SparseRows(
      offsets: positives.offsets + back.offsets.dropFirst().map { $0 + entries },
      columns: positives.columns.map { $0 + shift } + back.columns,
      columnCount: positives.rowCount + positives.columnCount)
  }

  var isSquare: Bool { firstCandidate == 0 }
  /// N.
  var nodeCount: Int { near.neighbors.rowCount }

  /// Where a step from each node leads. [N, N]
  public var rows: SparseRows { near.neighbors }

  /// Where a step from a node leads.
  func neighbors(of node: Int) -> ArraySlice<Int32> { near.neighbors[node] }
}

/// Scratch memory that threads take and give back.
final class HopScratchPool: Sendable {
  private let free = Guarded<[(LocalScores, LocalScores)]>([])
  private let nodeCount: Int

  init(nodeCount: Int) { self.nodeCount = nodeCount }

  /// Calls `body` with two sets of numbers that are all 0.
  func with<Result>(_ body: (inout LocalScores, inout LocalScores) -> Result) -> Result {
    var pair =
      free.withLock { $0.popLast() } ?? (LocalScores(nodeCount: nodeCount), LocalScores(nodeCount: nodeCount))
    let result = body(&pair.0, &pair.1)
    pair.0.clear()
    pair.1.clear()
    free.withLock { $0.append(pair) }
    return result
  }
}
