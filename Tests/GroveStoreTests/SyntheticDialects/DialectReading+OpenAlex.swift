import Foundation

/// The works and other entities of OpenAlex.
extension DialectReading {
  private static func key(_ value: Any?, _ letter: String) throws -> String? {
    if value == nil || value is NSNull { return nil }
    let start = "https://openalex.org/\(letter)"
    guard let address = value as? String, address.hasPrefix(start), Int(address.dropFirst(start.count)) != nil else {
      throw DialectProblem("address \(value ?? "")")
    }
    return String(address.dropFirst(start.count))
  }

  mutating func readOpenAlex(_ folder: String) throws {
    let merges = try DialectFile.lines("\(folder)/data/merged_ids/works/2024-06-11.csv.gz")
      .map { $0.components(separatedBy: ",") }
    guard merges.first == ["merge_date", "id", "merge_into_id"] else { throw DialectProblem("head of merged_ids") }
    let targets = Dictionary(
      uniqueKeysWithValues: merges.dropFirst().map { (String($0[1].dropFirst()), String($0[2].dropFirst())) })
    let deleted = Set(targets.filter { $0.value == "4285719527" }.keys)
    renamed = targets.filter { !deleted.contains($0.key) }
    dropped = { deleted.contains($0) ? "referencesToDeleted" : nil }
    extras["mergedWorks"] = renamed.count
    extras["deletedWorks"] = deleted.count

    for (date, isOld) in [("2023-05-17", true), ("2024-06-10", false)] {
      let lines = try DialectFile.lines("\(folder)/data/works/updated_date=\(date)/part_000.gz")
      try read(lines: lines) { try Self.work($0, isOld: isOld) }
    }
    let stale = records.filter { targets[$0.id] != nil }
    extras["mergedRecords"] = stale.count { renamed[$0.id] != nil }
    extras["deletedRecords"] = stale.count { deleted.contains($0.id) }
    records.removeAll { targets[$0.id] != nil }
    try checkEntities(folder)
  }

  private static func work(_ object: [String: Any], isOld: Bool) throws -> DialectRecord {
    guard let id = try key(object["id"], "W"), let title = object["title"] as? String,
      title == object["display_name"] as? String, let authorships = object["authorships"] as? [[String: Any]],
      let concepts = object["concepts"] as? [[String: Any]], let topics = object["topics"] as? [[String: Any]],
      let works = object["referenced_works"] as? [String], let location = object["primary_location"] as? [String: Any],
      let ids = object["ids"] as? [String: Any], isOld ? ids["mag"] is String : ids["mag"] is NSNumber
    else { throw DialectProblem("\(object)") }
    var record = DialectRecord(id: id, title: title, year: (object["publication_year"] as? NSNumber)?.intValue)
    record.references = try works.map { try key($0, "W") ?? "" }
    record.fields = concepts.compactMap { $0["display_name"] as? String }
    if let source = location["source"] as? [String: Any] {
      record.venueID = try key(source["id"], "S")
      record.venueName = source["display_name"] as? String
    } else {
      record.marks["worksWithoutSource"] = 1
    }
    for authorship in authorships {
      guard let author = authorship["author"] as? [String: Any], let name = author["display_name"] as? String,
        let institutions = authorship["institutions"] as? [[String: Any]],
        (authorship["raw_affiliation_strings"] is [String]) != isOld
      else { throw DialectProblem("\(authorship)") }
      record.authors.append(
        .init(id: try key(author["id"], "A"), name: name, place: place(institutions.first?["display_name"])))
    }
    record.marks["futureYears"] = record.year == 2029 ? 1 : 0
    record.marks["topicAssignments"] = topics.count
    for topic in topics {
      let isNumber = (topic["subfield"] as? [String: Any])?["id"] is NSNumber
      record.marks[isNumber ? "numericSubfields" : "addressSubfields", default: 0] += 1
    }
    if let abstract = object["abstract_inverted_index"] as? [String: Any] {
      guard (abstract["InvertedIndex"] != nil) == isOld else { throw DialectProblem("abstract of \(id)") }
      record.marks[isOld ? "wrappedAbstracts" : "bareAbstracts"] = 1
    }
    return record
  }

  /// Other entities are those that works name, each once.
  private mutating func checkEntities(_ folder: String) throws {
    func ids(_ entity: String, _ letter: String) throws -> Set<String> {
      let path = "\(folder)/data/\(entity)/updated_date=2024-06-10/part_000.gz"
      let all = try DialectFile.objects(path).map { try Self.key($0["id"], letter) ?? "" }
      guard Set(all).count == all.count else { throw DialectProblem("repeats in \(entity)") }
      return Set(all)
    }
    let authors = try ids("authors", "A")
    guard authors == Set(records.flatMap { $0.authors.compactMap(\.id) }) else { throw DialectProblem("authors") }
    guard try ids("sources", "S") == Set(records.compactMap(\.venueID)) else { throw DialectProblem("sources") }
    let fields = Set(records.flatMap(\.fields))
    guard try ids("concepts", "C").count == fields.count else { throw DialectProblem("concepts") }
    let places = Set(records.flatMap { $0.authors.compactMap(\.place) })
    guard try ids("institutions", "I").count == places.count else { throw DialectProblem("institutions") }
    extras["distinctTopics"] = try ids("topics", "T").count
    extras["authorRecords"] = authors.count
  }
}
