import GroveKernels

/// What a paper is about, and where it appears.
extension SyntheticPlan {
  static let venuesPerTopic = 64
  static let venueCount = topicCount * venuesPerTopic
  /// Names of venues that only ever appear without id.
  static let rawVenuesPerTopic = SyntheticTopic.termCount
  static let rawVenueCount = topicCount * rawVenuesPerTopic
  static let fieldsPerTopic = SyntheticTopic.termCount * SyntheticTopic.fieldQualifiers.count
  static let sharedFieldCount = SyntheticTopic.sharedFields.count
  static let fieldCount = sharedFieldCount + topicCount * fieldsPerTopic

  func drawFields(of paper: inout PlannedPaper, _ draws: inout RandomGenerator) {
    paper.fields.removeAll(keepingCapacity: true)
    if draws.chance(0.02) { return }
    for _ in 0..<4 + draws.below(9) {
      let number = drawField(of: paper, &draws)
      if paper.fields.contains(where: { $0.number == number }) { continue }
      paper.fields.append(.init(number: number, weight: draws.chance(0.06) ? 0 : 1 + draws.below(8612)))
    }
  }

  private func drawField(of paper: PlannedPaper, _ draws: inout RandomGenerator) -> Int {
    let scope = draws.unit()
    if scope < 0.45 { return draws.skewed(Self.sharedFieldCount) }
    if scope < 0.6 { return Self.sharedFieldCount + draws.below(Self.topicCount * Self.fieldsPerTopic) }
    let topic = borrowedTopic(of: paper, &draws)
    let field = (draws.skewed(Self.fieldsPerTopic) + paper.group * 37) % Self.fieldsPerTopic
    return Self.sharedFieldCount + topic * Self.fieldsPerTopic + field
  }

  /// The topic that a word or field of a paper is taken from: its own, at times the next one in the ring, which shares
  /// words with it, and for papers between two topics as often the other.
  func borrowedTopic(of paper: PlannedPaper, _ draws: inout RandomGenerator) -> Int {
    let bits = draws.next()
    var topic = paper.topic
    if let second = paper.secondTopic, bits & 1 == 1 { topic = second }
    // 90 / 256 = 35 %.
    return bits >> 8 & 255 < 90 ? (topic + 1) % Self.topicCount : topic
  }

  func drawVenue(of paper: inout PlannedPaper, _ draws: inout RandomGenerator) {
    var topic = paper.topic
    if draws.chance(0.05) { topic = (topic + 1 + draws.below(Self.topicCount - 1)) % Self.topicCount }
    paper.hasVenueID = !draws.chance(0.06)
    paper.venue =
      paper.hasVenueID
      ? topic * Self.venuesPerTopic + draws.skewed(Self.venuesPerTopic)
      : topic * Self.rawVenuesPerTopic + draws.below(Self.rawVenuesPerTopic)
  }
}
