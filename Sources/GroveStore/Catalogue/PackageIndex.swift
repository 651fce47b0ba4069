import Foundation
import FoundationNetworking
import GroveKernels

/// Source archives and wheels from the package index that this machine's pip uses.
///
/// No address is written here.
enum PackageIndex {
  /// Downloads the source archive or wheel of an entry's package beside its target folder's files.
  ///
  /// - Returns: the path of the archive, not checked yet.
  /// - Throws: `FormatFailure.unreachable` or `.malformed`; `FileFailure.cannotCreate`.
  static func download(
    _ entry: DataCatalogue.Entry, into folder: String, progress: @Sendable (Int, Int?) -> Void
  ) throws -> String {
    guard let package = entry.package, let version = entry.version else {
      throw FormatFailure.bad(entry.name, "the catalogue names no package and version", do: "correct the catalogue")
    }
    try AtomicFile.makeFolder(folder)
    let fileName = fileName(of: package, version, isWheel: entry.kind == .wheel)
    let index = try address()
    guard let page = URL(string: index.hasSuffix("/") ? "\(index)\(package)/" : "\(index)/\(package)/") else {
      throw FormatFailure.unreachable(address: shown(index), reason: "it is not an address")
    }
    let listing = "\(folder)/.\(fileName).\(getpid()).index"
    defer { unlink(listing) }
    let base = try HTTPFile.fetch(
      page, accept: "application/vnd.pypi.simple.v1+json, text/html;q=0.1", to: listing, progress: { _, _ in })
    let archive = try link(to: fileName, in: FileManager.default.contents(atPath: listing) ?? Data(), base: base)
    let path = "\(folder)/.\(fileName).\(getpid()).partial"
    do {
      _ = try HTTPFile.fetch(archive, accept: "*/*", to: path, progress: progress)
    } catch {
      unlink(path)
      throw error
    }
    return path
  }

  /// What a package's archive is called: wheels have underscores where the package's name has hyphens.
  static func fileName(of package: String, _ version: String, isWheel: Bool) -> String {
    isWheel
      ? "\(package.replacing("-", with: "_"))-\(version)-py3-none-any.whl" : "\(package)-\(version).tar.gz"
  }

  /// The index: `$PIP_INDEX_URL`, else pip's configuration, else pip's own default.
  static func address() throws -> String {
    let environment = ProcessInfo.processInfo.environment
    if let named = environment["PIP_INDEX_URL"], !named.isEmpty { return named }
    let questions = [
      ["-m", "pip", "config", "get", "global.index-url"],
      ["-c", "from pip._internal.models.index import PyPI; print(PyPI.simple_url)"],
    ]
    for question in questions {
      if let answer = answer("python3", question), answer.hasPrefix("http") { return answer }
    }
    throw FormatFailure.unreachable(
      address: "package index", reason: "python3 with pip does not name one; set PIP_INDEX_URL")
  }

  /// The archive's address in a page of the index, in its JSON or its HTML form.
  static func link(to fileName: String, in page: Data, base: URL) throws -> URL {
    struct Page: Decodable {
      struct File: Decodable { let filename: String; let url: String }
      let files: [File]
    }
    if let json = try? JSONDecoder().decode(Page.self, from: page) {
      if let file = json.files.first(where: { $0.filename == fileName }),
        let url = URL(string: file.url, relativeTo: base)
      {
        return url.absoluteURL
      }
    } else {
      for part in String(decoding: page, as: UTF8.self).components(separatedBy: "href=\"").dropFirst() {
        let address = String(part.prefix { $0 != "\"" && $0 != "#" }).replacing("&amp;", with: "&")
        guard address.split(separator: "?").first?.hasSuffix("/\(fileName)") == true || address == fileName else {
          continue
        }
        if let url = URL(string: address, relativeTo: base) { return url.absoluteURL }
      }
    }
    throw FormatFailure.unreachable(address: shown(base.absoluteString), reason: "it does not list \(fileName)")
  }

  /// An address without a user's name and password.
  static func shown(_ address: String) -> String {
    guard var parts = URLComponents(string: address) else { return plain(address) }
    parts.user = nil
    parts.password = nil
    parts.query = nil
    return plain(parts.string ?? "the index")
  }

  /// The first line a program prints, or nil where it fails.
  private static func answer(_ program: String, _ arguments: [String]) -> String? {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = [program] + arguments
    let output = Pipe()
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    guard (try? process.run()) != nil else { return nil }
    let text = (try? output.fileHandleForReading.readToEnd()) ?? Data()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else { return nil }
    return String(decoding: text, as: UTF8.self).split(separator: "\n").first.map(String.init)
  }
}
