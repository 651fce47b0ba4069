public import Foundation

/// Files that appear whole or not at all: written beside their place, synced, renamed over it.
public enum AtomicFile {
  /// Writes a file through a sink; a throw inside leaves the old file as it was and no trace of the new one.
  ///
  /// - Throws: `FileFailure.cannotCreate` or `.cannotWrite`, or what `body` throws.
  public static func write(to path: String, _ body: (inout ByteSink) throws -> Void) throws {
    let temporary = path + ".\(getpid()).partial"
    let descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw FileFailure.cannotCreate(path: path, code: errno) }
    do {
      var sink = ByteSink(descriptor: descriptor, path: path)
      try body(&sink)
      try sink.flush()
      guard fsync(descriptor) == 0 else { throw FileFailure.cannotWrite(path: path, code: errno) }
    } catch {
      close(descriptor)
      unlink(temporary)
      throw error
    }
    guard close(descriptor) == 0, rename(temporary, path) == 0 else {
      let code = errno
      unlink(temporary)
      throw FileFailure.cannotWrite(path: path, code: code)
    }
    synchronizeFolder(of: path)
  }

  /// Writes bytes that are at hand.
  public static func write(_ bytes: Data, to path: String) throws {
    try write(to: path) { sink in try bytes.withUnsafeBytes { try sink.write($0) } }
  }

  /// Writes text as UTF-8.
  public static func write(_ text: String, to path: String) throws { try write(Data(text.utf8), to: path) }

  /// Makes a folder and those above it; an existing one is fine.
  public static func makeFolder(_ path: String) throws {
    do {
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    } catch {
      throw FileFailure.cannotCreate(path: path, code: errno == 0 ? EIO : errno)
    }
  }

  /// Whether a folder lies there.
  public static func isFolder(_ path: String) -> Bool {
    var isFolder: ObjCBool = false
    return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && isFolder.boolValue
  }

  /// The rename itself reaches the disk.
  ///
  /// A file system that cannot sync folders is left to its own habits.
  private static func synchronizeFolder(of path: String) {
    let folder = (path as NSString).deletingLastPathComponent
    let descriptor = open(folder.isEmpty ? "." : folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { return }
    fsync(descriptor)
    close(descriptor)
  }
}

/// Buffered bytes into a file being written.
public struct ByteSink {
  private let descriptor: Int32
  private let path: String
  private var pending: [UInt8] = []

  init(descriptor: Int32, path: String) {
    self.descriptor = descriptor
    self.path = path
    pending.reserveCapacity(1 << 16)
  }

  /// Appends raw bytes, sent on once 64 KiB are waiting.
  public mutating func write(_ bytes: UnsafeRawBufferPointer) throws {
    if bytes.count >= 1 << 16 {
      try flush()
      try send(bytes)
    } else {
      pending.append(contentsOf: bytes)
      if pending.count >= 1 << 16 { try flush() }
    }
  }

  /// Appends bytes from any collection.
  public mutating func write(_ bytes: some Collection<UInt8>) throws {
    if try bytes.withContiguousStorageIfAvailable({ try write(UnsafeRawBufferPointer($0)) }) != nil { return }
    try Array(bytes).withUnsafeBytes { try write($0) }
  }

  /// Appends text as UTF-8.
  public mutating func write(_ text: String) throws {
    var text = text
    try text.withUTF8 { try write(UnsafeRawBufferPointer($0)) }
  }

  /// Sends what is still waiting to the file.
  public mutating func flush() throws {
    try pending.withUnsafeBytes { try send($0) }
    pending.removeAll(keepingCapacity: true)
  }

  private func send(_ bytes: UnsafeRawBufferPointer) throws {
    var sent = 0
    while sent < bytes.count {
      let count = Foundation.write(descriptor, bytes.baseAddress! + sent, bytes.count - sent)
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else { throw FileFailure.cannotWrite(path: path, code: count < 0 ? errno : ENOSPC) }
      sent += count
    }
  }
}
