import Foundation
import GroveGraphs
import GroveKernels
import TestSupport
import Testing

@testable import GroveStore

/// What becomes of added feature columns when their store changes in other ways.
@Suite struct StoreFeatureChangeTests {
  private static let paper = AcademicSchema.paper

  private func columns(_ path: String, _ type: NodeType = AcademicSchema.paper) throws -> [FeatureMatrix] {
    let store = try GraphStore(path)
    return try store.featureNames(of: type).map { try store.features(named: $0, of: type) }
  }

  /// Columns of two types in a store of records.
  private func described(_ imported: ImportedDump) throws {
    let editor = StoreEditor(imported.store.path)
    let papers = imported.store.nodeCount(of: Self.paper)
    let authors = imported.store.nodeCount(of: AcademicSchema.author)
    try editor.set(
      features: .dense(values: .array((0..<papers * 2).map { Float($0) / 3 }), width: 2), named: "half", of: Self.paper,
      elementType: .f16)
    let rows = SparseRows(
      offsets: (0...papers).map { Int64($0) }, columns: [Int32](repeating: 0, count: papers), columnCount: 1)
    try editor.set(features: .sparse(rows: rows, values: nil), named: "ones", of: Self.paper)
    try editor.set(featuresOfWidth: 1, named: "place", of: AcademicSchema.author) { $0.map { Float($0) } }
    #expect(authors > 1)
  }

  private func lines(_ numbers: ClosedRange<Int>) -> String {
    numbers.map {
      #"{"id":"p\#($0)","title":"Paper \#($0)","year":2000,"authors":[{"id":"a\#($0 % 3)","name":"A \#($0 % 3)"}]}"#
    }.joined(separator: "\n")
  }

  @Test func `compacting a store of records keeps its columns`() throws {
    let imported = try ImportedDump(lines(1...30))
    try described(imported)
    let path = imported.store.path
    let before = try (columns(path), columns(path, AcademicSchema.author), GraphStore(path))
    #expect(try before.2.compact().isEmpty)
    let store = try GraphStore(path)
    #expect(store.generation == before.2.generation + 1)
    #expect(try columns(path) == before.0 && columns(path, AcademicSchema.author) == before.1)
    #expect(store.manifest.nodes[0].features?[0].values?.element == .float16)
    #expect(store.snapshot == before.2.snapshot)
    #expect(try StoreCheck(path).faults.isEmpty)
  }

  @Test func `labels and splits leave columns alone, and columns leave them`() throws {
    let imported = try ImportedDump(lines(1...30))
    try described(imported)
    let path = imported.store.path
    let before = try columns(path)
    try AtomicFile.write("p1\tx\np2\ty\n", to: imported.scratch.file("labels.tsv"))
    try StoreEditor(path).set(labels: imported.scratch.file("labels.tsv"), splits: [])
    try StoreEditor(path).add(Split(name: "s", kind: "test", train: [0], validation: [], test: [1]))
    #expect(try columns(path) == before)
    let labels = try GraphStore(path).labels()
    #expect(labels?.classCount == 2)
    try StoreEditor(path).set(featuresOfWidth: 1, named: "more", of: Self.paper) { $0.map { Float($0) } }
    let store = try GraphStore(path)
    #expect(try store.labels() == labels && store.splitNames == ["s"] && store.labeledType == Self.paper)
    #expect(try store.split(named: "s").train == [0])
  }

  @Test func `an import that changes the records drops the columns and says so`() throws {
    let imported = try ImportedDump(lines(1...30))
    try described(imported)
    let path = imported.store.path
    try AtomicFile.write(lines(31...32), to: imported.scratch.file("more.json"))
    let report = try StoreImporter().run([imported.scratch.file("more.json")], into: path)
    #expect(report.warnings.count == 2)
    #expect(report.warnings[0].contains("columns 'half', 'ones' of paper were dropped"))
    #expect(report.warnings[1].contains("column 'place' of author was dropped"))
    let store = try GraphStore(path)
    #expect(store.nodeTypes.allSatisfy { store.featureNames(of: $0).isEmpty })
    #expect(store.nodeCount(of: Self.paper) == 32 && store.reports.last?.warnings == report.warnings)
    #expect(try FileManager.default.contentsOfDirectory(atPath: path).allSatisfy { !$0.contains("features") })
    #expect(try StoreCheck(path).faults.isEmpty)
  }

  @Test func `records that change without a new number drop the columns too`() throws {
    let imported = try ImportedDump(lines(1...30))
    try described(imported)
    let line = #"{"id":"p7","title":"Paper 7","year":2000,"references":["p3"]}"#
    try AtomicFile.write(line, to: imported.scratch.file("more.json"))
    var options = StoreImporter.Options()
    options.duplicates = .merge
    let report = try StoreImporter(options).run([imported.scratch.file("more.json")], into: imported.store.path)
    let store = try GraphStore(imported.store.path)
    #expect(store.nodeCount(of: Self.paper) == 30 && store.snapshot != imported.store.snapshot)
    #expect(store.featureNames(of: Self.paper).isEmpty && report.warnings.count == 2)
  }

  @Test func `an import that brings nothing new keeps them`() throws {
    let imported = try ImportedDump(lines(1...30))
    try described(imported)
    let before = try columns(imported.store.path)
    try AtomicFile.write(lines(1...30), to: imported.scratch.file("again.json"))
    let report = try StoreImporter().run([imported.scratch.file("again.json")], into: imported.store.path)
    #expect(report.duplicates == 30 && report.warnings.isEmpty)
    #expect(try columns(imported.store.path) == before)
    #expect(try GraphStore(imported.store.path).snapshot == imported.store.snapshot)
  }

  @Test func `columns of an imported graph come behind its own, outside its hash, and stay when it is compacted`()
    throws
  {
    let folder = try tinyFolder()
    let scratch = try ScratchFolder()
    let path = scratch.file("store")
    let graph = try StoreOpener.open(folder.path)
    try GraphImporter().run(graph, into: path)
    let first = try GraphStore(path)
    #expect(try first.snapshot == GraphSnapshot.hash(graph))
    try StoreEditor(path).set(
      featuresOfWidth: 3, named: "encoded", of: .node, elementType: .f16, snapshot: first.snapshot
    ) { $0.flatMap { [Float($0), 0.1, 2] } }
    let second = try GraphStore(path)
    #expect(second.featureNames(of: .node) == ["features", "encoded"] && second.snapshot == first.snapshot)
    let encoded = try second.features(named: "encoded", of: .node)
    try second.compact()
    let third = try GraphStore(path)
    #expect(third.featureNames(of: .node) == ["features", "encoded"] && third.snapshot == first.snapshot)
    #expect(try third.features(named: "encoded", of: .node) == encoded)
    #expect(try third.features(named: "features", of: .node) == graph.features(named: "features", of: .node))
    #expect(third.manifest.nodes[0].features?[1].values?.element == .float16)
    #expect(try StoreCheck(path).faults.isEmpty)
    // The hash is over labels, and still not over the column.
    try AtomicFile.write("a\tx\nb\ty\n", to: scratch.file("labels.tsv"))
    try StoreEditor(path).set(labels: scratch.file("labels.tsv"), splits: [])
    try GraphImporter(labels: scratch.file("labels.tsv")).run(graph, into: scratch.file("plain"))
    #expect(try GraphStore(path).snapshot == GraphStore(scratch.file("plain")).snapshot)
    // What takes the place of the graph's own column changes it.
    try StoreEditor(path).set(featuresOfWidth: 1, named: "features", of: .node) { $0.map { Float($0) } }
    #expect(try GraphStore(path).featureNames(of: .node) == ["features", "encoded"])
    #expect(try GraphStore(path).snapshot != GraphStore(scratch.file("plain")).snapshot)
  }

  @Test func `a summary tells the width of each column`() throws {
    let imported = try ImportedDump(lines(1...30))
    try described(imported)
    let summary = try GraphSummary(try GraphStore(imported.store.path))
    #expect(
      summary.features.map { "\($0.type) \($0.name) \($0.width)" } == [
        "paper half 2", "paper ones 1", "author place 1",
      ])
  }
}
