import GroveKernels
import TestSupport
import Testing

/// Dense products against a slow reference, around the sizes at which the blocks change.
@Suite("Matrix multiply")
struct MatrixMultiplyTests {
  struct Shape: CustomTestStringConvertible, Sendable {
    let m: Int
    let n: Int
    let k: Int
    var testDescription: String { "[\(m), \(k)] · [\(k), \(n)]" }
  }

  static let shapes: [Shape] =
    [
      (0, 3, 4), (3, 0, 4), (3, 4, 0), (1, 1, 1), (1, 7, 5), (7, 1, 5), (5, 7, 1), (2, 2, 2), (7, 7, 7), (64, 64, 64),
      // Rows around a tile of 2, 6, 14 and a block of 42 or 504; columns around a panel of 16 or 32, and groups of panels.
      (13, 31, 5), (14, 32, 5), (15, 33, 5), (29, 47, 9), (41, 48, 3), (43, 49, 3), (503, 3, 5), (505, 3, 5),
      (5041, 2, 3), (33, 256, 256), (65, 256, 256), (129, 250, 260), (3, 300, 300), (700, 17, 6),
      // The inner side around 512, of which a part is summed at a time, and its rows a power of two apart.
      (15, 33, 511), (15, 33, 512), (15, 33, 513), (15, 33, 1024), (29, 1, 1030),
      // The long inner side: fixed blocks of it are summed where it is 2,048 or more.
      (5, 7, 2047), (5, 7, 2048), (5, 7, 2049), (16, 8, 4097), (3, 2, 70_001),
      (40, 20, 2050), (600, 500, 2100),
    ].map { Shape(m: $0.0, n: $0.1, k: $0.2) }

  @Test("All transposes agree, adding or not, scaled or not", arguments: shapes)
  func agrees(shape: Shape) {
    let (m, n, k) = (shape.m, shape.n, shape.k)
    var random = TestRandom(m &+ 3 &* n &+ 7 &* k)
    let (a, b, before) = (random.floats(m * k), random.floats(k * n), random.floats(m * n))
    let product = Matrix(a, rows: m, columns: k).times(Matrix(b, rows: k, columns: n))
    let aTurned = Matrix(a, rows: m, columns: k).transposed.floats
    let bTurned = Matrix(b, rows: k, columns: n).transposed.floats
    for transposeA in [false, true] {
      for transposeB in transposeA ? [false] : [false, true] {
        for (adding, scale) in [(false, Float(1)), (true, 1), (false, 0.5), (true, -2)] {
          // Without adding, what was there may be anything, even NaN.
          let c = FloatBuffer(adding ? before : [Float](repeating: .nan, count: m * n))
          Kernels.matrixMultiply(
            FloatBuffer(transposeA ? aTurned : a), FloatBuffer(transposeB ? bTurned : b), transposeA: transposeA,
            transposeB: transposeB, m: m, n: n, k: k, scale: scale, into: c, adding: adding)
          let wanted = zip(product.values, before).map { Double(scale) * $0 + (adding ? Double($1) : 0) }
          #expect(
            difference(c.values, wanted) <= 2e-5,
            "transposed \(transposeA), \(transposeB), adding \(adding), scale \(scale)")
        }
      }
    }
  }

  @Test("Buffers that do not fit the shapes trap", arguments: 0..<3)
  func wrongBuffersTrap(wrong: Int) async {
    await #expect(processExitsWith: .failure) { [wrong] in
      let sizes = (0..<3).map { [6, 12, 8][$0] + ($0 == wrong ? 1 : 0) }
      Kernels.matrixMultiply(
        FloatBuffer(count: sizes[0], zeroed: true), FloatBuffer(count: sizes[1], zeroed: true), m: 2, n: 4, k: 3,
        into: FloatBuffer(count: sizes[2]), adding: false)
    }
  }
}
