import GroveKernels

extension Tensor {
  /// a + b, entry by entry.
  ///
  /// - Precondition: equal shapes.
  public static func + (a: Tensor, b: Tensor) -> Tensor { blending(1, a, 1, b) }

  /// a − b, entry by entry.
  ///
  /// - Precondition: equal shapes.
  public static func - (a: Tensor, b: Tensor) -> Tensor { blending(1, a, -1, b) }

  /// p · a + q · b, entry by entry, in one pass.
  ///
  /// - Precondition: equal shapes.
  public static func blending(_ p: Float, _ a: Tensor, _ q: Float, _ b: Tensor) -> Tensor {
    precondition(a.shape == b.shape, "blending: \(a.shape) and \(b.shape)")
    let result = Tensor.result(a.rows, a.columns)
    Kernels.blend(p, a.buffer, q, b.buffer, into: result.buffer)
    return result.recorded(from: [a, b]) { [a = a.origin, b = b.origin] gradient, into in
      into.add(gradient, times: p, to: a)
      into.add(gradient, times: q, to: b)
    }
  }

  /// a · b, entry by entry.
  ///
  /// - Precondition: equal shapes.
  public static func * (a: Tensor, b: Tensor) -> Tensor {
    precondition(a.shape == b.shape, "*: \(a.shape) and \(b.shape)")
    let result = Tensor.result(a.rows, a.columns)
    Kernels.multiply(a.buffer, b.buffer, into: result.buffer)
    return result.recorded(from: [a, b]) { gradient, into in
      into.accumulate(to: a) { Kernels.multiply(gradient, b.buffer, into: $0, adding: $1) }
      into.accumulate(to: b) { Kernels.multiply(gradient, a.buffer, into: $0, adding: $1) }
    }
  }

  /// factor · a.
  public static func * (factor: Float, a: Tensor) -> Tensor {
    let result = Tensor.result(a.rows, a.columns)
    Kernels.blend(factor, a.buffer, into: result.buffer)
    return result.recorded(from: [a]) { [a = a.origin] gradient, into in
      into.add(gradient, times: factor, to: a)
    }
  }

  /// a + constant, entry by entry.
  public func adding(_ constant: Float) -> Tensor {
    let result = Tensor.result(rows, columns)
    result.buffer.write { for i in 0..<$0.count { $0[i] = constant } }
    Kernels.add(buffer, times: 1, to: result.buffer)
    return result.recorded(from: [self]) { [source = origin] gradient, into in
      into.add(gradient, to: source)
    }
  }

  /// Each row plus a row vector, as a bias is added.
  ///
  /// - Shape: x [N, F], vector [1, F] → [N, F].
  public func addingRow(_ vector: Tensor) -> Tensor {
    precondition(vector.rows == 1 && vector.columns == columns, "addingRow: \(shape) and \(vector.shape)")
    let result = Tensor.result(rows, columns)
    Kernels.addRowVector(buffer, vector.buffer, width: columns, into: result.buffer)
    return result.recorded(from: [self, vector]) { [source = origin, vector = vector.origin] gradient, into in
      into.add(to: vector) { Kernels.sumRows(gradient, width: source.shape.columns, into: $0) }
      into.add(gradient, to: source)
    }
  }

  /// Column k times vector[k].
  ///
  /// - Shape: x [N, F], vector [1, F] → [N, F].
  public func scalingColumns(by vector: Tensor) -> Tensor {
    precondition(vector.rows == 1 && vector.columns == columns, "scalingColumns: \(shape) by \(vector.shape)")
    let result = Tensor.result(rows, columns)
    Kernels.scaleColumns(buffer, by: vector.buffer, width: columns, into: result.buffer, adding: false)
    return result.recorded(from: [self, vector]) { gradient, into in
      into.accumulate(to: self) {
        Kernels.scaleColumns(gradient, by: vector.buffer, width: self.columns, into: $0, adding: $1)
      }
      into.add(to: vector) { Kernels.sumRows(gradient, times: self.buffer, width: self.columns, into: $0) }
    }
  }

  /// Row r times vector[r]; of a sparse-rows tensor too, with a constant vector.
  ///
  /// - Shape: x [N, F], vector [N, 1].
  public func scalingRows(by vector: Tensor) -> Tensor {
    precondition(vector.columns == 1 && vector.rows == rows, "scalingRows: \(shape) by \(vector.shape)")
    if let sparse { return scalingSparseRows(sparse, by: vector) }
    let result = Tensor.result(rows, columns)
    Kernels.scaleRows(buffer, by: vector.buffer, width: columns, into: result.buffer, adding: false)
    return result.recorded(from: [self, vector]) { gradient, into in
      into.accumulate(to: self) {
        Kernels.scaleRows(gradient, by: vector.buffer, width: self.columns, into: $0, adding: $1)
      }
      into.add(to: vector) { Kernels.rowDot(gradient, self.buffer, width: self.columns, heads: 1, into: $0) }
    }
  }

  private func scalingSparseRows(_ sparse: SparseValues, by vector: Tensor) -> Tensor {
    precondition(
      !vector.requiresGradient, "scalingRows: a sparse-rows tensor takes a constant vector; call densified() first")
    let scaled = FloatBuffer(count: sparse.entries.edgeCount)
    let index = sparse.entries.incoming
    for row in 0..<sparse.rowCount {
      for entry in Int(index.offsets[row])..<Int(index.offsets[row + 1]) {
        scaled[entry] = (sparse.values?[entry] ?? 1) * vector.buffer[row]
      }
    }
    return Tensor(SparseValues(entries: sparse.entries, values: scaled))
  }

  /// Every entry times the single number of a [1, 1] tensor.
  public func scaled(by factor: Tensor) -> Tensor {
    precondition(factor.shape == Shape(1, 1), "scaled by a \(factor.shape) tensor")
    let result = Tensor.result(rows, columns)
    Kernels.blend(factor.scalar, buffer, into: result.buffer)
    return result.recorded(from: [self, factor]) { gradient, into in
      into.add(gradient, times: factor.scalar, to: self.origin)
      into.add(to: factor) {
        Kernels.sumRows(gradient, times: self.buffer, width: 1, into: $0)
      }
    }
  }
}
