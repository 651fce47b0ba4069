import GroveKernels

/// Lloyd's iteration from given centers: rows to their nearest center, centers to the mean of their rows, and again.
struct LloydRun {
  /// When centers have moved so little that the iteration ends.
  enum Rule {
    /// Σ over clusters of ‖shift‖² is at most this.
    case sumOfSquaredShifts(Double)
    /// (Σ over clusters of ‖shift‖)² is below this.
    case squaredSumOfShifts(Double)

    func isMet(by squaredShifts: [Double]) -> Bool {
      switch self {
      case .sumOfSquaredShifts(let limit): return squaredShifts.reduce(0, +) <= limit
      case .squaredSumOfShifts(let limit):
        let sum = squaredShifts.reduce(0) { $0 + $1.squareRoot() }
        return sum * sum < limit
      }
    }
  }

  /// What comes out, in the rows' frame.
  struct Outcome {
    var labels: [Int32]
    var centers: [Float]
    /// Σ of squared distances as each step found them.
    var inertias: [Double]
    /// Whether labels stopped changing or the rule was met.
    var isSettled: Bool
  }

  /// The rows.
  let rows: ClusterRows
  /// The cluster that a row must have, −1 where it is free.
  var pinned: [Int32]?
  /// Whether centers are brought to length 1.
  var isSpherical = false
  /// Steps at most.
  let maximumSteps: Int
  /// When it ends before.
  let rule: Rule

  /// - Complexity: O(N · K · F) a step.
  func callAsFunction(from start: [Float]) -> Outcome {
    let width = rows.width
    var outcome = Outcome(labels: [], centers: start, inertias: [], isSettled: false)
    while outcome.inertias.count < maximumSteps {
      var step = ClusterStep(rows, centers: outcome.centers, pinned: pinned)
      outcome.inertias.append(step.inertia)
      step.fillEmptyClusters(rows, centers: &outcome.centers, pinned: pinned)
      let next =
        isSpherical
        ? step.directions(orElse: outcome.centers, width: width) : step.means(orElse: outcome.centers, width: width)
      let shifts = LloydRun.squaredShifts(outcome.centers, next, width: width)
      outcome.centers = next
      let isSame = step.labels == outcome.labels
      outcome.labels = step.labels
      if isSame {
        outcome.isSettled = true
        return outcome
      }
      if rule.isMet(by: shifts) {
        outcome.isSettled = true
        break
      }
    }
    // The last centers have not been asked for their rows yet.
    var last = ClusterStep(rows, centers: outcome.centers, pinned: pinned)
    last.fillEmptyClusters(rows, centers: &outcome.centers, pinned: pinned)
    outcome.labels = last.labels
    return outcome
  }

  private static func squaredShifts(_ old: [Float], _ new: [Float], width: Int) -> [Double] {
    stride(from: 0, to: old.count, by: width).map { first in
      (first..<first + width).reduce(0.0) { sum, place in
        let gap = Double(new[place]) - Double(old[place])
        return sum + gap * gap
      }
    }
  }
}
