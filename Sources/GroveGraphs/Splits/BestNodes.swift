/// The best few of many scored nodes; of equal scores the smaller node is the better one.
///
/// A heap whose root is the worst of them.
public struct BestNodes {
  private let limit: Int
  private var heap: [(score: Float, node: Int32)] = []

  /// No nodes yet, and at most `limit`.
  public init(limit: Int) { self.limit = limit }

  private static func isWorse(_ left: (score: Float, node: Int32), _ right: (score: Float, node: Int32)) -> Bool {
    left.score != right.score ? left.score < right.score : left.node > right.node
  }

  /// Takes a node in where it is among the best.
  ///
  /// - Complexity: O(log limit).
  public mutating func insert(_ node: Int32, score: Float) {
    let new = (score: score, node: node)
    if heap.count < limit {
      heap.append(new)
      var place = heap.count - 1
      while place > 0, BestNodes.isWorse(heap[place], heap[(place - 1) / 2]) {
        heap.swapAt(place, (place - 1) / 2)
        place = (place - 1) / 2
      }
    } else if let worst = heap.first, BestNodes.isWorse(worst, new) {
      heap[0] = new
      var place = 0
      while true {
        var least = place
        for child in [2 * place + 1, 2 * place + 2] where child < heap.count {
          if BestNodes.isWorse(heap[child], heap[least]) { least = child }
        }
        if least == place { break }
        heap.swapAt(place, least)
        place = least
      }
    }
  }

  /// The nodes, best first.
  public var ranked: [Int32] { heap.sorted { BestNodes.isWorse($1, $0) }.map(\.node) }
}
