import Foundation
import GroveKernels
import TestSupport
import Testing

/// Python with numpy, safetensors and gensim: `GROVE_READERS` names such a python, or a folder that pip filled.
enum Readers {
  static let python: (program: String, environment: [String: String])? = {
    let named = ProcessInfo.processInfo.environment["GROVE_READERS"] ?? ""
    var found: (String, [String: String])?
    if AtomicFile.isFolder(named) {
      found = ("python3", ["PYTHONPATH": named])
    } else if !named.isEmpty {
      found = (named, [:])
    }
    if let found,
      let result = try? RunningCommand(
        found.0, ["-c", "import numpy, safetensors.numpy, gensim.models"], in: "/tmp", environment: found.1
      ).wait(), result.code == 0
    {
      return found
    }
    let reason = named.isEmpty ? "set GROVE_READERS" : "GROVE_READERS=\(named) lacks them"
    FileHandle.standardError.write(Data("SKIPPED: no python with numpy, safetensors and gensim; \(reason)\n".utf8))
    return nil
  }()

  static func run(_ script: String, _ arguments: [String], in folder: String) throws -> String {
    guard let python else { return "" }
    let result = try RunningCommand(
      python.program, ["-c", script] + arguments, in: folder, environment: python.environment
    )
    .wait()
    #expect(result.code == 0, "\(result.errors)")
    return result.output.trimmingCharacters(in: .whitespacesAndNewlines)
  }
}

/// What is exported reads back equal in the tools that people use.
@Suite(.enabled(if: Readers.python != nil)) struct ReaderTests {
  private static let script = """
    import sys, json, sqlite3
    import numpy as np
    from safetensors.numpy import load_file
    from gensim.models import KeyedVectors
    ids = json.loads(sys.argv[1])
    lines = lambda p: open(p, encoding="utf-8").read().split("\\n")[:-1]
    x = np.load("e.npy", allow_pickle=False)
    assert x.dtype == np.float32 and x.shape[0] == len(ids), x.shape
    assert lines("e.ids.txt") == ids
    z = np.load("z.npz", allow_pickle=False)
    assert (z["embeddings"] == x).all() and z["ids"].tolist() == ids
    t = [l.split("\\t") for l in lines("t.tsv")]
    assert t[0] == ["id"] + [f"d{i}" for i in range(x.shape[1])]
    assert [r[0] for r in t[1:]] == ids
    assert (np.array([r[1:] for r in t[1:]], dtype=np.float32) == x).all()
    w = KeyedVectors.load_word2vec_format("w.w2v.txt")
    assert w.index_to_key == [i.replace(" ", "_") for i in ids], w.index_to_key[:3]
    assert (w.vectors == x).all()
    s = load_file("s.safetensors")
    assert list(s) == ["embeddings"] and (s["embeddings"] == x).all() and lines("s.ids.txt") == ids
    d = sqlite3.connect("d.sqlite")
    for i, row in zip(ids, x):
        (blob,) = d.execute("select vector from embeddings where id = ?", (i,)).fetchone()
        assert (np.frombuffer(blob, "<f4") == row).all()
    assert d.execute("select count(*) from embeddings").fetchone()[0] == len(ids)
    assert dict(d.execute("select key, value from meta"))["width"] == str(x.shape[1])
    assert np.isfinite(x).all() and np.abs(x).max() > 0
    print(len(ids), x.shape[1])
    """

  @Test(arguments: [("gcn", true), ("gat", false), ("appnp", true), ("label-propagation", false)])
  func `exports in six formats read back equal`(model: String, named: Bool) throws {
    let scratch = try ScratchFolder()
    let data = SmallData()
    let path = try data.writeFolder(scratch.file("small"), named: named)
    var ids = (0..<data.count).map { named ? data.name($0) : "\($0)" }
    if named {
      ids[0] = "Übergraph 東京"
      try AtomicFile.write(ids.joined(separator: "\n") + "\n", to: "\(path)/node_names.txt")
    }
    let few = model == "label-propagation" ? [] : ["--epochs", "3"]
    _ = try succeed(["train", path, "--out", scratch.file("run"), "--model", model] + few)
    for name in ["e.npy", "z.npz", "t.tsv", "w.w2v.txt", "s.safetensors", "d.sqlite"] {
      let result = try GroveCommand.run(["export", scratch.file("run"), "--out", name], in: scratch.path)
      #expect(result.code == 0, "\(result.errors)")
      #expect(
        result.errors.isEmpty == (!named || name != "w.w2v.txt"), "spaces that became _ are said: \(result.errors)")
    }
    let argument = String(decoding: try JSONSerialization.data(withJSONObject: ids), as: UTF8.self)
    let width = ["gcn": 64, "gat": 64][model] ?? 3
    #expect(try Readers.run(Self.script, [argument], in: scratch.path) == "240 \(width)")
  }

  @Test func `the files of a run are read by Python`() throws {
    let scratch = try ScratchFolder()
    let path = try SmallData().writeFolder(scratch.file("small"))
    let trained = try succeed(["train", path, "--out", scratch.file("run"), "--epochs", "4"])
    let script = """
      import json
      from safetensors.numpy import load_file
      best, last = load_file("run/best.safetensors"), load_file("run/last.safetensors")
      assert sum(v.size for v in best.values()) == \(Int(trained.number("parameters") ?? 0))
      assert best["model.convolutions.0.weight"].shape == (24, 64), {k: v.shape for k, v in best.items()}
      for name, value in best.items(): assert (last["best/" + name] == value).all()
      log = [json.loads(line) for line in open("run/metrics.jsonl")]
      assert [line["epoch"] for line in log] == [1, 2, 3, 4]
      config = json.load(open("run/config.json"))
      assert config["model"] == "gcn" and config["epochs"] == 4 and config["store"] == "\(path)"
      manifest = json.load(open("run/manifest.json"))
      print(manifest["result"]["test"]["accuracy"])
      """
    let accuracy = Double(try Readers.run(script, [], in: scratch.path))
    #expect(close(accuracy, trained.numbers("test")["accuracy"]))
  }
}
