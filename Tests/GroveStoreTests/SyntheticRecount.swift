import Foundation
import GroveStore
import Testing

/// A second opinion on a synthetic dump: reads its files with Foundation alone and counts again, slowly.
struct SyntheticRecount {
  /// Counts by the names of `planted.json`.
  private(set) var counts: [String: Int] = [:]
  /// Papers by id in the order of their first records.
  private(set) var papers: [String: [String: Any]] = [:]
  /// Ids in that order.
  private(set) var order: [String] = []
  /// Planted topics by id.
  private(set) var labels: [String: String] = [:]
  /// Pairs of a citing and a cited paper.
  private(set) var citations: [(source: String, target: String)] = []
  /// Ids of authors by name.
  private(set) var authorsByName: [String: Set<String>] = [:]

  private let isOAG: Bool
  private var firstLines: [String: Data] = [:]
  private var sets: [String: Set<String>] = [:]

  init(_ folder: String, _ format: SyntheticDump.Format) throws {
    isOAG = format == .oagV3
    for name in Self.names { counts[name] = 0 }
    try readRecords("\(folder)/\(isOAG ? "v3_oag_publication_1.json" : "dblp.v12.json")")
    try readLabels("\(folder)/labels.tsv")
    for (place, id) in order.enumerated() { try count(#require(papers[id]), id, place) }
    for (name, members) in sets { counts[name] = members.count }
    if isOAG {
      for (name, file) in [("authors", "author"), ("affiliations", "affiliation"), ("venues", "venue")] {
        let ids = try lines("\(folder)/v3_oag_\(file).json").map { line in
          try #require(try (JSONSerialization.jsonObject(with: line) as? [String: Any])?["id"] as? String)
        }
        #expect(Set(ids) == sets[name, default: []] && Set(ids).count == ids.count, "\(file)")
      }
    }
  }

  private static let names = [
    "papers", "records", "duplicates", "badLines", "shortLines", "labeled", "yearsMissing", "citations", "dangling",
    "distinctDangling", "selfReferences", "repeatedReferences", "authors", "authorsWithoutID", "authorships",
    "affiliations", "affiliatedAuthors", "venues", "venuesWithoutID", "rawVenues", "publishedIn", "fields", "topics",
  ]

  private mutating func add(_ name: String, _ number: Int = 1) { counts[name, default: 0] += number }

  private func lines(_ path: String) throws -> [Data] {
    let data = try Data(contentsOf: URL(fileURLWithPath: path))
    try #require(data.last == 10, "\(path) ends with a line end")
    return data.dropLast().split(separator: 10, omittingEmptySubsequences: false).map { Data($0) }
  }

  // MARK: - Framing

  private mutating func readRecords(_ path: String) throws {
    var lines = try lines(path)
    if !isOAG {
      try #require(lines.allSatisfy { $0.last == 13 }, "lines end in CR LF")
      lines = lines.map { $0.dropLast() }
      try #require(lines.first == Data("[".utf8) && lines.last == Data("]".utf8))
      lines = Array(lines.dropFirst().dropLast())
      try #require(
        lines[0].first == UInt8(ascii: "{") && lines.dropFirst().allSatisfy { $0.first == UInt8(ascii: ",") })
      lines = [lines[0]] + lines.dropFirst().map { Data($0.dropFirst()) }
    }
    for line in lines {
      if isOAG, line.count <= 2 {
        add("shortLines")
      } else if let record = try? JSONSerialization.jsonObject(with: line) as? [String: Any] {
        try readRecord(record, line)
      } else {
        add("badLines")
      }
    }
  }

  private mutating func readRecord(_ record: [String: Any], _ line: Data) throws {
    add("records")
    let id = try #require(Self.id(record["id"]))
    if let first = firstLines[id] {
      #expect(first == line, "a repeat of \(id) differs")
      return add("duplicates")
    }
    firstLines[id] = line
    papers[id] = record
    order.append(id)
    add("papers")
  }

  private mutating func readLabels(_ path: String) throws {
    let rows = try lines(path).map { String(decoding: $0, as: UTF8.self).components(separatedBy: "\t") }
    #expect(rows.first == ["id", "label"])
    for row in rows.dropFirst() {
      try #require(row.count == 2 && papers[row[0]] != nil, "\(row)")
      labels[row[0]] = row[1]
    }
    #expect(labels.count == rows.count - 1)
    add("labeled", labels.count)
  }

  // MARK: - One paper

  /// An id as text, hexadecimal digits in lower case; nil for "", "null", null and no key.
  private static func id(_ value: Any?) -> String? {
    if let number = value as? NSNumber { return number.stringValue }
    guard let text = value as? String, !text.isEmpty, text != "null" else { return nil }
    return text.lowercased()
  }

  /// A year above 0; nil where there is none.
  static func year(_ record: [String: Any]) -> Int? {
    let number =
      (record["year"] as? NSNumber)?.doubleValue ?? (record["year"] as? String).flatMap { Double($0) }
    return number.flatMap { $0 > 0 ? Int($0) : nil }
  }

  private mutating func count(_ record: [String: Any], _ id: String, _ place: Int) throws {
    if Self.year(record) == nil { add("yearsMissing") }
    countReferences(record, id)
    try countAuthors(record)
    let venue = record["venue"] as? [String: Any]
    let raw = try #require((isOAG ? record["venue"] : venue?["raw"]) as? String)
    if let venue = Self.id(isOAG ? record["venue_id"] : venue?["id"]) {
      add("publishedIn")
      sets["venues", default: []].insert(venue)
    } else {
      add("venuesWithoutID")
      sets["rawVenues", default: []].insert(raw)
    }
    let fields = record["fos"] as? [[String: Any]] ?? []
    let names = Set(fields.compactMap { $0["name"] as? String })
    #expect(fields.allSatisfy { (0..<1).contains(($0["w"] as? NSNumber)?.doubleValue ?? -1) })
    add("topics", names.count)
    sets["fields", default: []].formUnion(names)
    if isOAG { #expect(names.isSuperset(of: try #require(record["keywords"] as? [String]))) }
  }

  private mutating func countReferences(_ record: [String: Any], _ id: String) {
    var seen: Set<String> = []
    for cited in (record["references"] as? [Any] ?? []).compactMap({ Self.id($0) }) {
      if cited == id {
        add("selfReferences")
      } else if !seen.insert(cited).inserted {
        add("repeatedReferences")
      } else if papers[cited] == nil {
        add("dangling")
        sets["distinctDangling", default: []].insert(cited)
      } else {
        add("citations")
        citations.append((id, cited))
      }
    }
  }

  private mutating func countAuthors(_ record: [String: Any]) throws {
    let entries = try #require(record["authors"] as? [[String: Any]])
    #expect((1...6).contains(entries.count))
    var seen: Set<String> = []
    for entry in entries {
      guard let author = Self.id(entry["id"]) else {
        add("authorsWithoutID")
        continue
      }
      seen.insert(author)
      try authorsByName[#require(entry["name"] as? String), default: []].insert(author)
      let organization = (entry["org"] as? String)?.replacingOccurrences(of: "#TAB#", with: " ")
      if let affiliation = isOAG ? Self.id(entry["org_id"]) : organization {
        sets["affiliations", default: []].insert(affiliation)
        sets["affiliatedAuthors", default: []].insert("\(author) \(affiliation)")
      }
    }
    add("authorships", seen.count)
    sets["authors", default: []].formUnion(seen)
  }
}
