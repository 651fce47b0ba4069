import Foundation
import GRDB
public import GroveGraphs
public import GroveKernels

/// A store on disk, as it was when it was opened: later changes by anyone do not show.
///
/// Opening reads the manifest and maps the files; what is asked for is read then. Each file's hash is compared with
/// the manifest's the first time that its contents are used.
public final class GraphStore: GraphSource, FeatureSource {
  /// The folder.
  public let path: String
  /// The folder's own name.
  public let name: String
  let manifest: StoreManifest
  private let mappings: [String: Mapping]
  private let texts: DatabaseQueue
  private let labelsAndSplits: DatabaseQueue
  private let kept = Guarded<StoreCatalogue?>(nil)
  private let verified = Guarded<Set<String>>([])

  /// Opens a store.
  ///
  /// - Throws: `StoreFailure.notAStore`, or `.damaged` where a file is missing or has another length than it should.
  /// - Complexity: O(1), whatever the store holds.
  public init(_ path: String) throws {
    self.path = path
    name = NodeFiles.name(of: path)
    // A writer may replace the manifest and unlink old files while they are being opened here: then look again.
    var attempt = 0
    while true {
      let manifest = try StoreManifest.read(path)
      do {
        (mappings, texts, labelsAndSplits) = try GraphStore.open(manifest, path)
        self.manifest = manifest
        return
      } catch {
        attempt += 1
        let now = try StoreManifest.read(path)
        if now.generation == manifest.generation || attempt > 20 { throw error }
      }
    }
  }

  /// The store as a manifest that is not in place yet describes it.
  init(_ path: String, _ manifest: StoreManifest) throws {
    self.path = path
    name = NodeFiles.name(of: path)
    (mappings, texts, labelsAndSplits) = try GraphStore.open(manifest, path)
    self.manifest = manifest
  }

  private static func open(
    _ manifest: StoreManifest, _ path: String
  ) throws -> ([String: Mapping], DatabaseQueue, DatabaseQueue) {
    var mappings: [String: Mapping] = [:]
    for file in manifest.files {
      let place = "\(path)/\(file.name)"
      let mapping: Mapping
      do { mapping = try Mapping(place) } catch FileFailure.missing {
        throw StoreFailure.damaged(path: place, problem: "the file is missing")
      }
      guard mapping.byteCount == file.bytes else {
        throw StoreFailure.damaged(path: place, problem: "it has \(mapping.byteCount) bytes, expected \(file.bytes)")
      }
      if let element = file.element, let count = file.count {
        guard mapping.bytes.prefix(StoreArrayWriter.headerSize).elementsEqual(element.header(count: count)) else {
          throw StoreFailure.damaged(path: place, problem: "its header is not what was written")
        }
      }
      mappings[file.name] = mapping
    }
    // Both databases are opened now so that they stay whatever becomes of their names.
    let databases = try [manifest.texts, manifest.catalogue].map { file in
      let place = "\(path)/\(file.name)"
      // Bytes 18 and 19 say how the file is journaled; only 1, a rollback journal, leaves the folder alone.
      guard let bytes = mappings[file.name]?.bytes, bytes.count >= 100, bytes[18] == 1, bytes[19] == 1 else {
        throw StoreFailure.damaged(path: place, problem: "its header is not what was written")
      }
      var configuration = Configuration()
      configuration.readonly = true
      return try GraphStore.reading(place) { try DatabaseQueue(path: place, configuration: configuration) }
    }
    return (mappings, databases[0], databases[1])
  }

  /// SQLite's failures over a file that was written whole: all but a missing right to read it mean damage.
  private static func reading<Value>(_ place: String, _ body: () throws -> Value) throws -> Value {
    do { return try body() } catch let error as DatabaseError {
      if access(place, F_OK) == 0, access(place, R_OK) != 0 { throw FileFailure.unreadable(path: place, code: errno) }
      throw StoreFailure.damaged(
        path: place, problem: "SQLite finds it damaged (\(plain(error.message ?? "no reason")))")
    }
  }

  /// Reads the text database, once its hash has been found right.
  func read<Value>(_ body: (Database) throws -> Value) throws -> Value {
    try verify(manifest.texts)
    return try GraphStore.reading("\(path)/\(manifest.texts.name)") { try texts.read(body) }
  }

  // MARK: - GraphSource

  /// All types of the academic graph, papers first.
  public var nodeTypes: [NodeType] { manifest.nodes.map { NodeType($0.type) } }
  /// All relations.
  public var relations: [EdgeType] { manifest.relations.map(\.type) }
  /// The type that labels were given for.
  public var labeledType: NodeType? { manifest.labeledType.map { NodeType($0) } }
  /// The relation that labels were made of, if any.
  public var labelRelation: EdgeType? {
    manifest.labelRelation.flatMap { name in relations.first { $0.relation == name } }
  }
  /// Names of the stored splits.
  public var splitNames: [String] { manifest.splits }
  /// Hash of all records: equal for every order of lines, every dialect and every way of importing them.
  public var snapshot: String { manifest.snapshot }
  /// What the imports said, in order.
  public var reports: [LoadReport] { manifest.reports }
  /// Counts up with each change of the store.
  public var generation: Int { manifest.generation }

  /// How many nodes a type has.
  public func nodeCount(of type: NodeType) -> Int { manifest.nodes.first { $0.type == type.name }?.count ?? 0 }

  /// How many edges a relation has.
  public func edgeCount(of relation: EdgeType) -> Int {
    manifest.relations.first { $0.type == relation }?.count ?? 0
  }

  /// Edges of a relation, with weights where it has them.
  ///
  /// - Throws: `FormatFailure.unknownName`; `StoreFailure.damaged`.
  public func edges(of relation: EdgeType) throws -> EdgeList {
    let entry = try entry(of: relation)
    let offsets: MappedArray<Int64> = try array(entry.offsets)
    let columns: MappedArray<Int32> = try array(entry.columns)
    var rows = [Int32]()
    rows.reserveCapacity(columns.count)
    for row in 0..<max(offsets.count - 1, 0) {
      rows.append(contentsOf: repeatElement(Int32(row), count: Int(offsets[row + 1] - offsets[row])))
    }
    var weights: [Float]?
    if entry.detail == .weight, let details = entry.details {
      weights = Array(try array(details) as MappedArray<Float>)
    }
    let ends = Array(columns)
    return EdgeList(
      sources: entry.rowsAreTargets ? ends : rows, targets: entry.rowsAreTargets ? rows : ends, weights: weights,
      isDirected: entry.isUndirected != true)
  }

  /// The relation's entries in place, without a copy: rows of sources, or of targets where `rowsAreTargets`.
  ///
  /// - Complexity: O(1) once the files have been verified.
  public func rows(of relation: EdgeType) throws -> (
    offsets: MappedArray<Int64>, columns: MappedArray<Int32>, rowsAreTargets: Bool
  ) {
    let entry = try entry(of: relation)
    return (try array(entry.offsets), try array(entry.columns), entry.rowsAreTargets)
  }

  /// Years of a type's nodes, 0 for none; nil for types that have no years.
  public func nodeYears(of type: NodeType) throws -> [Int32]? {
    guard let file = manifest.nodes.first(where: { $0.type == type.name })?.years else { return nil }
    return Array(try array(file) as MappedArray<Int32>)
  }

  /// Years of a relation's edges: of the citing, written or placed paper, or as the store keeps them.
  public func edgeYears(of relation: EdgeType) throws -> [Int32]? {
    let entry = try entry(of: relation)
    if let years = entry.years { return Array(try array(years) as MappedArray<Int32>) }
    if isGraph { return nil }
    if entry.detail == .year, let details = entry.details { return Array(try array(details) as MappedArray<Int32>) }
    let offsets: MappedArray<Int64> = try array(entry.offsets)
    guard let years = try nodeYears(of: entry.rowsAreTargets ? relation.target : relation.source) else { return nil }
    var result: [Int32] = []
    result.reserveCapacity(entry.count)
    for row in 0..<max(offsets.count - 1, 0) {
      result.append(contentsOf: repeatElement(years[row], count: Int(offsets[row + 1] - offsets[row])))
    }
    return result
  }

  /// Labels of `labeledType`.
  public func labels() throws -> Labels? { try catalogue().labels }

  /// A stored split.
  ///
  /// - Throws: `FormatFailure.unknownName`.
  public func split(named name: String) throws -> Split {
    guard let split = try catalogue().splits.first(where: { $0.name == name }) else {
      throw FormatFailure.unknownName(path: path, what: "split", name: name, known: splitNames)
    }
    return split
  }

  /// Writes the store anew, without what is no longer used.
  ///
  /// - Throws: `StoreFailure`; `FileFailure`; the store is then as it was.
  /// - Returns: what could not be kept, one sentence each.
  @discardableResult
  public func compact() throws -> [String] {
    if isGraph {
      try GraphImporter.rewrite(self)
      return []
    }
    return try StoreImporter().run([], into: path).warnings
  }

  // MARK: - Inside

  /// Whether the store holds a graph that was imported whole, and no academic records.
  var isGraph: Bool { manifest.isGraph == true }

  /// The type that labels and splits are of.
  var splitType: NodeType {
    labeledType ?? (isGraph ? nodeTypes.first ?? AcademicSchema.paper : AcademicSchema.paper)
  }

  func catalogue() throws -> StoreCatalogue {
    try kept.withLock { kept in
      if let kept { return kept }
      try verify(manifest.catalogue)
      let count = nodeCount(of: splitType)
      let read = try GraphStore.reading("\(path)/\(manifest.catalogue.name)") {
        try labelsAndSplits.read { try StoreCatalogue($0, nodeCount: count, isMultiple: manifest.isMultiLabel) }
      }
      kept = read
      return read
    }
  }

  func entry(of relation: EdgeType) throws -> StoreManifest.Relation {
    guard let entry = manifest.relations.first(where: { $0.type == relation }) else {
      throw FormatFailure.unknownName(
        path: path, what: "relation", name: relation.description, known: relations.map(\.description))
    }
    return entry
  }

  /// References that lead nowhere.
  ///
  /// - Throws: `StoreFailure.holdsNoRecords` for a graph that was imported whole.
  func unresolved() throws -> MappedArray<Waiting.Unresolved> {
    guard let file = manifest.unresolved, !isGraph else { throw StoreFailure.holdsNoRecords(path: path) }
    return try array(file)
  }

  func keys(of type: NodeType) throws -> MappedArray<NodeKey> {
    guard let nodes = manifest.nodes.first(where: { $0.type == type.name }) else {
      throw FormatFailure.unknownName(
        path: path, what: "node type", name: type.name, known: nodeTypes.map(\.name))
    }
    return try array(nodes.keys)
  }

  /// A file's elements in place, once its hash has been found right.
  func array<Element>(_ file: StoreFile) throws -> MappedArray<Element> {
    try verify(file)
    guard let mapping = mappings[file.name], let count = file.count else {
      throw StoreFailure.damaged(path: "\(path)/\(file.name)", problem: "it is no array")
    }
    return MappedArray(mapping, offset: StoreArrayWriter.headerSize, count: count)
  }

  /// Compares all arrays with the manifest, also those that are not about to be read.
  func verifyArrays() throws { for file in manifest.files where file.element != nil { try verify(file) } }

  /// Compares a file's hash with the manifest's, once.
  func verify(_ file: StoreFile) throws {
    if verified.withLock({ $0.contains(file.name) }) { return }
    guard let mapping = mappings[file.name], hash(of: file, mapping) == file.checksum else {
      throw StoreFailure.damaged(
        path: "\(path)/\(file.name)", problem: "its contents have changed since they were written")
    }
    verified.withLock { _ = $0.insert(file.name) }
  }

  private func hash(of file: StoreFile, _ mapping: Mapping) -> String {
    let skipped = file.element == nil ? 0 : StoreArrayWriter.headerSize
    // Large files page by page, so that checking them does not fill the memory.
    let hash = RunningHash()
    for start in stride(from: skipped, to: mapping.byteCount, by: 64 << 20) {
      let end = min(start + 64 << 20, mapping.byteCount)
      hash.update(UnsafeRawBufferPointer(rebasing: mapping.bytes[start..<end]))
      if mapping.byteCount > 256 << 20 { mapping.forgetPages() }
    }
    return hash.value.text
  }

  /// Numbers of papers that have no record: they follow all others.
  func stubs() throws -> Range<Int> {
    let count = nodeCount(of: AcademicSchema.paper)
    if isGraph { return count..<count }
    let all = try read { try Int.fetchOne($0, sql: "SELECT value FROM meta WHERE key = 'stubs'") }
    return (count - (all ?? 0))..<count
  }

  /// Calls `body` with the id of each missing paper whose key does not hold it.
  func readMissing(_ body: (NodeKey, String) throws -> Void) throws {
    try read { db in
      let rows = try Row.fetchCursor(db, sql: "SELECT high, low, id FROM missing")
      while let row = try rows.next() {
        let (high, low): (Int64, Int64) = (row[0], row[1])
        try body(NodeKey(high: UInt64(bitPattern: high), low: UInt64(bitPattern: low)), row[2])
      }
    }
  }
}
