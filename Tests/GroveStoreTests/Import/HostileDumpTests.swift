import Foundation
import GroveGraphs
import GroveKernels
import TestSupport
import Testing

@testable import GroveStore

/// Dumps that are made to do harm, and packings that are seldom met.
@Suite(.enabled(if: Python.hasNumpy)) struct HostileDumpTests {
  @Test func `a bomb is refused in bounded memory`() throws {
    let scratch = try ScratchFolder()
    _ = try Python.script(
      """
      import gzip, os, sys
      os.chdir(sys.argv[1])
      block = b'x' * (1 << 20)
      with gzip.open('record.json.gz', 'wb', 1) as f:
          f.write(b'{"id":"a","title":"')
          for _ in range(600): f.write(block)
      with gzip.open('zeros.json.gz', 'wb', 1) as f:
          for _ in range(600): f.write(bytes(1 << 20))
      """, [scratch.path])
    for name in ["record.json.gz", "zeros.json.gz"] {
      expectFailure(.badData, [name, "holds more than 256 MiB without the end of a record"]) {
        _ = try ImportedDump([scratch.file(name)])
      }
    }
  }

  @Test func `names that leave an archive write nothing outside, links are passed over`() throws {
    let scratch = try ScratchFolder()
    _ = try Python.script(
      """
      import io, os, sys, tarfile, zipfile
      os.chdir(sys.argv[1])
      line = b'{"id":"a","title":"A"}\\n'
      for name, inside in [('up', '../papers.json'), ('root', '/papers.json')]:
          with tarfile.open(name + '.tar', 'w') as t:
              i = tarfile.TarInfo(inside); i.size = len(line)
              t.addfile(i, io.BytesIO(line))
          with zipfile.ZipFile(name + '.zip', 'w') as z: z.writestr(inside, line)
      with tarfile.open('linked.tar', 'w') as t:
          i = tarfile.TarInfo('papers.json'); i.size = len(line)
          t.addfile(i, io.BytesIO(line))
          i = tarfile.TarInfo('more.json'); i.type = tarfile.SYMTYPE; i.linkname = '/etc/passwd'
          t.addfile(i)
      """, [scratch.path])
    // Members are streams here: their names are no paths of anything.
    for name in ["up.tar", "root.tar", "up.zip", "root.zip"] {
      #expect(try ImportedDump([scratch.file(name)]).ids() == ["a"], "\(name)")
    }
    #expect(try ImportedDump([scratch.file("linked.tar")]).ids() == ["a"])
    let left = try FileManager.default.subpathsOfDirectory(atPath: scratch.path).filter { $0.hasSuffix("papers.json") }
    #expect(left.isEmpty)
  }

  @Test(arguments: ["xz", "bz2", "lzma"]) func `dumps in rarer packings are read`(packing: String) throws {
    let scratch = try ScratchFolder()
    try AtomicFile.write(Data(chainLines(30).joined(separator: "\n").utf8), to: scratch.file("plain.json"))
    _ = try Python.script(
      """
      import bz2, lzma, os, sys
      os.chdir(sys.argv[1])
      data = open('plain.json', 'rb').read()
      packed = {'xz': lzma.compress, 'bz2': bz2.compress, 'lzma': lambda d: lzma.compress(d, lzma.FORMAT_ALONE)}
      open('papers.json.' + sys.argv[2], 'wb').write(packed[sys.argv[2]](data))
      """, [scratch.path, packing])
    let plain = try ImportedDump([scratch.file("plain.json")])
    if packing == "lzma" {
      // The old form has no mark to tell it by.
      expectFailure(.badData, ["papers.json.lzma"]) { _ = try ImportedDump([scratch.file("papers.json.lzma")]) }
    } else {
      #expect(try ImportedDump([scratch.file("papers.json.\(packing)")]).store.snapshot == plain.store.snapshot)
    }
  }

  @Test func `bytes that are not UTF-8 make a bad record and no more`() throws {
    let scratch = try ScratchFolder()
    let lines = chainLines(3).map { Data($0.utf8) }
    var data = lines[0] + Data("\n{\"id\":\"x\",\"title\":\"".utf8) + Data([0xff, 0xfe]) + Data("\"}\n".utf8)
    data += lines[1] + Data("\n".utf8) + lines[2]
    try AtomicFile.write(data, to: scratch.file("a.json"))
    let imported = try ImportedDump([scratch.file("a.json")])
    #expect(try imported.ids() == ["p1", "p2", "p3"] && imported.report.bad == 1 && imported.report.badLines == [2])
  }
}
