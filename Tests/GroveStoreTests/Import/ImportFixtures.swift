import Foundation
import GroveGraphs
import GroveKernels
import TestSupport
import Testing

@testable import GroveStore

/// A store made of a dump that a test wrote, what the import said, and the folder that both lie in.
struct ImportedDump {
  let scratch: ScratchFolder
  let report: LoadReport
  let store: GraphStore

  /// Imports files of these contents from one folder, each named so that the order of names is that of the list.
  init(_ files: [(name: String, text: String)], _ options: StoreImporter.Options = .init()) throws {
    let scratch = try ScratchFolder()
    try AtomicFile.makeFolder(scratch.file("dump"))
    for file in files { try AtomicFile.write(Data(file.text.utf8), to: scratch.file("dump/\(file.name)")) }
    try self.init([scratch.file("dump")], options, in: scratch)
  }

  /// Imports one file of these contents.
  init(_ text: String, _ options: StoreImporter.Options = .init(), name: String = "dump.json") throws {
    let scratch = try ScratchFolder()
    try AtomicFile.write(Data(text.utf8), to: scratch.file(name))
    try self.init([scratch.file(name)], options, in: scratch)
  }

  /// Imports these files and folders.
  init(_ sources: [String], _ options: StoreImporter.Options = .init(), in scratch: ScratchFolder? = nil) throws {
    self.scratch = try scratch ?? ScratchFolder()
    report = try StoreImporter(options).run(sources, into: self.scratch.file("store"))
    store = try GraphStore(self.scratch.file("store"))
  }

  /// Ids of a type's nodes, sorted.
  func ids(_ type: NodeType = AcademicSchema.paper) throws -> [String] { try store.nodeIDs(of: type)!.sorted() }

  /// Edges as `source target`, sorted.
  func edges(_ relation: EdgeType = AcademicSchema.cites) throws -> [String] {
    let list = try store.edges(of: relation)
    let (sources, targets) = (
      try store.nodeIDs(of: relation.source)!, try store.nodeIDs(of: relation.target)!
    )
    return zip(list.sources, list.targets).map { "\(sources[Int($0)]) \(targets[Int($1)])" }.sorted()
  }

  /// Title, abstract and the other columns of the node with that id.
  func texts(_ id: String, _ type: NodeType = AcademicSchema.paper) throws -> [String: String] {
    try store.texts(of: #require(try store.number(ofID: id, type: type)), type: type)
  }
}

/// Lines of papers 1…count, each citing the one before it.
func chainLines(_ count: Int) -> [String] {
  (1...count).map { #"{"id":"p\#($0)","title":"Paper \#($0)","year":2000,"references":["p\#($0 - 1)"]}"# }
}

/// The edges of a relation by external ids, with everything that the store keeps of each.
///
/// Nodes known by their name stand under its normal form, as `AcademicReference` spells it.
func describedEdges(_ store: GraphStore, _ relation: EdgeType) throws -> [String: String] {
  let list = try store.edges(of: relation)
  let sources = try referenceIDs(store, relation.source)
  let targets = try referenceIDs(store, relation.target)
  let years = try store.edgeYears(of: relation)
  let entry = try store.entry(of: relation)
  var places: [[Int]] = []
  if entry.detail == .place {
    let details: MappedArray<Int32> = try store.array(#require(entry.details))
    places = details.map { [Int($0)] }
    let repeats: MappedArray<Int64> = try store.array(#require(entry.repeats))
    for pair in stride(from: 0, to: repeats.count, by: 2) { places[Int(repeats[pair])].append(Int(repeats[pair + 1])) }
  }
  var result: [String: String] = [:]
  for edge in 0..<list.count {
    let key = "\(sources[Int(list.sources[edge])]) → \(targets[Int(list.targets[edge])])"
    try #require(result[key] == nil, "\(relation): \(key) is there twice")
    var parts: [String] = []
    if !places.isEmpty { parts.append("\(places[edge])") }
    if let weight = list.weights?[edge] { parts.append("\(weight)") }
    if let year = years?[edge] { parts.append("\(year)") }
    result[key] = parts.joined(separator: " ")
  }
  return result
}

/// External ids by number, names in their normal form.
func referenceIDs(_ store: GraphStore, _ type: NodeType) throws -> [String] {
  try store.nodeIDs(of: type)!.map { id in
    id.hasPrefix("name:") ? "name:\(AcademicReference.normal(String(id.dropFirst(5))))" : id
  }
}

/// The academic data sets of the shared folder; suites that need them are skipped where they are missing.
enum SharedAcademic {
  /// Path of a file or folder of that name.
  static func path(_ name: String) -> String { "\(SharedData.root ?? "")/data/oag/\(name)" }

  /// Whether there are any.
  static let isPresent = SharedData.isPresent && FileManager.default.fileExists(atPath: path("cora-oag/papers.jsonl"))
}
