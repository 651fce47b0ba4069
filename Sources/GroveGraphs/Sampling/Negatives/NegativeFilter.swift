import GroveKernels

/// Positives that go by a name, such as those of a split.
public struct NamedPositives: Sendable {
  /// Such as `train`.
  public let name: String
  /// Row v lists the positives of anchor v, in any order.
  public let rows: SparseRows

  /// Positives with their name.
  public init(_ name: String, _ rows: SparseRows) { (self.name, self.rows) = (name, rows) }
}

/// What is never drawn: for each anchor its known positives, and itself where anchors are candidates.
///
/// Letters: A anchors, C candidates, d entries of an anchor's row.
public struct NegativeFilter: Sendable {
  /// Row v lists what is never drawn for anchor v, in rising order without repeats. [A rows, C columns]
  public let excluded: SparseRows

  let index: EdgeIndex

  /// A filter of some positives.
  ///
  /// - Parameters:
  ///   - positives: whose union is excluded; none for no filter at all.
  ///   - excludesSelf: whether anchor v is also candidate v, which is then excluded.
  /// - Precondition: all have `anchorCount` rows and `candidateCount` columns; with `excludesSelf` both are equal.
  /// - Complexity: O(A + E log d).
  public init(_ positives: [SparseRows], anchorCount: Int, candidateCount: Int, excludesSelf: Bool) {
    precondition(
      !excludesSelf || anchorCount == candidateCount,
      "NegativeFilter: \(anchorCount) anchors and \(candidateCount) candidates cannot be the same nodes")
    for rows in positives {
      precondition(
        rows.rowCount == anchorCount && rows.columnCount == candidateCount,
        "NegativeFilter: positives of \(rows.rowCount) by \(rows.columnCount), filter of \(anchorCount) by \(candidateCount)"
      )
    }
    var offsets: [Int64] = [0]
    var columns: [Int32] = []
    offsets.reserveCapacity(anchorCount + 1)
    columns.reserveCapacity(positives.reduce(excludesSelf ? anchorCount : 0) { $0 + $1.entryCount })
    for anchor in 0..<anchorCount {
      var row = positives.flatMap { $0[anchor] }
      if excludesSelf { row.append(Int32(anchor)) }
      row.sort()
      for (place, id) in row.enumerated() where place == 0 || row[place - 1] != id { columns.append(id) }
      offsets.append(Int64(columns.count))
    }
    excluded = SparseRows(offsets: offsets, columns: columns, columnCount: candidateCount)
    index = EdgeIndex(offsets: offsets, columns: columns)
  }

  /// A filter of those positives that are named.
  ///
  /// - Throws: `NegativeFailure.unknownPositives` for a name that none of them has.
  public init(
    excluding names: [String], of positives: [NamedPositives], anchorCount: Int, candidateCount: Int,
    excludesSelf: Bool
  ) throws(NegativeFailure) {
    var rows: [SparseRows] = []
    for name in names {
      guard let found = positives.first(where: { $0.name == name }) else {
        throw .unknownPositives(name: name, known: positives.map(\.name))
      }
      rows.append(found.rows)
    }
    self.init(rows, anchorCount: anchorCount, candidateCount: candidateCount, excludesSelf: excludesSelf)
  }

  /// A, the number of anchors.
  public var anchorCount: Int { excluded.rowCount }
  /// C, the number of candidates.
  public var candidateCount: Int { excluded.columnCount }

  /// Whether a candidate is never drawn for an anchor.
  ///
  /// - Complexity: O(log d).
  public func excludes(_ candidate: Int32, for anchor: Int32) -> Bool {
    Kernels.holds(candidate, in: excluded[Int(anchor)])
  }

  /// How many candidates may be drawn for an anchor.
  public func allowedCount(for anchor: Int32) -> Int { candidateCount - excluded.range(of: Int(anchor)).count }

  /// The allowed candidate of some rank, from 0, in rising order.
  ///
  /// - Precondition: `rank < allowedCount(for: anchor)`. - Complexity: O(log d).
  public func allowedCandidate(atRank rank: Int, for anchor: Int32) -> Int32 {
    Kernels.candidate(atRank: rank, outside: excluded[Int(anchor)])
  }

  /// All allowed candidates of an anchor, in rising order.
  ///
  /// - Complexity: O(C).
  public func allowed(for anchor: Int32) -> [Int32] {
    var result: [Int32] = []
    result.reserveCapacity(allowedCount(for: anchor))
    var next = excluded.range(of: Int(anchor)).lowerBound
    let end = excluded.range(of: Int(anchor)).upperBound
    for id in 0..<Int32(candidateCount) {
      if next < end && excluded.columns[next] == id { next += 1 } else { result.append(id) }
    }
    return result
  }
}
