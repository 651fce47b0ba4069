import CArchive
public import Foundation
import GroveKernels

/// The arrays of a `.npz` file by name.
///
/// Names and headers are read at once, elements when asked for.
public struct NumpyArchive: Sendable {
  /// How messages call the file.
  public let place: String
  /// Names of the arrays, sorted, without `.npy`.
  public let names: [String]
  private let source: ByteSource
  private let headers: [String: NumpyHeader]

  /// Opens a `.npz` file.
  ///
  /// - Parameter skipping: members that are not even looked at.
  /// - Throws: `FormatFailure`, among others where any member that is not skipped holds a pickle.
  public init(path: String, skipping: Set<String> = []) throws { try self.init(.file(path), skipping: skipping) }

  /// Opens the bytes of a `.npz` file.
  public init(_ bytes: Data, place: String, skipping: Set<String> = []) throws {
    try self.init(.memory(bytes, name: "archive.npz", place: place), skipping: skipping)
  }

  private init(_ source: ByteSource, skipping: Set<String>) throws {
    self.source = source
    place = source.place
    let kind = FileKind(head: try source.head(FileKind.headCount))
    try FileKind.check(kind, named: "archive.npz", at: place)
    let reader = try ArchiveReader(source, kind: .zip)
    var headers: [String: NumpyHeader] = [:]
    while let member = try reader.next() {
      let name = member.hasSuffix(".npy") ? String(member.dropLast(4)) : member
      if skipping.contains(name) { continue }
      let head = try reader.read(atMost: NumpyHeader.largest + 12)
      let header = try NumpyHeader(head, place: "\(place)(\(plain(name)))")
      guard headers.updateValue(header, forKey: name) == nil else {
        throw FormatFailure.bad(place, "holds \(quoted(name)) twice", do: "save it with numpy again")
      }
    }
    self.headers = headers
    names = headers.keys.sorted()
  }

  /// Whether there is an array of that name.
  public func contains(_ name: String) -> Bool { headers[name] != nil }

  /// The extents of an array, without reading its elements.
  public func shape(of name: String) -> [Int]? { headers[name]?.shape }

  /// Reads an array.
  ///
  /// - Throws: `FormatFailure.malformed` naming the arrays there are, where it is not among them.
  public func array(_ name: String) throws -> NumpyArray {
    let reader = try ArchiveReader(source, kind: .zip)
    while contains(name), let member = try reader.next() {
      guard member == name || member == "\(name).npy" else { continue }
      return try NumpyArray(try reader.read(), place: "\(place)(\(plain(name)))")
    }
    throw FormatFailure.bad(
      place, "has no array \(quoted(name)) (it has \(names.prefix(20).map { plain($0) }.joined(separator: ", ")))",
      do: "save it with that key")
  }

  // MARK: - Writing

  /// Writes a `.npz` file, deflated; equal arrays give equal bytes.
  ///
  /// - Throws: `FileFailure.cannotCreate` or `.cannotWrite`.
  public static func write(_ arrays: [(name: String, shape: [Int], values: NumpyValues)], to path: String) throws {
    try ZipWriter.write(
      arrays.lazy.map { ("\($0.name).npy", NumpyArray.encoded($0.values, shape: $0.shape)) }, to: path)
  }
}

/// Zip archives written member by member.
enum ZipWriter {
  /// What the C side hands its bytes to.
  private final class Target {
    var sink: ByteSink
    var failure: (any Error)?
    init(_ sink: ByteSink) { self.sink = sink }
  }

  static func write(_ members: some Sequence<(String, Data)>, to path: String) throws {
    try AtomicFile.write(to: path) { sink in
      let target = Target(sink)
      defer { sink = target.sink }
      let take: grove_archive_sink = { context, bytes, count in
        guard let context else { return -1 }
        let target = Unmanaged<Target>.fromOpaque(context).takeUnretainedValue()
        do {
          try target.sink.write(UnsafeRawBufferPointer(start: bytes, count: count))
          return 0
        } catch {
          target.failure = error
          return -1
        }
      }
      guard let writer = grove_archive_create_zip(take, Unmanaged.passUnretained(target).toOpaque()) else {
        throw FileFailure.cannotWrite(path: path, code: ENOMEM)
      }
      var failed = false
      for (name, bytes) in members where !failed {
        failed = bytes.withUnsafeBytes { grove_archive_add(writer, name, $0.baseAddress, $0.count) } != 0
      }
      failed = grove_archive_finish(writer) != 0 || failed
      withExtendedLifetime(target) {}
      if failed { throw target.failure ?? FileFailure.cannotWrite(path: path, code: EIO) }
    }
  }
}
