import Foundation
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

  /// Takes the store's lock, for this process alone, and sweeps what an interrupted writer left.
  ///
  /// - Throws: `StoreFailure.locked` where another process is writing; `.damaged`; `FileFailure`.
  init(_ folder: String) throws {
    self.folder = folder
    try AtomicFile.makeFolder(folder)
    let path = "\(folder)/lock"
    lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
    guard lock >= 0 else { throw FileFailure.cannotCreate(path: path, code: errno) }
    guard flock(lock, LOCK_EX | LOCK_NB) == 0 else {
      let code = errno
      close(lock)
      throw code == EWOULDBLOCK ? StoreFailure.locked(path: folder) : FileFailure.cannotCreate(path: path, code: code)
    }
    do { former = try StoreManifest.read(folder) } catch StoreFailure.notAStore {
      former = nil
    } catch {
      close(lock)
      throw error
    }
    generation = (former?.generation ?? 0) + 1
    if former == nil, let stranger = StoreWriter.names(in: folder).first(where: { !StoreWriter.isOurs($0) }) {
      close(lock)
      throw FormatFailure.bad(
        folder, "holds \(quoted(stranger)) and is no store", do: "choose a new or empty folder for --into")
    }
    sweep(keeping: former)
  }

  deinit { close(lock) }

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

  /// Removes the new generation's files after a failure.
  func abandon() { sweep(keeping: former) }

  private func sweep(keeping manifest: StoreManifest?) {
    let kept = Set(manifest?.files.map(\.name) ?? []).union(manifest?.reports.compactMap(\.rejects) ?? [])
    for name in StoreWriter.names(in: folder)
    where StoreWriter.isOurs(name) && !kept.contains(name) && name != StoreManifest.fileName && name != "lock" {
      unlink("\(folder)/\(name)")
    }
  }

  private static func names(in folder: String) -> [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).sorted()
  }

  /// Whether a store's writer gives such names: they end in a generation's number.
  private static func isOurs(_ name: String) -> Bool {
    if name == StoreManifest.fileName || name == "lock" || name.hasPrefix("\(StoreManifest.fileName).") { return true }
    let parts = name.split(separator: ".", omittingEmptySubsequences: false)
    return parts.count >= 2 && parts.last.flatMap { Int($0) } != nil || parts.last == "partial"
      || parts.last.map { $0.hasSuffix("-journal") } == true
  }
}
