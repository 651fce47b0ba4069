import Foundation
import GRDB
import GroveKernels

/// `.sqlite`: a database of vectors by id.
///
/// Table `embeddings(id TEXT PRIMARY KEY, vector BLOB)` holds little-endian float32, table `meta(key, value)` has
/// `rows`, `width` and `type`. The file is written beside its place and renamed over it.
public enum DatabaseEmbeddings: EmbeddingFormat {
  /// What the file's name ends in.
  public static let suffix = ".sqlite"

  /// Writes the whole file or leaves what was there.
  public static func write(_ table: EmbeddingTable, to path: String) throws -> [String] {
    let temporary = "\(path).\(getpid()).partial"
    unlink(temporary)
    defer { for end in ["", "-journal", "-wal", "-shm"] { unlink(temporary + end) } }
    // SQLite's own errors do not tell why a file cannot be made; the file system's do.
    let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw FileFailure.cannotCreate(path: path, code: errno) }
    close(descriptor)
    do {
      try fill(temporary, with: table)
    } catch let error as DatabaseError {
      switch error.resultCode {
      case .SQLITE_CONSTRAINT:
        throw FormatFailure.bad(
          path, "two rows have one id (\(plain(error.message ?? "")))", do: "give every row an id of its own")
      case .SQLITE_FULL: throw FileFailure.cannotWrite(path: path, code: ENOSPC)
      default: throw FileFailure.cannotWrite(path: path, code: EIO)
      }
    }
    // The file is synced by SQLite at its commit.
    guard rename(temporary, path) == 0 else { throw FileFailure.cannotWrite(path: path, code: errno) }
    return []
  }

  private static func fill(_ path: String, with table: EmbeddingTable) throws {
    var configuration = Configuration()
    configuration.journalMode = .default
    let database = try DatabaseQueue(path: path, configuration: configuration)
    try database.write { db in
      try db.execute(sql: "CREATE TABLE embeddings(id TEXT PRIMARY KEY, vector BLOB NOT NULL)")
      try db.execute(sql: "CREATE TABLE meta(key TEXT PRIMARY KEY, value TEXT NOT NULL)")
      for (key, value) in [("rows", "\(table.rows)"), ("width", "\(table.width)"), ("type", "float32, little-endian")] {
        try db.execute(sql: "INSERT INTO meta VALUES (?, ?)", arguments: [key, value])
      }
      let insert = try db.makeStatement(sql: "INSERT INTO embeddings VALUES (?, ?)")
      for row in 0..<table.rows {
        let vector = table.row(row).map { $0.bitPattern.littleEndian }.withUnsafeBytes { Data($0) }
        try insert.execute(arguments: [table.id(row), vector])
      }
    }
    try database.close()
  }
}
