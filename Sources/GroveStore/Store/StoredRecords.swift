import Foundation
import GRDB
import GroveGraphs
import GroveKernels

/// The records of a store, as an import of them would have read them.
struct StoredRecords {
  /// Papers a batch.
  private static let batchSize = 1 << 16

  private let store: GraphStore

  init(_ store: GraphStore) { self.store = store }

  /// Compressed rows in place.
  private struct Rows {
    let offsets: MappedArray<Int64>
    let columns: MappedArray<Int32>
    let details: MappedArray<UInt32>?

    func range(_ row: Int) -> Range<Int> { Int(offsets[row])..<Int(offsets[row + 1]) }
  }

  private func rows(_ relation: EdgeType) throws -> Rows {
    let entry = try store.entry(of: relation)
    return Rows(
      offsets: try store.array(entry.offsets), columns: try store.array(entry.columns),
      details: try entry.details.map { try store.array($0) })
  }

  /// Sends everything that the store holds into the streams of an import.
  ///
  /// - Returns: the number of papers of each batch.
  func emit(into streams: ImportStreams) throws -> [Int] {
    var worker = try ImportWorker(streams, ImportWorker.Options())
    let batches = try emitPapers(&worker)
    for kind in EntityKind.allCases { try emitEntities(kind, &worker) }
    try emitAffiliations(&worker)
    try emitHierarchy(&worker)
    try worker.finish()
    return batches
  }

  private func emitPapers(_ worker: inout ImportWorker) throws -> [Int] {
    let keys = try store.keys(of: AcademicSchema.paper)
    let authorKeys = try store.keys(of: AcademicSchema.author)
    let venueKeys = try store.keys(of: AcademicSchema.venue)
    let fieldKeys = try store.keys(of: AcademicSchema.field)
    let cites = try rows(AcademicSchema.cites)
    let writes = try rows(AcademicSchema.writes)
    let published = try rows(AcademicSchema.publishedIn)
    let topics = try rows(AcademicSchema.hasTopic)
    let authorCounts: MappedArray<UInt32> = try store.array(store.manifest.nodes[0].authorCounts!)
    let unresolved: MappedArray<Waiting.Unresolved> = try store.unresolved()
    let repeats: MappedArray<Int64>? = try store.entry(of: AcademicSchema.writes).repeats.map { try store.array($0) }
    var nextUnresolved = 0
    var nextRepeat = 0
    var batches: [Int] = []
    var inBatch = 0
    var long: [NodeKey: String] = [:]
    try store.readMissing { long[$0] = $1 }
    worker.begin(0)
    let columns = "id, title, abstract, year, n_citation, doi, volume, issue"
    let stubs = try store.stubs()
    try store.readTexts(AcademicSchema.paper, columns: columns) { number, row in
      if stubs.contains(number) { return }
      if inBatch == StoredRecords.batchSize {
        try worker.end(member: 0, lines: 0)
        batches.append(inBatch)
        worker.begin(batches.count)
        inBatch = 0
      }
      inBatch += 1
      var paper = StoredPaper(key: keys[number], authorCount: authorCounts[number])
      paper.references = cites.range(number).map { keys[Int(cites.columns[$0])] }
      while nextUnresolved < unresolved.count, Int(unresolved[nextUnresolved].row) == number {
        paper.references.append(unresolved[nextUnresolved].target)
        nextUnresolved += 1
      }
      for entry in writes.range(number) {
        let author = authorKeys[Int(writes.columns[entry])]
        paper.authors.append((author, writes.details?[entry] ?? 0))
        while let repeats, nextRepeat < repeats.count, repeats[nextRepeat] == Int64(entry) {
          paper.authors.append((author, UInt32(truncatingIfNeeded: repeats[nextRepeat + 1])))
          nextRepeat += 2
        }
      }
      paper.venues = published.range(number).map { venueKeys[Int(published.columns[$0])] }
      paper.topics = topics.range(number).map { (fieldKeys[Int(topics.columns[$0])], topics.details?[$0] ?? 0) }
      let values = Array(row.databaseValues)
      paper.id = values[0].storage.text ?? ""
      paper.texts = [1, 2, 5, 6, 7].map { values[$0].storage.text ?? "" }
      paper.year = Int32(clamping: values[3].storage.integer ?? 0)
      paper.citationCount = Int32(clamping: values[4].storage.integer ?? -1)
      try worker.take(stored: paper, longIDs: long)
    }
    try worker.end(member: 0, lines: 0)
    batches.append(inBatch)
    return batches
  }

  private func emitEntities(_ kind: EntityKind, _ worker: inout ImportWorker) throws {
    let keys = try store.keys(of: kind.type)
    try store.readTexts(kind.type, columns: "id, name") { number, row in
      let values = Array(row.databaseValues)
      var id = values[0].storage.text ?? ""
      var name = values[1].storage.text ?? ""
      try id.withUTF8 { id in
        try name.withUTF8 { name in
          try worker.declare(kind, Identifier(key: keys[number], text: id), name)
        }
      }
    }
  }

  private func emitAffiliations(_ worker: inout ImportWorker) throws {
    let authors = try store.keys(of: AcademicSchema.author)
    let places = try store.keys(of: AcademicSchema.affiliation)
    let affiliated = try rows(AcademicSchema.affiliatedWith)
    let nothing = Bytes(start: nil, count: 0)
    for author in authors.indices {
      for entry in affiliated.range(author) {
        let place = Identifier(key: places[Int(affiliated.columns[entry])], text: nil)
        try worker.take(
          affiliationOf: authors[author], with: place, nothing,
          year: Int32(bitPattern: affiliated.details?[entry] ?? 0))
      }
    }
  }

  private func emitHierarchy(_ worker: inout ImportWorker) throws {
    guard store.relations.contains(AcademicSchema.childOf) else { return }
    let keys = try store.keys(of: AcademicSchema.field)
    let steps = try rows(AcademicSchema.childOf)
    for child in keys.indices {
      for entry in steps.range(child) {
        let parent = Identifier(key: keys[Int(steps.columns[entry])], text: nil)
        try worker.take(parent: parent, Bytes(start: nil, count: 0), of: Identifier(key: keys[child], text: nil))
      }
    }
  }
}

/// A paper as a store keeps it: keys in place of ids.
struct StoredPaper {
  var key: NodeKey
  var authorCount: UInt32
  var id = ""
  /// Title, abstract, doi, volume, issue.
  var texts: [String] = []
  var year: Int32 = 0
  var citationCount: Int32 = -1
  var references: [NodeKey] = []
  var authors: [(key: NodeKey, place: UInt32)] = []
  var venues: [NodeKey] = []
  /// Weights as bits.
  var topics: [(key: NodeKey, weight: UInt32)] = []
}

extension DatabaseValue.Storage {
  fileprivate var integer: Int64? { if case .int64(let value) = self { value } else { nil } }
  fileprivate var text: String? { if case .string(let value) = self { value } else { nil } }
}
