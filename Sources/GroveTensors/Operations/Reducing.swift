import GroveKernels

extension Tensor {
  /// Sum of each column.
  ///
  /// - Shape: [N, F] → [1, F].
  public func columnSum() -> Tensor {
    let (count, width) = (rows, columns)
    let result = Tensor.result(1, width, zeroed: true)
    Kernels.sumRows(buffer, width: width, into: result.buffer)
    return result.recorded(from: [self]) { [source = origin] gradient, into in
      into.add(to: source) { slot in
        let ones = FloatBuffer([Float](repeating: 1, count: count))
        Kernels.matrixMultiply(ones, gradient, m: count, n: width, k: 1, into: slot, adding: true)
      }
    }
  }

  /// Mean of each column.
  ///
  /// - Shape: [N, F] → [1, F].
  public func columnMean() -> Tensor { (1 / Float(max(1, rows))) * columnSum() }

  /// Sum of all entries.
  ///
  /// - Shape: [N, F] → [1, 1].
  public func sum() -> Tensor {
    let result = Tensor.result(1, 1, zeroed: true)
    Kernels.sumRows(buffer, width: 1, into: result.buffer)
    return result.recorded(from: [self]) { [source = origin] gradient, into in
      into.add(to: source) { slot in
        let g = gradient[0]
        slot.write { for i in 0..<$0.count { $0[i] += g } }
      }
    }
  }

  /// Mean of all entries.
  ///
  /// - Shape: [N, F] → [1, 1].
  public func mean() -> Tensor { (1 / Float(max(1, shape.count))) * sum() }

  /// Dot product of each row with the same row of another tensor, or with one row for all, head by head.
  ///
  /// - Shape: x [N, F], other [N, F] or [1, F] → [N, H].
  public func rowDot(_ other: Tensor, heads: Int = 1) -> Tensor {
    let shared = other.rows == 1 && rows != 1
    precondition(
      other.columns == columns && (shared || other.rows == rows) && columns % heads == 0,
      "rowDot: \(shape) and \(other.shape), \(heads) heads")
    let (count, width) = (rows, columns)
    let result = Tensor.result(count, heads, zeroed: true)
    Kernels.rowDot(buffer, other.buffer, width: width, heads: heads, into: result.buffer)
    return result.recorded(from: [self, other]) { gradient, into in
      // The gradient of a head spreads over its columns: as an edge-weighted aggregation of one entry a row.
      let own = EdgeIndex(offsets: (0...count).map(Int64.init), columns: (0..<count).map(Int32.init))
      into.add(to: self) {
        let index =
          shared
          ? EdgeIndex(offsets: own.offsets, columns: [Int32](repeating: 0, count: count)) : own
        Kernels.aggregate(
          index, weights: gradient, heads: heads, x: other.buffer, width: width, into: $0, adding: true)
      }
      into.add(to: other) {
        let scaled = shared ? FloatBuffer(count: count * width) : $0
        Kernels.aggregate(
          own, weights: gradient, heads: heads, x: self.buffer, width: width, into: scaled, adding: !shared)
        if shared { Kernels.sumRows(scaled, width: width, into: $0) }
      }
    }
  }
}
