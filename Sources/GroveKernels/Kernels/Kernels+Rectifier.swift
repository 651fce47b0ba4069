import CKernels

/// ReLU and, where a rate is given, dropout after it: what a layer does to its rows at once, while they are in the cache.
///
/// Its gradient reads nothing but the result.
public struct Rectifier {
  /// Share of the entries that become 0, in 0..<1.
  public let rate: Float
  let rowIDs: [Int32]?
  let key: UInt64

  /// ReLU alone.
  public init() { (rate, rowIDs, key) = (0, nil, 0) }

  /// ReLU and dropout.
  ///
  /// - Parameters:
  ///   - rate: share of the entries that become 0.
  ///   - rowIDs: global ids of the rows; nil where row r is node r.
  /// - Precondition: 0 ≤ rate < 1.
  public init(thenDropping rate: Float, rowIDs: [Int32]? = nil, using random: RandomStream) {
    precondition(rate >= 0 && rate < 1, "dropout: rate \(rate) is not in [0, 1)")
    (self.rate, self.rowIDs, key) = (rate, rowIDs, random.key)
  }

  func check(rows: Int) {
    precondition(rowIDs == nil || rowIDs!.count == rows, "Rectifier: \(rowIDs?.count ?? 0) ids for \(rows) rows")
  }

  /// Rows [first, end) of `out` become those of x, rectified; both may be the same.
  func apply(to x: FloatBuffer, width: Int, rows: Range<Int>, into out: FloatBuffer) {
    let table = Kernels.table.pointee
    if rate == 0 {
      table.function(
        GROVE_RELU, 0, x.pointer, out.pointer, Int64(rows.lowerBound * width), Int64(rows.upperBound * width))
      return
    }
    Kernels.withOptional(rowIDs) { ids in
      table.rectified_dropout(
        x.pointer, ids, key, rate, Int64(width), out.pointer, Int64(rows.lowerBound), Int64(rows.upperBound))
    }
  }
}

extension Kernels {
  /// out = x rectified.
  ///
  /// - Shape: x and out [N, F].
  public static func rectify(_ x: FloatBuffer, by rectifier: Rectifier, width: Int, into out: FloatBuffer) {
    check(out, holds: x.count, "rectify into")
    let rows = x.count / max(1, width)
    rectifier.check(rows: rows)
    Workers.run(rows, grain(cost: width)) { rectifier.apply(to: x, width: width, rows: $0, into: out) }
  }

  /// xGradient = gradient / (1 − rate) where `out`, the result of `rectify`, is above 0, else 0; or adds it.
  ///
  /// The sum of these rows is added to `sum` where given, for the bias that was added before.
  /// - Shape: out, gradient and xGradient [N, F], sum [F]. xGradient may be the gradient.
  public static func rectifyBackward(
    _ rectifier: Rectifier, out: FloatBuffer, gradient: FloatBuffer, width: Int, into xGradient: FloatBuffer,
    adding: Bool, sum: FloatBuffer? = nil
  ) {
    check(gradient, holds: out.count, "rectifyBackward gradient")
    check(xGradient, holds: out.count, "rectifyBackward into")
    precondition(sum == nil || !adding, "rectifyBackward: a sum of rows that are added to others")
    func pass(_ rows: Range<Int>) {
      table.pointee.rectified_backward(
        out.pointer, 1 / (1 - rectifier.rate), gradient.pointer, xGradient.pointer, adding,
        Int64(rows.lowerBound * width), Int64(rows.upperBound * width))
    }
    let rows = out.count / max(1, width)
    guard let sum else { return Workers.run(rows, grain(cost: width), pass) }
    sumOverBlocks(rows: rows, grain: grain(cost: width), width: width, into: sum) { range, partial in
      // In steps that stay in the first cache.
      let step = max(1, 4096 / max(1, width))
      for first in stride(from: range.lowerBound, to: range.upperBound, by: step) {
        let end = min(first + step, range.upperBound)
        pass(first..<end)
        table.pointee.sum_rows(xGradient.pointer, nil, Int64(width), partial, Int64(first), Int64(end))
      }
    }
  }
}
