import Foundation

/// Tail probabilities of the distributions that paired tests need.
public enum Distributions {
  /// I_x(a, b), the regularized incomplete beta function, for a, b > 0 and x in 0...1.
  ///
  /// By its continued fraction, on the side of the mean where that converges fast:
  ///
  ///     I_x(a, b) = x^a (1 − x)^b / (a · B(a, b)) · 1 / (1 + d1 / (1 + d2 / (1 + …)))
  ///     I_x(a, b) = 1 − I_(1−x)(b, a)
  ///
  /// - Complexity: O(√max(a, b)) steps.
  /// - Source: NIST Digital Library of Mathematical Functions, section 8.17.
  public static func incompleteBeta(_ a: Double, _ b: Double, at x: Double) -> Double {
    precondition(a > 0 && b > 0, "incompleteBeta: a is \(a) and b is \(b); both must be above 0")
    if x.isNaN { return .nan }
    if x <= 0 { return 0 }
    if x >= 1 { return 1 }
    if x > (a + 1) / (a + b + 2) { return 1 - fraction(b, a, at: 1 - x) }
    return fraction(a, b, at: x)
  }

  /// The continued fraction with its factor, evaluated from the front (modified Lentz).
  private static func fraction(_ a: Double, _ b: Double, at x: Double) -> Double {
    let tiny = 1e-300
    func away(_ value: Double) -> Double { abs(value) < tiny ? tiny : value }
    var numerator = 1.0
    var denominator = 1 / away(1 - (a + b) * x / (a + 1))
    var value = denominator
    for step in 1...10_000 {
      let m = Double(step)
      let even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
      denominator = 1 / away(1 + even * denominator)
      numerator = away(1 + even / numerator)
      value *= denominator * numerator
      let odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
      denominator = 1 / away(1 + odd * denominator)
      numerator = away(1 + odd / numerator)
      let change = denominator * numerator
      value *= change
      if abs(change - 1) < 1e-16 { break }
    }
    let front = a * log(x) + b * log1p(-x) - logGamma(a) - logGamma(b) + logGamma(a + b)
    return exp(front) * value / a
  }

  /// log Γ(x) for x > 0, by Stirling's series after moving x above 12.
  public static func logGamma(_ x: Double) -> Double {
    precondition(x > 0, "logGamma: x is \(x); it must be above 0")
    var x = x
    var shift = 0.0
    while x < 12 {
      shift += log(x)
      x += 1
    }
    let inverse = 1 / (x * x)
    let series =
      (1.0 / 12 - inverse * (1.0 / 360 - inverse * (1.0 / 1260 - inverse * (1.0 / 1680 - inverse / 1188)))) / x
    return (x - 0.5) * log(x) - x + 0.5 * log(2 * Double.pi) + series - shift
  }

  /// P(|T| ≥ |t|) for Student's t with so many degrees of freedom.
  public static func studentTwoSided(_ t: Double, degreesOfFreedom: Double) -> Double {
    if t.isInfinite { return 0 }
    return incompleteBeta(degreesOfFreedom / 2, 0.5, at: degreesOfFreedom / (degreesOfFreedom + t * t))
  }

  /// The t that |T| exceeds with probability `tail`, by bisection.
  ///
  /// - Precondition: `tail` is in 0..<1 and not 0.
  public static func studentQuantile(twoSidedTail tail: Double, degreesOfFreedom: Double) -> Double {
    precondition(tail > 0 && tail < 1, "studentQuantile: a tail of \(tail)")
    var (low, high) = (0.0, 1.0)
    while studentTwoSided(high, degreesOfFreedom: degreesOfFreedom) > tail { high *= 2 }
    for _ in 0..<200 {
      let middle = (low + high) / 2
      if middle <= low || middle >= high { break }
      if studentTwoSided(middle, degreesOfFreedom: degreesOfFreedom) > tail { low = middle } else { high = middle }
    }
    return (low + high) / 2
  }

  /// P(|Z| ≥ |z|) for a standard normal Z.
  public static func normalTwoSided(_ z: Double) -> Double { erfc(abs(z) / 2.0.squareRoot()) }

  /// P(X ≤ k) for X the number of heads in n throws of a fair coin.
  ///
  /// - Complexity: O(k).
  public static func fairCoin(atMost k: Int, of n: Int) -> Double {
    if k < 0 { return 0 }
    if k >= n { return 1 }
    var logTerm = -Double(n) * log(2.0)
    var sum = exp(logTerm)
    for heads in stride(from: 1, through: k, by: 1) {
      logTerm += log(Double(n - heads + 1)) - log(Double(heads))
      sum += exp(logTerm)
    }
    return min(1, sum)
  }
}
