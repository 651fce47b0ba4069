import GroveKernels

/// Records of DBLP-Citation-network V1 to V7: lines under tags, the title first, a blank line between records.
///
/// The first line is the number of records; the last record has no line end. Some records have the long tags `#year`
/// and `#conf`, some a tag that no reader knows, some a `#%` without a reference. A bad record has no `#index`.
///
/// - Source: specification of the OAG formats, section 1.4, dialect A.
struct DBLPTextRecords: FramedDialect {
  static let files = ["dblp.txt"]
  static let carried: CarriedFacts = [.venueNames]
  static let counted: [DialectCount] = [.headerCount, .emptyReferences, .unknownTags, .longTags, .abstracts]
  static let mishaps: [SyntheticPlan.Mishap] = [.duplicate, .badLine, .blankLine]
  static let before: StaticString = "\n\n"
  static let after: StaticString = ""

  let contents: SyntheticContents

  func append(labeledID paper: Int, to text: inout ByteText) {
    text.append(decimal: contents.ids.integer(.paper, paper))
  }

  func open(_ texts: inout [ByteText], _ counts: inout DialectCounts) {
    let plan = contents.plan
    let number = plan.papers + plan.count(of: .duplicate) + plan.count(of: .badLine)
    counts.add(.headerCount, number)
    texts[0].append(decimal: number)
    texts[0].append(UInt8(ascii: "\n"))
  }

  mutating func appendBadRecord(of paper: PlannedPaper, to texts: inout [ByteText]) {
    var counts = DialectCounts([])
    texts[0].append(Self.before)
    append(paper, hasIndex: false, to: &texts[0], &counts)
  }

  func append(record paper: PlannedPaper, to text: inout ByteText, _ counts: inout DialectCounts) {
    append(paper, hasIndex: true, to: &text, &counts)
  }

  private func append(
    _ paper: PlannedPaper, hasIndex: Bool, to text: inout ByteText, _ counts: inout DialectCounts
  ) {
    var draws = contents.formDraws(of: paper)
    text.append("#*")
    let start = text.count
    contents.append(titleOf: paper, to: &text)
    text.append("\n#@")
    for (place, author) in paper.authors.enumerated() {
      if place > 0 { text.append(UInt8(ascii: ",")) }
      contents.names.append(person: author.name, to: &text)
    }
    text.unescape(from: start)
    let isLong = draws.chance(0.1)
    if isLong { counts.add(.longTags) }
    text.append(isLong ? "\n#year" : "\n#t")
    text.append(yearOf: paper)
    text.append(isLong ? "\n#conf" : "\n#c")
    contents.append(venueNameOf: paper, to: &text)
    append(citationCountOf: paper, &draws, to: &text)
    if hasIndex {
      text.append("\n#index")
      text.append(decimal: contents.ids.integer(.paper, paper.number))
    }
    if draws.chance(0.5) {
      text.append("\n#arnetid")
      text.append(decimal: 1 + paper.number)
    }
    contents.append(textEndOf: paper, space: "", &draws, to: &text, &counts)
  }

  private func append(citationCountOf paper: PlannedPaper, _ draws: inout RandomGenerator, to text: inout ByteText) {
    let form = draws.below(10)
    if form == 0 { return }
    text.append("\n#citation")
    text.append(decimal: form == 1 ? -1 : contents.facts(of: paper).citationCount)
  }
}

extension SyntheticContents {
  /// Adds what ends a record of tagged lines: now and then a tag that no reader knows, references, an empty one, and the
  /// abstract.
  ///
  /// - Parameter space: what follows a tag.
  func append(
    textEndOf paper: PlannedPaper, space: StaticString, _ draws: inout RandomGenerator, to text: inout ByteText,
    _ counts: inout DialectCounts
  ) {
    if draws.chance(0.005) {
      text.append("\n#remark kept for later")
      counts.add(.unknownTags)
    }
    for reference in paper.references {
      text.append("\n#%")
      text.append(space)
      text.append(decimal: integer(reference))
    }
    if draws.chance(paper.references.isEmpty ? 0.5 : 0.02) {
      text.append("\n#%")
      text.append(space)
      counts.add(.emptyReferences)
    }
    let end = text.count
    text.append("\n#!")
    text.append(space)
    if append(abstractOf: paper, to: &text) {
      counts.add(.abstracts)
    } else {
      text.truncate(to: end)
    }
  }
}

extension ByteText {
  /// Adds a year as text forms have it.
  mutating func append(yearOf paper: PlannedPaper) {
    switch paper.yearForm {
    case .number, .decimal, .text: append(decimal: paper.year)
    case .empty, .null: break
    case .zero: append("0")
    case .minusOne: append("-1")
    case .forthcoming: append("forthcoming")
    }
  }
}
