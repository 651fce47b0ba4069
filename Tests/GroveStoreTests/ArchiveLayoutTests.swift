import Foundation
import GroveGraphs
import GroveKernels
import GroveStore
import Testing
import TestSupport

@Suite struct ArchiveLayoutTests {
  private typealias Arrays = [(name: String, shape: [Int], values: NumpyValues)]

  private func open(_ arrays: Arrays, undirected: Bool = false) throws -> GraphDataset {
    let scratch = try ScratchFolder()
    try NumpyArchive.write(arrays, to: scratch.file("g.npz"))
    return try StoreOpener.open(scratch.file("g.npz"), options: ReadOptions(isUndirected: undirected))
  }

  private let sparse: Arrays = [
    ("adj_data", [3], .floats([1, 1, 1])), ("adj_indices", [3], .int32s([1, 2, 0])),
    ("adj_indptr", [4], .int32s([0, 2, 2, 3])),
    ("adj_shape", [2], .int64s([3, 3])), ("attr_data", [2], .floats([2, 1])), ("attr_indices", [2], .int32s([0, 1])),
    ("attr_indptr", [4], .int32s([0, 1, 1, 2])), ("attr_shape", [2], .int64s([3, 2])),
    ("labels", [3], .int64s([0, 1, 0])),
    ("node_names", [3], .strings(["a", "b", "c"])), ("class_names", [2], .strings(["x", "y"])),
  ]

  private func replacing(_ name: String, _ shape: [Int], _ values: NumpyValues) -> Arrays {
    sparse.map { $0.name == name ? (name, shape, values) : $0 }
  }

  @Test func `Sparse adjacency runs from rows to columns`() throws {
    let graph = try open(sparse)
    #expect(
      try graph.edges(of: graph.relations[0]) == EdgeList(sources: [0, 0, 2], targets: [1, 2, 0], isDirected: true))
    let rows = SparseRows(offsets: [0, 1, 1, 2], columns: [0, 1], columnCount: 2)
    #expect(try graph.features(named: "features", of: .node) == .sparse(rows: rows, values: [2, 1]))
    #expect(try graph.labels() == .single(classes: [0, 1, 0], names: ["x", "y"]))
    #expect(try graph.nodeIDs(of: .node) == ["a", "b", "c"])
    let weighted = try open(replacing("adj_data", [3], .floats([1, 0.5, 1])))
    #expect(try weighted.edges(of: weighted.relations[0]).weights == [1, 0.5, 1])
  }

  @Test func `Plain keys are read in both spellings and both shapes of edges`() throws {
    let masks: Arrays = [
      ("train_mask", [3], .bools([true, false, false])), ("val_mask", [3], .bools([false, true, false])),
      ("test_mask", [3], .bools([false, false, true])),
    ]
    let torch = try open(
      [
        ("edge_index", [2, 3], .int64s([0, 1, 2, 1, 2, 0])), ("x", [3, 1], .floats([1, 2, 3])),
        ("y", [3], .int64s([0, 1, 0])),
      ] + masks)
    #expect(
      try torch.edges(of: torch.relations[0]) == EdgeList(sources: [0, 1, 2], targets: [1, 2, 0], isDirected: true))
    #expect(try torch.split(named: "published_0").validation == [1])
    let pairs = try open([
      ("edges", [3, 2], .int64s([0, 1, 1, 2, 2, 0])), ("features", [3, 1], .floats([1, 2, 3])),
      ("labels", [3, 1], .int64s([0, 1, 0])),
    ])
    #expect(
      try pairs.edges(of: pairs.relations[0]) == EdgeList(sources: [0, 1, 2], targets: [1, 2, 0], isDirected: false))
    let two = try open([
      ("edges", [2, 2], .int64s([0, 1, 0, 2])), ("node_features", [3, 1], .floats([1, 2, 3])),
      ("node_labels", [3], .int64s([0, 1, 0])),
    ])
    #expect(try two.edges(of: two.relations[0]) == EdgeList(sources: [0, 0], targets: [1, 2], isDirected: false))
  }

  @Test func `Mistakes in an archive are told with its path`() throws {
    let cases: [(Arrays, [String])] = [
      (replacing("adj_shape", [2], .int64s([3, 2])), ["adj_indices", "column 2 of 2"]),
      (replacing("adj_shape", [2], .int64s([3, 4])), ["adj_shape", "3 by 4", "not square"]),
      (replacing("adj_indptr", [4], .int32s([0, 2, 2, 9])), ["adj_indptr", "0 to 9"]),
      (replacing("labels", [2], .int64s([0, 1])), ["2 labels", "expected 3"]),
      (replacing("attr_data", [2], .floats([1, .nan])), ["row 2, column 1", "finite"]),
      (replacing("attr_shape", [2], .int64s([2, 2])), ["attr_indptr", "4 offsets", "2 rows"]),
      (replacing("node_names", [3], .strings(["a", "b", "a"])), ["node_names", "row 2", "'a'"]),
      (replacing("node_names", [2], .strings(["a", "b"])), ["2 node names"]),
      ([("weird", [1], .floats([1]))], ["keys (weird)", "adj_data"]),
      ([("edges", [3], .int32s([0, 1, 2])), ("labels", [3], .int32s([0, 1, 1]))], ["(edges)", "[3]", "[2, edges]"]),
      (
        [("edges", [1, 2], .int32s([0, 3])), ("labels", [3], .int32s([0, 1, 1]))], ["edge 0", "target 3", "3 nodes"]
      ),
      ([("edges", [1, 2], .int32s([0, 2_000_000_000]))], ["2000000000", "only 1 edges"]),
    ]
    for (arrays, words) in cases { expectFailure(.badData, words + ["g.npz"]) { _ = try open(arrays) } }
  }
}
