import Foundation
public import GroveGraphs
import GroveKernels

/// A graph on disk is `PATH`, in hnswlib's own format, and `PATH.json`, which says what it is of and what its hash is.
extension RowIndex {
  /// What lies beside a graph's file.
  private struct Description: Codable, Equatable {
    var version = 1
    /// What the rows are, in the caller's words.
    let rows: String
    let metric: Metric
    let count: Int
    let width: Int
    let links: Int
    let buildCandidates: Int
    let seed: UInt64
    /// XXH3-128 of the graph's file; empty while it is not known.
    var checksum = ""
  }

  private func description(of rows: String) -> Description {
    RowIndex.description(of: rows, scores, options)
  }

  private static func description(of rows: String, _ scores: RowScores, _ options: Options) -> Description {
    Description(
      rows: rows, metric: options.metric, count: scores.count, width: scores.width, links: options.links,
      buildCandidates: options.buildCandidates, seed: options.seed)
  }

  /// Keeps the graph, atomically; an index without one needs no file, and none is written.
  ///
  /// - Parameter identity: what the rows are, such as their file's checksum; `open` compares it.
  /// - Throws: `FileFailure`; a graph that lay there is then still there, or is found damaged.
  public func save(to path: String, identity: String) throws {
    guard let graph else { return }
    try AtomicFile.makeFolder((path as NSString).deletingLastPathComponent)
    let temporary = "\(path).\(getpid()).partial"
    defer { unlink(temporary) }
    // hnswlib does not tell why a file cannot be made; the file system does.
    try AtomicFile.write(Data(), to: temporary)
    guard graph.write(temporary) else { throw FileFailure.cannotWrite(path: path, code: ENOSPC) }
    var described = description(of: identity)
    described.checksum = try StoreFile.contentHash(temporary).hash.text
    let file = Foundation.open(temporary, O_RDWR | O_CLOEXEC)
    guard file >= 0 else { throw FileFailure.cannotWrite(path: path, code: errno) }
    let isSafe = fsync(file) == 0
    close(file)
    guard isSafe, rename(temporary, path) == 0 else { throw FileFailure.cannotWrite(path: path, code: errno) }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .prettyPrinted]
    try AtomicFile.write(try encoder.encode(described), to: "\(path).json")
  }

  /// The index of rows whose graph was kept; rows that need no graph are not looked for on disk.
  ///
  /// - Throws: `RowIndexFailure.missing`; `.other` where the graph is of other rows or options; `.damaged`.
  /// - Complexity: O(bytes of the graph).
  public static func open(
    _ path: String, rows: FeatureMatrix, identity: String, options: Options = Options()
  ) throws -> RowIndex {
    let scores = RowScores(rows, isCosine: options.metric == .cosine)
    guard needsGraph(scores, options) else { return RowIndex(scores, nil, options) }
    guard FileManager.default.fileExists(atPath: path), let text = FileManager.default.contents(atPath: "\(path).json")
    else { throw RowIndexFailure.missing(path: path) }
    guard var found = try? JSONDecoder().decode(Description.self, from: text) else {
      throw RowIndexFailure.damaged(path: path, problem: "what its .json says cannot be read")
    }
    let checksum = found.checksum
    found.checksum = ""
    let expected = description(of: identity, scores, options)
    guard found == expected else {
      throw RowIndexFailure.other(path: path, reason: difference(found, expected))
    }
    guard try StoreFile.contentHash(path).hash.text == checksum else {
      throw RowIndexFailure.damaged(path: path, problem: "its contents have changed since they were written")
    }
    return RowIndex(scores, try HNSWGraph(path: path, width: scores.graphWidth, count: scores.count), options)
  }

  /// The kept index where it is of these rows and options, else a new one, which is kept.
  ///
  /// - Throws: `RowIndexFailure.outOfMemory`; `FileFailure`; what `progress` throws.
  public static func opened(
    at path: String, rows: FeatureMatrix, identity: String, options: Options = Options(),
    progress: (Int, Int) throws -> Void = { _, _ in }
  ) throws -> RowIndex {
    do { return try open(path, rows: rows, identity: identity, options: options) } catch is RowIndexFailure {
      let index = try RowIndex(rows, options: options, progress: progress)
      try index.save(to: path, identity: identity)
      return index
    }
  }

  private static func difference(_ found: Description, _ expected: Description) -> String {
    if (found.count, found.width) != (expected.count, expected.width) {
      return "\(found.count) rows of \(found.width) numbers, expected \(expected.count) of \(expected.width)"
    }
    if found.rows != expected.rows { return "its rows have changed" }
    if found.metric != expected.metric { return "\(found.metric.rawValue), expected \(expected.metric.rawValue)" }
    return "it was built with other options"
  }
}
