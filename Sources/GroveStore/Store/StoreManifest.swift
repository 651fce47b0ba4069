import Foundation
import GroveGraphs
public import GroveKernels

/// What a store holds at one time: the one file that is replaced; all others are written once.
struct StoreManifest: Codable, Sendable {
  /// A type of nodes.
  struct Nodes: Codable, Sendable {
    let type: String
    let count: Int
    /// Keys by number.
    let keys: StoreFile
    /// Numbers in the order of their keys; nil where the keys themselves are in order.
    let order: StoreFile?
    /// Year by number, 0 for none.
    let years: StoreFile?
    /// How many authors a paper lists, those without an id too.
    let authorCounts: StoreFile?
    /// Record of each paper in the database; nil where that is its number.
    let records: StoreFile?
    /// Whether the nodes have no ids but their numbers; nil: they have.
    var isNumbered: Bool?
    /// Columns of features, the default one first; nil for none.
    var features: [Features]?

    var files: [StoreFile] {
      [keys, order, years, authorCounts, records].compactMap { $0 } + (features ?? []).flatMap(\.files)
    }
  }

  /// A column of features: rows of `width` numbers, or compressed rows of those that are not zero.
  struct Features: Codable, Sendable {
    let name: String
    let width: Int
    /// One number an entry; nil where all are 1.
    let values: StoreFile?
    /// Of compressed rows.
    let offsets: StoreFile?
    let columns: StoreFile?
    /// Whether the column was made of what the store holds, as encoded texts are: it is no part of the records, and their
    /// hash does not cover it; nil: it came with them.
    var isMade: Bool?
    /// How it was made, in the words of whoever made it; nil where that is not known.
    var recipe: String?

    var files: [StoreFile] { [values, offsets, columns].compactMap { $0 } }
  }

  /// A relation: the entries of each row, in compressed rows.
  struct Relation: Codable, Sendable {
    let source: String
    let relation: String
    let target: String
    /// Whether rows are the relation's targets and columns its sources.
    let rowsAreTargets: Bool
    let count: Int
    let offsets: StoreFile
    let columns: StoreFile
    /// What the numbers of `details` are, if there are any.
    let detail: Detail?
    let details: StoreFile?
    /// Further places of an author in one paper: pairs of entry and place.
    let repeats: StoreFile?
    /// Years of the edges where they are not those of nodes or details.
    var years: StoreFile?
    /// Whether each edge stands for both directions; nil: for the one.
    var isUndirected: Bool?

    var files: [StoreFile] { [offsets, columns, details, repeats, years].compactMap { $0 } }

    enum Detail: String, Codable, Sendable { case weight, place, year }

    var type: EdgeType { EdgeType(NodeType(source), relation, NodeType(target)) }
  }

  /// Layout of all files; a store of another version is not opened.
  static let currentVersion = 1
  /// The manifest's name in a store's folder.
  static let fileName = "manifest.json"

  let version: Int
  /// Whether this is a graph of any types that was imported whole; nil: academic records, in the types and relations
  /// of `AcademicSchema`.
  var isGraph: Bool?
  /// Counts up with each change.
  var generation: Int
  var nodes: [Nodes]
  let relations: [Relation]
  /// References to papers that are not there: paper by paper, kept so that a later import can join them; nil in graphs.
  let unresolved: StoreFile?
  /// SQLite: ids and texts of all nodes.
  let texts: StoreFile
  /// SQLite: labels and splits.
  var catalogue: StoreFile
  /// The type that carries labels, and the relation they were made of, if any.
  var labeledType: String?
  var labelRelation: String?
  /// Whether nodes may have several labels; nil: told by whether one has.
  var isMultiLabel: Bool?
  /// Names of splits, in natural order.
  var splits: [String]
  /// Hash of all records.
  var snapshot: String
  /// What the imports said, in order.
  let reports: [LoadReport]
  /// Bad records of the imports: kept, and not needed to read the store.
  let rejects: [StoreFile]?

  /// All files that make up the graph.
  var files: [StoreFile] {
    nodes.flatMap(\.files) + relations.flatMap(\.files) + [unresolved].compactMap { $0 } + [texts, catalogue]
  }

  /// The manifest of a store.
  ///
  /// - Throws: `StoreFailure.notAStore` where there is none; `.damaged` where it is not what was written.
  static func read(_ folder: String) throws -> StoreManifest {
    let path = "\(folder)/\(fileName)"
    guard FileManager.default.fileExists(atPath: path) else { throw StoreFailure.notAStore(path: folder) }
    guard let data = FileManager.default.contents(atPath: path) else {
      throw FileFailure.unreadable(path: path, code: EACCES)
    }
    guard
      let newline = data.firstIndex(of: 10), let head = String(data: data[..<newline], encoding: .utf8),
      head == "GROVE STORE \(checksum(data[(newline + 1)...]))"
    else {
      throw StoreFailure.damaged(path: path, problem: "its checksum does not fit its contents")
    }
    let decoder = JSONDecoder()
    if let version = try? decoder.decode(Version.self, from: data[(newline + 1)...]), version.version != currentVersion
    {
      throw StoreFailure.damaged(
        path: path, problem: "it is of version \(version.version), this program reads \(currentVersion)")
    }
    do { return try decoder.decode(StoreManifest.self, from: data[(newline + 1)...]) } catch {
      throw StoreFailure.damaged(path: path, problem: "its entries cannot be read")
    }
  }

  /// Puts the manifest in place of the former one: the moment at which a change becomes real.
  func write(_ folder: String) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    let body = try encoder.encode(self)
    try AtomicFile.write(
      Data("GROVE STORE \(StoreManifest.checksum(body))\n".utf8) + body, to: "\(folder)/\(StoreManifest.fileName)")
  }

  /// Whether the folder's manifest is a store's: runs have one too.
  static func isManifest(_ folder: String) -> Bool {
    guard let handle = FileHandle(forReadingAtPath: "\(folder)/\(fileName)") else { return false }
    defer { try? handle.close() }
    return (try? handle.read(upToCount: 11)) == Data("GROVE STORE".utf8)
  }

  private struct Version: Codable { let version: Int }

  private static func checksum(_ data: Data) -> String { Array(data).withUnsafeBytes { StoreHash($0).text } }
}

/// What an import saw; the keys of `grove import --json`.
public struct LoadReport: Codable, Sendable, Equatable {
  /// Name of the dialect.
  public var format = ""
  /// Files that were read.
  public var sources: [String] = []
  /// Whole records of any kind.
  public var records = 0
  /// Records that could not be read, kept in the rejects file.
  public var bad = 0
  /// Line numbers of the first five of them.
  public var badLines: [Int] = []
  /// The same as `path:line: reason`.
  public var badPlaces: [String] = []
  /// Papers whose id had come before.
  public var duplicates = 0
  /// References to papers that are not there, and how many such papers there are.
  public var dangling = 0
  /// Distinct papers that are referred to and not there.
  public var distinctDangling = 0
  /// References of a paper to itself.
  public var selfReferences = 0
  /// References that a paper lists a second time.
  public var duplicateEdges = 0
  /// Entries of author lists without an id.
  public var authorsWithoutID = 0
  /// Papers whose venue has a name and no id.
  public var venuesWithoutID = 0
  /// Papers without a year.
  public var yearsMissing = 0
  /// Years before 1600 or after the next one: kept.
  public var yearsOutOfRange = 0
  /// Papers with an abstract.
  public var abstracts = 0
  /// Pairs of ids of one thing in two dumps, or of one id and that it was merged into.
  public var links = 0
  /// Nodes that two dumps have and a pair made one.
  public var joined: Int?
  /// Papers' records left out because their ids were merged into others.
  public var merged: Int?
  /// Papers of the store that newer records took the place of.
  public var updated: Int?
  /// Bytes read, unpacked.
  public var bytesRead = 0
  /// What was passed over, one sentence each.
  public var warnings: [String] = []
  /// The file of rejected records, if any.
  public var rejects: String?

  /// An empty report.
  public init() {}
}

extension LoadReport {
  /// Tells of what readers met beside records of the academic graph.
  mutating func add(_ counts: ReadCounts) {
    if counts.others > 0 {
      warnings.append("\(counts.others) records are of no node of the academic graph and were left out")
    }
    if counts.wideRows > 0 {
      warnings.append("\(counts.wideRows) rows have more columns than are known; the rest was left out")
    }
    if counts.unknownLines > 0 {
      warnings.append("\(counts.unknownLines) lines have no tag that is known and were left out")
    }
  }

  /// Tells of ids that stood for others and of rows without a paper.
  mutating func add(_ identities: Identities, _ facts: KeyedFacts) {
    if identities.pairs > 0 {
      joined = identities.joined
      merged = identities.removed.count
      links = max(links, identities.pairs)
    }
    if identities.links > identities.joined {
      warnings.append("\(identities.links - identities.joined) pairs of ids have a side that is not there")
    }
    if identities.ambiguous > 0 {
      warnings.append("\(identities.ambiguous) ids are paired with more than one other; the least counts")
    }
    if identities.deletedReferences > 0 {
      warnings.append("\(identities.deletedReferences) references led to deleted papers and were left out")
    }
    for sink in identities.guessed {
      warnings.append(
        "\(sink.text ?? "an id") is where deleted things were merged into; what pointed there was left out")
    }
    if facts.orphans > 0 { warnings.append("\(facts.orphans) rows of tables are of papers that are not there") }
  }
}

/// Why a store cannot be used.
public enum StoreFailure: Failure, Equatable {
  case notAStore(path: String)
  case damaged(path: String, problem: String)
  case locked(path: String)
  /// What is to be imported cannot be added to what the store holds.
  case occupied(path: String, holds: String, by: String)
  /// A graph that was imported whole where academic records are wanted.
  case holdsNoRecords(path: String)
  /// Records that are no longer those that something was made of.
  case changed(path: String)

  /// As the exit code tells it.
  public var kind: FailureKind {
    switch self {
    case .notAStore: .missingInput
    case .damaged, .holdsNoRecords, .changed: .badData
    case .locked, .occupied: .cannotCreate
    }
  }

  /// One line that ends with what to do.
  public var description: String {
    switch self {
    case .notAStore(let path):
      "\(path): no store lies here (it has no manifest.json); make one with grove import SOURCE --into \(path)"
    case .damaged(let path, let problem): "\(path): \(problem); restore the file or import again"
    case .locked(let path): "\(path): another process is changing this store; wait until it has ended"
    case .occupied(let path, let holds, let thing):
      "\(path): the store holds \(holds), to which \(thing) cannot be added; choose a new folder for --into"
    case .holdsNoRecords(let path):
      "\(path): the store holds a graph and no academic records; give a store that was made of a dump"
    case .changed(let path):
      "\(path): the store's records have changed meanwhile, so nothing was added to it; run the command again"
    }
  }
}
