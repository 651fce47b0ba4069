public import GroveKernels

extension Tensor {
  /// a · b, or a · bᵀ, plus a row vector where given.
  ///
  /// The left side may be sparse rows, whose product costs only its entries.
  ///
  /// - Shape: a [N, K], b [K, M] (or [M, K] where `transposed`), bias [1, M] → [N, M].
  /// - Complexity: O(N · K · M) dense, O(entries · M) sparse.
  public func matmul(_ b: Tensor, transposed: Bool = false, bias: Tensor? = nil) -> Tensor {
    let inner = transposed ? b.columns : b.rows
    let width = transposed ? b.rows : b.columns
    precondition(columns == inner, "matmul: \(shape) by \(b.shape)\(transposed ? " transposed" : "")")
    precondition(
      bias == nil || bias!.shape == Shape(1, width), "matmul: a bias \(bias?.shape ?? shape) for \(width) columns")
    if let sparse {
      precondition(!transposed, "matmul: sparse rows by a transposed \(b.shape); store the weight as [in, out]")
      return sparseProduct(sparse, b, bias)
    }
    guard transposed else { return .sumOfProducts([(self, b)], bias: bias) }
    let (n, k) = (rows, columns)
    let result = Tensor.result(n, width)
    Kernels.matrixMultiply(
      buffer, b.buffer, transposeB: true, m: n, n: width, k: k, bias: bias?.buffer, into: result.buffer, adding: false)
    return result.recorded(from: [self, b] + (bias.map { [$0] } ?? [])) { gradient, into in
      if let bias { into.add(to: bias) { Kernels.sumRows(gradient, width: width, into: $0) } }
      into.accumulate(to: self) {
        Kernels.matrixMultiply(gradient, b.buffer, m: n, n: k, k: width, into: $0, adding: $1)
      }
      into.accumulate(to: b) {
        Kernels.matrixMultiply(gradient, self.buffer, transposeA: true, m: width, n: k, k: n, into: $0, adding: $1)
      }
    }
  }

  /// The sum of several products, plus a row vector where given, rectified where asked for: in one pass over the result.
  ///
  /// - Shape: of each term x [N, K], weight [K, M]; bias [1, M] → [N, M].
  /// - Precondition: there is a term, and all terms have as many rows and give as many columns.
  /// - Complexity: as of the products, without sums of their results.
  public static func sumOfProducts(
    _ terms: [(x: Tensor, weight: Tensor)], bias: Tensor? = nil, rectifier: Rectifier? = nil
  )
    -> Tensor
  {
    precondition(!terms.isEmpty, "sumOfProducts: no terms")
    let (count, width) = (terms[0].x.rows, terms[0].weight.columns)
    for (x, weight) in terms {
      precondition(
        x.rows == count && weight.columns == width && x.columns == weight.rows,
        "sumOfProducts: \(x.shape) by \(weight.shape) in a sum of [\(count), \(width)]")
    }
    if terms.contains(where: \.x.isSparse) {
      let products = terms.enumerated().map { $1.x.matmul($1.weight, bias: $0 == 0 ? bias : nil) }
      let sum = products.dropFirst().reduce(products[0], +)
      return rectifier.map { sum.rectified(by: $0) } ?? sum
    }
    let result = Tensor.result(count, width)
    Kernels.sumOfProducts(
      terms.map { ($0.x.buffer, $0.weight.buffer) }, m: count, n: width, bias: bias?.buffer, rectifier: rectifier,
      into: result.buffer)
    let rectified = Rectified(rectifier, result.buffer)
    let inputs = terms.flatMap { [$0.x, $0.weight] } + (bias.map { [$0] } ?? [])
    return result.recorded(from: inputs) { gradient, into in
      let gradient = into.beforeRectifying(rectified, gradient, width: width, bias: bias)
      for (x, weight) in terms {
        into.accumulate(to: x) {
          Kernels.matrixMultiply(
            gradient, weight.buffer, transposeB: true, m: count, n: x.columns, k: width, into: $0, adding: $1)
        }
        into.accumulate(to: weight) {
          Kernels.matrixMultiply(
            x.buffer, gradient, transposeA: true, m: x.columns, n: width, k: count, into: $0, adding: $1)
        }
      }
    }
  }

  private func sparseProduct(_ sparse: SparseValues, _ b: Tensor, _ bias: Tensor?) -> Tensor {
    guard let values = sparse.values else {
      return b.aggregated(over: sparse.entries, weights: nil, bias: bias)
    }
    let width = b.columns
    let result = Tensor.result(rows, width)
    Kernels.aggregate(
      sparse.entries.incoming, weights: values, heads: 1, x: b.buffer, width: width, bias: bias?.buffer,
      into: result.buffer, adding: false)
    return result.recorded(from: [b] + (bias.map { [$0] } ?? [])) { [b = b.origin] gradient, into in
      into.accumulate(to: b) {
        Kernels.aggregate(
          sparse.entries.outgoing, weights: values, heads: 1, x: gradient, width: width, into: $0, adding: $1)
      }
      if let bias { into.add(to: bias) { Kernels.sumRows(gradient, width: width, into: $0) } }
    }
  }
}
