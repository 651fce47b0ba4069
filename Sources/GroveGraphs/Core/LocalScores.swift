/// Numbers of a few nodes among many.
struct LocalScores: Sendable {
  /// All nodes' numbers, 0 but for a few.
  private(set) var values: [Double]
  /// The nodes that are or were not 0; some may be listed again.
  private(set) var touched: [Int32] = []

  init(nodeCount: Int) { values = [Double](repeating: 0, count: nodeCount) }

  /// - Precondition: the number is above 0.
  mutating func add(_ number: Double, to node: Int) {
    if values[node] == 0 { touched.append(Int32(node)) }
    values[node] += number
  }

  /// What a node has, which is then 0.
  mutating func take(_ node: Int) -> Double {
    defer { values[node] = 0 }
    return values[node]
  }

  /// Makes all numbers 0.
  ///
  /// - Complexity: O(touched).
  mutating func clear() {
    for node in touched { values[Int(node)] = 0 }
    touched.removeAll(keepingCapacity: true)
  }

  /// The nodes of the largest numbers above 0, the largest first, the smaller node first of equals.
  ///
  /// Numbers are compared as floats, so that sums that differ by their order only are equal.
  ///
  /// - Parameter candidate: the number by which a node is known to the caller, or nil to leave it out.
  /// - Complexity: O(touched · log limit).
  func best(_ limit: Int, _ candidate: (Int32) -> Int32?) -> [Int32] {
    var best = BestNodes(limit: limit)
    for node in touched where values[Int(node)] > 0 {
      if let known = candidate(node) { best.insert(known, score: Float(values[Int(node)])) }
    }
    return best.ranked
  }
}
