import Foundation

/// The two sides of OAG v2, each a reading of its own, and the graph in which linked entities are one.
extension DialectReading {
  mutating func readSides(_ folder: String) throws {
    var aminer = DialectReading()
    try aminer.read(lines: DialectFile.lines("\(folder)/aminer_papers_0.txt"), Self.record)
    var mag = DialectReading()
    try mag.read(lines: DialectFile.lines("\(folder)/mag_papers_0.txt"), Self.record)
    let sides = try (aminer.firsts().papers, mag.firsts().papers)
    let ids = (Set(sides.0.map(\.id)), Set(sides.1.map(\.id)))

    // Links.
    var twins: [String: String] = [:]
    var links = ["paperLinks": 0, "danglingLinks": 0, "conflictingLinks": 0, "textualLinks": 0]
    for link in try DialectFile.objects("\(folder)/paper_linking_pairs.txt") {
      guard let mid = Self.id(link["mid"]), let aid = Self.id(link["aid"]), ids.1.contains(mid) else {
        throw DialectProblem("\(link)")
      }
      if link["mid"] is String { links["textualLinks"]! += 1 }
      if ids.0.contains(aid) {
        links["paperLinks"]! += 1
        guard twins.updateValue(aid, forKey: mid) == nil else { throw DialectProblem("two links of \(mid)") }
      } else {
        links[twins[mid] == nil ? "danglingLinks" : "conflictingLinks"]! += 1
      }
    }
    let authors = try Self.links("\(folder)/author_linking_pairs.txt")
    let venues = try Self.links("\(folder)/venue_linking_pairs.txt")
    links["authorLinks"] = authors.count
    links["venueLinks"] = venues.count
    for (file, keys) in [("aminer_authors_0", Set(authors.values)), ("mag_authors_0", Set(authors.keys))] {
      let found = try DialectFile.objects("\(folder)/\(file).txt").compactMap { Self.id($0["id"]) }
      guard found.count == keys.count, Set(found) == keys else { throw DialectProblem(file) }
    }
    for (file, keys) in [("aminer_venues", Set(venues.values)), ("mag_venues", Set(venues.keys))] {
      let found = try DialectFile.objects("\(folder)/\(file).txt").compactMap { Self.id($0["id"]) }
      guard found.count == keys.count, Set(found) == keys else { throw DialectProblem(file) }
    }

    // Sums of the sides.
    let sums = try (aminer.counts(), mag.counts())
    for name in ["dangling", "distinctDangling", "selfReferences", "repeatedReferences"] {
      fixed[name] = (sums.0[name] ?? 0) + (sums.1[name] ?? 0)
    }
    fixed["aminerCitations"] = sums.0["citations"] ?? 0
    fixed["magCitations"] = sums.1["citations"] ?? 0
    fixed["records"] = aminer.records.count + mag.records.count
    fixed["duplicates"] = fixed["records"]! - sides.0.count - sides.1.count
    fixed["aminerPapers"] = sides.0.count
    fixed["magPapers"] = sides.1.count
    fixed["magOnlyPapers"] = ids.1.count { twins[$0] == nil }
    fixed["aminerOnlyPapers"] = ids.0.subtracting(twins.values).count
    fixed.merge(links) { $1 }
    badLines = aminer.badLines + mag.badLines
    shortLines = aminer.shortLines + mag.shortLines

    // The joined graph: what a pair tells is said by AMiner's record; MAG's may list further references.
    let further = Dictionary(uniqueKeysWithValues: sides.1.map { ($0.id, $0) })
    let mids = Dictionary(uniqueKeysWithValues: twins.map { ($0.value, $0.key) })
    func same(_ one: DialectRecord, _ other: DialectRecord) -> Bool {
      one.title == other.title && one.year == other.year && one.fields == other.fields
        && one.venueName == other.venueName && one.venueID == other.venueID.flatMap { venues[$0] }
        && one.authors == other.authors.map { .init(id: $0.id.flatMap { authors[$0] }, name: $0.name, place: $0.place) }
    }
    for var record in sides.0 {
      record.references = record.references.filter(ids.0.contains)
      if let mid = mids[record.id], let twin = further[mid] {
        guard same(record, twin) else { throw DialectProblem("twins \(mid) and \(record.id) differ") }
        for cited in twin.references where ids.1.contains(cited) {
          if !record.references.contains(twins[cited] ?? cited) { record.references.append(twins[cited] ?? cited) }
        }
      }
      records.append(record)
    }
    for var record in sides.1 where twins[record.id] == nil {
      record.references = record.references.filter(ids.1.contains).map { twins[$0] ?? $0 }
      record.venueID = record.venueID.flatMap { venues[$0] }
      for place in record.authors.indices {
        record.authors[place].id = record.authors[place].id.flatMap { authors[$0] }
      }
      records.append(record)
    }
  }

  private static func links(_ path: String) throws -> [String: String] {
    var links: [String: String] = [:]
    for link in try DialectFile.objects(path) {
      guard let mid = id(link["mid"]), let aid = id(link["aid"]), links.updateValue(aid, forKey: mid) == nil else {
        throw DialectProblem("\(path): \(link)")
      }
    }
    return links
  }
}
