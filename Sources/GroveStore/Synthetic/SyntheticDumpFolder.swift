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
  func files(of format: SyntheticDump.Format) -> [String] { format.dialect.files + [Self.labels, Self.planted] }

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

  /// Paths of the files in the folder, and of those in folders that a dump may have.
  private func contents() throws -> [String] {
    let inner = Set(SyntheticDump.Format.allCases.flatMap(folders))
    var found: [String] = []
    var waiting = [""]
    while let folder = waiting.popLast() {
      do {
        for name in try FileManager.default.contentsOfDirectory(atPath: "\(path)/\(folder)") {
          let place = folder.isEmpty ? name : "\(folder)/\(name)"
          if inner.contains(place), AtomicFile.isFolder("\(path)/\(place)") {
            waiting.append(place)
          } else {
            found.append(place)
          }
        }
      } catch {
        throw FileFailure.unreadable(path: path, code: errno == 0 ? EACCES : errno)
      }
    }
    return found
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

  /// Folders within the folder that files of a format lie in, the innermost first.
  private func folders(of format: SyntheticDump.Format) -> [String] {
    var folders: Set<String> = []
    for file in files(of: format) {
      var parts = file.split(separator: "/").dropLast()
      while !parts.isEmpty {
        folders.insert(parts.joined(separator: "/"))
        parts = parts.dropLast()
      }
    }
    return folders.sorted { ($0.split(separator: "/").count, $1) > ($1.split(separator: "/").count, $0) }
  }

  /// Opens all files, calls `body` with their sinks, and puts the files in place in the order given.
  ///
  /// - Throws: what `body` throws; nothing has changed then.
  func write(_ format: SyntheticDump.Format, _ body: (inout [ByteSink]) throws -> Void) throws {
    for folder in folders(of: format).reversed() { try AtomicFile.makeFolder("\(path)/\(folder)") }
    let paths = files(of: format).map { "\(path)/\($0)" }
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
      removeEmptyFolders(of: other)
    }
  }

  /// Removes the folders of a format in which nothing lies.
  func removeEmptyFolders(of format: SyntheticDump.Format) {
    for folder in folders(of: format) { rmdir("\(path)/\(folder)") }
  }

  /// Removes the folder unless something lies in it.
  func removeIfEmpty() { rmdir(path) }
}
