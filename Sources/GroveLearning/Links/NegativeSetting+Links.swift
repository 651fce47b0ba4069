import GroveGraphs
import GroveKernels

extension NegativeSetting {
  /// What samplers are made on to train with the links of a split: never a training link, never a node itself.
  ///
  /// - Parameters:
  ///   - together: what pairs run between where all nodes are numbered together, as walks have it. Nil: pairs are links.
  ///   - known: pairs that take the place of training links, numbered together.
  ///   - random: randomness of what is drawn once.
  /// - Throws: `AlgebraFailure` when memory runs out.
  /// - Complexity: O(N + E log E).
  init(_ split: LinkSplit, together: LinkEnds?, known: EdgeList? = nil, random: RandomStream) throws {
    let ends = together ?? split.ends
    var links = split.training
    if together != nil { links.targets = links.targets.map { $0 + Int32(split.ends.targetOffset) } }
    let positives = try ends.partners(in: [known ?? links], of: .source, withSelf: false)
    self.init(
      positives: positives, isSquare: ends.isSquare,
      filter: NegativeFilter(
        [positives], anchorCount: ends.sourceCount, candidateCount: ends.targetCount, excludesSelf: ends.isSquare),
      random: random)
  }
}
