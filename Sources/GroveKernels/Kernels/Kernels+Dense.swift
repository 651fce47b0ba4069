import CKernels

extension Kernels {
  /// c = op(a) · op(b), or c += op(a) · op(b).
  ///
  /// Blocks depend on shapes only: rows of c, or, for aᵀ · b over many rows, fixed blocks of those rows whose sums are
  /// added in order.
  /// - Shape: op(a) [m, k], op(b) [k, n], c [m, n], bias [1, n], which is added to every row where given.
  /// - Precondition: not both sides transposed; a bias only where a is not and nothing is added to.
  /// - Complexity: O(m · n · k).
  public static func matrixMultiply(
    _ a: FloatBuffer, _ b: FloatBuffer, transposeA: Bool = false, transposeB: Bool = false, m: Int, n: Int, k: Int,
    scale: Float = 1, bias: FloatBuffer? = nil, into c: FloatBuffer, adding: Bool
  ) {
    check(a, holds: m * k, "matrixMultiply a")
    check(b, holds: k * n, "matrixMultiply b")
    if transposeA {
      precondition(!transposeB && bias == nil, "matrixMultiply: aᵀ · bᵀ or aᵀ · b + bias; write b · a transposed")
      sumOuterProducts(a, height: m, b, width: n, rows: k, scale: scale, into: c, adding: adding)
    } else {
      let factor = SharedFactor(b, transposed: transposeB, inner: k, width: n, scale: scale)
      multiplyRows([(a, factor)], m: m, bias: bias, rectifier: nil, into: c, adding: adding)
    }
  }

  /// c = Σ over the terms of rows · factor, plus a bias where given; rectified where asked for.
  ///
  /// - Shape: rows [m, k] and factor [k, n] of each term, k being its own; c [m, n]; bias [1, n].
  /// - Complexity: O(m · n · Σ k).
  public static func sumOfProducts(
    _ terms: [(rows: FloatBuffer, factor: FloatBuffer)], m: Int, n: Int, bias: FloatBuffer? = nil,
    rectifier: Rectifier? = nil, into c: FloatBuffer
  ) {
    precondition(!terms.isEmpty, "sumOfProducts: no terms")
    let laidOut = terms.map { term in
      (term.rows, SharedFactor(term.factor, transposed: false, inner: term.factor.count / max(1, n), width: n))
    }
    multiplyRows(laidOut, m: m, bias: bias, rectifier: rectifier, into: c, adding: false)
  }

  /// c = x · factor, plus a bias where given; or adds x · factor to c.
  ///
  /// - Shape: x [m, k], factor [k, n], c [m, n], bias [1, n].
  /// - Precondition: no bias where the product is added.
  /// - Complexity: O(m · n · k), without laying out the factor.
  public static func multiply(
    _ x: FloatBuffer, by factor: SharedFactor, m: Int, bias: FloatBuffer? = nil, into c: FloatBuffer, adding: Bool
  ) {
    multiplyRows([(x, factor)], m: m, bias: bias, rectifier: nil, into: c, adding: adding)
  }

  /// The same with factors laid out, or adds the sum to c.
  ///
  /// All terms of a block of rows are added before the next block, so a row of c leaves the cache once.
  private static func multiplyRows(
    _ terms: [(rows: FloatBuffer, factor: SharedFactor)], m: Int, bias: FloatBuffer?, rectifier: Rectifier?,
    into c: FloatBuffer, adding: Bool
  ) {
    let n = terms[0].factor.width
    for (rows, factor) in terms { check(rows, holds: m * factor.inner, "multiplyRows") }
    check(c, holds: m * n, "multiplyRows into")
    precondition(
      bias == nil || (bias!.count == n && !adding), "multiplyRows: a bias of \(bias?.count ?? 0) for \(n) columns")
    rectifier?.check(rows: m)
    let size = terms.reduce(0) { $0 + $1.factor.inner } * n
    KernelWork.count(operations: 2 * m * size)
    Workers.run(m, rowGrain(m, factorSize: size)) { range in
      for (number, (rows, factor)) in terms.enumerated() {
        table.pointee.row_product(
          rows.pointer, Int64(factor.inner), factor.panels.pointer, Int64(n),
          number == 0 ? bias.map { UnsafePointer($0.pointer) } : nil, c.pointer, adding || number > 0,
          Int64(range.lowerBound), Int64(range.upperBound))
      }
      rectifier?.apply(to: c, width: n, rows: range, into: c)
    }
  }

  /// Rows of a tile of any path: its tiles have 14, 6 or 2.
  private static let tileRows = 42

  /// Rows of a block of a product: two million operations where that leaves a block for each of eight threads, and
  /// enough rows to be worth a factor that does not stay in the second cache.
  private static func rowGrain(_ rows: Int, factorSize: Int) -> Int {
    let wanted = max(factorSize > 1 << 16 ? 4 : 1, min(12, (1 << 20) / max(1, factorSize * tileRows)))
    return tileRows * min(wanted, max(1, rows / (8 * tileRows)))
  }

  /// c = scale · Σ over rows of a[r]ᵀ · b[r], or adds it to c.
  ///
  /// - Shape: a [rows, height], b [rows, width], c [height, width].
  private static func sumOuterProducts(
    _ a: FloatBuffer, height: Int, _ b: FloatBuffer, width: Int, rows: Int, scale: Float, into c: FloatBuffer,
    adding: Bool
  ) {
    check(c, holds: height * width, "sumOuterProducts into")
    guard height > 0, width > 0 else { return }
    if rows == 0 {
      if !adding { c.clear() }
      return
    }
    if width < 16 && height > width {
      // Few columns would leave most of a vector empty: the transposed sum has long rows.
      let turned = FloatBuffer(count: c.count)
      sumOuterProducts(b, height: width, a, width: height, rows: rows, scale: scale, into: turned, adding: false)
      for row in 0..<height {
        for column in 0..<width {
          let place = c.pointer + row * width + column
          place.pointee = (adding ? place.pointee : 0) + turned.pointer[column * height + row]
        }
      }
      return
    }
    KernelWork.count(operations: 2 * height * width * rows)
    func sum(_ rows: Range<Int>, _ part: Range<Int>, into out: UnsafeMutablePointer<Float>, adding: Bool) {
      // What the kernel lays out of b at a time.
      let space = FloatBuffer(count: Int(table.pointee.summed_rows) * SharedFactor.padded(width))
      table.pointee.outer_products(
        a.pointer, Int64(height), b.pointer, Int64(width), scale, space.pointer, out, adding, Int64(part.lowerBound),
        Int64(part.upperBound), Int64(rows.lowerBound), Int64(rows.upperBound))
    }
    if rows >= 2048 && height * width <= 1 << 18 {
      if !adding { c.clear() }
      sumOverBlocks(rows: rows, grain: max(1024, (rows + 15) / 16), width: c.count, zeroed: false, into: c) {
        sum($0, 0..<height, into: $1, adding: false)
      }
    } else {
      // Each block lays out all of b: an eighth of the rows of c at least.
      let grain = tileRows * max(1, height / (8 * tileRows))
      Workers.run(height, grain) { sum(0..<rows, $0, into: c.pointer, adding: adding) }
    }
  }
}

/// The right side of a product of rows, laid out for the kernel: worth keeping where many products share it.
public struct SharedFactor {
  /// k, the rows of the factor.
  public let inner: Int
  /// n, its columns.
  public let width: Int
  fileprivate let panels: FloatBuffer

  /// Columns that the kernel lays out for a width: whole vectors of 16.
  static func padded(_ width: Int) -> Int { (width + 15) / 16 * 16 }

  /// scale · b, or scale · bᵀ.
  ///
  /// - Shape: b [inner, width], or [width, inner] where `transposed`.
  /// - Complexity: O(inner · width).
  public init(_ b: FloatBuffer, transposed: Bool, inner: Int, width: Int, scale: Float = 1) {
    Kernels.check(b, holds: inner * width, "SharedFactor")
    (self.inner, self.width) = (inner, width)
    let table = Kernels.table.pointee
    let columns = Int(table.panel_columns)
    let panels = FloatBuffer(count: inner * SharedFactor.padded(width))
    self.panels = panels
    Workers.run((width + columns - 1) / columns, Kernels.grain(cost: inner * columns)) {
      table.pack_panels(
        b.pointer, transposed, scale, Int64(inner), Int64(width), panels.pointer, Int64($0.lowerBound),
        Int64($0.upperBound))
    }
  }
}
