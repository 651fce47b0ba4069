import Foundation

/// Who gets what share when m of n are drawn without repeats by one weight, and one of these by another.
///
/// The m are the first of n exponential clocks of rates g. With ℓ the last of them to ring, at time t,
///
///     P(S) = Σ over ℓ in S of ∫ g[ℓ] · e^(−g[ℓ] t) · Π over j in S∖ℓ of (1 − e^(−g[j] t)) · Π over j not in S of e^(−g[j] t) dt
///
/// and 1 / (Σ over S of w) = ∫ e^(−s Σ w) ds, so that the share of i is a double integral over (t, s) of one coefficient of
///
///     Π over j ≠ i of (e^(−g[j] t) + z · (1 − e^(−g[j] t)) · e^(−s w[j]) + ε · g[j] · e^(−g[j] t) · e^(−s w[j])),    ε² = 0
///
/// which products of prefixes and suffixes give for all i together. The trapezoid rule over log t and log s is exact to
/// some ten digits, as the integrands fall off at both ends.
enum SubsetShares {
  /// The expected share of each, 0 for all where no subset weighs anything; it adds up to the chance that one does.
  ///
  /// - Parameters:
  ///   - rates: g, above 0. [n]
  ///   - weights: w, 0 or more; a subset without any weight gives no shares. [n]
  ///   - allowed: who may be in the subset for its shares to count. [n]
  /// - Precondition: m in 1..<n.
  /// - Complexity: O(n · m) for each of some ten thousand points.
  static func shares(rates: [Double], weights: [Double], count m: Int, allowed: [Bool]) -> [Double] {
    let n = rates.count
    precondition(m >= 1 && m < n, "SubsetShares: \(m) of \(n)")
    let positive = weights.filter { $0 > 0 }
    guard let most = positive.max(), let least = positive.min() else { return [Double](repeating: 0, count: n) }
    let fastest = rates.max() ?? 1
    let g = rates.map { $0 / fastest }
    let w = weights.map { $0 / most }
    // An error of some e^(−π² / step): the integrands are analytic within ±π / 2.
    let step = 0.4
    var result = [Double](repeating: 0, count: n)
    var work = Work(n: n, m: m)
    var logS = -26.0
    while logS < 5 - log(least / most) {
      let s = exp(logS)
      let decay = w.map { exp(-s * $0) }
      // Below, fewer than m clocks have rung: the integrand falls as t^m.
      var logT = -26 / Double(m) - log(Double(n))
      let end = 5 - log((g.min() ?? 1))
      while logT < end {
        let t = exp(logT)
        work.add(t * s * step * step, g, w, decay, t, allowed, to: &result)
        logT += step
      }
      logS += step
    }
    return result
  }

  /// Coefficients of prefixes and suffixes: [n + 1][m + 1], without and with ε.
  private struct Work {
    let n: Int
    let m: Int
    private var prefix: [Double]
    private var prefixLast: [Double]
    private var suffix: [Double]
    private var suffixLast: [Double]

    init(n: Int, m: Int) {
      (self.n, self.m) = (n, m)
      prefix = [Double](repeating: 0, count: (n + 1) * (m + 1))
      (prefixLast, suffix, suffixLast) = (prefix, prefix, prefix)
    }

    mutating func add(
      _ factor: Double, _ g: [Double], _ w: [Double], _ decay: [Double], _ t: Double, _ allowed: [Bool],
      to result: inout [Double]
    ) {
      let out = g.map { exp(-$0 * t) }
      let within = g.indices.map { allowed[$0] ? -expm1(-g[$0] * t) * decay[$0] : 0 }
      let last = g.indices.map { allowed[$0] ? g[$0] * out[$0] * decay[$0] : 0 }
      prefix[0] = 1
      for place in 1...m { prefix[place] = 0 }
      for place in 0...m { prefixLast[place] = 0 }
      for i in 0..<n { Self.multiply(&prefix, &prefixLast, from: i, to: i + 1, out[i], within[i], last[i], m) }
      suffix[n * (m + 1)] = 1
      for place in 1...m { suffix[n * (m + 1) + place] = 0 }
      for place in 0...m { suffixLast[n * (m + 1) + place] = 0 }
      for i in (0..<n).reversed() {
        Self.multiply(&suffix, &suffixLast, from: i + 1, to: i, out[i], within[i], last[i], m)
      }
      for i in 0..<n where w[i] > 0 && allowed[i] {
        let (a, b) = (i * (m + 1), (i + 1) * (m + 1))
        // i is the last of m: z^(m − 1) of the others; or it came before: ε z^(m − 2) of the others.
        var isLast = 0.0
        for place in 0...(m - 1) { isLast += prefix[a + place] * suffix[b + m - 1 - place] }
        var isBefore = 0.0
        if m >= 2 {
          for place in 0...(m - 2) {
            isBefore +=
              prefix[a + place] * suffixLast[b + m - 2 - place] + prefixLast[a + place] * suffix[b + m - 2 - place]
          }
        }
        result[i] += factor * w[i] * (last[i] * isLast + within[i] * isBefore)
      }
    }

    /// Row `to` = row `from` times (out + z · within + ε · last).
    private static func multiply(
      _ plain: inout [Double], _ marked: inout [Double], from: Int, to: Int, _ out: Double, _ within: Double,
      _ last: Double, _ m: Int
    ) {
      let (x, y) = (from * (m + 1), to * (m + 1))
      for place in 0...m {
        let below = place > 0 ? plain[x + place - 1] : 0
        let markedBelow = place > 0 ? marked[x + place - 1] : 0
        plain[y + place] = out * plain[x + place] + within * below
        marked[y + place] = out * marked[x + place] + within * markedBelow + last * plain[x + place]
      }
    }
  }
}
