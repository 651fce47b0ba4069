import Foundation
import GroveKernels
import TestSupport
import Testing

/// `grove export` of whole graphs, and what other programs make of them.
@Suite struct GraphExportCommandTests {
  private func snapshot(_ path: String) throws -> String {
    try #require(try succeed(["inspect", path])["snapshot"] as? String)
  }

  @Test(arguments: [("ogb", "out"), ("npz", "out.npz")]) func `a graph that was exported is imported as it was`(
    format: String, name: String
  ) throws {
    let scratch = try ScratchFolder()
    let folder = try SmallData().writeFolder(scratch.file("small"), named: true)
    _ = try succeed(["import", folder, "--into", scratch.file("store")])
    let result = try succeed(["export", scratch.file("store"), "--out", scratch.file(name), "--format", format])
    #expect(result["format"] as? String == format && result["path"] as? String == scratch.file(name))
    #expect(result.number("rows") == Double(SmallData().count))
    _ = try succeed(["import", scratch.file(name), "--into", scratch.file("again")])
    #expect(try snapshot(scratch.file("again")) == snapshot(folder))
    #expect(try snapshot(scratch.file(name)) == snapshot(folder), "without a store between")
    func train(_ data: String, _ run: String) throws -> [String: Any] {
      let words = ["--epochs", "3", "--seed", "4", "--no-report", "--out", scratch.file(run)]
      return try succeed(["train", data] + words)
    }
    let (again, before) = (try train(scratch.file(name), "run-1"), try train(folder, "run-2"))
    #expect(again.numbers("test") == before.numbers("test") && again.numbers("test")["accuracy"] != nil)
  }

  @Test func `a store of records is exported in every format, and losses are said`() throws {
    let data = try StoreData(papers: 120)
    let store = try data.store("papers", ["--labels", "published_in"])
    for (format, name, words) in [
      ("ogb", "folder", ["texts of paper", "published_in"]), ("npz", "a.npz", ["texts of paper", "published_in"]),
      ("graphml", "a.graphml", ["abstract"]), ("matrix-market", "a.mtx", ["labels"]), ("oag-v3", "records", []),
    ] {
      let relation = format == "matrix-market" ? ["--relation", "cites"] : []
      let result = try GroveCommand.run(
        ["export", store, "--out", data.file(name), "--format", format, "--json"] + relation)
      #expect(result.code == 0, "\(result.errors)")
      for word in words { #expect(result.errors.contains(word), "\(format): \(result.errors)") }
      #expect(result.errorLines.allSatisfy { $0.hasPrefix("grove: ") })
    }
    _ = try succeed(["import", data.file("records"), "--into", data.file("again")])
    #expect(try verifiedSnapshot(store) == verifiedSnapshot(data.file("again")))
  }

  @Test func `what cannot be exported is told in one line`() throws {
    let scratch = try ScratchFolder()
    let folder = try SmallData().writeFolder(scratch.file("small"))
    for (words, code, told) in [
      (["--format", "parquet"], 64, "ogb, npz, matrix-market, graphml"),
      (["--format", "npz", "--out", "x.mtx"], 64, ".npz"),
      (["--format", "npz", "--features", "no"], 64, "'no'"),
      (["--format", "matrix-market", "--out", "x.mtx", "--relation", "no"], 64, "'no'"),
      (["--format", "ogb", "--out", folder], 73, "empty folder"), (["--relation", "edges"], 64, "--format"),
    ] as [([String], Int32, String)] {
      let out = words.contains("--out") ? [] : ["--out", "x.npz"]
      let result = try GroveCommand.run(["export", folder] + words + out, in: scratch.path)
      #expect(result.code == code && result.errorLines.count == 1, "\(words): \(result.errors)")
      #expect(result.errors.contains(told), "\(words): \(result.errors)")
    }
  }

  @Test(.enabled(if: Readers.python != nil)) func `numpy and scipy read what is exported`() throws {
    let data = try StoreData(papers: 150)
    let store = try data.store("papers", ["--labels", "published_in"])
    for (format, name) in [("npz", "a.npz"), ("matrix-market", "a.mtx"), ("graphml", "a.graphml"), ("ogb", "ogb")] {
      _ = try succeed(
        ["export", store, "--out", data.file(name), "--format", format]
          + (format == "matrix-market" ? ["--relation", "cites"] : []))
    }
    let script = """
      import csv, gzip, numpy as np, scipy.io, xml.etree.ElementTree as tree
      z = np.load("a.npz", allow_pickle=False)
      edges = z["edge_index__paper__cites__paper"]
      count = int(z["num_nodes__paper"][0])
      m = scipy.io.mmread("a.mtx").tocsr()
      assert m.shape == (count, count) and m.nnz == edges.shape[1], (m.shape, m.nnz)
      assert all(m[s, t] == 1 for s, t in edges.T)
      ids = open("a.ids.txt", encoding="utf-8").read().split("\\n")[:-1]
      assert ids == z["ids__paper"].tolist() and len(set(ids)) == count
      ns = "{http://graphml.graphdrawing.org/xmlns}"
      graph = tree.parse("a.graphml").getroot().find(ns + "graph")
      nodes = [n for n in graph.iter(ns + "node")]
      types = {n.get("id"): [d.text for d in n if d.get("key") == "type"][0] for n in nodes}
      assert sum(t == "paper" for t in types.values()) == count
      links = [e for e in graph.iter(ns + "edge") if [d.text for d in e if d.get("key") == "relation"] == ["cites"]]
      assert len(links) == edges.shape[1]
      rows = list(csv.reader(gzip.open("ogb/raw/num-node-dict.csv.gz", "rt", encoding="utf-8")))
      assert rows[0] == z["node_types"].tolist() and int(rows[1][0]) == count
      pairs = np.loadtxt(gzip.open("ogb/raw/relations/paper___cites___paper/edge.csv.gz"), delimiter=",", dtype=int)
      assert (pairs.T == edges).all()
      labels = np.loadtxt(gzip.open("ogb/raw/node-label/paper/node-label.csv.gz"))
      assert (np.nan_to_num(labels, nan=-1) == z["y__paper"]).all()
      print(len(z.files) > 10)
      """
    #expect(try Readers.run(script, [], in: data.scratch.path) == "True")
  }
}
