import CKernels

extension Kernels {
  /// Sums over all pairs of points of the plane, as layouts by attraction and repulsion need them.
  ///
  ///     w = 1 / (1 + |r − j|²),  out[r] = Σ p w (x[r] − x[j]), Σ p w (y[r] − y[j]),
  ///                                       Σ w² (x[r] − x[j]), Σ w² (y[r] − y[j]), Σ w over j ≠ r
  ///
  /// - Shape: attraction p [N, N], x and y [N], out [N, 5].
  /// - Complexity: O(N²).
  public static func planeForces(attraction: FloatBuffer, x: FloatBuffer, y: FloatBuffer, into out: FloatBuffer) {
    let count = x.count
    check(y, holds: count, "planeForces y")
    check(attraction, holds: count * count, "planeForces attraction")
    check(out, holds: 5 * count, "planeForces into")
    Workers.run(count, grain(cost: 4 * count)) { range in
      table.pointee.plane_forces(
        attraction.pointer, x.pointer, y.pointer, Int64(count), out.pointer, Int64(range.lowerBound),
        Int64(range.upperBound))
    }
  }
}
