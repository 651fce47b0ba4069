import Foundation
import GroveGraphs
import GroveKernels
import TestSupport
import Testing

@testable import GroveStore

/// How a test packs the files that it writes.
enum OGBPacking: CaseIterable { case plain, gzip, zip }

@Suite struct OGBFormatTests {
  /// Four nodes with two features, one without a label, edges 0→1, 2→1, 3→3, 0→1.
  private static let homogeneous: [String: String] = [
    "raw/edge.csv": "0,1\n2,1\n3,3\n0,1\n", "raw/num-node-list.csv": "4\n", "raw/num-edge-list.csv": "4\n",
    "raw/node-feat.csv": "-0.057943,1.5\n0.0,2\n1e-3,-0\n3,4e2\n", "raw/node-label.csv": "1\n0.0\n\"\"\n2\n",
    "raw/node_year.csv": "2013\n2015\n0\n2017.0\n", "raw/edge_weight.csv": "1\n2.5\n3\n4\n",
    "split/time/train.csv": "0\n1\n", "split/time/valid.csv": "3\n", "split/time/test.csv": "",
    "mapping/nodeidx2paperid.csv": "node idx,paper id\n0,901\n3,904\n2,\"903, or \"\"c\"\"\"\n1,902\n",
    "mapping/labelidx2arxivcategeory.csv": "label idx,arxiv category\n0,cs na\n1,cs mm\n2,cs lo\n",
    "RELEASE_v1.txt": "",
  ]

  /// ogbn-mag in small: four types, the paper alone with features, labels, years and a split.
  private static let heterogeneous: [String: String] = [
    "raw/num-node-dict.csv": "author,field_of_study,institution,paper\n2,3,1,3\n",
    "raw/triplet-type-list.csv":
      "author,affiliated_with,institution\nauthor,writes,paper\npaper,cites,paper\npaper,has_topic,field_of_study\n",
    "raw/relations/author___affiliated_with___institution/edge.csv": "1,0\n",
    "raw/relations/author___affiliated_with___institution/num-edge-list.csv": "1\n",
    "raw/relations/author___writes___paper/edge.csv": "0,0\n0,2\n1,2\n",
    "raw/relations/author___writes___paper/num-edge-list.csv": "3\n",
    "raw/relations/author___writes___paper/edge_reltype.csv": "1\n1\n1\n",
    "raw/relations/paper___cites___paper/edge.csv": "2,0\n",
    "raw/relations/paper___cites___paper/num-edge-list.csv": "1\n",
    "raw/relations/paper___has_topic___field_of_study/edge.csv": "1,2\n",
    "raw/relations/paper___has_topic___field_of_study/num-edge-list.csv": "1\n",
    "raw/node-feat/paper/node-feat.csv": "0.5,1,2\n3,4,5\n6,7,8\n",
    "raw/node-feat/paper/node_year.csv": "2010\n2018\n2019\n",
    "raw/node-label/paper/node-label.csv": "246\n131\nnan\n",
    "raw/nodetype-has-feat.csv": "author,field_of_study,institution,paper\nFalse,False,False,True\n",
    "raw/nodetype-has-label.csv": "author,field_of_study,institution,paper\nFalse,False,False,True\n",
    "split/time/nodetype-has-split.csv": "author,field_of_study,institution,paper\nFalse,False,False,True\n",
    "split/time/paper/train.csv": "0\n", "split/time/paper/valid.csv": "1\n", "split/time/paper/test.csv": "2\n",
    "mapping/paper_entidx2name.csv": "ent idx,ent name\n0,p10\n1,p20\n2,p30\n",
  ]

  /// Files under a folder of a scratch folder, packed.
  private func write(
    _ files: [String: String], _ packing: OGBPacking = .plain, in scratch: ScratchFolder
  ) throws -> String {
    let folder = scratch.file("data")
    for (name, text) in files {
      let path = "\(folder)/\(name)"
      try AtomicFile.makeFolder((path as NSString).deletingLastPathComponent)
      if packing == .plain || text.isEmpty || !name.hasSuffix(".csv") {
        try AtomicFile.write(text, to: path)
      } else {
        try GzipFile.write(to: "\(path).gz") { try $0.write(text) }
      }
    }
    guard packing == .zip else { return folder }
    let names = try FileManager.default.subpathsOfDirectory(atPath: folder).sorted().filter {
      !AtomicFile.isFolder("\(folder)/\($0)")
    }
    let members = try names.map { ("arxiv/\($0)", try Data(contentsOf: URL(fileURLWithPath: "\(folder)/\($0)"))) }
    try ZipWriter.write(members, to: scratch.file("arxiv.zip"))
    return scratch.file("arxiv.zip")
  }

  private func open(
    _ files: [String: String], _ packing: OGBPacking = .plain, _ options: ReadOptions = ReadOptions()
  ) throws -> GraphDataset {
    let scratch = try ScratchFolder()
    return try StoreOpener.open(write(files, packing, in: scratch), options: options)
  }

  /// The files with some changed, added or (nil) taken away.
  private func changed(_ files: [String: String], _ changes: [String: String?]) -> [String: String] {
    files.merging(changes.compactMapValues { $0 }) { $1 }.filter { changes[$0.key] != .some(nil) }
  }

  @Test(arguments: OGBPacking.allCases) func `a homogeneous folder is read in every packing`(packing: OGBPacking) throws
  {
    let graph = try open(Self.homogeneous, packing)
    #expect(graph.format == "ogb" && graph.nodeTypes == [.node] && graph.nodeCount(of: .node) == 4)
    let relation = EdgeType(.node, "edges", .node)
    #expect(graph.relations == [relation])
    #expect(
      try graph.edges(of: relation)
        == EdgeList(sources: [0, 2, 3, 0], targets: [1, 1, 3, 1], weights: [1, 2.5, 3, 4], isDirected: true))
    #expect(
      try graph.features(named: "features", of: .node)
        == .dense(values: [-0.057943, 1.5, 0, 2, 1e-3, 0, 3, 400], width: 2))
    #expect(try graph.labels() == .single(classes: [1, 0, -1, 2], names: ["cs na", "cs mm", "cs lo"]))
    #expect(try graph.nodeYears(of: .node) == [2013, 2015, 0, 2017])
    #expect(try graph.edgeYears(of: relation) == [2013, 0, 2017, 2013], "the year of the citing node")
    #expect(try graph.nodeIDs(of: .node) == ["901", "902", "903, or \"c\"", "904"])
    let split = try graph.split(named: "time")
    #expect(split.train == [0, 1] && split.validation == [3] && split.test == [])
  }

  @Test(arguments: OGBPacking.allCases) func `a folder in the layout of ogbn-mag is read`(packing: OGBPacking) throws {
    let graph = try open(Self.heterogeneous, packing)
    let paper = NodeType("paper")
    let author = NodeType("author")
    #expect(graph.nodeTypes == [paper, author, NodeType("field_of_study"), NodeType("institution")], "labeled first")
    #expect(graph.nodeTypes.map { graph.nodeCount(of: $0) } == [3, 2, 3, 1])
    #expect(graph.relations.map(\.relation) == ["affiliated_with", "writes", "cites", "has_topic"])
    let writes = EdgeType(author, "writes", paper)
    #expect(try graph.edges(of: writes) == EdgeList(sources: [0, 0, 1], targets: [0, 2, 2], isDirected: true))
    #expect(try graph.edgeYears(of: writes) == [2010, 2019, 2019], "the year of the paper")
    #expect(try graph.edgeYears(of: graph.relations[0]) == nil)
    #expect(
      try graph.features(named: "features", of: paper)
        == .dense(values: [0.5, 1, 2, 3, 4, 5, 6, 7, 8], width: 3))
    #expect(graph.featureNames(of: author).isEmpty)
    #expect(try graph.labels() == .single(classes: [246, 131, -1], names: (0...246).map { "\($0)" }))
    #expect(try graph.nodeIDs(of: paper) == ["p10", "p20", "p30"] && graph.nodeIDs(of: author) == nil)
    #expect(try graph.split(named: "time").validation == [1])
    #expect(graph.warnings.isEmpty)
  }

  @Test func `years may lie in a folder of their own, and raw may be given alone`() throws {
    let files = changed(
      Self.heterogeneous,
      ["raw/node-feat/paper/node_year.csv": nil, "raw/node_year/paper/node_year.csv": "1\n2\n\n"])
    #expect(try open(files).nodeYears(of: NodeType("paper")) == [1, 2, 0])
    let scratch = try ScratchFolder()
    let raw = try StoreOpener.open(write(files, in: scratch) + "/raw")
    #expect(raw.relations.count == 4 && raw.splitNames.isEmpty && raw.warnings.isEmpty)
  }

  @Test func `several columns of 0 and 1 are several classes a node`() throws {
    let labels = "1,0,1\n0,0,0\nnan,nan,nan\n0,1,0\n"
    let files = changed(
      Self.homogeneous, ["raw/node-label.csv": labels, "raw/node_species.csv": "1\n1\n2\n2\n"])
    let graph = try open(files)
    let rows = SparseRows(offsets: [0, 2, 2, 2, 3], columns: [0, 2, 1], columnCount: 3)
    #expect(try graph.labels() == .multiple(rows: rows, names: ["cs na", "cs mm", "cs lo"]))
    #expect(graph.warnings.count == 1 && graph.warnings[0].hasSuffix("node_species.csv is not used"))
  }

  @Test func `the options or master csv say that edges run both ways`() throws {
    let relation = EdgeType(.node, "edges", .node)
    #expect(try open(Self.homogeneous, .plain, ReadOptions(isUndirected: true)).edges(of: relation).isDirected == false)
    let named = changed(
      Self.homogeneous, ["master.csv": ",g\nadd_inverse_edge,True\nnode type,paper\nrelation,cites\n"])
    let cites = EdgeType(NodeType("paper"), "cites", NodeType("paper"))
    #expect(try open(named).edges(of: cites).isDirected == false)
  }

  @Test func `ids that are not one a node are left, with a warning`() throws {
    let files = changed(Self.homogeneous, ["mapping/nodeidx2paperid.csv": "node idx,paper id\n0,a\n1,a\n2,b\n3,c\n"])
    let graph = try open(files)
    #expect(try graph.nodeIDs(of: .node) == nil && graph.warnings.count == 1)
  }

  @Test(arguments: [
    (["raw/edge.csv": "0,1\n2,x\n3,3\n0,1\n"], ["edge.csv", "line 2", "'x'"]),
    (["raw/edge.csv": "0,1\n2,1\n3,4\n0,1\n"], ["edge.csv", "line 3", "target 4"]),
    (["raw/edge.csv": "0,1\n2,1\n"], ["edge.csv", "has 2 lines, expected 4"]),
    (["raw/edge.csv": "0,1\n2,1\n3\n0,1\n"], ["line 3", "has 1 numbers, expected 2"]),
    (["raw/edge.csv": "0,1\n2,99999999999\n3,3\n0,1\n"], ["line 2", "'99999999999'"]),
    (["raw/node-feat.csv": "1,2\n3,4\n"], ["node-feat.csv", "has 2 lines, expected 4"]),
    (["raw/node-feat.csv": "1,2\n3,nan\n1,2\n1,2\n"], ["node-feat.csv", "row 1, column 1"]),
    (["raw/node-feat.csv": "1,2\n3,1.2.3\n1,2\n1,2\n"], ["node-feat.csv", "line 2", "'1.2.3'"]),
    (["raw/node-label.csv": "0\n1\n0.5\n1\n"], ["node-label.csv", "line 3", "0.5"]),
    (["raw/node-label.csv": "0\n1\n-3\n1\n"], ["node-label.csv", "class -3"]),
    (["raw/node-label.csv": "0,2\n1,1\n1,1\n1,1\n"], ["node-label.csv", "line 1", "2.0 is not 0 or 1"]),
    (["raw/node_year.csv": "1\n2\n-5\n3\n"], ["node_year.csv", "line 3", "-5"]),
    (["raw/num-node-list.csv": "4\n4\n"], ["num-node-list.csv", "2 graphs"]),
    (["raw/num-node-list.csv": "-4\n"], ["num-node-list.csv"]),
    (["raw/edge_weight.csv": "1\n2\n3\n"], ["edge_weight.csv", "has 3 lines, expected 4"]),
    (["mapping/nodeidx2paperid.csv": "node idx,paper id\nx,1\n"], ["nodeidx2paperid.csv", "'x'"]),
  ]) func `what is wrong is told with its file and line`(changes: [String: String], words: [String]) {
    expectFailure(.badData, words) { _ = try open(changed(Self.homogeneous, changes)) }
  }

  @Test(arguments: [
    (["raw/num-node-dict.csv": "author,paper\n2,3\n"], ["triplet-type-list.csv", "line 1"]),
    (["raw/num-node-dict.csv": "author,field_of_study,institution,paper\n2,3,x,3\n"], ["'x'", "number of nodes"]),
    (["raw/num-node-dict.csv": "author,paper\n2,3\n4,5\n"], ["num-node-dict.csv"]),
    (["raw/triplet-type-list.csv": "author,writes,paper\nauthor,writes,paper\n"], ["line 2", "comes twice"]),
  ]) func `what is wrong with several types is told`(changes: [String: String], words: [String]) {
    expectFailure(.badData, words) { _ = try open(changed(Self.heterogeneous, changes)) }
  }

  // MARK: - Numbers

  private func table<Value: TableNumber>(_ text: String, keepsEmptyLines: Bool = false) throws -> NumberTable<Value> {
    let scratch = try ScratchFolder()
    try AtomicFile.write(text, to: scratch.file("t.csv"))
    return try NumberTable(
      "t.csv", in: FileTree(scratch.file("t.csv")), keepsEmptyLines: keepsEmptyLines)
  }

  @Test func `decimals become the nearest float, as the standard library has it`() throws {
    var random = TestRandom(5)
    var words = [
      "0", "-0", "+1", "1.", ".5", "1e5", "1E-5", "1e+05", "3.4028235e38", "1e-45", "1.17549435e-38", "16777217",
      "16777219", "33554434.0000000000000001", "0.1", "123456789012345678901234567890", "0.000000000000000000000000001",
      "9007199791611905", "9007199791611904.5", "1e22", "1e23", "8388608.5", "8388609.5", "00012.50",
    ]
    for _ in 0..<20_000 {
      let bits = UInt32(truncatingIfNeeded: random.next())
      let value = Float(bitPattern: bits)
      if value.isFinite { words.append("\(value)") }
      // As many digits as pandas writes of doubles, and numbers midway between two floats.
      words.append("\(Double(Int64(truncatingIfNeeded: random.next()) % 1_000_000_000) / 1e7)")
      words.append("\(16_777_216 + Int(random.next() % 100_000))")
    }
    let table: NumberTable<Float> = try table(words.joined(separator: "\n"))
    #expect(table.rowCount == words.count)
    for (word, value) in zip(words, table.values) where value.bitPattern != Float(word)?.bitPattern {
      Issue.record("\(word) became \(value)")
    }
  }

  @Test(arguments: [0, 1, 1000, 200_000]) func `tables longer than a piece are read whole`(rows: Int) throws {
    let numbers = (0..<rows).map { Int32(truncatingIfNeeded: $0 &* 2_654_435_761) }
    let text = numbers.map { "\($0), \($0 / 7)\r\n" }.joined()
    let scratch = try ScratchFolder()
    try GzipFile.write(to: scratch.file("t.csv.gz")) { sink in
      try sink.write("\u{feff}")
      for line in text.split(separator: "\r\n") { try sink.write(Array("\(line)\r\n".utf8)) }
    }
    let table = try NumberTable<Int32>("t.csv", in: FileTree(scratch.path))
    #expect(table.rowCount == rows && table.width == (rows == 0 ? 0 : 2))
    #expect(stride(from: 0, to: 2 * rows, by: 2).allSatisfy { table.values[$0] == numbers[$0 / 2] })
    #expect((0..<rows).allSatisfy { table.values[2 * $0 + 1] == numbers[$0] / 7 })
  }

  @Test func `empty lines are passed over, or are missing numbers`() throws {
    let passed: NumberTable<Float> = try table("1\n\n2\n\n")
    #expect(passed.values == [1, 2])
    let kept: NumberTable<Float> = try table("1\n\n2\r\n\r\nNaN\n", keepsEmptyLines: true)
    #expect(kept.rowCount == 5 && kept.values.map { $0.isNaN } == [false, true, false, true, true])
    let gaps: NumberTable<Float> = try table("1,,3\n,\"\",nan\n")
    #expect(gaps.width == 3 && gaps.values.map { $0.isNaN } == [false, true, false, true, true, true])
  }

  @Test func `quoted fields of comma-separated records keep commas, quotes and line ends`() {
    let text = "a,\"b,\"\"c\"\"\nd\",\r\n\n,x\n\"\"\n\"open"
    #expect(Array(CommaRecords(Array(text.utf8))) == [["a", "b,\"c\"\nd", ""], ["", "x"], [""], ["open"]])
  }
}
