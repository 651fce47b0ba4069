import Foundation
import GroveGraphs
import GroveKernels
import GroveStore

/// Generated arrays: the same bytes on every machine.
enum DataSets {
  static func make(_ name: String, in folder: String) throws {
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let arrays = Arrays(folder)
    switch name {
    case "arxiv": try citations(nodes: 169_343, pairs: 1_166_243, features: 128, arrays)
    case "products": try citations(nodes: 2_449_029, pairs: 29_800_000, features: 100, arrays)
    case "academic": try academic(papers: 600_000, authors: 390_000, topics: 10_000, arrays)
    case "scale-100000", "scale-1000000", "scale-10000000":
      // Made where it is read: ten million rows of features would be written for one reader.
      break
    default: throw BenchFailure("no set '\(name)'")
    }
  }

  /// An undirected graph of power-law degrees with shuffled ids, its normalised form with loops, features and classes.
  private static func citations(nodes: Int, pairs: Int, features: Int, _ out: Arrays) throws {
    let random = RandomStream(seed: 1)
    var generator = random.substream(0).generator
    let place = generator.shuffled(Array(0..<Int32(nodes)))
    let ends = [1, 2].map { side in
      numbers(pairs, random.substream(side)).map { place[PowerLaw.index($0, of: nodes)] }
    }
    let kept = (0..<pairs).filter { ends[0][$0] != ends[1][$0] }
    let edges = EdgeList(sources: kept.map { ends[0][$0] }, targets: kept.map { ends[1][$0] }, isDirected: false)
    let graph = try Graph(edges, nodeCount: nodes, undirected: true)
    try out.write("offsets", graph.incoming.offsets)
    try out.write("columns", graph.incoming.columns)
    let normalized = graph.block.normalized
    let index = normalized.aggregation.incoming
    try out.write("looped_offsets", index.offsets)
    try out.write("looped_columns", index.columns)
    try out.write("looped_weights", normalized.weights.values, [index.entryCount])
    try out.write("features", centred(nodes * features, random.substream(3)), [nodes, features])
    try out.write("classes", numbers(nodes, random.substream(4)).map { Int32($0 * 40) })
    let order = generator.shuffled(Array(0..<Int32(nodes)))
    try out.write("train", Array(order.prefix(nodes * 54 / 100)))
  }

  /// Papers, authors and topics: papers cite papers, are written by authors and have topics, all with their reverses.
  private static func academic(papers: Int, authors: Int, topics: Int, _ out: Arrays) throws {
    let random = RandomStream(seed: 2)
    let counts = ["paper": papers, "author": authors, "topic": topics]
    for (number, (relation, source, target, degree)) in [
      ("cites", "paper", "paper", 8.0), ("writes", "author", "paper", 3.0), ("tags", "topic", "paper", 3.0),
    ].enumerated() {
      let (from, to) = (counts[source] ?? 0, counts[target] ?? 0)
      let count = Int(Double(to) * degree)
      let rows = numbers(count, random.substream(2 * number)).map { Int32($0 * Float(to)) }
      let columns = numbers(count, random.substream(2 * number + 1)).map { Int32(PowerLaw.index($0, of: from)) }
      for (name, rows, columns, rowCount, columnCount) in [
        (relation, rows, columns, to, from), ("\(relation)-back", columns, rows, from, to),
      ] {
        let csr = SparseRows.grouping(rows: rows, columns: columns, rowCount: rowCount, columnCount: columnCount).rows
        try out.write("\(name)_offsets", csr.offsets)
        try out.write("\(name)_columns", csr.columns)
      }
    }
    for (number, type) in ["paper", "author", "topic"].enumerated() {
      let count = counts[type] ?? 0
      try out.write("\(type)_features", centred(count * 64, random.substream(100 + number)), [count, 64])
    }
    try out.write("classes", numbers(papers, random.substream(110)).map { Int32($0 * 16) })
    var generator = random.substream(111).generator
    try out.write("train", Array(generator.shuffled(Array(0..<Int32(papers))).prefix(51_200)))
  }

  /// Uniform numbers in [0, 1).
  static func numbers(_ count: Int, _ random: RandomStream) -> [Float] {
    let buffer = FloatBuffer(count: count)
    Kernels.uniform(into: buffer, width: 1, random: random)
    return buffer.values
  }

  /// Uniform numbers in [-1, 1).
  static func centred(_ count: Int, _ random: RandomStream) -> [Float] { numbers(count, random).map { 2 * $0 - 1 } }
}

/// Nodes by how likely they are met: node i in proportion to (i + 1)^-0.6, as in citation graphs.
enum PowerLaw {
  static func index(_ uniform: Float, of count: Int) -> Int {
    min(count - 1, Int(Double(count) * pow(Double(uniform), 2.5)))
  }
}
