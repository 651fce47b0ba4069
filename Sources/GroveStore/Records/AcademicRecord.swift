/// What a record of an academic dump is about.
enum RecordKind: Sendable {
  case paper, author, venue, affiliation
  /// A pair of ids of one thing in two dumps.
  case link
}

/// A paper as any format gives it.
///
/// One instance is filled again and again; bytes last until the next record is read.
struct PaperRecord {
  /// An author as the paper lists it.
  struct Author {
    var id: Identifier?
    var name: Bytes
    var affiliationID: Identifier?
    var affiliationName: Bytes
  }

  var id = Identifier(key: NodeKey(number: 0), text: nil)
  /// 0 for none.
  var year: Int32 = 0
  /// How often it is cited in the world, by its source's word; -1 where that is not said.
  var citationCount: Int32 = -1
  var title = Bytes(start: nil, count: 0)
  var abstract: [UInt8] = []
  var doi = Bytes(start: nil, count: 0)
  var volume = Bytes(start: nil, count: 0)
  var issue = Bytes(start: nil, count: 0)
  var authors: [Author] = []
  var venueID: Identifier?
  var venueName = Bytes(start: nil, count: 0)
  var references: [Identifier] = []
  var topics: [(name: Bytes, weight: Float)] = []

  mutating func clear() {
    year = 0
    citationCount = -1
    let nothing = Bytes(start: nil, count: 0)
    (title, doi, volume, issue, venueName) = (nothing, nothing, nothing, nothing, nothing)
    abstract.removeAll(keepingCapacity: true)
    authors.removeAll(keepingCapacity: true)
    references.removeAll(keepingCapacity: true)
    topics.removeAll(keepingCapacity: true)
    venueID = nil
  }
}

/// An author, venue or affiliation by a record of its own.
struct EntityRecord {
  var id = Identifier(key: NodeKey(number: 0), text: nil)
  var name = Bytes(start: nil, count: 0)
  /// Where an author works, and since when as far as that is known.
  var affiliations: [(id: Identifier?, name: Bytes, year: Int32)] = []
}
