public import GroveGraphs
import GroveKernels

/// Types of the academic graph, as `cli.md` names them.
public enum AcademicSchema {
  /// Papers; their numbers follow the order in which they are first read.
  public static let paper = NodeType("paper")
  /// Authors with an id.
  public static let author = NodeType("author")
  /// Venues by id, or by name where they have none.
  public static let venue = NodeType("venue")
  /// Affiliations by id, or by name where they have none.
  public static let affiliation = NodeType("affiliation")
  /// Fields of study, terms and keywords, by name.
  public static let field = NodeType("field")

  /// The citing paper to the cited one.
  public static let cites = EdgeType(paper, "cites", paper)
  /// An author to a paper, with the author's place among the authors.
  public static let writes = EdgeType(author, "writes", paper)
  /// A paper to where it appeared.
  public static let publishedIn = EdgeType(paper, "published_in", venue)
  /// An author to a place of work, with the first year that shows it.
  public static let affiliatedWith = EdgeType(author, "affiliated_with", affiliation)
  /// A paper to a field, with a weight.
  public static let hasTopic = EdgeType(paper, "has_topic", field)
  /// A field to a wider one.
  public static let childOf = EdgeType(field, "child_of", field)

  /// All types.
  public static let nodeTypes = [paper, author, venue, affiliation, field]
  /// All relations; every reverse is derived from these.
  public static let relations = [cites, writes, publishedIn, affiliatedWith, hasTopic, childOf]
}

/// The types of nodes that papers mention.
enum EntityKind: Int, CaseIterable, Sendable {
  case author, affiliation, venue, field

  var type: NodeType {
    switch self {
    case .author: AcademicSchema.author
    case .affiliation: AcademicSchema.affiliation
    case .venue: AcademicSchema.venue
    case .field: AcademicSchema.field
    }
  }
}

/// Records of a fixed size that wait between two steps of an import; those by key are `KeyedRecords`.
enum Waiting {
  /// `sequence` of mentions that no paper makes, such as an author's own record.
  static let noPaper = UInt64.max

  /// Before the texts of a paper: title, doi, volume, issue, long id, abstract.
  struct Text: BitwiseCopyable {
    /// The paper's part of the snapshot hash: XXH3 of everything from `key` on up to the abstract, and the abstract's
    /// own, which may come from elsewhere.
    var digest: (UInt64, UInt64)
    var authorCount: UInt32
    var abstractCount: UInt32
    var tally: Tally
    var key: NodeKey
    var year: Int32
    var citationCount: Int32
    var counts: (title: UInt32, doi: UInt32, volume: UInt32, issue: UInt32, id: UInt32)
    var unused: UInt32 = 0

    /// Bytes that follow the head.
    var byteCount: Int {
      Int(counts.title) + Int(counts.doi) + Int(counts.volume) + Int(counts.issue) + Int(counts.id)
        + Int(abstractCount)
    }
    /// Where the digest begins to count.
    static let digestStart = 40
  }
  /// An abstract's part of its paper's hash.
  static func hash(ofAbstract text: UnsafeRawBufferPointer, of key: NodeKey) -> StoreHash {
    text.isEmpty ? StoreHash() : StoreHash(text, seed: key.mixed)
  }
  /// What is known of a paper's record beside its key: 24 bits of year, and whether it has an abstract.
  static func detail(year: Int32, hasAbstract: Bool) -> UInt32 {
    UInt32(min(max(year, 0), 0xff_ffff)) | (hasAbstract ? Waiting.hasAbstract : 0)
  }
  static let hasAbstract: UInt32 = 1 << 31
  /// The record's own id was another one, which a link between two dumps gave away.
  static let isLinked: UInt32 = 1 << 30
  /// What the report says of a paper if its record is the one that counts; nothing for papers out of a store.
  struct Tally: BitwiseCopyable {
    var selfReferences: UInt32 = 0
    var repeatedReferences: UInt32 = 0
    var authorsWithoutID: UInt32 = 0
    var lacksYear = false
    var isYearOutOfRange = false
    var hasAbstract = false
    var lacksVenueID = false
  }
  /// A paper's part of the columns by number.
  struct Columns: BitwiseCopyable {
    var digest: (UInt64, UInt64)
    var tally: Tally
    var year: Int32
    var authorCount: UInt32
  }
  /// An edge whose target is known by partition and place in it, or by number.
  struct Edge: BitwiseCopyable {
    var row: UInt32
    var column: UInt32
    var detail: UInt32
  }
  /// A reference to a paper that is not there.
  struct Unresolved: BitwiseCopyable {
    var target: NodeKey
    var row: UInt32
    var unused: UInt32 = 0
  }
}

extension NodeKey: BitwiseCopyable {
  /// The partition of spills that the key's records go to: 0…127.
  @inline(__always) var partition: Int { Int(truncatingIfNeeded: mixed >> 57) }
}

/// Everything that the first step of an import leaves for the second.
struct ImportStreams: Sendable {
  let folder: String
  let memory: SpillMemory
  /// By key: the paper's sequence, with `Waiting.detail`.
  var papers: Spill
  /// By the key of the cited paper: the citing paper's sequence.
  var references: Spill
  /// By the author's key, with the affiliation's: the paper's sequence, the year as detail.
  var affiliations: Spill
  /// By `EntityKind`, then key: the paper's sequence; an author's place or the bits of a topic's weight as detail.
  var mentions: [Spill]
  /// By `EntityKind`, then key: names and long ids.
  var names: [Spill]
  /// By a field's key, with that of a wider one.
  var hierarchy: Spill
  /// By a paper's key: what tables tell of it, see `KeyedFacts`.
  let facts: Spill
  /// By a paper's key: abstracts that came by themselves, as names.
  let abstracts: Spill
  /// By what they are of (`Identities.place`), then the key that is given up: the one that stays.
  let aliases: [Spill]
  /// Rows of papers on their way to the database.
  let rows = PaperRowQueue()
  /// What is kept of papers beside their texts, and rejected records, a partition a batch.
  let columns: Spill
  let rejects: Spill
  /// Long ids of papers and of referenced ones.
  let paperIDs: Spill

  /// - Parameter memory: bytes of waiting records that stay in memory.
  init(in folder: String, memory limit: Int) {
    self.folder = folder
    let memory = SpillMemory(limit: limit)
    self.memory = memory
    papers = Spill(in: folder, memory)
    references = Spill(in: folder, memory)
    affiliations = Spill(in: folder, memory)
    mentions = EntityKind.allCases.map { _ in Spill(in: folder, memory) }
    names = EntityKind.allCases.map { _ in Spill(in: folder, memory) }
    hierarchy = Spill(in: folder, memory)
    facts = Spill(in: folder, memory)
    abstracts = Spill(in: folder, memory)
    aliases = (0...EntityKind.allCases.count).map { _ in Spill(in: folder, memory) }
    columns = Spill(in: folder, memory, partitions: 0)
    rejects = Spill(in: folder, memory, partitions: 0)
    paperIDs = Spill(in: folder, memory)
  }
}

/// What an import counts while it reads.
struct ReadCounts: Sendable {
  var records = 0
  var bad = 0
  var links = 0
  /// Records of what is no node of the academic graph.
  var others = 0
  /// Rows with more columns than are known.
  var wideRows = 0
  /// Lines of text records that no reader knows.
  var unknownLines = 0

  static func += (left: inout ReadCounts, right: ReadCounts) {
    left.records += right.records
    left.bad += right.bad
    left.links += right.links
    left.others += right.others
    left.wideRows += right.wideRows
    left.unknownLines += right.unknownLines
  }
}

/// What an import counts of the papers once it is known which records count.
struct PaperCounts: Sendable {
  var selfReferences = 0
  var repeatedReferences = 0
  var authorsWithoutID = 0
  var venuesWithoutID = 0
  var yearsMissing = 0
  var yearsOutOfRange = 0
  var abstracts = 0

  /// Adds a paper's tally.
  static func += (left: inout PaperCounts, right: Waiting.Tally) {
    left.selfReferences += Int(right.selfReferences)
    left.repeatedReferences += Int(right.repeatedReferences)
    left.authorsWithoutID += Int(right.authorsWithoutID)
    left.venuesWithoutID += right.lacksVenueID ? 1 : 0
    left.yearsMissing += right.lacksYear ? 1 : 0
    left.yearsOutOfRange += right.isYearOutOfRange ? 1 : 0
    left.abstracts += right.hasAbstract ? 1 : 0
  }

  /// Adds what a repeated record says of references, which under the merging rule are the paper's too.
  mutating func merge(_ tally: Waiting.Tally) {
    selfReferences += Int(tally.selfReferences)
    repeatedReferences += Int(tally.repeatedReferences)
  }
}

extension ImportStreams {
  /// A spill for records that are on their way from one join to the next.
  func spill() -> Spill { Spill(in: folder, memory) }
}
