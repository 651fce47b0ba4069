import Foundation
import GroveKernels

/// Files of fetched data sets on disk, with a manifest (`.grove.json`) that tells whether they are whole.
enum DatasetCache {
  private struct Manifest: Codable {
    let sha256: String
    let files: [String: String]
  }

  private static func manifestPath(_ folder: String) -> String { "\(folder)/.grove.json" }

  private static func fileName(_ file: DataCatalogue.File) -> String { (file.path as NSString).lastPathComponent }

  /// What lies in a folder, if it is this data set and every file's checksum is right.
  static func verified(_ entry: DataCatalogue.Entry, in folder: String) -> DataCatalogue.Fetched? {
    guard let text = FileManager.default.contents(atPath: manifestPath(folder)),
      let manifest = try? JSONDecoder().decode(Manifest.self, from: text), manifest.sha256 == entry.sha256,
      Set(manifest.files.keys) == Set(entry.files.map { fileName($0) })
    else { return nil }
    var bytes = 0
    for (name, sum) in manifest.files {
      guard let data = FileManager.default.contents(atPath: "\(folder)/\(name)"), Checksum.sha256(data) == sum else {
        return nil
      }
      bytes += data.count
    }
    return DataCatalogue.Fetched(name: entry.name, path: folder, bytes: bytes, sha256: entry.sha256)
  }

  /// Checks the archive, then takes the entry's files out of it; the manifest comes last.
  ///
  /// - Throws: `FormatFailure.wrongChecksum` before anything of the archive is used.
  static func unpack(_ entry: DataCatalogue.Entry, archive: String, into folder: String) throws -> DataCatalogue.Fetched
  {
    let sum = try Checksum.sha256(ofFile: archive)
    guard sum == entry.sha256 else {
      throw FormatFailure.wrongChecksum(
        address: "\(entry.package ?? entry.name) \(entry.version ?? "")", expected: entry.sha256, found: sum)
    }
    let source = ByteSource.file(archive)
    let kind = FileKind(head: try source.head(FileKind.headCount))
    let reader = try ArchiveReader(source, kind: kind)
    var wanted = Dictionary(entry.files.map { ($0.path, $0) }, uniquingKeysWith: { first, _ in first })
    var sums: [String: String] = [:]
    var bytes = 0
    while !wanted.isEmpty, let member = try reader.next() {
      // Source archives have one top folder.
      let inside = member.split(separator: "/").dropFirst().joined(separator: "/")
      guard let file = wanted.removeValue(forKey: inside) else { continue }
      let data = try reader.read()
      let found = Checksum.sha256(data)
      if let expected = file.sha256, found != expected {
        throw FormatFailure.wrongChecksum(address: "\(archive)(\(inside))", expected: expected, found: found)
      }
      try AtomicFile.write(data, to: "\(folder)/\(fileName(file))")
      sums[fileName(file)] = found
      bytes += data.count
    }
    if let missing = wanted.keys.sorted().first {
      throw FormatFailure.bad(archive, "has no member \(quoted(missing))", do: "correct the catalogue")
    }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .prettyPrinted]
    try AtomicFile.write(try encoder.encode(Manifest(sha256: entry.sha256, files: sums)), to: manifestPath(folder))
    return DataCatalogue.Fetched(name: entry.name, path: folder, bytes: bytes, sha256: entry.sha256)
  }
}
