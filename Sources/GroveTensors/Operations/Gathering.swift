import GroveKernels

extension Tensor {
  /// Row i of the result is row ids[i].
  ///
  /// Sparse rows stay sparse.
  ///
  /// - Shape: x [N, F], M ids → [M, F].
  /// - Precondition: ids are in 0..<N; they may repeat.
  /// - Complexity: O(M · F); the gradient O(N + M · F), rows summed in the order of ids.
  public func gathering(rows ids: [Int32]) -> Tensor {
    var isPrefix = true
    for (place, id) in ids.enumerated() {
      precondition(id >= 0 && Int(id) < rows, "gathering: row \(id) of \(rows)")
      isPrefix = isPrefix && Int(id) == place
    }
    if let sparse { return gatheringSparse(sparse, ids) }
    let (count, width) = (rows, columns)
    if isPrefix { return prefix(ids.count) }
    let result = Tensor.result(ids.count, width)
    Kernels.gather(buffer, ids: ids, width: width, into: result.buffer)
    return result.recorded(from: [self]) { [source = origin] gradient, into in
      into.accumulate(to: source) {
        let picks = EdgeIndex(offsets: (0...ids.count).map(Int64.init), columns: ids).transposed(columnCount: count)
        Kernels.aggregate(picks, weights: nil, x: gradient, width: width, into: $0, adding: $1)
      }
    }
  }

  /// The first rows, as the targets of a sampled block stand among its sources: no copy.
  private func prefix(_ count: Int) -> Tensor {
    if count == rows { return self }
    let result = Tensor(FloatBuffer(first: count * columns, of: buffer), rows: count, columns: columns)
    return result.recorded(from: [self]) { [source = origin] gradient, into in
      into.add(to: source) { Kernels.addRows(gradient, toFirstOf: $0) }
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

  /// Tensors side by side.
  ///
  /// - Shape: [N, F₁], [N, F₂] … → [N, F₁ + F₂ + …].
  public static func concatenatingColumns(_ parts: [Tensor]) -> Tensor {
    precondition(!parts.isEmpty, "concatenatingColumns: no tensors")
    let rows = parts[0].rows
    for part in parts { precondition(part.rows == rows, "concatenatingColumns: \(parts[0].shape) and \(part.shape)") }
    let width = parts.reduce(0) { $0 + $1.columns }
    let starts = parts.indices.map { parts[..<$0].reduce(0) { $0 + $1.columns } }
    let result = Tensor.result(rows, width)
    for (part, start) in zip(parts, starts) {
      Kernels.copyColumns(
        part.buffer, width: part.columns, first: 0, count: part.columns, into: result.buffer, width: width,
        first: start, adding: false)
    }
    return result.recorded(from: parts) { [parts = parts.map(\.origin)] gradient, into in
      for (part, start) in zip(parts, starts) {
        let count = part.shape.columns
        into.add(to: part) {
          Kernels.copyColumns(
            gradient, width: width, first: start, count: count, into: $0, width: count, first: 0, adding: true)
        }
      }
    }
  }

  /// Tensors one below the other.
  ///
  /// - Shape: [N₁, F], [N₂, F] … → [N₁ + N₂ + …, F].
  public static func concatenatingRows(_ parts: [Tensor]) -> Tensor {
    precondition(!parts.isEmpty, "concatenatingRows: no tensors")
    if parts.count == 1 { return parts[0] }
    let width = parts[0].columns
    for part in parts { precondition(part.columns == width, "concatenatingRows: \(parts[0].shape) and \(part.shape)") }
    let starts = parts.indices.map { parts[..<$0].reduce(0) { $0 + $1.rows } }
    let result = Tensor.result(parts.reduce(0) { $0 + $1.rows }, width)
    for (part, start) in zip(parts, starts) { result.buffer.copy(from: part.buffer, at: start * width) }
    return result.recorded(from: parts) { [parts = parts.map(\.origin)] gradient, into in
      for (part, start) in zip(parts, starts) {
        into.accumulate(to: part) { Kernels.copyRows(gradient, from: start, width: width, into: $0, adding: $1) }
      }
    }
  }

  /// Some columns.
  ///
  /// - Shape: [N, F] → [N, range.count].
  public func columns(_ range: Range<Int>) -> Tensor {
    precondition(range.lowerBound >= 0 && range.upperBound <= columns, "columns \(range) of \(shape)")
    let (width, first, count) = (columns, range.lowerBound, range.count)
    let result = Tensor.result(rows, count)
    Kernels.copyColumns(
      buffer, width: width, first: first, count: count, into: result.buffer, width: count, first: 0, adding: false)
    return result.recorded(from: [self]) { [source = origin] gradient, into in
      into.add(to: source) {
        Kernels.copyColumns(
          gradient, width: count, first: 0, count: count, into: $0, width: width, first: first, adding: true)
      }
    }
  }
}
