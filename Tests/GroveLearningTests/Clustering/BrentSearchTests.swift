import Foundation
import GroveLearning
import Testing

/// The lowest points of functions against SciPy 1.17.
@Suite struct BrentSearchTests {
  /// x, fun and nfev of minimize_scalar(f, bounds=bounds, method="bounded").
  @Test func `Brent's search goes where SciPy's goes`() {
    func expect(
      _ found: BrentSearch, _ place: Double, _ value: Double, _ calls: Int,
      sourceLocation: SourceLocation = #_sourceLocation
    ) {
      #expect(abs(found.place - place) < 1e-9 * max(1, abs(place)), "\(found)", sourceLocation: sourceLocation)
      #expect(abs(found.value - value) < 1e-9, "\(found)", sourceLocation: sourceLocation)
      #expect(found.calls == calls, "\(found)", sourceLocation: sourceLocation)
    }
    expect(BrentSearch(0...5) { ($0 - 2) * ($0 - 2) }, 2, 0, 6)
    expect(BrentSearch(1...9) { cos($0) + $0 / 10 }, 3.0414245036331695, -0.6908449138635324, 9)
    expect(BrentSearch(1...30) { abs($0 - 3.3) }, 3.3000010199658933, 1.0199658935228229e-06, 22)
    expect(BrentSearch(-2...3) { $0 * $0 * $0 * $0 - 3 * $0 * $0 * $0 + 2 }, 2.2499996318741156, -6.542968749998632, 12)
    expect(BrentSearch(2...9) { $0 }, 2.000006087745282, 2.000006087745282, 29)
  }

  @Test func `a function of whole numbers is searched as SciPy searches it`() {
    var asked: [Int] = []
    _ = BrentSearch(3...40) {
      asked.append(Int($0))
      return Double(abs(Int($0) - 6)) / 20 - 1
    }
    #expect(Array(asked.prefix(8)) == [17, 25, 11, 8, 6, 5, 6, 6])
  }

  @Test func `the search stays between its bounds and ends`() {
    for function: (Double) -> Double in [{ _ in 1 }, { -$0 }, { $0.rounded() }, { _ in .nan }] {
      let found = BrentSearch(-1...1) {
        #expect((-1...1).contains($0))
        return function($0)
      }
      #expect(found.calls < 100)
    }
    #expect(BrentSearch(4...4) { $0 }.place == 4)
  }
}
