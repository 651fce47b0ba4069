import CKernels

extension Kernels {
  /// out[r] = bias + Σ over entries of w(e) · x[column], weights 1 and bias 0 where nil.
  /// - Shape: x [sources, F], weights [E] in the order of this index's entries, bias [1, F], out [rows, F].
  /// - Complexity: O(E · F).
  public static func aggregate(
    _ index: EdgeIndex, weights: [Float]?, x: FloatBuffer, width: Int, bias: FloatBuffer? = nil,
    rectifier: Rectifier? = nil, into out: FloatBuffer, adding: Bool
  ) {
    precondition(
      weights == nil || weights!.count == index.entryCount,
      "aggregate: \(weights?.count ?? 0) weights for \(index.entryCount) entries")
    if let bias { check(bias, holds: width, "aggregate bias") }
    withOptional(weights) { aggregate(index, byPlace: false, $0, 1, x, width, bias, rectifier, out, adding) }
  }

  /// The same with a weight for each edge and head: head h scales columns h · F/H ..< (h + 1) · F/H.
  /// - Shape: weights [E, H] by the entries' places.
  public static func aggregate(
    _ index: EdgeIndex, weights: FloatBuffer, heads: Int, x: FloatBuffer, width: Int, bias: FloatBuffer? = nil,
    into out: FloatBuffer, adding: Bool
  ) {
    if let bias { check(bias, holds: width, "aggregate bias") }
    check(weights, holds: index.entryCount * heads, "aggregate weights")
    aggregate(index, byPlace: true, UnsafePointer(weights.pointer), heads, x, width, bias, nil, out, adding)
  }

  private static func aggregate(
    _ index: EdgeIndex, byPlace: Bool, _ weights: UnsafePointer<Float>?, _ heads: Int, _ x: FloatBuffer, _ width: Int,
    _ bias: FloatBuffer?, _ rectifier: Rectifier?, _ out: FloatBuffer, _ adding: Bool
  ) {
    let rows = index.rowCount
    check(out, holds: rows * width, "aggregate into")
    precondition(width % heads == 0, "aggregate: width \(width) is not a multiple of \(heads) heads")
    rectifier?.check(rows: rows)
    let start = bias.map { UnsafePointer($0.pointer) }
    countGathered(index, width)
    withIndex(index) { csr in
      var csr = csr
      if !byPlace { csr.positions = nil }
      Workers.run(rows, edgeGrain(index, width)) { range in
        table.pointee.spmm(
          csr, weights, Int64(heads), x.pointer, Int64(width), start, out.pointer, adding, Int64(range.lowerBound),
          Int64(range.upperBound))
        rectifier?.apply(to: out, width: width, rows: range, into: out)
      }
    }
  }

  /// Counts a pass that reads a row of `width` floats, a column and a weight an entry, and writes a row.
  static func countGathered(_ index: EdgeIndex, _ width: Int) {
    KernelWork.count(bytes: index.entryCount * (4 * width + 8) + index.rowCount * 4 * width)
  }

  /// Rows of a block of work that reads `width` numbers an entry: enough work that handing it out costs nothing, few
  /// enough rows that one with very many entries does not keep the others waiting.
  static func edgeGrain(_ index: EdgeIndex, _ width: Int) -> Int {
    let rows = index.rowCount
    let degree = rows == 0 ? 0 : index.entryCount / rows + 1
    return max(grain(cost: degree * width), min(512, rows / 64))
  }

  /// values[places[i]] for each i.
  static func picked(_ values: [Float], at places: [Int64]) -> [Float] {
    [Float](unsafeUninitializedCapacity: places.count) { result, count in
      for place in places {
        precondition(place >= 0 && place < values.count, "picked: place \(place) of \(values.count)")
        result.initializeElement(at: count, to: values[Int(place)])
        count += 1
      }
    }
  }

  /// out[r, k] = largest x[column, k] over the entries of r, 0 for an empty row.
  /// - Returns: for each output the index, within its row, of the entry that won; −1 for an empty row.
  public static func aggregateMaximum(
    _ index: EdgeIndex, x: FloatBuffer, width: Int, into out: FloatBuffer
  ) -> [Int32] {
    let rows = index.rowCount
    check(out, holds: rows * width, "aggregateMaximum into")
    return [Int32](unsafeUninitializedCapacity: rows * width) { winners, count in
      let base = winners.baseAddress
      withIndex(index) { csr in
        Workers.run(rows, edgeGrain(index, width)) { range in
          table.pointee.spmm_max(
            csr, x.pointer, Int64(width), out.pointer, base, Int64(range.lowerBound), Int64(range.upperBound))
        }
      }
      count = rows * width
    }
  }

  /// Adds to `out` [sources, F] the gradient of `aggregateMaximum`.
  public static func aggregateMaximumBackward(
    _ aggregation: Aggregation, winners: [Int32], gradient: FloatBuffer, width: Int, into out: FloatBuffer
  ) {
    let outgoing = aggregation.outgoing
    let rows = outgoing.rowCount
    check(out, holds: rows * width, "aggregateMaximumBackward into")
    check(gradient, holds: aggregation.targetCount * width, "aggregateMaximumBackward gradient")
    aggregation.incoming.offsets.withUnsafeBufferPointer { offsets in
      winners.withUnsafeBufferPointer { winners in
        withIndex(outgoing) { csr in
          Workers.run(rows, edgeGrain(outgoing, width)) { range in
            table.pointee.spmm_max_backward(
              csr, offsets.baseAddress, winners.baseAddress, gradient.pointer, Int64(width), out.pointer,
              Int64(range.lowerBound), Int64(range.upperBound))
          }
        }
      }
    }
  }

  /// Adds x[column] · y[row], head by head, to `scores` [E, H] (sampled dense-dense product).
  public static func sampledProduct(
    _ index: EdgeIndex, x: FloatBuffer, y: FloatBuffer, width: Int, heads: Int, into scores: FloatBuffer
  ) {
    let rows = index.rowCount
    check(y, holds: rows * width, "sampledProduct y")
    check(scores, holds: index.entryCount * heads, "sampledProduct into")
    precondition(width % heads == 0, "sampledProduct: width \(width) is not a multiple of \(heads) heads")
    countGathered(index, width)
    withIndex(index) { csr in
      Workers.run(rows, edgeGrain(index, width)) { range in
        table.pointee.sddmm(
          csr, x.pointer, y.pointer, Int64(width), Int64(heads), scores.pointer, Int64(range.lowerBound),
          Int64(range.upperBound))
      }
    }
  }

  /// Softmax of `scores` [E, H] over the entries of each row.
  public static func segmentSoftmax(offsets: [Int64], scores: FloatBuffer, heads: Int, into out: FloatBuffer) {
    let rows = offsets.count - 1
    check(scores, holds: Int(offsets[rows]) * heads, "segmentSoftmax scores")
    check(out, holds: scores.count, "segmentSoftmax into")
    offsets.withUnsafeBufferPointer { offsets in
      Workers.run(rows, grain(cost: 16 * heads)) { range in
        table.pointee.segment_softmax(
          offsets.baseAddress, scores.pointer, Int64(heads), out.pointer, Int64(range.lowerBound),
          Int64(range.upperBound))
      }
    }
  }

  /// Adds the gradient of `segmentSoftmax` to `scoresGradient`.
  public static func segmentSoftmaxBackward(
    offsets: [Int64], out: FloatBuffer, gradient: FloatBuffer, heads: Int, into scoresGradient: FloatBuffer
  ) {
    check(out, holds: Int(offsets[offsets.count - 1]) * heads, "segmentSoftmaxBackward out")
    check(gradient, holds: out.count, "segmentSoftmaxBackward gradient")
    check(scoresGradient, holds: out.count, "segmentSoftmaxBackward into")
    offsets.withUnsafeBufferPointer { offsets in
      Workers.run(offsets.count - 1, grain(cost: 16 * heads)) { range in
        table.pointee.segment_softmax_backward(
          offsets.baseAddress, out.pointer, gradient.pointer, Int64(heads), scoresGradient.pointer,
          Int64(range.lowerBound), Int64(range.upperBound))
      }
    }
  }

  /// Inverted dropout of the entries of sparse rows, keyed by (row id, column).
  ///
  /// `values` nil means all ones.
  public static func dropout(
    _ index: EdgeIndex, values: FloatBuffer?, ids: [Int32]?, rate: Float, random: RandomStream,
    into out: FloatBuffer
  ) {
    check(out, holds: index.entryCount, "dropout into")
    if let values { check(values, holds: index.entryCount, "dropout values") }
    let rows = index.rowCount
    precondition(ids == nil || ids!.count == rows, "dropout: \(ids?.count ?? 0) ids for \(rows) rows")
    withIndex(index) { csr in
      withOptional(ids) { ids in
        Workers.run(rows, 128) { range in
          table.pointee.dropout_sparse(
            csr, values.map { UnsafePointer($0.pointer) }, ids, random.key, rate, out.pointer,
            Int64(range.lowerBound), Int64(range.upperBound))
        }
      }
    }
  }
}
