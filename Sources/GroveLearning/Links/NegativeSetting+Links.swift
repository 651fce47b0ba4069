import GroveGraphs
import GroveKernels

extension NegativeSetting {
  /// What samplers are made on to train with the links of a split: never a training link, never a node itself.
  ///
  /// - Parameters:
  ///   - together: what pairs run between where all nodes are numbered together, as walks have it; links then count both
  ///     ways. Nil: pairs are links.
  ///   - random: randomness of what is drawn once.
  /// - Complexity: O(N + E log E).
  init(_ split: LinkSplit, together: LinkEnds?, random: RandomStream) {
    let ends = together ?? split.ends
    var links = split.training
    if together != nil { links.targets = links.targets.map { $0 + Int32(split.ends.targetOffset) } }
    if together != nil || ends.isUndirected { links = links.bothWays() }
    let rows = SparseRows.grouping(
      rows: links.sources, columns: links.targets, rowCount: ends.sourceCount, columnCount: ends.targetCount
    ).rows
    func filter(excludesSelf: Bool) -> NegativeFilter {
      NegativeFilter(
        [rows], anchorCount: ends.sourceCount, candidateCount: ends.targetCount, excludesSelf: excludesSelf)
    }
    self.init(
      positives: filter(excludesSelf: false).excluded, isSquare: ends.isSquare,
      filter: filter(excludesSelf: ends.isSquare), random: random)
  }
}
