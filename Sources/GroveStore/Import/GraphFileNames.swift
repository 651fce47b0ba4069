import Foundation

/// Tells single files that hold a graph from dumps of records.
///
/// A file is a graph where its own ending is that of arrays, edges, a matrix or GraphML, or where its first bytes are
/// those of an XML or JSON graph; an archive where its first member is called as those of a graph's files are. Everything
/// else is a dump.
enum GraphFileNames {
  private static let endings = [".npz", ".csv", ".tsv", ".edgelist", ".edges", ".mtx", ".graphml"]
  /// Files of layouts that come in archives; those of arrays do not say whether they are a graph.
  private static let members: Set<String> = [
    "node.dat", "link.dat", "label.dat", "label.dat.test", "info.dat", "meta.dat",
  ]

  /// Whether the file is a graph; false where it cannot be read, which the reader of dumps will say.
  static func isGraph(_ path: String) -> Bool {
    let name = plainName(path)
    if endings.contains(where: { name.hasSuffix($0) }) { return true }
    if name.hasSuffix(".json") || name.hasSuffix(".xml") {
      guard let tree = try? FileTree(path) else { return false }
      return NodeLinkFormat.recognizes(tree) || GraphMLFormat.recognizes(tree)
    }
    return firstMember(of: path).map(isMember) ?? false
  }

  /// A path's last name in lower case, without the suffix of a compression.
  private static func plainName(_ path: String) -> String {
    FileTree.uncompressedName((path as NSString).lastPathComponent.lowercased())
  }

  private static func isMember(_ path: String) -> Bool {
    let name = plainName(path)
    return members.contains(name) || name.hasPrefix("ind.") || name.hasSuffix(".mtx") || name.hasSuffix(".graphml")
  }

  /// The name of the first file in an archive; nil for files that are none.
  private static func firstMember(of path: String) -> String? {
    let source = ByteSource.file(path)
    guard let head = try? source.head(FileKind.headCount) else { return nil }
    let kind = FileKind(head: head)
    guard kind.isArchive || kind.isCompressed, let reader = try? ArchiveReader(source, kind: kind) else { return nil }
    while let name = try? reader.next() {
      if !name.contains("__MACOSX"), !(name as NSString).lastPathComponent.hasPrefix(".") { return name }
    }
    return nil
  }
}
