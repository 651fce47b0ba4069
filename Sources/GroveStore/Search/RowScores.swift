import GroveGraphs
import GroveKernels

/// Rows that queries are compared with, and the exact scores of them all.
///
///     s(q, r) = q · r        or        q · r / (‖q‖ · ‖r‖), 0 where either is zero
///
/// Letters: N rows, F width, B queries.
final class RowScores {
  private enum Rows {
    case dense(FloatBuffer)
    case sparse(SparseRows, values: [Float]?)
  }

  /// N.
  let count: Int
  /// F.
  let width: Int
  private let rows: Rows
  /// 1 / ‖r‖ of each row, 0 for rows of zeros; nil for inner products.
  private let inverseLengths: [Float]?

  init(_ features: FeatureMatrix, isCosine: Bool) {
    count = features.rowCount
    width = features.width
    switch features {
    case .dense(let values, _):
      let buffer = values.buffer()
      rows = .dense(buffer)
      guard isCosine else {
        inverseLengths = nil
        return
      }
      inverseLengths = RowScores.squares(buffer, count, width).map { $0 > 0 ? 1 / $0.squareRoot() : 0 }
    case .sparse(let sparse, let values):
      rows = .sparse(sparse, values: values)
      inverseLengths =
        isCosine
        ? (0..<sparse.rowCount).map { row in
          let square = sparse.range(of: row).reduce(Float(0)) { $0 + (values?[$1] ?? 1) * (values?[$1] ?? 1) }
          return square > 0 ? 1 / square.squareRoot() : 0
        } : nil
    }
  }

  /// ‖r‖² of each row.
  private static func squares(_ rows: FloatBuffer, _ count: Int, _ width: Int) -> [Float] {
    let squares = FloatBuffer(count: count, zeroed: true)
    Kernels.rowDot(rows, rows, width: width, heads: 1, into: squares)
    return squares.values
  }

  /// Whether the rows list all of their numbers.
  var isDense: Bool { if case .dense = rows { true } else { false } }

  // MARK: - For a graph of rows

  /// Numbers of a row in a graph.
  var graphWidth: Int { inverseLengths == nil ? width + 1 : width }

  /// What each row lacks to be as long as the longest: √(max ‖r‖² − ‖r‖²).
  private lazy var missingLengths: [Float] = {
    guard case .dense(let buffer) = rows else { return [] }
    let squares = RowScores.squares(buffer, count, width)
    let largest = squares.max() ?? 0
    return squares.map { (largest - $0).squareRoot() }
  }()

  /// A row as a graph holds it: all have one length, so that those with large products are near each other.
  ///
  /// For cosines the row is brought to length 1; for inner products it gets one number more, what it lacks to be as long
  /// as the longest, which meets a 0 in queries.
  ///
  /// - Source: Bachrach et al. 2014, section 3 (inner products).
  func graphRow(_ row: Int) -> [Float] {
    guard case .dense(let buffer) = rows else { preconditionFailure("RowScores: a sparse row is not written out") }
    let scale = inverseLengths?[row] ?? 1
    let numbers = buffer.read { values in (0..<width).map { values[row * width + $0] * scale } }
    return inverseLengths == nil ? numbers + [missingLengths[row]] : numbers
  }

  /// A query as a graph is asked.
  func graphQuery(_ query: [Float]) -> [Float] { inverseLengths == nil ? query + [0] : unit(query) }

  // MARK: - Scores

  /// The query brought to length 1 where scores are cosines.
  private func unit(_ query: [Float]) -> [Float] {
    guard inverseLengths != nil else { return query }
    let length = query.reduce(Float(0)) { $0 + $1 * $1 }.squareRoot()
    return length > 0 ? query.map { $0 / length } : query
  }

  /// The best rows of each query, best first and of equals the smaller number first.
  ///
  /// - Complexity: O(B · N · F) for dense rows, O(B · entries) for sparse ones; memory for 16 million scores.
  func best(_ limit: Int, for queries: [[Float]]) -> [[(row: Int, score: Float)]] {
    let block = max(1, (1 << 24) / max(1, count))
    return stride(from: 0, to: queries.count, by: block).flatMap { start in
      let part = queries[start..<min(start + block, queries.count)].map { unit($0) }
      return ranked(limit, scores(part), queries: part.count)
    }
  }

  /// Scores of some rows with a query.
  func ranked(_ some: [Int], for query: [Float], limit: Int) -> [(row: Int, score: Float)] {
    guard case .dense(let buffer) = rows else { preconditionFailure("RowScores: sparse rows are searched as a whole") }
    let query = unit(query)
    // By the kernel that scores all rows, so that both ways give a row one score.
    let picked = FloatBuffer(count: some.count * width)
    Kernels.gather(buffer, ids: some.map { Int32($0) }, width: width, into: picked)
    let scores = FloatBuffer(count: some.count)
    Kernels.matrixMultiply(
      picked, FloatBuffer(query), transposeB: true, m: some.count, n: 1, k: width, into: scores, adding: false)
    return some.enumerated().map { ($1, scores[$0] * (inverseLengths?[$1] ?? 1)) }
      .sorted { ($1.1, $0.0) < ($0.1, $1.0) }.prefix(limit).map { (row: $0.0, score: $0.1) }
  }

  /// Scores of all rows. [N, B]
  private func scores(_ queries: [[Float]]) -> FloatBuffer {
    let scores = FloatBuffer(count: count * queries.count)
    switch rows {
    case .dense(let buffer):
      Kernels.matrixMultiply(
        buffer, FloatBuffer(queries.flatMap { $0 }), transposeB: true, m: count, n: queries.count, k: width,
        into: scores, adding: false)
    case .sparse(let sparse, let values):
      scores.write { scores in
        for row in 0..<count {
          for (number, query) in queries.enumerated() {
            var sum: Float = 0
            for entry in sparse.range(of: row) { sum += query[Int(sparse.columns[entry])] * (values?[entry] ?? 1) }
            scores[row * queries.count + number] = sum
          }
        }
      }
    }
    if let inverseLengths, !queries.isEmpty {
      Kernels.scaleRows(scores, by: FloatBuffer(inverseLengths), width: queries.count, into: scores, adding: false)
    }
    return scores
  }

  private func ranked(_ limit: Int, _ scores: FloatBuffer, queries: Int) -> [[(row: Int, score: Float)]] {
    scores.read { scores in
      (0..<queries).map { query in
        var best = BestNodes(limit: limit)
        for row in 0..<count { best.insert(Int32(row), score: scores[row * queries + query]) }
        return best.ranked.map { (row: Int($0), score: scores[Int($0) * queries + query]) }
      }
    }
  }
}
