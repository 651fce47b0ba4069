import Foundation

/// Reads the records of OpenAlex: works, and the authors, sources, institutions, concepts and topics of its other files.
///
/// Ids are what follows the last slash of their addresses, the letter in upper case (`W12`); those of subfields, fields
/// and domains keep the word before (`subfields/1702`), which the plain numbers of early releases get too. Older
/// names of keys are taken: `host_venue`, `last_known_institution`, abstracts wrapped as MAG wraps them. Source:
/// specification of the OAG formats, section 1.7, checks 21 and 29 of 6.1.
enum OpenAlexJSON {
  /// Whether the id of an object is one of OpenAlex, and what its entity's letter is.
  static func isRecord(_ tape: JSONTape) -> Bool {
    var hasID = false
    var hasKeys = false
    tape.forEachMember(of: JSONTape.root) { key, value in
      if key.equals("id"), let id = tape.text(at: value) {
        hasID =
          id.begins(with: "https://openalex.org/") || id.begins(with: "http://openalex.org/") || letter(of: id) != nil
      } else if key.equals("display_name") || key.equals("publication_year") || key.equals("works_count") {
        hasKeys = true
      }
    }
    return hasID && hasKeys
  }

  /// The letter of an id such as `W12`, in upper case.
  private static func letter(of id: Bytes) -> UInt8? {
    guard id.count >= 2, id[1...].allSatisfy({ $0 >= 48 && $0 <= 57 }) else { return nil }
    let letter = id[0] & 0xdf
    return "WASICTPFV".utf8.contains(letter) ? letter : nil
  }

  /// Fills `json.paper` or `json.entity`.
  static func read(_ tape: JSONTape, _ abstracts: inout InvertedAbstract, into json: inout AcademicJSON)
    -> AcademicJSON.Outcome
  {
    guard tape.isKind(.object, at: JSONTape.root) else { return .bad("the record is not a JSON object") }
    json.traits.insert(.openAlex)
    var place = 0
    tape.forEachMember(of: JSONTape.root) { if $0.equals("id") { place = $1 } }
    guard place > 0, let text = tape.text(at: place) else { return .bad("the record has no id") }
    let (name, kind) = parts(text)
    let id = identifier(name)
    guard let kind = OpenAlexJSON.kind(ofLetter: kind) else { return .record(.other) }
    if kind == .paper {
      readWork(tape, id, &abstracts, into: &json.paper)
    } else {
      readEntity(tape, id, into: &json.entity)
    }
    return .record(kind)
  }

  /// What an id is of; nil for publishers, funders and the like.
  static func kind(of address: Bytes) -> RecordKind? { kind(ofLetter: parts(address).kind) }

  private static func kind(ofLetter letter: UInt8) -> RecordKind? {
    switch letter {
    case UInt8(ascii: "W"): .paper
    case UInt8(ascii: "A"): .author
    case UInt8(ascii: "S"), UInt8(ascii: "V"): .venue
    case UInt8(ascii: "I"): .affiliation
    case UInt8(ascii: "C"), UInt8(ascii: "T"), UInt8(ascii: "/"): .field
    default: nil
    }
  }

  // MARK: - Ids

  /// The part of an address that names something, and the letter of its kind: `/` for those without one.
  private static func parts(_ address: Bytes) -> (name: Bytes, kind: UInt8) {
    var start = address.lastIndex(of: 0x2f).map { $0 + 1 } ?? 0
    let last = Bytes(rebasing: address[start...])
    if let letter = letter(of: last) { return (last, letter) }
    if start > 1, let before = address[..<(start - 1)].lastIndex(of: 0x2f) { start = before + 1 }
    return (Bytes(rebasing: address[start...]), UInt8(ascii: "/"))
  }

  /// The id that an address or a plain `W12` stands for.
  static func identifier(of address: Bytes) -> Identifier { identifier(parts(address).name) }

  private static func identifier(_ name: Bytes) -> Identifier {
    guard name.count <= 15, let letter = letter(of: name) else { return Identifier(key: NodeKey(id: name), text: name) }
    var copy = Array(name)
    copy[0] = letter
    return Identifier(key: copy.withUnsafeBufferPointer { NodeKey(id: $0) }, text: nil)
  }

  private static func id(_ tape: JSONTape, at place: Int) -> Identifier? {
    tape.value(at: place).map { identifier(of: $0) }
  }

  /// The id of a subfield, field or domain, which early releases give as a number.
  private static func id(_ tape: JSONTape, of group: StaticString, at place: Int) -> Identifier? {
    if let text = tape.value(at: place), text.integer == nil { return identifier(of: text) }
    guard let number = tape.integer(at: place) else { return nil }
    let name = Array("\(group)/\(number)".utf8)
    return Identifier(key: name.withUnsafeBufferPointer { NodeKey(id: $0) }, text: nil)
  }

  // MARK: - Works

  private static func readWork(
    _ tape: JSONTape, _ id: Identifier, _ abstracts: inout InvertedAbstract, into paper: inout PaperRecord
  ) {
    paper.clear()
    paper.id = id
    var displayName = Bytes(start: nil, count: 0)
    var source = 0
    var hostVenue = 0
    var index = 0
    var concepts = 0
    var topics = 0
    var authorships = 0
    var references = 0
    tape.forEachMember(of: JSONTape.root) { key, value in
      switch key.count {
      case 3 where key.equals("doi"):
        if let doi = tape.value(at: value) { paper.doi = withoutAddress(doi) }
      case 5 where key.equals("title"): if let title = tape.text(at: value) { paper.title = title }
      case 6:
        if key.equals("biblio") { readPages(tape, value, &paper) } else if key.equals("topics") { topics = value }
      case 8 where key.equals("concepts"): concepts = value
      case 10 where key.equals("host_venue"): hostVenue = value
      case 11 where key.equals("authorships"): authorships = value
      case 12 where key.equals("display_name"): if let name = tape.text(at: value) { displayName = name }
      case 14 where key.equals("cited_by_count"):
        if let count = tape.integer(at: value), count >= 0 { paper.citationCount = Int32(clamping: count) }
      case 16:
        if key.equals("publication_year") {
          if let year = tape.integer(at: value), year > 0, year <= Int64(Int32.max) { paper.year = Int32(year) }
        } else if key.equals("primary_location") {
          source = member("source", of: value, tape)
        } else if key.equals("referenced_works") {
          references = value
        }
      case 23 where key.equals("abstract_inverted_index"): index = value
      default: break
      }
    }
    if paper.title.isEmpty { paper.title = displayName }
    for place in [source, hostVenue] where paper.venueID == nil && tape.isKind(.object, at: place) {
      paper.venueID = self.id(tape, at: member("id", of: place, tape))
      paper.venueName = tape.value(at: member("display_name", of: place, tape)) ?? paper.venueName
    }
    abstracts.rebuild(tape, index, into: &paper.abstract)
    forEach(of: references, tape) { if let id = self.id(tape, at: $0) { paper.references.append(id) } }
    forEach(of: authorships, tape) { readAuthorship(tape, $0, into: &paper) }
    forEach(of: concepts, tape) { place in
      if let topic = topic(tape, place) { paper.topics.append(topic) }
    }
    forEach(of: topics, tape) { readTopic(tape, $0, into: &paper) }
  }

  private static func readAuthorship(_ tape: JSONTape, _ place: Int, into paper: inout PaperRecord) {
    guard tape.isKind(.object, at: place) else { return }
    var author = PaperRecord.Author(id: nil)
    var institutions = 0
    tape.forEachMember(of: place) { key, value in
      if key.equals("author"), tape.isKind(.object, at: value) {
        author.id = id(tape, at: member("id", of: value, tape))
        if let name = tape.text(at: member("display_name", of: value, tape)) { author.name = name }
      } else if key.equals("raw_author_name"), author.name.isEmpty {
        author.name = tape.text(at: value) ?? author.name
      } else if key.equals("institutions") {
        institutions = value
      }
    }
    let number = paper.authors.count
    forEach(of: institutions, tape) { place in
      guard let id = id(tape, at: member("id", of: place, tape)) else { return }
      let name = tape.value(at: member("display_name", of: place, tape)) ?? Bytes(start: nil, count: 0)
      if author.affiliationID == nil {
        (author.affiliationID, author.affiliationName) = (id, name)
      } else {
        paper.furtherAffiliations.append((number, id, name))
      }
    }
    paper.authors.append(author)
  }

  private static func topic(_ tape: JSONTape, _ place: Int) -> PaperRecord.Topic? {
    guard let id = id(tape, at: member("id", of: place, tape)) else { return nil }
    let name = tape.text(at: member("display_name", of: place, tape)) ?? Bytes(start: nil, count: 0)
    let score = tape.number(at: member("score", of: place, tape)).map { Float($0) } ?? 1
    return PaperRecord.Topic(id: id, name: name, weight: score.isFinite ? score : 1)
  }

  private static func readTopic(_ tape: JSONTape, _ place: Int, into paper: inout PaperRecord) {
    guard let topic = topic(tape, place), let own = topic.id else { return }
    paper.topics.append(topic)
    forEachParent(tape, place, of: own) { child, parent, name in paper.fieldParents.append((child, parent, name)) }
  }

  private static func readPages(_ tape: JSONTape, _ place: Int, _ paper: inout PaperRecord) {
    guard tape.isKind(.object, at: place) else { return }
    paper.volume = tape.value(at: member("volume", of: place, tape)) ?? paper.volume
    paper.issue = tape.value(at: member("issue", of: place, tape)) ?? paper.issue
  }

  private static func withoutAddress(_ doi: Bytes) -> Bytes {
    for prefix: StaticString in ["https://doi.org/", "http://dx.doi.org/", "http://doi.org/", "https://dx.doi.org/"]
    where doi.begins(with: prefix) { return Bytes(rebasing: doi[prefix.utf8CodeUnitCount...]) }
    return doi
  }

  // MARK: - Other entities

  private static func readEntity(_ tape: JSONTape, _ id: Identifier, into entity: inout EntityRecord) {
    entity.clear()
    entity.id = id
    tape.forEachMember(of: JSONTape.root) { key, value in
      switch key.count {
      case 12 where key.equals("display_name"): entity.name = tape.text(at: value) ?? entity.name
      case 12 where key.equals("affiliations"): forEach(of: value, tape) { readAffiliation(tape, $0, into: &entity) }
      case 9 where key.equals("ancestors"):
        forEach(of: value, tape) { place in
          guard let id = self.id(tape, at: member("id", of: place, tape)) else { return }
          entity.parents.append(
            (id, tape.text(at: member("display_name", of: place, tape)) ?? Bytes(start: nil, count: 0)))
        }
      case 22 where key.equals("last_known_institution"): addInstitution(tape, value, into: &entity)
      case 23 where key.equals("last_known_institutions"):
        forEach(of: value, tape) { addInstitution(tape, $0, into: &entity) }
      default: break
      }
    }
    // A topic is part of its subfield, that of its field, and so on; the rest of the chain comes with their own records.
    var first = true
    forEachParent(tape, JSONTape.root, of: id) { _, parent, name in
      if first { entity.parents.append((parent, name)) }
      first = false
    }
  }

  /// {institution {id, display_name}, years [int]}: since the first of its years.
  private static func readAffiliation(_ tape: JSONTape, _ place: Int, into entity: inout EntityRecord) {
    let institution = member("institution", of: place, tape)
    guard tape.isKind(.object, at: institution), let id = id(tape, at: member("id", of: institution, tape)) else {
      return
    }
    var first: Int64 = 0
    forEach(of: member("years", of: place, tape), tape) { place in
      if let year = tape.integer(at: place), year > 0, first == 0 || year < first { first = year }
    }
    let name = tape.value(at: member("display_name", of: institution, tape)) ?? Bytes(start: nil, count: 0)
    entity.affiliations.append((id, name, Int32(clamping: first)))
  }

  private static func addInstitution(_ tape: JSONTape, _ place: Int, into entity: inout EntityRecord) {
    guard let id = id(tape, at: member("id", of: place, tape)) else { return }
    let name = tape.value(at: member("display_name", of: place, tape)) ?? Bytes(start: nil, count: 0)
    entity.affiliations.append((id, name, 0))
  }

  /// Calls `body` with each step of the chain from something to its subfield, field and domain, as far as its object
  /// tells them.
  private static func forEachParent(
    _ tape: JSONTape, _ object: Int, of own: Identifier,
    _ body: (_ child: Identifier, _ parent: Identifier, _ name: Bytes) -> Void
  ) {
    var child = own
    for (word, group) in [("subfield", "subfields"), ("field", "fields"), ("domain", "domains")]
      as [(StaticString, StaticString)]
    {
      let place = member(word, of: object, tape)
      guard tape.isKind(.object, at: place), let parent = id(tape, of: group, at: member("id", of: place, tape)) else {
        continue
      }
      body(child, parent, tape.text(at: member("display_name", of: place, tape)) ?? Bytes(start: nil, count: 0))
      child = parent
    }
  }

  // MARK: - The tape

  /// Place of the last value under `name`, or 0, where nothing stands.
  private static func member(_ name: StaticString, of object: Int, _ tape: JSONTape) -> Int {
    guard tape.isKind(.object, at: object) else { return 0 }
    var place = 0
    tape.forEachMember(of: object) { if $0.equals(name) { place = $1 } }
    return place
  }

  private static func forEach(of array: Int, _ tape: JSONTape, _ body: (Int) -> Void) {
    if tape.isKind(.array, at: array) { tape.forEachElement(of: array, body) }
  }
}
