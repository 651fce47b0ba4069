import GroveKernels

/// Records of AMinerNetwork: lines under tags, the index first and a space behind each tag, and tables of authors.
///
/// Papers name their authors; `AMiner-Author2Paper.txt` says who they are. Pairs of coauthors are those of papers that
/// one of the two came with, so that none comes twice, and their number of papers is a lower bound. A bad record has
/// no `#index`. Organizations lose their `&amp;`, whose semicolon would part them.
///
/// - Source: specification of the OAG formats, section 1.4, dialect B.
struct AMinerNetworkRecords: FramedDialect {
  static let files = ["AMiner-Paper.txt", "AMiner-Author.txt", "AMiner-Author2Paper.txt", "AMiner-Coauthor.txt"]
  static let carried: CarriedFacts = [.authorIDs, .affiliations, .venueNames]
  static let counted: [DialectCount] = [
    .emptyReferences, .unknownTags, .authorRecords, .authorRows, .coauthorPairs, .abstracts,
  ]
  static let mishaps: [SyntheticPlan.Mishap] = [.duplicate, .badLine, .blankLine]
  static let after: StaticString = "\n\n"

  let contents: SyntheticContents
  private var rows = 0

  init(contents: SyntheticContents) { self.contents = contents }

  func append(labeledID paper: Int, to text: inout ByteText) {
    text.append(decimal: contents.ids.integer(.paper, paper))
  }

  mutating func append(
    _ paper: PlannedPaper, isFirst: Bool, to texts: inout [ByteText], _ counts: inout DialectCounts
  ) {
    append(record: paper, to: &texts[0], &counts)
    texts[0].append(Self.after)
    appendRows(of: paper, to: &texts[2], &counts)
    appendPairs(of: paper, to: &texts[3], &counts)
  }

  mutating func appendRepeat(of paper: PlannedPaper, to texts: inout [ByteText]) {
    var counts = DialectCounts([])
    append(record: paper, to: &texts[0], &counts)
    texts[0].append(Self.after)
  }

  mutating func appendBadRecord(of paper: PlannedPaper, to texts: inout [ByteText]) {
    var counts = DialectCounts([])
    append(paper, hasIndex: false, to: &texts[0], &counts)
    texts[0].append(Self.after)
  }

  func append(record paper: PlannedPaper, to text: inout ByteText, _ counts: inout DialectCounts) {
    append(paper, hasIndex: true, to: &text, &counts)
  }

  private func append(
    _ paper: PlannedPaper, hasIndex: Bool, to text: inout ByteText, _ counts: inout DialectCounts
  ) {
    var draws = contents.formDraws(of: paper)
    if hasIndex {
      text.append("#index ")
      text.append(decimal: contents.ids.integer(.paper, paper.number))
      text.append(UInt8(ascii: "\n"))
    }
    text.append("#* ")
    let start = text.count
    contents.append(titleOf: paper, to: &text)
    text.append("\n#@ ")
    for (place, author) in paper.authors.enumerated() {
      if place > 0 { text.append(UInt8(ascii: ";")) }
      contents.names.append(person: author.name, to: &text)
    }
    text.append("\n#o ")
    for (place, author) in paper.authors.enumerated() {
      if place > 0 { text.append(UInt8(ascii: ";")) }
      if let affiliation = author.affiliation {
        append(affiliation: affiliation, to: &text)
      } else if draws.chance(0.5) {
        text.append(UInt8(ascii: "-"))
      }
    }
    text.unescape(from: start)
    text.append("\n#t ")
    text.append(yearOf: paper)
    text.append("\n#c ")
    contents.append(venueNameOf: paper, to: &text)
    contents.append(textEndOf: paper, space: " ", &draws, to: &text, &counts)
  }

  private func append(affiliation: Int, to text: inout ByteText) {
    let start = text.count
    contents.names.append(affiliation: affiliation, to: &text)
    text.dropAmpersandNames(from: start)
  }

  // MARK: - Tables of authors

  private mutating func appendRows(of paper: PlannedPaper, to text: inout ByteText, _ counts: inout DialectCounts) {
    for (place, author) in paper.authors.enumerated() {
      guard let number = author.number else { continue }
      rows += 1
      text.append(decimal: rows)
      text.append(UInt8(ascii: "\t"))
      text.append(decimal: contents.ids.integer(.author, number))
      text.append(UInt8(ascii: "\t"))
      text.append(decimal: contents.ids.integer(.paper, paper.number))
      text.append(UInt8(ascii: "\t"))
      text.append(decimal: place + 1)
      text.append(UInt8(ascii: "\n"))
      counts.add(.authorRows)
    }
  }

  private func appendPairs(of paper: PlannedPaper, to text: inout ByteText, _ counts: inout DialectCounts) {
    for (place, one) in paper.authors.enumerated() {
      for other in paper.authors[(place + 1)...] {
        guard let first = one.number, let second = other.number, first != second else { continue }
        // Repeated entries are never new, so a pair with a new author comes once.
        guard one.isNew || other.isNew, !isRepeat(one, in: paper), !isRepeat(other, in: paper) else { continue }
        text.append("#")
        text.append(decimal: contents.ids.integer(.author, first))
        text.append(UInt8(ascii: "\t"))
        text.append(decimal: contents.ids.integer(.author, second))
        text.append("\t1\n")
        counts.add(.coauthorPairs)
      }
    }
  }

  /// Whether an entry that is not new repeats another one of the paper.
  private func isRepeat(_ author: PlannedPaper.Author, in paper: PlannedPaper) -> Bool {
    !author.isNew && paper.authors.count { $0.number == author.number } > 1
  }

  mutating func append(_ entity: SyntheticEntity, to texts: inout [ByteText], _ counts: inout DialectCounts) {
    guard case .author(let author) = entity else { return }
    counts.add(.authorRecords)
    texts[1].append("#index ")
    texts[1].append(decimal: contents.ids.integer(.author, author))
    texts[1].append("\n#n ")
    let start = texts[1].count
    contents.names.append(person: contents.plan.name(of: author), to: &texts[1])
    texts[1].append("\n#a ")
    if let affiliation = contents.plan.affiliation(of: author) { append(affiliation: affiliation, to: &texts[1]) }
    texts[1].unescape(from: start)
    texts[1].append("\n#pc 1\n#cn 0\n#hi 0\n#pi 0.0000\n#upi 0.0000\n#t \n\n")
  }
}

extension ByteText {
  /// Writes `&` for every `&amp;` from a place on.
  mutating func dropAmpersandNames(from start: Int) {
    let name = Array("amp;".utf8)
    var to = start
    var from = start
    while from < count {
      let letter = self[from]
      self[to] = letter
      (from, to) = (from + 1, to + 1)
      guard letter == UInt8(ascii: "&"), from + name.count <= count else { continue }
      if name.indices.allSatisfy({ self[from + $0] == name[$0] }) { from += name.count }
    }
    truncate(to: to)
  }
}
