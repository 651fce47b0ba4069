public import GroveGraphs
import GroveKernels

/// Rows that can be searched for those nearest to a query: exactly, or through a graph where there are many.
///
///     let index = try RowIndex(try store.features(named: "minilm", of: paper))
///     for (row, score) in try index.neighbors(of: query, count: 10) { … }
///
/// Up to `Options.exactRows` rows, and sparse ones however many, are all compared with the query. More are searched through
/// a layered graph (HNSW), which may miss some of the nearest; the scores of those it finds are exact. One thread builds
/// the graph, so that equal rows and options give equal graphs. Not `Sendable`: one task owns an index.
///
/// - Source: Malkov and Yashunin 2020, by hnswlib.
public final class RowIndex {
  /// What makes rows near.
  public enum Metric: String, Codable, Sendable {
    /// The cosine of the angle; 0 for rows of zeros.
    case cosine
    /// The inner product.
    case innerProduct = "inner-product"
  }

  /// How rows are searched.
  public struct Options: Sendable {
    /// What makes rows near.
    public var metric = Metric.cosine
    /// The most rows that are searched exactly.
    public var exactRows = 50_000
    /// M, links of a row in each layer of the graph; twice as many in the lowest.
    public var links = 16
    /// efConstruction, candidates that a row's links are chosen from.
    public var buildCandidates = 200
    /// ef, candidates that a search keeps, if more are not asked for.
    public var searchCandidates = 256
    /// Of the layers that rows are put into.
    public var seed: UInt64 = 0

    /// The defaults.
    public init() {}
  }

  /// The most neighbors that are searched through the graph; more are searched exactly.
  private static let largestGraphSearch = 1_000

  let options: Options
  let scores: RowScores
  let graph: HNSWGraph?

  /// How many rows there are.
  public var count: Int { scores.count }
  /// F, numbers of a row and of a query.
  public var width: Int { scores.width }
  /// Whether all rows are compared with each query.
  public var isExact: Bool { graph == nil }

  /// Makes an index of rows.
  ///
  /// - Parameter progress: told how many rows the graph holds, and of how many.
  /// - Throws: `RowIndexFailure.outOfMemory`; what `progress` throws, which ends the work.
  /// - Precondition: no number is other than finite.
  /// - Complexity: O(N · F) without a graph; with one about half a millisecond a row of 384 numbers, and its memory beside the rows.
  public convenience init(
    _ rows: FeatureMatrix, options: Options = Options(), progress: (Int, Int) throws -> Void = { _, _ in }
  ) throws {
    let scores = RowScores(rows, isCosine: options.metric == .cosine)
    guard RowIndex.needsGraph(scores, options) else {
      self.init(scores, nil, options)
      return
    }
    let graph = try HNSWGraph(
      width: scores.graphWidth, capacity: scores.count, links: options.links, candidates: options.buildCandidates,
      seed: options.seed)
    for row in 0..<scores.count {
      try graph.add(scores.graphRow(row), number: row)
      if row % 1_000 == 999 || row == scores.count - 1 { try progress(row + 1, scores.count) }
    }
    self.init(scores, graph, options)
  }

  init(_ scores: RowScores, _ graph: HNSWGraph?, _ options: Options) {
    self.scores = scores
    self.graph = graph
    self.options = options
  }

  static func needsGraph(_ scores: RowScores, _ options: Options) -> Bool {
    scores.isDense && scores.count > max(0, options.exactRows)
  }

  /// The rows nearest to a query, nearest first and of equals the smaller number first; fewer where there are fewer rows.
  ///
  /// - Throws: `RowIndexFailure.outOfMemory`.
  /// - Precondition: the query has `width` numbers, all finite; `count` is 0 or more.
  /// - Complexity: O(N · F) without a graph, about O(log N · F · ef) with one.
  public func neighbors(of query: [Float], count: Int) throws -> [(row: Int, score: Float)] {
    try neighbors(ofEach: [query], count: count)[0]
  }

  /// The rows nearest to each of many queries: faster than one query after the other where all rows are compared.
  ///
  /// - Throws: `RowIndexFailure.outOfMemory`.
  /// - Precondition: as `neighbors(of:count:)`.
  public func neighbors(ofEach queries: [[Float]], count: Int) throws -> [[(row: Int, score: Float)]] {
    precondition(count >= 0, "RowIndex: \(count) neighbors")
    for query in queries {
      precondition(query.count == width, "RowIndex: a query of \(query.count) numbers for rows of \(width)")
      precondition(query.allSatisfy(\.isFinite), "RowIndex: a number of the query is not finite")
    }
    let limit = min(count, self.count)
    guard limit > 0 else { return queries.map { _ in [] } }
    guard let graph, limit <= RowIndex.largestGraphSearch else { return scores.best(limit, for: queries) }
    return try queries.map { query in
      let found = try graph.search(
        scores.graphQuery(query), count: limit, candidates: max(options.searchCandidates, 2 * limit))
      return scores.ranked(found, for: query, limit: limit)
    }
  }
}
