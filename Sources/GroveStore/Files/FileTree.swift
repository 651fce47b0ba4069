public import Foundation
import GroveKernels

/// Relative names and their bytes, whether they lie in a folder, an archive, a compressed file or a plain file.
///
/// Names of compressed members lose that suffix (`cora.content.gz` is seen as `cora.content`), and a folder common to
/// all members of an archive is left out, so every format reads from any packing. Bytes of folders and zips are read
/// when asked for; those of compressed tars are unpacked at once, in memory. Links inside archives are passed over,
/// names that leave the archive are refused, and a file that is not what its extension promises is an error.
public struct FileTree: Sendable {
  /// The path as given.
  public let path: String
  /// Relative names, sorted; folders in a folder are listed down to the fourth level.
  public let names: [String]
  /// Whether `path` is a folder of the file system.
  public let isFolder: Bool
  private let members: [String: Member]

  /// Where a member's bytes are.
  private enum Member: Sendable {
    case source(ByteSource)
    case archived(in: ByteSource, kind: FileKind, name: String)
  }

  /// Opens a folder, an archive or a single file.
  ///
  /// - Throws: `FileFailure.missing`, or `FormatFailure` where the file is empty, damaged or wrongly named.
  public init(_ path: String) throws {
    var isDirectory: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) else {
      throw FileFailure.missing(path: path)
    }
    if isDirectory.boolValue {
      self.init(path: path, isFolder: true, members: try FileTree.members(ofFolder: path))
    } else {
      self.init(path: path, isFolder: false, members: try FileTree.members(ofFile: path))
    }
  }

  /// Files from anywhere under the names a format looks for.
  ///
  ///     let tree = FileTree(named: "E.csv", files: ["edges.csv": "/data/E.csv", "features.npy": "/data/X.npy"])
  public init(named path: String, files: [String: String]) throws {
    var members: [String: Member] = [:]
    for (name, file) in files {
      guard FileManager.default.fileExists(atPath: file) else { throw FileFailure.missing(path: file) }
      members[FileTree.uncompressedName(name)] = .source(.file(file))
    }
    self.init(path: path, isFolder: false, members: members)
  }

  /// Bytes at hand under the names a format looks for.
  init(named path: String, contents: [String: Data]) {
    self.init(
      path: path, isFolder: false,
      members: Dictionary(
        uniqueKeysWithValues: contents.map { name, bytes in
          (FileTree.uncompressedName(name), .source(.memory(bytes, name: name, place: "\(path)/\(name)")))
        }))
  }

  private init(path: String, isFolder: Bool, members: [String: Member]) {
    self.path = path
    self.isFolder = isFolder
    self.members = members
    names = members.keys.sorted()
  }

  /// Whether there is a member of that name.
  public func contains(_ name: String) -> Bool { members[name] != nil }

  /// How messages call a member: the file's own path where it has one.
  public func place(of name: String) -> String {
    switch members[name] {
    case .source(let source): source.place
    case .archived(let source, _, let inside): "\(source.place)(\(inside))"
    case nil: isFolder ? "\(path)/\(name)" : "\(path)(\(name))"
    }
  }

  /// The bytes of a member, unpacked.
  ///
  /// - Throws: `FormatFailure.missingPart` where there is none; `.empty`, `.wrongExtension` or `.malformed`.
  public func bytes(of name: String) throws -> Data {
    guard let member = members[name] else {
      throw FormatFailure.missingPart(path: path, part: name, advice: "add the file")
    }
    let source: ByteSource
    switch member {
    case .source(let known): source = known
    case .archived(let archive, let kind, let inside):
      let reader = try ArchiveReader(archive, kind: kind)
      var found: Data?
      while found == nil, let next = try reader.next() { if next == inside { found = try reader.read() } }
      guard let found else {
        throw FormatFailure.bad(
          archive.place, "member \(quoted(inside)) is gone", do: "leave the file alone while it is read")
      }
      source = .memory(found, name: inside, place: place(of: name))
    }
    return try FileTree.unpacked(source, inner: name)
  }

  /// Calls `body` with the bytes of a member, unpacked, piece by piece; those of a zip's members come at once.
  ///
  /// - Throws: as `bytes(of:)`; what `body` throws.
  func forEachPiece(of name: String, _ body: (ArraySlice<UInt8>) throws -> Void) throws {
    guard case .source(let source)? = members[name] else {
      return try body(ArraySlice([UInt8](try bytes(of: name))))
    }
    let kind = FileKind(head: try source.head(FileKind.headCount))
    try FileKind.check(kind, named: source.name, at: source.place)
    guard kind.isCompressed else { return try source.forEachPiece(body) }
    let reader = try ArchiveReader(source, kind: kind, single: true)
    guard try reader.next() != nil else { throw FormatFailure.empty(path: source.place) }
    var isFirst = true
    try reader.forEachPiece { piece in
      if isFirst {
        let head = FileKind(head: Data(piece.prefix(FileKind.headCount)))
        try FileKind.check(head, named: name == source.name ? "" : name, at: source.place)
        isFirst = false
      }
      try body(piece)
    }
    if isFirst { throw FormatFailure.empty(path: source.place) }
  }

  /// The bytes of the only member of a tree that is one file.
  func onlyMember() throws -> Data {
    guard let name = names.first, names.count == 1 else {
      throw FormatFailure.bad(path, "holds \(names.count) files, expected one", do: "give the file itself")
    }
    return try bytes(of: name)
  }

  /// The first bytes of a member, unpacked, at most `count`; none where it cannot be read.
  func head(of name: String, _ count: Int) -> [UInt8] {
    do {
      switch members[name] {
      case .source(let source):
        let kind = FileKind(head: try source.head(FileKind.headCount))
        guard kind.isCompressed else { return [UInt8](try source.head(count)) }
        let reader = try ArchiveReader(source, kind: kind, single: true)
        return try reader.next() == nil ? [] : [UInt8](try reader.read(atMost: count))
      case .archived(let archive, let kind, let inside):
        let reader = try ArchiveReader(archive, kind: kind)
        while let next = try reader.next() {
          if next == inside { return [UInt8](try reader.read(atMost: count)) }
        }
        return []
      case nil: return []
      }
    } catch {
      return []
    }
  }

  /// The bytes of a member as text in UTF-8, without a byte-order mark.
  func text(of name: String) throws -> [UInt8] {
    let bytes = [UInt8](try bytes(of: name))
    return bytes.starts(with: [0xef, 0xbb, 0xbf]) ? Array(bytes.dropFirst(3)) : bytes
  }

  // MARK: - Opening

  private static let compressions: Set<String> = ["gz", "zst", "xz", "bz2", "lz4"]

  /// `a.csv.gz` → `a.csv`; other names stay.
  static func uncompressedName(_ name: String) -> String {
    let suffix = (name as NSString).pathExtension.lowercased()
    guard compressions.contains(suffix) else { return name }
    let inner = (name as NSString).deletingPathExtension
    return inner.isEmpty ? name : inner
  }

  /// Bytes of a member, decompressed where they are compressed.
  private static func unpacked(_ source: ByteSource, inner: String) throws -> Data {
    let kind = FileKind(head: try source.head(FileKind.headCount))
    try FileKind.check(kind, named: source.name, at: source.place)
    let promise = FileKind.promise(ofExtension: (source.name as NSString).pathExtension.lowercased())
    guard kind.isCompressed, promise == nil || promise?.kinds == [kind] else { return try source.bytes() }
    let reader = try ArchiveReader(source, kind: kind, single: true)
    guard try reader.next() != nil else { throw FormatFailure.empty(path: source.place) }
    let bytes = try reader.read()
    let head = FileKind(head: bytes.prefix(FileKind.headCount))
    try FileKind.check(head, named: inner == source.name ? "" : inner, at: source.place)
    return bytes
  }

  private static func members(ofFolder path: String) throws -> [String: Member] {
    var members: [String: Member] = [:]
    func list(_ folder: String, prefix: String, levels: Int) throws {
      let names: [String]
      do {
        names = try FileManager.default.contentsOfDirectory(atPath: folder)
      } catch {
        throw FileFailure.unreadable(path: folder, code: EACCES)
      }
      // Compressed files first, so that a plain file of the same name takes their place.
      for name in names.sorted(by: { uncompressedName($0) != $0 && uncompressedName($1) == $1 || $0 < $1 }) {
        if name.hasPrefix(".") { continue }
        let file = "\(folder)/\(name)"
        var isDirectory: ObjCBool = false
        guard FileManager.default.fileExists(atPath: file, isDirectory: &isDirectory) else { continue }
        if isDirectory.boolValue {
          if levels > 0 { try list(file, prefix: "\(prefix)\(name)/", levels: levels - 1) }
        } else {
          let shown = uncompressedName(name)
          if shown != name, members[prefix + shown] != nil { continue }
          members[prefix + shown] = .source(.file(file))
        }
      }
    }
    try list(path.hasSuffix("/") && path.count > 1 ? String(path.dropLast()) : path, prefix: "", levels: 4)
    return members
  }

  private static func members(ofFile path: String) throws -> [String: Member] {
    let source = ByteSource.file(path)
    let kind = FileKind(head: try source.head(FileKind.headCount))
    try FileKind.check(kind, named: source.name, at: path)
    let name = (path as NSString).lastPathComponent
    let suffix = (name as NSString).pathExtension.lowercased()
    if kind == .zip && suffix == "npz" { return [name: .source(source)] }
    if kind == .zip || kind == .sevenZip { return try members(of: source, kind: kind, lazily: true) }
    if kind == .tar {
      // Readers take a tar that ends between two members for whole; its writers end it with two blocks of zeros.
      let (size, tail) = try source.tail(1024)
      guard size % 512 == 0, tail.count == 1024, tail.allSatisfy({ $0 == 0 }) else {
        throw FormatFailure.bad(path, "has no end-of-archive mark", do: "it is cut short, fetch or write it again")
      }
      return try members(of: source, kind: kind, lazily: false)
    }
    guard kind.isCompressed else { return [name: .source(source)] }
    // A compressed file: its own first bytes tell whether it is a tar.
    let reader = try ArchiveReader(source, kind: kind, single: true)
    guard try reader.next() != nil else { throw FormatFailure.empty(path: path) }
    let inner = FileKind(head: try reader.read(atMost: FileKind.headCount))
    let innerName = uncompressedName(name)
    let promisesTar = ["tgz", "tzst", "txz", "tbz2"].contains(suffix) || innerName.lowercased().hasSuffix(".tar")
    if inner == .tar || promisesTar {
      if inner != .tar && inner != .empty && (inner == .text || inner == .numpy || inner.isArchive) {
        throw FormatFailure.wrongExtension(path: path, promised: "a compressed tar archive", found: inner.description)
      }
      if kind != .gzip { try ArchiveReader.verify(source, kind: kind) }
      return try members(of: source, kind: kind, lazily: false)
    }
    if inner == .empty { throw FormatFailure.empty(path: path) }
    if innerName != name { try FileKind.check(inner, named: innerName, at: path) }
    return [innerName: .source(source)]
  }

  private static func members(of source: ByteSource, kind: FileKind, lazily: Bool) throws -> [String: Member] {
    let reader = try ArchiveReader(source, kind: kind)
    var found: [(name: String, inside: String, member: Member)] = []
    while let inside = try reader.next() {
      let parts = try parts(of: inside, in: source.place)
      guard let last = parts.last, !last.hasPrefix("._"), !parts.contains("__MACOSX") else { continue }
      let member: Member =
        lazily
        ? .archived(in: source, kind: kind, name: inside)
        : .source(.memory(try reader.read(), name: inside, place: "\(source.place)(\(inside))"))
      found.append((parts.joined(separator: "/"), inside, member))
      if found.count > 1_000_000 {
        throw FormatFailure.bad(source.place, "has more than a million members", do: "unpack it and give the folder")
      }
    }
    let tops = Set(found.map { $0.name.split(separator: "/", maxSplits: 1).first ?? "" })
    if tops.count == 1, let top = tops.first, found.allSatisfy({ $0.name.hasPrefix("\(top)/") }) {
      for index in found.indices { found[index].name.removeFirst(top.count + 1) }
    }
    var members: [String: Member] = [:]
    for (name, inside, member) in found {
      guard members.updateValue(member, forKey: uncompressedName(name)) == nil else {
        throw FormatFailure.bad(source.place, "holds \(quoted(inside)) twice", do: "pack it again")
      }
    }
    return members
  }

  /// The parts of a member's name, or an error where it leaves the archive.
  private static func parts(of name: String, in place: String) throws -> [String] {
    let parts = name.split(separator: "/").map(String.init).filter { $0 != "." }
    guard !name.hasPrefix("/"), !parts.contains(".."), !name.contains("\\"), !parts.isEmpty else {
      throw FormatFailure.bad(
        place, "member \(quoted(name)) would lie outside the archive", do: "pack it again with relative names")
    }
    return parts
  }
}
