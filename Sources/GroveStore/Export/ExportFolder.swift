import Foundation
import GroveKernels

/// A folder that is written beside its place and put there once it is whole.
enum ExportFolder {
  /// Calls `body` with the path of a folder to fill, which then becomes `path`.
  ///
  /// - Throws: `FormatFailure.taken` where something lies at `path` that is no empty folder; `FileFailure`; what `body`
  ///   throws, after the half-made folder has been removed.
  static func write(to path: String, _ body: (String) throws -> Void) throws {
    let path = path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
    let files = FileManager.default
    if files.fileExists(atPath: path) {
      guard AtomicFile.isFolder(path), (try? files.contentsOfDirectory(atPath: path))?.isEmpty == true else {
        throw FormatFailure.taken(path: path, reason: "something lies there", advice: "give a new or empty folder")
      }
    }
    let temporary = "\(path).\(getpid()).partial"
    do {
      try AtomicFile.makeFolder(temporary)
      try body(temporary)
      rmdir(path)
      guard rename(temporary, path) == 0 else { throw FileFailure.cannotCreate(path: path, code: errno) }
    } catch {
      try? files.removeItem(atPath: temporary)
      throw error
    }
  }
}
