import GroveKernels

extension Tensor {
  /// a · b, or a · bᵀ.
  ///
  /// The left side may be sparse rows, whose product costs only its entries.
  ///
  /// - Shape: a [N, K], b [K, M] (or [M, K] where `transposed`) → [N, M].
  /// - Complexity: O(N · K · M) dense, O(entries · M) sparse.
  public func matmul(_ b: Tensor, transposed: Bool = false) -> Tensor {
    let inner = transposed ? b.columns : b.rows
    let width = transposed ? b.rows : b.columns
    precondition(columns == inner, "matmul: \(shape) by \(b.shape)\(transposed ? " transposed" : "")")
    if let sparse {
      precondition(!transposed, "matmul: sparse rows by a transposed \(b.shape); store the weight as [in, out]")
      return sparseProduct(sparse, b)
    }
    let (n, k) = (rows, columns)
    let result = Tensor.result(n, width)
    Kernels.matrixMultiply(
      buffer, b.buffer, transposeB: transposed, m: n, n: width, k: k, into: result.buffer, adding: false)
    return result.recorded(from: [self, b]) { gradient, into in
      into.accumulate(to: self) {
        Kernels.matrixMultiply(
          gradient, b.buffer, transposeB: !transposed, m: n, n: k, k: width, into: $0, adding: $1)
      }
      into.accumulate(to: b) { slot, adding in
        if transposed {
          Kernels.matrixMultiply(
            gradient, self.buffer, transposeA: true, m: width, n: k, k: n, into: slot, adding: adding)
        } else {
          Kernels.matrixMultiply(
            self.buffer, gradient, transposeA: true, m: k, n: width, k: n, into: slot, adding: adding)
        }
      }
    }
  }

  private func sparseProduct(_ sparse: SparseValues, _ b: Tensor) -> Tensor {
    let width = b.columns
    let result = Tensor.result(rows, width)
    if let values = sparse.values {
      Kernels.aggregate(
        sparse.entries.incoming, weights: values, heads: 1, x: b.buffer, width: width, into: result.buffer,
        adding: false)
    } else {
      Kernels.aggregate(
        sparse.entries.incoming, weights: nil, x: b.buffer, width: width, into: result.buffer, adding: false)
    }
    return result.recorded(from: [b]) { gradient, into in
      into.accumulate(to: b) { slot, adding in
        if let values = sparse.values {
          Kernels.aggregate(
            sparse.entries.outgoing, weights: values, heads: 1, x: gradient, width: width, into: slot, adding: adding)
        } else {
          Kernels.aggregate(
            sparse.entries.outgoing, weights: nil, x: gradient, width: width, into: slot, adding: adding)
        }
      }
    }
  }
}
