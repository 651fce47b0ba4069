import GroveKernels

/// Works of OpenAlex in two parts, the older forms in the earlier one.
///
/// The earlier part has abstracts with their length, numbers for subfields, `raw_affiliation_string` and `mag` as a
/// string; the later one bare abstracts, `raw_affiliation_strings`, `mag` as a number and addresses for three of five
/// subfields. What is forthcoming has the year 2029. Concepts are the planted fields; topics are up to three of the
/// terms that the fields are made of. A venue without id is no source.
///
/// - Source: specification of the OAG formats, section 1.7.
struct OpenAlexRecords: FramedDialect {
  static let files = [
    "data/works/updated_date=2023-05-17/part_000.gz", "data/works/updated_date=2024-06-10/part_000.gz",
    "data/authors/updated_date=2024-06-10/part_000.gz", "data/sources/updated_date=2024-06-10/part_000.gz",
    "data/institutions/updated_date=2024-06-10/part_000.gz", "data/concepts/updated_date=2024-06-10/part_000.gz",
    "data/topics/updated_date=2024-06-10/part_000.gz", "data/merged_ids/works/2024-06-11.csv.gz",
  ]
  static let carried: CarriedFacts = [.authorIDs, .affiliations, .venueIDs, .fields, .futureYears]
  static let counted: [DialectCount] = [
    .mergedWorks, .mergedRecords, .deletedWorks, .deletedRecords, .referencesToMerged, .referencesToDeleted,
    .futureYears, .worksWithoutSource, .wrappedAbstracts, .bareAbstracts, .numericSubfields, .addressSubfields,
    .topicAssignments, .distinctTopics, .authorRecords,
  ]
  static let mishaps: [SyntheticPlan.Mishap] = [.duplicate, .badLine, .blankLine]
  /// The work that deleted works are merged into.
  static let deleted = 4_285_719_527

  let contents: SyntheticContents
  private var index = TokenIndex()
  var usedTerms = UsedNumbers(FieldTree.termCount)

  init(contents: SyntheticContents) { self.contents = contents }

  func file(of paper: Int) -> Int { paper * 5 < contents.plan.papers * 2 ? 0 : 1 }

  func append(labeledID paper: Int, to text: inout ByteText) {
    text.append(UInt8(ascii: "W"))
    text.append(decimal: contents.ids.integer(.paper, paper))
  }

  func open(_ texts: inout [ByteText], _ counts: inout DialectCounts) {
    texts[7].append("merge_date,id,merge_into_id\n")
  }

  mutating func append(
    _ paper: PlannedPaper, isFirst: Bool, to texts: inout [ByteText], _ counts: inout DialectCounts
  ) {
    let file = file(of: paper.number)
    append(record: paper, to: &texts[file], &counts)
    texts[file].append(Self.after)
    appendMerges(of: paper, to: &texts, &counts)
  }

  mutating func appendRepeat(of paper: PlannedPaper, to texts: inout [ByteText]) {
    var counts = DialectCounts([])
    let file = file(of: paper.number)
    append(record: paper, to: &texts[file], &counts)
    texts[file].append(Self.after)
  }

  mutating func append(record paper: PlannedPaper, to text: inout ByteText, _ counts: inout DialectCounts) {
    append(paper, as: contents.ids.integer(.paper, paper.number), to: &text, &counts)
  }

  // MARK: - Works

  mutating func append(
    _ paper: PlannedPaper, as id: Int, to text: inout ByteText, _ counts: inout DialectCounts
  ) {
    var draws = contents.formDraws(of: paper)
    let facts = contents.facts(of: paper)
    let isOld = file(of: paper.number) == 0
    text.append(#"{"id":"https://openalex.org/W"#)
    text.append(decimal: id)
    text.append(#"","doi":"#)
    if facts.hasDOI {
      text.append(#""https://doi.org/"#)
      contents.append(doiOf: paper.number, to: &text)
      text.append(UInt8(ascii: "\""))
    } else {
      text.append("null")
    }
    text.append(#","title":""#)
    contents.append(titleOf: paper, to: &text)
    text.append(#"","display_name":""#)
    contents.append(titleOf: paper, to: &text)
    text.append(UInt8(ascii: "\""))
    append(yearOf: paper, to: &text, &counts)
    text.append(#","ids":{"openalex":"https://openalex.org/W"#)
    text.append(decimal: id)
    text.append(isOld ? #"","mag":""# : #"","mag":"#)
    text.append(decimal: id)
    text.append(isOld ? #""},"language":"en""# : #"},"language":"en""#)
    append(locationOf: paper, to: &text, &counts)
    text.append(#","authorships":["#)
    for place in paper.authors.indices { append(authorshipOf: paper, place, isOld, to: &text) }
    text.append(#"],"concepts":["#)
    for (place, field) in paper.fields.enumerated() {
      if place > 0 { text.append(UInt8(ascii: ",")) }
      append(conceptOf: field, to: &text)
    }
    text.append(UInt8(ascii: "]"))
    append(topicsOf: paper, isOld, &draws, to: &text, &counts)
    append(referencesOf: paper, &draws, to: &text, &counts)
    text.append(#","cited_by_count":"#)
    text.append(decimal: facts.citationCount)
    text.append(#","counts_by_year":[],"is_retracted":false,"is_paratext":false,"mesh":[],"abstract_inverted_index":"#)
    append(abstractOf: paper, isOld, to: &text, &counts)
    text.append(isOld ? #","updated_date":"2023-05-17"}"# : #","updated_date":"2024-06-10"}"#)
  }

  private func append(yearOf paper: PlannedPaper, to text: inout ByteText, _ counts: inout DialectCounts) {
    var year = paper.knownYear
    if paper.yearForm == .forthcoming {
      year = 2029
      counts.add(.futureYears)
    }
    guard let year else { return text.append(#","publication_year":null,"publication_date":null"#) }
    text.append(#","publication_year":"#)
    text.append(decimal: year)
    contents.append(#","publication_date":""#, text: year, to: &text)
    text.truncate(to: text.count - 1)
    text.append(#"-01-01""#)
  }

  private func append(locationOf paper: PlannedPaper, to text: inout ByteText, _ counts: inout DialectCounts) {
    text.append(#","primary_location":{"is_oa":false,"landing_page_url":null,"pdf_url":null,"source":"#)
    guard paper.hasVenueID else {
      counts.add(.worksWithoutSource)
      return text.append(#"null},"type":"article""#)
    }
    text.append(#"{"id":"https://openalex.org/S"#)
    text.append(decimal: contents.ids.integer(.venue, paper.venue))
    text.append(#"","display_name":""#)
    contents.names.append(venue: paper.venue, to: &text)
    text.append(#"","issn_l":null,"issn":null,"host_organization":null,"type":""#)
    text.append(contents.names.isJournal(paper.venue) ? "journal" : "conference")
    text.append(#""}},"type":"article""#)
  }

  private func append(authorshipOf paper: PlannedPaper, _ place: Int, _ isOld: Bool, to text: inout ByteText) {
    let author = paper.authors[place]
    if place > 0 { text.append(UInt8(ascii: ",")) }
    text.append(#"{"author_position":""#)
    text.append(place == 0 ? "first" : place == paper.authors.count - 1 ? "last" : "middle")
    text.append(#"","author":{"id":"#)
    if let number = author.number {
      text.append(authorID: contents.ids.integer(.author, number))
    } else {
      text.append("null")
    }
    text.append(#","display_name":""#)
    contents.names.append(person: author.name, to: &text)
    text.append(#"","orcid":null},"institutions":["#)
    if let affiliation = author.affiliation { append(institution: affiliation, to: &text) }
    text.append(#"],"is_corresponding":false,"raw_author_name":""#)
    contents.names.append(person: author.name, to: &text)
    text.append(isOld ? #"","raw_affiliation_string":"# : #"","raw_affiliation_strings":["#)
    if let affiliation = author.affiliation {
      text.append(UInt8(ascii: "\""))
      contents.names.append(affiliation: affiliation, to: &text)
      text.append(UInt8(ascii: "\""))
    } else if isOld {
      text.append("null")
    }
    text.append(isOld ? "}" : "]}")
  }

  private func append(conceptOf field: PlannedPaper.Field, to text: inout ByteText) {
    append(concept: field.number, to: &text)
    text.append(#","score":"#)
    if field.weight == 0 { text.append("0") } else { text.append(tenThousandths: field.weight) }
    text.append(UInt8(ascii: "}"))
  }

  private mutating func append(
    topicsOf paper: PlannedPaper, _ isOld: Bool, _ draws: inout RandomGenerator, to text: inout ByteText,
    _ counts: inout DialectCounts
  ) {
    text.append(#","topics":["#)
    var terms: [Int] = []
    for field in paper.fields where terms.count < 3 {
      guard let term = FieldTree.term(of: field.number), !terms.contains(term) else { continue }
      if !terms.isEmpty { text.append(UInt8(ascii: ",")) }
      terms.append(term)
      let isNumber = isOld || draws.chance(0.4)
      append(topic: term, subfieldIsNumber: isNumber, to: &text)
      text.append(#","score":0.9}"#)
      counts.add(isNumber ? .numericSubfields : .addressSubfields)
      counts.add(.topicAssignments)
      counts.add(.distinctTopics, usedTerms.insert(term))
    }
    text.append(UInt8(ascii: "]"))
  }

  private func append(
    referencesOf paper: PlannedPaper, _ draws: inout RandomGenerator, to text: inout ByteText,
    _ counts: inout DialectCounts
  ) {
    text.append(#","referenced_works":["#)
    var isFirst = true
    func add(_ id: Int) {
      text.append(isFirst ? #""https://openalex.org/W"# : #","https://openalex.org/W"#)
      text.append(decimal: id)
      text.append(UInt8(ascii: "\""))
      isFirst = false
    }
    for reference in paper.references {
      if reference.kind == .citation, draws.chance(0.4), isMerged(reference.number) {
        add(mergedID(of: reference.number))
        counts.add(.referencesToMerged)
      } else {
        add(contents.integer(reference))
      }
    }
    if paper.number > 0, draws.chance(0.25) {
      for _ in 0..<8 {
        let earlier = draws.below(paper.number)
        guard isDeleted(earlier) else { continue }
        add(deletedID(of: earlier))
        counts.add(.referencesToDeleted)
        break
      }
    }
    text.append(#"],"related_works":[]"#)
  }

  private mutating func append(
    abstractOf paper: PlannedPaper, _ isOld: Bool, to text: inout ByteText, _ counts: inout DialectCounts
  ) {
    guard index.read(abstractOf: paper, in: contents) else { return text.append("null") }
    if isOld { index.append(wrappedTo: &text) } else { index.append(to: &text) }
    counts.add(isOld ? .wrappedAbstracts : .bareAbstracts)
  }
}
