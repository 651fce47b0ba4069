public import GroveKernels

/// How far classes reach around their means, and how that differs between seen and novel classes.
///
///     σ[c] = √(mean over rows of class c of ‖row − μ[c]‖²), μ[c] their mean
///     imbalance = mean over pairs (novel n, seen s) of σ[n] / σ[s]
///     separation = mean over these pairs of ‖μ[n] − μ[s]‖ / (σ[n] + σ[s])
///
/// An imbalance above 1 says that novel classes are more spread out, which is what hurts clustering them. Pairs whose
/// divisor is 0 are left out.
///
/// Letters: N rows, F width.
///
/// - Source: OpenIMA (arXiv 2403.11483).
public struct ClassSpread: Sendable, Equatable {
  /// σ of each class; nil for a class without rows.
  public let deviations: [Double?]
  /// Mean of σ[n] / σ[s]; nil without a pair.
  public let imbalance: Double?
  /// The smallest σ[n] / σ[s]; nil without a pair.
  public let smallestImbalance: Double?
  /// Mean of ‖μ[n] − μ[s]‖ / (σ[n] + σ[s]); nil without a pair.
  public let separation: Double?

  /// - Parameters:
  ///   - classes: the true class of each row, −1 where it is not known.
  ///   - seenClasses: classes that were trained on.
  /// - Shape: x [N, F], classes [N].
  /// - Precondition: one class a row, in −1..<classCount.
  /// - Complexity: O(N · F + classCount² · F).
  public init(of x: FloatBuffer, width: Int, classes: [Int32], classCount: Int, seenClasses: Set<Int32>) {
    precondition(
      x.count == classes.count * width, "ClassSpread: \(x.count) floats for \(classes.count) rows of \(width)")
    for (row, label) in classes.enumerated() where label < -1 || label >= classCount {
      preconditionFailure("ClassSpread: row \(row) is of class \(label) of \(classCount)")
    }
    var counts = [Double](repeating: 0, count: classCount)
    var means = [[Double]](repeating: [Double](repeating: 0, count: width), count: classCount)
    var squares = counts
    x.read { x in
      for (row, label) in classes.enumerated() where label >= 0 {
        counts[Int(label)] += 1
        for column in 0..<width { means[Int(label)][column] += Double(x[row * width + column]) }
      }
      for label in 0..<classCount where counts[label] > 0 {
        for column in 0..<width { means[label][column] /= counts[label] }
      }
      for (row, label) in classes.enumerated() where label >= 0 {
        for column in 0..<width {
          let gap = Double(x[row * width + column]) - means[Int(label)][column]
          squares[Int(label)] += gap * gap
        }
      }
    }
    let deviations = (0..<classCount).map { counts[$0] > 0 ? (squares[$0] / counts[$0]).squareRoot() : nil }
    var ratios: [Double] = []
    var separations: [Double] = []
    for novel in 0..<classCount where !seenClasses.contains(Int32(novel)) {
      for seen in 0..<classCount where seenClasses.contains(Int32(seen)) {
        guard let outer = deviations[novel], let inner = deviations[seen] else { continue }
        if inner > 0 { ratios.append(outer / inner) }
        let gap = zip(means[novel], means[seen]).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }.squareRoot()
        if outer + inner > 0 { separations.append(gap / (outer + inner)) }
      }
    }
    self.deviations = deviations
    imbalance = ratios.isEmpty ? nil : ratios.reduce(0, +) / Double(ratios.count)
    smallestImbalance = ratios.min()
    separation = separations.isEmpty ? nil : separations.reduce(0, +) / Double(separations.count)
  }
}
