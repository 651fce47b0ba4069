import GroveKernels
import TestSupport
import Testing

@Suite struct SortedKeysTests {
  @Test func `keys of numbers rise as the numbers do`() {
    let numbers: [Float] = [
      -.infinity, -.greatestFiniteMagnitude, -2, -1, -.leastNonzeroMagnitude, 0, .leastNonzeroMagnitude, 1, 1.0000001,
      .greatestFiniteMagnitude, .infinity,
    ]
    let keys = numbers.map(SortedKeys.key)
    #expect(zip(keys, keys.dropFirst()).allSatisfy { $0 < $1 })
    #expect(SortedKeys.key(-0.0) == SortedKeys.key(0))
    #expect(SortedKeys.key(.nan) > SortedKeys.key(.infinity) && SortedKeys.key(-.nan) < SortedKeys.key(-.infinity))
  }

  @Test(arguments: [0, 1, 100, 4095, 4096, 50_000]) func `many keys and few are sorted alike`(count: Int) {
    var random = TestRandom(count)
    // Every digit of the sort must matter, equal keys must survive.
    let keys = (0..<count).map { _ in
      let key = UInt32.random(in: 0...UInt32.max, using: &random)
      return Bool.random(using: &random) ? key : key & 0xFF
    }
    #expect(SortedKeys.rising(keys) == keys.sorted())
  }
}
