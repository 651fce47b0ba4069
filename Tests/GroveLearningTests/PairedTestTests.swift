@testable import GroveLearning
import Testing

/// Tests of paired results against numbers computed with SciPy 1.17.
@Suite struct PairedTestTests {
  private static func near(_ a: Double?, _ b: Double, _ tolerance: Double = 1e-11) -> Bool {
    a.map { abs($0 - b) <= tolerance * max(1, abs(b)) } ?? false
  }

  @Test(arguments: [
    (0.5, 0.5, 0.3, 0.36901011956554536), (2, 3, 0.4, 0.5247999999999999), (9.5, 0.5, 0.9, 0.1625499990297271),
    (50, 0.5, 0.99, 0.3173043978741973), (0.5, 4.5, 0.01, 0.2301250001078634), (120, 80, 0.62, 0.7158196279556703),
  ])
  func `the incomplete beta function is SciPy's`(a: Double, b: Double, x: Double, value: Double) {
    #expect(Self.near(Distributions.incompleteBeta(a, b, at: x), value))
    #expect(Self.near(Distributions.incompleteBeta(b, a, at: 1 - x), 1 - value), "by symmetry")
    #expect(Distributions.incompleteBeta(a, b, at: 0) == 0 && Distributions.incompleteBeta(a, b, at: 1) == 1)
  }

  @Test(arguments: [
    (0.5, 0.5723649429247), (1, 0), (1.5, -0.12078223763524526), (3.3, 0.9870985778947343),
    (12, 17.502307845873887), (250.5, 1131.2840013322552),
  ])
  func `the logarithm of the gamma function is SciPy's`(x: Double, value: Double) {
    #expect(Self.near(Distributions.logGamma(x), value, 1e-12))
  }

  @Test func `quantiles of t are SciPy's`() {
    let known: [(freedom: Double, value: Double)] = [
      (7, 2.364624251592784), (1, 12.706204736174694), (29, 2.045229642132703),
    ]
    for (freedom, value) in known {
      let found = Distributions.studentQuantile(twoSidedTail: 0.05, degreesOfFreedom: freedom)
      #expect(Self.near(found, value, 1e-9))
    }
    #expect(Self.near(Distributions.normalTwoSided(-1.7), 0.08913092551708608))
  }

  private static let small = [0.012, -0.004, 0.021, 0.008, 0.0155, -0.0012, 0.03, 0.007]
  private static let tied: [Double] = [1, -1, 2, 2, 3, -0.5, 0, 4, 2, -3, 5, 6]
  /// Sixty sizes without ties, signs by turns of three.
  private static let large = (0..<60).map { index -> Double in
    let size = (Double(index) - 20.25) / 10
    return index % 3 == 0 ? -size : size
  }

  @Test func `Student's t-test is SciPy's`() {
    let first = PairedTest.student(Self.small)
    #expect(Self.near(first?.statistic, 2.7826421966993466) && Self.near(first?.pValue, 0.027194652255388828))
    let second = PairedTest.student(Self.tied)
    #expect(Self.near(second?.statistic, 2.278097398599919) && Self.near(second?.pValue, 0.0436819211904129))
    let two = PairedTest.student([0.5, 0.7])
    #expect(Self.near(two?.statistic, 6, 1e-12) && Self.near(two?.pValue, 0.10513691342250683))
  }

  @Test func `differences that do not vary are not tested`() {
    #expect(PairedTest.student([0.1, 0.1, 0.1]) == nil)
    #expect(PairedTest.student([0.3 - 0.2, 0.2 - 0.1, 0.9 - 0.8]) == nil, "equal but for rounding")
    #expect(PairedTest.student([0, 0]) == nil && PairedTest.student([1]) == nil && PairedTest.student([]) == nil)
    #expect(PairedTest.student([1, .nan]) == nil)
    #expect(PairedTest.wilcoxon([0, 0, 0]) == nil && PairedTest.wilcoxon([]) == nil)
  }

  @Test func `Wilcoxon's test is SciPy's, exact and approximate`() {
    let exact = PairedTest.wilcoxon(Self.small)
    #expect(exact?.isExact == true && exact?.statistic == 3 && Self.near(exact?.pValue, 0.0390625))
    let tied = PairedTest.wilcoxon(Self.tied)
    #expect(tied?.isExact == false && tied?.statistic == 11 && Self.near(tied?.pValue, 0.049778432682216135))
    let two = PairedTest.wilcoxon([0.5, 0.7])
    #expect(two?.statistic == 0 && two?.pValue == 0.5)
    let twenty = PairedTest.wilcoxon(
      (0..<20).map { index -> Double in
        let size = Double(index) - 9.3
        return index % 3 == 0 ? -size : size
      })
    #expect(twenty?.isExact == true && twenty?.statistic == 96 && Self.near(twenty?.pValue, 0.7561664581298828))
    let sixty = PairedTest.wilcoxon(Self.large)
    #expect(sixty?.isExact == false && sixty?.statistic == 723.0 && Self.near(sixty?.pValue, 0.1575299833400341))
  }

  @Test func `sizes that only rounding sets apart are ties`() {
    let rounded = PairedTest.wilcoxon([0.3 - 0.2, 0.2 - 0.1, 0.8 - 0.9, 0.5 - 0.1])
    #expect(rounded == PairedTest.wilcoxon([1, 1, -1, 4]) && rounded?.isExact == false)
    #expect(PairedTest.wilcoxon([0.1 + 0.2 - 0.3, 0.25]) == PairedTest.wilcoxon([0, 0.25]))
  }

  @Test func `the exact probability is the share of all signs`() throws {
    // Every choice of signs of six differences, counted.
    let sizes: [Double] = [1, 2, 3, 4, 5, 6]
    func smaller(_ signs: Int) -> Double {
      let positive = sizes.indices.reduce(0.0) { $0 + (signs >> $1 & 1 == 1 ? sizes[$1] : 0) }
      return min(positive, 21 - positive)
    }
    for signs in 0..<64 {
      let test = try #require(PairedTest.wilcoxon(sizes.enumerated().map { signs >> $0 & 1 == 1 ? $1 : -$1 }))
      let extreme = (0..<64).count { smaller($0) <= smaller(signs) }
      #expect(abs(test.pValue - min(1, Double(extreme) / 64)) < 1e-12, "\(signs)")
    }
  }

  @Test(arguments: [
    (3, 12, 0.03515625), (0, 5, 0.0625), (10, 10, 1.0), (1, 0, 1.0), (0, 0, 1.0), (200, 260, 0.0058839224731039984),
    (600, 700, 0.006036981097798615),
  ])
  func `McNemar's test is SciPy's binomial test, and that of chi-square for many`(b: Int, c: Int, p: Double) {
    let test = PairedTest.mcnemar(firstOnly: b, secondOnly: c)
    #expect(Self.near(test.pValue, p, 1e-10), "\(test.pValue)")
    #expect(test.isExact == (b + c <= 1000) && test.statistic == Double(min(b, c)))
    #expect(PairedTest.mcnemar(firstOnly: c, secondOnly: b) == test)
  }

  @Test func `Holm's adjustment is the one worked out by hand`() {
    // 0.01 · 4, then 0.02 · 3, then 0.03 · 2 which may not fall below 0.06, then 0.9.
    #expect(
      zip(PairedTest.holm([0.03, 0.01, 0.9, 0.02]), [0.06, 0.04, 0.9, 0.06]).allSatisfy { abs($0 - $1) < 1e-15 })
    #expect(PairedTest.holm([0.6, 0.7]) == [1, 1] && PairedTest.holm([]).isEmpty)
  }

  @Test func `the interval of a mean is that of Student`() throws {
    let (mean, half) = try #require(PairedTest.interval(Self.small))
    // scipy.stats.t.interval(0.95, 7, loc=mean, scale=sem)
    #expect(Self.near(mean, 0.0110375) && Self.near(half, 0.009379409328268482, 1e-9))
    #expect(PairedTest.interval([1]) == nil)
  }
}
