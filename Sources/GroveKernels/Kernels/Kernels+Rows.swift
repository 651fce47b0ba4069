import CKernels

extension Kernels {
  static func eachRow(_ rows: Int, _ width: Int, _ body: (Int64, Int64) -> Void) {
    Workers.run(rows, grain(cost: width)) { body(Int64($0.lowerBound), Int64($0.upperBound)) }
  }

  /// Runs `body` on fixed blocks of rows, each with a partial sum of `width` numbers, and adds the partial sums to
  /// `out` in the order of the blocks: the same bytes for any number of threads.
  ///
  /// - Parameter zeroed: whether `body` adds to its partial sum, which then starts with zeros; else it writes it.
  static func sumOverBlocks(
    rows: Int, grain: Int, width: Int, zeroed: Bool = true, into out: FloatBuffer,
    _ body: (Range<Int>, UnsafeMutablePointer<Float>) -> Void
  ) {
    check(out, holds: width, "sumOverBlocks into")
    let size = max(grain, (rows + 255) / 256)
    let blocks = (rows + size - 1) / size
    let partial = FloatBuffer(count: blocks * width, zeroed: zeroed)
    Workers.run(rows, size) { body($0, partial.pointer + $0.lowerBound / size * width) }
    Workers.run(width, elementGrain / 4) { range in
      for block in 0..<blocks {
        table.pointee.add_scaled(
          partial.pointer + block * width, 1, out.pointer, Int64(range.lowerBound), Int64(range.upperBound))
      }
    }
  }

  /// out[r] = x[r] + vector.
  public static func addRowVector(_ x: FloatBuffer, _ vector: FloatBuffer, width: Int, into out: FloatBuffer) {
    check(vector, holds: width, "addRowVector")
    check(out, holds: x.count, "addRowVector into")
    eachRow(x.count / max(1, width), width) {
      table.pointee.add_row_vector(x.pointer, vector.pointer, Int64(width), out.pointer, $0, $1)
    }
  }

  /// out[r, k] = x[r, k] · vector[k].
  public static func scaleColumns(
    _ x: FloatBuffer, by vector: FloatBuffer, width: Int, into out: FloatBuffer, adding: Bool
  ) {
    check(vector, holds: width, "scaleColumns")
    check(out, holds: x.count, "scaleColumns into")
    eachRow(x.count / max(1, width), width) {
      table.pointee.scale_columns(x.pointer, vector.pointer, Int64(width), out.pointer, adding, $0, $1)
    }
  }

  /// out[r, k] = x[r, k] · vector[r].
  public static func scaleRows(
    _ x: FloatBuffer, by vector: FloatBuffer, width: Int, into out: FloatBuffer, adding: Bool
  ) {
    check(vector, holds: x.count / max(1, width), "scaleRows")
    check(out, holds: x.count, "scaleRows into")
    eachRow(vector.count, width) {
      table.pointee.scale_rows(x.pointer, vector.pointer, Int64(width), out.pointer, adding, $0, $1)
    }
  }

  /// out[k] += Σ over rows of x[r, k] · y[r, k], y being 1 where nil.
  public static func sumRows(_ x: FloatBuffer, times y: FloatBuffer? = nil, width: Int, into out: FloatBuffer) {
    if let y { check(y, holds: x.count, "sumRows") }
    let factor = y.map { UnsafePointer($0.pointer) }
    sumOverBlocks(rows: x.count / max(1, width), grain: grain(cost: width), width: width, into: out) { range, partial in
      table.pointee.sum_rows(
        x.pointer, factor, Int64(width), partial, Int64(range.lowerBound), Int64(range.upperBound))
    }
  }

  /// out[r, h] += Σ over the columns of head h of x[r, k] · y[r, k]; y may be a single row for all.
  /// - Shape: x [N, F], y [N, F] or [1, F], out [N, H].
  public static func rowDot(_ x: FloatBuffer, _ y: FloatBuffer, width: Int, heads: Int, into out: FloatBuffer) {
    let rows = x.count / max(1, width)
    let shared = y.count == width && rows != 1
    precondition(shared || y.count == x.count, "rowDot: \(x.count) by \(y.count) floats of width \(width)")
    check(out, holds: rows * heads, "rowDot into")
    eachRow(rows, width) {
      table.pointee.row_dot(x.pointer, y.pointer, shared, Int64(width), Int64(heads), out.pointer, $0, $1)
    }
  }

  /// Inverted dropout keyed by (row id, column): out = mask · x / (1 − rate).
  public static func dropout(
    _ x: FloatBuffer, ids: [Int32]?, width: Int, rate: Float, random: RandomStream, into out: FloatBuffer,
    adding: Bool
  ) {
    check(out, holds: x.count, "dropout into")
    let rows = x.count / max(1, width)
    precondition(ids == nil || ids!.count == rows, "dropout: \(ids?.count ?? 0) ids for \(rows) rows")
    withOptional(ids) { ids in
      eachRow(rows, width) {
        table.pointee.dropout(x.pointer, ids, random.key, rate, Int64(width), out.pointer, adding, $0, $1)
      }
    }
  }

  /// The k largest numbers of each row, largest first, and their columns; of equals the one further left comes first.
  ///
  /// A NaN counts as less than any number.
  /// - Shape: x [N, F] → values and columns [N, k].
  /// - Precondition: k is in 0...F.
  /// - Complexity: O(N · (F + k · log k)) on average.
  public static func topK(_ x: FloatBuffer, width: Int, k: Int) -> (values: FloatBuffer, columns: [Int32]) {
    precondition(k >= 0 && k <= width, "topK: \(k) of \(width) columns")
    let rows = x.count / max(1, width)
    let values = FloatBuffer(count: rows * k)
    var columns = [Int32](repeating: 0, count: rows * k)
    guard k > 0 else { return (values, columns) }
    columns.withUnsafeMutableBufferPointer { columns in
      let base = columns.baseAddress
      eachRow(rows, 2 * width) {
        let keys = UnsafeMutablePointer<UInt64>.allocate(capacity: 2 * k + 32)
        defer { keys.deallocate() }
        table.pointee.top_k(x.pointer, Int64(width), Int64(k), values.pointer, base, keys, $0, $1)
      }
    }
    return (values, columns)
  }

  /// Adds the gradient of scale · Σ over rows of the cross-entropy of a row, whose log-softmax is `logs`.
  ///
  /// - Shape: logs [N, C], classes [N], weights [C], xGradient [N, C].
  /// - Precondition: classes are in 0..<C.
  public static func crossEntropyBackward(
    logs: FloatBuffer, classes: [Int32], weights: [Float], smoothing: Float, scale: Float,
    into xGradient: FloatBuffer
  ) {
    let width = weights.count
    check(logs, holds: classes.count * width, "crossEntropyBackward logs")
    check(xGradient, holds: logs.count, "crossEntropyBackward into")
    classes.withUnsafeBufferPointer { classes in
      weights.withUnsafeBufferPointer { weights in
        eachRow(classes.count, 8 * width) {
          table.pointee.cross_entropy_backward(
            logs.pointer, classes.baseAddress, weights.baseAddress, smoothing, scale, Int64(width), xGradient.pointer,
            $0, $1)
        }
      }
    }
  }

  /// Uniform numbers in [0, 1), keyed by (row, column).
  public static func uniform(into out: FloatBuffer, width: Int, random: RandomStream) {
    eachRow(out.count / max(1, width), 4 * width) {
      table.pointee.uniform(random.key, Int64(width), out.pointer, $0, $1)
    }
  }

  /// out[i] = x[ids[i]].
  ///
  /// - Precondition: ids are rows of x.
  public static func gather(_ x: FloatBuffer, ids: [Int32], width: Int, into out: FloatBuffer) {
    check(out, holds: ids.count * width, "gather into")
    ids.withUnsafeBufferPointer { ids in
      eachRow(ids.count, width) {
        table.pointee.gather(x.pointer, ids.baseAddress, Int64(width), out.pointer, $0, $1)
      }
    }
  }

  /// out[ids[i]] = x[i]; the other rows of `out` stay as they are.
  ///
  /// - Precondition: ids are rows of `out`, each once at most.
  public static func scatter(_ x: FloatBuffer, ids: [Int32], width: Int, into out: FloatBuffer) {
    check(x, holds: ids.count * width, "scatter")
    for id in ids {
      precondition(id >= 0 && (Int(id) + 1) * width <= out.count, "scatter: row \(id) of \(out.count / max(1, width))")
    }
    eachRow(ids.count, width) {
      for row in Int($0)..<Int($1) {
        (out.pointer + Int(ids[row]) * width).update(from: x.pointer + row * width, count: width)
      }
    }
  }

  /// out[r] = x[start + r], or adds it, for all rows of `out`.
  public static func copyRows(_ x: FloatBuffer, from start: Int, width: Int, into out: FloatBuffer, adding: Bool) {
    precondition(
      start >= 0 && start * width + out.count <= x.count,
      "copyRows: \(out.count) floats from row \(start) of \(x.count)")
    let source = x.pointer + start * width
    Workers.run(out.count, elementGrain) { range in
      if adding {
        table.pointee.add_scaled(source, 1, out.pointer, Int64(range.lowerBound), Int64(range.upperBound))
      } else {
        (out.pointer + range.lowerBound).update(from: source + range.lowerBound, count: range.count)
      }
    }
  }

  /// Adds x to the first elements of `out`.
  public static func addRows(_ x: FloatBuffer, toFirstOf out: FloatBuffer) {
    precondition(x.count <= out.count, "addRows: \(x.count) floats to \(out.count)")
    Workers.run(x.count, elementGrain) {
      table.pointee.add_scaled(x.pointer, 1, out.pointer, Int64($0.lowerBound), Int64($0.upperBound))
    }
  }

  /// Columns `first` ..< `first + count` of x go to columns `outFirst` … of `out`; both have the same rows.
  public static func copyColumns(
    _ x: FloatBuffer, width: Int, first: Int, count: Int, into out: FloatBuffer, width outWidth: Int,
    first outFirst: Int,
    adding: Bool
  ) {
    precondition(
      first >= 0 && outFirst >= 0 && first + count <= width && outFirst + count <= outWidth,
      "copyColumns: \(count) columns from \(first) of \(width) to \(outFirst) of \(outWidth)")
    let rows = x.count / max(1, width)
    check(out, holds: rows * outWidth, "copyColumns into")
    eachRow(rows, count) {
      table.pointee.copy_columns(
        x.pointer, Int64(width), Int64(first), out.pointer, Int64(outWidth), Int64(outFirst), Int64(count), adding, $0,
        $1)
    }
  }

  /// Softmax of each row, or its logarithm.
  public static func softmax(_ x: FloatBuffer, width: Int, logarithm: Bool, into out: FloatBuffer) {
    check(out, holds: x.count, "softmax into")
    eachRow(x.count / max(1, width), 8 * width) {
      table.pointee.softmax(x.pointer, Int64(width), logarithm, out.pointer, $0, $1)
    }
  }

  /// xGradient += out · (g − Σ g · out) by row; for the logarithm g − e^out · Σ g.
  public static func softmaxBackward(
    out: FloatBuffer, gradient: FloatBuffer, width: Int, logarithm: Bool, into xGradient: FloatBuffer
  ) {
    check(gradient, holds: out.count, "softmaxBackward gradient")
    check(xGradient, holds: out.count, "softmaxBackward into")
    eachRow(out.count / max(1, width), 8 * width) {
      table.pointee.softmax_backward(
        out.pointer, gradient.pointer, Int64(width), logarithm, xGradient.pointer, $0, $1)
    }
  }
}
