import Foundation

/// Reads the metadata records of S2ORC (2020): papers with references to papers of the same kind, fields of study by
/// name, and authors in parts of a name without ids.
///
/// The venue is `venue`, or `journal` where that is nothing. `inbound_citations` repeat what the citing papers say and
/// are passed over. Source: specification of the OAG formats, section 1.8.
struct S2ORCJSON {
  private let names = NameBuffer()

  /// Whether an object has the keys of these records.
  static func isRecord(_ tape: JSONTape) -> Bool {
    var hasID = false
    var hasKeys = false
    tape.forEachMember(of: JSONTape.root) { key, value in
      if key.equals("paper_id") { hasID = true }
      if key.equals("outbound_citations") || key.equals("mag_field_of_study") || key.equals("has_pdf_parse") {
        hasKeys = true
      }
    }
    return hasID && hasKeys
  }

  /// Fills `json.paper`.
  mutating func read(_ tape: JSONTape, into json: inout AcademicJSON) -> AcademicJSON.Outcome {
    guard tape.isKind(.object, at: JSONTape.root) else { return .bad("the record is not a JSON object") }
    json.traits.insert(.s2orc)
    json.paper.clear()
    names.clear()
    var id: Identifier?
    var journal = Bytes(start: nil, count: 0)
    tape.forEachMember(of: JSONTape.root) { key, value in
      switch key.count {
      case 3 where key.equals("doi"): if let doi = tape.value(at: value) { json.paper.doi = doi }
      case 4 where key.equals("year"):
        if let year = tape.integer(at: value), year > 0, year <= Int64(Int32.max) { json.paper.year = Int32(year) }
      case 5:
        if key.equals("title") {
          if let title = tape.text(at: value) { json.paper.title = title }
        } else if key.equals("venue"), let venue = tape.value(at: value) {
          json.paper.venueName = venue
        }
      case 7:
        if key.equals("journal") {
          journal = tape.value(at: value) ?? journal
        } else if key.equals("authors"), tape.isKind(.array, at: value) {
          tape.forEachElement(of: value) { readAuthor(tape, $0, into: &json.paper) }
        }
      case 8:
        if key.equals("paper_id") {
          id = tape.id(at: value)
        } else if key.equals("abstract"), let abstract = tape.text(at: value) {
          json.paper.abstract.append(contentsOf: abstract)
        }
      case 18:
        guard tape.isKind(.array, at: value) else { break }
        if key.equals("outbound_citations") {
          tape.forEachElement(of: value) { if let id = tape.id(at: $0) { json.paper.references.append(id) } }
        } else if key.equals("mag_field_of_study") {
          tape.forEachElement(of: value) { place in
            guard let name = tape.text(at: place) else { return }
            json.paper.topics.append(PaperRecord.Topic(id: nil, name: name, weight: 1))
          }
        }
      default: break
      }
    }
    guard let id else { return .bad("the record has no paper_id") }
    json.paper.id = id
    if json.paper.venueName.isEmpty { json.paper.venueName = journal }
    return .record(.paper)
  }

  /// {first, middle [], last, suffix} as one name.
  private func readAuthor(_ tape: JSONTape, _ place: Int, into paper: inout PaperRecord) {
    guard tape.isKind(.object, at: place) else { return }
    var parts: [Bytes] = [Bytes](repeating: Bytes(start: nil, count: 0), count: 3)
    var middle: [Bytes] = []
    tape.forEachMember(of: place) { key, value in
      if key.equals("first") { parts[0] = tape.text(at: value) ?? parts[0] }
      if key.equals("last") { parts[1] = tape.text(at: value) ?? parts[1] }
      if key.equals("suffix") { parts[2] = tape.text(at: value) ?? parts[2] }
      if key.equals("middle"), tape.isKind(.array, at: value) {
        tape.forEachElement(of: value) { if let part = tape.text(at: $0) { middle.append(part) } }
      }
    }
    let name = names.join([parts[0]] + middle + parts[1...])
    paper.authors.append(PaperRecord.Author(id: nil, name: name))
  }
}

/// Memory for names that are put together, good until `clear`.
private final class NameBuffer {
  private var pages: [UnsafeMutableBufferPointer<UInt8>] = []

  deinit { clear() }

  /// All names are gone.
  func clear() {
    for page in pages { page.deallocate() }
    pages.removeAll(keepingCapacity: true)
  }

  /// The parts that are not empty, a space between them.
  func join(_ parts: [Bytes]) -> Bytes {
    let parts = parts.filter { !$0.isEmpty }
    let count = parts.reduce(max(0, parts.count - 1)) { $0 + $1.count }
    guard count > 0 else { return Bytes(start: nil, count: 0) }
    let page = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: count)
    pages.append(page)
    var place = 0
    for part in parts {
      if place > 0 {
        page[place] = 32
        place += 1
      }
      memcpy(page.baseAddress! + place, part.baseAddress!, part.count)
      place += part.count
    }
    return Bytes(page)
  }
}
