import Foundation
import GroveKernels

/// The files of a dump, one after the other, as streams of unpacked bytes: plain, compressed, in archives, in folders.
///
/// Nothing is unpacked to disk; memory does not grow with the files.
struct DumpFiles {
  /// One file to read.
  struct Member: Sendable {
    /// For messages and rejects.
    let place: String
    /// The file's own name without suffixes of compression.
    let name: String
    /// Whether the user named this very file.
    let isNamed: Bool
    fileprivate let origin: Origin
  }

  fileprivate enum Origin: Sendable {
    case file(ByteSource, FileKind)
    case archived(ByteSource, FileKind, inside: String)
  }

  /// All files of the sources, in the order given; those of a folder or archive in natural order of their names.
  let members: [Member]
  /// What was left aside, one sentence each.
  let notes: [String]
  /// Length of all files, packed as they are.
  let byteCount: Int

  /// - Throws: `FileFailure.missing`; `FormatFailure` for empty, damaged or 7z files.
  init(_ paths: [String]) throws {
    var members: [Member] = []
    var notes: [String] = []
    for path in paths { try DumpFiles.add(path, isNamed: true, to: &members, &notes) }
    self.members = members
    self.notes = notes
    byteCount = members.reduce(0) { sum, member in
      guard case .file(let source, _) = member.origin else { return sum }
      return sum + ((try? source.tail(0).size) ?? 0)
    }
  }

  /// Endings of files that may hold records.
  private static let suffixes: Set<String> = ["json", "jsonl", "ndjson", "txt", "tsv", "csv"]
  private static let packings: Set<String> = [
    "gz", "zst", "xz", "bz2", "lz4", "zip", "tar", "tgz", "tzst", "txz", "7z",
  ]

  private static func add(
    _ path: String, isNamed: Bool, to members: inout [Member], _ notes: inout [String]
  ) throws {
    if AtomicFile.isFolder(path) {
      let names: [String]
      do { names = try FileManager.default.contentsOfDirectory(atPath: path) } catch {
        throw FileFailure.unreadable(path: path, code: EACCES)
      }
      for name in names.sorted(by: NaturalOrder.precedes) where !name.hasPrefix(".") {
        let file = path.hasSuffix("/") ? path + name : "\(path)/\(name)"
        if AtomicFile.isFolder(file) || mayHoldRecords(name) {
          try add(file, isNamed: false, to: &members, &notes)
        }
      }
      return
    }
    let source = ByteSource.file(path)
    let kind = FileKind(head: try source.head(FileKind.headCount))
    if kind == .empty, !isNamed {
      notes.append("\(path): is empty and is left out")
      return
    }
    try FileKind.check(kind, named: source.name, at: path)
    let name = source.name
    switch kind {
    case .sevenZip:
      throw FormatFailure.bad(path, "is a 7z archive", do: "unpack it first and give the folder")
    case .zip, .tar: try addMembers(of: source, kind, to: &members)
    case _ where kind.isCompressed:
      let reader = try ArchiveReader(source, kind: kind, single: true)
      guard try reader.next() != nil else { throw FormatFailure.empty(path: path) }
      if FileKind(head: try reader.read(atMost: FileKind.headCount)) == .tar {
        try addMembers(of: source, kind, to: &members)
      } else {
        members.append(
          Member(place: path, name: uncompressed(name), isNamed: isNamed, origin: .file(source, kind)))
      }
    default: members.append(Member(place: path, name: name, isNamed: isNamed, origin: .file(source, kind)))
    }
  }

  private static func addMembers(of source: ByteSource, _ kind: FileKind, to members: inout [Member]) throws {
    let reader = try ArchiveReader(source, kind: kind)
    var inside: [String] = []
    while let name = try reader.next() {
      let last = (name as NSString).lastPathComponent
      if last.hasPrefix(".") || name.contains("__MACOSX") || !mayHoldRecords(last) { continue }
      inside.append(name)
    }
    if inside.isEmpty {
      throw FormatFailure.bad(
        source.place, "holds no file of records",
        do: "expected members ending in .json, .jsonl, .ndjson, .txt, .tsv or .csv")
    }
    for name in inside.sorted(by: NaturalOrder.precedes) {
      members.append(
        Member(
          place: "\(source.place)(\(plain(name)))", name: (name as NSString).lastPathComponent, isNamed: false,
          origin: .archived(source, kind, inside: name)))
    }
  }

  private static func mayHoldRecords(_ name: String) -> Bool {
    let suffix = (name as NSString).pathExtension.lowercased()
    if packings.contains(suffix) {
      let inner = (uncompressed(name) as NSString).pathExtension.lowercased()
      return ["zip", "tar", "tgz", "tzst", "txz", "7z"].contains(suffix) || inner == "tar"
        || mayHoldRecords(unpacked: uncompressed(name))
    }
    return mayHoldRecords(unpacked: name)
  }

  /// As `mayHoldRecords`, for names without an ending of packing: `papers.json`, the parts of a table
  /// (`Papers.txt.1`), and OpenAlex's (`0000_part_00`, `part_000`).
  private static func mayHoldRecords(unpacked name: String) -> Bool {
    let suffix = (name as NSString).pathExtension.lowercased()
    if suffixes.contains(suffix) { return true }
    if suffix.isEmpty { return name.contains("part_") || name.contains("part-") }
    return Int(suffix) != nil && mayHoldRecords((name as NSString).deletingPathExtension)
  }

  private static func uncompressed(_ name: String) -> String {
    packings.contains((name as NSString).pathExtension.lowercased()) ? (name as NSString).deletingPathExtension : name
  }
}

/// The unpacked bytes of one file of a dump.
final class DumpStream {
  private let place: String
  private let handle: FileHandle?
  private let reader: ArchiveReader?

  init(_ member: DumpFiles.Member) throws {
    place = member.place
    switch member.origin {
    case .file(let source, let kind) where kind.isCompressed:
      let reader = try ArchiveReader(source, kind: kind, single: true)
      guard try reader.next() != nil else { throw FormatFailure.empty(path: source.place) }
      self.reader = reader
      handle = nil
    case .file(let source, _):
      guard let opened = FileHandle(forReadingAtPath: source.place) else {
        throw FileFailure.unreadable(path: source.place, code: EACCES)
      }
      posix_fadvise(opened.fileDescriptor, 0, 0, POSIX_FADV_SEQUENTIAL)
      handle = opened
      reader = nil
    case .archived(let source, let kind, let inside):
      let reader = try ArchiveReader(source, kind: kind)
      var next = try reader.next()
      while let name = next, name != inside { next = try reader.next() }
      guard next != nil else {
        throw FormatFailure.bad(place, "is gone from its archive", do: "leave the file alone while it is read")
      }
      self.reader = reader
      handle = nil
    }
  }

  deinit { try? handle?.close() }

  /// Fills `buffer` from the stream.
  ///
  /// - Returns: how many bytes came, fewer than asked for only at the end.
  func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
    var filled = 0
    while filled < buffer.count {
      let rest = UnsafeMutableRawBufferPointer(rebasing: buffer[filled...])
      let got: Int
      if let reader {
        got = try reader.read(into: rest)
      } else if let handle {
        got = Foundation.read(handle.fileDescriptor, rest.baseAddress, rest.count)
        if got < 0 && errno == EINTR { continue }
        if got < 0 { throw FileFailure.unreadable(path: place, code: errno) }
      } else {
        got = 0
      }
      if got == 0 { break }
      filled += got
    }
    return filled
  }
}
