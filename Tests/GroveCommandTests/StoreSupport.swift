import Foundation
import GroveKernels
import TestSupport
import Testing

/// Dumps and stores for tests, and what is left of them.
struct StoreData {
  let scratch: ScratchFolder
  /// A dump's folder with `papers-1.json` and `papers-2.json`, its records halved, and `labels.tsv`.
  let dump: String

  /// - Parameter papers: of the dump.
  init(papers: Int) throws {
    scratch = try ScratchFolder()
    dump = scratch.file("dump")
    _ = try succeed(["data", "make", "oag", "--papers", "\(papers)", "--into", dump])
    let all = "\(dump)/v3_oag_publication_1.json"
    let lines = try bytes(all).split(separator: 10, omittingEmptySubsequences: false)
    let half = lines.count / 2
    for (number, part) in [lines[..<half], lines[half...]].enumerated() {
      try AtomicFile.write(
        Data(part.joined(separator: [10])) + Data("\n".utf8), to: "\(dump)/papers-\(number + 1).json")
    }
    for name in ["v3_oag_publication_1.json", "planted.json"] {
      try FileManager.default.removeItem(atPath: "\(dump)/\(name)")
    }
  }

  func file(_ name: String) -> String { scratch.file(name) }

  var labels: String { "\(dump)/labels.tsv" }

  /// Imports all of the dump, or one of its halves.
  ///
  /// - Returns: the store's path.
  @discardableResult func store(_ name: String, half: Int? = nil, _ words: [String] = []) throws -> String {
    _ = try succeed(["import", source(half), "--into", file(name)] + words)
    return file(name)
  }

  func source(_ half: Int? = nil) -> String { half.map { "\(dump)/papers-\($0).json" } ?? dump }

  /// The same store under another name.
  func copy(_ store: String, to name: String) throws -> String {
    try? FileManager.default.removeItem(atPath: file(name))
    try FileManager.default.copyItem(atPath: store, toPath: file(name))
    return file(name)
  }

  /// Ids of labelled papers and their labels, in the dump's order.
  func labelRows() throws -> [(id: String, label: String)] {
    String(decoding: try bytes(labels), as: UTF8.self).split(separator: "\n").dropFirst().map { line in
      let words = line.split(separator: "\t")
      return (String(words[0]), String(words[1]))
    }
  }

  /// A split table of the first labelled papers.
  func writeSplit(_ name: String, count: Int = 90) throws -> String {
    let rows = try labelRows().prefix(count).enumerated()
    let parts = ["train", "val", "test"]
    try AtomicFile.write(
      "id\tpart\n" + rows.map { "\($1.id)\t\(parts[$0 % 3])\n" }.joined(), to: file("\(name).tsv"))
    return file("\(name).tsv")
  }
}

/// The snapshot of a store that `verify` finds whole.
func verifiedSnapshot(_ store: String, sourceLocation: SourceLocation = #_sourceLocation) throws -> String {
  let result = try succeed(["store", "verify", store], sourceLocation: sourceLocation)
  #expect((result["bad"] as? [String]) == [], sourceLocation: sourceLocation)
  return result["snapshot"] as? String ?? "none"
}

/// Names of a store's files without the numbers of generations and rejects.
func fileKinds(_ store: String) throws -> Set<String> {
  Set(
    try FileManager.default.contentsOfDirectory(atPath: store).map { name in
      let parts = name.split(separator: ".", omittingEmptySubsequences: false)
      return parts.last.flatMap { Int($0) } == nil ? name : parts.dropLast().joined(separator: ".")
    })
}

/// Generations that a store's files are of; the bad records of each import stay and are not counted.
func generations(_ store: String) throws -> [String: Int] {
  let names = try FileManager.default.contentsOfDirectory(atPath: store).filter { !$0.hasPrefix("rejects") }
  return Dictionary(
    names.map { name in
      let parts = name.split(separator: ".", omittingEmptySubsequences: false)
      return (parts.last.flatMap { Int($0) } == nil ? name : parts.dropLast().joined(separator: "."), 1)
    }, uniquingKeysWith: +)
}

/// Every file of a folder with its contents.
func allContents(_ folder: String) throws -> [String: FileContents] {
  Dictionary(
    uniqueKeysWithValues: try FileManager.default.subpathsOfDirectory(atPath: folder).map {
      ($0, FileContents("\(folder)/\($0)"))
    })
}

/// What a command printed, without what differs each time.
func lasting(_ object: [String: Any]) throws -> String {
  let kept = object.filter {
    !["seconds", "peakMemoryMiB", "secondsPerEpoch", "path", "name", "runs"].contains($0.key)
  }
  return String(
    decoding: try JSONSerialization.data(withJSONObject: kept, options: [.sortedKeys]), as: UTF8.self)
}
