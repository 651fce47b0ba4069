public import GroveGraphs
import GroveKernels

/// A graph that commands work on: a store, or files read into memory.
public protocol GraphData: GraphSource, FeatureSource, TextSource {
  /// The folder or file.
  var path: String { get }
  /// The format's name.
  var format: String { get }
  /// What was passed over while reading, one sentence each.
  var warnings: [String] { get }
  /// The hash of the records where it is known without reading them.
  var knownSnapshot: String? { get }
  /// The number of the node with an external id, or nil.
  func number(ofID id: String, type: NodeType) throws -> Int?
}

extension GraphDataset: GraphData {
  /// Nil: the hash is computed.
  public var knownSnapshot: String? { nil }

  /// The number of the node with an external id, or nil.
  public func number(ofID id: String, type: NodeType) throws -> Int? {
    if let ids = try nodeIDs(of: type) { return ids.firstIndex(of: id) }
    return Int(id).flatMap { $0 >= 0 && $0 < nodeCount(of: type) ? $0 : nil }
  }
}

extension GraphStore: GraphData {
  /// "store".
  public var format: String { "store" }
  /// None: what an import passed over stands in `reports`.
  public var warnings: [String] { [] }
  /// The manifest's hash.
  public var knownSnapshot: String? { snapshot }

  /// Whether a store lies in a folder, be it whole, damaged or without its manifest.
  public static func isStore(_ path: String) -> Bool {
    if StoreManifest.isManifest(path) { return true }
    let names = StoreWriter.names(in: path)
    if names.contains("lock") && names.allSatisfy(StoreWriter.isOurs) { return true }
    return names.contains { name in
      ["texts.sqlite.", "catalogue.sqlite.", "paper.keys."].contains {
        name.hasPrefix($0) && Int(name.dropFirst($0.count)) != nil
      }
    }
  }

  /// A split from a file beside the store: a table of id and part, or JSON by number.
  public func readSplit(path file: String) throws -> Split { try SplitTable.read(file, self, splitType) }

  /// The split files that a word names: itself, or those of a folder.
  public static func splitFiles(_ word: String) throws -> [String] { try SplitTable.files(word) }
}
