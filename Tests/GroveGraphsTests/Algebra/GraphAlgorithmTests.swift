import GroveGraphs
import GroveKernels
import Testing

@Suite("Reach")
struct ReachTests {
  /// Breadth-first search over a dictionary.
  static func slow(_ graph: SlowMatrix, _ seeds: [Int32], _ hops: Int) -> [Int32: Int32] {
    var hop: [Int32: Int32] = [:]
    var frontier = Set(seeds)
    for seed in seeds { hop[seed] = 0 }
    var level: Int32 = 0
    while Int(level) < hops && !frontier.isEmpty {
      level += 1
      var next = Set<Int32>()
      for node in frontier {
        for neighbor in graph.neighbors(of: Int(node)) where hop[Int32(neighbor)] == nil {
          hop[Int32(neighbor)] = level
          next.insert(Int32(neighbor))
        }
      }
      frontier = next
    }
    return hop
  }

  @Test(
    "Hops equal those of breadth-first search",
    arguments: RandomEntries.graphs.filter { $0.rowCount > 0 }, [0, 1, 2, 3, 100])
  func search(_ entries: RandomEntries, _ hops: Int) throws {
    let last = Int32(entries.rowCount - 1)
    for seeds in [[0], [last], [last, 0, 0, last / 2]] as [[Int32]] {
      let reach = try entries.matrix().reach(from: seeds, hops: hops)
      let expected = Self.slow(entries.slowMatrix(), seeds, hops)
      #expect(reach.nodes == expected.keys.sorted())
      #expect(reach.hops == reach.nodes.map { expected[$0] })
    }
  }

  @Test("Edges are followed forwards, and one of weight 0 is still an edge")
  func directions() throws {
    let path = try SparseMatrix(
      rows: [0, 1, 2], columns: [1, 2, 3], values: [0, 0, 1], rowCount: 5, columnCount: 5, duplicates: .error)
    let forwards = try path.reach(from: [1], hops: 9)
    #expect(forwards.nodes == [1, 2, 3])
    #expect(forwards.hops == [0, 1, 2])
    let backwards = try path.transposed().reach(from: [1], hops: 9)
    #expect(backwards.nodes == [0, 1])
    #expect(backwards.hops == [1, 0])
    let alone = try path.reach(from: [4], hops: 2)
    #expect(alone.nodes == [4])
    #expect(alone.hops == [0])
  }
}

@Suite("Connected components")
struct ConnectedComponentsTests {
  /// Union-find, then numbers in the order of the smallest nodes.
  static func slow(_ nodeCount: Int, _ edges: [(Int32, Int32)]) -> [Int32] {
    var parent = Array(0..<nodeCount)
    func root(_ node: Int) -> Int {
      var node = node
      while parent[node] != node {
        parent[node] = parent[parent[node]]
        node = parent[node]
      }
      return node
    }
    for (source, target) in edges {
      let (one, other) = (root(Int(source)), root(Int(target)))
      parent[max(one, other)] = min(one, other)
    }
    var number: [Int: Int32] = [:]
    return (0..<nodeCount).map { node in
      let root = root(node)
      if number[root] == nil { number[root] = Int32(number.count) }
      return number[root]!
    }
  }

  @Test("Labels equal those of union-find", arguments: RandomEntries.graphs)
  func unionFind(_ entries: RandomEntries) throws {
    // A third of the edges too, so that there are several components.
    for count in [entries.rows.count, entries.rows.count / 3, entries.rows.count / 6] {
      let (rows, columns) = (Array(entries.rows.prefix(count)), Array(entries.columns.prefix(count)))
      let matrix = try SparseMatrix(
        rows: rows, columns: columns, values: nil, rowCount: entries.rowCount, columnCount: entries.rowCount,
        duplicates: .first)
      let components = try matrix.connectedComponents()
      let expected = Self.slow(entries.rowCount, Array(zip(rows, columns)))
      #expect(components.labels == expected)
      #expect(components.count == Set(expected).count)
      #expect(components.sizes.reduce(0, +) == entries.rowCount)
    }
  }

  @Test("Two components and an isolated node, by hand")
  func workedExample() throws {
    let components = try adjacency(6, [(4, 1), (3, 0), (5, 3), (5, 5)]).connectedComponents()
    #expect(components.labels == [0, 1, 2, 0, 1, 0])
    #expect(components.count == 3)
    #expect(components.sizes == [3, 2, 1])
    #expect(components.largest == 0)
  }

  @Test(
    "A path of 100,000 nodes takes few rounds, in order and shuffled", .timeLimit(.minutes(1)),
    arguments: [false, true])
  func longPath(_ isShuffled: Bool) throws {
    let count = 100_000
    var order = [Int32](0..<Int32(count))
    if isShuffled {
      var random = RandomStream(seed: 3).generator
      order = random.shuffled(order)
    }
    // Cut once, at place 70,000.
    let edges = zip(order, order.dropFirst()).enumerated().filter { $0.offset != 69_999 }.map(\.element)
    let matrix = try adjacency(count, edges)
    var components: Components?
    let time = try ContinuousClock().measure { components = try matrix.connectedComponents() }
    #expect(components?.labels == Self.slow(count, edges))
    #expect(components?.count == 2)
    #expect(time < .seconds(5))
  }
}

@Suite("Triangles")
struct TriangleCountTests {
  @Test("The count equals three nested loops", arguments: RandomEntries.graphs)
  func loops(_ entries: RandomEntries) throws {
    let slow = entries.slowMatrix()
    func joined(_ one: Int, _ other: Int) -> Bool {
      slow.entries[Place(one, other)] != nil || slow.entries[Place(other, one)] != nil
    }
    var expected = 0
    for i in 0..<entries.rowCount {
      for j in 0..<i where joined(i, j) {
        for k in 0..<j where joined(i, k) && joined(j, k) { expected += 1 }
      }
    }
    #expect(try entries.matrix().triangleCount() == expected)
  }

  @Test("The karate club has 45 triangles, whichever directions are stored")
  func karate() throws {
    #expect(try KarateClub.halves().triangleCount() == 45)
    #expect(try KarateClub.halves().transposed().triangleCount() == 45)
    #expect(try KarateClub.halves().symmetrized().triangleCount() == 45)
  }

  @Test("A star has no triangle and a full graph of five nodes has ten")
  func workedExamples() throws {
    #expect(try adjacency(5, [(0, 1), (0, 2), (0, 3), (0, 4), (0, 0)]).triangleCount() == 0)
    let full = (0..<5).flatMap { i in (0..<i).map { (Int32(i), Int32($0)) } }
    #expect(try adjacency(5, full).triangleCount() == 10)
  }
}
