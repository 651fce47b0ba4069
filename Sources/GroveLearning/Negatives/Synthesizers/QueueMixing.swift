public import GroveKernels
public import GroveTensors

/// Harder negatives mixed from the hardest of a queue (MoCHi).
///
///     pairs:   n' = (α · n[i] + (1 − α) · n[j]) / ‖…‖,  i ≠ j among the N hardest,  α ~ U(0, 1)
///     query:   n' = (β · q + (1 − β) · n[k]) / ‖…‖,     k among the N hardest,      β ~ U(0, ½)
///
/// The hardest are those of the largest dot product with the query. What is mixed is a constant: the gradient reaches the
/// query through the scores alone, and the queue not at all. Begin after a warm-up: mixtures of bad embeddings teach
/// nothing.
///
/// Letters: B queries, Q rows of the queue, N hardest, s mixed pairs, s' mixed with the query, D width.
///
/// - Source: Kalantidis, Sariyildiz, Pion, Weinzaepfel, Larlus 2020. Differs: the two of a pair are never one
///   (unless there is but one).
public struct QueueMixing: Sendable, Equatable {
  /// N; all of the queue where that has fewer.
  public var hardest: Int
  /// s.
  public var pairs: Int
  /// s'.
  public var withQuery: Int

  /// Mixing with the paper's numbers.
  ///
  /// - Precondition: N is at least 1, s and s' are at least 0.
  public init(hardest: Int = 1024, pairs: Int = 1024, withQuery: Int = 128) {
    precondition(
      hardest >= 1 && pairs >= 0 && withQuery >= 0,
      "QueueMixing: \(hardest) hardest, \(pairs) pairs, \(withQuery) with the query")
    (self.hardest, self.pairs, self.withQuery) = (hardest, pairs, withQuery)
  }

  /// The mixed negatives of each query, of length 1: pairs first. [B · (s + s'), D]
  ///
  /// - Parameters:
  ///   - queue: past keys, of length 1.
  ///   - random: draws of query b are its numbers (b, ·).
  /// - Shape: queries [B, D], queue [Q, D].
  /// - Precondition: equal widths, and the queue is not empty.
  /// - Complexity: O(B · (Q + s + s') · D) time, O(B · (Q + (s + s') · D)) memory.
  public func negatives(of queries: Tensor, queue: Tensor, using random: RandomStream) -> Tensor {
    precondition(
      queries.columns == queue.columns && queue.rows >= 1, "QueueMixing: queries \(queries.shape), queue \(queue.shape)"
    )
    let count = min(hardest, queue.rows)
    let q = queries.detached()
    let keys = queue.detached()
    let hard = Kernels.topK(q.matmul(keys, transposed: true).buffer, width: queue.rows, k: count).columns
    let (rows, _) = mixed(q, keys, hard: hard, count: count, using: random)
    return rows.normalizedRows()
  }

  /// The mixed negatives of queries whose hardest negatives are known: pairs first. [B · (s + s'), D]
  ///
  /// Rows need not be of length 1: a mixture is then as long as what it is mixed of is in the mean.
  ///
  ///     n' = x / ‖x‖ · (α · ‖n[i]‖ + (1 − α) · ‖n[j]‖),   x = α · n[i] + (1 − α) · n[j]
  ///
  /// - Parameters:
  ///   - hardest: those of query b are rows b · N ..< (b + 1) · N.
  ///   - random: draws of query b are its numbers (b, ·).
  /// - Shape: queries [B, D], hardest [B · N, D].
  /// - Precondition: equal widths, and as many negatives of each query, at least one.
  /// - Complexity: O(B · (N + s + s') · D).
  public func negatives(of queries: Tensor, hardest: Tensor, using random: RandomStream) -> Tensor {
    precondition(
      queries.columns == hardest.columns, "QueueMixing: queries \(queries.shape), hardest \(hardest.shape)")
    let count = CandidateChoice.count(rows: hardest.rows, anchors: queries.rows, "QueueMixing")
    let (rows, lengths) = mixed(
      queries.detached(), hardest.detached(), hard: (0..<Int32(hardest.rows)).map { $0 }, count: count, using: random)
    return rows.normalizedRows().scalingRows(by: Tensor(lengths, rows: lengths.count, columns: 1))
  }

  /// Mixtures as they are, and how long what they are mixed of is in the mean.
  ///
  /// - Parameter hard: of each query the rows of its `count` hardest keys. [B · count]
  private func mixed(
    _ q: Tensor, _ keys: Tensor, hard: [Int32], count: Int, using random: RandomStream
  ) -> (rows: Tensor, lengths: [Float]) {
    // Each mixture is share · first + (1 − share) · second; queries stand above the keys.
    let rows = Tensor.concatenatingRows([q, keys])
    var (first, second, shares): ([Int32], [Int32], [Float]) = ([], [], [])
    for b in 0..<q.rows {
      func key(_ place: Int) -> Int32 { Int32(q.rows) + hard[b * count + place] }
      for pair in 0..<pairs {
        let i = below(count, random, b, 3 * pair)
        let other = below(max(1, count - 1), random, b, 3 * pair + 1)
        first.append(key(i))
        second.append(key(count > 1 && other >= i ? other + 1 : other))
        shares.append(random.uniform(row: b, column: 3 * pair + 2))
      }
      for mix in 0..<withQuery {
        first.append(Int32(b))
        second.append(key(below(count, random, b, 3 * pairs + 2 * mix)))
        shares.append(0.5 * random.uniform(row: b, column: 3 * pairs + 2 * mix + 1))
      }
    }
    let mixed =
      rows.gathering(rows: first).scalingRows(by: Tensor(shares, rows: shares.count, columns: 1))
      + rows.gathering(rows: second)
      .scalingRows(by: Tensor(shares.map { 1 - $0 }, rows: shares.count, columns: 1))
    let lengths = rows.rowDot(rows).values.map { $0.squareRoot() }
    return (
      mixed,
      shares.indices.map { shares[$0] * lengths[Int(first[$0])] + (1 - shares[$0]) * lengths[Int(second[$0])] }
    )
  }

  /// The scores of each query with its mixed negatives, recorded for the query's gradient. [B, s + s']
  ///
  /// Concatenate them with those of the queue itself.
  ///
  /// - Shape: queries [B, D], queue [Q, D].
  /// - Precondition: s + s' is above 0.
  /// - Complexity: that of `negatives`.
  public func scores(of queries: Tensor, queue: Tensor, using random: RandomStream) -> Tensor {
    let count = pairs + withQuery
    precondition(count > 0, "QueueMixing: no pairs and none with the query")
    let mixed = negatives(of: queries, queue: queue, using: random)
    // Row b of `beside` is all negatives of query b, each a head.
    let beside = Tensor(mixed.buffer, rows: queries.rows, columns: count * queries.columns)
    let repeated = Tensor.concatenatingColumns([Tensor](repeating: queries, count: count))
    return repeated.rowDot(beside, heads: count)
  }

  private func below(_ bound: Int, _ random: RandomStream, _ row: Int, _ column: Int) -> Int {
    Int((UInt64(random.bits(row: row, column: column)) * UInt64(bound)) >> 32)
  }
}
