import GroveKernels

extension Tensor {
  /// Row i of the result is row ids[i]. Sparse rows stay sparse.
  ///
  /// - Shape: x [N, F], M ids → [M, F].
  /// - Precondition: ids are in 0..<N; they may repeat.
  /// - Complexity: O(M · F); the gradient O(N + M · F), rows summed in the order of ids.
  public func gathering(rows ids: [Int32]) -> Tensor {
    for id in ids { precondition(id >= 0 && Int(id) < rows, "gathering: row \(id) of \(rows)") }
    if let sparse { return gatheringSparse(sparse, ids) }
    let (count, width) = (rows, columns)
    let result = Tensor.result(ids.count, width)
    Kernels.gather(buffer, ids: ids, width: width, into: result.buffer)
    return result.recorded(from: [self]) { gradient, into in
      into.add(to: self) {
        let picks = EdgeIndex(offsets: (0...ids.count).map(Int64.init), columns: ids).transposed(columnCount: count)
        Kernels.aggregate(picks, weights: nil, x: gradient, width: width, into: $0, adding: true)
      }
    }
  }

  private func gatheringSparse(_ sparse: SparseValues, _ ids: [Int32]) -> Tensor {
    let index = sparse.entries.incoming
    var offsets: [Int64] = [0]
    var picked: [Int32] = []
    var values: [Float] = []
    for id in ids {
      for entry in Int(index.offsets[Int(id)])..<Int(index.offsets[Int(id) + 1]) {
        picked.append(index.columns[entry])
        if let all = sparse.values { values.append(all[entry]) }
      }
      offsets.append(Int64(picked.count))
    }
    return Tensor(
      SparseValues(
        entries: Aggregation(incoming: EdgeIndex(offsets: offsets, columns: picked), sourceCount: columns),
        values: sparse.values == nil ? nil : FloatBuffer(values)))
  }

  /// Tensors side by side. - Shape: [N, F₁], [N, F₂] … → [N, F₁ + F₂ + …].
  public static func concatenatingColumns(_ parts: [Tensor]) -> Tensor {
    precondition(!parts.isEmpty, "concatenatingColumns: no tensors")
    let rows = parts[0].rows
    for part in parts { precondition(part.rows == rows, "concatenatingColumns: \(parts[0].shape) and \(part.shape)") }
    let width = parts.reduce(0) { $0 + $1.columns }
    let result = Tensor.result(rows, width)
    var start = 0
    for part in parts {
      copyColumns(from: part.buffer, width: part.columns, at: 0, to: result.buffer, width: width, at: start, count: part.columns, rows: rows)
      start += part.columns
    }
    return result.recorded(from: parts) { gradient, into in
      var start = 0
      for part in parts {
        let from = start
        into.add(to: part) {
          addColumns(from: gradient, width: width, at: from, to: $0, width: part.columns, at: 0, count: part.columns, rows: rows)
        }
        start += part.columns
      }
    }
  }

  /// Some columns. - Shape: [N, F] → [N, range.count].
  public func columns(_ range: Range<Int>) -> Tensor {
    precondition(range.lowerBound >= 0 && range.upperBound <= columns, "columns \(range) of \(shape)")
    let (count, width, first) = (rows, columns, range.lowerBound)
    let result = Tensor.result(count, range.count)
    copyColumns(from: buffer, width: width, at: first, to: result.buffer, width: range.count, at: 0, count: range.count, rows: count)
    return result.recorded(from: [self]) { gradient, into in
      into.add(to: self) {
        addColumns(from: gradient, width: range.count, at: 0, to: $0, width: width, at: first, count: range.count, rows: count)
      }
    }
  }
}

private func copyColumns(
  from source: FloatBuffer, width sourceWidth: Int, at from: Int, to target: FloatBuffer, width targetWidth: Int,
  at to: Int, count: Int, rows: Int
) {
  source.read { source in
    target.write { target in
      for row in 0..<rows {
        for column in 0..<count {
          target[row * targetWidth + to + column] = source[row * sourceWidth + from + column]
        }
      }
    }
  }
}

private func addColumns(
  from source: FloatBuffer, width sourceWidth: Int, at from: Int, to target: FloatBuffer, width targetWidth: Int,
  at to: Int, count: Int, rows: Int
) {
  source.read { source in
    target.write { target in
      for row in 0..<rows {
        for column in 0..<count {
          target[row * targetWidth + to + column] += source[row * sourceWidth + from + column]
        }
      }
    }
  }
}
