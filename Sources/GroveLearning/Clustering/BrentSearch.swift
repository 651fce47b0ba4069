/// The lowest point of a function of one number between two bounds.
///
/// Steps go to the lowest point of the parabola through the three best places where that lies well inside the bracket,
/// else to the golden section of its larger part. A function with several dips gives one of them.
///
/// - Source: Brent 1973, chapter 5; places and tolerance as in SciPy's `minimize_scalar(method="bounded")`.
public struct BrentSearch: Sendable, Equatable {
  /// Where the function was lowest.
  public let place: Double
  /// Its value there.
  public let value: Double
  /// How often the function was asked.
  public let calls: Int

  /// - Parameters:
  ///   - bounds: between which places are tried; the bounds themselves are not.
  ///   - tolerance: how near the lowest place is found.
  /// - Precondition: finite bounds; a tolerance above 0; at least one call.
  public init(
    _ bounds: ClosedRange<Double>, tolerance: Double = 1e-5, maximumCalls: Int = 500, _ function: (Double) -> Double
  ) {
    precondition(
      bounds.lowerBound.isFinite && bounds.upperBound.isFinite && tolerance > 0 && maximumCalls >= 1,
      "BrentSearch: \(bounds) to \(tolerance) in \(maximumCalls) calls")
    let golden = (3 - 5.0.squareRoot()) / 2
    let rounding = 2.2e-16.squareRoot()
    var (low, high) = (bounds.lowerBound, bounds.upperBound)
    // The best place, the second best, and the second best of before.
    let start = low + golden * (high - low)
    var best = (place: start, value: function(start))
    var (second, third) = (best, best)
    var (step, stepBefore) = (0.0, 0.0)
    var calls = 1
    while calls < maximumCalls {
      let middle = (low + high) / 2
      let least = rounding * abs(best.place) + tolerance / 3
      if abs(best.place - middle) <= 2 * least - (high - low) / 2 { break }
      let parabola = BrentSearch.parabolaStep(best, second, third)
      if abs(stepBefore) > least, let parabola, abs(parabola) < abs(stepBefore / 2),
        best.place + parabola > low, best.place + parabola < high
      {
        stepBefore = step
        step = parabola
        let next = best.place + step
        if next - low < 2 * least || high - next < 2 * least { step = best.place <= middle ? least : -least }
      } else {
        stepBefore = best.place >= middle ? low - best.place : high - best.place
        step = golden * stepBefore
      }
      let next = best.place + (step >= 0 ? max(step, least) : min(step, -least))
      let tried = (place: next, value: function(next))
      calls += 1
      if tried.value <= best.value {
        if next >= best.place { low = best.place } else { high = best.place }
        (third, second, best) = (second, best, tried)
      } else {
        if next < best.place { low = next } else { high = next }
        if tried.value <= second.value || second.place == best.place {
          (third, second) = (second, tried)
        } else if tried.value <= third.value || third.place == best.place || third.place == second.place {
          third = tried
        }
      }
    }
    (place, value) = best
    self.calls = calls
  }

  /// From the best of three places to the lowest point of the parabola through them; nil where they lie on a line.
  private static func parabolaStep(
    _ x: (place: Double, value: Double), _ w: (place: Double, value: Double), _ v: (place: Double, value: Double)
  ) -> Double? {
    let r = (x.place - w.place) * (x.value - v.value)
    let q = (x.place - v.place) * (x.value - w.value)
    let bottom = 2 * (q - r)
    return bottom == 0 ? nil : ((x.place - w.place) * r - (x.place - v.place) * q) / bottom
  }
}
