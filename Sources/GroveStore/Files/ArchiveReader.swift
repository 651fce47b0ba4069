import CArchive
import Foundation

/// Members of an archive one after the other, or the one file inside a compressed stream.
///
/// Nothing touches the disk.
///
/// One task at a time; a reader is opened, walked and dropped.
final class ArchiveReader {
  /// No member may be larger: a limit against archives that unfold without end.
  static let largestMember = 16 << 30

  private let handle: OpaquePointer
  private let place: String
  /// Keeps the bytes in place while libarchive reads them.
  private let kept: NSData?

  /// - Parameter single: whether the stream is one compressed file and not an archive of members.
  /// - Throws: `FormatFailure.malformed` where the stream is cut short or damaged.
  init(_ source: ByteSource, kind: FileKind, single: Bool = false) throws {
    place = source.place
    let form = single ? grove_archive_single : grove_archive_members
    let opened: OpaquePointer?
    switch source {
    case .file(let path):
      kept = nil
      opened = grove_archive_open_file(path, form, kind == .gzip)
    case .memory(let data, _, _):
      let bytes = data as NSData
      kept = bytes
      opened = grove_archive_open_memory(bytes.bytes, bytes.length, form, kind == .gzip)
    }
    guard let opened else { throw FormatFailure.bad(place, "cannot be opened (out of memory)", do: "free some memory") }
    handle = opened
    if let reason = failureReason { throw damaged(reason) }
  }

  deinit { grove_archive_close(handle) }

  /// The next file's name, or nil at the end; folders and links are passed over.
  func next() throws -> String? {
    while true {
      switch grove_archive_next(handle) {
      case grove_entry_end: return nil
      case grove_entry_file:
        guard let name = grove_archive_entry_name(handle) else {
          throw FormatFailure.bad(place, "a member's name cannot be read", do: "pack it again with plain names")
        }
        return String(cString: name)
      case grove_entry_other: continue
      default: throw damaged(failureReason ?? "the archive is damaged")
      }
    }
  }

  /// Bytes of the present member: all of them, or the first `count`.
  ///
  /// The buffer grows as bytes really arrive.
  func read(atMost count: Int = .max) throws -> Data {
    var data = Data()
    var piece = [UInt8](repeating: 0, count: min(count, 1 << 18))
    while data.count < count {
      let wanted = min(piece.count, count - data.count)
      let got = piece.withUnsafeMutableBytes { grove_archive_read(handle, $0.baseAddress, wanted) }
      if got < 0 { throw damaged(failureReason ?? "the member is damaged") }
      if got == 0 { break }
      data.append(contentsOf: piece[0..<got])
      if data.count > ArchiveReader.largestMember { throw tooLarge }
    }
    return data
  }

  /// Calls `body` with the bytes of the present member, piece by piece.
  func forEachPiece(_ body: (ArraySlice<UInt8>) throws -> Void) throws {
    var piece = [UInt8](repeating: 0, count: 1 << 18)
    var total = 0
    while true {
      let got = try piece.withUnsafeMutableBytes { try read(into: $0) }
      if got == 0 { return }
      total += got
      guard total <= ArchiveReader.largestMember else { throw tooLarge }
      try body(piece[..<got])
    }
  }

  /// The next bytes of the present member: how many, 0 at its end.
  func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
    let got = grove_archive_read(handle, buffer.baseAddress, buffer.count)
    if got < 0 { throw damaged(failureReason ?? "the member is damaged") }
    return got
  }

  /// Unpacks a compressed stream to its end and forgets it, so that all of its checksums are compared: a tar ends
  /// before the stream it is packed in.
  static func verify(_ source: ByteSource, kind: FileKind) throws {
    let reader = try ArchiveReader(source, kind: kind, single: true)
    guard try reader.next() != nil else { throw FormatFailure.empty(path: source.place) }
    var piece = [UInt8](repeating: 0, count: 1 << 18)
    while true {
      let got = piece.withUnsafeMutableBytes { grove_archive_read(reader.handle, $0.baseAddress, $0.count) }
      if got < 0 { throw reader.damaged(reader.failureReason ?? "the stream is damaged") }
      if got == 0 { return }
    }
  }

  private var tooLarge: FormatFailure {
    .bad(place, "a member is larger than \(ArchiveReader.largestMember >> 30) GiB", do: "give it unpacked")
  }

  private var failureReason: String? { grove_archive_error(handle).map { plain(String(cString: $0)) } }

  private func damaged(_ reason: String) -> FormatFailure {
    .bad(place, "cannot be unpacked: \(reason)", do: "it is cut short or damaged, fetch it again")
  }
}
