import Foundation
import GroveGraphs
import GroveKernels
import TestSupport
import Testing

@testable import GroveStore

/// Graphs in files of one format each go into stores, packed in any way, and dumps of records are left alone.
@Suite("Graph files into stores") struct GraphFileImportTests {
  private static let texts: [(file: String, format: String, text: String)] = [
    ("g.mtx", "matrix-market", "%%MatrixMarket matrix coordinate real general\n3 3 2\n1 2 0.5\n3 1 2\n"),
    (
      "g.graphml", "graphml",
      """
      <graphml><key id='d' for='node' attr.name='title' attr.type='string'/><key id='y' for='node' attr.name='y'
      attr.type='int'/><key id='x' for='node' attr.name='x' attr.type='double'/><graph edgedefault='directed'>
      <node id='a'><data key='d'>Ada</data><data key='y'>1</data><data key='x'>2</data></node><node id='b'/>
      <edge source='b' target='a'/></graph></graphml>
      """
    ),
    (
      "h.xml", "graphml",
      "<?xml version='1.0'?>\n<graphml><graph edgedefault='undirected'><node id='q'/></graph></graphml>"
    ),
    (
      "g.json", "node-link",
      #"{"nodes": [{"id": "a", "x": 1}, {"id": "b", "x": 2}], "links": [{"source": "a", "target": "b"}]}"#
    ),
  ]

  private func imported(_ path: String, _ store: String) throws -> (graph: GraphDataset, store: GraphStore) {
    let graph = try #require(try GraphImporter.graph(in: [path], format: "auto", options: ReadOptions()))
    try GraphImporter().run(graph, into: store)
    let made = try GraphStore(store)
    #expect(try made.snapshot == GraphSnapshot.hash(graph))
    #expect(try StoreCheck(store).faults.isEmpty)
    return (graph, made)
  }

  @Test(arguments: texts) func `each file alone becomes a store`(_ file: String, _ format: String, _ text: String)
    throws
  {
    let scratch = try ScratchFolder()
    try AtomicFile.write(text, to: scratch.file(file))
    let (graph, store) = try imported(scratch.file(file), scratch.file("store"))
    #expect(graph.format == format)
    for type in graph.nodeTypes {
      #expect(try store.nodeIDs(of: type) == graph.nodeIDs(of: type))
      #expect(try store.textFields(of: type) == graph.textFields(of: type))
    }
    #expect(try store.labels() == graph.labels())
    // By its name too, whatever the file is called.
    let named = try GraphImporter.graph(in: [scratch.file(file)], format: format, options: ReadOptions())
    let hash = try GraphSnapshot.hash(try #require(named))
    #expect(hash == store.snapshot)
  }

  @Test(.enabled(if: Python.hasNumpy)) func `every packing gives the same graph`() throws {
    let scratch = try ScratchFolder()
    for (file, _, text) in Self.texts { try AtomicFile.write(text, to: scratch.file(file)) }
    try AtomicFile.makeFolder(scratch.file("hgb"))
    for (name, text) in [
      ("node.dat", "0\ta\t0\t1,2\n1\tb\t1\n"), ("link.dat", "0\t1\t0\t1\n"), ("label.dat", "0\ta\t0\t0\n"),
      ("label.dat.test", ""),
    ] where !text.isEmpty { try AtomicFile.write(text, to: scratch.file("hgb/\(name)")) }
    _ = try Python.script(
      """
      import os, sys, shutil, gzip, lzma, bz2
      os.chdir(sys.argv[1])
      for f in ['g.mtx', 'g.graphml', 'h.xml', 'g.json']:
        b = open(f, 'rb').read()
        open(f + '.gz', 'wb').write(gzip.compress(b))
        open(f + '.xz', 'wb').write(lzma.compress(b))
        open(f + '.bz2', 'wb').write(bz2.compress(b))
      for f in ['zip', 'gztar', 'xztar', 'tar']:
        shutil.make_archive('hgb', f, '.', 'hgb')
      for f in ['g.mtx', 'g.graphml']:
        os.mkdir('one-' + f); shutil.copy(f, 'one-' + f)
        shutil.make_archive('one-' + f, 'gztar', '.', 'one-' + f)
        shutil.make_archive('one-' + f, 'zip', '.', 'one-' + f)
      """, [scratch.path])
    func hash(_ name: String) throws -> String {
      let graph = try GraphImporter.graph(in: [scratch.file(name)], format: "auto", options: ReadOptions())
      return try GraphSnapshot.hash(try #require(graph, "\(name) is taken for records"))
    }
    for file in ["g.mtx", "g.graphml", "h.xml", "g.json"] {
      for suffix in [".gz", ".xz", ".bz2"] { #expect(try hash(file + suffix) == hash(file), "\(file)\(suffix)") }
    }
    for suffix in [".zip", ".tar.gz", ".tar.xz", ".tar"] { #expect(try hash("hgb\(suffix)") == hash("hgb")) }
    for file in ["g.mtx", "g.graphml"] {
      for suffix in ["", ".tar.gz", ".zip"] { #expect(try hash("one-\(file)\(suffix)") == hash(file)) }
    }
  }

  @Test func `dumps of records are not taken for graphs`() throws {
    let record = #"{"id":"1","title":"T","year":2000,"authors":[{"name":"A","id":"9"}],"references":["2"]}"# + "\n"
    let scratch = try ScratchFolder()
    for name in ["a.json", "b.jsonl", "c.txt"] {
      try AtomicFile.write(record + record.replacing("\"1\"", with: "\"2\""), to: scratch.file(name))
    }
    try AtomicFile.write("[\n\(record)]\n", to: scratch.file("d.json"))
    try AtomicFile.write("<dblp><article key='x'/></dblp>", to: scratch.file("e.xml"))
    for name in ["a.json", "b.jsonl", "c.txt", "d.json", "e.xml", "none.json", "none.mat"] {
      #expect(
        try GraphImporter.graph(in: [scratch.file(name)], format: "auto", options: ReadOptions()) == nil, "\(name)")
    }
    #expect(try GraphImporter.graph(in: [scratch.path], format: "auto", options: ReadOptions()) == nil)
    let report = try StoreImporter(StoreImporter.Options()).run([scratch.file("a.json")], into: scratch.file("store"))
    #expect(report.records == 2)
  }

  @Test(.enabled(if: SharedData.isPresent)) func `Cora's original files become the store that its arrays become`()
    throws
  {
    let scratch = try ScratchFolder()
    let (_, store) = try imported("\(SharedData.graph("cora"))/original", scratch.file("a"))
    let (_, other) = try imported(SharedData.graph("cora"), scratch.file("b"))
    #expect(store.nodeCount(of: .node) == 2708)
    #expect(store.snapshot == other.snapshot)
  }
}
