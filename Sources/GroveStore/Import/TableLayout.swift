/// What the columns of a table of a dump are: the tables of the Microsoft Academic Graph, the authorships of
/// AMinerNetwork, the merged ids of OpenAlex.
///
/// MAG's tables have no header, no quoting and no escaping; a quotation mark is a byte like any other. Which table a
/// file is its name tells. Source: specification of the OAG formats, sections 1.4, 1.6 and 1.7.
struct TableLayout: Sendable, Equatable {
  /// The tables.
  enum Kind: Sendable, Equatable, CaseIterable {
    case papers, references, authorships, authors, affiliations, fields, paperFields, fieldChildren, journals,
      conferences, abstracts, networkAuthorships, coauthors, mergedIDs
  }

  let kind: Kind
  /// Columns that a row must have.
  let needed: Int
  /// Of papers: whether the date of online publication stands before the publisher, as it does since 2020.
  let hasOnlineDate: Bool

  /// What separates columns.
  var separator: UInt8 { kind == .mergedIDs ? 0x2c : 0x09 }

  /// Columns of the newest release that is known; what comes after them is passed over.
  var known: Int { TableLayout.columns(of: kind) }

  private static func columns(of kind: Kind) -> Int {
    switch kind {
    case .papers: 26
    case .references, .fieldChildren, .abstracts: 2
    case .authorships: 6
    case .authors: 9
    case .affiliations: 14
    case .fields: 10
    case .paperFields, .coauthors, .mergedIDs: 3
    case .journals: 11
    case .conferences: 8
    case .networkAuthorships: 4
    }
  }

  /// Columns without which a row tells nothing.
  private static func least(of kind: Kind) -> Int {
    switch kind {
    case .papers: 21
    case .authorships, .authors, .affiliations, .fields, .journals, .conferences: 4
    case .paperFields: 2
    default: columns(of: kind)
    }
  }

  private static let stems: [(stem: String, kind: Kind)] = [
    ("papers", .papers), ("paperreferences", .references), ("paperauthoraffiliations", .authorships),
    ("authors", .authors), ("affiliations", .affiliations), ("fieldsofstudy", .fields),
    ("paperfieldsofstudy", .paperFields), ("fieldofstudychildren", .fieldChildren), ("journals", .journals),
    ("conferenceseries", .conferences), ("paperabstractsinvertedindex", .abstracts),
  ]

  /// The table that a file of this name is, if it is one.
  private static func kind(named name: String) -> Kind? {
    let name = name.lowercased()
    if name.contains("author2paper") { return .networkAuthorships }
    if name.contains("coauthor") { return .coauthors }
    let stem = name.prefix { $0 != "." }
    return stems.first { $0.stem == stem }?.kind
  }

  /// The layout of a file that begins with `head`, or nil where it is no table that is known.
  init?(head: Bytes, name: String) {
    let end = head.firstIndex(of: 0x0a) ?? head.count
    if Bytes(rebasing: head[..<end]).trimmed.equals("merge_date,id,merge_into_id") {
      self.init(.mergedIDs, needed: 3)
      return
    }
    guard let kind = TableLayout.kind(named: name), head[..<end].contains(0x09) else { return nil }
    // Releases differ, rows of one file do not: what most of the first have, all must have.
    var rows: [Bytes] = []
    head.forEachLine { line, _ in if !line.isEmpty { rows.append(line) } }
    if rows.count > 1, head.last != 0x0a { rows.removeLast() }
    let counts = rows.map { row in row.count { $0 == 0x09 } + 1 }.sorted()
    let usual = counts.isEmpty ? 0 : counts[counts.count / 2]
    let known = TableLayout.columns(of: kind)
    self.init(
      kind, needed: max(TableLayout.least(of: kind), min(known, usual)),
      hasOnlineDate: usual >= 24 && rows.allSatisfy(TableLayout.mayHaveOnlineDate))
  }

  private init(_ kind: Kind, needed: Int, hasOnlineDate: Bool = false) {
    self.kind = kind
    self.needed = needed
    self.hasOnlineDate = hasOnlineDate
  }

  /// Whether the tenth column is a date or nothing.
  private static func mayHaveOnlineDate(_ row: Bytes) -> Bool {
    var column = 0
    var isDate = true
    row.forEachPiece(separatedBy: 0x09) { piece in
      if column == 9 { isDate = piece.isEmpty || piece.allSatisfy { $0 >= 48 && $0 <= 57 || $0 == 45 || $0 == 47 } }
      column += 1
    }
    return isDate
  }
}
