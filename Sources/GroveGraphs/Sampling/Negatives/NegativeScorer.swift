import GroveKernels

/// How alike an anchor and candidates are: the higher, the harder to tell from a positive.
public protocol NegativeScorer: Sendable {
  /// Scores of an anchor with some candidates, in their order.
  func scores(of anchor: Int32, with candidates: [Int32]) -> [Float]
  /// Scores of a candidate, such as an anchor's positive, with others.
  func scores(ofCandidate candidate: Int32, with candidates: [Int32]) -> [Float]
  /// Cosines of the angles between an anchor and some candidates, in their order; 0 where a vector is all zeros.
  func cosines(of anchor: Int32, with candidates: [Int32]) -> [Float]
  /// The best `count` candidates of each anchor in a range among those that the filter allows, best first and of equals the
  /// lower id first; fewer where the filter leaves fewer.
  ///
  /// - Throws: `NegativeFailure.notANumber`.
  func best(_ count: Int, for anchors: Range<Int>, outside filter: NegativeFilter) throws(NegativeFailure) -> SparseRows
  /// The scorer of candidates as anchors: those most like a candidate.
  var amongCandidates: any NegativeScorer { get }
  /// Embeddings whose dot products the scores are; nil where there are none.
  var factors: ScoreFactors? { get }
}

/// Embeddings behind scores.
///
/// Letters: A anchors, C candidates, D width.
public struct ScoreFactors: Sendable {
  /// Row after row. [A, D]
  public let anchors: [Float]
  /// Row after row. [C, D]
  public let candidates: [Float]
  /// D.
  public let width: Int
}

extension NegativeScorer {
  /// The best candidates, from all scores of one anchor after the other.
  ///
  /// - Complexity: O(anchors · (C scores + C log C)), memory for one anchor's.
  public func best(
    _ count: Int, for anchors: Range<Int>, outside filter: NegativeFilter
  ) throws(NegativeFailure) -> SparseRows {
    var (offsets, columns): ([Int64], [Int32]) = ([0], [])
    for anchor in anchors {
      let ids = filter.allowed(for: Int32(anchor))
      let scores = scores(of: Int32(anchor), with: ids)
      if let place = scores.firstIndex(where: \.isNaN) {
        throw .notANumber(anchor: Int32(anchor), candidate: ids[place])
      }
      let order = scores.placesLargestFirst
      columns += order.prefix(count).map { ids[$0] }
      offsets.append(Int64(columns.count))
    }
    return SparseRows(offsets: offsets, columns: columns, columnCount: filter.candidateCount)
  }
}

/// Scores from embeddings: their dot product, or the cosine of their angle, times a factor.
///
///     s(v, u) = scale · a[v] · c[u]        or        scale · a[v] · c[u] / (‖a[v]‖ · ‖c[u]‖)
///
/// Letters: A anchors, C candidates, D width.
public struct EmbeddingScorer: NegativeScorer {
  private let anchors: [Float]
  private let candidates: [Float]
  private let width: Int
  private let scale: Float
  /// 1 / length of each row.
  private let inverseLengths: (anchors: [Float], candidates: [Float])

  /// Scores from rows that belong to anchors and to candidates.
  ///
  /// - Shape: anchors [A, D], candidates [C, D], row after row.
  /// - Parameters:
  ///   - isCosine: rows are brought to length 1 first; rows of zeros stay as they are.
  ///   - scale: what every score is multiplied by, such as 1 / τ.
  /// - Complexity: O((A + C) · D).
  public init(anchors: [Float], candidates: [Float], width: Int, isCosine: Bool = false, scale: Float = 1) {
    precondition(
      width > 0 && anchors.count % width == 0 && candidates.count % width == 0,
      "EmbeddingScorer: \(anchors.count) and \(candidates.count) numbers in rows of \(width)")
    let lengths = (EmbeddingScorer.inverseLengths(anchors, width), EmbeddingScorer.inverseLengths(candidates, width))
    self.anchors = isCosine ? EmbeddingScorer.scaled(anchors, by: lengths.0, width) : anchors
    self.candidates = isCosine ? EmbeddingScorer.scaled(candidates, by: lengths.1, width) : candidates
    (self.width, self.scale) = (width, scale)
    inverseLengths =
      isCosine ? (lengths.0.map { $0 > 0 ? 1 : 0 }, lengths.1.map { $0 > 0 ? 1 : 0 }) : (lengths.0, lengths.1)
  }

  /// Scores of one set of nodes among themselves.
  public init(_ rows: [Float], width: Int, isCosine: Bool = false, scale: Float = 1) {
    self.init(anchors: rows, candidates: rows, width: width, isCosine: isCosine, scale: scale)
  }

  /// Scores of an anchor with some candidates.
  ///
  /// - Complexity: O(candidates · D).
  public func scores(of anchor: Int32, with others: [Int32]) -> [Float] {
    Kernels.dots(of: anchor, in: anchors, with: others, in: candidates, width: width, scale: scale)
  }

  /// Scores of a candidate with others.
  ///
  /// - Complexity: O(candidates · D).
  public func scores(ofCandidate candidate: Int32, with others: [Int32]) -> [Float] {
    Kernels.dots(of: candidate, in: candidates, with: others, in: candidates, width: width, scale: scale)
  }

  /// The best candidates by exact search: products of 256 anchors with all candidates at a time.
  ///
  /// - Complexity: O(anchors · C · D), memory for 256 · C scores and a copy of the candidates.
  public func best(
    _ count: Int, for range: Range<Int>, outside filter: NegativeFilter
  ) throws(NegativeFailure) -> SparseRows {
    let size = filter.candidateCount
    precondition(candidates.count == size * width, "best: \(candidates.count / width) rows for \(size) candidates")
    let right = FloatBuffer(candidates)
    var (offsets, columns): ([Int64], [Int32]) = ([0], [])
    for start in stride(from: range.lowerBound, to: range.upperBound, by: 256) {
      let block = start..<min(start + 256, range.upperBound)
      let scores = FloatBuffer(count: block.count * size)
      Kernels.matrixMultiply(
        FloatBuffer(Array(anchors[block.lowerBound * width..<block.upperBound * width])), right, transposeB: true,
        m: block.count, n: size, k: width, scale: scale, into: scores, adding: false)
      if let place = Kernels.firstNaN(in: scores) {
        throw .notANumber(anchor: Int32(start + place / size), candidate: Int32(place % size))
      }
      for anchor in block {
        for id in filter.excluded[anchor] { scores[(anchor - start) * size + Int(id)] = -.infinity }
      }
      let top = Kernels.topK(scores, width: size, k: min(count, size))
      let wide = min(count, size)
      for (row, anchor) in block.enumerated() {
        let left = min(wide, filter.allowedCount(for: Int32(anchor)))
        columns += top.columns[row * wide..<row * wide + left]
        offsets.append(Int64(columns.count))
      }
    }
    return SparseRows(offsets: offsets, columns: columns, columnCount: size)
  }

  /// The candidates' own rows on both sides.
  public var amongCandidates: any NegativeScorer {
    EmbeddingScorer(anchors: candidates, candidates: candidates, width: width, scale: scale)
  }

  /// The rows.
  public var factors: ScoreFactors? { ScoreFactors(anchors: anchors, candidates: candidates, width: width) }

  /// Cosines of angles, whatever the scores are.
  ///
  /// - Complexity: O(candidates · D).
  public func cosines(of anchor: Int32, with others: [Int32]) -> [Float] {
    let dots = Kernels.dots(of: anchor, in: anchors, with: others, in: candidates, width: width, scale: 1)
    let own = inverseLengths.anchors[Int(anchor)]
    return zip(dots, others).map { max(-1, min(1, $0 * own * inverseLengths.candidates[Int($1)])) }
  }

  /// 1 / ‖row‖, 0 for rows of zeros.
  private static func inverseLengths(_ rows: [Float], _ width: Int) -> [Float] {
    stride(from: 0, to: rows.count, by: width).map { start in
      var square = 0.0
      for column in start..<start + width { square += Double(rows[column]) * Double(rows[column]) }
      return square > 0 ? Float(1 / square.squareRoot()) : 0
    }
  }

  private static func scaled(_ rows: [Float], by factors: [Float], _ width: Int) -> [Float] {
    var result = rows
    for place in result.indices { result[place] *= factors[place / width] }
    return result
  }
}
