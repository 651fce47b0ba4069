import Foundation
import GroveGraphs
import GroveKernels
import TestSupport
import Testing

@testable import GroveStore

/// Check 31 of the formats' conformance list: relations that labels are made of are known, so that training can hide
/// them.
@Suite struct ImportLabelTests {
  private let text = (0..<12).map {
    "{\"id\":\"p\($0)\",\"year\":\(2000 + $0),\"references\":[\"p\(max($0 - 1, 0))\"],"
      + ($0 == 11 ? "" : "\"venue\":{\"raw\":\"v\",\"id\":\"v\($0 % 3)\"},")
      + "\"fos\":[{\"name\":\"f\($0 % 2)\",\"w\":0.9},{\"name\":\"g\",\"w\":0.1}],\"authors\":[{\"id\":\"a\($0 % 4)\"}]}"
  }.joined(separator: "\n")

  private func labeled(by relation: String) throws -> (imported: ImportedDump, store: GraphStore) {
    let imported = try ImportedDump(text)
    #expect(imported.store.labelRelation == nil && imported.store.labeledType == nil)
    try StoreEditor(imported.store.path).set(labels: relation, splits: [])
    return (imported, try GraphStore(imported.store.path))
  }

  @Test func `labels out of venues hide the edges to venues of the papers they label`() throws {
    let (imported, store) = try labeled(by: "published_in")
    #expect(store.labelRelation == AcademicSchema.publishedIn && store.labeledType == AcademicSchema.paper)
    let labels = try #require(try store.labels())
    #expect(labels.classNames.sorted() == ["v0", "v1", "v2"])
    #expect((0..<12).map { labels.isLabeled($0) } == (0..<12).map { $0 != 11 })

    let relation = try #require(store.labelRelation)
    let hidden: [Int32] = [4, 9]
    let view = GraphView(store, masks: GraphView.hidingLabels(from: relation, of: hidden, in: store))
    let seen = try view.edges(of: relation)
    // Every reverse is derived from these edges, so neither direction holds one of a hidden paper.
    #expect(Set(seen.sources).isDisjoint(with: hidden) && seen.count == 11 - hidden.count)
    #expect(try view.edgeYears(of: relation)?.count == seen.count)
    for other in store.relations where other != relation {
      #expect(try view.edges(of: other) == store.edges(of: other), "\(other)")
    }
    let all = (0..<12).map { Int32($0) }.filter { labels.isLabeled(Int($0)) }
    let bare = GraphView(store, masks: GraphView.hidingLabels(from: relation, of: all, in: store))
    #expect(try bare.edges(of: relation).count == 0)
    withExtendedLifetime(imported) {}
  }

  @Test func `labels out of fields are the heaviest ones, and hide the edges to fields`() throws {
    let (imported, store) = try labeled(by: "has_topic")
    #expect(store.labelRelation == AcademicSchema.hasTopic)
    guard case .single(let classes, let names) = try store.labels() else {
      Issue.record("one class a paper was expected")
      return
    }
    #expect(classes.map { names[Int($0)] } == (0..<12).map { "f\($0 % 2)" })
    let view = GraphView(store, masks: GraphView.hidingLabels(from: AcademicSchema.hasTopic, of: [0, 5], in: store))
    #expect(try view.edges(of: AcademicSchema.hasTopic).count == 2 * (12 - 2))
    withExtendedLifetime(imported) {}
  }

  @Test func `labels out of a relation stay when the store grows, those of a file have no relation`() throws {
    let (imported, store) = try labeled(by: "published_in")
    #expect(store.snapshot == imported.store.snapshot, "labels are no records")
    try AtomicFile.write(Data(#"{"id":"p99","venue":{"id":"v1"}}"#.utf8), to: imported.scratch.file("more.json"))
    try StoreImporter().run([imported.scratch.file("more.json")], into: store.path)
    let grown = try GraphStore(store.path)
    #expect(grown.labelRelation == AcademicSchema.publishedIn)
    #expect(try grown.labels()?.nodeCount == 13 && grown.labels()?.isLabeled(12) == false)
    try AtomicFile.write("id\tlabel\np0\tred\np99\tblue\n", to: imported.scratch.file("labels.tsv"))
    try StoreEditor(store.path).set(labels: imported.scratch.file("labels.tsv"), splits: [])
    let other = try GraphStore(store.path)
    #expect(other.labelRelation == nil && other.labeledType == AcademicSchema.paper)
    #expect(try other.labels()?.classNames == ["blue", "red"])
  }
}
