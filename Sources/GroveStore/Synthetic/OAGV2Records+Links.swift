import GroveKernels

/// Authors, venues and links of OAG v2, and what is counted where two sides tell the same.
extension OAGV2Records {
  // MARK: - Links

  /// A paper on both sides has a pair and now and then a second one, to nothing; so have some on MAG's side alone.
  ///
  /// The id of nothing comes behind the right one in every order, so that readers that take the first or the least of
  /// two agree.
  func appendLinks(
    of paper: PlannedPaper, _ sides: Sides, to text: inout ByteText, _ counts: inout DialectCounts
  ) {
    guard sides.contains(.mag) else { return }
    var draws = contents.formDraws(of: paper)
    let isText = draws.chance(0.3)
    let id = contents.ids.integer(.paper, paper.number)
    let nobody = paper.number << 5 | 31
    func add(_ kind: SyntheticIDs.Kind, _ number: Int) {
      if isText { counts.add(.textualLinks) }
      append(mid: id, isText: isText, kind, number, to: &text)
    }
    if sides.contains(.aminer) {
      add(.paper, paper.number)
      counts.add(.paperLinks)
      if draws.chance(0.01), contents.ids.isOrdered(.paper, paper.number, before: .absentPaper, nobody) {
        add(.absentPaper, nobody)
        counts.add(.conflictingLinks)
      }
    } else if draws.chance(0.05) {
      add(.absentPaper, nobody)
      counts.add(.danglingLinks)
    }
  }

  private func append(mid: Int, isText: Bool, _ kind: SyntheticIDs.Kind, _ number: Int, to text: inout ByteText) {
    text.append(isText ? #"{"mid":""# : #"{"mid":"#)
    text.append(decimal: mid)
    text.append(isText ? #"","aid":""# : #","aid":""#)
    contents.ids.append(kind, number, to: &text)
    text.append("\"}\n")
  }

  // MARK: - Authors and venues

  func append(_ entity: SyntheticEntity, to texts: inout [ByteText], _ counts: inout DialectCounts) {
    switch entity {
    case .author(let number):
      append(author: number, on: .aminer, to: &texts[2])
      append(author: number, on: .mag, to: &texts[3])
      append(mid: contents.ids.integer(.author, number), isText: true, .author, number, to: &texts[7])
      counts.add(.authorLinks)
    case .venue(let number):
      append(venue: number, on: .aminer, to: &texts[4])
      append(venue: number, on: .mag, to: &texts[5])
      append(mid: contents.ids.integer(.venue, number), isText: false, .venue, number, to: &texts[8])
      counts.add(.venueLinks)
    case .affiliation, .field: break
    }
  }

  private func append(author number: Int, on side: Sides, to text: inout ByteText) {
    let isAMiner = side == .aminer
    text.append(isAMiner ? #"{"id":""# : #"{"id":"#)
    append(.author, number, isAMiner, to: &text)
    text.append(isAMiner ? #"","name":""# : #","name":""#)
    contents.names.append(person: contents.plan.name(of: number), to: &text)
    text.append(#"","normalized_name":""#)
    let start = text.count
    contents.names.append(person: contents.plan.name(of: number), to: &text)
    text.lowercase(from: start)
    text.append(UInt8(ascii: "\""))
    if let affiliation = contents.plan.affiliation(of: number) {
      if isAMiner {
        text.append(#","orgs":[""#)
        contents.names.append(affiliation: affiliation, to: &text)
        text.append(#""]"#)
      }
      text.append(#","org":""#)
      contents.names.append(affiliation: affiliation, to: &text)
      text.append(UInt8(ascii: "\""))
    }
    if isAMiner { text.append(#","position":"","h_index":1,"tags":[{"t":"Computer science","w":1}]"#) }
    let first = contents.plan.introducer(of: number)
    let isThere = sides(of: first).contains(side)
    text.append(isThere ? #","n_citation":0,"n_pubs":1,"pubs":[{"i":"# : #","n_citation":0,"n_pubs":0,"pubs":["#)
    if isThere {
      if isAMiner { text.append(UInt8(ascii: "\"")) }
      append(.paper, first, isAMiner, to: &text)
      if isAMiner { text.append(UInt8(ascii: "\"")) }
      text.append(isAMiner ? #","r":0}"# : #","r":1}"#)
    }
    text.append("]}\n")
  }

  private func append(_ kind: SyntheticIDs.Kind, _ number: Int, _ isAMiner: Bool, to text: inout ByteText) {
    if isAMiner {
      contents.ids.append(kind, number, to: &text)
    } else {
      text.append(decimal: contents.ids.integer(kind, number))
    }
  }

  private func append(venue number: Int, on side: Sides, to text: inout ByteText) {
    let isAMiner = side == .aminer
    text.append(#"{"id":""#)
    append(.venue, number, isAMiner, to: &text)
    let isJournal = contents.names.isJournal(number)
    text.append(#"","JournalId":""#)
    if isJournal, !isAMiner { append(.venue, number, false, to: &text) }
    text.append(#"","ConferenceId":""#)
    if !isJournal, !isAMiner { append(.venue, number, false, to: &text) }
    text.append(#"","DisplayName":""#)
    contents.names.append(venue: number, to: &text)
    text.append(#"","NormalizedName":""#)
    let start = text.count
    contents.names.append(venue: number, to: &text)
    text.lowercase(from: start)
    text.append("\"}\n")
  }

  // MARK: - Counts

  func count(_ paper: PlannedPaper, in tally: inout PlantedTally) {
    tally.count(paper, carrying: Self.carried)
    let own = sides(of: paper.number)
    if own.contains(.aminer) { tally.counts.dialect.add(.aminerPapers) }
    if own.contains(.mag) { tally.counts.dialect.add(.magPapers) }
    if own == .aminer { tally.counts.dialect.add(.aminerOnlyPapers) }
    if own == .mag { tally.counts.dialect.add(.magOnlyPapers) }
    if own == [.aminer, .mag] {
      tally.counts.records += 1
    }
    countReferences(of: paper, own, in: &tally)
  }

  private func countReferences(of paper: PlannedPaper, _ own: Sides, in tally: inout PlantedTally) {
    for reference in paper.references {
      let common = reference.kind == .dangling ? own : own.intersection(sides(of: reference.number))
      // The tally has counted each once.
      let more = (common.contains(.aminer) ? 1 : 0) + (common.contains(.mag) ? 1 : 0) - 1
      switch reference.kind {
      case .citation:
        if common.contains(.aminer) { tally.counts.dialect.add(.aminerCitations) }
        if common.contains(.mag) { tally.counts.dialect.add(.magCitations) }
        if common.isEmpty {
          tally.counts.citations -= 1
          tally.counts.dialect.add(.unlistedCitations)
        }
      case .repeated: tally.counts.repeatedReferences += more
      case .own: tally.counts.selfReferences += more
      case .dangling:
        tally.counts.dangling += more
        tally.counts.distinctDangling += more
      }
    }
  }
}
