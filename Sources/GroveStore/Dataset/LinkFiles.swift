import Foundation
public import GroveGraphs
import GroveKernels

/// A folder of links to predict: `train.npy`, `test.npy` and, where there is one, `valid.npy`.
///
/// Two layouts are told apart by their shapes. Where validation and test are [3, E], the third row says whether a pair is
/// a link (1) or a published negative (0), and both ends are nodes of one type whose links run both ways. Where all are
/// [2, E], the ends are sources and targets of two types, such as users and items, each counted from 0. Other readings can
/// be asked for. `meta.json` says how many nodes there are (`counts`: `nodes`, or `users` and `items`); without it the
/// largest number does.
public struct LinkFiles: Sendable {
  /// What the numbers of a folder's files count.
  public enum Layout: String, Sendable, CaseIterable {
    /// Nodes of one type, (a, b) and (b, a) being one link.
    case undirected
    /// Nodes of one type, (a, b) and (b, a) being two links.
    case directed
    /// Sources and targets of two types.
    case bipartite
  }

  /// The links; `LinkSplit.problem` has found nothing.
  public let split: LinkSplit
  /// What the files list, and what was left out of it.
  public let counts: PublishedLinkCounts
  /// A second relation, among the sources, where there is `social.npy`; as listed.
  public let social: EdgeList?

  /// Whether a folder's files have the names of links.
  public static func isThere(_ path: String) -> Bool { (try? FileTree(path)).map(recognizes) ?? false }

  /// Whether the names of the files speak for links.
  static func recognizes(_ tree: FileTree) -> Bool {
    tree.contains("train.npy") && (tree.contains("test.npy") || tree.contains("valid.npy"))
  }

  /// Reads and checks a folder.
  ///
  /// - Parameter layout: nil: told by the shapes.
  /// - Throws: `FormatFailure` with the file and place of the first mistake; `FileFailure.missing`.
  /// - Complexity: O(E log E).
  public init(path: String, layout: Layout? = nil) throws { try self.init(try FileTree(path), layout: layout) }

  init(_ tree: FileTree, layout: Layout?) throws {
    guard LinkFiles.recognizes(tree) else {
      throw FormatFailure.missingPart(
        path: tree.path, part: tree.contains("train.npy") ? "test.npy" : "train.npy",
        advice: "add the links as int32 [2, E]")
    }
    let train = try LinkArray("train.npy", in: tree)
    guard train.labels == nil else {
      throw FormatFailure.bad(
        train.place,
        "has three rows: these are triples of a knowledge graph or labeled pairs, which are no training links",
        do: "give links as int32 [2, E]")
    }
    let validation = try LinkArray.optional("valid.npy", in: tree)
    let test = try LinkArray.optional("test.npy", in: tree)
    let measured = [validation, test].compactMap { $0 }
    let isBipartite = measured.allSatisfy { $0.labels == nil }
    let layout = layout ?? (isBipartite ? .bipartite : .undirected)
    let ends = try LinkFiles.ends(layout, [train] + measured, in: tree)
    for array in [train] + measured { try array.check(ends) }

    let isDirected = layout != .undirected
    func evaluation(_ array: LinkArray?) -> LinkEvaluation {
      array?.evaluation(isDirected: isDirected) ?? .empty(isDirected: isDirected)
    }
    let name = NodeFiles.name(of: tree.path)
    let made = LinkSplit.published(
      name: name, kind: "published with the data set", ends: ends, training: train.pairs(isDirected: isDirected),
      validation: evaluation(validation), test: evaluation(test))
    if let problem = made.split.problem() {
      throw FormatFailure.bad(tree.path, plain(problem), do: "correct the links")
    }
    (split, counts) = made
    social = try LinkArray.optional("social.npy", in: tree).map { array in
      try array.check(.directed(nodes: ends.sourceCount))
      return array.pairs(isDirected: true)
    }
  }

  /// SHA-256 over the links of each part as `PART SOURCE TARGET` lines, sorted: the order of a file does not matter.
  ///
  /// - Complexity: O(E log E).
  public var snapshot: String {
    let parts = [
      ("train", split.training), ("validation", split.validation.positives), ("test", split.test.positives),
    ]
    let lines = parts.flatMap { name, list in
      zip(list.sources, list.targets).map { source, target in
        let (first, second) = list.isDirected ? (source, target) : (min(source, target), max(source, target))
        return "\(name) \(first) \(second)\n"
      }
    }
    return Checksum.sha256(Data(lines.sorted().joined().utf8))
  }

  private struct Meta: Decodable {
    struct Counts: Decodable {
      let nodes: Int?
      let users: Int?
      let items: Int?
    }
    let counts: Counts?
  }

  private static func ends(_ layout: Layout, _ arrays: [LinkArray], in tree: FileTree) throws -> LinkEnds {
    let meta =
      tree.contains("meta.json")
      ? try JSONText.decode(Meta.self, try tree.bytes(of: "meta.json"), place: tree.place(of: "meta.json")).counts : nil
    let edgeCount = arrays.reduce(0) { $0 + $1.count }
    func count(_ known: Int?, _ key: String, _ largest: Int32) throws -> Int {
      guard let known else {
        return try DatasetChecks.nodeCount(ofLargestID: Int(largest), edgeCount: edgeCount, path: tree.path)
      }
      guard known > 0, known < Int(Int32.max) else {
        throw FormatFailure.bad(
          tree.place(of: "meta.json"), "key counts.\(key)", "\(known) is no number of nodes", do: "correct the count")
      }
      return known
    }
    let sources = arrays.map { $0.sources.max() ?? -1 }.max() ?? -1
    let targets = arrays.map { $0.targets.max() ?? -1 }.max() ?? -1
    switch layout {
    case .undirected: return .undirected(nodes: try count(meta?.nodes, "nodes", max(sources, targets)))
    case .directed: return .directed(nodes: try count(meta?.nodes, "nodes", max(sources, targets)))
    case .bipartite:
      return .bipartite(
        sources: try count(meta?.users, "users", sources), targets: try count(meta?.items, "items", targets))
    }
  }
}

/// Pairs of a `.npy` file, with a label each where it has a third row.
private struct LinkArray {
  let place: String
  let sources: [Int32]
  let targets: [Int32]
  let labels: [Int32]?

  var count: Int { sources.count }

  static func optional(_ member: String, in tree: FileTree) throws -> LinkArray? {
    tree.contains(member) ? try LinkArray(member, in: tree) : nil
  }

  init(_ member: String, in tree: FileTree) throws {
    let array = try NumpyArray(try tree.bytes(of: member), place: tree.place(of: member))
    guard array.shape.count == 2, array.shape[0] == 2 || array.shape[0] == 3 else {
      throw FormatFailure.bad(
        array.place, "has shape \(array.shape), expected [2, any] (sources, targets) or [3, any] (and 1 or 0)",
        do: "save it in that shape")
    }
    let numbers = try array.int32s()
    let count = array.shape[1]
    place = array.place
    sources = Array(numbers.prefix(count))
    targets = Array(numbers.dropFirst(count).prefix(count))
    labels = array.shape[0] == 3 ? Array(numbers.suffix(count)) : nil
  }

  /// All ends exist and all labels are 0 or 1.
  func check(_ ends: LinkEnds) throws {
    if let labels, let at = labels.firstIndex(where: { $0 != 0 && $0 != 1 }) {
      throw FormatFailure.bad(
        place, "pair \(at)", "label \(labels[at]) is not 1 (a link) or 0 (none)",
        do: "correct the label; triples of a knowledge graph are not read as links")
    }
    try DatasetChecks.edges(
      pairs(isDirected: true), sourceCount: ends.sourceCount, targetCount: ends.targetCount, path: place,
      place: { "pair \($0)" })
  }

  /// All pairs, whatever their labels.
  func pairs(isDirected: Bool) -> EdgeList {
    EdgeList(sources: sources, targets: targets, isDirected: isDirected)
  }

  /// Pairs labeled 1 against those labeled 0, or all pairs against all nodes.
  func evaluation(isDirected: Bool) -> LinkEvaluation {
    let all = pairs(isDirected: isDirected)
    guard let labels else { return LinkEvaluation(positives: all) }
    return LinkEvaluation(
      positives: all.filtered(by: labels.map { $0 == 1 }), negatives: .pairs(all.filtered(by: labels.map { $0 == 0 })))
  }
}
