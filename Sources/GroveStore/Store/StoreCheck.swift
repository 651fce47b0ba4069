import Foundation
import GroveKernels

/// Every file of a store against its checksum: `grove store verify`.
public struct StoreCheck: Sendable {
  /// Files that were checked, the manifest counted.
  public let files: Int
  /// Their bytes.
  public let bytes: Int
  /// What is wrong with any of them.
  public let faults: [StoreFailure]
  /// The store's snapshot hash.
  public let snapshot: String

  /// Reads the whole store.
  ///
  /// - Throws: `StoreFailure.notAStore`, or `.damaged` for the manifest itself.
  public init(_ path: String) throws {
    var manifest = try StoreManifest.read(path)
    var faults = try StoreCheck.faults(path, manifest)
    // A writer may have replaced the store meanwhile and unlinked the files that were being read.
    for _ in 0..<20 where !faults.isEmpty {
      let now = try StoreManifest.read(path)
      if now.generation == manifest.generation { break }
      manifest = now
      faults = try StoreCheck.faults(path, manifest)
    }
    let links = LinkSplitFile.names(inFolder: path)
    for name in links {
      do { _ = try LinkSplitFile.read(named: name, inFolder: path) } catch let failure as FormatFailure {
        faults.append(.damaged(path: "\(path)/links/\(name).npz", problem: "\(failure)"))
      }
    }
    files = manifest.files.count + (manifest.rejects ?? []).count + 1 + links.count
    bytes = try StoreCheck.byteCount(path)
    self.faults = faults
    snapshot = manifest.snapshot
  }

  private static func faults(_ path: String, _ manifest: StoreManifest) throws -> [StoreFailure] {
    var faults: [StoreFailure] = []
    for file in manifest.files + (manifest.rejects ?? []) {
      let place = "\(path)/\(file.name)"
      let skipped = file.element == nil ? 0 : StoreArrayWriter.headerSize
      guard FileManager.default.fileExists(atPath: place),
        let (hash, count) = try StoreCheck.existing({ try StoreFile.contentHash(place, from: skipped) })
      else {
        faults.append(.damaged(path: place, problem: "the file is missing"))
        continue
      }
      if count != file.bytes {
        faults.append(.damaged(path: place, problem: "it has \(count) bytes, expected \(file.bytes)"))
      } else if hash.text != file.checksum {
        faults.append(.damaged(path: place, problem: "its contents have changed since they were written"))
      } else if let element = file.element, let elements = file.count,
        try StoreCheck.existing({ Array(try ByteSource.file(place).head(skipped)) }) != element.header(count: elements)
      {
        faults.append(.damaged(path: place, problem: "its header is not what was written"))
      }
    }
    return faults
  }

  /// Nil where the file was unlinked meanwhile.
  private static func existing<Value>(_ body: () throws -> Value) throws -> Value? {
    do { return try body() } catch FileFailure.missing { return nil }
  }

  /// Bytes of all files in the store's folder.
  public static func byteCount(_ path: String) throws -> Int {
    try FileManager.default.contentsOfDirectory(atPath: path).reduce(0) { sum, name in
      let attributes = try? FileManager.default.attributesOfItem(atPath: "\(path)/\(name)")
      return sum + ((attributes?[.size] as? Int) ?? 0)
    }
  }
}
