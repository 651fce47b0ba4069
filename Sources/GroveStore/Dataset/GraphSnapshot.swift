import Foundation
import GroveGraphs
import GroveKernels

/// The hash of a graph's records; its canonical form is described at `GraphSummary.snapshot`.
enum GraphSnapshot {
  static func hash(_ graph: some GraphSource & FeatureSource) throws -> String {
    var records = Data()
    let labels = try graph.labels()
    var ids: [NodeType: [String]] = [:]
    for type in graph.nodeTypes {
      ids[type] = try graph.nodeIDs(of: type)?.map { escaped($0) } ?? (0..<graph.nodeCount(of: type)).map { "\($0)" }
    }
    for type in graph.nodeTypes.sorted(by: { utf8($0.name, $1.name) }) {
      let typeIDs = ids[type] ?? []
      let rowHashes = try featureHashes(graph, type: type)
      let lines = typeIDs.indices.map { node in
        let classes = type == graph.labeledType ? classText(labels, node) : ""
        return (typeIDs[node], "node\t\(escaped(type.name))\t\(typeIDs[node])\t\(classes)\t\(rowHashes?[node] ?? "")\n")
      }
      for line in lines.sorted(by: { utf8($0.0, $1.0) }) { records.append(contentsOf: line.1.utf8) }
    }
    var lines: [String] = []
    for relation in graph.relations {
      let list = try graph.edges(of: relation)
      let name = (list.isDirected ? "" : "~") + escaped(relation.description)
      let sources = ids[relation.source] ?? []
      let targets = ids[relation.target] ?? []
      for edge in 0..<list.count {
        var ends = (sources[Int(list.sources[edge])], targets[Int(list.targets[edge])])
        if !list.isDirected && utf8(ends.1, ends.0) { ends = (ends.1, ends.0) }
        lines.append("edge\t\(name)\t\(ends.0)\t\(ends.1)\t\(list.weights?[edge] ?? 1)\n")
      }
    }
    for line in lines.sorted(by: { utf8($0, $1) }) { records.append(contentsOf: line.utf8) }
    return Checksum.sha256(records)
  }

  /// Order of UTF-8 bytes; compares memory, as millions of lines are sorted by it.
  private static func utf8(_ left: String, _ right: String) -> Bool {
    let fast = left.utf8.withContiguousStorageIfAvailable { first in
      right.utf8.withContiguousStorageIfAvailable { second -> Bool in
        guard let a = first.baseAddress, let b = second.baseAddress else { return first.count < second.count }
        let order = memcmp(a, b, min(first.count, second.count))
        return order == 0 ? first.count < second.count : order < 0
      }
    }
    return fast.flatMap { $0 } ?? left.utf8.lexicographicallyPrecedes(right.utf8)
  }

  private static func classText(_ labels: Labels?, _ node: Int) -> String {
    switch labels {
    case .single(let classes, let names): return classes[node] < 0 ? "" : escaped(names[Int(classes[node])])
    case .multiple(let rows, let names):
      return rows[node].map { escaped(names[Int($0)]) }.sorted(by: utf8).joined(separator: "|")
    case nil: return ""
    }
  }

  /// A hash a node over all feature columns of its type that came with the records, or nil where it has none.
  private static func featureHashes(_ graph: some GraphSource & FeatureSource, type: NodeType) throws -> [String]? {
    let recorded = (graph as? GraphStore)?.recordedFeatureNames(of: type) ?? graph.featureNames(of: type)
    let names = recorded.sorted(by: utf8)
    guard !names.isEmpty else { return nil }
    let matrices = try names.map { try graph.features(named: $0, of: type) }
    var words: [UInt32] = []
    return (0..<graph.nodeCount(of: type)).map { node in
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
