import GroveGraphs
import GroveKernels
import TestSupport

/// Graphs, scorers and requests for tests of samplers.
enum NegativeData {
  /// Rows from lists.
  static func rows(_ lists: [[Int32]], columns: Int) -> SparseRows {
    var offsets: [Int64] = [0]
    for list in lists { offsets.append(offsets[offsets.count - 1] + Int64(list.count)) }
    return SparseRows(offsets: offsets, columns: lists.flatMap { $0 }, columnCount: columns)
  }

  /// A setting whose filter excludes the positives, and the anchor itself where it is a candidate.
  static func setting(
    _ positives: SparseRows, isSquare: Bool, isFiltered: Bool = true, seed: Int = 1
  ) -> NegativeSetting {
    NegativeSetting(
      positives: positives, isSquare: isSquare,
      filter: NegativeFilter(
        isFiltered ? [positives] : [], anchorCount: positives.rowCount, candidateCount: positives.columnCount,
        excludesSelf: isFiltered && isSquare), random: RandomStream(seed: UInt64(seed)))
  }

  /// 0 – 1 – 2 – 3.
  static let path = rows([[1], [0, 2], [1, 3], [2]], columns: 4)
  /// Hub 0, leaves 1 to 4.
  static let star = rows([[1, 2, 3, 4], [0], [0], [0], [0]], columns: 5)
  /// Users 0 to 2 with items {0, 1}, {1, 2}, {2, 3}; item 4 is isolated.
  static let items = rows([[0, 1], [1, 2], [2, 3]], columns: 5)

  /// A graph without direction: a hub, sparse rest, the last node isolated.
  static func square(_ count: Int, seed: Int) -> SparseRows {
    var random = TestRandom(seed)
    var lists = [Set<Int32>](repeating: [], count: count)
    func join(_ a: Int, _ b: Int) {
      guard a != b else { return }
      lists[a].insert(Int32(b))
      lists[b].insert(Int32(a))
    }
    for node in 0..<count - 1 {
      join(node, Int.random(in: 0..<count - 1, using: &random))
      if node % 3 == 0 { join(node, 0) }
    }
    return rows(lists.map { $0.sorted() }, columns: count)
  }

  /// Anchors with some of other candidates each.
  static func bipartite(_ anchors: Int, _ candidates: Int, seed: Int) -> SparseRows {
    var random = TestRandom(seed)
    return rows(
      (0..<anchors).map { _ in
        Set((0..<3).map { _ in Int32.random(in: 0..<Int32(candidates - 1), using: &random) }).sorted()
      }, columns: candidates)
  }

  /// Embeddings whose scores are spread over about ±1.5.
  static func scorer(anchors: Int, candidates: Int, isSquare: Bool, seed: Int) -> EmbeddingScorer {
    var random = TestRandom(seed)
    let rows = random.floats(candidates * 6)
    return isSquare
      ? EmbeddingScorer(rows, width: 6)
      : EmbeddingScorer(anchors: random.floats(anchors * 6), candidates: rows, width: 6)
  }

  /// Every positive of a graph.
  static func pairs(_ positives: SparseRows) -> (anchors: [Int32], positives: [Int32]) {
    var anchors: [Int32] = []
    for row in 0..<positives.rowCount { anchors += positives[row].map { _ in Int32(row) } }
    return (anchors, positives.columns)
  }

  /// A request for every positive.
  static func request(
    _ positives: SparseRows, count: Int, scorer: (any NegativeScorer)?, epoch: Int = 0, seed: UInt64 = 3
  ) -> NegativeRequest {
    let (anchors, ids) = pairs(positives)
    return NegativeRequest(
      anchors: anchors, positives: ids, count: count, scorer: scorer, teacher: scorer,
      progress: NegativeRequest.Progress(step: 0, epoch: epoch), random: RandomStream(seed: seed))
  }

  /// A request of one positive.
  static func request(
    _ anchor: Int32, _ positive: Int32, count: Int = 1, scorer: (any NegativeScorer)? = nil, seed: UInt64 = 3
  ) -> NegativeRequest {
    NegativeRequest(
      anchors: [anchor], positives: [positive], count: count, scorer: scorer, random: RandomStream(seed: seed))
  }
}

/// Scores from a table.
struct TableScorer: NegativeScorer {
  let rows: [[Float]]
  /// Scores between candidates.
  var among: [[Float]] = []
  /// Cosines, where they are not the scores.
  var angles: [[Float]] = []

  func scores(of anchor: Int32, with candidates: [Int32]) -> [Float] { candidates.map { rows[Int(anchor)][Int($0)] } }
  func scores(ofCandidate candidate: Int32, with candidates: [Int32]) -> [Float] {
    candidates.map { among[Int(candidate)][Int($0)] }
  }
  func cosines(of anchor: Int32, with candidates: [Int32]) -> [Float] {
    candidates.map { (angles.isEmpty ? rows : angles)[Int(anchor)][Int($0)] }
  }
  var amongCandidates: any NegativeScorer { TableScorer(rows: among, among: among) }
  var factors: ScoreFactors? { nil }
}

func expectClose(_ found: [Double], _ wanted: [Double], _ tolerance: Double = 1e-9) -> Bool {
  found.count == wanted.count && zip(found, wanted).allSatisfy { abs($0 - $1) <= tolerance }
}
