import Foundation
import GroveGraphs
import GroveKernels

/// The right to change a store, and the names of a new generation's files.
///
/// The manifest is replaced last; before that the store is what it was, whatever happens, and files that no manifest
/// names are swept away by the next writer.
final class StoreWriter {
  let folder: String
  /// The store as it was; nil for a new one.
  let former: StoreManifest?
  let generation: Int
  private let lock: Int32
  /// Whether this writer made the folder.
  private let isNew: Bool

  /// Takes the store's lock, for this process alone, and sweeps what an interrupted writer left.
  ///
  /// - Throws: `StoreFailure.locked` where another process is writing; `.damaged`; `FileFailure`.
  init(_ folder: String) throws {
    self.folder = folder
    isNew = !FileManager.default.fileExists(atPath: folder)
    // Before anything is made there: a folder of other things stays as it is.
    if GraphStore.isStore(folder) {
      do { _ = try StoreManifest.read(folder) } catch StoreFailure.notAStore {}
    } else if let stranger = StoreWriter.names(in: folder).first(where: { $0 != "lock" }) {
      throw FormatFailure.bad(
        folder, "holds \(quoted(stranger)) and is no store", do: "choose a new or empty folder for --into")
    }
    lock = try StoreWriter.takeLock(folder)
    do { former = try StoreManifest.read(folder) } catch StoreFailure.notAStore {
      former = nil
    } catch {
      close(lock)
      throw error
    }
    generation = (former?.generation ?? 0) + 1
    sweep(keeping: former)
  }

  deinit {
    // A process that is being started shares the lock until it runs its own program: closing alone would leave it held.
    flock(lock, LOCK_UN)
    close(lock)
  }

  /// Calls `body` with the right to change the store in `folder`; where it fails, the store is as it was.
  static func change<Result>(_ folder: String, _ body: (StoreWriter) throws -> Result) throws -> Result {
    let writer = try StoreWriter(folder)
    do { return try body(writer) } catch {
      writer.abandon()
      throw error
    }
  }

  private static func takeLock(_ folder: String) throws -> Int32 {
    let path = "\(folder)/lock"
    while true {
      try AtomicFile.makeFolder(folder)
      let lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
      guard lock >= 0 else { throw FileFailure.cannotCreate(path: path, code: errno) }
      if flock(lock, LOCK_EX | LOCK_NB) != 0 {
        let code = errno
        close(lock)
        throw code == EWOULDBLOCK ? StoreFailure.locked(path: folder) : FileFailure.cannotCreate(path: path, code: code)
      }
      // A writer that gave up may have taken the file away between the two calls: then this lock locks nothing.
      var (held, named) = (stat(), stat())
      if fstat(lock, &held) == 0, stat(path, &named) == 0, held.st_ino == named.st_ino { return lock }
      close(lock)
    }
  }

  /// Where a file of the new generation lies: `cites.columns` becomes `cites.columns.3`.
  func path(_ name: String) -> String { StoreWriter.path(name, in: folder, generation: generation) }

  static func path(_ name: String, in folder: String, generation: Int) -> String { "\(folder)/\(name).\(generation)" }

  /// Makes the new generation the store, and unlinks what only the old one used.
  func commit(_ manifest: StoreManifest) throws {
    for file in manifest.files where former?.files.contains(file) != true {
      let path = "\(folder)/\(file.name)"
      let descriptor = open(path, O_RDWR | O_CLOEXEC)
      guard descriptor >= 0 else { throw FileFailure.cannotWrite(path: path, code: errno) }
      defer { close(descriptor) }
      guard fsync(descriptor) == 0 else { throw FileFailure.cannotWrite(path: path, code: errno) }
    }
    try manifest.write(folder)
    sweep(keeping: manifest)
  }

  /// Removes the new generation's files after a failure, and the folder if it was made for them.
  private func abandon() {
    sweep(keeping: former)
    if former == nil && isNew {
      unlink("\(folder)/lock")
      rmdir(folder)
    }
  }

  private func sweep(keeping manifest: StoreManifest?) {
    let kept = Set(manifest?.files.map(\.name) ?? []).union(manifest?.reports.compactMap(\.rejects) ?? [])
    for name in StoreWriter.names(in: folder)
    where StoreWriter.isOurs(name) && !kept.contains(name) && name != StoreManifest.fileName && name != "lock" {
      unlink("\(folder)/\(name)")
    }
  }

  static func names(in folder: String) -> [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).sorted()
  }

  /// Whether a store's writer gives such names: those of a store's files, and a generation's number behind.
  static func isOurs(_ name: String) -> Bool {
    if name == StoreManifest.fileName || name == "lock" { return true }
    if name.hasPrefix("spill-") && name.count == 12 { return true }
    let unfinished = name.hasSuffix(".partial") || name.hasSuffix("-journal")
    if unfinished && (name.hasPrefix("\(StoreManifest.fileName).") || name.hasPrefix(".\(StoreManifest.fileName).")) {
      return true
    }
    let parts = name.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    guard parts.count >= 2 else { return false }
    switch parts[0] {
    case "rejects": return parts.count >= 3 && parts[1] == "tsv"
    case "unresolved": return parts.count == 2 && Int(parts[1]) != nil
    case "texts", "catalogue": return parts[1] == "sqlite" && parts.count >= 3
    default:
      return parts.count == 3 && Int(parts[2]) != nil && (arrays.contains(parts[1]) || parts[1].hasPrefix("features-"))
    }
  }

  private static let arrays: Set<String> = [
    "keys", "order", "years", "authors", "records", "offsets", "columns", "details", "repeats",
  ]
}
