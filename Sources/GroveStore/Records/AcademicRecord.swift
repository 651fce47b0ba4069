/// What a record of an academic dump is about.
enum RecordKind: Sendable {
  case paper, author, venue, affiliation, field
  /// A pair of ids of one thing in two dumps.
  case link
  /// A record of something that is no node of the academic graph, such as a publisher.
  case other
}

/// A paper as any format gives it.
///
/// One instance is filled again and again; bytes last until the next record is read.
struct PaperRecord {
  /// An author as the paper lists it.
  struct Author {
    var id: Identifier?
    var name = Bytes(start: nil, count: 0)
    var affiliationID: Identifier?
    var affiliationName = Bytes(start: nil, count: 0)
  }

  /// A field of study as the paper lists it.
  struct Topic {
    /// Nil where the name is the id.
    var id: Identifier?
    var name: Bytes
    var weight: Float
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
  /// Places of work beyond the first of an author, by the author's place.
  var furtherAffiliations: [(author: Int, id: Identifier, name: Bytes)] = []
  var venueID: Identifier?
  var venueName = Bytes(start: nil, count: 0)
  var references: [Identifier] = []
  var topics: [Topic] = []
  /// Fields and the wider ones they are part of, each by id.
  var fieldParents: [(child: Identifier, parent: Identifier, parentName: Bytes)] = []

  mutating func clear() {
    year = 0
    citationCount = -1
    let nothing = Bytes(start: nil, count: 0)
    (title, doi, volume, issue, venueName) = (nothing, nothing, nothing, nothing, nothing)
    abstract.removeAll(keepingCapacity: true)
    authors.removeAll(keepingCapacity: true)
    furtherAffiliations.removeAll(keepingCapacity: true)
    references.removeAll(keepingCapacity: true)
    topics.removeAll(keepingCapacity: true)
    fieldParents.removeAll(keepingCapacity: true)
    venueID = nil
  }
}

/// An author, venue, affiliation or field by a record of its own.
struct EntityRecord {
  var id = Identifier(key: NodeKey(number: 0), text: nil)
  var name = Bytes(start: nil, count: 0)
  /// Where an author works, and since when as far as that is known.
  var affiliations: [(id: Identifier?, name: Bytes, year: Int32)] = []
  /// The wider fields that a field is part of.
  var parents: [(id: Identifier, name: Bytes)] = []

  mutating func clear() {
    name = Bytes(start: nil, count: 0)
    affiliations.removeAll(keepingCapacity: true)
    parents.removeAll(keepingCapacity: true)
  }
}
