import Foundation
import GroveGraphs
import GroveKernels
import GroveStore
import Testing
import TestSupport

@Suite struct FolderFormatTests {
  @Test func `A small folder is read as it stands`() throws {
    let scratch = try tinyFolder()
    let graph = try StoreOpener.open(scratch.path)
    #expect(graph.nodeTypes == [.node] && graph.nodeCount(of: .node) == 4)
    let edges = try graph.edges(of: graph.relations[0])
    #expect(edges == EdgeList(sources: [0, 1, 2], targets: [1, 2, 2], isDirected: false))
    #expect(try graph.labels() == .single(classes: [0, 1, 1, -1], names: ["red", "blue"]))
    #expect(try graph.features(named: "features", of: .node) == .dense(values: [1, 0, 0, 0.5, 0, 0, 2, 2], width: 2))
    #expect(try graph.nodeIDs(of: .node) == ["a", "b", "c", "d"])
    #expect(
      try graph.split(named: "hand") == Split(name: "hand", kind: "by hand", train: [0], validation: [1], test: [2]))
  }

  @Test func `Weights, both directions, masks and ids from texts are read`() throws {
    let scratch = try tinyFolder { folder in
      try FileManager.default.removeItem(atPath: "\(folder)/node_names.txt")
      try NumpyArray.write(.int64s([3, 3, 0, 1]), shape: [2, 2], to: "\(folder)/edges_directed.npy")
      try NumpyArray.write(.floats([0.5, 2, 1]), shape: [3], to: "\(folder)/edge_weights.npy")
      let masks: [(name: String, shape: [Int], values: NumpyValues)] = [
        ("train", [2, 4], .bools([true, false, false, false, false, true, false, false])),
        ("val", [2, 4], .bools([false, true, false, false, true, false, false, false])),
        ("test", [2, 4], .bools([false, false, true, false, false, false, true, false])),
      ]
      try NumpyArchive.write(masks, to: "\(folder)/split_masks.npz")
      try AtomicFile.write(
        (0..<4).map { #"{"node": \#($0), "id": "paper-\#($0)", "text": "words"}"# + "\n" }.joined(),
        to: "\(folder)/texts.jsonl")
    }
    let graph = try StoreOpener.open(scratch.path)
    #expect(graph.relations.map(\.relation) == ["edges", "edges_directed"])
    #expect(try graph.edges(of: graph.relations[0]).weights == [0.5, 2, 1])
    #expect(try graph.edges(of: graph.relations[1]) == EdgeList(sources: [3, 3], targets: [0, 1], isDirected: true))
    #expect(graph.splitNames == ["hand", "published_0", "published_1"])
    #expect(try graph.split(named: "published_1").train == [1])
    #expect(try graph.split(named: "published_1").validation == [0])
    #expect(try graph.nodeIDs(of: .node) == (0..<4).map { "paper-\($0)" })
  }

  @Test func `Types in file names become types and relations`() throws {
    let scratch = try ScratchFolder()
    func write(_ values: [Int32], _ shape: [Int], _ name: String) throws {
      try NumpyArray.write(.int32s(values), shape: shape, to: scratch.file(name))
    }
    try write([0, 1, 2, 0], [2, 2], "edges_paper_author.npy")
    try write([0, 1, 1, 0], [2, 2], "edges_paper_cites_paper.npy")
    try write([0, 3], [2, 1], "edges_paper_has_topic_field_of_study.npy")
    try write([0, 2], [2, 1], "edges_field_of_study_paper.npy")
    try write([1, 0, 1], [3], "labels_paper.npy")
    try AtomicFile.write("a\nb\nc\nd\ne\n", to: scratch.file("field_of_study_ids.txt"))
    let graph = try StoreOpener.open(scratch.path)
    let paper = NodeType("paper")
    let field = NodeType("field_of_study")
    #expect(graph.nodeTypes == [paper, NodeType("author"), field])
    #expect(graph.nodeTypes.map { graph.nodeCount(of: $0) } == [3, 3, 5])
    #expect(
      Set(graph.relations) == [
        EdgeType(paper, "paper_author", NodeType("author")), EdgeType(paper, "cites", paper),
        EdgeType(paper, "has_topic", field),
        EdgeType(field, "field_of_study_paper", paper),
      ])
    try write([0, 9], [2, 1], "edges_paper_has_topic_field_of_study.npy")
    expectFailure(.badData, ["has_topic_field_of_study.npy", "edge 0", "target 9", "5 nodes"]) {
      _ = try StoreOpener.open(scratch.path)
    }
    try write([0, 3], [2, 1], "edges_paper_has_topic_field_of_study.npy")
    try write([0, 3], [2, 1], "edges_x.npy")
    expectFailure(.badData, ["edges_x.npy", "two node types"]) { _ = try StoreOpener.open(scratch.path) }
  }

  /// One wrong thing each: what is written over the sound folder, and words of the failure.
  private static let mistakes: [(String, [String], @Sendable (String) throws -> Void)] = [
    (
      "too few feature rows", ["edges.npy", "edge 1", "target 2 is not a node", "2 nodes"],
      { folder in
        try NumpyArray.write(.floats([1, 2]), shape: [2, 1], to: "\(folder)/features.npy")
      }
    ),
    (
      "too many feature rows", ["labels.npy", "4 labels", "expected 5"],
      { folder in
        try NumpyArray.write(.floats([1, 2, 3, 4, 5]), shape: [5, 1], to: "\(folder)/features.npy")
      }
    ),
    (
      "a flat feature file", ["features.npy", "shape [4]", "[any, any]"],
      { folder in
        try NumpyArray.write(.floats([1, 2, 3, 4]), shape: [4], to: "\(folder)/features.npy")
      }
    ),
    (
      "NaN", ["features.npy", "row 2, column 1", "not a finite number"],
      { folder in
        try NumpyArray.write(.floats([1, 2, 3, 4, 5, .nan, 7, 8]), shape: [4, 2], to: "\(folder)/features.npy")
      }
    ),
    (
      "infinity", ["features.npy", "row 0, column 0"],
      { folder in
        try NumpyArray.write(.floats([-.infinity, 2, 3, 4]), shape: [4, 1], to: "\(folder)/features.npy")
      }
    ),
    (
      "an edge to nowhere", ["edges.npy", "edge 2", "target 4", "4 nodes"],
      { folder in
        try NumpyArray.write(.int32s([0, 1, 2, 1, 2, 4]), shape: [2, 3], to: "\(folder)/edges.npy")
      }
    ),
    (
      "a negative edge", ["edges.npy", "edge 1", "source -1"],
      { folder in
        try NumpyArray.write(.int64s([0, -1, 2, 1, 2, 3]), shape: [2, 3], to: "\(folder)/edges.npy")
      }
    ),
    (
      "an edge beyond 32 bits", ["edges.npy", "[1, 0]", "4294967296"],
      { folder in
        try NumpyArray.write(.int64s([0, 4_294_967_296]), shape: [2, 1], to: "\(folder)/edges.npy")
      }
    ),
    (
      "edges the wrong way round", ["edges.npy", "[3, 2]", "[2, any]"],
      { folder in
        try NumpyArray.write(.int32s([0, 1, 1, 2, 2, 2]), shape: [3, 2], to: "\(folder)/edges.npy")
      }
    ),
    (
      "a class below -1", ["labels.npy", "row 3", "-2"],
      { folder in
        try NumpyArray.write(.int32s([0, 1, 1, -2]), shape: [4], to: "\(folder)/labels.npy")
      }
    ),
    (
      "a class out of all proportion", ["labels.npy", "2000000000"],
      { folder in
        try NumpyArray.write(.int32s([0, 1, 1, 2_000_000_000]), shape: [4], to: "\(folder)/labels.npy")
      }
    ),
    (
      "two nodes of one id", ["node_names.txt", "row 3", "'a'", "row 0"],
      { folder in
        try AtomicFile.write("a\nb\nc\na\n", to: "\(folder)/node_names.txt")
      }
    ),
    (
      "too few ids", ["node_names.txt", "3 node ids", "expected 4"],
      { folder in
        try AtomicFile.write("a\nb\nc\n", to: "\(folder)/node_names.txt")
      }
    ),
    (
      "weights of other edges", ["edge_weights.npy", "[2]", "[3]"],
      { folder in
        try NumpyArray.write(.floats([1, 2]), shape: [2], to: "\(folder)/edge_weights.npy")
      }
    ),
    (
      "a weight that is none", ["edge_weights.npy", "edge 1"],
      { folder in
        try NumpyArray.write(.floats([1, .nan, 2]), shape: [3], to: "\(folder)/edge_weights.npy")
      }
    ),
    (
      "meta that is no JSON", ["meta.json", "JSON"],
      { folder in try AtomicFile.write("{'a': 1", to: "\(folder)/meta.json") }
    ),
    ("an empty file", ["labels.npy", "empty"], { folder in try AtomicFile.write("", to: "\(folder)/labels.npy") }),
    (
      "masks the wrong way round", ["split_masks.npz", "[4, 2]", "[splits, 4]"],
      { folder in
        let mask: NumpyValues = .bools([true, false, false, false, false, false, false, false])
        try NumpyArchive.write(
          ["train", "val", "test"].map { (name: $0, shape: [4, 2], values: mask) }, to: "\(folder)/split_masks.npz")
      }
    ),
    (
      "sparse rows that fall", ["features.npz", "indptr", "fall at row 1"],
      { folder in
        try writeSparse(folder, offsets: [0, 2, 1, 2, 2], columns: [0, 1], shape: [4, 3])
      }
    ),
    (
      "a sparse column that is none", ["features.npz", "indices", "entry 1", "column 3 of 3"],
      { folder in
        try writeSparse(folder, offsets: [0, 1, 2, 2, 2], columns: [0, 3], shape: [4, 3])
      }
    ),
    (
      "offsets of other rows", ["features.npz", "indptr", "5 offsets"],
      { folder in
        try writeSparse(folder, offsets: [0, 1, 2, 2, 2], columns: [0, 1], shape: [5, 3])
      }
    ),
    (
      "a sparse file without offsets", ["features.npz", "no array 'shape'", "x"],
      { folder in
        try NumpyArchive.write([(name: "x", shape: [1], values: .floats([1]))], to: "\(folder)/features.npz")
      }
    ),
  ]

  private static func writeSparse(_ folder: String, offsets: [Int32], columns: [Int32], shape: [Int64]) throws {
    let arrays: [(name: String, shape: [Int], values: NumpyValues)] = [
      ("data", [columns.count], .floats([Float](repeating: 1, count: columns.count))),
      ("indices", [columns.count], .int32s(columns)),
      ("indptr", [offsets.count], .int32s(offsets)), ("shape", [2], .int64s(shape)),
    ]
    try NumpyArchive.write(arrays, to: "\(folder)/features.npz")
  }

  @Test func `Each mistake in a folder is told with its file and place`() throws {
    for (name, words, change) in Self.mistakes {
      let scratch = try tinyFolder(change)
      guard let found = failure({ _ = try StoreOpener.open(scratch.path) }) else {
        Issue.record("\(name): no failure")
        continue
      }
      #expect(found.kind == .badData, "\(name): \(found.text)")
      #expect(!found.text.contains("\n"))
      for word in words { #expect(found.text.contains(word), "\(name): '\(word)' in: \(found.text)") }
    }
  }

  @Test func `A wrong split is told when it is asked for, and others still work`() throws {
    let scratch = try tinyFolder { folder in
      func write(_ name: String, _ text: String) throws {
        try AtomicFile.write(text, to: "\(folder)/splits/\(name).json")
      }
      try write("beyond", #"{"train": [0], "val": [4], "test": []}"#)
      try write("negative", #"{"train": [-1], "val": [], "test": []}"#)
      try write("overlap", #"{"train": [0, 1], "validation": [2], "test": [1]}"#)
      try write("twice", #"{"train": [0, 0], "test": [1]}"#)
      try write("none", #"{"val": [1], "test": [2]}"#)
      try write("words", #"{"train": ["a"], "test": [2]}"#)
      try write("cut", #"{"train": [0, 1"#)
      try write("unlabeled", #"{"train": [3], "test": [2]}"#)
      try write("empty", #"{"train": [], "test": [2]}"#)
      try write("openworld_1", #"{"train": [0], "val": [], "test": [1, 2], "seen": [0], "novel": [1]}"#)
      try write("zero", "")
    }
    let graph = try StoreOpener.open(scratch.path)
    #expect(graph.splitNames.count == 12)
    #expect(try graph.split(named: "openworld_1").test == [1, 2])
    #expect(try graph.split(named: "openworld_1").classes == ClassDivision(seen: [0], novel: [1]))
    #expect(try graph.split(named: "hand").train == [0])
    let mistakes: [(String, [String])] = [
      ("beyond", ["beyond.json", "validation", "node 4", "4 nodes"]), ("negative", ["negative.json", "node -1"]),
      ("overlap", ["overlap.json", "node 1", "train and test"]), ("twice", ["twice.json", "node 0", "twice"]),
      ("none", ["none.json", "'train'"]), ("words", ["words.json", "train.[0]"]), ("cut", ["cut.json", "JSON"]),
      ("unlabeled", ["unlabeled.json", "node 3 has no label"]), ("empty", ["empty.json", "no training node"]),
      ("zero", ["zero.json", "empty"]),
    ]
    for (name, words) in mistakes { expectFailure(.badData, words) { _ = try graph.split(named: name) } }
    expectFailure(.usage, ["'publik'", "hand", "twice"]) { _ = try graph.split(named: "publik") }
    expectFailure(.usage, ["relation"]) { _ = try graph.edges(of: EdgeType(.node, "likes", .node)) }
    expectFailure(.usage, ["feature column", "features"]) { _ = try graph.features(named: "bert", of: .node) }
  }
}
