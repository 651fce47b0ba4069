import Foundation
import GRDB
import GroveGraphs
import GroveKernels

/// A store's records as OAG v3 JSON lines, from which an import makes the same store again.
///
/// Beside the keys of OAG v3 papers have `fos` with weights, `volume` and `issue`, and authors a list `affiliations` of
/// {id, name, year}. References to papers that are not there are written too.
public enum RecordExport {
  /// Writes one file of papers and authors where `path` ends in .jsonl or .json, else a folder of papers.jsonl,
  /// authors.jsonl, venues.jsonl and affiliations.jsonl.
  ///
  /// - Returns: the number of records.
  /// - Throws: `FileFailure`; `StoreFailure.damaged`, or `.holdsNoRecords` for a graph that was imported whole.
  public static func write(_ store: GraphStore, to path: String) throws -> Int {
    if store.isGraph { throw StoreFailure.holdsNoRecords(path: store.path) }
    let names = try Names(store)
    if path.hasSuffix(".jsonl") || path.hasSuffix(".json") {
      var count = 0
      try AtomicFile.write(to: path) { sink in
        count += try papers(store, names, to: &sink)
        count += try authors(store, names, to: &sink)
      }
      return count
    }
    try AtomicFile.makeFolder(path)
    var count = 0
    try AtomicFile.write(to: "\(path)/papers.jsonl") { count += try papers(store, names, to: &$0) }
    try AtomicFile.write(to: "\(path)/authors.jsonl") { count += try authors(store, names, to: &$0) }
    for (kind, file) in [(EntityKind.venue, "venues"), (.affiliation, "affiliations")] {
      try AtomicFile.write(to: "\(path)/\(file).jsonl") { count += try entities(store, names, kind, to: &$0) }
    }
    return count
  }

  /// How the nodes that papers mention are called.
  private struct Names {
    /// By `EntityKind` and number: id, nil for nodes known by name, and name.
    var entries: [[(id: String?, name: String)]] = []

    init(_ store: GraphStore) throws {
      for kind in EntityKind.allCases {
        let keys = try store.keys(of: kind.type)
        var list: [(id: String?, name: String)] = []
        list.reserveCapacity(keys.count)
        try store.readTexts(kind.type, columns: "id, name") { number, row in
          let long: String? = keys[number].isLong ? row[0] : nil
          list.append((keys[number].text ?? long, row[1] ?? ""))
        }
        entries.append(list)
      }
    }

    subscript(kind: EntityKind, number: Int32) -> (id: String?, name: String) { entries[kind.rawValue][Int(number)] }
  }

  private static func papers(_ store: GraphStore, _ names: Names, to sink: inout ByteSink) throws -> Int {
    let ids = try store.nodeIDs(of: AcademicSchema.paper) ?? []
    let cites = try store.rows(of: AcademicSchema.cites)
    let writes = try store.entry(of: AcademicSchema.writes)
    let writing = try store.rows(of: AcademicSchema.writes)
    let places: MappedArray<Int32>? = try writes.details.map { try store.array($0) }
    let repeats: MappedArray<Int64>? = try writes.repeats.map { try store.array($0) }
    let published = try store.rows(of: AcademicSchema.publishedIn)
    let topics = try store.rows(of: AcademicSchema.hasTopic)
    let weights: MappedArray<Float>? = try store.entry(of: AcademicSchema.hasTopic).details.map { try store.array($0) }
    let authorCounts: MappedArray<UInt32> = try store.array(store.manifest.nodes[0].authorCounts!)
    let unresolved: MappedArray<Waiting.Unresolved> = try store.unresolved()
    let stubs = try store.stubs()
    var missing: [NodeKey: String] = [:]
    try store.readMissing { missing[$0] = $1 }
    let years = try store.nodeYears(of: AcademicSchema.paper) ?? []
    var unplaced = try affiliationsOfNames(store, names)
    var nextUnresolved = 0
    var nextRepeat = 0
    var count = 0
    var line = JSONLine()
    try store.readTexts(
      AcademicSchema.paper, columns: "title, abstract, doi, volume, issue, year, n_citation"
    ) { number, row in
      if stubs.contains(number) { return }
      func range(_ offsets: MappedArray<Int64>) -> Range<Int> { Int(offsets[number])..<Int(offsets[number + 1]) }
      line.begin()
      line.key("id")
      line.string(ids[number])
      for (place, key) in ["title", "abstract", "doi", "volume", "issue"].enumerated() {
        if let text: String = row[place] {
          line.key(key)
          line.string(text)
        }
      }
      for (place, key) in [(5, "year"), (6, "n_citation")] {
        if let value: Int64 = row[place] {
          line.key(key)
          line.raw(String(value))
        }
      }
      var authors = [Int32](repeating: -1, count: Int(authorCounts[number]))
      for entry in range(writing.offsets) {
        let author = writing.columns[entry]
        if let place = places?[entry], Int(place) < authors.count { authors[Int(place)] = author }
        while let repeats, nextRepeat < repeats.count, repeats[nextRepeat] == Int64(entry) {
          let place = Int(repeats[nextRepeat + 1])
          if place < authors.count { authors[place] = author }
          nextRepeat += 2
        }
      }
      line.key("authors")
      line.list(authors) { line, author in
        let (id, name) = author < 0 ? (nil, "") : names[.author, author]
        line.begin()
        line.key("id")
        line.string(id ?? "")
        line.key("name")
        line.string(name)
        if let at = unplaced[author]?.firstIndex(where: { $0.year == years[number] }),
          let place = unplaced[author]?.remove(at: at).place
        {
          line.key("org")
          line.string(names[.affiliation, place].name)
          line.key("org_id")
          line.string(names[.affiliation, place].id ?? "")
        }
        line.end()
      }
      var references = range(cites.offsets).map { ids[Int(cites.columns[$0])] }
      while nextUnresolved < unresolved.count, Int(unresolved[nextUnresolved].row) == number {
        let key = unresolved[nextUnresolved].target
        if let id = key.text ?? missing[key] { references.append(id) }
        nextUnresolved += 1
      }
      line.key("references")
      line.list(references) { line, id in line.string(id) }
      for entry in range(published.offsets).prefix(1) {
        let (id, name) = names[.venue, published.columns[entry]]
        line.key("venue")
        line.string(name)
        line.key("venue_id")
        line.string(id ?? "")
      }
      line.key("fos")
      line.list(range(topics.offsets)) { line, entry in
        let (id, name) = names[.field, topics.columns[entry]]
        line.begin()
        line.key("name")
        line.string(name.isEmpty ? id ?? "" : name)
        line.key("w")
        line.raw("\(weights?[entry] ?? 1)")
        line.end()
      }
      line.end()
      try line.write(to: &sink)
      count += 1
    }
    return count
  }

  /// Places of work of authors known by their name alone, which have no record of their own: each goes with a paper of
  /// the year that first shows it.
  private static func affiliationsOfNames(
    _ store: GraphStore, _ names: Names
  ) throws -> [Int32: [(place: Int32, year: Int32)]] {
    let rows = try store.rows(of: AcademicSchema.affiliatedWith)
    let years: MappedArray<Int32>? = try store.entry(of: AcademicSchema.affiliatedWith).details.map {
      try store.array($0)
    }
    var places: [Int32: [(place: Int32, year: Int32)]] = [:]
    for author in 0..<Int32(store.nodeCount(of: AcademicSchema.author)) where names[.author, author].id == nil {
      let range = Int(rows.offsets[Int(author)])..<Int(rows.offsets[Int(author) + 1])
      if !range.isEmpty { places[author] = range.map { (rows.columns[$0], max(years?[$0] ?? 0, 0)) } }
    }
    return places
  }

  private static func authors(_ store: GraphStore, _ names: Names, to sink: inout ByteSink) throws -> Int {
    let rows = try store.rows(of: AcademicSchema.affiliatedWith)
    let years: MappedArray<Int32>? = try store.entry(of: AcademicSchema.affiliatedWith).details.map {
      try store.array($0)
    }
    var count = 0
    var line = JSONLine()
    for author in 0..<store.nodeCount(of: AcademicSchema.author) {
      let (id, name) = names[.author, Int32(author)]
      guard let id else { continue }
      line.begin()
      line.key("id")
      line.string(id)
      line.key("name")
      line.string(name)
      line.key("affiliations")
      line.list(Int(rows.offsets[author])..<Int(rows.offsets[author + 1])) { line, entry in
        let (id, name) = names[.affiliation, rows.columns[entry]]
        line.begin()
        if let id {
          line.key("id")
          line.string(id)
        }
        line.key("name")
        line.string(name)
        if let year = years?[entry], year > 0 {
          line.key("year")
          line.raw("\(year)")
        }
        line.end()
      }
      line.end()
      try line.write(to: &sink)
      count += 1
    }
    return count
  }

  private static func entities(
    _ store: GraphStore, _ names: Names, _ kind: EntityKind, to sink: inout ByteSink
  ) throws -> Int {
    var count = 0
    var line = JSONLine()
    for entry in names.entries[kind.rawValue] {
      guard let id = entry.id else { continue }
      line.begin()
      line.key("id")
      line.string(id)
      line.key("DisplayName")
      line.string(entry.name)
      line.end()
      try line.write(to: &sink)
      count += 1
    }
    return count
  }
}

/// One line of JSON, written without a tree of values.
struct JSONLine {
  private var bytes: [UInt8] = []
  private var needsComma = false

  mutating func begin() {
    separate()
    bytes.append(0x7b)
    needsComma = false
  }

  mutating func end() {
    bytes.append(0x7d)
    needsComma = true
  }

  /// A key, whose value is to follow.
  mutating func key(_ name: String) {
    separate()
    quote(name)
    bytes.append(0x3a)
    needsComma = false
  }

  /// Sends the line on and empties it.
  mutating func write(to sink: inout ByteSink) throws {
    bytes.append(10)
    try sink.write(bytes)
    bytes.removeAll(keepingCapacity: true)
    needsComma = false
  }

  mutating func string(_ text: String) {
    separate()
    quote(text)
    needsComma = true
  }

  mutating func raw(_ text: String) {
    separate()
    bytes.append(contentsOf: text.utf8)
    needsComma = true
  }

  mutating func list<Items: Sequence>(_ items: Items, _ body: (inout JSONLine, Items.Element) -> Void) {
    separate()
    bytes.append(0x5b)
    needsComma = false
    for item in items { body(&self, item) }
    bytes.append(0x5d)
    needsComma = true
  }

  private mutating func separate() {
    if needsComma { bytes.append(0x2c) }
    needsComma = false
  }

  private mutating func quote(_ text: String) {
    bytes.append(0x22)
    for byte in text.utf8 {
      switch byte {
      case 0x22, 0x5c:
        bytes.append(0x5c)
        bytes.append(byte)
      case 0..<32: bytes.append(contentsOf: "\\u00\(byte < 16 ? "0" : "")\(String(byte, radix: 16))".utf8)
      default: bytes.append(byte)
      }
    }
    bytes.append(0x22)
  }
}
