import Foundation

/// The tables of MAG.
extension DialectReading {
  mutating func readTables(_ folder: String) throws {
    func rows(_ name: String, _ columns: Int) throws -> [[String]] {
      let rows = try DialectFile.rows("\(folder)/\(name)")
      badLines += rows.count { $0.count < columns }
      extras["longRows", default: 0] += rows.count { $0.count > columns }
      return rows.filter { $0.count >= columns }
    }
    func add(_ name: String, _ number: Int) { extras[name, default: 0] += number }
    func table(_ name: String, _ columns: Int) throws -> [String: [String]] {
      let rows = try rows(name, columns)
      guard Set(rows.map { $0[0] }).count == rows.count, rows.allSatisfy({ Int($0[0]) != nil }) else {
        throw DialectProblem("keys of \(name)")
      }
      return Dictionary(uniqueKeysWithValues: rows.map { ($0[0], $0) })
    }

    let people = try table("Authors.txt", 9)
    let places = try table("Affiliations.txt", 14)
    let journals = try table("Journals.txt", 11)
    let series = try table("ConferenceSeries.txt", 8)
    let fields = try table("FieldsOfStudy.txt", 10)
    let children = try rows("FieldOfStudyChildren.txt", 2)
    guard children.allSatisfy({ fields[$0[0]] != nil && fields[$0[1]] != nil }) else {
      throw DialectProblem("children")
    }
    guard children.allSatisfy({ Int(fields[$0[0]]![5])! + 1 == Int(fields[$0[1]]![5])! }) else {
      throw DialectProblem("levels of children")
    }
    add("fieldChildren", children.count)
    add("authorRecords", people.count)

    let references = try rows("PaperReferences.txt", 2)
    let cited = Dictionary(grouping: references) { $0[0] }
    add("referenceRows", references.count)
    let authorRows = try rows("PaperAuthorAffiliations.txt", 6)
    let writers = Dictionary(grouping: authorRows) { $0[0] }
    add("authorRows", authorRows.count)
    add("quotedRows", authorRows.count { $0[4].hasPrefix("\"") })
    let fieldRows = try rows("PaperFieldsOfStudy.txt", 3)
    let topics = Dictionary(grouping: fieldRows) { $0[0] }
    add("fieldRows", fieldRows.count)
    let abstracts = try rows("PaperAbstractsInvertedIndex.txt.1", 2)
    guard abstracts.allSatisfy({ DialectFile.object($0[1]) != nil }) else { throw DialectProblem("abstracts") }
    add("abstractRows", abstracts.count)

    let longBefore = extras["longRows"]
    let papers = try rows("Papers.txt", 26)
    extras["longRows"] = longBefore
    for row in papers {
      if row[0].isEmpty {
        badLines += 1
        continue
      }
      guard
        row[4] == String(row[5].unicodeScalars.map { $0.isASCII ? Character($0).lowercased() : String($0) }.joined())
      else { throw DialectProblem("normalized title \(row[4])") }
      var record = DialectRecord(id: row[0], title: row[5], year: Self.year(row[7]))
      record.marks["impossibleYears"] = ["0", "-1"].contains(row[7]) ? 1 : 0
      record.marks["quotedRows"] = row[5].contains("\"") ? 1 : 0
      record.marks["longRows"] = row.count > 26 ? 1 : 0
      record.references = (cited[row[0]] ?? []).map { $0[1] }
      guard Int(row[18]) == record.references.count else { throw DialectProblem("references of \(row[0])") }
      record.venueName = row[21]
      if let venue = journals[row[11]] ?? series[row[12]] {
        record.venueID = venue[0]
        guard venue[3] == row[21] else { throw DialectProblem("venue of \(row[0])") }
      } else if !row[11].isEmpty || !row[12].isEmpty {
        throw DialectProblem("no such venue: \(row)")
      }
      record.fields = try (topics[row[0]] ?? []).map { field in
        guard let name = fields[field[1]]?[3], let weight = Double(field[2]), (0..<1).contains(weight) else {
          throw DialectProblem("field \(field)")
        }
        return name
      }
      for (position, writer) in (writers[row[0]] ?? []).enumerated() {
        guard Int(writer[3]) == position + 1 else { throw DialectProblem("positions of \(row[0])") }
        let name = writer[4].replacingOccurrences(of: "\"", with: "")
        let place = writer[2].isEmpty ? nil : places[writer[2]]?[3]
        guard place == nil ? writer[5].isEmpty : place == writer[5] else { throw DialectProblem("place \(writer)") }
        guard writer[1].isEmpty || people[writer[1]]?[3] == name else { throw DialectProblem("name \(writer)") }
        record.authors.append(.init(id: writer[1].isEmpty ? nil : writer[1], name: name, place: Self.place(place)))
      }
      record.raw = row.joined(separator: "\t")
      records.append(record)
    }
  }
}
