import Foundation
import GroveKernels

/// Rows as the clusterings see them: in blocks, and placed so that products of them lose little to rounding.
///
/// Letters: N rows, F width, K clusters.
struct ClusterRows {
  /// How rows were moved: stored = scale · row − mean.
  struct Frame {
    /// A power of two, by which nothing is rounded.
    let scale: Float
    /// Of the scaled rows. [F]
    let mean: [Float]
  }

  /// Where rows are put.
  enum Placement {
    /// Around their mean, the largest entry being about 1.
    case centered
    /// Where other rows were put.
    case framed(Frame)
    /// On the sphere, each of length 1; rows of zeros stay.
    case unit
  }

  /// N.
  let count: Int
  /// F.
  let width: Int
  /// How rows were moved.
  let frame: Frame
  /// The rows, `blockRows` in each but the last.
  let blocks: [FloatBuffer]
  /// Rows of a block.
  let blockRows: Int
  /// ‖row‖². [N]
  let squares: [Float]

  /// - Parameters:
  ///   - x: the rows to choose from, all finite. [any, F]
  ///   - ids: which of them, in this order; all where nil.
  init(_ x: FloatBuffer, width: Int, ids: [Int32]? = nil, blockRows: Int, placement: Placement) {
    count = ids?.count ?? x.count / width
    self.width = width
    self.blockRows = blockRows
    let count = count
    let ranges = stride(from: 0, to: count, by: blockRows).map { $0..<min(count, $0 + blockRows) }
    var blocks = ranges.map { range in
      let block = FloatBuffer(count: range.count * width)
      if let ids {
        Kernels.gather(x, ids: Array(ids[range]), width: width, into: block)
      } else {
        Kernels.copyRows(x, from: range.lowerBound, width: width, into: block, adding: false)
      }
      return block
    }
    switch placement {
    case .centered: frame = ClusterRows.frame(of: blocks, count: count, width: width)
    case .framed(let given): frame = given
    case .unit: frame = Frame(scale: 1, mean: [Float](repeating: 0, count: width))
    }
    let shift = FloatBuffer(frame.mean.map { -$0 })
    var squares: [Float] = []
    squares.reserveCapacity(count)
    for index in blocks.indices {
      let rows = ranges[index].count
      let placed = FloatBuffer(count: rows * width)
      if case .unit = placement {
        Kernels.normalizeRows(
          blocks[index], width: width, epsilon: 1e-12, into: placed, lengths: FloatBuffer(count: rows))
      } else {
        let scaled = FloatBuffer(count: rows * width)
        Kernels.blend(frame.scale, blocks[index], into: scaled)
        Kernels.addRowVector(scaled, shift, width: width, into: placed)
      }
      blocks[index] = placed
      squares += ClusterRows.squares(placed, width: width)
    }
    self.blocks = blocks
    self.squares = squares
  }

  /// Rows of a block, by shapes alone: a block of rows and one of scores stay within 16 MiB where they can.
  static func blockRows(width: Int, clusters: Int) -> Int { max(16, min(8192, (1 << 22) / max(width, clusters))) }

  /// Traps where rows cannot be clustered.
  static func check(_ x: FloatBuffer, width: Int, clusters: Int, _ what: String) {
    precondition(width >= 1 && x.count % width == 0, "\(what): \(x.count) floats in rows of \(width)")
    let rows = x.count / width
    precondition(clusters >= 1, "\(what): \(clusters) clusters; there must be at least one")
    precondition(
      clusters <= rows, "\(what): \(clusters) clusters of \(rows) rows; there cannot be more clusters than rows")
    if let place = x.firstNonFinite { preconditionFailure("\(what): row \(place / width) is not finite") }
  }

  /// Mean over the columns of the variance of each, in the frame's units.
  ///
  /// - Precondition: placed as `.centered`.
  var meanVariance: Double {
    count == 0 ? 0 : squares.reduce(0.0) { $0 + Double($1) } / Double(count) / Double(width)
  }

  /// The numbers of one row.
  func row(_ index: Int) -> [Float] {
    let first = index % blockRows * width
    return blocks[index / blockRows].read { block in (first..<first + width).map { block[$0] } }
  }

  /// Calls `body` with the first row of each block, its rows, and their scores x · p − ‖p‖² / 2 for some points: as
  /// ‖x − p‖² = ‖x‖² − 2 · score, the nearest point has the largest.
  ///
  /// - Shape: points [K, F], halves = ‖point‖² / 2 [K]; rows [b, F], scores [b, K].
  /// - Complexity: O(N · K · F) time; memory for the scores of a block of rows.
  func scoring(
    _ points: [Float], halves: [Float], _ body: (_ first: Int, _ block: FloatBuffer, _ scores: FloatBuffer) -> Void
  ) {
    let (matrix, bias, count) = (FloatBuffer(points), FloatBuffer(halves.map { -$0 }), halves.count)
    for (index, block) in blocks.enumerated() {
      let size = block.count / width
      let scores = FloatBuffer(count: size * count)
      Kernels.matrixMultiply(
        block, matrix, transposeB: true, m: size, n: count, k: width, bias: bias, into: scores, adding: false)
      body(index * blockRows, block, scores)
    }
  }

  /// ‖row − point‖² of each row and the point of its label, from differences: 0 exactly where they are equal.
  ///
  /// - Shape: labels [N] in 0..<K, points [K, F] → [N].
  /// - Complexity: O(N · F).
  func squaredDistances(to points: [Float], labels: [Int32]) -> [Float] {
    let points = FloatBuffer(points)
    var result: [Float] = []
    result.reserveCapacity(count)
    for (index, block) in blocks.enumerated() {
      let first = index * blockRows
      let own = FloatBuffer(count: block.count)
      Kernels.gather(points, ids: Array(labels[first..<first + block.count / width]), width: width, into: own)
      let gap = FloatBuffer(count: block.count)
      Kernels.blend(1, block, -1, own, into: gap)
      result += ClusterRows.squares(gap, width: width)
    }
    return result
  }

  /// Points of the frame in the rows' own coordinates.
  func unframed(_ points: [Float]) -> [Float] {
    points.indices.map { Float((Double(points[$0]) + Double(frame.mean[$0 % width])) / Double(frame.scale)) }
  }

  /// Points in the rows' own coordinates in those of the frame.
  func framed(_ points: [Float]) -> [Float] {
    points.indices.map { Float(Double(points[$0]) * Double(frame.scale) - Double(frame.mean[$0 % width])) }
  }

  private static func squares(_ x: FloatBuffer, width: Int) -> [Float] {
    let sums = FloatBuffer(count: x.count / width, zeroed: true)
    Kernels.rowDot(x, x, width: width, heads: 1, into: sums)
    return sums.values
  }

  private static func frame(of blocks: [FloatBuffer], count: Int, width: Int) -> Frame {
    var largest: Float = 0
    for block in blocks { block.read { block in for i in 0..<block.count { largest = max(largest, abs(block[i])) } } }
    // Beyond 2¹²⁶ and below 2⁻¹²⁶ the scale itself would leave what Float holds.
    let exponent = largest > 0 ? min(126, max(-126, Int(largest.exponent))) : 0
    let scale = Float(sign: .plus, exponent: -exponent, significand: 1)
    var sums = [Double](repeating: 0, count: width)
    for block in blocks {
      let scaled = FloatBuffer(count: block.count)
      Kernels.blend(scale, block, into: scaled)
      let partial = FloatBuffer(count: width, zeroed: true)
      Kernels.sumRows(scaled, width: width, into: partial)
      for column in 0..<width { sums[column] += Double(partial[column]) }
    }
    return Frame(scale: scale, mean: sums.map { Float($0 / Double(max(1, count))) })
  }
}
