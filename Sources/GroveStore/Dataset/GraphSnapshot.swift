import Foundation
import GroveGraphs
import GroveKernels

/// The hash of a graph's records; its canonical form is described at `GraphSummary.snapshot`.
enum GraphSnapshot {
  private static let tab = 9

  /// - Complexity: O(edges log edges) time; 8 bytes an edge, 16 where edges have weights, beside the edges themselves.
  static func hash(_ graph: some GraphSource & FeatureSource) throws -> String {
    var records = Records()
    var ids: [NodeType: [String]] = [:]
    for type in graph.nodeTypes {
      ids[type] = try graph.nodeIDs(of: type)?.map { escaped($0) } ?? (0..<graph.nodeCount(of: type)).map { "\($0)" }
    }
    let labels = try graph.labels()
    for type in graph.nodeTypes.sorted(by: { utf8($0.name, $1.name) }) {
      let names = ids[type] ?? []
      let featureHash = try featureHash(graph, type: type)
      for node in names.indices.sorted(by: { utf8(names[$0], names[$1]) }) {
        let classes = type == graph.labeledType ? classText(labels, node) : ""
        records.add("node", escaped(type.name), names[node], classes, featureHash?(node) ?? "")
      }
    }
    // Lines are in the order of their bytes: by relation, then source, then target, each with the tab behind it.
    var relations: [(name: String, relation: EdgeType)] = []
    for relation in graph.relations {
      let isDirected = try graph.edges(of: relation).isDirected
      relations.append(((isDirected ? "" : "~") + escaped(relation.description), relation))
    }
    var rankings: [NodeType: Ranking] = [:]
    for type in Set(graph.relations.flatMap { [$0.source, $0.target] }) { rankings[type] = Ranking(ids[type] ?? []) }
    for (name, relation) in relations.sorted(by: { utf8($0.name, $1.name, end: tab) }) {
      let edges = try graph.edges(of: relation)
      if !edges.isDirected && relation.source != relation.target {
        // Either end may come first in a line, so both types are ranked as one.
        let (sources, targets) = (ids[relation.source] ?? [], ids[relation.target] ?? [])
        let joint = Ranking(sources + targets)
        add(edges, name, joint, joint, firstTarget: sources.count, to: &records)
      } else {
        guard let sources = rankings[relation.source], let targets = rankings[relation.target] else {
          preconditionFailure("GraphSnapshot: \(relation) without its types")
        }
        add(edges, name, sources, targets, to: &records)
      }
    }
    return records.checksum
  }

  private static func add(
    _ edges: EdgeList, _ name: String, _ sources: Ranking, _ targets: Ranking, firstTarget: Int = 0,
    to records: inout Records
  ) {
    var keys = [UInt64](repeating: 0, count: edges.count)
    for edge in keys.indices {
      var source = sources.ranks[Int(edges.sources[edge])]
      var target = targets.ranks[firstTarget + Int(edges.targets[edge])]
      if !edges.isDirected && utf8(targets.texts[Int(target)], sources.texts[Int(source)]) { swap(&source, &target) }
      keys[edge] = UInt64(source) << 32 | UInt64(target)
    }
    func add(_ key: UInt64, _ weight: String) {
      records.add(
        "edge", name, sources.texts[Int(key >> 32)], targets.texts[Int(key & 0xffff_ffff)], weight)
    }
    guard let weights = edges.weights else {
      keys.sort()
      for key in keys { add(key, "1.0") }
      return
    }
    var order = Array(keys.indices)
    order.sort { left, right in
      if keys[left] != keys[right] { return keys[left] < keys[right] }
      return weights[left] != weights[right] && utf8("\(weights[left])", "\(weights[right])", end: 10)
    }
    for edge in order { add(keys[edge], "\(weights[edge])") }
  }

  /// Lines on their way into the checksum.
  private struct Records {
    private var running = Checksum.Running()
    private var text: [UInt8] = []

    mutating func add(_ fields: String...) {
      for (place, field) in fields.enumerated() {
        if place > 0 { text.append(9) }
        text.append(contentsOf: field.utf8)
      }
      text.append(10)
      if text.count >= 1 << 16 { flush() }
    }

    private mutating func flush() {
      running.add(text)
      text.removeAll(keepingCapacity: true)
    }

    var checksum: String {
      mutating get {
        flush()
        return running.text
      }
    }
  }

  /// The places of ids among all of their type, each with the tab behind it; equal ids have one.
  private struct Ranking {
    private(set) var ranks: [UInt32]
    /// By rank.
    private(set) var texts: [String] = []

    init(_ ids: [String]) {
      ranks = [UInt32](repeating: 0, count: ids.count)
      for node in ids.indices.sorted(by: { utf8(ids[$0], ids[$1], end: tab) }) {
        if texts.last != ids[node] { texts.append(ids[node]) }
        ranks[node] = UInt32(texts.count - 1)
      }
    }
  }

  /// Order of UTF-8 bytes; compares memory, as millions of lines are sorted by it.
  ///
  /// - Parameter end: the byte that stands behind both; -1 for nothing.
  private static func utf8(_ left: String, _ right: String, end: Int = -1) -> Bool {
    var (left, right) = (left, right)
    return left.withUTF8 { first in
      right.withUTF8 { second in
        let common = min(first.count, second.count)
        if let a = first.baseAddress, let b = second.baseAddress {
          let order = memcmp(a, b, common)
          if order != 0 { return order < 0 }
        }
        if first.count == second.count { return false }
        return first.count == common ? end < Int(second[common]) : Int(first[common]) < end
      }
    }
  }

  private static func classText(_ labels: Labels?, _ node: Int) -> String {
    switch labels {
    case .single(let classes, let names): return classes[node] < 0 ? "" : escaped(names[Int(classes[node])])
    case .multiple(let rows, let names):
      return rows[node].map { escaped(names[Int($0)]) }.sorted { utf8($0, $1) }.joined(separator: "|")
    case nil: return ""
    }
  }

  /// What hashes a node's row over all feature columns of its type that came with the records, or nil without any.
  private static func featureHash(
    _ graph: some GraphSource & FeatureSource, type: NodeType
  ) throws -> ((Int) -> String)? {
    let recorded = (graph as? GraphStore)?.recordedFeatureNames(of: type) ?? graph.featureNames(of: type)
    let names = recorded.sorted { utf8($0, $1) }
    guard !names.isEmpty else { return nil }
    let matrices = try names.map { try graph.features(named: $0, of: type) }
    var words: [UInt32] = []
    return { node in
      words.removeAll(keepingCapacity: true)
      var base: UInt32 = 0
      for matrix in matrices {
        append(node, of: matrix, base: base, to: &words)
        base &+= UInt32(truncatingIfNeeded: matrix.width)
      }
      return String(Checksum.sha256(words.withUnsafeBytes { Data($0) }).prefix(16))
    }
  }

  /// A node's features that are not zero: column and value, in order of columns, as little-endian words.
  private static func append(_ node: Int, of matrix: FeatureMatrix, base: UInt32, to words: inout [UInt32]) {
    func append(_ column: Int, _ value: Float) {
      if value == 0 { return }
      words.append((base &+ UInt32(truncatingIfNeeded: column)).littleEndian)
      words.append(value.bitPattern.littleEndian)
    }
    switch matrix {
    case .dense(let values, let width):
      for column in 0..<width { append(column, values[node * width + column]) }
    case .sparse(let rows, let values):
      var entries = rows.range(of: node).map { (column: Int(rows.columns[$0]), value: values?[$0] ?? 1) }
      entries.sort { $0.column < $1.column }
      for entry in entries { append(entry.column, entry.value) }
    }
  }

  /// A field without the characters that separate fields and lines.
  private static func escaped(_ text: String) -> String {
    guard text.utf8.contains(where: { $0 == 92 || $0 == 9 || $0 == 10 || $0 == 13 }) else { return text }
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\\": result += "\\\\"
      case "\t": result += "\\t"
      case "\n": result += "\\n"
      case "\r": result += "\\r"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}
