import GroveKernels

/// Tables of the Microsoft Academic Graph: tab-separated columns without header, quoting or escapes.
///
/// A quotation mark is a letter; what is unknown is empty, the author of an entry without id too. Some rows of papers
/// and journals have a column more. A bad line is a row cut short or one of a paper without id. Only the row in
/// `Papers.txt` is repeated for a duplicate.
///
/// - Source: specification of the OAG formats, section 1.6.
struct MAGTables: SyntheticDialect {
  static let files = [
    "Papers.txt", "PaperReferences.txt", "PaperAuthorAffiliations.txt", "Authors.txt", "Affiliations.txt",
    "FieldsOfStudy.txt", "PaperFieldsOfStudy.txt", "FieldOfStudyChildren.txt", "Journals.txt", "ConferenceSeries.txt",
    "PaperAbstractsInvertedIndex.txt.1",
  ]
  static let carried: CarriedFacts = .all
  static let counted: [DialectCount] = [
    .impossibleYears, .referenceRows, .authorRows, .fieldRows, .fieldChildren, .abstractRows, .authorRecords, .longRows,
    .quotedRows,
  ]
  static let mishaps: [SyntheticPlan.Mishap] = [.duplicate, .badLine]

  let contents: SyntheticContents
  private var index = TokenIndex()
  private var listedFields = UsedNumbers(SyntheticPlan.fieldCount)

  init(contents: SyntheticContents) { self.contents = contents }

  func append(labeledID paper: Int, to text: inout ByteText) {
    text.append(decimal: contents.ids.integer(.paper, paper))
  }

  mutating func append(
    _ paper: PlannedPaper, isFirst: Bool, to texts: inout [ByteText], _ counts: inout DialectCounts
  ) {
    let id = contents.ids.integer(.paper, paper.number)
    append(rowOf: paper, to: &texts[0], &counts)
    for reference in paper.references {
      texts[1].append(decimal: id)
      texts[1].tab()
      texts[1].append(decimal: contents.integer(reference))
      texts[1].append("\n")
      counts.add(.referenceRows)
    }
    append(authorsOf: paper, id, to: &texts[2], &counts)
    for field in paper.fields {
      texts[6].append(decimal: id)
      texts[6].tab()
      texts[6].append(decimal: contents.ids.integer(.field, field.number))
      texts[6].tab()
      texts[6].append(tenThousandths: field.weight)
      texts[6].append("\n")
      counts.add(.fieldRows)
    }
    guard index.read(abstractOf: paper, in: contents) else { return }
    texts[10].append(decimal: id)
    texts[10].tab()
    index.append(wrappedTo: &texts[10], gap: paper.number % 16 == 0 ? 3 : 0)
    texts[10].append("\n")
    counts.add(.abstractRows)
  }

  mutating func appendRepeat(of paper: PlannedPaper, to texts: inout [ByteText]) {
    var counts = DialectCounts([])
    append(rowOf: paper, to: &texts[0], &counts)
  }

  mutating func appendBadRecord(of paper: PlannedPaper, to texts: inout [ByteText]) {
    var draws = contents.plan.mishapDraws(after: paper.number)
    let id = contents.ids.integer(.paper, paper.number)
    switch draws.below(4) {
    case 0:
      texts[1].append(decimal: id)
      texts[1].append("\n")
    case 1:
      texts[2].append(decimal: id)
      texts[2].tab()
      texts[2].append(decimal: contents.ids.integer(.author, 0))
      texts[2].append("\n")
    case 2:
      texts[0].append("\t20000\t\tJournal\tkeyless\tKeyless")
      for _ in 6..<26 { texts[0].tab() }
      texts[0].append("\n")
    default:
      texts[0].append(decimal: id)
      texts[0].append("\t20000\t\tJournal\n")
    }
  }

  // MARK: - Papers

  /// 26 columns, or 27 as in newer dumps.
  private func append(rowOf paper: PlannedPaper, to text: inout ByteText, _ counts: inout DialectCounts) {
    var draws = contents.formDraws(of: paper)
    let facts = contents.facts(of: paper)
    text.append(decimal: contents.ids.integer(.paper, paper.number))
    text.tab()
    text.append(decimal: 18_000 + draws.below(8_000))
    text.tab()
    if facts.hasDOI { contents.append(doiOf: paper.number, to: &text) }
    text.tab()
    let isJournal = contents.names.isJournal(paper.venue)
    if paper.hasVenueID { text.append(isJournal ? "Journal" : "Conference") }
    text.tab()
    append(titlesOf: paper, to: &text, &counts)
    text.append("\t\t")
    append(yearOf: paper, to: &text, &counts)
    text.append("\t\t")
    if facts.hasPublisher { text.append("Imaginary Press") }
    text.tab()
    if paper.hasVenueID, isJournal { text.append(decimal: contents.ids.integer(.venue, paper.venue)) }
    text.tab()
    if paper.hasVenueID, !isJournal { text.append(decimal: contents.ids.integer(.venue, paper.venue)) }
    text.append("\t\t")
    if let edition = facts.edition { text.append(decimal: edition.volume) }
    text.tab()
    if let edition = facts.edition { text.append(decimal: edition.issue) }
    text.tab()
    if let pages = facts.pages { text.append(decimal: pages.first) }
    text.tab()
    if let pages = facts.pages { text.append(decimal: pages.last) }
    text.tab()
    text.append(decimal: paper.references.count)
    text.tab()
    text.append(decimal: facts.citationCount)
    text.tab()
    text.append(decimal: facts.citationCount)
    text.tab()
    contents.append(venueNameOf: paper, to: &text)
    text.append("\t\t\t\t")
    if draws.chance(0.9) { text.append("2016-06-24") }
    if draws.chance(0.004) {
      text.append("\t0")
      counts.add(.longRows)
    }
    text.append("\n")
  }

  /// The title in small letters, then as it is.
  private func append(titlesOf paper: PlannedPaper, to text: inout ByteText, _ counts: inout DialectCounts) {
    let start = text.count
    contents.append(titleOf: paper, to: &text)
    text.unescape(from: start)
    text.lowercase(from: start)
    text.tab()
    let second = text.count
    contents.append(titleOf: paper, to: &text)
    text.unescape(from: second)
    if text.contains(UInt8(ascii: "\""), from: second) { counts.add(.quotedRows) }
  }

  private func append(yearOf paper: PlannedPaper, to text: inout ByteText, _ counts: inout DialectCounts) {
    if let year = paper.knownYear {
      text.append(decimal: year)
      text.tab()
      text.append(decimal: year)
      return text.append("-01-01")
    }
    if paper.yearForm == .zero || paper.yearForm == .minusOne {
      text.append(paper.yearForm == .zero ? "0" : "-1")
      counts.add(.impossibleYears)
    }
    text.tab()
  }

  private func append(
    authorsOf paper: PlannedPaper, _ id: Int, to text: inout ByteText, _ counts: inout DialectCounts
  ) {
    var draws = contents.formDraws(of: paper)
    for (place, author) in paper.authors.enumerated() {
      text.append(decimal: id)
      text.tab()
      if let number = author.number { text.append(decimal: contents.ids.integer(.author, number)) }
      text.tab()
      if let affiliation = author.affiliation {
        text.append(decimal: contents.ids.integer(.affiliation, affiliation))
      }
      text.tab()
      text.append(decimal: place + 1)
      text.tab()
      let isQuoted = draws.chance(0.01)
      if isQuoted {
        text.append("\"")
        counts.add(.quotedRows)
      }
      let start = text.count
      contents.names.append(person: author.name, to: &text)
      text.tab()
      if let affiliation = author.affiliation { contents.names.append(affiliation: affiliation, to: &text) }
      text.unescape(from: start)
      text.append("\n")
      counts.add(.authorRows)
    }
  }

  // MARK: - The other entities

  mutating func append(_ entity: SyntheticEntity, to texts: inout [ByteText], _ counts: inout DialectCounts) {
    switch entity {
    case .author(let number):
      append(author: number, to: &texts[3])
      counts.add(.authorRecords)
    case .affiliation(let number): append(affiliation: number, to: &texts[4])
    case .field(let number): append(field: number, to: &texts, &counts)
    case .venue(let number):
      if contents.names.isJournal(number) {
        append(journal: number, to: &texts[8], &counts)
      } else {
        append(.venue, number, to: &texts[9]) { contents.names.append(venue: number, to: &$0) }
        texts[9].append("\t1\t1\t0\t2016-06-24\n")
      }
    }
  }

  /// Adds id, rank, normalized name and name.
  private func append(
    _ kind: SyntheticIDs.Kind, _ number: Int, to text: inout ByteText, _ name: (inout ByteText) -> Void
  ) {
    text.append(decimal: contents.ids.integer(kind, number))
    text.append("\t20000\t")
    let start = text.count
    name(&text)
    text.unescape(from: start)
    text.lowercase(from: start)
    text.tab()
    let second = text.count
    name(&text)
    text.unescape(from: second)
  }

  private func append(author number: Int, to text: inout ByteText) {
    append(.author, number, to: &text) { contents.names.append(person: contents.plan.name(of: number), to: &$0) }
    text.tab()
    if let affiliation = contents.plan.affiliation(of: number) {
      text.append(decimal: contents.ids.integer(.affiliation, affiliation))
    }
    text.append("\t1\t1\t0\t2016-06-24\n")
  }

  private func append(affiliation number: Int, to text: inout ByteText) {
    append(.affiliation, number, to: &text) { contents.names.append(affiliation: number, to: &$0) }
    text.append("\t\t\t\t1\t1\t0\t\t\t\t2016-06-24\n")
  }

  private func append(journal number: Int, to text: inout ByteText, _ counts: inout DialectCounts) {
    append(.venue, number, to: &text) { contents.names.append(venue: number, to: &$0) }
    text.append("\t\tImaginary")
    // Publishers of early dumps hold tabs.
    let isLong = number % 7 == 2
    if isLong { counts.add(.longRows) }
    text.append(isLong ? "\tPress" : " Press")
    text.append("\t\t1\t1\t0\t2016-06-24\n")
  }

  private mutating func append(field number: Int, to texts: inout [ByteText], _ counts: inout DialectCounts) {
    append(.field, number, to: &texts[5]) { contents.names.append(field: number, to: &$0) }
    texts[5].append("\t\t")
    texts[5].append(decimal: FieldTree.level(of: number))
    texts[5].append("\t1\t1\t0\t2016-06-24\n")
    _ = listedFields.insert(number)
    guard let parent = FieldTree.parent(of: number), listedFields.contains(parent) else { return }
    texts[7].append(decimal: contents.ids.integer(.field, parent))
    texts[7].tab()
    texts[7].append(decimal: contents.ids.integer(.field, number))
    texts[7].append("\n")
    counts.add(.fieldChildren)
  }
}

extension ByteText {
  /// Adds the border between two columns.
  mutating func tab() { append(UInt8(ascii: "\t")) }
}
