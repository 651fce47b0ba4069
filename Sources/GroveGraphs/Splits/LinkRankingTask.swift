/// Which nodes are to be ranked for which, and what counts as right: the full ranking of a part's links.
///
/// Letters: A anchors, C candidates.
public struct LinkRankingTask: Sendable, Equatable {
  /// Nodes that have a positive in the part, rising. [A]
  public let anchors: [Int32]
  /// The positives of each anchor, rising. [A, C]
  public let relevant: SparseRows
  /// What is left out of each anchor's ranking, rising: positives of the parts that come before, and the anchor itself
  /// where both ends are of one type. [A, C]
  public let masked: SparseRows
}

extension LinkSplit {
  /// The full ranking of a part.
  ///
  /// An undirected link is a positive of both its ends, any other of its source. Validation is ranked without the training
  /// links, test without those and the validation links: they are known by then. Validation never sees test.
  ///
  /// - Throws: `AlgebraFailure` when memory runs out.
  /// - Complexity: O(N + E log E).
  public func rankingTask(of part: SplitPart) throws -> LinkRankingTask {
    let known: [EdgeList] =
      switch part {
      case .train: []
      case .validation: [messages, training]
      case .test: [messages, training, validation.positives]
      }
    let relevant = try ends.partners(in: [positives(of: part)], of: .source, withSelf: false)
    let masked = try ends.partners(in: known, of: .source, withSelf: true)
    let anchors = (0..<Int32(relevant.rowCount)).filter { !relevant.range(of: Int($0)).isEmpty }
    return LinkRankingTask(
      anchors: anchors, relevant: relevant.selecting(anchors, leavingOut: nil),
      masked: masked.selecting(anchors, leavingOut: relevant))
  }
}

extension SparseRows {
  /// Some rows, without the entries that another matrix has too.
  fileprivate func selecting(_ rows: [Int32], leavingOut other: SparseRows?) -> SparseRows {
    var offsets: [Int64] = [0]
    var kept: [Int32] = []
    for row in rows {
      let left = other.map { Set($0[Int(row)]) } ?? []
      kept += left.isEmpty ? Array(self[Int(row)]) : self[Int(row)].filter { !left.contains($0) }
      offsets.append(Int64(kept.count))
    }
    return SparseRows(offsets: offsets, columns: kept, columnCount: columnCount)
  }
}
