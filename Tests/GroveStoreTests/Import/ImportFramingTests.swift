import Foundation
import GroveGraphs
import GroveKernels
import TestSupport
import Testing

@testable import GroveStore

/// Checks 1–6 of the formats' conformance list: how records lie in files.
@Suite struct ImportFramingTests {
  /// Check 1.
  @Test func `an array with a record a line reads alike with any commas and line ends`() throws {
    let lines = chainLines(40)
    let plain = try ImportedDump(lines.joined(separator: "\n"))
    for ending in ["\n", "\r\n"] {
      let leading = "[" + ending + lines.joined(separator: ending + ",") + ending + "]" + ending
      let trailing = "[" + ending + lines.joined(separator: "," + ending) + ending + "]"
      for (name, text) in [("leading", leading), ("trailing", trailing)] {
        let imported = try ImportedDump(text)
        #expect(imported.report.records == 40 && imported.report.bad == 0, "\(name)")
        #expect(imported.report.warnings.isEmpty, "\(imported.report.warnings)")
        #expect(imported.store.snapshot == plain.store.snapshot, "\(name)")
      }
      let cut = try ImportedDump("[" + ending + lines.joined(separator: ending + ",") + ending)
      #expect(cut.store.snapshot == plain.store.snapshot && cut.report.records == 40 && cut.report.bad == 0)
      #expect(cut.report.warnings.count == 1 && cut.report.warnings[0].contains("cut short"))
    }
  }

  /// Check 1, for the end of a file at the end of a batch.
  @Test func `an array that ends with a batch is not taken for a cut one`() throws {
    for spare in 0...3 {
      var text = "[\n" + chainLines(10).joined(separator: "\n,") + "\n,"
      let last = #"{"id":"last","abstract":"x"}"#
      let filling = DumpReader.batchSize - text.utf8.count - last.utf8.count - "\n]\n".utf8.count + 1 - spare
      text += last.replacingOccurrences(of: "x", with: String(repeating: "x", count: filling)) + "\n]\n"
      let imported = try ImportedDump(text)
      #expect(imported.report.records == 11 && imported.report.bad == 0)
      #expect(imported.report.warnings.isEmpty, "\(spare): \(imported.report.warnings)")
    }
  }

  /// Check 2.
  @Test func `an array on one line or over many is the same graph as lines`() throws {
    let lines = chainLines(25) + [#"{"id":"o","title":"{[\"}","venue":{"raw":"A, B"},"authors":[{"id":"x"}]}"#]
    let plain = try ImportedDump(lines.joined(separator: "\n"))
    let objects = try lines.map { try JSONSerialization.jsonObject(with: Data($0.utf8)) }
    let pretty = try JSONSerialization.data(withJSONObject: objects, options: .prettyPrinted)
    let texts: [String] = [
      "[" + lines.joined(separator: ",") + "]", "[ " + lines.joined(separator: " , ") + " ]\n",
      String(decoding: pretty, as: UTF8.self), lines.joined(separator: ""),
    ]
    for text in texts {
      let imported = try ImportedDump(text)
      #expect(imported.report.records == 26 && imported.report.bad == 0 && imported.report.warnings.isEmpty)
      #expect(imported.store.snapshot == plain.store.snapshot, "\(text.prefix(20))")
    }
  }

  /// Check 3.
  @Test func `blank and short lines, a byte order mark and a missing last line end lose and invent nothing`() throws {
    let lines = chainLines(12)
    let plain = try ImportedDump(lines.joined(separator: "\n") + "\n")
    let texts: [String] = [
      lines.joined(separator: "\n"), lines.joined(separator: "\n\n\n"), "\u{feff}" + lines.joined(separator: "\n"),
      "\n\n" + lines.joined(separator: "\n{}\n"), lines.joined(separator: "\nx\n[]\n \n,\n") + "\n\n",
      "\u{feff}[\n" + lines.joined(separator: ",\n") + "\n]", lines.joined(separator: "\r\n") + "\r\n",
    ]
    for text in texts {
      let imported = try ImportedDump(text)
      #expect(imported.report.records == 12 && imported.report.bad == 0, "\(text.prefix(12))")
      #expect(imported.store.snapshot == plain.store.snapshot, "\(text.prefix(12))")
    }
  }

  /// Check 4.
  @Test func `a malformed line among a thousand is left out and told by number`() throws {
    var lines = chainLines(1000)
    lines[499] = #"{"id":"p500","title":"cut o"#
    let imported = try ImportedDump(lines.joined(separator: "\n"))
    #expect(imported.report.records == 999 && imported.report.bad == 1)
    #expect(imported.report.badLines == [500] && imported.report.badPlaces[0].contains("dump.json:500: not JSON"))
    #expect(imported.report.dangling == 2, "to paper 0, and to the one that was left out")
    let rejects = try String(
      contentsOfFile: "\(imported.store.path)/\(#require(imported.report.rejects))", encoding: .utf8)
    #expect(rejects.contains("dump.json\t500\t") && rejects.contains("cut o"))
    var strict = StoreImporter.Options()
    strict.isStrict = true
    expectFailure(.badData, ["dump.json", "line 500", "--strict"]) {
      _ = try ImportedDump(lines.joined(separator: "\n"), strict)
    }
    _ = try ImportedDump(chainLines(1000).joined(separator: "\n"), strict)
  }

  @Test func `line numbers are right in later batches and files`() throws {
    let filling = String(repeating: "x", count: 3000)
    func text(bad: Set<Int>) -> String {
      let lines = (1...4000).map { number -> String in
        let start = "{\"id\":\(number)"
        return bad.contains(number) ? start : start + ",\"abstract\":\"\(filling)\"}"
      }
      return lines.joined(separator: "\n")
    }
    let imported = try ImportedDump([("a.json", text(bad: [3999])), ("b.json", text(bad: [1, 2, 2500, 3000, 4000]))])
    #expect(imported.report.bad == 6 && imported.report.badLines == [3999, 1, 2, 2500, 3000])
    #expect(imported.report.duplicates == 3994 && imported.store.nodeCount(of: AcademicSchema.paper) == 4000)
    var strict = StoreImporter.Options()
    strict.isStrict = true
    expectFailure(.badData, ["dump.json", "line 3998"]) { _ = try ImportedDump(text(bad: [3998]), strict) }
  }

  /// Check 5.
  @Test(.enabled(if: Python.hasNumpy)) func `packed dumps read whole and in order of names`() throws {
    let scratch = try ScratchFolder()
    let lines = chainLines(30)
    try AtomicFile.write(Data((lines.joined(separator: "\n") + "\n").utf8), to: scratch.file("plain.json"))
    _ = try Python.script(
      """
      import gzip, io, os, sys, zipfile
      os.chdir(sys.argv[1])
      lines = open('plain.json', 'rb').read().splitlines(keepends=True)
      parts = [b''.join(lines[i:i + 10]) for i in (0, 10, 20)]
      open('two.json.gz', 'wb').write(gzip.compress(parts[0]) + gzip.compress(parts[1] + parts[2]))
      with zipfile.ZipFile('three.zip', 'w', zipfile.ZIP_DEFLATED) as z:
          for i in (2, 0, 1): z.writestr(f'papers_{[1, 2, 10][i]}.txt', parts[i])
      with zipfile.ZipFile('long.zip', 'w', zipfile.ZIP_DEFLATED) as z:
          for i in range(3):
              with z.open(f'papers_{i}.txt', 'w', force_zip64=True) as member: member.write(parts[i])
      class Stream(io.RawIOBase):
          def __init__(self, f): self.f = f
          def writable(self): return True
          def write(self, data): return self.f.write(data)
      with open('streamed.zip', 'wb') as f, zipfile.ZipFile(Stream(f), 'w', zipfile.ZIP_DEFLATED) as z:
          for i in range(3): z.writestr(f'papers_{i}.txt', parts[i])
      assert open('streamed.zip', 'rb').read()[6] & 8
      open('seven.7z', 'wb').write(bytes([0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c]) + bytes(60))
      """, [scratch.path])
    let plain = try ImportedDump([scratch.file("plain.json")])
    for name in ["two.json.gz", "three.zip", "long.zip", "streamed.zip"] {
      let imported = try ImportedDump([scratch.file(name)])
      #expect(imported.store.snapshot == plain.store.snapshot, "\(name)")
      let ids = try imported.store.nodeIDs(of: AcademicSchema.paper)
      #expect(try ids == plain.store.nodeIDs(of: AcademicSchema.paper), "\(name)")
      #expect(imported.report.bytesRead == plain.report.bytesRead, "\(name)")
    }
    expectFailure(.badData, ["seven.7z", "unpack it first"]) { _ = try ImportedDump([scratch.file("seven.7z")]) }
  }

  /// Check 6.
  @Test(arguments: ["\n", ","]) func `a record of 20 MB on one line overflows nothing`(separator: String) throws {
    let long = #"{"id":"long","abstract":"\#(String(repeating: "long ", count: 4_000_000))end"}"#
    let lines = chainLines(3) + [long] + chainLines(5).suffix(2)
    let text = separator == "," ? "[" + lines.joined(separator: separator) + "]" : lines.joined(separator: separator)
    let imported = try ImportedDump(text)
    #expect(imported.report.records == 6 && imported.report.bad == 0)
    #expect(try imported.texts("long")["abstract"]?.utf8.count == 20_000_003)
    let alone = try ImportedDump(long)
    #expect(alone.report.records == 1 && alone.report.abstracts == 1)
  }
}
