public import GroveGraphs
public import GroveKernels

/// Nodes of any type that walks along a meta-path meet within a window of each other.
///
/// Nodes of all types are numbered together: `LinkObjective.ends` is to be `.undirected` of all of them. A negative may
/// be of any type; metapath2vec++, which draws negatives of the type of the positive, needs a sampler that knows types.
///
/// - Source: metapath2vec (Dong, Chawla, Swami 2017), section 3.2, with word2vec's windows.
public struct MetaPathPositives: PositiveSource {
  private let walks: MetaPathWalks
  private let steps: Int
  private let perNode: Int
  private let window: Int

  /// Pairs from walks that start at every node of the path's first type that has a neighbor in the second.
  ///
  /// - Parameters:
  ///   - path: such as author – paper – author; it ends in the type in which it starts and is walked again and again.
  ///   - offsets: what is added to the number of a node of each type, where all types are numbered together.
  ///   - steps: edges of a walk.
  ///   - perNode: walks from each node in an epoch.
  ///   - window: largest distance in a walk.
  ///   - isWeighted: whether a step's chances go by the weights of edges.
  /// - Throws: `AlgebraFailure` when memory runs out.
  /// - Precondition: as for `MetaPathWalks`.
  public init(
    on graph: HeteroGraph, along path: MetaPath, offsets: [Int], steps: Int, perNode: Int, window: Int,
    isWeighted: Bool = false
  ) throws {
    precondition(
      steps >= 1 && perNode >= 1 && window >= 1, "MetaPathPositives: \(perNode) walks of \(steps), window \(window)")
    walks = try MetaPathWalks(graph, along: path, offsets: offsets, isWeighted: isWeighted)
    (self.steps, self.perNode, self.window) = (steps, perNode, window)
  }

  /// New walks each epoch.
  ///
  /// - Complexity: O(walks · steps · window).
  public func pairs(epoch: Int, using random: RandomStream) -> (anchors: [Int32], positives: [Int32]) {
    let stream = random.substream(epoch)
    let all = (0..<perNode).flatMap { _ in walks.starts }
    let (nodes, offsets) = walks.walks(from: all, steps: steps, using: stream.substream(0))
    return WalkWindow(size: window).pairs(of: nodes, offsets: offsets, using: stream.substream(1))
  }
}
