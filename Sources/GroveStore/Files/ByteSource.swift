import Foundation
import GroveKernels

/// Bytes that can be opened more than once: a file, or bytes at hand under the name of their place.
enum ByteSource: Sendable {
  case file(String)
  case memory(Data, name: String, place: String)

  /// For messages.
  var place: String {
    switch self {
    case .file(let path): path
    case .memory(_, _, let place): place
    }
  }

  /// The file's own name, whose extension promises its kind.
  var name: String {
    switch self {
    case .file(let path): (path as NSString).lastPathComponent
    case .memory(_, let name, _): (name as NSString).lastPathComponent
    }
  }

  /// All bytes.
  func bytes() throws -> Data {
    switch self {
    case .memory(let data, _, _): return data
    case .file(let path):
      let handle = try ByteSource.open(path)
      defer { try? handle.close() }
      do {
        return try handle.readToEnd() ?? Data()
      } catch {
        throw FileFailure.unreadable(path: path, code: errno == 0 ? EIO : errno)
      }
    }
  }

  /// Calls `body` with all bytes, piece by piece.
  func forEachPiece(_ body: (ArraySlice<UInt8>) throws -> Void) throws {
    guard case .file(let path) = self else { return try body(ArraySlice([UInt8](try bytes()))) }
    let handle = try ByteSource.open(path)
    defer { try? handle.close() }
    while true {
      let piece: Data?
      do { piece = try handle.read(upToCount: 1 << 20) } catch {
        throw FileFailure.unreadable(path: path, code: errno == 0 ? EIO : errno)
      }
      guard let piece, !piece.isEmpty else { return }
      try body(ArraySlice([UInt8](piece)))
    }
  }

  /// The first bytes, at most `count`.
  func head(_ count: Int) throws -> Data {
    switch self {
    case .memory(let data, _, _): return data.prefix(count)
    case .file(let path):
      let handle = try ByteSource.open(path)
      defer { try? handle.close() }
      do {
        return try handle.read(upToCount: count) ?? Data()
      } catch {
        throw FileFailure.unreadable(path: path, code: errno == 0 ? EIO : errno)
      }
    }
  }

  /// How many bytes there are, and the last of them, at most `count`.
  func tail(_ count: Int) throws -> (size: Int, bytes: Data) {
    switch self {
    case .memory(let data, _, _): return (data.count, data.suffix(count))
    case .file(let path):
      let handle = try ByteSource.open(path)
      defer { try? handle.close() }
      do {
        let size = try handle.seekToEnd()
        try handle.seek(toOffset: size > UInt64(count) ? size - UInt64(count) : 0)
        return (Int(size), try handle.readToEnd() ?? Data())
      } catch {
        throw FileFailure.unreadable(path: path, code: errno == 0 ? EIO : errno)
      }
    }
  }

  private static func open(_ path: String) throws -> FileHandle {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
      throw FileFailure.missing(path: path)
    }
    if isFolder.boolValue { throw FileFailure.unreadable(path: path, code: EISDIR) }
    guard let handle = FileHandle(forReadingAtPath: path) else {
      throw FileFailure.unreadable(path: path, code: EACCES)
    }
    return handle
  }
}
