import Foundation
import GRDB
import GRDBSQLite
import GroveGraphs
import GroveKernels

/// The database of a store that holds ids and texts: a table a type, a row a node.
///
///     paper(record INTEGER PRIMARY KEY, id, title, abstract, year, n_citation, doi, volume, issue)
///     author | venue | affiliation | field (number INTEGER PRIMARY KEY, id, name)
///     missing(high, low, id)         long ids of papers that are referred to and not there
///     meta(key, value)               stubs: how many papers have no record
///
/// That of a graph imported whole has a table `node:TYPE(number, id, name)` a type, with a row for each id that its key
/// does not give back as it was, and no `missing` and `meta`; and a table `text:TYPE(number, text)` for each type whose
/// nodes have texts, with a row for each node that has one.
///
/// Papers are numbered in the order of `record`, which has gaps where a record repeated an earlier one's id.
/// `id` is an INTEGER or TEXT, exactly as given; NULL for nodes known by their name alone.
final class TextDatabaseWriter {
  private let path: String
  private let queue: DatabaseQueue

  /// The table of a type: papers and what they mention have tables of their own name.
  static func table(of type: NodeType, isGraph: Bool) -> String {
    (isGraph ? "node:\(type)" : type.name).quotedDatabaseIdentifier
  }

  /// A database for the types of a graph.
  ///
  /// - Throws: `FileFailure.cannotCreate`.
  convenience init(_ path: String, types: [NodeType]) throws {
    try self.init(
      path,
      schema: types.map {
        "CREATE TABLE \(TextDatabaseWriter.table(of: $0, isGraph: true))(number INTEGER PRIMARY KEY, id, name TEXT);"
      }.joined(separator: "\n"))
  }

  /// A database for academic records.
  ///
  /// - Throws: `FileFailure.cannotCreate`.
  convenience init(_ path: String) throws { try self.init(path, schema: TextDatabaseWriter.academicSchema) }

  private init(_ path: String, schema: String) throws {
    self.path = path
    unlink(path)
    // SQLite's own errors do not tell why a file cannot be made; the file system's do.
    let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw FileFailure.cannotCreate(path: path, code: errno) }
    close(descriptor)
    var configuration = Configuration()
    configuration.prepareDatabase { db in
      // The file has no readers until it is whole and synced: neither a journal nor waiting for the disk is of use.
      for pragma in ["page_size = 32768", "journal_mode = OFF", "synchronous = OFF", "locking_mode = EXCLUSIVE"] {
        try db.execute(sql: "PRAGMA \(pragma)")
      }
    }
    queue = try TextDatabaseWriter.explained(path) { try DatabaseQueue(path: path, configuration: configuration) }
    try execute(schema)
  }

  private static let academicSchema = """
    CREATE TABLE paper(record INTEGER PRIMARY KEY, id, title TEXT, abstract TEXT, year INTEGER, n_citation INTEGER,
      doi TEXT, volume TEXT, issue TEXT);
    CREATE TABLE author(number INTEGER PRIMARY KEY, id, name TEXT);
    CREATE TABLE venue(number INTEGER PRIMARY KEY, id, name TEXT);
    CREATE TABLE affiliation(number INTEGER PRIMARY KEY, id, name TEXT);
    CREATE TABLE field(number INTEGER PRIMARY KEY, id, name TEXT);
    CREATE TABLE missing(high INTEGER, low INTEGER, id TEXT);
    CREATE TABLE meta(key TEXT PRIMARY KEY, value INTEGER);
    """

  /// The field that texts of a graph that was imported whole are in.
  static let textField = "text"

  /// The table of such texts.
  static func textTable(of type: NodeType) -> String { "text:\(type)" }

  /// Makes the table of a type's texts and fills it.
  func insertTexts(of type: NodeType, from source: any TextSource) throws {
    let table = TextDatabaseWriter.textTable(of: type).quotedDatabaseIdentifier
    try execute("CREATE TABLE \(table)(number INTEGER PRIMARY KEY, text TEXT NOT NULL)")
    try insert("INSERT INTO \(table) VALUES (?, ?)") { row in
      try source.forEachText(of: type, fields: [TextDatabaseWriter.textField]) { number, texts in
        guard var text = texts[0], !text.isEmpty else { return }
        row.bind(Int64(number), at: 1)
        try text.withUTF8 { text in
          row.bind(text, at: 2)
          try row.step()
        }
      }
    }
  }

  private func execute(_ sql: String) throws {
    try TextDatabaseWriter.explained(path) { try queue.writeWithoutTransaction { try $0.execute(sql: sql) } }
  }

  /// Runs a statement a row in one transaction.
  ///
  /// - Parameter body: gets a statement to bind and step.
  func insert(_ sql: String, _ body: (inout RowInserter) throws -> Void) throws {
    try insert(sql, group: nil, body)
  }

  /// Fills a table's columns in one transaction, several rows a statement where `RowInserter.expect` allows it.
  func insert(into table: String, columns: Int, _ body: (inout RowInserter) throws -> Void) throws {
    let row = "(\(Array(repeating: "?", count: columns).joined(separator: ", ")))"
    let rows = Array(repeating: row, count: RowInserter.groupSize).joined(separator: ", ")
    try insert("INSERT INTO \(table) VALUES \(row)", group: "INSERT INTO \(table) VALUES \(rows)", body)
  }

  private func insert(_ sql: String, group: String?, _ body: (inout RowInserter) throws -> Void) throws {
    try TextDatabaseWriter.explained(path) {
      try queue.write { db in
        let statement = try db.makeStatement(sql: sql)
        let group = try group.map { try db.makeStatement(sql: $0) }
        var rows = RowInserter(single: statement.sqliteStatement, group: group?.sqliteStatement, path: path)
        try body(&rows)
      }
    }
  }

  /// What SQLite has written begins to go to the disk.
  func beginWriteBack() { WriteBack.begin(at: path) }

  /// Closes the database.
  func finish() throws -> StoreFile {
    try TextDatabaseWriter.explained(path) { try queue.close() }
    beginWriteBack()
    return try StoreFile.sealing(path)
  }

  /// SQLite's failures as this program's.
  static func explained<Value>(_ path: String, _ body: () throws -> Value) throws -> Value {
    do { return try body() } catch let error as DatabaseError {
      switch error.resultCode {
      case .SQLITE_FULL: throw FileFailure.cannotWrite(path: path, code: ENOSPC)
      case .SQLITE_CANTOPEN: throw FileFailure.unreadable(path: path, code: EACCES)
      case .SQLITE_CORRUPT, .SQLITE_NOTADB:
        throw StoreFailure.damaged(path: path, problem: "SQLite finds it damaged")
      default: throw FileFailure.cannotWrite(path: path, code: EIO)
      }
    }
  }
}

/// A prepared INSERT whose values are bound in place, without copies.
struct RowInserter: ~Copyable {
  /// Rows that go into one statement: SQLite's work a statement is a quarter of that for a paper's row.
  static let groupSize = 16

  private let single: OpaquePointer
  private let group: OpaquePointer?
  private let path: String
  private let columns: Int32
  /// Where the row that is being bound goes: to `group` behind other rows, or to `single`.
  private var statement: OpaquePointer
  private var base: Int32 = 0
  private var rowsInGroup = 0
  private var expected = 0

  fileprivate init(single: OpaquePointer, group: OpaquePointer?, path: String) {
    (self.single, self.group, self.path) = (single, group, path)
    columns = sqlite3_bind_parameter_count(single)
    statement = single
  }

  /// The next `count` rows come whatever happens, and what is bound to them lasts until the last is stepped.
  mutating func expect(_ count: Int) {
    precondition(rowsInGroup == 0 && expected == 0, "RowInserter: \(expected) rows are still expected")
    expected = count
    choose()
  }

  private mutating func choose() {
    let isGrouped = rowsInGroup > 0 || expected >= RowInserter.groupSize
    statement = isGrouped ? group ?? single : single
    base = statement == single ? 0 : Int32(rowsInGroup) * columns
  }

  func bind(_ number: Int64, at place: Int32) { sqlite3_bind_int64(statement, base + place, number) }

  /// Text that lasts until the next `step`, or as long as the rows that are expected; nothing for none.
  func bind(_ text: Bytes, at place: Int32) {
    if let start = text.baseAddress, !text.isEmpty {
      start.withMemoryRebound(to: CChar.self, capacity: text.count) {
        _ = sqlite3_bind_text(statement, base + place, $0, Int32(clamping: text.count), nil)
      }
    } else {
      bindNull(at: place)
    }
  }

  func bindNull(at place: Int32) { sqlite3_bind_null(statement, base + place) }

  /// The id that a key stands for; `long` holds it where the key does not.
  func bind(_ key: NodeKey, long: Bytes, at place: Int32) {
    if let number = key.number {
      bind(number, at: place)
    } else if key.isName {
      bindNull(at: place)
    } else if let text = key.text {
      // SQLite copies it.
      sqlite3_bind_text(statement, base + place, text, -1, unsafeBitCast(-1, to: sqlite3_destructor_type.self))
    } else {
      bind(long, at: place)
    }
  }

  /// Inserts the row that was bound.
  mutating func step() throws {
    expected = max(0, expected - 1)
    defer { choose() }
    if statement != single {
      rowsInGroup += 1
      if rowsInGroup < RowInserter.groupSize { return }
      rowsInGroup = 0
    }
    let code = sqlite3_step(statement)
    sqlite3_reset(statement)
    if code != SQLITE_DONE {
      throw FileFailure.cannotWrite(path: path, code: code & 0xff == SQLITE_FULL ? ENOSPC : EIO)
    }
  }
}

extension StoreFile {
  /// A file that is complete: its length and hash.
  static func sealing(_ path: String) throws -> StoreFile {
    let hash = try contentHash(path)
    return StoreFile(
      name: (path as NSString).lastPathComponent, bytes: hash.byteCount, checksum: hash.hash.text, element: nil,
      count: nil)
  }

  /// Hash of a whole file, read in pieces.
  static func contentHash(_ path: String, from offset: Int = 0) throws -> (hash: StoreHash, byteCount: Int) {
    guard let handle = FileHandle(forReadingAtPath: path) else { throw FileFailure.missing(path: path) }
    defer { try? handle.close() }
    let hash = RunningHash()
    var piece = [UInt8](repeating: 0, count: 1 << 20)
    var total = 0
    lseek(handle.fileDescriptor, off_t(offset), SEEK_SET)
    while true {
      let got = piece.withUnsafeMutableBytes { Foundation.read(handle.fileDescriptor, $0.baseAddress, $0.count) }
      if got < 0 && errno == EINTR { continue }
      guard got >= 0 else { throw FileFailure.unreadable(path: path, code: errno) }
      if got == 0 { break }
      total += got
      piece.withUnsafeBytes { hash.update(UnsafeRawBufferPointer(rebasing: $0[..<got])) }
    }
    return (hash.value, total + offset)
  }
}
