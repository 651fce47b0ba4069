public import GroveKernels

extension Tensor {
  /// Fused attention of every row to every row, head by head; `self` holds the queries.
  ///
  ///     a[i, j] = query[i] · key[j] / √D,   out[i] = Σ over j of dropout(softmax over j of a[i, j]) · value[j]
  ///
  /// Attention is computed a block of query rows at a time, and again in the backward pass; the mask of a weight is a
  /// function of (stream, head, query row, key row).
  ///
  /// - Shape: queries [N, H · D], keys [M, H · D], values [M, H · V] → [N, H · V].
  /// - Complexity: O(N · M · (D + V) · H) time; memory for `blockRows` · M weights, never N · M.
  /// - Source: Vaswani 2017, eq. 1.
  public func globalAttention(
    keys: Tensor, values: Tensor, heads: Int, dropout: Float = 0, using random: RandomStream? = nil,
    blockRows: Int = 256
  ) -> Tensor {
    precondition(
      columns == keys.columns && keys.rows == values.rows && columns % heads == 0 && values.columns % heads == 0,
      "globalAttention: queries \(shape), keys \(keys.shape), values \(values.shape), \(heads) heads")
    precondition(dropout >= 0 && dropout < 1, "globalAttention: dropout \(dropout) is not in [0, 1)")
    precondition(blockRows >= 1, "globalAttention: blocks of \(blockRows) rows")
    let work = AttentionWork(
      queries: self, keys: keys, values: values, heads: heads, rate: random == nil ? 0 : dropout,
      random: random ?? RandomStream(seed: 0), blockRows: blockRows)
    let result = Tensor.result(rows, values.columns)
    for head in 0..<heads { work.forward(head, into: result.buffer) }
    return result.recorded(from: [self, keys, values]) { gradient, into in
      for head in 0..<heads {
        let parts = work.backward(head, gradient)
        for (tensor, part) in zip([self, keys, values], [parts.queries, parts.keys, parts.values]) {
          let width = tensor.columns / heads
          into.add(to: tensor) {
            Kernels.copyColumns(
              part, width: width, first: 0, count: width, into: $0, width: tensor.columns, first: head * width,
              adding: true)
          }
        }
      }
    }
  }
}

/// The weights of global attention, a head and a block of query rows at a time.
private struct AttentionWork {
  let queries: Tensor
  let keys: Tensor
  let values: Tensor
  let heads: Int
  let rate: Float
  let random: RandomStream
  let blockRows: Int

  private var scale: Float { 1 / Float(max(1, queries.columns / heads)).squareRoot() }

  /// The columns of one head. [rows, width / heads]
  private func part(_ buffer: FloatBuffer, rows: Int, columns: Int, _ head: Int) -> FloatBuffer {
    let width = columns / heads
    let result = FloatBuffer(count: rows * width)
    Kernels.copyColumns(
      buffer, width: columns, first: head * width, count: width, into: result, width: width, first: 0, adding: false)
    return result
  }

  private func part(_ tensor: Tensor, _ head: Int) -> FloatBuffer {
    part(tensor.buffer, rows: tensor.rows, columns: tensor.columns, head)
  }

  /// A block of query rows with what they give to each key.
  private struct Block {
    let range: Range<Int>
    /// Their rows. [range, D]
    let queries: FloatBuffer
    /// Softmax of their scores. [range, M]
    let weights: FloatBuffer
    var ids: [Int32] { range.map(Int32.init) }
  }

  private func forEachBlock(_ queries: FloatBuffer, _ keys: FloatBuffer, _ body: (Block) -> Void) {
    let (width, count) = (self.queries.columns / heads, self.keys.rows)
    for first in stride(from: 0, to: self.queries.rows, by: blockRows) {
      let range = first..<min(first + blockRows, self.queries.rows)
      let rows = FloatBuffer(count: range.count * width)
      Kernels.gather(queries, ids: range.map(Int32.init), width: width, into: rows)
      let scores = FloatBuffer(count: range.count * count)
      Kernels.matrixMultiply(
        rows, keys, transposeB: true, m: range.count, n: count, k: width, scale: scale, into: scores, adding: false)
      let weights = FloatBuffer(count: range.count * count)
      Kernels.softmax(scores, width: count, logarithm: false, into: weights)
      body(Block(range: range, queries: rows, weights: weights))
    }
  }

  /// The mask of a block's weights, put over numbers of their shape.
  private func dropped(_ x: FloatBuffer, _ block: Block, _ head: Int) -> FloatBuffer {
    if rate == 0 { return x }
    let kept = FloatBuffer(count: x.count)
    Kernels.dropout(
      x, ids: block.ids, width: keys.rows, rate: rate, random: random.substream(head), into: kept, adding: false)
    return kept
  }

  func forward(_ head: Int, into result: FloatBuffer) {
    let (count, width) = (keys.rows, values.columns / heads)
    let values = part(values, head)
    let output = FloatBuffer(count: queries.rows * width)
    forEachBlock(part(queries, head), part(keys, head)) { block in
      let rows = FloatBuffer(count: block.range.count * width)
      Kernels.matrixMultiply(
        dropped(block.weights, block, head), values, m: block.range.count, n: width, k: count, into: rows,
        adding: false)
      output.copy(from: rows, at: block.range.lowerBound * width)
    }
    Kernels.copyColumns(
      output, width: width, first: 0, count: width, into: result, width: self.values.columns, first: head * width,
      adding: false)
  }

  /// The gradients of one head's columns.
  func backward(
    _ head: Int, _ gradient: FloatBuffer
  ) -> (queries: FloatBuffer, keys: FloatBuffer, values: FloatBuffer) {
    let (count, width, valueWidth) = (keys.rows, queries.columns / heads, values.columns / heads)
    let (ownQueries, ownKeys, ownValues) = (part(queries, head), part(keys, head), part(values, head))
    let own = part(gradient, rows: queries.rows, columns: values.columns, head)
    let queryGradient = FloatBuffer(count: ownQueries.count)
    let keyGradient = FloatBuffer(count: ownKeys.count, zeroed: true)
    let valueGradient = FloatBuffer(count: ownValues.count, zeroed: true)
    forEachBlock(ownQueries, ownKeys) { block in
      let rows = block.range.count
      let outer = FloatBuffer(count: rows * valueWidth)
      Kernels.gather(own, ids: block.ids, width: valueWidth, into: outer)
      Kernels.matrixMultiply(
        dropped(block.weights, block, head), outer, transposeA: true, m: count, n: valueWidth, k: rows,
        into: valueGradient, adding: true)
      // d weights = mask(g · valuesᵀ); d scores = weights ∘ (d weights − Σ weights ∘ d weights)
      let inner = FloatBuffer(count: rows * count)
      Kernels.matrixMultiply(
        outer, ownValues, transposeB: true, m: rows, n: count, k: valueWidth, into: inner, adding: false)
      let scores = FloatBuffer(count: rows * count, zeroed: true)
      Kernels.softmaxBackward(
        out: block.weights, gradient: dropped(inner, block, head), width: count, logarithm: false, into: scores)
      let moved = FloatBuffer(count: rows * width)
      Kernels.matrixMultiply(
        scores, ownKeys, m: rows, n: width, k: count, scale: scale, into: moved, adding: false)
      queryGradient.copy(from: moved, at: block.range.lowerBound * width)
      Kernels.matrixMultiply(
        scores, block.queries, transposeA: true, m: count, n: width, k: rows, scale: scale, into: keyGradient,
        adding: true)
    }
    return (queryGradient, keyGradient, valueGradient)
  }
}
