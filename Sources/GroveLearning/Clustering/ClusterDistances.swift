import GroveKernels

/// Σ of the distances of each row to the rows of each cluster, a block of rows at a time.
///
/// Letters: N rows, F width, K clusters.
struct ClusterDistances {
  /// Rows of each cluster. [K]
  let counts: [Int]
  private let starts: [Int]
  private let rows: ClusterRows
  /// The placed rows once more, as threads may share them. [N, F]
  private let values: [Float]

  /// - Parameters:
  ///   - ids: rows of `x` in the order of their clusters.
  ///   - starts: where each cluster begins among them.
  init(_ x: FloatBuffer, width: Int, ids: [Int32], starts: [Int]) {
    self.starts = starts
    let ends = starts.dropFirst() + [ids.count]
    counts = zip(starts, ends).map { $1 - $0 }
    let size = max(16, min(1024, (1 << 22) / max(width, starts.count)))
    rows = ClusterRows(x, width: width, ids: ids, blockRows: size, placement: .centered)
    values = rows.blocks.flatMap(\.values)
  }

  /// Calls `body` with each row's place, its cluster, and the sums to all clusters.
  ///
  /// - Complexity: O(N² · F) time; memory for the distances of a block to another and for the sums of a block.
  func forEachRow(_ body: (Int, Int, ArraySlice<Double>) -> Void) {
    let clusters = starts.count
    var cluster = 0
    for (index, block) in rows.blocks.enumerated() {
      let first = index * rows.blockRows
      let size = block.count / rows.width
      var sums = [Double](repeating: 0, count: size * clusters)
      for other in rows.blocks.indices { add(block, from: first, against: other, to: &sums) }
      for row in 0..<size {
        while cluster + 1 < clusters && starts[cluster + 1] <= first + row { cluster += 1 }
        body(first + row, cluster, sums[row * clusters..<(row + 1) * clusters])
      }
    }
  }

  /// Adds the distances of a block's rows to those of another block.
  private func add(_ block: FloatBuffer, from first: Int, against index: Int, to sums: inout [Double]) {
    let other = rows.blocks[index]
    let width = rows.width
    let size = block.count / width
    let otherSize = other.count / width
    let otherFirst = index * rows.blockRows
    let products = FloatBuffer(count: size * otherSize)
    Kernels.matrixMultiply(
      block, other, transposeB: true, m: size, n: otherSize, k: width, into: products, adding: false)
    // The clusters that the other block has rows of, and their places in it.
    let ranges = starts.indices.compactMap { cluster -> (cluster: Int, range: Range<Int>)? in
      let from = max(starts[cluster], otherFirst) - otherFirst
      let to = min(starts[cluster] + counts[cluster], otherFirst + otherSize) - otherFirst
      return from < to ? (cluster, from..<to) : nil
    }
    let pairs = PairDistances(
      products: products.values, squares: rows.squares, values: values, width: width, first: first,
      otherFirst: otherFirst, otherCount: otherSize)
    let clusters = starts.count
    let total = Guarded(sums)
    sums = []
    Workers.forEachChunk(of: size, atLeast: 32) { chunk in
      let parts = chunk.map { row in ranges.map { pairs.sum(row, over: $0.range) } }
      total.withLock { total in
        for (row, part) in zip(chunk, parts) {
          for (range, sum) in zip(ranges, part) { total[row * clusters + range.cluster] += sum }
        }
      }
    }
    sums = total.withLock { $0 }
  }
}

/// Distances between the rows of two blocks.
private struct PairDistances: Sendable {
  /// Row · other row. [rows, others]
  let products: [Float]
  /// ‖row‖² of all rows.
  let squares: [Float]
  /// All rows.
  let values: [Float]
  let width: Int
  let first: Int
  let otherFirst: Int
  let otherCount: Int

  /// Σ of the distances of a row to some of the other block's.
  func sum(_ row: Int, over others: Range<Int>) -> Double {
    let square = squares[first + row]
    let base = row * otherCount
    var sum = 0.0
    for other in others {
      let both = square + squares[otherFirst + other]
      let distance = both - 2 * products[base + other]
      // Where the difference is mostly rounding it is computed anew.
      sum += Double((distance < 1e-3 * both ? exact(first + row, otherFirst + other) : distance).squareRoot())
    }
    return sum
  }

  private func exact(_ row: Int, _ other: Int) -> Float {
    var sum: Float = 0
    for column in 0..<width {
      let gap = values[row * width + column] - values[other * width + column]
      sum += gap * gap
    }
    return sum
  }
}
