import TestSupport
import Testing

@testable import GroveGraphs

@Suite struct PairSetTests {
  @Test(arguments: [true, false], [0, 1, 5, 400]) func `a set holds its pairs and no others`(ordered: Bool, count: Int)
  {
    var random = TestRandom(count)
    func node() -> Int32 { Int32.random(in: 0..<30, using: &random) }
    let list = EdgeList(
      sources: (0..<count).map { _ in node() }, targets: (0..<count).map { _ in node() }, isDirected: true)
    var wanted = Set(zip(list.sources, list.targets).map { [$0, $1] })
    if !ordered { wanted.formUnion(wanted.map { [$0[1], $0[0]] }) }
    let set = PairSet([list], ordered: ordered)
    for source in Int32(-1)...31 {
      for target in Int32(-1)...31 { #expect(set.contains(source, target) == wanted.contains([source, target])) }
    }
  }

  // Ids of files are checked elsewhere; here they must neither end the program nor take memory.
  @Test func `nodes far apart are found as well`() {
    let nodes: [Int32] = [0, 1, 70_000, .max, -1, .min]
    let list = EdgeList(sources: nodes, targets: nodes.reversed(), isDirected: true)
    let set = PairSet([list], ordered: true)
    for (place, source) in nodes.enumerated() {
      for (other, target) in nodes.enumerated() {
        #expect(set.contains(source, target) == (place + other == nodes.count - 1), "\(source) \(target)")
      }
    }
    #expect(set.first(in: EdgeList(sources: [5, 70_000], targets: [5, .max], isDirected: true)) == 1)
    #expect(set.first(in: EdgeList(sources: [5, 70_000], targets: [5, -1], isDirected: true)) == nil)
  }
}
