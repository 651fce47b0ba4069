import Foundation
import GroveKernels

/// The folder of a synthetic dump: which files belong to it, and whether it may be written.
struct SyntheticDumpFolder {
  /// What `planted.json` says of its maker; a folder without it is somebody else's.
  static let maker = "grove data make oag"
  private static let labels = "labels.tsv"
  private static let planted = "planted.json"

  let path: String

  /// Files of a dump: its records, then labels and planted counts.
  func files(of format: SyntheticDump.Format) -> [String] {
    switch format {
    case .oagV3:
      [
        "v3_oag_publication_1.json", "v3_oag_author.json", "v3_oag_affiliation.json", "v3_oag_venue.json",
        Self.labels, Self.planted,
      ]
    case .dblpV12: ["dblp.v12.json", Self.labels, Self.planted]
    }
  }

  /// Makes the folder, or checks that it is empty or holds a dump to be replaced.
  ///
  /// What a killed writer left is removed.
  ///
  /// - Returns: whether there was no folder.
  func prepare(overwriting: Bool) throws -> Bool {
    guard FileManager.default.fileExists(atPath: path) else {
      try AtomicFile.makeFolder(path)
      return true
    }
    guard AtomicFile.isFolder(path) else {
      throw FormatFailure.taken(path: path, reason: "a file is in the way", advice: "choose another folder")
    }
    let names = try contents()
    let remnants = names.filter(isRemnant)
    if names.count > remnants.count {
      guard isOwn else {
        throw FormatFailure.taken(
          path: path, reason: "the folder is not empty and holds no synthetic dump", advice: "choose another folder")
      }
      guard overwriting else {
        throw FormatFailure.taken(
          path: path, reason: "a synthetic dump lies here", advice: "choose another folder, or add --overwrite")
      }
    }
    for name in remnants { unlink("\(path)/\(name)") }
    return false
  }

  private func contents() throws -> [String] {
    do {
      return try FileManager.default.contentsOfDirectory(atPath: path)
    } catch {
      throw FileFailure.unreadable(path: path, code: errno == 0 ? EACCES : errno)
    }
  }

  /// Whether `planted.json` says that this dump was made here.
  private var isOwn: Bool {
    guard let data = FileManager.default.contents(atPath: "\(path)/\(Self.planted)"),
      let object = try? JSONSerialization.jsonObject(with: data) as? [String: Any]
    else { return false }
    return object["madeBy"] as? String == Self.maker
  }

  /// Whether a name is that of a file whose writer was killed.
  private func isRemnant(_ name: String) -> Bool {
    guard name.hasSuffix(".partial") else { return false }
    let whole = name.split(separator: ".").dropLast(2).joined(separator: ".")
    return SyntheticDump.Format.allCases.contains { files(of: $0).contains(whole) }
  }

  /// Opens all files, calls `body` with their sinks, and puts the files in place in the order given.
  ///
  /// - Throws: what `body` throws; nothing has changed then.
  func write(_ paths: [String], _ body: (inout [ByteSink]) throws -> Void) throws {
    // The first file is opened last, and so renamed first.
    func open(_ rest: ArraySlice<String>, _ sinks: inout [ByteSink]) throws {
      guard let path = rest.last else {
        sinks.reverse()
        try body(&sinks)
        return sinks.reverse()
      }
      try AtomicFile.write(to: path) { sink in
        sinks.append(sink)
        try open(rest.dropLast(), &sinks)
        sink = sinks.removeLast()
      }
    }
    var sinks: [ByteSink] = []
    try open(paths[...], &sinks)
  }

  /// Removes what an earlier dump of another format left.
  func removeFiles(notOf format: SyntheticDump.Format) {
    let kept = files(of: format)
    for other in SyntheticDump.Format.allCases where other != format {
      for name in files(of: other) where !kept.contains(name) { unlink("\(path)/\(name)") }
    }
  }

  /// Removes the folder unless something lies in it.
  func removeIfEmpty() { rmdir(path) }
}
