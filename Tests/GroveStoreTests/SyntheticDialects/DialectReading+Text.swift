import Foundation

/// Dialects of text under tags.
extension DialectReading {
  private typealias Line = (tag: String, value: String)

  /// Tags, the longer ones first where one begins like another.
  private static let tags = [
    "#index", "#citation", "#conf", "#arnetid", "#year", "#remark", "#*", "#@", "#o", "#t", "#c", "#%", "#!", "#n",
    "#a",
  ]

  /// Records as lists of tags and values, whatever number of blank lines stands between them.
  private static func blocks(_ lines: some Sequence<Substring>, trims: Bool) throws -> (blocks: [[Line]], blank: Int) {
    var blocks: [[Line]] = []
    var blank = 0
    var isOpen = false
    for line in lines {
      if line.isEmpty {
        blank += 1
        isOpen = false
        continue
      }
      if !isOpen { blocks.append([]) }
      isOpen = true
      guard let tag = tags.first(where: { line.hasPrefix($0) }) else { throw DialectProblem("tag of \(line)") }
      var value = line.dropFirst(tag.count)
      if trims, value.first == " " { value = value.dropFirst() }
      blocks[blocks.count - 1].append((tag, String(value)))
    }
    return (blocks, blank)
  }

  private static func value(_ block: [Line], _ tags: String...) -> String? {
    block.first { tags.contains($0.tag) }?.value
  }

  private mutating func add(_ block: [Line], separator: String) throws {
    guard let id = Self.value(block, "#index") else {
      badLines += 1
      return
    }
    guard let title = Self.value(block, "#*"), let names = Self.value(block, "#@"),
      let venue = Self.value(block, "#c", "#conf"), let year = Self.value(block, "#t", "#year")
    else { throw DialectProblem("\(block)") }
    var record = DialectRecord(id: id, title: title, year: Self.year(year), venueName: venue)
    record.authors = names.components(separatedBy: separator).map { .init(id: nil, name: $0) }
    if let places = Self.value(block, "#o")?.components(separatedBy: separator) {
      guard places.count == record.authors.count else { throw DialectProblem("organizations of \(id)") }
      for (place, name) in places.enumerated() { record.authors[place].place = Self.place(name) }
    }
    let references = block.filter { $0.tag == "#%" }.map(\.value)
    record.references = references.filter { !$0.isEmpty }
    record.marks["emptyReferences"] = references.count { $0.isEmpty }
    record.marks["unknownTags"] = block.count { $0.tag == "#remark" }
    record.marks["abstracts"] = block.count { $0.tag == "#!" }
    record.marks["longTags"] = block.contains { $0.tag == "#year" } ? 1 : 0
    record.raw = "\(block)"
    records.append(record)
  }

  mutating func readText(_ path: String) throws {
    let text = try DialectFile.text(path)
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    guard let header = Int(lines[0]) else { throw DialectProblem("header: \(lines[0])") }
    let (blocks, blank) = try Self.blocks(lines.dropFirst(), trims: false)
    if blocks.contains(where: { $0[0].tag != "#*" }) { throw DialectProblem("a record begins otherwise") }
    for block in blocks { try add(block, separator: ",") }
    guard header == blocks.count else { throw DialectProblem("\(blocks.count) records, the header has \(header)") }
    extras["headerCount"] = header
    shortLines = blank - (blocks.count - 1)
  }

  mutating func readNetwork(_ folder: String) throws {
    let lines = try DialectFile.lines("\(folder)/AMiner-Paper.txt").map { $0[...] }
    let (blocks, blank) = try Self.blocks(lines, trims: true)
    for block in blocks { try add(block, separator: ";") }
    shortLines = blank - blocks.count
    for place in records.indices { records[place].marks["longTags"] = nil }

    var places: [String: [(position: Int, author: String)]] = [:]
    let rows = try DialectFile.rows("\(folder)/AMiner-Author2Paper.txt")
    for (place, row) in rows.enumerated() {
      guard row.count == 4, Int(row[0]) == place + 1, let position = Int(row[3]) else { throw DialectProblem("\(row)") }
      places[row[2], default: []].append((position, row[1]))
    }
    let people = try Self.blocks(
      DialectFile.lines("\(folder)/AMiner-Author.txt").map { $0[...] }.filter { line in
        ["#index", "#n", "#a"].contains { line.hasPrefix("\($0) ") } || line.isEmpty
      }, trims: true
    ).blocks
    let names = Dictionary(
      uniqueKeysWithValues: people.map { (Self.value($0, "#index") ?? "", Self.value($0, "#n") ?? "") })
    for place in records.indices {
      for (position, author) in places[records[place].id] ?? [] {
        records[place].authors[position - 1].id = author
        guard names[author] == records[place].authors[position - 1].name else {
          throw DialectProblem("name of \(author)")
        }
      }
    }
    extras["authorRecords"] = people.count
    extras["authorRows"] = rows.count
    let pairs = try DialectFile.rows("\(folder)/AMiner-Coauthor.txt").map { Set([$0[0].dropFirst(), $0[1][...]]) }
    guard Set(pairs).count == pairs.count, pairs.allSatisfy({ $0.count == 2 }) else { throw DialectProblem("pairs") }
    let together = try firsts().papers.map { Set($0.authors.compactMap { $0.id.map { $0[...] } }) }
    var known: Set<Set<Substring>> = []
    for writers in together {
      for one in writers { for other in writers where one < other { known.insert([one, other]) } }
    }
    guard pairs.allSatisfy(known.contains) else { throw DialectProblem("coauthors without a paper") }
    extras["coauthorPairs"] = pairs.count
  }
}
