import Foundation
import GroveKernels

/// Reads the JSON records of the OAG family: OAG v1, v2, v3 and DBLP V12 give the same things in different dress, and
/// one reader takes every dress, since no key can be relied on.
///
/// Of a key that comes twice the last one counts; unknown keys are passed over. Source: specification of the OAG
/// formats, sections 1.1–1.5, and checks 8–16 of 6.1.
struct AcademicJSON {
  var paper = PaperRecord()
  var entity = EntityRecord()
  /// Two ids of one thing: that of MAG, and that of AMiner, which stays.
  var link = (from: Identifier(key: NodeKey(number: 0), text: nil), to: Identifier(key: NodeKey(number: 0), text: nil))
  /// How the records' shape speaks for a dialect; see `RecordFormats`.
  var traits: RecordTraits = []

  /// What came of a record.
  enum Outcome {
    case record(RecordKind)
    case bad(String)
  }

  private var abstracts = InvertedAbstract()

  /// Fills `paper` or `entity` from the document on the tape.
  ///
  /// - Parameter hint: what the file holds, where that is known.
  mutating func read(_ tape: JSONTape, hint: RecordKind?) -> Outcome {
    guard tape.isKind(.object, at: JSONTape.root) else { return .bad("the record is not a JSON object") }
    let keys = Keys(tape)
    if keys.mid > 0 && keys.aid > 0 {
      guard let from = tape.id(at: keys.mid), let to = tape.id(at: keys.aid) else { return .bad("the pair has no ids") }
      link = (from, to)
      traits.insert(.links)
      return .record(.link)
    }
    guard keys.id > 0, let id = tape.id(at: keys.id) else { return .bad("the record has no id") }
    // A file's name is a hint, not more: one called papers.jsonl may hold authors too.
    let kind = hint.map { $0 == .paper || keys.isPaper ? keys.kind : $0 } ?? keys.kind
    switch kind {
    case .paper: readPaper(tape, keys, id)
    default: readEntity(tape, keys, id)
    }
    return .record(kind)
  }

  // MARK: - Papers

  private mutating func readPaper(_ tape: JSONTape, _ keys: Keys, _ id: Identifier) {
    paper.clear()
    paper.id = id
    if id.key.number != nil { traits.insert(id.text == nil ? .numericIDs : .digitIDs) }
    if let title = tape.text(at: keys.title) { paper.title = title }
    if let doi = tape.value(at: keys.doi) { paper.doi = doi }
    if let volume = tape.value(at: keys.volume) { paper.volume = volume }
    if let issue = tape.value(at: keys.issue) { paper.issue = issue }
    if let year = tape.integer(at: keys.year), year > 0, year <= Int64(Int32.max) { paper.year = Int32(year) }
    if let count = tape.integer(at: keys.citationCount), count >= 0 {
      paper.citationCount = Int32(clamping: count)
    }
    if let abstract = tape.text(at: keys.abstract) {
      paper.abstract.append(contentsOf: abstract)
    } else if tape.isKind(.object, at: keys.indexedAbstract) {
      abstracts.rebuild(tape, keys.indexedAbstract, into: &paper.abstract)
    }
    if tape.isKind(.array, at: keys.references) {
      tape.forEachElement(of: keys.references) { place in
        if let reference = tape.id(at: place) { paper.references.append(reference) }
      }
    }
    if tape.isKind(.array, at: keys.authors) {
      tape.forEachElement(of: keys.authors) { readAuthor(tape, $0) }
    }
    readVenue(tape, keys)
    readTopics(tape, keys.topics)
    if paper.topics.isEmpty { readTopics(tape, keys.keywords) }
  }

  private mutating func readAuthor(_ tape: JSONTape, _ place: Int) {
    let nothing = Bytes(start: nil, count: 0)
    var author = PaperRecord.Author(id: nil)
    if let name = tape.text(at: place) {
      author.name = name
      traits.insert(.authorNames)
    } else if tape.isKind(.object, at: place) {
      tape.forEachMember(of: place) { key, value in
        switch key.count {
        case 2 where key.equals("id"): author.id = tape.id(at: value)
        case 3 where key.equals("org"): author.affiliationName = tape.value(at: value) ?? nothing
        case 3 where key.equals("_id"): author.id = author.id ?? tape.id(at: value)
        case 4 where key.equals("name"): author.name = tape.text(at: value) ?? nothing
        case 5 where key.equals("orgid"), 6 where key.equals("org_id"):
          author.affiliationID = tape.id(at: value)
          if key.count == 6 { traits.insert(.mergedIDs) }
        default: break
        }
      }
    } else {
      return
    }
    if author.id != nil { traits.insert(.authorIDs) }
    paper.authors.append(author)
  }

  private mutating func readVenue(_ tape: JSONTape, _ keys: Keys) {
    if let name = tape.value(at: keys.venue) {
      paper.venueName = name
    } else if tape.isKind(.object, at: keys.venue) {
      traits.insert(.venueObject)
      tape.forEachMember(of: keys.venue) { key, value in
        switch key.count {
        case 2 where key.equals("id"): paper.venueID = tape.id(at: value)
        case 3 where key.equals("_id"): paper.venueID = paper.venueID ?? tape.id(at: value)
        case 3 where key.equals("raw"): paper.venueName = tape.value(at: value) ?? paper.venueName
        case 4 where key.equals("name"), 6 where key.equals("name_d"):
          if paper.venueName.isEmpty, let name = tape.value(at: value) { paper.venueName = name }
        default: break
        }
      }
    }
    if keys.venueID > 0 {
      traits.insert(.mergedIDs)
      if let id = tape.id(at: keys.venueID) { paper.venueID = id }
    }
  }

  private mutating func readTopics(_ tape: JSONTape, _ list: Int) {
    guard tape.isKind(.array, at: list) else { return }
    tape.forEachElement(of: list) { place in
      if let name = tape.text(at: place) {
        paper.topics.append(PaperRecord.Topic(id: nil, name: name, weight: 1))
      } else if tape.isKind(.object, at: place) {
        var name: Bytes?
        var id: Identifier?
        var weight: Float = 1
        tape.forEachMember(of: place) { key, value in
          if key.equals("name") {
            name = tape.text(at: value)
          } else if key.equals("id") {
            id = tape.id(at: value)
          } else if key.equals("w") {
            if let number = tape.number(at: value), Float(number).isFinite { weight = Float(number) }
            traits.insert(.weightedTopics)
          }
        }
        if id != nil || name != nil {
          paper.topics.append(
            PaperRecord.Topic(id: id, name: name ?? Bytes(start: nil, count: 0), weight: weight))
        }
      }
    }
  }

  // MARK: - Other records

  private mutating func readEntity(_ tape: JSONTape, _ keys: Keys, _ id: Identifier) {
    entity.clear()
    entity.id = id
    entity.name =
      tape.text(at: keys.displayName) ?? tape.text(at: keys.name) ?? tape.text(at: keys.normalizedName)
      ?? Bytes(start: nil, count: 0)
    if let organization = tape.value(at: keys.organization) { entity.affiliations.append((nil, organization, 0)) }
    if tape.isKind(.array, at: keys.organizations) {
      tape.forEachElement(of: keys.organizations) { place in
        if let organization = tape.value(at: place) { entity.affiliations.append((nil, organization, 0)) }
      }
    }
    if tape.isKind(.array, at: keys.affiliations) {
      tape.forEachElement(of: keys.affiliations) { readAffiliation(tape, $0) }
    }
    if tape.isKind(.array, at: keys.parents) {
      tape.forEachElement(of: keys.parents) { place in
        if let id = tape.id(at: place) { entity.parents.append((id, Bytes(start: nil, count: 0))) }
      }
    }
  }

  /// A place of work as this program writes it: {id, name, year}.
  private mutating func readAffiliation(_ tape: JSONTape, _ place: Int) {
    guard tape.isKind(.object, at: place) else { return }
    var id: Identifier?
    var name = Bytes(start: nil, count: 0)
    var year: Int32 = 0
    tape.forEachMember(of: place) { key, value in
      if key.equals("id") { id = tape.id(at: value) }
      if key.equals("name") { name = tape.value(at: value) ?? name }
      if key.equals("year"), let number = tape.integer(at: value), number > 0 { year = Int32(clamping: number) }
    }
    entity.affiliations.append((id, name, year))
  }
}

/// Where the values of the known keys stand; 0, where nothing ever stands, for those that are missing.
private struct Keys {
  var id = 0, title = 0, year = 0, authors = 0, venue = 0, venueID = 0, references = 0, topics = 0, keywords = 0
  var abstract = 0, indexedAbstract = 0, citationCount = 0, doi = 0, volume = 0, issue = 0
  var name = 0, displayName = 0, normalizedName = 0, organization = 0, organizations = 0, affiliations = 0, mid = 0,
    aid = 0, parents = 0

  init(_ tape: JSONTape) {
    tape.forEachMember(of: JSONTape.root) { key, value in
      switch key.count {
      case 2: if key.equals("id") { id = value }
      case 3:
        if key.equals("doi") {
          doi = value
        } else if key.equals("fos") {
          topics = value
        } else if key.equals("org") {
          organization = value
        } else if key.equals("_id") {
          id = value
        } else if key.equals("mid") {
          mid = value
        } else if key.equals("aid") {
          aid = value
        }
      case 4:
        if key.equals("year") {
          year = value
        } else if key.equals("name") {
          name = value
        } else if key.equals("orgs") {
          organizations = value
        }
      case 5:
        if key.equals("title") {
          title = value
        } else if key.equals("venue") {
          venue = value
        } else if key.equals(
          "issue")
        {
          issue = value
        }
      case 6: if key.equals("volume") { volume = value }
      case 7: if key.equals("authors") { authors = value } else if key.equals("parents") { parents = value }
      case 8:
        if key.equals("abstract") {
          abstract = value
        } else if key.equals("venue_id") {
          venueID = value
        } else if key.equals("keywords") {
          keywords = value
        }
      case 10:
        if key.equals("references") { references = value } else if key.equals("n_citation") { citationCount = value }
      case 11: if key.equals("DisplayName") { displayName = value }
      case 12: if key.equals("affiliations") { affiliations = value }
      case 14: if key.equals("NormalizedName") { normalizedName = value }
      case 15: if key.equals("normalized_name") { normalizedName = value }
      case 16: if key.equals("indexed_abstract") { indexedAbstract = value }
      default: break
      }
    }
  }

  /// Whether keys are there that only papers have.
  var isPaper: Bool {
    title > 0 || references > 0 || authors > 0 || abstract > 0 || indexedAbstract > 0 || topics > 0 || year > 0
  }

  var kind: RecordKind {
    if isPaper { return .paper }
    if parents > 0 { return .field }
    if displayName > 0 { return .venue }
    return name > 0 ? .author : .paper
  }
}
