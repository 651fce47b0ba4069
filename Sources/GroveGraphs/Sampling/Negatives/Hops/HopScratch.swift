import GroveKernels

/// The positives as a graph to walk on, from anchors and back.
///
/// Where anchors are candidates, it is their own graph. Where they are not, a step from an anchor leads to candidates and
/// one from a candidate to anchors, so that candidates lie an odd number of steps away.
///
/// Letters: A anchors, C candidates.
public struct HopGraph: Sendable {
  let forward: SparseRows
  let back: SparseRows?

  /// A graph of the positives: row v lists those of anchor v.
  ///
  /// - Parameter isSquare: whether anchors are candidates.
  /// - Complexity: O(A + C + E) unless square.
  public init(_ positives: SparseRows, isSquare: Bool) {
    precondition(
      !isSquare || positives.rowCount == positives.columnCount,
      "HopGraph: \(positives.rowCount) anchors, \(positives.columnCount) candidates")
    forward = positives
    back = isSquare ? nil : positives.transposed().rows
  }

  var isSquare: Bool { back == nil }
  var anchorCount: Int { forward.rowCount }
  var candidateCount: Int { forward.columnCount }
  /// Anchors and candidates under one numbering: candidates follow anchors unless they are the same.
  var nodeCount: Int { isSquare ? candidateCount : anchorCount + candidateCount }
  /// The first candidate's number.
  var firstCandidate: Int { isSquare ? 0 : anchorCount }

  /// Neighbors of a node as positions of a row, and what to add to each entry for its number.
  func row(of node: Int) -> (rows: SparseRows, range: Range<Int>, shift: Int) {
    guard let back else { return (forward, forward.range(of: node), 0) }
    return node < anchorCount
      ? (forward, forward.range(of: node), anchorCount) : (back, back.range(of: node - anchorCount), 0)
  }

  func degree(of node: Int) -> Int { row(of: node).range.count }
}

/// Numbers by node that cost nothing to clear: each is valid where its stamp is the current one.
struct HopScratch {
  private var stamps: [UInt32]
  private var numbers: [Double]
  private var stamp: UInt32 = 0
  /// Nodes that have a number, in the order in which they got it.
  private(set) var touched: [Int32] = []

  init(nodeCount: Int) {
    stamps = [UInt32](repeating: 0, count: nodeCount)
    numbers = [Double](repeating: 0, count: nodeCount)
  }

  mutating func clear() {
    touched.removeAll(keepingCapacity: true)
    if stamp == .max {
      for place in stamps.indices { stamps[place] = 0 }
      stamp = 0
    }
    stamp += 1
  }

  func holds(_ node: Int) -> Bool { stamps[node] == stamp }

  /// 0 for nodes that have no number.
  subscript(node: Int) -> Double {
    get { stamps[node] == stamp ? numbers[node] : 0 }
    set {
      if stamps[node] != stamp {
        stamps[node] = stamp
        touched.append(Int32(node))
      }
      numbers[node] = newValue
    }
  }
}

/// Scratch memory that threads take and give back.
final class HopScratchPool: Sendable {
  private let free = Guarded<[(HopScratch, HopScratch)]>([])
  private let nodeCount: Int

  init(nodeCount: Int) { self.nodeCount = nodeCount }

  func with<Result>(_ body: (inout HopScratch, inout HopScratch) -> Result) -> Result {
    var pair = free.withLock { $0.popLast() } ?? (HopScratch(nodeCount: nodeCount), HopScratch(nodeCount: nodeCount))
    pair.0.clear()
    pair.1.clear()
    let result = body(&pair.0, &pair.1)
    free.withLock { $0.append(pair) }
    return result
  }
}
