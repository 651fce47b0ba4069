/// What a synthetic dump holds, so that a reader's report can be compared with it number by number.
///
/// Repeats of a record count in `records` and `duplicates` only; everything else is counted in the first record of each
/// paper. References listed = citations + dangling + selfReferences + repeatedReferences. What a dialect has no room
/// for is 0: a dialect without author ids has `authorsWithoutID` alone. In oag-v2 `records`, `dangling`,
/// `distinctDangling`, `selfReferences` and `repeatedReferences` count both sides, and the rest the graph in which linked
/// entities are one.
public struct PlantedCounts: Sendable, Equatable {
  /// Distinct papers.
  public internal(set) var papers = 0
  /// Well-formed records, repeats included.
  public internal(set) var records = 0
  /// Records that repeat an earlier one byte for byte.
  public internal(set) var duplicates = 0
  /// Lines that hold a cut-off record.
  public internal(set) var badLines = 0
  /// Blank lines and lines of one or two bytes, which are no records and no bad lines.
  public internal(set) var shortLines = 0
  /// Papers that `labels.tsv` names a topic for.
  public internal(set) var labeled = 0
  /// Papers whose year is missing or no year.
  public internal(set) var yearsMissing = 0
  /// Pairs of papers of which one cites the other: not itself, and one that exists.
  public internal(set) var citations = 0
  /// References to papers that do not exist.
  public internal(set) var dangling = 0
  /// Papers that do not exist and are referred to.
  public internal(set) var distinctDangling = 0
  /// References of a paper to itself.
  public internal(set) var selfReferences = 0
  /// References that their record lists already.
  public internal(set) var repeatedReferences = 0
  /// Distinct authors with an id.
  public internal(set) var authors = 0
  /// Author entries without id.
  public internal(set) var authorsWithoutID = 0
  /// Pairs of a paper and an author with an id.
  public internal(set) var authorships = 0
  /// Distinct affiliations; without ids distinct names, `#TAB#` being a space.
  public internal(set) var affiliations = 0
  /// Pairs of an author with an id and an affiliation.
  public internal(set) var affiliatedAuthors = 0
  /// Distinct venues with an id.
  public internal(set) var venues = 0
  /// Records whose venue has a name but no id.
  public internal(set) var venuesWithoutID = 0
  /// Distinct names of venues without id.
  public internal(set) var rawVenues = 0
  /// Papers in a venue with an id.
  public internal(set) var publishedIn = 0
  /// Distinct fields.
  public internal(set) var fields = 0
  /// Pairs of a paper and a field, weight 0 included.
  public internal(set) var topics = 0
  /// What only this dialect has.
  var dialect: DialectCounts

  /// A count of what only some dialects have; 0 in the others.
  public subscript(count: DialectCount) -> Int { dialect[count] }

  /// Every count by its name, in a fixed order.
  public var byName: [(name: String, count: Int)] {
    [
      ("papers", papers), ("records", records), ("duplicates", duplicates), ("badLines", badLines),
      ("shortLines", shortLines), ("labeled", labeled), ("yearsMissing", yearsMissing), ("citations", citations),
      ("dangling", dangling), ("distinctDangling", distinctDangling), ("selfReferences", selfReferences),
      ("repeatedReferences", repeatedReferences), ("authors", authors), ("authorsWithoutID", authorsWithoutID),
      ("authorships", authorships), ("affiliations", affiliations), ("affiliatedAuthors", affiliatedAuthors),
      ("venues", venues), ("venuesWithoutID", venuesWithoutID), ("rawVenues", rawVenues),
      ("publishedIn", publishedIn), ("fields", fields), ("topics", topics),
    ] + dialect.byName
  }
}

/// Counts papers as they are written.
///
/// What is distinct is known by construction (new authors, dangling numbers) or kept in tables of fixed size.
struct PlantedTally {
  var counts: PlantedCounts
  private(set) var usedVenues = UsedNumbers(SyntheticPlan.venueCount)
  private(set) var usedAffiliations = UsedNumbers(SyntheticPlan.affiliationCount)
  private(set) var usedFields = UsedNumbers(SyntheticPlan.fieldCount)
  private var usedRawVenues = UsedNumbers(SyntheticPlan.rawVenueCount)

  init(_ listed: [DialectCount]) { counts = PlantedCounts(dialect: DialectCounts(listed)) }

  /// Counts a paper that was not written before.
  mutating func count(_ paper: PlannedPaper, carrying carried: CarriedFacts) {
    counts.papers += 1
    counts.records += 1
    if paper.isLabeled { counts.labeled += 1 }
    if paper.lacksYear, !carried.contains(.futureYears) || paper.yearForm != .forthcoming { counts.yearsMissing += 1 }
    for reference in paper.references {
      switch reference.kind {
      case .citation: counts.citations += 1
      case .repeated: counts.repeatedReferences += 1
      case .own: counts.selfReferences += 1
      case .dangling:
        counts.dangling += 1
        counts.distinctDangling += 1
      }
    }
    count(paper.authors, carried)
    countVenue(of: paper, carried)
    guard carried.contains(.fields) else { return }
    counts.topics += paper.fields.count
    for field in paper.fields { counts.fields += usedFields.insert(field.number) }
  }

  private mutating func count(_ authors: [PlannedPaper.Author], _ carried: CarriedFacts) {
    let hasIDs = carried.contains(.authorIDs)
    for (place, author) in authors.enumerated() {
      if let affiliation = author.affiliation, carried.contains(.affiliations) {
        counts.affiliations += usedAffiliations.insert(affiliation)
        if hasIDs, author.isNew { counts.affiliatedAuthors += 1 }
      }
      guard hasIDs, let number = author.number else {
        counts.authorsWithoutID += 1
        continue
      }
      if author.isNew { counts.authors += 1 }
      if !authors[..<place].contains(where: { $0.number == number }) { counts.authorships += 1 }
    }
  }

  private mutating func countVenue(of paper: PlannedPaper, _ carried: CarriedFacts) {
    if paper.hasVenueID, carried.contains(.venueIDs) {
      counts.publishedIn += 1
      counts.venues += usedVenues.insert(paper.venue)
    } else if carried.contains(.venueNames) {
      counts.venuesWithoutID += 1
      counts.rawVenues += paper.hasVenueID ? usedVenues.insert(paper.venue) : usedRawVenues.insert(paper.venue)
    }
  }

  /// Counts a repeat of a record.
  mutating func countDuplicate() {
    counts.records += 1
    counts.duplicates += 1
  }

  mutating func countBadLine() { counts.badLines += 1 }
  mutating func countShortLine() { counts.shortLines += 1 }
}

/// Which numbers of a fixed range have come.
struct UsedNumbers {
  private var isUsed: [Bool]

  init(_ count: Int) { isUsed = [Bool](repeating: false, count: count) }

  /// Notes a number.
  ///
  /// - Returns: 1 if it is new, else 0.
  mutating func insert(_ number: Int) -> Int {
    if isUsed[number] { return 0 }
    isUsed[number] = true
    return 1
  }

  /// Whether a number has come.
  func contains(_ number: Int) -> Bool { isUsed[number] }

  /// The numbers that have come, rising.
  var all: [Int] { isUsed.indices.filter { isUsed[$0] } }
}
