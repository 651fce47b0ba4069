public import GroveGraphs
public import GroveKernels

extension LinkRanks {
  /// Ranks of the positives of anchors among all candidates that are not masked, a block of anchors at a time.
  ///
  /// Positives are counted past, not sorted: of an anchor's C scores nothing is kept but how many there are from each
  /// of its positives up. A positive that is masked too is ranked all the same.
  ///
  /// Letters: A anchors, C candidates, m positives of an anchor.
  ///
  /// - Parameters:
  ///   - relevant: the positives of each anchor, rising. [A, C]
  ///   - masked: candidates that an anchor is not to be given, such as what it trains with, rising. [A, C]
  ///   - rowsAtOnce: anchors of a block; nil: what 16 MiB of scores hold. Results do not depend on it.
  ///   - scores: the scores of some anchors for all candidates, row after row.
  /// - Throws: `LinkScoreFailure.notANumberInRanking` for the first such anchor; what `scores` throws.
  /// - Precondition: both have one shape and strictly rising rows; each block has its rows × C scores.
  /// - Complexity: O(A · C · log m) beside the scores; memory for the scores of a block and O(P).
  /// - Source: Krichene, Rendle 2020, on why all candidates and no sample of them.
  public init(
    relevant: SparseRows, masked: SparseRows, rowsAtOnce: Int? = nil, scores: (Range<Int>) throws -> [Float]
  ) throws {
    precondition(
      relevant.rowCount == masked.rowCount && relevant.columnCount == masked.columnCount,
      "LinkRanks: positives [\(relevant.rowCount), \(relevant.columnCount)], masked [\(masked.rowCount), \(masked.columnCount)]"
    )
    precondition(rowsAtOnce ?? 1 > 0, "LinkRanks: \(rowsAtOnce ?? 0) rows at once")
    for (rows, name) in [(relevant, "positives"), (masked, "masked")] {
      for row in 0..<rows.rowCount {
        for entry in rows.range(of: row).dropFirst() {
          precondition(
            rows.columns[entry - 1] < rows.columns[entry], "LinkRanks: row \(row) of the \(name) does not rise")
        }
      }
    }
    let candidates = relevant.columnCount
    let size = rowsAtOnce ?? max(1, min(1024, (1 << 22) / max(1, candidates)))
    var ranks: [Int] = []
    for start in stride(from: 0, to: relevant.rowCount, by: size) {
      let block = start..<min(start + size, relevant.rowCount)
      let values = try scores(block)
      precondition(
        values.count == block.count * candidates,
        "LinkRanks: \(values.count) scores for \(block.count) anchors and \(candidates) candidates")
      ranks += try LinkRanks.ranks(of: block, values, relevant, masked)
    }
    self.init(offsets: relevant.offsets.map { Int($0) }, ranks: ranks)
  }

  /// The same with scores that are dot products of rows.
  ///
  /// - Shape: anchors [A, W], candidates [C, W].
  /// - Throws: `LinkScoreFailure.notANumberInRanking` for the first such anchor.
  /// - Precondition: buffers of those sizes; strictly rising rows.
  /// - Complexity: O(A · C · (W + log m)); memory for the scores of a block and O(P).
  public init(
    relevant: SparseRows, masked: SparseRows, anchors: FloatBuffer, candidates: FloatBuffer, width: Int,
    rowsAtOnce: Int? = nil
  ) throws {
    precondition(
      anchors.count == relevant.rowCount * width && candidates.count == relevant.columnCount * width,
      "LinkRanks: \(anchors.count) and \(candidates.count) floats for \(relevant.rowCount) anchors and "
        + "\(relevant.columnCount) candidates of width \(width)")
    try self.init(relevant: relevant, masked: masked, rowsAtOnce: rowsAtOnce) { block in
      let rows = FloatBuffer(count: block.count * width)
      anchors.read { from in
        rows.write { into in
          for place in 0..<into.count { into[place] = from[block.lowerBound * width + place] }
        }
      }
      let products = FloatBuffer(count: block.count * relevant.columnCount)
      Kernels.matrixMultiply(
        rows, candidates, transposeB: true, m: block.count, n: relevant.columnCount, k: width, into: products,
        adding: false)
      return products.values
    }
  }

  /// Ranks of a block's positives.
  private static func ranks(
    of block: Range<Int>, _ scores: [Float], _ relevant: SparseRows, _ masked: SparseRows
  ) throws -> [Int] {
    let grain = 16
    let parts = Guarded([[Int]](repeating: [], count: (block.count + grain - 1) / grain))
    let failures = Guarded<[LinkScoreFailure?]>(Array(repeating: nil, count: (block.count + grain - 1) / grain))
    let candidates = relevant.columnCount
    Workers.forEachChunk(of: block.count, atLeast: grain) { chunk in
      var part: [Int] = []
      for place in chunk {
        let anchor = block.lowerBound + place
        let row = scores[place * candidates..<(place + 1) * candidates]
        do throws(NotANumber) {
          part += try ranks(in: row, relevant[anchor], masked[anchor])
        } catch {
          failures.withLock {
            $0[chunk.lowerBound / grain] = .notANumberInRanking(anchor: anchor, candidate: error.candidate)
          }
          return
        }
      }
      parts.withLock { $0[chunk.lowerBound / grain] = part }
    }
    if let failure = failures.withLock({ $0.lazy.compactMap { $0 }.first }) { throw failure }
    return parts.withLock { $0.flatMap { $0 } }
  }

  private struct NotANumber: Error { let candidate: Int }

  /// Ranks of one anchor's positives, rising.
  private static func ranks(
    in row: ArraySlice<Float>, _ relevant: ArraySlice<Int32>, _ masked: ArraySlice<Int32>
  ) throws(NotANumber) -> [Int] {
    guard !relevant.isEmpty else { return [] }
    let first = row.startIndex
    // counts[i]: candidates that score at least as high as the i lowest positives, and not as high as the next.
    let positives = relevant.map { row[first + Int($0)] }.sorted()
    if positives.contains(where: \.isNaN) {
      throw NotANumber(candidate: row.firstIndex(where: \.isNaN).map { $0 - first } ?? 0)
    }
    let lowest = positives[0]
    var counts = [Int](repeating: 0, count: positives.count + 1)
    for (candidate, score) in row.enumerated() where !(score < lowest) {
      if score.isNaN { throw NotANumber(candidate: candidate) }
      counts[reached(by: score, positives)] += 1
    }
    // Neither masked candidates nor positives count against a positive.
    for candidate in relevant { counts[reached(by: row[first + Int(candidate)], positives)] -= 1 }
    var next = relevant.startIndex
    for candidate in masked {
      while next < relevant.endIndex, relevant[next] < candidate { next += 1 }
      if next < relevant.endIndex, relevant[next] == candidate { continue }
      counts[reached(by: row[first + Int(candidate)], positives)] -= 1
    }
    // The highest positive first: what scores at least as high as it has passed all positives.
    var ranks: [Int] = []
    var above = 0
    for place in stride(from: positives.count, to: 0, by: -1) {
      above += counts[place]
      ranks.append(1 + above)
    }
    return ranks
  }

  /// How many of the rising positives a score is at least as high as.
  private static func reached(by score: Float, _ positives: [Float]) -> Int {
    var (low, high) = (0, positives.count)
    while low < high {
      let middle = (low + high) / 2
      if positives[middle] <= score { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
