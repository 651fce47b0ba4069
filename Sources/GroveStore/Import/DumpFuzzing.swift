import Foundation
import GroveKernels

/// Entry points for fuzzers of dumps: bytes through everything that an import does before it joins.
enum DumpFuzzing {
  /// A folder of this process for the files that readers want.
  private static let folder: String = {
    let path = "\(NSTemporaryDirectory())/grove-fuzz-\(ProcessInfo.processInfo.processIdentifier)"
    try? FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    return path
  }()

  /// Reads a dump of one file with these bytes.
  static func read(_ bytes: [UInt8], named name: String) throws {
    let path = "\(folder)/\(name)"
    try AtomicFile.write(Data(bytes), to: path)
    let files = try DumpFiles([path])
    let streams = ImportStreams(in: folder, memory: 1 << 24)
    var worker = try ImportWorker(streams, ImportWorker.Options())
    let reader = DumpReader(files, firstIndex: 0)
    let batch = DumpBatch()
    while try reader.next(batch) {
      try worker.read(batch, place: path)
      _ = streams.rows.next()
    }
    try worker.finish()
  }

  /// Opens an archive of these bytes and reads every file in it.
  static func readArchive(_ bytes: [UInt8]) throws {
    let path = "\(folder)/fuzz.zip"
    try AtomicFile.write(Data(bytes), to: path)
    let tree = try FileTree(path)
    for name in tree.names { _ = try tree.bytes(of: name) }
  }
}
