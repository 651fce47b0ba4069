import CKernels
import COpenBLAS

extension Kernels {
  /// c = op(a) · op(b), or c += op(a) · op(b), by OpenBLAS on one thread inside our blocks.
  ///
  /// Blocks depend on shapes only: rows of c, or, for aᵀ · b over many rows, fixed blocks of those rows whose
  /// products are added in order.
  /// - Shape: op(a) [m, k], op(b) [k, n], c [m, n], bias [1, n], which is added to every row where given.
  /// - Complexity: O(m · n · k).
  public static func matrixMultiply(
    _ a: FloatBuffer, _ b: FloatBuffer, transposeA: Bool = false, transposeB: Bool = false, m: Int, n: Int, k: Int,
    scale: Float = 1, bias: FloatBuffer? = nil, into c: FloatBuffer, adding: Bool
  ) {
    check(a, holds: m * k, "matrixMultiply a")
    check(b, holds: k * n, "matrixMultiply b")
    check(c, holds: m * n, "matrixMultiply c")
    precondition(
      bias == nil || (bias!.count == n && !adding), "matrixMultiply: a bias of \(bias?.count ?? 0) for \(n) columns")
    guard m > 0, n > 0 else { return }
    if k == 0 {
      if let bias { repeatRow(bias, rows: 0..<m, into: c) } else if !adding { c.clear() }
      return
    }
    KernelWork.count(operations: 2 * m * n * k)
    if bias == nil && transposeA && !transposeB && k >= 2048 && m * n <= 1 << 18 {
      if !adding { c.clear() }
      let block = max(1024, (k + 31) / 32)
      sumOverBlocks(rows: k, grain: block, width: m * n, zeroed: false, into: c) { range, partial in
        grove_sgemm(
          true, false, Int64(m), Int64(n), Int64(range.count), scale, a.pointer + range.lowerBound * m, Int64(m),
          b.pointer + range.lowerBound * n, Int64(n), 0, partial, Int64(n))
      }
      return
    }
    // OpenBLAS packs b anew for each block: blocks of a large b are an eighth of the rows at least.
    let block = max(transposeA ? 64 : 32, min(512, (1 << 21) / max(1, n * k)), min(512, (m + 7) / 8), min(2048, m / 32))
    Workers.run(m, block) { range in
      if let bias { repeatRow(bias, rows: range, into: c) }
      grove_sgemm(
        transposeA, transposeB, Int64(range.count), Int64(n), Int64(k), scale,
        a.pointer + (transposeA ? range.lowerBound : range.lowerBound * k), Int64(transposeA ? m : k), b.pointer,
        Int64(transposeB ? k : n), adding || bias != nil ? 1 : 0, c.pointer + range.lowerBound * n, Int64(n))
    }
  }

  private static func repeatRow(_ row: FloatBuffer, rows: Range<Int>, into out: FloatBuffer) {
    for place in rows { (out.pointer + place * row.count).update(from: row.pointer, count: row.count) }
  }

  /// Version of OpenBLAS and the processor it chose, for `grove version`.
  public static var openBLASDescription: String { String(cString: grove_openblas_configuration()) }
}
