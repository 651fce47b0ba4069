import Foundation
import GroveGraphs
import GroveKernels

/// Entry points for fuzzers: bytes in, and whether they were taken for sound data.
///
/// A `Failure` is the right answer to damaged bytes and is caught here; a trap, a hang or any other error is a finding.
package enum FormatFuzzing {
  /// All entry points by name.
  package static let all: [(name: String, read: @Sendable ([UInt8]) -> Bool)] = [
    ("records", { bytes in survives { try DumpFuzzing.read(bytes, named: "fuzz.json") } }),
    ("text", { bytes in survives { try DumpFuzzing.read(bytes, named: "fuzz.txt") } }),
    ("tables", { tables($0) }), ("archive", { bytes in survives { try DumpFuzzing.readArchive(bytes) } }),
    ("pickle", { pickle($0) }), ("planetoid-graph", { planetoidGraph($0) }), ("hgb", { hgb($0) }),
    ("matrix-market", { matrixMarket($0) }), ("graphml", { graphML($0) }), ("node-link", { nodeLink($0) }),
  ]

  /// A table, the first byte telling which.
  package static func tables(_ bytes: [UInt8]) -> Bool {
    let names = [
      "Papers.txt", "PaperAuthorAffiliations.txt", "PaperReferences.txt", "Authors.txt", "FieldsOfStudy.txt",
      "PaperFieldsOfStudy.txt", "FieldOfStudyChildren.txt", "PaperAbstractsInvertedIndex.txt.1",
      "AMiner-Author2Paper.txt", "merged.csv",
    ]
    guard let first = bytes.first else { return false }
    return survives { try DumpFuzzing.read(Array(bytes.dropFirst()), named: names[Int(first) % names.count]) }
  }

  /// A pickle, with the array or the rows that its root may be.
  package static func pickle(_ bytes: [UInt8]) -> Bool {
    survives {
      let pickle = try Pickle(bytes, place: "fuzz")
      switch pickle[pickle.root] {
      case .array, .buffer: _ = try pickle.array(pickle.root).floats()
      case .matrix: _ = try pickle.rows(pickle.root)
      default: break
      }
    }
  }

  /// A pickled dictionary of neighbors.
  package static func planetoidGraph(_ bytes: [UInt8]) -> Bool {
    survives { _ = try PlanetoidGraph(try Pickle(bytes, place: "fuzz")).edges(nodeCount: 1000) }
  }

  /// `node.dat`, `link.dat`, `label.dat`, `label.dat.test` and `info.dat`, in this order, separated by zero bytes.
  package static func hgb(_ bytes: [UInt8]) -> Bool {
    let names = ["node.dat", "link.dat", "label.dat", "label.dat.test", "info.dat"]
    let parts = bytes.split(separator: 0, maxSplits: names.count - 1, omittingEmptySubsequences: false)
    let files = zip(names, parts).filter { !$1.isEmpty }.map { ($0, Data($1)) }
    return survives {
      let tree = FileTree(named: "fuzz", contents: Dictionary(uniqueKeysWithValues: files))
      try check(try HGBFormat.read(tree, options: ReadOptions()))
    }
  }

  /// A Matrix Market file.
  package static func matrixMarket(_ bytes: [UInt8]) -> Bool {
    survives {
      let tree = FileTree(named: "fuzz", contents: ["fuzz.mtx": Data(bytes)])
      try check(try MatrixMarketFormat.read(tree, options: ReadOptions()))
    }
  }

  /// A GraphML document.
  package static func graphML(_ bytes: [UInt8]) -> Bool {
    survives { try check(try GraphMLFormat.graph(bytes, place: "fuzz", source: "fuzz")) }
  }

  /// A node-link document, and what its first bytes say.
  package static func nodeLink(_ bytes: [UInt8]) -> Bool {
    _ = NodeLinkHead.speaks(bytes)
    return survives { try check(try NodeLinkFormat.graph(bytes, place: "fuzz", source: "fuzz")) }
  }

  private static func survives(_ body: () throws -> Void) -> Bool {
    do {
      try body()
      return true
    } catch let error as any Failure {
      precondition(!error.description.contains("\n"), "FormatFuzzing: a failure of several lines: \(error)")
      return false
    } catch {
      preconditionFailure("FormatFuzzing: an error that is no Failure: \(error)")
    }
  }

  /// Uses all of a graph, as an import would.
  private static func check(_ graph: GraphDataset) throws {
    for name in graph.splitNames { _ = try graph.split(named: name) }
    _ = try GraphSummary(dataset: graph)
  }
}
