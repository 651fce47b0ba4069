public import GroveKernels

/// Which negatives the positives of validation and test are to be compared with.
public enum NegativePlan: Sendable, Equatable {
  /// None are kept: positives are ranked among all nodes.
  case none
  /// So many different targets for each positive's source, each set as likely as any other.
  case uniform(perPositive: Int)
  /// So many nodes for each positive that are near its ends: see `HardNegatives`.
  case hard(HardNegativeOptions)
}

extension LinkSplit {
  /// The same split with negatives drawn anew; equal streams give equal ones, for any number of threads.
  ///
  /// A negative is never a positive of any part, a message or a node paired with itself.
  ///
  /// - Throws: `LinkSplitFailure.saturated` where a node has too few candidates; `AlgebraFailure` when memory runs out.
  /// - Precondition: every list holds at least one negative.
  /// - Complexity: O(E log E + negatives · log N) for uniform ones.
  public func withNegatives(_ plan: NegativePlan, random: RandomStream) throws -> LinkSplit {
    switch plan {
    case .none:
      return with(
        validation: LinkEvaluation(positives: validation.positives), test: LinkEvaluation(positives: test.positives))
    case .uniform(let count):
      precondition(count > 0, "withNegatives: \(count) negatives a positive")
      let partners = try ends.partners(in: knownLinks, of: .source, withSelf: true)
      func lists(_ positives: EdgeList, _ stream: RandomStream) throws -> LinkEvaluation {
        let nodes = try ends.uniformTargets(of: positives.sources, count: count, excluding: partners, random: stream)
        return LinkEvaluation(
          positives: positives,
          negatives: .lists(NegativeLists(nodes: nodes, perPositive: count, replacingTarget: count)))
      }
      return with(
        validation: try lists(validation.positives, random.substream(0)),
        test: try lists(test.positives, random.substream(1)))
    case .hard(let options):
      let hard = try HardNegatives(of: self, options: options)
      func lists(_ positives: EdgeList) throws -> LinkEvaluation {
        LinkEvaluation(positives: positives, negatives: .lists(try hard.lists(for: positives, random: random)))
      }
      return with(validation: try lists(validation.positives), test: try lists(test.positives))
    }
  }
}

extension LinkEnds {
  /// `count` different targets for each of some sources, none of them excluded. [sources.count × count]
  ///
  /// - Throws: `LinkSplitFailure.saturated` for the first source with too few.
  func uniformTargets(
    of sources: [Int32], count: Int, excluding partners: SparseRows, random: RandomStream
  ) throws -> [Int32] {
    let targets = targetCount
    for source in sources {
      let candidates = targets - partners.range(of: Int(source)).count
      if candidates < count {
        throw LinkSplitFailure.saturated(
          end: isSquare ? "node" : "source", node: source, candidates: candidates, needed: count)
      }
    }
    return ChunkedRows.gather(sources.count, atLeast: 64, scratch: ()) { row, _ in
      var generator = random.substream(row).generator
      let draw = ComplementDraw(count: targets, excluding: partners[Int(sources[row])])
      return draw.draw(count, using: &generator)
    }
  }
}
