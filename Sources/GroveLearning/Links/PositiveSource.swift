public import GroveGraphs
public import GroveKernels

/// Where the pairs come from that a model is to score high.
///
/// Nodes of two types are numbered together, sources first.
public protocol PositiveSource: Sendable {
  /// The pairs of an epoch: anchors, and a positive for each.
  func pairs(epoch: Int, using random: RandomStream) -> (anchors: [Int32], positives: [Int32])
}

/// The training links themselves, in both directions where they run both ways.
public struct LinkPositives: PositiveSource {
  private let anchors: [Int32]
  private let positives: [Int32]

  /// The training links of a split.
  public init(of split: LinkSplit) {
    let edges = split.ends.isUndirected ? split.training.bothWays() : split.training
    anchors = edges.sources
    positives = edges.targets.map { $0 + Int32(split.ends.targetOffset) }
  }

  /// All of them, every epoch.
  public func pairs(epoch: Int, using random: RandomStream) -> (anchors: [Int32], positives: [Int32]) {
    (anchors, positives)
  }
}

/// Nodes that walks meet within a window of each other.
///
/// - Source: DeepWalk (Perozzi 2014), algorithm 2, with word2vec's windows.
public struct WalkPositives: PositiveSource {
  private let walks: BiasedWalks
  private let starts: [Int32]
  private let steps: Int
  private let perNode: Int
  private let window: Int

  /// Pairs from walks that start at every node with a neighbor.
  ///
  /// - Parameters:
  ///   - steps: edges of a walk.
  ///   - perNode: walks from each node in an epoch.
  ///   - window: largest distance in a walk.
  public init(
    on graph: Graph, steps: Int, perNode: Int, window: Int, returning: Double = 1, leaving: Double = 1
  ) {
    precondition(
      steps >= 1 && perNode >= 1 && window >= 1, "WalkPositives: \(perNode) walks of \(steps), window \(window)")
    walks = BiasedWalks(graph.incoming, returning: returning, leaving: leaving)
    starts = (0..<Int32(graph.nodeCount)).filter { !graph.incoming.range(of: Int($0)).isEmpty }
    (self.steps, self.perNode, self.window) = (steps, perNode, window)
  }

  /// New walks each epoch.
  ///
  /// - Complexity: O(walks · steps · window).
  public func pairs(epoch: Int, using random: RandomStream) -> (anchors: [Int32], positives: [Int32]) {
    let stream = random.substream(epoch)
    let all = (0..<perNode).flatMap { _ in starts }
    let (nodes, offsets) = walks.walks(from: all, steps: steps, using: stream.substream(0))
    return WalkWindow(size: window).pairs(of: nodes, offsets: offsets, using: stream.substream(1))
  }
}

/// Pairs of nodes that stand near each other in walks.
struct WalkWindow {
  /// Largest distance; each center draws its own from 1 up to it, so that near nodes are met more often.
  let size: Int

  /// A center and a node of its window, for every center of every walk; a node is no pair with itself.
  ///
  /// - Complexity: O(nodes · size), on all threads.
  /// - Source: word2vec's code (Mikolov 2013).
  func pairs(
    of nodes: [Int32], offsets: [Int], using random: RandomStream
  ) -> (anchors: [Int32], positives: [Int32]) {
    let size = size
    let parts = Workers.mapChunks(of: offsets.count - 1, atLeast: 1024) { walks in
      var (anchors, positives): ([Int32], [Int32]) = ([], [])
      for walk in walks {
        let range = offsets[walk]..<offsets[walk + 1]
        for center in range {
          let reach = 1 + Int(random.bits(row: walk, column: center - range.lowerBound)) % size
          for other in max(range.lowerBound, center - reach)..<min(range.upperBound, center + reach + 1)
          where other != center && nodes[other] != nodes[center] {
            anchors.append(nodes[center])
            positives.append(nodes[other])
          }
        }
      }
      return (anchors: anchors, positives: positives)
    }
    return (parts.flatMap(\.anchors), parts.flatMap(\.positives))
  }
}
