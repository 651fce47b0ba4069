import Foundation
import GroveStore

/// Dialects of one JSON object a paper.
extension DialectReading {
  init(_ folder: String, _ format: SyntheticDump.Format) throws {
    switch format {
    case .oagV1: try read(lines: DialectFile.lines("\(folder)/aminer_papers_0.txt"), Self.plainRecord)
    case .oagV3: try read(lines: DialectFile.lines("\(folder)/v3_oag_publication_1.json"), Self.mergedRecord)
    case .dblpV10:
      for part in 0..<4 { try read(lines: DialectFile.lines("\(folder)/dblp-ref-\(part).json"), Self.plainRecord) }
    case .dblpV11: try read(lines: DialectFile.lines("\(folder)/dblp_papers_v11.txt"), Self.record)
    case .dblpV12: try readArray("\(folder)/dblp.v12.json", lineEnd: "\r\n", commasLead: true)
    case .dblpV13: try readMongo("\(folder)/dblpv13.json")
    case .dblpV14: try readArray("\(folder)/dblp_v14.json", lineEnd: "\n", commasLead: false)
    case .dblpV16: try read(lines: DialectFile.lines("\(folder)/dblp_v16.json"), Self.record)
    case .s2orc: try readS2ORC("\(folder)/metadata_0.jsonl")
    case .oagV2: try readSides(folder)
    case .dblpText: try readText("\(folder)/dblp.txt")
    case .dblpTextB: try readNetwork(folder)
    case .mag: try readTables(folder)
    case .openAlex: try readOpenAlex(folder)
    }
  }

  // MARK: - Records

  /// Keys that all have in common; ids under `id` or `_id`, names under `name`.
  static func record(_ object: [String: Any]) throws -> DialectRecord {
    var object = object
    var marks: [String: Int] = [:]
    if let wrapped = object["_id"] as? [String: Any] {
      object["_id"] = wrapped["$oid"]
      marks["wrappedIDs"] = 1
    }
    guard let id = id(object["id"] ?? object["_id"]) else { throw DialectProblem("no id: \(object)") }
    var record = DialectRecord(id: id, marks: marks)
    guard let title = object["title"] as? String else { throw DialectProblem("no title: \(id)") }
    record.title = title
    record.year = year(object["year"])
    for entry in object["authors"] as? [Any] ?? [] {
      if let name = entry as? String {
        record.authors.append(.init(id: nil, name: name))
      } else if let author = entry as? [String: Any], let name = author["name"] as? String {
        record.authors.append(
          .init(id: Self.id(author["id"] ?? author["_id"]), name: name, place: place(author["org"])))
      } else {
        throw DialectProblem("author of \(id): \(entry)")
      }
    }
    if let venue = object["venue"] as? [String: Any] {
      record.venueID = Self.id(venue["id"] ?? venue["_id"])
      record.venueName = venue["raw"] as? String
    } else {
      record.venueName = object["venue"] as? String
    }
    record.references = (object["references"] as? [Any] ?? []).compactMap { Self.id($0) }
    let fields = object["fos"] as? [Any] ?? object["keywords"] as? [Any] ?? []
    record.fields = fields.compactMap { $0 as? String ?? ($0 as? [String: Any])?["name"] as? String }
    if record.fields.count != fields.count { throw DialectProblem("fields of \(id)") }
    let abstract = object["abstract"] as? String ?? ""
    if !abstract.isEmpty || object["indexed_abstract"] is [String: Any] { record.marks["abstracts"] = 1 }
    return record
  }

  /// The same where absence stands for null.
  private static func plainRecord(_ object: [String: Any]) throws -> DialectRecord {
    if object.values.contains(where: { $0 is NSNull }) { throw DialectProblem("null in \(object)") }
    var record = try record(object)
    if object["year"] == nil {
      record.marks["absentYears"] = 1
    } else if record.year == nil {
      record.marks["impossibleYears"] = 1
    }
    return record
  }

  private static func mergedRecord(_ object: [String: Any]) throws -> DialectRecord {
    var record = try record(object)
    record.venueID = id(object["venue_id"]).flatMap { $0 == "null" ? nil : $0 }
    if object["fos"] == nil { record.fields = [] }
    return record
  }

  // MARK: - Arrays

  /// An array of a record a line, with the comma before or behind it.
  private mutating func readArray(_ path: String, lineEnd: String, commasLead: Bool) throws {
    let text = try DialectFile.text(path)
    var lines = text.components(separatedBy: lineEnd)
    guard lines.first == "[", Array(lines.suffix(2)) == ["]", ""] else { throw DialectProblem("brackets of \(path)") }
    lines = Array(lines.dropFirst().dropLast(2))
    for place in lines.indices {
      if commasLead, place > 0 {
        guard lines[place].first == "," else { throw DialectProblem("comma before \(lines[place])") }
        lines[place].removeFirst()
      } else if !commasLead, place < lines.count - 1 {
        guard lines[place].last == "," else { throw DialectProblem("comma behind \(lines[place])") }
        lines[place].removeLast()
      }
    }
    try read(lines: lines, Self.record)
  }

  /// One array with literals of a Mongo shell, which become JSON: `NumberInt(3)` 3 and `ObjectId("a")` `{"$oid":"a"}`.
  private mutating func readMongo(_ path: String) throws {
    var json = ""
    var rest = try DialectFile.text(path)[...]
    while let quote = rest.firstIndex(of: "\"") {
      var plain = String(rest[..<quote])
      let isWrapped = plain.hasSuffix("ObjectId(")
      for wrapper in ["NumberInt", "NumberLong"] {
        let pieces = plain.components(separatedBy: "\(wrapper)(")
        plain = pieces[0] + pieces.dropFirst().map { $0.replacing(")", with: "", maxReplacements: 1) }.joined()
      }
      if isWrapped { plain = plain.replacingOccurrences(of: "ObjectId(", with: #"{"$oid":"#) }
      var end = rest.index(after: quote)
      while rest[end] != "\"" { end = rest.index(end, offsetBy: rest[end] == "\\" ? 2 : 1) }
      json += plain + rest[quote...end]
      rest = rest[rest.index(after: end)...]
      if isWrapped {
        guard rest.first == ")" else { throw DialectProblem("ObjectId( without end") }
        json += "}"
        rest.removeFirst()
      }
    }
    json += rest
    guard let objects = try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [[String: Any]] else {
      throw DialectProblem("\(path) is no array")
    }
    for object in objects {
      guard object["_id"] != nil else {
        badLines += 1
        continue
      }
      var record = try Self.record(object)
      if record.title.hasSuffix(" NumberInt(3)") {
        record.title.removeLast(" NumberInt(3)".count)
        record.marks["mongoTitles"] = 1
      }
      record.raw = String(
        decoding: try JSONSerialization.data(withJSONObject: object, options: .sortedKeys), as: UTF8.self)
      records.append(record)
    }
  }

  // MARK: - S2ORC

  private mutating func readS2ORC(_ path: String) throws {
    try read(lines: DialectFile.lines(path)) { object in
      guard let id = object["paper_id"] as? String, let title = object["title"] as? String,
        let authors = object["authors"] as? [[String: Any]], let cited = object["outbound_citations"] as? [String],
        let citing = object["inbound_citations"] as? [String]
      else { throw DialectProblem("\(object)") }
      var record = DialectRecord(id: id, title: title, year: (object["year"] as? NSNumber)?.intValue)
      record.authors = authors.map { author in
        let parts = [author["first"] as? String] + (author["middle"] as? [String] ?? []) + [author["last"] as? String]
        return .init(id: nil, name: parts.compactMap { $0 }.joined(separator: " "))
      }
      record.venueName = object["venue"] as? String ?? object["journal"] as? String
      record.references = cited
      record.fields = object["mag_field_of_study"] as? [String] ?? []
      record.marks = ["inboundCitations": citing.count, "abstracts": object["abstract"] is String ? 1 : 0]
      guard object["has_outbound_citations"] as? Bool == !cited.isEmpty,
        object["has_inbound_citations"] as? Bool == !citing.isEmpty
      else { throw DialectProblem("has_…_citations of \(id)") }
      return record
    }
  }
}
