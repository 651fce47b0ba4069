public import GroveKernels

extension LinkSplit {
  /// A split of directed links by their years: up to the first bound to learn from, up to the second to choose by, later
  /// ones to test.
  ///
  /// Messages are the links that are learned from. A link that is listed twice has its earliest year. Left out are links
  /// of unknown year, those of a node with itself, and measured links whose reverse is learned from, which would tell them.
  ///
  /// - Parameter years: calendar year of each link, 0 where it is unknown.
  /// - Returns: the split, and how many links have no year.
  /// - Throws: `LinkSplitFailure.nothingLeft` where a part would be empty, or a node has too few negatives;
  ///   `AlgebraFailure` when memory runs out.
  /// - Precondition: links are directed; one year a link.
  /// - Complexity: O(E log E) beside the negatives.
  public static func byYear(
    of edges: EdgeList, years: [Int32], nodeCount: Int, bounds: TimeBounds, negatives: NegativePlan, name: String,
    random: RandomStream
  ) throws -> (split: LinkSplit, withoutYear: Int) {
    precondition(edges.isDirected, "byYear: links run both ways, so none has a source that made it")
    precondition(years.count == edges.count, "byYear: \(years.count) years for \(edges.count) links")
    let known = years.indices.filter { years[$0] > 0 && edges.sources[$0] != edges.targets[$0] }
    let order = known.sorted { (key($0, edges), years[$0], $0) < (key($1, edges), years[$1], $1) }
    var role = [SplitPart?](repeating: nil, count: edges.count)
    for (place, edge) in order.enumerated() {
      if place > 0, key(order[place - 1], edges) == key(edge, edges) { continue }
      let year = Int(years[edge])
      role[edge] = year <= bounds.train ? .train : year <= bounds.validation ? .validation : .test
    }
    let learned = edges.filtered(by: role.map { $0 == .train })
    let telling = PairSet([learned], ordered: false)
    func measured(_ part: SplitPart) -> LinkEvaluation {
      let kept = edges.sources.indices.map {
        role[$0] == part && !telling.contains(edges.sources[$0], edges.targets[$0])
      }
      let list = edges.filtered(by: kept)
      return LinkEvaluation(positives: EdgeList(sources: list.sources, targets: list.targets, isDirected: true))
    }
    let (validation, test) = (measured(.validation), measured(.test))
    for (part, count) in [
      ("training", learned.count), ("validation", validation.positives.count), ("test", test.positives.count),
    ]
    where count == 0 { throw LinkSplitFailure.nothingLeft(part: part, links: edges.count) }
    let split = LinkSplit(
      name: name, kind: "generated here: time:\(bounds.train),\(bounds.validation)", ends: .directed(nodes: nodeCount),
      messages: learned,
      training: EdgeList(sources: learned.sources, targets: learned.targets, isDirected: true),
      validation: validation, test: test)
    return (try split.withNegatives(negatives, random: random), years.count { $0 <= 0 })
  }

  private static func key(_ edge: Int, _ edges: EdgeList) -> UInt64 {
    PairSet.key(edges.sources[edge], edges.targets[edge], ordered: true)
  }
}
