import Foundation
public import GroveGraphs
import GroveKernels

/// Splits of links as `links/NAME.npz` of a store or folder, which numpy reads.
///
///     about [S]              version, name, kind, ends, snapshot, checksum: a key and a value in turn
///     ends [2]               number of sources and of targets
///     messages [2, E]        with messages_weights [E] where edges have weights
///     train [2, T]
///     valid, test [2, P]     with valid_negatives [P, K] and valid_replacing [2] (how many of the K replace the target, how
///                            many of all were filled in), or valid_pairs [2, Q] as published, and the same for test
///
/// A file appears whole or not at all, and its SHA-256 over name, kind, snapshot and all arrays is compared when it is
/// read. The snapshot is the hash of the graph that the numbers are of: after another import they may mean other nodes.
public enum LinkSplitFile {
  private typealias Member = (name: String, shape: [Int], values: NumpyValues)

  private static let version = "1"

  /// Writes a split as `links/NAME.npz` of a store or folder.
  ///
  /// - Parameter snapshot: the hash of the graph, where it is known.
  /// - Returns: the path of the file.
  /// - Throws: `FormatFailure.unusableName`, `FileFailure.missing`, `.cannotCreate` or `.cannotWrite`.
  public static func save(
    _ split: LinkSplit, intoFolder folder: String, snapshot: String? = nil
  ) throws -> String {
    try GraphDataset.checkSplitName(split.name)
    guard FileManager.default.fileExists(atPath: folder) else { throw FileFailure.missing(path: folder) }
    guard AtomicFile.isFolder(folder) else { throw FileFailure.cannotCreate(path: "\(folder)/links", code: ENOTDIR) }
    try AtomicFile.makeFolder("\(folder)/links")
    let path = "\(folder)/links/\(split.name).npz"
    try write(split, to: path, snapshot: snapshot)
    return path
  }

  /// Names of the link splits of a store or folder, `links_2` before `links_10`.
  public static func names(inFolder folder: String) -> [String] {
    let files = (try? FileManager.default.contentsOfDirectory(atPath: "\(folder)/links")) ?? []
    return files.filter { $0.hasSuffix(".npz") && !$0.hasPrefix(".") }.map { String($0.dropLast(4)) }
      .sorted(by: NaturalOrder.precedes)
  }

  /// A link split of a store or folder.
  ///
  /// - Throws: `FormatFailure.unknownName`, or as `read(path:)`.
  public static func read(
    named name: String, inFolder folder: String, snapshot: String? = nil
  ) throws -> LinkSplit {
    let known = names(inFolder: folder)
    guard known.contains(name) else {
      throw FormatFailure.unknownName(path: folder, what: "link split", name: name, known: known)
    }
    return try read(path: "\(folder)/links/\(name).npz", snapshot: snapshot)
  }

  /// Writes a split; equal splits give equal bytes.
  ///
  /// - Throws: `FileFailure.cannotCreate` or `.cannotWrite`.
  public static func write(_ split: LinkSplit, to path: String, snapshot: String? = nil) throws {
    try NumpyArchive.write([about(split, snapshot ?? "")] + members(of: split), to: path)
  }

  /// Reads and checks a split.
  ///
  /// - Parameter snapshot: the hash of the graph as it is now; compared where both it and the split's are known.
  /// - Throws: `FormatFailure.malformed` where it is not what was written, its parts do not fit each other or it is of
  ///   another graph.
  public static func read(path: String, snapshot: String? = nil) throws -> LinkSplit {
    let archive = try NumpyArchive(path: path)
    let words = try archive.array("about").strings()
    guard words.count.isMultiple(of: 2) else {
      throw FormatFailure.bad(path, "about", "is not keys and values in turn", do: "make the split again")
    }
    func word(_ key: String) throws -> String {
      guard let at = stride(from: 0, to: words.count, by: 2).first(where: { words[$0] == key }) else {
        throw FormatFailure.bad(path, "about", "has no key \(quoted(key))", do: "make the split again")
      }
      return words[at + 1]
    }
    guard try word("version") == version else {
      throw FormatFailure.bad(
        path, "is of version \(quoted(try word("version"))), this program reads \(version)", do: "make the split again")
    }
    guard let layout = LinkFiles.Layout(rawValue: try word("ends")) else {
      throw FormatFailure.bad(
        path, "about", "ends \(quoted(try word("ends"))) are not known", do: "make the split again")
    }
    let counts = try numbers("ends", [2], archive).map { Int($0) }
    let ends: LinkEnds =
      switch layout {
      case .undirected: .undirected(nodes: counts[0])
      case .directed: .directed(nodes: counts[0])
      case .bipartite: .bipartite(sources: counts[0], targets: counts[1])
      }
    let isDirected = layout != .undirected
    let split = LinkSplit(
      name: try word("name"), kind: try word("kind"), ends: ends,
      messages: try links("messages", weights: true, isDirected: isDirected, archive),
      training: try links("train", isDirected: isDirected, archive),
      validation: try evaluation("valid", isDirected: isDirected, archive),
      test: try evaluation("test", isDirected: isDirected, archive))
    let former = try word("snapshot")
    guard checksum(split, former) == (try word("checksum")) else {
      throw FormatFailure.bad(
        path, "its checksum does not fit its contents", do: "restore the file or make the split again")
    }
    if let snapshot, !former.isEmpty, snapshot != former {
      throw FormatFailure.bad(path, "was made of another state of the graph", do: "make the split again")
    }
    if let problem = split.problem() { throw FormatFailure.bad(path, plain(problem), do: "make the split again") }
    return split
  }

  // MARK: - Arrays

  private static func about(_ split: LinkSplit, _ snapshot: String) -> Member {
    let layout: LinkFiles.Layout =
      switch split.ends {
      case .undirected: .undirected
      case .directed: .directed
      case .bipartite: .bipartite
      }
    let words = [
      "version", version, "name", split.name, "kind", split.kind, "ends", layout.rawValue, "snapshot", snapshot,
      "checksum", checksum(split, snapshot),
    ]
    return ("about", [words.count], .strings(words))
  }

  private static func members(of split: LinkSplit) -> [Member] {
    func links(_ name: String, _ list: EdgeList) -> Member {
      (name, [2, list.count], .int32s(list.sources + list.targets))
    }
    var members: [Member] = [
      ("ends", [2], .int64s([Int64(split.ends.sourceCount), Int64(split.ends.targetCount)])),
      links("messages", split.messages),
    ]
    if let weights = split.messages.weights { members.append(("messages_weights", [weights.count], .floats(weights))) }
    members.append(links("train", split.training))
    for (name, evaluation) in [("valid", split.validation), ("test", split.test)] {
      members.append(links(name, evaluation.positives))
      switch evaluation.negatives {
      case .all: break
      case .pairs(let pairs): members.append(links("\(name)_pairs", pairs))
      case .lists(let lists):
        let shape = [lists.nodes.count / lists.perPositive, lists.perPositive]
        members.append(("\(name)_negatives", shape, .int32s(lists.nodes)))
        members.append(("\(name)_replacing", [2], .int64s([Int64(lists.replacingTarget), Int64(lists.filled)])))
      }
    }
    return members
  }

  private static func checksum(_ split: LinkSplit, _ snapshot: String) -> String {
    var checksum = Checksum.Running()
    checksum.add(Data([version, split.name, split.kind, snapshot].joined(separator: "\0").utf8))
    for member in members(of: split) {
      checksum.add(Data(member.name.utf8))
      checksum.add(NumpyArray.encoded(member.values, shape: member.shape))
    }
    return checksum.text
  }

  private static func numbers(_ name: String, _ shape: [Int], _ archive: NumpyArchive) throws -> [Int64] {
    let array = try archive.array(name)
    try array.require(shape: shape, "of a link split")
    let numbers = try array.int64s()
    guard let wrong = numbers.first(where: { $0 < 0 || $0 > Int64(Int32.max) }) else { return numbers }
    throw FormatFailure.bad(array.place, "\(wrong) is no count", do: "make the split again")
  }

  private static func links(
    _ name: String, weights: Bool = false, isDirected: Bool, _ archive: NumpyArchive
  ) throws -> EdgeList {
    let array = try archive.array(name)
    try array.require(shape: [2, -1], "sources, then targets")
    let ends = try array.int32s()
    var values: [Float]?
    if weights, archive.contains("\(name)_weights") {
      let weights = try archive.array("\(name)_weights")
      try weights.require(shape: [ends.count / 2], "one weight a link of \(name)")
      values = try weights.floats()
    }
    return EdgeList(
      sources: Array(ends.prefix(ends.count / 2)), targets: Array(ends.suffix(ends.count / 2)), weights: values,
      isDirected: isDirected)
  }

  private static func evaluation(
    _ name: String, isDirected: Bool, _ archive: NumpyArchive
  ) throws -> LinkEvaluation {
    let positives = try links(name, isDirected: isDirected, archive)
    if archive.contains("\(name)_pairs") {
      return LinkEvaluation(
        positives: positives, negatives: .pairs(try links("\(name)_pairs", isDirected: isDirected, archive)))
    }
    guard archive.contains("\(name)_negatives") else { return LinkEvaluation(positives: positives) }
    let array = try archive.array("\(name)_negatives")
    try array.require(shape: [positives.count, -1], "a row of negatives for each positive")
    let replacing = try numbers("\(name)_replacing", [2], archive)
    guard array.shape[1] > 0, replacing[0] <= array.shape[1] else {
      throw FormatFailure.bad(
        array.place, "has rows of \(array.shape[1]) negatives, \(replacing[0]) of them for the target",
        do: "make the split again")
    }
    return LinkEvaluation(
      positives: positives,
      negatives: .lists(
        NegativeLists(
          nodes: try array.int32s(), perPositive: array.shape[1], replacingTarget: Int(replacing[0]),
          filled: Int(replacing[1]))))
  }
}
