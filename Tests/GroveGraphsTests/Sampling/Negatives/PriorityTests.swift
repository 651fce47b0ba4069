import Foundation
import GroveGraphs
import GroveKernels
import TestSupport
import Testing

/// The sum-tree against lists, and draws by priority against their probabilities.
@Suite("Prioritized negatives")
struct PriorityTests {
  @Test("Sums and places of the tree are those of a list", arguments: [1, 2, 3, 7, 8, 64, 100])
  func treeIsAList(count: Int) {
    var random = TestRandom(count)
    var tree = PriorityTree(count: count)
    var list = [Double](repeating: 0, count: count)
    for _ in 0..<200 {
      let place = Int.random(in: 0..<count, using: &random)
      // Multiples of 2⁻¹⁰: every sum is exact. A quarter are 0.
      let priority = max(0, Double(Int.random(in: -1024..<3072, using: &random))) / 1024
      tree[place] = priority
      list[place] = priority
      #expect(tree.total == list.reduce(0, +) && tree[place] == priority)
      guard tree.total > 0 else { continue }
      let mass = Double(Int.random(in: 0..<Int(tree.total * 1024), using: &random)) / 1024
      var (slow, sum) = (0, list[0])
      while sum <= mass {
        slow += 1
        sum += list[slow]
      }
      #expect(tree.place(at: mass) == slow)
    }
  }

  @Test("However sums are rounded, no place of priority 0 is drawn")
  func neverZero() {
    var random = TestRandom(9)
    var tree = PriorityTree(count: 37)
    for place in 0..<37 where place % 3 != 0 {
      tree[place] = Double.random(in: 0..<1, using: &random) * pow(10, Double(place % 12) - 6)
    }
    for mass in [0, tree.total.nextDown] + (0..<2000).map({ _ in Double.random(in: 0..<tree.total, using: &random) }) {
      #expect(tree[tree.place(at: mass)] > 0)
    }
  }

  private func triple(_ number: Int) -> PrioritizedNegatives.Triple {
    PrioritizedNegatives.Triple(anchor: Int32(number), positive: 1, negative: 2)
  }

  @Test("Triples are drawn in proportion to their priorities, and weighted by what makes them uniform")
  func proportions() {
    let losses: [Float] = [0.1, 2, -4, 0, 1]
    var memory = PrioritizedNegatives(capacity: 8, exponent: 0.6, floor: 1e-3)
    for number in 0..<5 { memory.insert(triple(number)) }
    memory.update(Array(0..<5), losses: losses)
    let priorities = losses.map { pow(Double(abs($0)) + 1e-3, 0.6) }
    let shares = priorities.map { $0 / priorities.reduce(0, +) }
    for place in 0..<5 { #expect(abs(memory.probability(of: place) - shares[place]) <= 1e-12) }
    let draws = memory.draw(100_000, correction: 0.5, using: RandomStream(seed: 4))
    var counts = [Int](repeating: 0, count: 5)
    for draw in draws {
      counts[draw.place] += 1
      #expect(draw.triple == triple(draw.place))
    }
    // One draw of each of 100,000 equal parts: counts are off by at most one at each end of a place.
    for place in 0..<5 { #expect(abs(Double(counts[place]) - 100_000 * shares[place]) <= 2) }
    let raw = shares.map { pow(1 / (5 * $0), 0.5) }
    let most = raw.max()!
    for draw in draws.prefix(1000) { #expect(abs(Double(draw.weight) - raw[draw.place] / most) <= 1e-6) }
  }

  @Test("With β = 1 the weighted mean of anything is its plain mean, but for one factor")
  func unbiased() {
    var memory = PrioritizedNegatives(capacity: 4)
    for number in 0..<4 { memory.insert(triple(number)) }
    memory.update([0, 1, 2, 3], losses: [5, 0.5, 1, 2])
    let draws = memory.draw(40_000, correction: 1, using: RandomStream(seed: 5))
    var sums = [Double](repeating: 0, count: 4)
    for draw in draws { sums[draw.place] += Double(draw.weight) }
    for sum in sums { #expect(abs(sum / sums[0] - 1) <= 2e-3) }
  }

  @Test("The oldest goes when the memory is full, and a new triple has the largest priority so far")
  func ring() {
    var memory = PrioritizedNegatives(capacity: 3)
    for number in 0..<3 { memory.insert(triple(number)) }
    memory.update([0, 1, 2], losses: [9, 1, 0])
    memory.insert(triple(3))
    memory.insert(triple(4))
    #expect(memory.count == 3)
    let found = Set(memory.draw(100, using: RandomStream(seed: 1)).map(\.triple.anchor))
    #expect(found == [3, 4])
    #expect(abs(memory.probability(of: 0) - memory.probability(of: 1)) <= 1e-12)
    #expect(memory.probability(of: 0) > 0.49)
  }

  @Test("One stream gives the same draws, another gives others")
  func streams() {
    var memory = PrioritizedNegatives(capacity: 50)
    for number in 0..<50 { memory.insert(triple(number)) }
    memory.update(Array(0..<50), losses: (0..<50).map { Float($0) })
    let draws = memory.draw(20, using: RandomStream(seed: 1))
    #expect(draws == memory.draw(20, using: RandomStream(seed: 1)))
    #expect(draws != memory.draw(20, using: RandomStream(seed: 2)))
    #expect(memory.draw(0, using: RandomStream(seed: 1)).isEmpty)
  }

  @Test("An empty memory, losses that are not numbers and negative priorities trap", arguments: 0..<4)
  func mistakesTrap(mistake: Int) async {
    await #expect(processExitsWith: .failure) { [mistake] in
      var memory = PrioritizedNegatives(capacity: 2)
      var tree = PriorityTree(count: 2)
      switch mistake {
      case 0: _ = memory.draw(1, using: RandomStream(seed: 1))
      case 1:
        memory.insert(PrioritizedNegatives.Triple(anchor: 0, positive: 1, negative: 2))
        memory.update([0], losses: [.nan])
      case 2: tree[0] = -1
      default: _ = tree.place(at: 0)
      }
    }
  }
}
