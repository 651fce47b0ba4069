import CArchive
import Foundation
import GroveKernels

/// Files compressed with gzip as they are written.
enum GzipFile {
  /// Writes a file through a sink, whole or not at all; equal bytes in give equal bytes out.
  ///
  /// - Throws: as `AtomicFile.write`.
  static func write(to path: String, _ body: (inout GzipSink) throws -> Void) throws {
    try AtomicFile.write(to: path) { sink in
      var gzip = try GzipSink(sink, path: path)
      defer { gzip.close() }
      try body(&gzip)
      sink = try gzip.finish()
    }
  }
}

/// Bytes on their way into a gzip stream.
struct GzipSink {
  private static let pieceCount = 1 << 16

  private var sink: ByteSink
  private let path: String
  private let stream: OpaquePointer
  private var pending: [UInt8] = []
  private var compressed = [UInt8](repeating: 0, count: pieceCount)

  fileprivate init(_ sink: ByteSink, path: String) throws {
    guard let stream = grove_gzip_create() else { throw FileFailure.cannotWrite(path: path, code: ENOMEM) }
    self.sink = sink
    self.path = path
    self.stream = stream
    pending.reserveCapacity(2 * GzipSink.pieceCount)
  }

  /// Appends bytes, compressed once a piece of them is there.
  mutating func write(_ bytes: [UInt8]) throws {
    pending.append(contentsOf: bytes)
    if pending.count >= GzipSink.pieceCount { try send(isLast: false) }
  }

  /// Appends text as UTF-8.
  mutating func write(_ text: String) throws {
    pending.append(contentsOf: text.utf8)
    if pending.count >= GzipSink.pieceCount { try send(isLast: false) }
  }

  fileprivate mutating func finish() throws -> ByteSink {
    try send(isLast: true)
    return sink
  }

  fileprivate func close() { grove_gzip_close(stream) }

  private mutating func send(isLast: Bool) throws {
    while true {
      var (taken, given) = (0, 0)
      let status = grove_gzip_step(
        stream, pending, pending.count, isLast, &compressed, compressed.count, &taken, &given)
      guard status >= 0 else { throw FileFailure.cannotWrite(path: path, code: EIO) }
      if given > 0 { try sink.write(compressed[..<given]) }
      pending.removeFirst(taken)
      if status == 1 || !isLast && pending.isEmpty { return }
    }
  }
}
