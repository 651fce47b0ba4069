import GroveKernels

/// Rows of tables: what they tell of a paper waits by the paper's key until all files are read (`KeyedFacts`).
extension ImportWorker {
  /// Takes a row.
  ///
  /// - Returns: why it is bad, or what it is about.
  mutating func take(row: Bytes, of layout: TableLayout) throws -> AcademicJSON.Outcome {
    columns.removeAll(keepingCapacity: true)
    // UTF-8 is told once for the row: a table's bytes are kept as they are.
    guard String(validating: row, as: UTF8.self) != nil else { return .bad("the row is not UTF-8") }
    row.forEachPiece(separatedBy: layout.separator) { columns.append($0) }
    guard columns.count >= layout.needed else {
      return .bad("the row has \(columns.count) columns of \(layout.needed)")
    }
    if columns.count > layout.known { countWideRow() }
    switch layout.kind {
    case .papers: return try takePaper(layout)
    case .references:
      guard let paper = id(0), let target = id(1) else { return .bad("the row has no ids") }
      try facts.append(paper.key, KeyedFacts.reference, detail: 0, with: target.key)
    case .authorships: return try takeAuthorship()
    case .networkAuthorships:
      guard let author = id(1), let paper = id(2), let place = columns[3].integer else {
        return .bad("the row has no ids")
      }
      try facts.append(paper.key, KeyedFacts.author, detail: UInt32(clamping: place - 1), with: author.key)
    case .paperFields:
      guard let paper = id(0), let field = id(1) else { return .bad("the row has no ids") }
      let score = columns.count > 2 ? Float(String(decoding: columns[2], as: UTF8.self)) ?? 1 : 1
      try facts.append(
        paper.key, KeyedFacts.topic, detail: (score.isFinite ? score : 1).bitPattern, with: field.key)
    case .fieldChildren:
      guard let parent = id(0), let child = id(1) else { return .bad("the row has no ids") }
      try take(parent: parent, Bytes(start: nil, count: 0), of: child)
    case .abstracts:
      guard let paper = id(0) else { return .bad("the row has no id") }
      guard let text = try decoder.abstract(of: columns[1]) else {
        return .bad("the abstract is not an inverted index")
      }
      try text.withUnsafeBufferPointer { text in
        try abstracts.append(paper.key, name: text, id: Bytes(start: nil, count: 0))
      }
    case .authors:
      guard let id = id(0) else { return .bad("the row has no id") }
      try authors.declare(id, name(3, 2))
      if let place = self.id(4) {
        try take(affiliationOf: id.key, with: place, Bytes(start: nil, count: 0), year: 0)
      }
    case .affiliations: return try declare(.affiliation)
    case .fields: return try declare(.field)
    case .journals, .conferences: return try declare(.venue)
    case .mergedIDs: return try takeMergedID()
    case .coauthors: break
    }
    return .record(.other)
  }

  /// The id in a column; nil for none.
  private func id(_ column: Int) -> Identifier? {
    guard column < columns.count else { return nil }
    let text = columns[column].trimmed
    return text.isEmpty ? nil : Identifier(key: NodeKey(id: text), text: text)
  }

  /// The text of a column, or of another where that is empty.
  private func name(_ column: Int, _ other: Int) -> Bytes {
    let text = columns[column].trimmed
    return text.isEmpty ? columns[other].trimmed : text
  }

  private mutating func declare(_ kind: EntityKind) throws -> AcademicJSON.Outcome {
    guard let id = id(0) else { return .bad("the row has no id") }
    try declare(kind, id, name(3, 2))
    return .record(.other)
  }

  /// A row of papers: the title as it was printed, the journal or the conference series as venue.
  private mutating func takePaper(_ layout: TableLayout) throws -> AcademicJSON.Outcome {
    guard let id = id(0) else { return .bad("the row has no id") }
    let shift = layout.hasOnlineDate ? 0 : -1
    var paper = PaperRecord()
    paper.id = id
    paper.doi = columns[2].trimmed
    paper.title = name(5, 4)
    if let year = columns[7].integer, year > 0, year <= Int64(Int32.max) { paper.year = Int32(year) }
    paper.venueID = self.id(11 + shift) ?? self.id(12 + shift)
    paper.volume = columns[14 + shift].trimmed
    paper.issue = columns[15 + shift].trimmed
    if let count = columns[19 + shift].integer, count >= 0 { paper.citationCount = Int32(clamping: count) }
    // A venue that has an id has its name from its own table.
    if paper.venueID == nil, columns.count > 21 + shift { paper.venueName = columns[21 + shift].trimmed }
    try take(paper)
    return .record(.paper)
  }

  private mutating func takeAuthorship() throws -> AcademicJSON.Outcome {
    guard let paper = id(0) else { return .bad("the row has no paper") }
    guard let place = columns[3].integer, place >= 1 else { return .bad("the row has no place among the authors") }
    let detail = UInt32(clamping: place - 1)
    let author: NodeKey
    if let given = id(1) {
      author = given.key
      try authors.name(given, columns.count > 4 ? columns[4].trimmed : Bytes(start: nil, count: 0))
    } else {
      try facts.append(paper.key, KeyedFacts.nobody, detail: detail, with: paper.key)
      let name = columns.count > 4 ? columns[4].trimmed : Bytes(start: nil, count: 0)
      guard keysAuthorsByName, let key = nameKey(name) else { return .record(.other) }
      try authors.name(Identifier(key: key, text: nil), name)
      author = key
    }
    try facts.append(paper.key, KeyedFacts.author, detail: detail, with: author)
    let written = columns.count > 5 ? columns[5].trimmed : Bytes(start: nil, count: 0)
    if let place = id(2) {
      try facts.append(paper.key, KeyedFacts.affiliation, detail: detail, with: place.key)
    } else if let key = nameKey(written) {
      try places.name(Identifier(key: key, text: nil), written)
      try facts.append(paper.key, KeyedFacts.affiliation, detail: detail, with: key)
    }
    return .record(.other)
  }

  /// merge_date, id, merge_into_id.
  private mutating func takeMergedID() throws -> AcademicJSON.Outcome {
    let (from, to) = (columns[1].trimmed, columns[2].trimmed)
    if columns[0].trimmed.equals("merge_date") { return .record(.other) }
    guard !from.isEmpty, !to.isEmpty else { return .bad("the row has no ids") }
    let source = OpenAlexJSON.identifier(of: from)
    guard let kind = OpenAlexJSON.kind(of: from) else { return .bad("the row's id has no letter of a kind") }
    try take(alias: source.key, for: OpenAlexJSON.identifier(of: to), of: kind, reason: Identities.merged)
    return .record(.other)
  }
}
