import GroveGraphs
import GroveKernels

/// The embeddings of a graph's nodes, or of a sample of them, in the plane.
struct NodeMap: Sendable {
  /// At most so many nodes are laid out, because every pair of them is compared.
  static let most = 1000

  /// The nodes in rising order.
  let nodes: [Int32]
  /// Nodes of the whole graph.
  let nodeCount: Int
  /// Nodes that are left out because their embedding is not finite.
  let skipped: Int
  /// Along the two directions of largest variance.
  let components: PrincipalComponents
  /// By neighborhoods.
  let neighborhoods: [SIMD2<Float>]

  /// - Parameters:
  ///   - embeddings: a row a node. [N, width]
  ///   - random: which nodes are drawn where there are many, and where layouts start.
  /// - Returns: nil with fewer than three nodes that can be laid out, or embeddings that are all equal.
  /// - Complexity: O(n² + n · width · min(n, width)) for the n nodes laid out, plus O(N).
  init?(embeddings: [Float], width: Int, random: RandomStream) {
    guard width > 0 else { return nil }
    nodeCount = embeddings.count / width
    let drawn = NodeMap.sample(of: nodeCount, random: random.substream(0))
    nodes = drawn.filter { node in
      embeddings[Int(node) * width..<(Int(node) + 1) * width].allSatisfy { $0.isFinite }
    }
    skipped = drawn.count - nodes.count
    guard nodes.count >= 3 else { return nil }
    let rows = nodes.flatMap { embeddings[Int($0) * width..<(Int($0) + 1) * width] }
    components = PrincipalComponents(of: rows, width: width, random: random.substream(1))
    guard components.explained.0 > 0 else { return nil }
    neighborhoods = TSNE(of: rows, width: width).points(from: components.points, random: random.substream(2))
  }

  /// What the map of a run draws from, apart from everything that training draws.
  static func random(seed: Int, run: Int) -> RandomStream {
    RandomStream(seed: UInt64(seed + run), run: run, operation: 1 << 20)
  }

  /// What a page says in place of a map.
  static let missing = ReportPage.paragraph(
    "The embeddings cannot be laid out: there are too few, or all are equal or not finite.")

  /// All nodes, or `most` of them, each set of that size being as likely; in rising order.
  ///
  /// - Complexity: O(`most`) expected.
  static func sample(of count: Int, random: RandomStream) -> [Int32] {
    if count <= most { return (0..<count).map { Int32($0) } }
    // Floyd's way: the i-th draw is below count − most + i + 1, and that number itself where the draw was drawn before.
    var generator = random.generator
    var drawn: Set<Int> = []
    for bound in (count - most)..<count {
      let number = generator.next(below: bound + 1)
      if !drawn.insert(number).inserted { drawn.insert(bound) }
    }
    return drawn.sorted().map { Int32($0) }
  }
}
