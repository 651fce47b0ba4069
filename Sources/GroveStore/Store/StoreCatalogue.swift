import Foundation
import GRDB
import GroveGraphs
import GroveKernels

/// The small database of a store: labels and splits of its papers.
///
///     class(number INTEGER PRIMARY KEY, name TEXT)
///     label(node INTEGER, class INTEGER)
///     split(number INTEGER PRIMARY KEY, name TEXT UNIQUE, kind TEXT, train_year INTEGER, validation_year INTEGER)
///     member(split INTEGER, part TEXT, node INTEGER)
///     division(split INTEGER, class INTEGER, is_seen INTEGER)      open-world splits only; older stores lack the table
struct StoreCatalogue: Sendable {
  /// Labels by number of their type's nodes, if there are any.
  var labels: Labels?
  /// Splits, in natural order of their names.
  var splits: [Split] = []

  var splitNames: [String] { splits.map(\.name) }

  /// Adds a split or replaces the one of its name.
  mutating func set(_ split: Split) {
    splits.removeAll { $0.name == split.name }
    splits.append(split)
    splits.sort { NaturalOrder.precedes($0.name, $1.name) }
  }

  /// The same for a type that has grown: new nodes have no label.
  func grown(to count: Int) -> StoreCatalogue {
    var result = self
    switch labels {
    case .single(let classes, let names) where classes.count < count:
      result.labels = .single(
        classes: classes + [Int32](repeating: -1, count: count - classes.count), names: names)
    case .multiple(let rows, let names) where rows.rowCount < count:
      let last = rows.offsets.last ?? 0
      result.labels = .multiple(
        rows: SparseRows(
          offsets: rows.offsets + [Int64](repeating: last, count: count - rows.rowCount), columns: rows.columns,
          columnCount: rows.columnCount), names: names)
    default: break
    }
    return result
  }

  /// The same where nodes from `first` on have other numbers, or are gone.
  func renumbered(from first: Int, to count: Int, _ number: (Int) -> Int32?) -> StoreCatalogue {
    func moved(_ node: Int32) -> Int32? { Int(node) < first ? node : number(Int(node)) }
    var result = self
    switch labels {
    case .single(let classes, let names):
      var all = [Int32](repeating: -1, count: count)
      for (node, label) in classes.enumerated() where label >= 0 {
        if let node = moved(Int32(node)) { all[Int(node)] = label }
      }
      result.labels = .single(classes: all, names: names)
    case .multiple(let rows, let names):
      var (nodes, classes): ([Int32], [Int32]) = ([], [])
      for node in 0..<rows.rowCount {
        guard let node = moved(Int32(node)).map({ ($0, rows[node]) }) else { continue }
        for label in node.1 {
          nodes.append(node.0)
          classes.append(label)
        }
      }
      let grouped = SparseRows.grouping(rows: nodes, columns: classes, rowCount: count, columnCount: names.count)
      result.labels = .multiple(rows: grouped.rows, names: names)
    case nil: break
    }
    result.splits = splits.map { split in
      Split(
        name: split.name, kind: split.kind, train: split.train.compactMap(moved),
        validation: split.validation.compactMap(moved), test: split.test.compactMap(moved), years: split.years,
        classes: split.classes)
    }
    return result
  }

  // MARK: - On disk

  init() {}

  /// Writes a new database.
  func write(_ path: String) throws -> StoreFile {
    unlink(path)
    try TextDatabaseWriter.explained(path) {
      var configuration = Configuration()
      configuration.prepareDatabase { db in
        for pragma in ["journal_mode = OFF", "synchronous = OFF"] { try db.execute(sql: "PRAGMA \(pragma)") }
      }
      let queue = try DatabaseQueue(path: path, configuration: configuration)
      try queue.write { db in
        try db.execute(
          sql: """
            CREATE TABLE class(number INTEGER PRIMARY KEY, name TEXT NOT NULL);
            CREATE TABLE label(node INTEGER NOT NULL, class INTEGER NOT NULL);
            CREATE TABLE split(number INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, kind TEXT NOT NULL,
              train_year INTEGER, validation_year INTEGER);
            CREATE TABLE member(split INTEGER NOT NULL, part TEXT NOT NULL, node INTEGER NOT NULL);
            CREATE TABLE division(split INTEGER NOT NULL, class INTEGER NOT NULL, is_seen INTEGER NOT NULL);
            """)
        try writeLabels(db)
        try writeSplits(db)
      }
      try queue.close()
    }
    return try StoreFile.sealing(path)
  }

  private func writeLabels(_ db: Database) throws {
    let addClass = try db.makeStatement(sql: "INSERT INTO class VALUES (?, ?)")
    for (number, name) in (labels?.classNames ?? []).enumerated() { try addClass.execute(arguments: [number, name]) }
    let add = try db.makeStatement(sql: "INSERT INTO label VALUES (?, ?)")
    switch labels {
    case .single(let classes, _):
      for (node, label) in classes.enumerated() where label >= 0 { try add.execute(arguments: [node, Int(label)]) }
    case .multiple(let rows, _):
      for node in 0..<rows.rowCount { for label in rows[node] { try add.execute(arguments: [node, Int(label)]) } }
    case nil: break
    }
  }

  private func writeSplits(_ db: Database) throws {
    let addSplit = try db.makeStatement(sql: "INSERT INTO split VALUES (?, ?, ?, ?, ?)")
    let add = try db.makeStatement(sql: "INSERT INTO member VALUES (?, ?, ?)")
    let divide = try db.makeStatement(sql: "INSERT INTO division VALUES (?, ?, ?)")
    for (number, split) in splits.enumerated() {
      try addSplit.execute(
        arguments: [number, split.name, split.kind, split.years?.train, split.years?.validation])
      for (part, nodes) in [("train", split.train), ("validation", split.validation), ("test", split.test)] {
        for node in nodes { try add.execute(arguments: [number, part, Int(node)]) }
      }
      for (isSeen, classes) in [(true, split.classes?.seen), (false, split.classes?.novel)] {
        for label in classes ?? [] { try divide.execute(arguments: [number, Int(label), isSeen]) }
      }
    }
  }

  /// Reads a database that `write` made.
  ///
  /// - Parameters:
  ///   - nodeCount: of the labelled type.
  ///   - isMultiple: whether nodes may have several labels; nil: if one has.
  init(_ db: Database, nodeCount: Int, isMultiple: Bool?) throws {
    labels = try StoreCatalogue.labels(db, nodeCount: nodeCount, isMultiple)
    splits = try StoreCatalogue.splits(db)
  }

  private static func labels(_ db: Database, nodeCount: Int, _ isMultiple: Bool?) throws -> Labels? {
    let names = try String.fetchAll(db, sql: "SELECT name FROM class ORDER BY number")
    if names.isEmpty { return nil }
    var nodes: [Int32] = []
    var classes: [Int32] = []
    let rows = try Row.fetchCursor(db, sql: "SELECT node, class FROM label ORDER BY rowid")
    while let row = try rows.next() {
      nodes.append(row[0])
      classes.append(row[1])
    }
    if !(isMultiple ?? (Set(nodes).count < nodes.count)) {
      var single = [Int32](repeating: -1, count: nodeCount)
      for (node, label) in zip(nodes, classes) where Int(node) < nodeCount { single[Int(node)] = label }
      return .single(classes: single, names: names)
    }
    let grouped = SparseRows.grouping(rows: nodes, columns: classes, rowCount: nodeCount, columnCount: names.count)
    return .multiple(rows: grouped.rows, names: names)
  }

  private static func splits(_ db: Database) throws -> [Split] {
    let hasDivisions = try db.tableExists("division")
    return try Row.fetchAll(
      db, sql: "SELECT number, name, kind, train_year, validation_year FROM split ORDER BY number"
    ).map {
      row in
      var parts: [String: [Int32]] = [:]
      let number: Int = row[0]
      let members = try Row.fetchCursor(
        db, sql: "SELECT part, node FROM member WHERE split = ? ORDER BY rowid", arguments: [number])
      while let member = try members.next() { parts[member[0], default: []].append(member[1]) }
      var (seen, novel): ([Int32], [Int32]) = ([], [])
      if hasDivisions {
        let classes = try Row.fetchCursor(
          db, sql: "SELECT class, is_seen FROM division WHERE split = ? ORDER BY rowid", arguments: [number])
        while let row = try classes.next() { if row[1] as Bool { seen.append(row[0]) } else { novel.append(row[0]) } }
      }
      return Split(
        name: row[1], kind: row[2], train: parts["train"] ?? [], validation: parts["validation"] ?? [],
        test: parts["test"] ?? [], years: TimeBounds(train: row[3] ?? 0, validation: row[4] ?? 0),
        classes: seen.isEmpty ? nil : ClassDivision(seen: seen, novel: novel))
    }
  }
}
