import Foundation
import GroveGraphs
import GroveKernels

/// Reads dumps into a store: `grove import`.
///
/// Records stream through in batches, on all threads; what they mention waits on disk, apart by the hash of its key,
/// until each part is joined in memory by itself. Time grows with the bytes read, memory does not: batches, one block
/// a partition and thread, a few partitions at a time, a bit a paper.
public struct StoreImporter: Sendable {
  /// What the caller may choose.
  public struct Options: Sendable {
    /// What becomes of papers whose id came before.
    public var duplicates = DuplicateRule.first
    /// What becomes of references to papers that are not there.
    public var dangling = DanglingRule.drop
    /// Papers of the store give way to records with their ids: the dump is a newer one.
    public var isUpdate = false
    /// The first bad record ends the import.
    public var isStrict = false
    /// Authors without an id become one node a normalized name.
    public var keysAuthorsByName = false
    /// Character references of HTML in titles are decoded.
    public var decodesEntities = false
    /// The dialect's name for the report, or "auto" to tell it from the records.
    public var format = "auto"
    /// Labels and splits that are set together with the records, or not at all: see `StoreEditor.set`.
    public var labels: String?
    /// Split files and folders, as for `labels`.
    public var splits: [String] = []
    /// Bytes of records that wait in memory to be joined; what is more waits on disk.
    public var waitingMemory = 512 << 20

    /// The defaults.
    public init() {}
  }

  /// Called now and then with the share of the work that is done and what is being done.
  public typealias Progress = @Sendable (_ share: Double, _ text: String) -> Void

  private let options: Options
  private let progress: Progress

  /// An importer.
  public init(_ options: Options = Options(), progress: @escaping Progress = { _, _ in }) {
    self.options = options
    self.progress = progress
  }

  /// Reads dumps into the store at `folder`, which is made where there is none; what it holds comes first.
  ///
  /// - Parameter sources: files and folders; none rewrites the store alone.
  /// - Throws: `FormatFailure`, `StoreFailure` or `FileFailure`; the store is then as it was.
  @discardableResult
  public func run(_ sources: [String], into folder: String) throws -> LoadReport {
    let files = try DumpFiles(sources)
    if !sources.isEmpty && files.members.isEmpty {
      throw FormatFailure.bad(
        sources[0], "holds no file of records",
        do: "expected files ending in .json, .jsonl, .ndjson, .txt, .tsv or .csv")
    }
    return try StoreWriter.change(folder) { writer in
      let former = writer.former == nil ? nil : try GraphStore(folder)
      if former?.isGraph == true { throw StoreFailure.occupied(path: folder, holds: "a graph", by: "a dump") }
      try former?.verifyArrays()
      return try build(files, former, writer)
    }
  }

  private func build(_ files: DumpFiles, _ former: GraphStore?, _ writer: StoreWriter) throws -> LoadReport {
    let first = ImportStreams(in: writer.folder, memory: options.waitingMemory)
    var streams = first
    // The database takes the papers' texts while they are read, and what they mention while it is joined.
    nonisolated(unsafe) let database = try TextDatabaseWriter(writer.path("texts.sqlite"))
    let inserting = BackgroundTask { try PaperRows.insert(first.rows, first, into: database) }
    let formerBatches: [Int]
    let reading: Reading
    do {
      defer { streams.rows.close() }
      formerBatches = try former.map { try StoredRecords($0).emit(into: streams) } ?? []
      reading = try read(files, streams, firstBatch: formerBatches.count)
    } catch {
      // The database's own failure comes first: readers stop because of it.
      try inserting.value()
      throw error
    }
    try inserting.value()
    if reading.counts.records == 0 && !files.members.isEmpty {
      throw FormatFailure.bad(
        files.members[0].place, "holds no whole record",
        do: "give records of \(RecordFormats.names); the first fault is \(reading.report.badPlaces.first ?? "none")"
      )
    }
    let formerStubs = try former?.stubs() ?? 0..<0
    // What is rewritten alone keeps its stubs.
    let dangling: DanglingRule = files.members.isEmpty && !formerStubs.isEmpty ? .keepStub : options.dangling
    progress(0.6, "joining papers")
    let batches = formerBatches + reading.papersOfBatch
    let numbers = PaperNumbers(papersOfBatch: batches)
    let facts = try KeyedFacts(streams, numbers)
    let identities = try Identities(&streams)
    let formerRecords = formerBatches.reduce(0, +)
    let papers = try PaperJoin(
      streams, numbers, replaced: options.isUpdate ? formerRecords : 0, removed: identities.removed,
      duplicates: options.duplicates, dangling: dangling, path: writer.path)
    let joined = Channel<EntityJoin>()
    let (place, generation) = (writer.folder, writer.generation)
    let rows = BackgroundTask {
      let columns = try PaperRows.columns(papers, first, batches: batches.count, authors: facts.authorCounts) {
        StoreWriter.path($0, in: place, generation: generation)
      }
      try PaperRows.settle(papers, in: database)
      let abstracts = try facts.abstracts?.write(papers.numbers, into: database)
      while let entities = joined.next() { try EntityRows.write(entities, into: database) }
      return (columns, abstracts)
    }
    let relations: Relations
    do {
      defer { joined.end() }
      relations = try Relations(streams, papers, path: writer.path, joined: joined, progress: progress)
    } catch {
      _ = try? rows.value()
      throw error
    }
    progress(0.9, "writing ids and texts")
    let (paperRows, abstracts) = try rows.value()
    try database.insert("INSERT INTO missing VALUES (?, ?, ?)") { row in
      try papers.forEachMissingID { key, id in
        row.bind(Int64(bitPattern: key.high), at: 1)
        row.bind(Int64(bitPattern: key.low), at: 2)
        row.bind(id, at: 3)
        try row.step()
      }
    }
    try database.insert("INSERT INTO meta VALUES ('stubs', ?)") { row in
      row.bind(Int64(papers.stubs.count), at: 1)
      try row.step()
    }
    let texts = try database.finish()
    let unresolved = try papers.writeUnresolved(writer.path("unresolved"))

    var report = reading.report
    report.duplicates = papers.duplicateCount
    if options.isUpdate { report.updated = papers.updateCount }
    report.add(identities, facts)
    report.dangling = unresolved.count ?? 0
    report.distinctDangling = papers.distinctDangling
    report.duplicateEdges = paperRows.counts.repeatedReferences + relations.citationDuplicates
    report.selfReferences = paperRows.counts.selfReferences + facts.selfReferences
    report.authorsWithoutID = paperRows.counts.authorsWithoutID + facts.authorsWithoutID
    report.venuesWithoutID = paperRows.counts.venuesWithoutID
    report.yearsMissing = paperRows.counts.yearsMissing
    report.yearsOutOfRange = paperRows.counts.yearsOutOfRange
    report.abstracts = paperRows.counts.abstracts + (abstracts?.count ?? 0)
    if dangling == .error, report.dangling > 0 {
      throw FormatFailure.bad(
        files.members.first?.place ?? writer.folder, "\(report.dangling) references lead to papers that are not there",
        do: "add the missing papers, or import with --dangling drop")
    }
    var catalogue = try former?.catalogue() ?? StoreCatalogue()
    // Stubs follow all other papers, so theirs are the numbers that change; all do where a paper of the store is gone.
    let isShifted = papers.repeated.first.map { $0 < formerRecords } ?? false
    if let former, !formerStubs.isEmpty || isShifted {
      let changed = isShifted ? 0..<former.nodeCount(of: AcademicSchema.paper) : formerStubs
      let keys = try former.keys(of: AcademicSchema.paper)
      let wanted = Dictionary(changed.map { (keys[$0], $0) }, uniquingKeysWith: { first, _ in first })
      let found = try papers.numbers(of: wanted)
      catalogue = catalogue.renumbered(from: changed.lowerBound, to: papers.count) { found[$0] }
    } else {
      catalogue = catalogue.grown(to: papers.count)
    }
    var nodes =
      [
        StoreManifest.Nodes(
          type: AcademicSchema.paper.name, count: papers.count, keys: papers.keys, order: papers.order,
          years: paperRows.years, authorCounts: paperRows.authorCounts, records: paperRows.records)
      ]
      + relations.entities.map {
        StoreManifest.Nodes(
          type: $0.kind.type.name, count: $0.count, keys: $0.keys, order: nil, years: nil, authorCounts: nil,
          records: nil)
      }
    var paperHash = paperRows.hash
    if let abstracts { paperHash += abstracts.hash }
    let snapshot = StoreImporter.snapshot(papers.count, paperHash, relations)
    report.warnings += StoreImporter.keepFeatures(of: former, snapshot, &nodes)
    let rejects =
      (former?.manifest.rejects ?? [])
      + (try report.rejects.map { [try StoreFile.sealing("\(writer.folder)/\($0)")] } ?? [])
    var manifest = StoreManifest(
      version: StoreManifest.currentVersion, generation: writer.generation, nodes: nodes,
      relations: relations.manifests, unresolved: unresolved, texts: texts,
      catalogue: try catalogue.write(writer.path("catalogue.sqlite")),
      labeledType: former?.manifest.labeledType, labelRelation: former?.manifest.labelRelation,
      splits: catalogue.splitNames,
      snapshot: snapshot,
      reports: (former?.manifest.reports ?? []) + (files.members.isEmpty ? [] : [report]),
      rejects: rejects)
    if options.labels != nil || !options.splits.isEmpty {
      progress(0.95, "reading labels and splits")
      try StoreEditor.stage(labels: options.labels, splits: options.splits, writer, &catalogue, &manifest)
    }
    try writer.commit(manifest)
    return report
  }

  /// Hands the feature columns of the former store on where nothing has changed that their rows were made of.
  ///
  /// - Returns: which could not be, one sentence a type.
  private static func keepFeatures(
    of former: GraphStore?, _ snapshot: String, _ nodes: inout [StoreManifest.Nodes]
  ) -> [String] {
    var warnings: [String] = []
    for old in former?.manifest.nodes ?? [] {
      guard let features = old.features else { continue }
      let place = nodes.firstIndex { $0.type == old.type && $0.keys.checksum == old.keys.checksum }
      if let place, former?.snapshot == snapshot {
        nodes[place].features = features
        continue
      }
      let names = features.map { quoted($0.name) }.joined(separator: ", ")
      warnings.append(
        "the records have changed, so feature \(features.count == 1 ? "column" : "columns") \(names) of \(old.type) "
          + "\(features.count == 1 ? "was" : "were") dropped; make \(features.count == 1 ? "it" : "them") again")
    }
    return warnings
  }

  /// The hash of all records: counts and sums by type and relation.
  private static func snapshot(_ papers: Int, _ hash: StoreHash, _ relations: Relations) -> String {
    var lines = ["paper \(papers) \(hash.text)"]
    lines += relations.entities.map { "\($0.kind.type) \($0.count) \($0.hash.text)" }
    lines += zip(relations.manifests, relations.hashes).map { "\($0.type) \($0.count) \($1.text)" }
    return Checksum.sha256(Data(lines.sorted().joined(separator: "\n").utf8))
  }

  // MARK: - Reading

  private struct Reading {
    var counts: ReadCounts
    var papersOfBatch: [Int]
    var report: LoadReport
  }

  private func read(_ files: DumpFiles, _ streams: ImportStreams, firstBatch: Int) throws -> Reading {
    let reader = Guarded(DumpReader(files, firstIndex: firstBatch, countsLines: options.isStrict))
    let failed = Guarded(false)
    let total = Double(max(files.byteCount, 1))
    var worker = ImportWorker.Options()
    worker.isStrict = options.isStrict
    worker.keysAuthorsByName = options.keysAuthorsByName
    worker.decodesEntities = options.decodesEntities
    let settings = worker
    typealias Part = (
      counts: ReadCounts, batches: [ImportWorker.Batch],
      rejects: [ImportWorker.Reject]
    )
    let parts = try Parallel.map(Workers.threadCount) { _ -> Part in
      do {
        var worker = try ImportWorker(streams, settings)
        let batch = DumpBatch()
        while !failed.withLock({ $0 }) {
          let (isThere, bytes) = try reader.withLock { (try $0.next(batch), $0.byteCount) }
          guard isThere else { break }
          try worker.read(batch, place: files.members[batch.member].place)
          progress(0.6 * min(1, Double(bytes) / total), "reading, \(bytes / 1_000_000) MB")
        }
        try worker.finish()
        return (worker.counts, worker.batches, worker.rejects)
      } catch {
        failed.withLock { $0 = true }
        throw error
      }
    }
    var counts = ReadCounts()
    for part in parts { counts += part.counts }
    let batches = parts.flatMap(\.batches).sorted { $0.index < $1.index }
    var report = LoadReport()
    let promised = reader.withLock { $0.promised }
    reader.withLock { reader in
      report.format = options.format == "auto" ? RecordFormats.name(for: reader.traits) : options.format
      report.bytesRead = reader.byteCount
      report.warnings = reader.warnings
    }
    report.sources = files.members.map(\.place)
    report.records = counts.records
    report.bad = counts.bad
    report.links = counts.links
    report.add(counts)
    for (member, count) in promised.sorted(by: { $0.key < $1.key }) {
      let found = batches.reduce(0) { $1.member == member ? $0 + $1.papers + $1.bad : $0 }
      if found != count {
        report.warnings.append(
          "\(files.members[member].place): its first line promises \(count) records, it holds \(found)")
      }
    }
    // Line numbers, now that the lines of all earlier batches of a file are known.
    var firstLine: [Int: Int] = [:]
    var member = -1
    var line = 1
    for batch in batches {
      if batch.member != member { (member, line) = (batch.member, 1) }
      firstLine[batch.index] = line
      line += batch.lines
    }
    let memberOf = Dictionary(batches.map { ($0.index, $0.member) }, uniquingKeysWith: { first, _ in first })
    for reject in parts.flatMap(\.rejects).sorted(by: { ($0.batch, $0.line) < ($1.batch, $1.line) }).prefix(5) {
      let line = (firstLine[reject.batch] ?? 1) + reject.line
      report.badLines.append(line)
      report.badPlaces.append("\(files.members[memberOf[reject.batch] ?? 0].place):\(line): \(reject.reason)")
    }
    if counts.bad > 0 {
      report.rejects = try writeRejects(
        streams, batches.map { ($0.index, files.members[$0.member].place, firstLine[$0.index] ?? 1) })
    }
    return Reading(counts: counts, papersOfBatch: batches.map(\.papers), report: report)
  }

  /// Writes all bad records with their places; the file's name.
  private func writeRejects(_ streams: ImportStreams, _ batches: [(index: Int, place: String, line: Int)]) throws
    -> String
  {
    let name = "rejects.tsv.\(UInt32.random(in: 1...UInt32.max))"
    try AtomicFile.write(to: "\(streams.folder)/\(name)") { sink in
      try sink.write("file\tline\treason\trecord\n")
      for batch in batches {
        try streams.rejects.withBlocks(batch.index) { blocks in
          for record in blocks.flatMap({ $0.split(separator: 10) }) {
            let tab = record.firstIndex(of: 9) ?? record.endIndex
            let line = Int(String(decoding: record[..<tab], as: UTF8.self)) ?? 0
            try sink.write("\(batch.place)\t\(batch.line + line)")
            try sink.write(UnsafeRawBufferPointer(rebasing: record[tab...]))
            try sink.write("\n")
          }
        }
      }
    }
    return name
  }
}

/// Values from one thread to another, in order.
final class Channel<Value: Sendable>: Sendable {
  private let waiting = Guarded<[Value?]>([])
  private let count = DispatchSemaphore(value: 0)

  func send(_ value: Value) { put(value) }

  /// No more values come.
  func end() { put(nil) }

  /// Waits for the next value; nil once no more come.
  ///
  /// For one caller.
  func next() -> Value? {
    count.wait()
    return waiting.withLock { $0.removeFirst() }
  }

  private func put(_ value: Value?) {
    waiting.withLock { $0.append(value) }
    count.signal()
  }
}

/// Work on a thread of its own, beside the pool.
final class BackgroundTask<Value: Sendable>: Sendable {
  private let result = Guarded<Result<Value, any Error>?>(nil)
  private let done = DispatchSemaphore(value: 0)

  init(_ body: @escaping @Sendable () throws -> Value) {
    let thread = Thread { [result, done] in
      let value = Result(catching: body)
      result.withLock { $0 = value }
      done.signal()
    }
    thread.stackSize = 8 << 20
    thread.start()
  }

  /// Waits for the end.
  ///
  /// Call it once.
  func value() throws -> Value {
    done.wait()
    return try result.withLock { try $0!.get() }
  }
}
