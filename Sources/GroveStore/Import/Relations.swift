import Foundation
import GroveGraphs
import GroveKernels

/// All relations of an import, joined and written.
struct Relations {
  /// In the order of `EntityKind`.
  let entities: [EntityJoin]
  let manifests: [StoreManifest.Relation]
  /// The relations' parts of the snapshot hash.
  let hashes: [StoreHash]
  /// References that several records of one paper list, under the merging policy.
  let citationDuplicates: Int

  /// A place of work on its way to its number.
  private struct Employment: BitwiseCopyable {
    var affiliation: NodeKey
    var author: UInt32
    var year: Int32
  }

  init(
    _ streams: ImportStreams, _ papers: PaperJoin, path: @escaping (String) -> String, joined: Channel<EntityJoin>,
    progress: StoreImporter.Progress
  ) throws {
    let keysOf = { (file: StoreFile) in
      MappedArray<NodeKey>(
        try Mapping("\(streams.folder)/\(file.name)"), offset: StoreArrayWriter.headerSize, count: file.count ?? 0)
    }
    let paperKeys = try keysOf(papers.keys)
    var manifests: [StoreManifest.Relation] = []
    var hashes: [StoreHash] = []
    func add(
      _ type: EdgeType, _ edges: Spill, _ ranges: RowRanges, rowKeys: MappedArray<NodeKey>,
      columnKeys: MappedArray<NodeKey>, of entities: EntityJoin? = nil, rowsAreTargets: Bool = false,
      _ rule: RowsBuilder.Rule,
      _ detail: StoreManifest.Relation.Detail? = nil
    ) throws -> Int {
      let element: StoreElement? = detail.map { $0 == .weight ? .float32 : .int32 }
      let result = try RowsBuilder(
        path: path, name: type.relation, rowCount: rowKeys.count, ranges: ranges, rule: rule, detail: element,
        rowKeys: rowKeys, columnKeys: columnKeys, entities: entities
      ).build(edges)
      manifests.append(
        StoreManifest.Relation(
          source: type.source.name, relation: type.relation, target: type.target.name, rowsAreTargets: rowsAreTargets,
          count: result.count, offsets: result.offsets, columns: result.columns, detail: detail,
          details: result.details, repeats: result.repeats))
      hashes.append(result.hash)
      return result.duplicates
    }

    progress(0.65, "joining citations")
    citationDuplicates = try add(
      AcademicSchema.cites, papers.edges, papers.ranges, rowKeys: paperKeys, columnKeys: paperKeys, .one)

    progress(0.7, "joining authors")
    let employments = streams.spill()
    let authors = try EntityJoin(
      .author, streams, papers.numbers, path: path("author.keys"),
      extra: { partition, table in
        var writer = SpillWriter(employments)
        try streams.affiliations.withBlocks(partition) { blocks in
          try KeyedRecords.forEachPair(in: blocks) { author, sequence, year, affiliation in
            if sequence != Waiting.noPaper, papers.numbers.number(sequence) == PaperNumbers.none { return }
            let place = table.value(of: author)
            if place == KeyTable.none { return }
            let next = Employment(
              affiliation: affiliation, author: EntityJoin.code(partition, place), year: Int32(bitPattern: year))
            try writer.append(next, partition: affiliation.partition)
          }
        }
        try writer.finish()
      })
    joined.send(authors)
    let authorKeys = try keysOf(authors.keys)
    _ = try add(
      AcademicSchema.writes, authors.edges, authors.ranges, rowKeys: paperKeys, columnKeys: authorKeys, of: authors,
      rowsAreTargets: true, .firstPlace, .place)

    progress(0.8, "joining affiliations")
    let ranges = RowRanges(rowCount: authors.count, entries: employments.recordCount)
    let employed = streams.spill()
    let affiliations = try EntityJoin(
      .affiliation, streams, papers.numbers, path: path("affiliation.keys"),
      further: { partition in
        try employments.withBlocks(partition, keeping: true) { blocks in
          blocks.flatMap { $0.bindMemory(to: Employment.self).map(\.affiliation) }
        }
      },
      extra: { partition, table in
        var writer = SpillWriter(employed, partitions: ranges.count)
        try employments.withBlocks(partition) { blocks in
          for block in blocks {
            for record in block.bindMemory(to: Employment.self) {
              let author = authors.number(ofCode: record.author)
              let code = EntityJoin.code(partition, table.value(of: record.affiliation))
              let edge = Waiting.Edge(row: author, column: code, detail: UInt32(bitPattern: record.year))
              try writer.append(edge, partition: ranges.range(of: author))
            }
          }
        }
        try writer.finish()
      })
    joined.send(affiliations)
    _ = try add(
      AcademicSchema.affiliatedWith, employed, ranges, rowKeys: authorKeys,
      columnKeys: try keysOf(affiliations.keys), of: affiliations, .earliest, .year)

    progress(0.85, "joining venues and fields")
    let venues = try EntityJoin(.venue, streams, papers.numbers, path: path("venue.keys"))
    joined.send(venues)
    _ = try add(
      AcademicSchema.publishedIn, venues.edges, venues.ranges,
      rowKeys: paperKeys, columnKeys: try keysOf(venues.keys), of: venues, .one)
    let fields = try EntityJoin(.field, streams, papers.numbers, path: path("field.keys"))
    joined.send(fields)
    let fieldKeys = try keysOf(fields.keys)
    _ = try add(
      AcademicSchema.hasTopic, fields.edges, fields.ranges, rowKeys: paperKeys, columnKeys: fieldKeys, of: fields,
      .heaviest, .weight)
    if streams.hierarchy.recordCount > 0 {
      let ranges = RowRanges(rowCount: fields.count, entries: streams.hierarchy.recordCount)
      let steps = try Relations.hierarchy(streams, fields, fieldKeys, ranges)
      _ = try add(AcademicSchema.childOf, steps, ranges, rowKeys: fieldKeys, columnKeys: fieldKeys, .one)
    }
    entities = [authors, affiliations, venues, fields]
    self.manifests = manifests
    self.hashes = hashes
  }

  /// Fields and the wider ones they are part of, by number.
  private static func hierarchy(
    _ streams: ImportStreams, _ fields: EntityJoin, _ keys: MappedArray<NodeKey>, _ ranges: RowRanges
  ) throws -> Spill {
    let steps = streams.spill()
    _ = try Parallel.map(Spill.partitionCount) { partition in
      var writer = SpillWriter(steps, partitions: ranges.count)
      try streams.hierarchy.withBlocks(partition) { blocks in
        try KeyedRecords.forEachPair(in: blocks) { child, _, _, parent in
          // A merge may make one of two.
          guard child != parent, let row = fields.number(of: child, in: keys),
            let column = fields.number(of: parent, in: keys)
          else { return }
          try writer.append(Waiting.Edge(row: row, column: column, detail: 0), partition: ranges.range(of: row))
        }
      }
      try writer.finish()
    }
    return steps
  }
}

/// Rows of a type's table in the database.
enum EntityRows {
  static func write(_ entities: EntityJoin, into database: TextDatabaseWriter) throws {
    var number: Int64 = 0
    try database.insert(into: entities.kind.type.name, columns: 3) { row in
      for partition in 0..<Spill.partitionCount {
        row.expect(entities.count(inPartition: partition))
        try entities.rows.withBlocks(partition) { blocks in
          try KeyedRecords.forEachName(in: blocks) { key, name, id in
            row.bind(number, at: 1)
            row.bind(name, at: 3)
            row.bind(key, long: id, at: 2)
            try row.step()
            number += 1
          }
        }
      }
    }
  }
}
