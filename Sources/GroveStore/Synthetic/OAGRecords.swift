import GroveKernels

/// Records of OAG v3: JSON lines with 24-digit ids.
struct OAGRecords: FramedDialect {
  static let files = [
    "v3_oag_publication_1.json", "v3_oag_author.json", "v3_oag_affiliation.json", "v3_oag_venue.json",
  ]
  static let listsFiles = false

  let contents: SyntheticContents

  func append(labeledID paper: Int, to text: inout ByteText) { contents.ids.append(.paper, paper, to: &text) }

  func append(record paper: PlannedPaper, to text: inout ByteText, _ counts: inout DialectCounts) {
    var draws = contents.wordDraws(of: paper)
    let plan = contents.plan
    text.append(#"{"id":""#)
    contents.ids.append(.paper, paper.number, to: &text)
    text.append(#"","title":""#)
    contents.words.append(titleOf: paper, in: plan, &draws, to: &text)
    text.append(#"","abstract":"#)
    if draws.chance(0.25) {
      contents.appendNothing(&draws, to: &text)
    } else {
      text.append(UInt8(ascii: "\""))
      contents.words.append(abstractOf: paper, length: 40 + draws.below(120), in: plan, &draws, to: &text)
      text.append(UInt8(ascii: "\""))
    }
    append(keywordsOf: paper, &draws, to: &text)
    contents.append(yearOf: paper, to: &text)
    text.append(#","authors":["#)
    for (place, author) in paper.authors.enumerated() {
      if place > 0 { text.append(UInt8(ascii: ",")) }
      append(author, &draws, to: &text)
    }
    append(referencesOf: paper, &draws, to: &text)
    contents.append(doiOf: paper, known: 0.6, &draws, to: &text)
    append(venueOf: paper, &draws, to: &text)
    contents.append(citationCountOf: paper, &draws, to: &text)
    if !paper.fields.isEmpty || draws.chance(0.5) { contents.append(fieldsOf: paper, to: &text) }
    if draws.chance(0.01) { text.append(#","extra":{"a":[1,{"b":null}]}"#) }
    text.append(UInt8(ascii: "}"))
  }

  /// Keywords repeat fields of the record, so that a reader may take either or both for its topics.
  private func append(keywordsOf paper: PlannedPaper, _ draws: inout RandomGenerator, to text: inout ByteText) {
    text.append(#","keywords":["#)
    for place in 0..<min(draws.below(6), paper.fields.count) {
      text.append(place == 0 ? "\"" : ",\"")
      contents.names.append(field: paper.fields[place].number, to: &text)
      text.append(UInt8(ascii: "\""))
    }
    text.append(UInt8(ascii: "]"))
  }

  private func append(_ author: PlannedPaper.Author, _ draws: inout RandomGenerator, to text: inout ByteText) {
    text.append(#"{"id":""#)
    if let number = author.number { contents.ids.append(.author, number, to: &text) }
    text.append(#"","name":""#)
    contents.names.append(person: author.name, to: &text)
    text.append(#"","org":"#)
    guard let affiliation = author.affiliation else {
      contents.appendNothing(&draws, to: &text)
      text.append(#","org_id":"#)
      contents.appendNothing(&draws, to: &text)
      return text.append(UInt8(ascii: "}"))
    }
    text.append(UInt8(ascii: "\""))
    contents.names.append(affiliation: affiliation, to: &text)
    text.append(#"","org_id":""#)
    contents.ids.append(.affiliation, affiliation, to: &text)
    text.append(#""}"#)
  }

  private func append(referencesOf paper: PlannedPaper, _ draws: inout RandomGenerator, to text: inout ByteText) {
    text.append(#"],"references":["#)
    for (place, reference) in paper.references.enumerated() {
      text.append(place == 0 ? "\"" : ",\"")
      // A repeated reference differs in case at times.
      let uppercase = draws.chance(reference.kind == .repeated ? 0.5 : 0.02)
      contents.ids.append(
        reference.kind == .dangling ? .absentPaper : .paper, reference.number, uppercase: uppercase, to: &text)
      text.append(UInt8(ascii: "\""))
    }
    text.append(UInt8(ascii: "]"))
  }

  private func append(venueOf paper: PlannedPaper, _ draws: inout RandomGenerator, to text: inout ByteText) {
    text.append(#","venue":""#)
    if paper.hasVenueID {
      contents.names.append(venue: paper.venue, to: &text)
      text.append(#"","venue_id":""#)
      contents.ids.append(.venue, paper.venue, to: &text)
      text.append(UInt8(ascii: "\""))
    } else {
      contents.names.append(rawVenue: paper.venue, to: &text)
      text.append(UInt8(ascii: "\""))
      if draws.chance(0.1) { return }
      text.append(#","venue_id":"#)
      contents.appendNothing(&draws, to: &text)
    }
  }

  // MARK: - The other entities, a line each

  func append(_ entity: SyntheticEntity, to texts: inout [ByteText], _ counts: inout DialectCounts) {
    switch entity {
    case .author(let number): append(author: number, to: &texts[1])
    case .affiliation(let number): append(affiliation: number, to: &texts[2])
    case .venue(let number): append(venue: number, to: &texts[3])
    case .field: break
    }
  }

  private func append(author number: Int, to text: inout ByteText) {
    text.append(#"{"id":""#)
    contents.ids.append(.author, number, to: &text)
    text.append(#"","name":""#)
    contents.names.append(person: contents.plan.name(of: number), to: &text)
    text.append(#"","org":""#)
    if let affiliation = contents.plan.affiliation(of: number) {
      contents.names.append(affiliation: affiliation, to: &text)
    }
    text.append("\"}\n")
  }

  private func append(affiliation number: Int, to text: inout ByteText) {
    text.append(#"{"id":""#)
    contents.ids.append(.affiliation, number, to: &text)
    text.append(#"","DisplayName":""#)
    contents.names.append(affiliation: number, to: &text)
    text.append("\"}\n")
  }

  private func append(venue number: Int, to text: inout ByteText) {
    text.append(#"{"id":""#)
    contents.ids.append(.venue, number, to: &text)
    text.append(#"","DisplayName":""#)
    contents.names.append(venue: number, to: &text)
    text.append("\"}\n")
  }
}
