import Foundation
import GroveGraphs

/// Files of the shared layouts that describe nodes: features, labels, ids and class names.
enum NodeFiles {
  /// `STEM.npz` (sparse rows) or `STEM.npy` (dense), checked; nil where there is neither.
  static func features(_ stem: String, in tree: FileTree) throws -> (matrix: FeatureMatrix, place: String)? {
    let matrix: FeatureMatrix
    let place: String
    if tree.contains("\(stem).npz") {
      place = tree.place(of: "\(stem).npz")
      let archive = try NumpyArchive(try tree.bytes(of: "\(stem).npz"), place: place)
      matrix = try SparseMembers.features(in: archive, prefix: "")
    } else if tree.contains("\(stem).npy") {
      place = tree.place(of: "\(stem).npy")
      matrix = try dense(try NumpyArray(try tree.bytes(of: "\(stem).npy"), place: place))
    } else {
      return nil
    }
    try DatasetChecks.features(matrix, path: place)
    return (matrix, place)
  }

  /// Rows of numbers out of an array [N, F].
  static func dense(_ array: NumpyArray) throws -> FeatureMatrix {
    try array.require(shape: [-1, -1], "one row a node")
    guard array.shape[1] > 0 else {
      throw FormatFailure.bad(array.place, "its rows have no column", do: "leave the file out or give features")
    }
    return .dense(values: .array(try array.floats()), width: array.shape[1])
  }

  /// One class a node out of an array [N] or [N, 1].
  static func classes(_ array: NumpyArray) throws -> [Int32] {
    if array.shape.count == 2, array.shape[1] == 1 { return try array.int32s() }
    try array.require(shape: [-1], "one class a node; several classes a node go into labels_multi.npy")
    return try array.int32s()
  }

  /// One calendar year a node out of an array [N], 0 where it is unknown; nil where there is no such file.
  static func years(_ member: String, nodeCount: Int, in tree: FileTree) throws -> [Int32]? {
    guard tree.contains(member) else { return nil }
    let array = try NumpyArray(try tree.bytes(of: member), place: tree.place(of: member))
    try array.require(shape: [-1], "one year a node, 0 for unknown")
    let years = try array.int32s()
    try DatasetChecks.rows(years.count, of: "years", expected: nodeCount, path: array.place)
    if let at = years.firstIndex(where: { $0 < 0 }) {
      throw FormatFailure.bad(array.place, "row \(at)", "\(years[at]) is not a year", do: "use 0 for unknown")
    }
    return years
  }

  /// Lines of a text file, one a node, all different.
  static func ids(_ member: String, in tree: FileTree) throws -> [String] {
    let ids = TextLines(try tree.text(of: member)).map { $0.text.string }
    try DatasetChecks.uniqueIDs(ids, path: tree.place(of: member))
    return ids
  }

  /// A line of `texts.jsonl`.
  struct Text: Decodable {
    let node: Int?
    let id: String?
    let text: String?

    enum Key: String, CodingKey { case node, id, text }

    init(from decoder: any Decoder) throws {
      let values = try decoder.container(keyedBy: Key.self)
      node = try values.decodeIfPresent(Int.self, forKey: .node)
      if let number = try? values.decodeIfPresent(Int.self, forKey: .id) {
        id = "\(number)"
      } else {
        id = try values.decodeIfPresent(String.self, forKey: .id)
      }
      text = try values.decodeIfPresent(String.self, forKey: .text)
    }
  }

  /// Calls `body` with the line of each node.
  ///
  /// - Returns: how many there are.
  static func forEachText(_ member: String, in tree: FileTree, _ body: (Int, Text) throws -> Void) throws -> Int {
    let place = tree.place(of: member)
    var count = 0
    for (number, line) in TextLines(try tree.text(of: member)) {
      let text = try JSONText.decode(Text.self, Data(line), place: place, line: number)
      if let node = text.node, node != count {
        throw FormatFailure.bad(
          place, "line \(number)", "is for node \(node), expected \(count)", do: "give one line a node, in order")
      }
      try body(count, text)
      count += 1
    }
    return count
  }

  /// Ids out of `texts.jsonl`, or nil where its lines carry none.
  static func textIDs(_ member: String, in tree: FileTree) throws -> [String]? {
    let place = tree.place(of: member)
    var ids: [String?] = []
    _ = try forEachText(member, in: tree) { ids.append($1.id) }
    let known = ids.compactMap { $0 }
    guard !known.isEmpty else { return nil }
    guard known.count == ids.count else {
      let line = (ids.firstIndex(of: nil) ?? 0) + 1
      throw FormatFailure.bad(place, "line \(line)", "has no id while others do", do: "give every node an id")
    }
    try DatasetChecks.uniqueIDs(known, path: place)
    return known
  }

  private struct Meta: Decodable {
    let names: [String]?

    enum Key: String, CodingKey { case names = "class_names" }

    init(from decoder: any Decoder) throws {
      names = try? decoder.container(keyedBy: Key.self).decodeIfPresent([String].self, forKey: .names)
    }
  }

  /// `class_names` of `meta.json`, where it has them.
  static func classNames(in tree: FileTree) throws -> [String]? {
    guard tree.contains("meta.json") else { return nil }
    return try JSONText.decode(Meta.self, try tree.bytes(of: "meta.json"), place: tree.place(of: "meta.json")).names
  }

  /// What a dataset is called: its folder's or file's name without extensions of packing.
  static func name(of path: String) -> String {
    var name = (path as NSString).standardizingPath
    name = (name as NSString).lastPathComponent
    let packing: Set<String> = [
      "gz", "zst", "xz", "bz2", "lz4", "tgz", "tzst", "txz", "tbz2", "zip", "tar", "7z", "npz", "csv", "tsv", "txt",
      "edgelist", "mtx", "graphml", "xml", "json",
    ]
    while packing.contains((name as NSString).pathExtension.lowercased()) {
      name = (name as NSString).deletingPathExtension
    }
    return name.isEmpty ? "graph" : name
  }
}
