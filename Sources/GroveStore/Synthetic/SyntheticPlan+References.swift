import GroveKernels

/// Whom a paper cites.
///
/// Half of the references go to classics, the age falling as a power law over all earlier blocks; half to the recent
/// past. Either way the block is then rounded down to a multiple of a random power of two, so that at every age some
/// papers are cited far more than others: in-degrees follow a power law whose exponent lies between 2 and 3.
extension SyntheticPlan {
  /// Share of references that stay in the paper's own group, and that stay in its topic.
  private static let ownGroup = 0.45
  private static let ownTopic = 0.8

  func drawReferences(of paper: inout PlannedPaper, _ draws: inout RandomGenerator) {
    paper.references.removeAll(keepingCapacity: true)
    let share = draws.unit()
    let wanted = draws.chance(0.12) ? 0 : 1 + Int(27 * share * share.squareRoot())
    for place in 0..<wanted {
      if draws.chance(0.02) {
        paper.references.append(.init(kind: .dangling, number: number(ofDangling: place, in: paper.number)))
        continue
      }
      for _ in 0..<3 {
        guard let cited = drawCited(by: paper, &draws) else { continue }
        let reference = PlannedPaper.Reference(kind: .citation, number: cited)
        if paper.references.contains(reference) { continue }
        paper.references.append(reference)
        break
      }
    }
    if draws.chance(0.005) { insert(.init(kind: .own, number: paper.number), &paper, &draws) }
    if draws.chance(0.01), let again = paper.references.first(where: { $0.kind == .citation }) {
      paper.references.append(.init(kind: .repeated, number: again.number))
    }
  }

  /// A number that belongs to this one occurrence of a reference to nothing.
  private func number(ofDangling place: Int, in paper: Int) -> Int { paper << 5 | place }

  private func insert(
    _ reference: PlannedPaper.Reference, _ paper: inout PlannedPaper, _ draws: inout RandomGenerator
  ) {
    paper.references.append(reference)
    paper.references.swapAt(draws.below(paper.references.count), paper.references.count - 1)
  }

  private func drawCited(by paper: PlannedPaper, _ draws: inout RandomGenerator) -> Int? {
    let scope = draws.unit()
    var topic = paper.topic
    var group = paper.group
    if let second = paper.secondTopic, draws.chance(0.5) {
      topic = second
      group = self.group(ofTopic: second, &draws)
    } else if scope >= Self.ownGroup {
      group = scope < Self.ownTopic ? self.group(ofTopic: topic, &draws) : draws.below(Self.groupCount)
    }
    return earlierPaper(ofGroup: group, before: paper.number, classics: 0.5, &draws)
  }

  /// A paper of a group that comes before another; nil where there is none.
  ///
  /// - Parameter classics: share of draws from all earlier blocks instead of the recent ones.
  /// - Complexity: O(1) expected.
  func earlierPaper(
    ofGroup group: Int, before paper: Int, classics: Double, _ draws: inout RandomGenerator
  ) -> Int? {
    let last = paper >> 7
    let isClassic = draws.chance(classics)
    let share = draws.unit()
    var block =
      isClassic
      ? Int(Double(last + 1) * share * share * share.squareRoot())
      : last - Int(Double(min(last + 1, max(4, last >> 3))) * share * share)
    // One bit more with probability 3/4 each.
    var bits = draws.next()
    var power = 0
    while bits & 3 != 0, power < 12 {
      power += 1
      bits >>= 2
    }
    // Each group has its own grid, so that popular blocks differ.
    let shift = group &* 0x9e5 & 0xfff
    let rounded = ((block + shift) >> power) << power - shift
    if rounded >= 0 { block = rounded }
    let found = self.paper(inBlock: block, group: group)
    if found < paper { return found }
    return block > 0 ? self.paper(inBlock: block - 1, group: group) : nil
  }
}
