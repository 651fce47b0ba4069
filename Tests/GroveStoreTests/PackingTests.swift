import Foundation
import GroveGraphs
import GroveKernels
import GroveStore
import Testing
import TestSupport

@Suite struct PackingTests {
  /// What two readings of one graph must agree on.
  private func expectEqual(_ left: GraphDataset, _ right: GraphDataset, _ comment: String) throws {
    #expect(left.relations == right.relations && left.splitNames == right.splitNames, "\(comment)")
    #expect(try left.edges(of: left.relations[0]) == right.edges(of: right.relations[0]), "\(comment)")
    #expect(try left.labels() == right.labels(), "\(comment)")
    #expect(try left.nodeIDs(of: .node) == right.nodeIDs(of: .node), "\(comment)")
    #expect(
      try left.features(named: "features", of: .node) == right.features(named: "features", of: .node), "\(comment)")
    #expect(try left.split(named: "hand") == right.split(named: "hand"), "\(comment)")
  }

  @Test(.enabled(if: Python.hasNumpy)) func `Every packing of a folder gives the same graph`() throws {
    let scratch = try ScratchFolder()
    try writeTinyFolder(scratch.file("tiny"))
    _ = try Python.script(
      """
      import tarfile, zipfile, os, sys, gzip, bz2, lzma, subprocess
      folder = sys.argv[1]
      os.chdir(folder)
      names = sorted(os.path.relpath(os.path.join(d, f), 'tiny') for d, _, fs in os.walk('tiny') for f in fs)
      def tar(path, mode, prefix):
          with tarfile.open(path, mode) as t:
              if prefix == 'tiny/': t.add('tiny')
              else:
                  for n in names: t.add('tiny/' + n, prefix + n)
      tar('top.tar', 'w', 'tiny/'); tar('flat.tar', 'w', './'); tar('a.tar.gz', 'w:gz', 'tiny/'); tar('b.tgz', 'w:gz', '')
      tar('c.tar.bz2', 'w:bz2', ''); tar('d.tar.xz', 'w:xz', 'tiny/')
      with zipfile.ZipFile('a.zip', 'w', zipfile.ZIP_DEFLATED) as z:
          for n in names: z.write('tiny/' + n, n)
      with zipfile.ZipFile('top.zip', 'w') as z:
          for n in names: z.write('tiny/' + n, 'tiny/' + n)
          z.writestr('__MACOSX/tiny/._edges.npy', 'x')
      open('two-members.tar.gz', 'wb').write(gzip.compress(open('flat.tar', 'rb').read()[:700]) + gzip.compress(open('flat.tar', 'rb').read()[700:]))
      os.mkdir('packed')
      for n in names:
          os.makedirs(os.path.dirname('packed/' + n), exist_ok=True)
          raw = open('tiny/' + n, 'rb').read()
          if n == 'labels.npy': open('packed/' + n + '.xz', 'wb').write(lzma.compress(raw))
          elif n == 'features.npy': open('packed/' + n + '.bz2', 'wb').write(bz2.compress(raw))
          else: open('packed/' + n + '.gz', 'wb').write(gzip.compress(raw))
      """, [scratch.path])
    var packings = [
      "top.tar", "flat.tar", "a.tar.gz", "b.tgz", "c.tar.bz2", "d.tar.xz", "a.zip", "top.zip", "two-members.tar.gz",
      "packed", "tiny/",
    ]
    if try run("zstd", ["-q", "top.tar", "-o", "e.tar.zst"], in: scratch.path).code == 0 {
      packings.append("e.tar.zst")
    }
    let plain = try StoreOpener.open(scratch.file("tiny"))
    for packing in packings { try expectEqual(StoreOpener.open(scratch.file(packing)), plain, packing) }
    #expect(try StoreOpener.open(scratch.file("a.tar.gz")).name == "a")
  }

  @Test(.enabled(if: Python.hasNumpy)) func `A stream cut short or damaged is an error and never a smaller graph`()
    throws
  {
    let scratch = try ScratchFolder()
    try writeTinyFolder(scratch.file("tiny"))
    try AtomicFile.write((0..<4000).map { "\($0)\t\(($0 * 7) % 4000)\n" }.joined(), to: scratch.file("edges.tsv"))
    _ = try Python.script(
      """
      import os, sys, shutil, subprocess, gzip, bz2, lzma
      os.chdir(sys.argv[1])
      text = open('edges.tsv', 'rb').read()
      open('edges.tsv.gz', 'wb').write(gzip.compress(text))
      open('edges.tsv.bz2', 'wb').write(bz2.compress(text))
      open('edges.tsv.xz', 'wb').write(lzma.compress(text))
      shutil.make_archive('tiny', 'gztar', '.', 'tiny'); shutil.make_archive('tiny', 'zip', '.', 'tiny'); shutil.make_archive('tiny', 'tar', '.', 'tiny')
      shutil.make_archive('tiny', 'bztar', '.', 'tiny'); shutil.make_archive('tiny', 'xztar', '.', 'tiny')
      """, [scratch.path])
    for name in [
      "edges.tsv.gz", "edges.tsv.bz2", "edges.tsv.xz", "tiny.tar.gz", "tiny.tar.bz2", "tiny.tar.xz", "tiny.zip",
      "tiny.tar",
    ] {
      let whole = try Data(contentsOf: URL(fileURLWithPath: scratch.file(name)))
      _ = try StoreOpener.open(scratch.file(name))
      let size = whole.count
      for length in [1, 5, 11, size / 3, size / 2, size - 9, size - 4, size - 1]
        + (name == "tiny.tar" ? [512, 1024, 2048, 3072] : [])
      {
        let cut = scratch.file("cut-\(name)")
        try whole.prefix(length).write(to: URL(fileURLWithPath: cut))
        let found = failure { _ = try StoreOpener.open(cut) }
        #expect(
          found?.kind == .badData && found?.text.contains("cut-\(name)") == true,
          "\(name) cut to \(length) of \(whole.count)")
      }
    }
    // A wrong checksum at the end of a gzip stream.
    var bytes = try Data(contentsOf: URL(fileURLWithPath: scratch.file("edges.tsv.gz")))
    bytes[bytes.count - 6] ^= 1
    try bytes.write(to: URL(fileURLWithPath: scratch.file("edges.tsv.gz")))
    expectFailure(.badData, ["edges.tsv.gz", "gzip", "damaged"]) {
      _ = try StoreOpener.open(scratch.file("edges.tsv.gz"))
    }
  }

  @Test func `A name that promises something else than the file holds is an error`() throws {
    let scratch = try ScratchFolder()
    try AtomicFile.write("not an array", to: scratch.file("a.npy"))
    expectFailure(.badData, ["a.npy", "promises a NumPy array", "holds text"]) {
      _ = try NumpyArray(path: scratch.file("a.npy"))
    }
    try NumpyArray.write(.floats([1]), shape: [1], to: scratch.file("a.npz"))
    expectFailure(.badData, ["a.npz", "zip", "holds a NumPy array"]) { _ = try StoreOpener.open(scratch.file("a.npz")) }
    try AtomicFile.write("0,1\n", to: scratch.file("edges.csv.gz"))
    expectFailure(.badData, ["edges.csv.gz", "gzip", "holds text"]) {
      _ = try StoreOpener.open(scratch.file("edges.csv.gz"))
    }
    try NumpyArray.write(.floats([1]), shape: [1], to: scratch.file("edges.csv"))
    expectFailure(.badData, ["edges.csv", "promises text", "NumPy array"]) {
      _ = try StoreOpener.open(scratch.file("edges.csv"))
    }
    try AtomicFile.write("", to: scratch.file("empty.csv"))
    expectFailure(.badData, ["empty.csv", "empty"]) { _ = try StoreOpener.open(scratch.file("empty.csv")) }
    expectFailure(.missingInput, ["nowhere", "no such file"]) { _ = try StoreOpener.open(scratch.file("nowhere")) }
    try AtomicFile.write("hello", to: scratch.file("readme.md"))
    expectFailure(.badData, ["readme.md", "folder (", "npz (", "linqs (", "edges ("]) {
      _ = try StoreOpener.open(scratch.file("readme.md"))
    }
    try AtomicFile.makeFolder(scratch.file("nothing"))
    expectFailure(.badData, ["nothing", "no files at all"]) { _ = try StoreOpener.open(scratch.file("nothing")) }
    expectFailure(.usage, ["'gml'", "folder, npz, linqs, "]) {
      _ = try StoreOpener.open(scratch.file("readme.md"), format: "gml")
    }
  }

  @Test(.enabled(if: Python.hasNumpy))
  func `Names that leave an archive are refused, links are passed over and nothing is unpacked to disk`() throws {
    let scratch = try ScratchFolder()
    try writeTinyFolder(scratch.file("tiny"))
    _ = try Python.script(
      """
      import tarfile, zipfile, io, os, sys
      os.chdir(sys.argv[1])
      for name, inside in [('up', '../escaped.txt'), ('deep', 'a/../../escaped.txt'), ('root', '/escaped.txt')]:
          with tarfile.open(name + '.tar', 'w') as t:
              i = tarfile.TarInfo(inside); i.size = 2
              t.addfile(i, io.BytesIO(b'hi'))
          with zipfile.ZipFile(name + '.zip', 'w') as z: z.writestr(inside, 'hi')
      with tarfile.open('linked.tar', 'w') as t:
          t.add('tiny')
          i = tarfile.TarInfo('tiny/texts.jsonl'); i.type = tarfile.SYMTYPE; i.linkname = '/etc/passwd'
          t.addfile(i)
      """, [scratch.path])
    for name in ["up.tar", "deep.tar", "root.tar", "up.zip", "deep.zip", "root.zip"] {
      expectFailure(.badData, [name, "outside the archive"]) { _ = try FileTree(scratch.file(name)) }
    }
    #expect(try !FileTree(scratch.file("linked.tar")).contains("texts.jsonl"))
    #expect(try StoreOpener.open(scratch.file("linked.tar")).nodeCount(of: .node) == 4)
    let left = try FileManager.default.subpathsOfDirectory(atPath: scratch.path).filter { $0.contains("escaped") }
    #expect(left.isEmpty)
  }
}
