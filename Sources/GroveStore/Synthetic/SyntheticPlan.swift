import GroveKernels

/// The plan of a dump: every paper and author follows from its number by arithmetic and draws of its own, so nothing
/// that grows with the dump is kept.
///
/// Papers come in blocks of 128. A block holds each of 128 groups (communities) once, in an order of its own: an affine
/// map modulo 128, so that "the paper of group g in block b" and "the group of paper i" are both O(1). Groups belong to
/// topics, and every paper introduces one or two authors, which therefore belong to its group.
struct SyntheticPlan {
  static let groupCount = 128
  static let topicCount = SyntheticTopic.all.count
  /// Groups of each topic, so its share of papers in 128ths.
  static let groupsPerTopic = [28, 22, 18, 16, 14, 12, 10, 8]
  static let years = 1990...2024

  /// Authors that papers introduce, by paper number modulo 8, and how many come before.
  private static let introductions = [2, 1, 1, 2, 1, 1, 1, 1]
  private static let introducedBefore = [0, 2, 3, 4, 6, 7, 8, 9, 10]
  private static let introducers = [0, 0, 1, 2, 3, 3, 4, 5, 6, 7]

  let papers: Int
  private let blocks: RandomStream
  private let dirt: RandomStream
  let paperDraws: RandomStream
  let authorDraws: RandomStream
  private let topicOfGroup: [Int]
  private let firstGroup: [Int]

  init(papers: Int, seed: UInt64) {
    self.papers = papers
    let stream = RandomStream(seed: seed)
    blocks = stream.substream(1)
    dirt = stream.substream(2)
    paperDraws = stream.substream(3)
    authorDraws = stream.substream(4)
    topicOfGroup = Self.groupsPerTopic.enumerated().flatMap { Array(repeating: $0, count: $1) }
    firstGroup = Self.groupsPerTopic.indices.map { Self.groupsPerTopic[..<$0].reduce(0, +) }
    precondition(topicOfGroup.count == Self.groupCount, "\(topicOfGroup.count) groups, expected \(Self.groupCount)")
  }

  // MARK: - Papers

  /// The group of a paper.
  ///
  /// - Complexity: O(1).
  func group(of paper: Int) -> Int {
    let order = order(ofBlock: paper >> 7)
    return (order.factor * (paper & 127) + order.shift) & 127
  }

  /// The paper of a group in a block; it may lie beyond the last one.
  ///
  /// - Complexity: O(1).
  func paper(inBlock block: Int, group: Int) -> Int {
    let order = order(ofBlock: block)
    // The factor's inverse modulo 128: right to 3 bits at first, and each step doubles them.
    var inverse = order.factor
    for _ in 0..<2 { inverse = inverse &* (2 &- order.factor &* inverse) }
    return block << 7 | (inverse &* (group - order.shift)) & 127
  }

  private func order(ofBlock block: Int) -> (factor: Int, shift: Int) {
    var draws = blocks.draws(at: block)
    let bits = Int(truncatingIfNeeded: draws.next())
    return (bits & 126 | 1, bits >> 8 & 127)
  }

  func topic(ofGroup group: Int) -> Int { topicOfGroup[group] }

  /// A random group of a topic.
  func group(ofTopic topic: Int, _ draws: inout RandomGenerator) -> Int {
    firstGroup[topic] + draws.below(Self.groupsPerTopic[topic])
  }

  /// The year of a paper: never falling, and more papers in later years.
  func year(of paper: Int) -> Int {
    let share = (Double(paper) / Double(papers)).squareRoot()
    return Self.years.lowerBound + min(Int(share * Double(Self.years.count)), Self.years.count - 1)
  }

  /// Kinds of dirt that befall one record in each run of `period`.
  enum Mishap: Int {
    case duplicate = 1, badLine, blankLine, shortLine
    /// Records a mishap.
    var period: Int { [0, 100, 1000, 250, 400][rawValue] }
  }

  /// Whether a mishap comes after a paper's record.
  func has(_ mishap: Mishap, after paper: Int) -> Bool {
    let (run, place) = paper.quotientAndRemainder(dividingBy: mishap.period)
    var draws = dirt.substream(mishap.rawValue).draws(at: run)
    return draws.below(mishap.period) == place
  }

  /// How often a mishap comes in the whole dump.
  ///
  /// - Complexity: O(its period).
  func count(of mishap: Mishap) -> Int {
    let runs = papers / mishap.period
    return runs + (runs * mishap.period..<papers).count { has(mishap, after: $0) }
  }

  /// Draws about the record after a paper that repeats an earlier one.
  func mishapDraws(after paper: Int) -> RandomGenerator { dirt.draws(at: paper) }

  /// Plans a paper anew in a value that is used again and again.
  func plan(_ number: Int, into paper: inout PlannedPaper) {
    precondition((0..<papers).contains(number), "paper \(number) of \(papers)")
    var draws = paperDraws.draws(at: number)
    paper.number = number
    paper.group = group(of: number)
    paper.topic = topic(ofGroup: paper.group)
    paper.secondTopic = draws.chance(0.1) ? draws.below(Self.topicCount) : nil
    paper.year = year(of: number)
    paper.yearForm = Self.yearForm(&draws)
    paper.isLabeled = draws.chance(0.9)
    drawReferences(of: &paper, &draws)
    drawAuthors(of: &paper, &draws)
    drawFields(of: &paper, &draws)
    drawVenue(of: &paper, &draws)
  }

  private static func yearForm(_ draws: inout RandomGenerator) -> PlannedPaper.YearForm {
    switch draws.below(1000) {
    case ..<5: .empty
    case ..<9: .zero
    case ..<12: .minusOne
    case ..<16: .forthcoming
    case ..<18: .null
    case ..<30: .text
    case ..<36: .decimal
    default: .number
    }
  }

  // MARK: - Authors

  /// How many authors the papers before a number introduce; so also the first author that it introduces itself.
  func authors(before paper: Int) -> Int { (paper >> 3) * 10 + Self.introducedBefore[paper & 7] }

  /// How many authors a paper introduces.
  func introductions(of paper: Int) -> Int { Self.introductions[paper & 7] }

  /// The paper that introduces an author.
  func introducer(of author: Int) -> Int { (author / 10) << 3 | Self.introducers[author % 10] }
}
