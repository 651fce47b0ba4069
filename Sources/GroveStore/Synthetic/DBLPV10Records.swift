import GroveKernels

/// Records of DBLP-Citation-network V10: JSON lines in four files, UUIDs for ids, authors and venue plain strings.
///
/// - Source: specification of the OAG formats, section 1.5.
struct DBLPV10Records: FramedDialect {
  static let files = (0..<4).map { "dblp-ref-\($0).json" }
  static let carried: CarriedFacts = [.venueNames]
  static let counted: [DialectCount] = [.absentYears, .impossibleYears, .abstracts]

  let contents: SyntheticContents

  /// The papers lie in the files in their order, a quarter in each.
  func file(of paper: Int) -> Int { paper * 4 / contents.plan.papers }

  func append(labeledID paper: Int, to text: inout ByteText) {
    contents.ids.append(universal: .paper, paper, to: &text)
  }

  func append(record paper: PlannedPaper, to text: inout ByteText, _ counts: inout DialectCounts) {
    text.append(UInt8(ascii: "{"))
    let start = text.count
    text.append(#""abstract":""#)
    if contents.append(abstractOf: paper, to: &text) {
      text.append(#"","#)
      counts.add(.abstracts)
    } else {
      text.truncate(to: start)
    }
    text.append(#""authors":["#)
    for (place, author) in paper.authors.enumerated() {
      text.append(place == 0 ? "\"" : #", ""#)
      contents.names.append(person: author.name, to: &text)
      text.append(UInt8(ascii: "\""))
    }
    text.append(#"],"id":""#)
    contents.ids.append(universal: .paper, paper.number, to: &text)
    text.append(#"","n_citation":"#)
    text.append(decimal: contents.facts(of: paper).citationCount)
    if !paper.references.isEmpty { append(referencesOf: paper, to: &text) }
    text.append(#","title":""#)
    contents.append(titleOf: paper, to: &text)
    text.append(#"","venue":""#)
    contents.append(venueNameOf: paper, to: &text)
    text.append(UInt8(ascii: "\""))
    if let year = paper.knownYear {
      text.append(#","year":"#)
      text.append(decimal: year)
    } else if paper.yearForm == .zero || paper.yearForm == .minusOne {
      text.append(paper.yearForm == .zero ? #","year":0"# : #","year":-1"#)
      counts.add(.impossibleYears)
    } else {
      counts.add(.absentYears)
    }
    text.append(UInt8(ascii: "}"))
  }

  private func append(referencesOf paper: PlannedPaper, to text: inout ByteText) {
    text.append(#","references":["#)
    for (place, reference) in paper.references.enumerated() {
      text.append(place == 0 ? "\"" : #", ""#)
      contents.ids.append(
        universal: reference.kind == .dangling ? .absentPaper : .paper, reference.number, to: &text)
      text.append(UInt8(ascii: "\""))
    }
    text.append(UInt8(ascii: "]"))
  }
}
