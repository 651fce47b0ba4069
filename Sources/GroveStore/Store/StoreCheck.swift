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
    let manifest = try StoreManifest.read(path)
    var faults: [StoreFailure] = []
    for file in manifest.files {
      let place = "\(path)/\(file.name)"
      guard FileManager.default.fileExists(atPath: place) else {
        faults.append(.damaged(path: place, problem: "the file is missing"))
        continue
      }
      let skipped = file.element == nil ? 0 : StoreArrayWriter.headerSize
      let (hash, count) = try StoreFile.contentHash(place, from: skipped)
      if count != file.bytes {
        faults.append(.damaged(path: place, problem: "it has \(count) bytes, expected \(file.bytes)"))
      } else if hash.text != file.checksum {
        faults.append(.damaged(path: place, problem: "its contents have changed since they were written"))
      } else if let element = file.element, let elements = file.count,
        try !ByteSource.file(place).head(skipped).elementsEqual(element.header(count: elements))
      {
        faults.append(.damaged(path: place, problem: "its header is not what was written"))
      }
    }
    files = manifest.files.count + 1
    bytes = try StoreCheck.byteCount(path)
    self.faults = faults
    snapshot = manifest.snapshot
  }

  /// Bytes of all files in the store's folder.
  public static func byteCount(_ path: String) throws -> Int {
    try FileManager.default.contentsOfDirectory(atPath: path).reduce(0) { sum, name in
      let attributes = try? FileManager.default.attributesOfItem(atPath: "\(path)/\(name)")
      return sum + ((attributes?[.size] as? Int) ?? 0)
    }
  }
}
