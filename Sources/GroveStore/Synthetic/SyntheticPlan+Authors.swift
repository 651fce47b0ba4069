import GroveKernels

/// Who writes a paper, what they are called and where they work.
extension SyntheticPlan {
  static let affiliationsPerGroup = 8
  static let affiliationCount = groupCount * affiliationsPerGroup

  func drawAuthors(of paper: inout PlannedPaper, _ draws: inout RandomGenerator) {
    paper.authors.removeAll(keepingCapacity: true)
    let first = authors(before: paper.number)
    for author in first..<first + introductions(of: paper.number) {
      paper.authors.append(entry(of: author, isNew: true))
    }
    let known = [0, 0, 0, 0, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4][draws.below(20)]
    for _ in 0..<known { addKnownAuthor(to: &paper, &draws) }
    if paper.authors.count < 6, draws.chance(0.04) {
      paper.authors.append(
        .init(number: nil, name: Int(draws.next() >> 33), affiliation: nil, isNew: false))
    }
    if paper.authors.count < 6, draws.chance(0.003) {
      var again = paper.authors[0]
      again.isNew = false
      paper.authors.append(again)
    }
    // The newcomers are not always named first.
    paper.authors.swapAt(0, draws.below(paper.authors.count))
  }

  /// Someone of the community as a rule, else of the topic, else anyone.
  private func addKnownAuthor(to paper: inout PlannedPaper, _ draws: inout RandomGenerator) {
    let scope = draws.unit()
    let group =
      scope < 0.8
      ? paper.group : scope < 0.95 ? group(ofTopic: paper.topic, &draws) : draws.below(Self.groupCount)
    guard let earlier = earlierPaper(ofGroup: group, before: paper.number, classics: 0.1, &draws) else { return }
    let author = authors(before: earlier)
    if paper.authors.contains(where: { $0.number == author }) { return }
    var entry = entry(of: author, isNew: false)
    if draws.chance(0.2) { entry.affiliation = nil }
    paper.authors.append(entry)
  }

  private func entry(of author: Int, isNew: Bool) -> PlannedPaper.Author {
    .init(number: author, name: name(of: author), affiliation: affiliation(of: author), isNew: isNew)
  }

  /// What an author's name is made of.
  ///
  /// In each forty authors three are homonyms of earlier ones: one name of two authors and one of three.
  func name(of author: Int) -> Int {
    switch author % 40 {
    case 1, 21: author >= 50 ? author - 50 : author
    case 13: author >= 102 ? author - 102 : author
    default: author
    }
  }

  /// Where an author works, if that is known: as a rule at one of the places of the author's group.
  func affiliation(of author: Int) -> Int? {
    var draws = authorDraws.draws(at: author)
    let scope = draws.unit()
    if scope < 0.15 { return nil }
    let group = scope < 0.9 ? group(of: introducer(of: author)) : draws.below(Self.groupCount)
    return group * Self.affiliationsPerGroup + draws.skewed(Self.affiliationsPerGroup)
  }
}
