import Foundation
import GroveKernels
import GroveStore
import Testing
import TestSupport

@Suite struct ExportTests {
  private let table = EmbeddingTable(
    ids: ["p1", "zwei Wörter", "p3"], rows: 3, width: 2,
    values: [0.1, -1e-9, 1, 2.5, .greatestFiniteMagnitude, Float(bitPattern: 1)])

  @Test func `Unknown extensions are refused before anything is written`() throws {
    for name in ["emb", "emb.txt", "emb.parquet", ".npy"] {
      expectFailure(.usage, [".npy", ".npz", ".tsv", ".w2v.txt", ".safetensors", ".sqlite"]) {
        _ = try ExportCatalogue.format(for: "/x/\(name)")
      }
    }
    for suffix in ExportCatalogue.all.map({ $0.suffix }) {
      #expect(try ExportCatalogue.format(for: "/x/emb\(suffix)").suffix == suffix)
      expectFailure(.cannotCreate, ["/nonexistent"]) {
        _ = try ExportCatalogue.write(table, to: "/nonexistent/emb\(suffix)")
      }
    }
  }

  @Test func `Arrays read back bit for bit, with ids beside or inside`() throws {
    let scratch = try ScratchFolder()
    #expect(try ExportCatalogue.write(table, to: scratch.file("emb.npy")).isEmpty)
    let array = try NumpyArray(path: scratch.file("emb.npy"))
    #expect(array.shape == [3, 2] && array.elementName == "float32")
    #expect(try array.floats() == table.values)
    #expect(try String(contentsOfFile: scratch.file("emb.ids.txt"), encoding: .utf8) == "p1\nzwei Wörter\np3\n")
    #expect(try ExportCatalogue.write(table, to: scratch.file("emb.npz")).isEmpty)
    let archive = try NumpyArchive(path: scratch.file("emb.npz"))
    #expect(try archive.array("embeddings").floats() == table.values)
    #expect(try archive.array("ids").strings() == table.ids)
    _ = try ExportCatalogue.write(
      EmbeddingTable(ids: nil, rows: 2, width: 1, values: [1, 2]), to: scratch.file("b.npy"))
    #expect(try String(contentsOfFile: scratch.file("b.ids.txt"), encoding: .utf8) == "0\n1\n")
  }

  @Test(.enabled(if: Python.hasNumpy)) func `Python reads every format with equal numbers and ids`() throws {
    let scratch = try ScratchFolder()
    var warnings: [String] = []
    for name in ["e.npy", "e.npz", "e.tsv", "e.w2v.txt", "e.sqlite", "e.safetensors"] {
      warnings += try ExportCatalogue.write(table, to: scratch.file(name))
    }
    #expect(warnings.count == 1 && warnings[0].contains("1 ids held spaces"))
    let output = try Python.script(
      """
      import numpy as np, os, sys, sqlite3, json, struct
      os.chdir(sys.argv[1])
      a = np.load('e.npy', allow_pickle=False)
      z = np.load('e.npz', allow_pickle=False)
      t = [l.rstrip('\\n').split('\\t') for l in open('e.tsv', encoding='utf8')]
      w = [l.split() for l in open('e.w2v.txt', encoding='utf8')]
      db = sqlite3.connect('file:e.sqlite?mode=ro', uri=True)
      rows = db.execute('select id, vector from embeddings order by rowid').fetchall()
      raw = open('e.safetensors', 'rb').read()
      n = struct.unpack('<Q', raw[:8])[0]
      head = json.loads(raw[8:8 + n])['embeddings']
      same = lambda m: bool((np.asarray(m, dtype='<f4').reshape(3, 2) == a).all())
      checks = [a.dtype == np.dtype('<f4'), a.shape == (3, 2), same(z['embeddings']), z['ids'].tolist() == ['p1', 'zwei Wörter', 'p3'],
        t[0] == ['id', 'd0', 'd1'], [r[0] for r in t[1:]] == z['ids'].tolist(), same([r[1:] for r in t[1:]]),
        w[0] == ['3', '2'], [r[0] for r in w[1:]] == ['p1', 'zwei_Wörter', 'p3'], same([r[1:] for r in w[1:]]),
        [r[0] for r in rows] == z['ids'].tolist(), same(np.frombuffer(b''.join(r[1] for r in rows), '<f4')),
        dict(db.execute('select key, value from meta'))['width'] == '2', db.execute('pragma integrity_check').fetchone()[0] == 'ok',
        head['dtype'] == 'F32', head['shape'] == [3, 2],
        same(np.frombuffer(raw[8 + n + head['data_offsets'][0]:8 + n + head['data_offsets'][1]], '<f4')),
        open('e.ids.txt', encoding='utf8').read().split('\\n')[:3] == z['ids'].tolist()]
      print(all(checks), [i for i, c in enumerate(checks) if not c])
      """, [scratch.path])
    #expect(output == "True []")
    let left = try FileManager.default.contentsOfDirectory(atPath: scratch.path).filter { $0.contains("partial") }
    #expect(left.isEmpty)
  }

  @Test func `Ids that a format cannot hold are refused and leave the old file`() throws {
    let scratch = try ScratchFolder()
    func table(_ ids: [String]) -> EmbeddingTable {
      EmbeddingTable(ids: ids, rows: ids.count, width: 1, values: ids.map { _ in 1 })
    }
    for name in ["e.npy", "e.tsv", "e.w2v.txt", "e.safetensors"] {
      _ = try ExportCatalogue.write(table(["old"]), to: scratch.file(name))
      let before = try Checksum.sha256(ofFile: scratch.file(name))
      expectFailure(.badData, ["row 1", "line break"]) {
        _ = try ExportCatalogue.write(table(["a", "b\nc"]), to: scratch.file(name))
      }
      #expect(try Checksum.sha256(ofFile: scratch.file(name)) == before)
    }
    expectFailure(.badData, ["tab"]) { _ = try ExportCatalogue.write(table(["a\tb"]), to: scratch.file("e.tsv")) }
    expectFailure(.badData, ["row 1", "without spaces"]) {
      _ = try ExportCatalogue.write(table(["a b", "a_b"]), to: scratch.file("e.w2v.txt"))
    }
    _ = try ExportCatalogue.write(table(["old"]), to: scratch.file("e.sqlite"))
    let before = try Checksum.sha256(ofFile: scratch.file("e.sqlite"))
    expectFailure(.badData, ["one id"]) {
      _ = try ExportCatalogue.write(table(["a", "a"]), to: scratch.file("e.sqlite"))
    }
    #expect(try Checksum.sha256(ofFile: scratch.file("e.sqlite")) == before)
    #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.path).allSatisfy { !$0.contains("partial") })
    _ = try ExportCatalogue.write(table(["a\nb", ""]), to: scratch.file("e.npz"))
    #expect(try NumpyArchive(path: scratch.file("e.npz")).array("ids").strings() == ["a\nb", ""])
  }
}
