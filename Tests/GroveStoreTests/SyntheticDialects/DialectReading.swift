import Foundation

/// A paper as a dialect's record tells it, read with Foundation alone.
struct DialectRecord {
  struct Author: Equatable {
    var id: String?
    var name: String
    var place: String?
  }

  var id: String
  var title = ""
  /// A year above 0.
  var year: Int?
  var authors: [Author] = []
  var venueID: String?
  var venueName: String?
  var references: [String] = []
  var fields: [String] = []
  /// What only this dialect has, by the names of `planted.json`.
  var marks: [String: Int] = [:]
  /// What a repeat has in common with it.
  var raw = ""
}

/// Something that an honest dump cannot hold.
struct DialectProblem: Error, CustomStringConvertible {
  let description: String
  init(_ description: String) { self.description = description }
}

/// What a slow second reader finds in a dump.
struct DialectReading {
  var records: [DialectRecord] = []
  var badLines = 0
  var shortLines = 0
  /// Counts that belong to no record.
  var extras: [String: Int] = [:]
  /// Counts that stand for what is counted from the records.
  var fixed: [String: Int] = [:]
  /// Citations that stand for none, by the counts they go to: `(citing, cited) -> name`.
  var dropped: (String) -> String? = { _ in nil }
  /// What a reference's id has become.
  var renamed: [String: String] = [:]

  /// First records by id, in their order.
  func firsts() throws -> (papers: [DialectRecord], duplicates: Int) {
    var papers: [DialectRecord] = []
    var seen: [String: Int] = [:]
    for record in records {
      guard let place = seen[record.id] else {
        seen[record.id] = papers.count
        papers.append(record)
        continue
      }
      if papers[place].raw != record.raw { throw DialectProblem("a repeat of \(record.id) differs") }
    }
    return (papers, records.count - papers.count)
  }

  /// Everything that `planted.json` counts, counted again.
  func counts() throws -> [String: Int] {
    let (papers, duplicates) = try firsts()
    var counts = extras
    func add(_ name: String, _ number: Int = 1) { counts[name, default: 0] += number }
    add("papers", papers.count)
    add("records", records.count)
    add("duplicates", duplicates)
    add("badLines", badLines)
    add("shortLines", shortLines)
    let ids = Set(papers.map(\.id))
    var sets: [String: Set<String>] = [:]
    func note(_ name: String, _ member: String) { sets[name, default: []].insert(member) }
    for paper in papers {
      for (name, number) in paper.marks { add(name, number) }
      if paper.year == nil { add("yearsMissing") }
      var seen: Set<String> = []
      for listed in paper.references {
        let cited = renamed[listed] ?? listed
        if let name = dropped(cited) {
          add(name)
          continue
        }
        if cited != listed { add("referencesToMerged") }
        if cited == paper.id {
          add("selfReferences")
        } else if !seen.insert(cited).inserted {
          add("repeatedReferences")
        } else if ids.contains(cited) {
          add("citations")
        } else {
          add("dangling")
          note("distinctDangling", cited)
        }
      }
      var writers: Set<String> = []
      for author in paper.authors {
        if let place = author.place { note("affiliations", place) }
        guard let id = author.id else {
          add("authorsWithoutID")
          continue
        }
        writers.insert(id)
        note("authors", id)
        if let place = author.place { note("affiliatedAuthors", "\(id) \(place)") }
      }
      add("authorships", writers.count)
      if let venue = paper.venueID {
        add("publishedIn")
        note("venues", venue)
      } else if let name = paper.venueName {
        add("venuesWithoutID")
        note("rawVenues", name)
      }
      add("topics", Set(paper.fields).count)
      for field in paper.fields { note("fields", field) }
    }
    for (name, members) in sets { add(name, members.count) }
    return counts.merging(fixed) { $1 }
  }
}

/// Files of a dump as lines and objects.
enum DialectFile {
  static func data(_ path: String) throws -> Data {
    guard path.hasSuffix(".gz") else { return try Data(contentsOf: URL(fileURLWithPath: path)) }
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["gzip", "-dc", path]
    let pipe = Pipe()
    process.standardOutput = pipe
    try process.run()
    let data = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    if process.terminationStatus != 0 { throw DialectProblem("gzip refuses \(path)") }
    return data
  }

  static func text(_ path: String) throws -> String {
    guard let text = try String(data: data(path), encoding: .utf8) else { throw DialectProblem("\(path) is no UTF-8") }
    return text
  }

  /// Lines without their ends; the last one has an end too.
  static func lines(_ path: String) throws -> [String] {
    let text = try text(path)
    if text.isEmpty { return [] }
    guard text.utf8.last == 10 else { throw DialectProblem("\(path) does not end with a line end") }
    return text.dropLast().split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
  }

  static func object(_ line: String) -> [String: Any]? {
    (try? JSONSerialization.jsonObject(with: Data(line.utf8))) as? [String: Any]
  }

  /// Objects of a file in which every line is one.
  static func objects(_ path: String) throws -> [[String: Any]] {
    try lines(path).map { line in
      guard let object = object(line) else { throw DialectProblem("\(path): \(line)") }
      return object
    }
  }

  static func rows(_ path: String) throws -> [[String]] { try lines(path).map { $0.components(separatedBy: "\t") } }
}

extension DialectReading {
  /// Takes lines of which each is a record, too short to be one, or bad.
  mutating func read(lines: [String], _ record: ([String: Any]) throws -> DialectRecord) throws {
    for line in lines {
      if line.utf8.count <= 2 {
        shortLines += 1
      } else if let object = DialectFile.object(line) {
        var found = try record(object)
        found.raw = line
        records.append(found)
      } else {
        badLines += 1
      }
    }
  }

  /// An id as text, hexadecimal digits in lower case; nil for "", null and no key.
  static func id(_ value: Any?) -> String? {
    if let number = value as? NSNumber { return number.stringValue }
    guard let text = value as? String, !text.isEmpty else { return nil }
    return text.lowercased()
  }

  /// A year above 0; nil where there is none.
  static func year(_ value: Any?) -> Int? {
    let number = (value as? NSNumber)?.doubleValue ?? (value as? String).flatMap { Double($0) }
    return number.flatMap { $0 > 0 ? Int($0) : nil }
  }

  /// An affiliation's name as all dialects can write it.
  static func place(_ value: Any?) -> String? {
    guard let text = value as? String, !text.isEmpty, text != "-", text != "null" else { return nil }
    return text.replacingOccurrences(of: "#TAB#", with: " ").replacingOccurrences(of: "&amp;", with: "&")
  }
}
