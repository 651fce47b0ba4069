import Foundation

/// Reads the records of the citation networks' text form: papers, and the authors of AMinerNetwork.
///
/// Of tags that begin alike the longest is meant; `#conf` is `#c`, `#year` is `#t`. Empty `#%` and unknown tags are
/// passed over. Source: specification of the OAG formats, section 1.4, checks 23 and 24 of 6.1.
struct TaggedText {
  /// Tags of papers, each before those that it begins with.
  private enum Tag: CaseIterable {
    case index, identifier, citation, venue, year, longYear, longVenue, title, authors, affiliations, reference,
      abstract

    var word: StaticString {
      switch self {
      case .index: "#index"
      case .citation: "#citation"
      case .longVenue: "#conf"
      case .identifier: "#arnetid"
      case .longYear: "#year"
      case .title: "#*"
      case .authors: "#@"
      case .affiliations: "#o"
      case .year: "#t"
      case .venue: "#c"
      case .reference: "#%"
      case .abstract: "#!"
      }
    }
    static let byLength = allCases.sorted { $0.word.utf8CodeUnitCount > $1.word.utf8CodeUnitCount }
  }

  /// Lines with tags that no reader knows, and lines without.
  private(set) var unknownLines = 0

  private var affiliations = Bytes(start: nil, count: 0)
  private var repaired: [UInt8] = []

  /// Fills `paper` or `entity` from a record.
  ///
  /// Bytes that are not UTF-8 become U+FFFD.
  mutating func read(
    _ record: Bytes, _ framing: TextFraming, _ paper: inout PaperRecord, _ entity: inout EntityRecord
  ) -> AcademicJSON.Outcome {
    guard String(validating: record, as: UTF8.self) == nil else {
      return read(valid: record, framing, &paper, &entity)
    }
    repaired = Array(String(decoding: record, as: UTF8.self).utf8)
    // The array is not touched before the next record.
    return repaired.withUnsafeBufferPointer { read(valid: $0, framing, &paper, &entity) }
  }

  private mutating func read(
    valid record: Bytes, _ framing: TextFraming, _ paper: inout PaperRecord, _ entity: inout EntityRecord
  ) -> AcademicJSON.Outcome {
    if framing.isIndexFirst, TaggedText.isAuthor(record) { return readAuthor(record, &entity) }
    paper.clear()
    affiliations = Bytes(start: nil, count: 0)
    var id: Identifier?
    var last: Tag?
    record.forEachLine { line, _ in
      let line = line.trimmed
      guard let tag = Tag.byLength.first(where: { line.begins(with: $0.word) }) else {
        if last == .abstract, line.first != 0x23 {
          paper.abstract.append(32)
          paper.abstract.append(contentsOf: line)
        } else if !line.isEmpty {
          unknownLines += 1
        }
        return
      }
      last = tag
      let value = Bytes(rebasing: line[tag.word.utf8CodeUnitCount...]).trimmed
      if tag == .index {
        if !value.isEmpty { id = Identifier(key: NodeKey(id: value), text: value) }
      } else {
        take(tag, value, framing, &paper)
      }
    }
    guard let id else { return .bad("the record has no #index") }
    paper.id = id
    nameAffiliations(of: &paper)
    return .record(.paper)
  }

  private mutating func take(_ tag: Tag, _ value: Bytes, _ framing: TextFraming, _ paper: inout PaperRecord) {
    switch tag {
    case .title: paper.title = value
    case .year, .longYear:
      if let year = value.integer, year > 0, year <= Int64(Int32.max) { paper.year = Int32(year) }
    case .venue, .longVenue: paper.venueName = value
    case .citation: if let count = value.integer, count >= 0 { paper.citationCount = Int32(clamping: count) }
    case .reference:
      if !value.isEmpty { paper.references.append(Identifier(key: NodeKey(id: value), text: value)) }
    case .abstract: paper.abstract.append(contentsOf: value)
    case .affiliations: affiliations = value
    case .authors:
      value.forEachPiece(separatedBy: framing.isIndexFirst ? 0x3b : 0x2c) { name in
        let name = name.trimmed
        if name.isEmpty { return }
        paper.authors.append(PaperRecord.Author(id: nil, name: name))
      }
    case .index, .identifier: break
    }
  }

  /// Places of work stand in the authors' order, a minus or nothing for none.
  private func nameAffiliations(of paper: inout PaperRecord) {
    guard !affiliations.isEmpty else { return }
    var place = 0
    var authors = paper.authors
    affiliations.forEachPiece(separatedBy: 0x3b) { name in
      let name = name.trimmed
      if place < authors.count, !name.isEmpty, !name.equals("-") { authors[place].affiliationName = name }
      place += 1
    }
    paper.authors = authors
  }

  // MARK: - Authors

  /// Whether the record's second line gives a person's name.
  private static func isAuthor(_ record: Bytes) -> Bool {
    guard let feed = record.firstIndex(of: 0x0a) else { return false }
    let second = record[(feed + 1)...]
    return second.starts(with: "#n ".utf8) || second.starts(with: "#n\n".utf8) || second.starts(with: "#n\r".utf8)
  }

  private func readAuthor(_ record: Bytes, _ entity: inout EntityRecord) -> AcademicJSON.Outcome {
    entity.clear()
    var id: Identifier?
    record.forEachLine { line, _ in
      let line = line.trimmed
      if line.begins(with: "#index") {
        let value = Bytes(rebasing: line[6...]).trimmed
        if !value.isEmpty { id = Identifier(key: NodeKey(id: value), text: value) }
      } else if line.begins(with: "#n ") {
        entity.name = Bytes(rebasing: line[3...]).trimmed
      } else if line.begins(with: "#a ") {
        Bytes(rebasing: line[3...]).forEachPiece(separatedBy: 0x3b) { name in
          if !name.trimmed.isEmpty, !name.trimmed.equals("-") { entity.affiliations.append((nil, name.trimmed, 0)) }
        }
      }
    }
    guard let id else { return .bad("the record has no #index") }
    entity.id = id
    return .record(.author)
  }
}

extension Bytes {
  /// Whether they begin with `word`.
  func begins(with word: StaticString) -> Bool {
    count >= word.utf8CodeUnitCount
      && (word.utf8CodeUnitCount == 0 || memcmp(baseAddress!, word.utf8Start, word.utf8CodeUnitCount) == 0)
  }
}
