public import GroveKernels

/// Where the negatives of an anchor may come from: the first half of every sampler.
///
/// A pool that keeps something between steps, such as a queue, is a class that guards it.
public protocol CandidatePool: Sendable {
  /// Whether it is made of scores, so that a request needs a scorer whatever the choice.
  var needsScores: Bool { get }
  /// The candidates of positive `row` of a request.
  ///
  /// What `.listed` holds is free of what the filter excludes: pools are made with the filter. It may be empty.
  func members(of row: Int, in request: NegativeRequest) throws(NegativeFailure) -> PoolMembers
  /// Makes the pool current before a step is drawn.
  func prepare(for request: NegativeRequest) throws(NegativeFailure)
  /// Tells the pool what was trained on, after a step was drawn.
  func observe(_ negatives: Negatives, of request: NegativeRequest)
}

extension CandidatePool {
  /// Not unless it says so.
  public var needsScores: Bool { false }
  /// Nothing to be made current.
  public func prepare(for request: NegativeRequest) throws(NegativeFailure) {}
  /// Nothing to be remembered.
  public func observe(_ negatives: Negatives, of request: NegativeRequest) {}
}

/// The candidates of one positive, with how likely each is before scores count.
public enum PoolMembers: Sendable {
  /// All candidates alike.
  case everyone
  /// All candidates, by fixed chances.
  case weighted(AliasTable)
  /// These.
  case listed(ListedCandidates)
  /// These, each as often as it comes, without what the filter excludes and without the row's own positive.
  case shared([Int32])
  /// One of several, each with its share; those without anything to draw leave their share to the others.
  case mixture([(share: Double, members: PoolMembers)])
}

/// Some candidates without repeats, alike or by weights.
public struct ListedCandidates: Sendable {
  /// The candidates.
  public let ids: ArraySlice<Int32>
  /// Sums of the weights up to and with each candidate; nil: all alike.
  public let sums: ArraySlice<Double>?

  /// Candidates that are all alike.
  public init(_ ids: [Int32]) { (self.ids, sums) = (ids[...], nil) }

  /// Candidates by weights above 0.
  ///
  /// - Precondition: one weight each.
  public init(_ ids: [Int32], weights: [Double]) {
    precondition(ids.count == weights.count, "ListedCandidates: \(weights.count) weights of \(ids.count)")
    var total = 0.0
    self.init(
      ids: ids[...],
      sums: weights.map { weight in
        precondition(weight > 0 && weight.isFinite, "ListedCandidates: a weight of \(weight); it must be above 0")
        total += weight
        return total
      }[...])
  }

  init(ids: ArraySlice<Int32>, sums: ArraySlice<Double>?) { (self.ids, self.sums) = (ids, sums) }

  /// The chance of each, 1 in total.
  public var chances: [Double] {
    guard let sums, let total = sums.last else { return ids.map { _ in 1 / Double(ids.count) } }
    var before = 0.0
    return sums.map { sum in
      defer { before = sum }
      return (sum - before) / total
    }
  }

  /// One of them.
  ///
  /// - Precondition: there is one. - Complexity: O(1), O(log n) with weights.
  func draw(using random: inout RandomGenerator) -> Int32 {
    guard let sums, let total = sums.last else { return ids[ids.startIndex + random.next(below: ids.count)] }
    let mark = random.unit() * total
    var (low, high) = (sums.startIndex, sums.endIndex - 1)
    while low < high {
      let middle = (low + high) / 2
      if sums[middle] <= mark { low = middle + 1 } else { high = middle }
    }
    return ids[ids.startIndex + (low - sums.startIndex)]
  }
}

/// A list of candidates for each of some keys, alike or by weights, free of what a filter excludes.
public struct CandidateTable: Sendable {
  /// Row r lists the candidates of key r.
  public let rows: SparseRows
  private let sums: [Double]?

  /// A table of lists.
  ///
  /// - Parameters:
  ///   - weights: one for each entry, of which those not above 0 are left out; nil: all alike.
  ///   - filter: what is left out of row v for anchor v; nil where rows are not anchors or nothing is excluded.
  /// - Complexity: O(entries · log d).
  public init(_ rows: SparseRows, weights: [Double]? = nil, filter: NegativeFilter? = nil) {
    precondition(
      weights == nil || weights!.count == rows.entryCount,
      "CandidateTable: \(weights?.count ?? 0) weights of \(rows.entryCount) candidates")
    precondition(
      filter == nil || filter!.anchorCount == rows.rowCount && filter!.candidateCount == rows.columnCount,
      "CandidateTable: \(rows.rowCount) by \(rows.columnCount), a filter of \(filter?.anchorCount ?? 0) by \(filter?.candidateCount ?? 0)"
    )
    var offsets: [Int64] = [0]
    var columns: [Int32] = []
    var sums: [Double] = []
    for row in 0..<rows.rowCount {
      var total = 0.0
      for entry in rows.range(of: row) {
        let id = rows.columns[entry]
        if let weights {
          guard weights[entry] > 0 else { continue }
        }
        if let filter, filter.excludes(id, for: Int32(row)) { continue }
        columns.append(id)
        if let weights {
          total += weights[entry]
          sums.append(total)
        }
      }
      offsets.append(Int64(columns.count))
    }
    self.rows = SparseRows(offsets: offsets, columns: columns, columnCount: rows.columnCount)
    self.sums = weights == nil ? nil : sums
  }

  /// The candidates of a key.
  public subscript(key: Int) -> ListedCandidates {
    let range = rows.range(of: key)
    return ListedCandidates(ids: rows.columns[range], sums: sums.map { $0[range] })
  }
}
