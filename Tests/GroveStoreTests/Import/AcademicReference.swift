import Foundation
import GroveGraphs
import GroveKernels
import Testing

@testable import GroveStore

/// The graph of an academic dump by Foundation's parser and Swift's dictionaries: slow and obvious.
///
/// Source: canonical target of the OAG formats, section 1.9. Of several records of a paper the first counts.
struct AcademicReference {
  /// Ids by type.
  private(set) var nodes: [NodeType: Set<String>] = [:]
  /// By relation: `source → target` and what is known of the edge, as `describedEdges` writes both.
  private(set) var edges: [EdgeType: [String: String]] = [:]
  /// What a load report should say.
  private(set) var report = LoadReport()

  private var papers: [(id: String, record: [String: Any])] = []
  private var known: Set<String> = []
  /// Pairs of an author and a place of work, with the first year that shows them.
  private var workplaces: [String: Int] = [:]

  /// Reads the files of a folder, or one file of papers.
  init(_ path: String) throws {
    let isFolder = AtomicFile.isFolder(path)
    let names = isFolder ? try FileManager.default.contentsOfDirectory(atPath: path) : [path]
    for type in AcademicSchema.nodeTypes { nodes[type] = [] }
    for relation in AcademicSchema.relations where relation != AcademicSchema.childOf { edges[relation] = [:] }
    for name in names where name.contains("json") && !name.hasSuffix("planted.json") {
      let data = try Data(contentsOf: URL(fileURLWithPath: isFolder ? "\(path)/\(name)" : path))
      for line in data.split(separator: 10) { try read(line, of: (name as NSString).lastPathComponent) }
    }
    var missing: Set<String> = []
    for paper in papers { count(paper.record, paper.id, &missing) }
    report.distinctDangling = missing.count
    edges[AcademicSchema.affiliatedWith] = workplaces.mapValues { "\($0)" }
  }

  private mutating func read(_ line: Data, of name: String) throws {
    var line = line
    while let first = line.first, first == 44 || first <= 32 { line = line.dropFirst() }
    while let last = line.last, last <= 32 { line = line.dropLast() }
    if line.count <= 2 { return }
    guard let record = try? JSONSerialization.jsonObject(with: Data(line)) as? [String: Any] else {
      report.bad += 1
      return
    }
    report.records += 1
    let id = try #require(Self.id(record["id"]))
    if name.contains("author") {
      nodes[AcademicSchema.author]?.insert(id)
      if let name = Self.value(record["org"]) { work(id, at: "name:\(Self.normal(name))", 0) }
    } else if name.contains("affiliation") {
      nodes[AcademicSchema.affiliation]?.insert(id)
    } else if name.contains("venue") {
      nodes[AcademicSchema.venue]?.insert(id)
    } else if known.insert(id).inserted {
      papers.append((id, record))
      nodes[AcademicSchema.paper]?.insert(id)
    } else {
      report.duplicates += 1
    }
  }

  // MARK: - One paper

  private mutating func count(_ record: [String: Any], _ id: String, _ missing: inout Set<String>) {
    let year = Self.year(record["year"])
    if year == 0 { report.yearsMissing += 1 }
    if year != 0, !(1600...(Calendar.current.component(.year, from: Date()) + 1)).contains(year) {
      report.yearsOutOfRange += 1
    }
    let hasWords = (record["indexed_abstract"] as? [String: Any])?["InvertedIndex"] != nil
    if hasWords || Self.text(record["abstract"]) != nil { report.abstracts += 1 }
    var seen: Set<String> = []
    for target in (record["references"] as? [Any] ?? []).compactMap(Self.id) {
      if target == id {
        report.selfReferences += 1
      } else if !seen.insert(target).inserted {
        report.duplicateEdges += 1
      } else if known.contains(target) {
        edges[AcademicSchema.cites]?["\(id) → \(target)"] = "\(year)"
      } else {
        report.dangling += 1
        missing.insert(target)
      }
    }
    countAuthors(record["authors"] as? [[String: Any]] ?? [], id, year)
    let venue = record["venue"] as? [String: Any]
    let raw = Self.value(venue?["raw"] ?? record["venue"])
    if let venue = Self.id(record["venue_id"] ?? venue?["id"]) {
      add(venue, AcademicSchema.publishedIn, of: id, "\(year)")
    } else if let raw {
      report.venuesWithoutID += 1
      add("name:\(Self.normal(raw))", AcademicSchema.publishedIn, of: id, "\(year)")
    }
    var weights: [String: Float] = [:]
    for field in record["fos"] as? [[String: Any]] ?? [] {
      guard let name = Self.text(field["name"]), let weight = field["w"] as? NSNumber else { continue }
      weights[name] = max(weights[name] ?? -.infinity, Float(weight.doubleValue))
    }
    for (name, weight) in weights { add(name, AcademicSchema.hasTopic, of: id, "\(weight) \(year)") }
  }

  private mutating func add(_ target: String, _ relation: EdgeType, of paper: String, _ detail: String) {
    nodes[relation.target]?.insert(target)
    edges[relation]?["\(paper) → \(target)"] = detail
  }

  private mutating func countAuthors(_ authors: [[String: Any]], _ paper: String, _ year: Int) {
    var places: [String: [Int]] = [:]
    for (place, entry) in authors.enumerated() {
      guard let author = Self.id(entry["id"]) else {
        report.authorsWithoutID += 1
        continue
      }
      places[author, default: []].append(place)
      if let affiliation = Self.id(entry["org_id"]) {
        work(author, at: affiliation, year)
      } else if let name = Self.value(entry["org"]) {
        work(author, at: "name:\(Self.normal(name))", year)
      }
    }
    for (author, places) in places {
      nodes[AcademicSchema.author]?.insert(author)
      edges[AcademicSchema.writes]?["\(author) → \(paper)"] = "\(places) \(year)"
    }
  }

  private mutating func work(_ author: String, at place: String, _ year: Int) {
    nodes[AcademicSchema.affiliation]?.insert(place)
    let pair = "\(author) → \(place)"
    let former = workplaces[pair] ?? 0
    workplaces[pair] = former == 0 ? year : year == 0 ? former : min(former, year)
  }

  // MARK: - Values

  /// A string that is not empty, without white space around it.
  static func text(_ value: Any?) -> String? {
    let text = (value as? String)?.trimmingCharacters(in: .whitespacesAndNewlines)
    return text?.isEmpty == false ? text : nil
  }

  /// The same, where "null" says nothing.
  static func value(_ value: Any?) -> String? { text(value).flatMap { $0 == "null" ? nil : $0 } }

  /// An id as text: numbers in decimal, 24 hexadecimal digits in lower case.
  static func id(_ value: Any?) -> String? {
    if let number = value as? NSNumber { return number.stringValue }
    guard let text = self.value(value) else { return nil }
    return text.count == 24 && text.allSatisfy(\.isHexDigit) ? text.lowercased() : text
  }

  /// A year, or 0.
  static func year(_ value: Any?) -> Int {
    let number = (value as? NSNumber)?.doubleValue ?? (value as? String).flatMap { Double($0) } ?? 0
    return number > 0 ? Int(number) : 0
  }

  /// A name in the form by which spellings are compared.
  static func normal(_ name: String) -> String {
    var name = name.lowercased()
    for mark in ["#tab#", "#r#", "#n#"] { name = name.replacingOccurrences(of: mark, with: " ") }
    return name.split(whereSeparator: \.isWhitespace).joined(separator: " ")
  }
}
