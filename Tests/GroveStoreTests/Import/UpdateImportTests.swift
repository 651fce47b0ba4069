import Foundation
import GroveGraphs
import GroveKernels
import TestSupport
import Testing

@testable import GroveStore

/// A newer dump merged into a store without the older one.
@Suite struct UpdateImportTests {
  private static func paper(_ id: Int, title: String, year: Int = 2000, references: [Int], author: String) -> String {
    "{\"id\":\"p\(id)\",\"title\":\"\(title)\",\"year\":\(year),\"references\":\(references.map { "p\($0)" }),\"authors\":[{\"id\":\"\(author)\",\"name\":\"\(author)\"}]}"
  }

  private static func update(_ first: ImportedDump, with text: String, name: String = "new.jsonl") throws -> (
    LoadReport, GraphStore
  ) {
    try AtomicFile.write(Data(text.utf8), to: first.scratch.file(name))
    var options = StoreImporter.Options()
    options.isUpdate = true
    let report = try StoreImporter(options).run([first.scratch.file(name)], into: first.scratch.file("store"))
    return (report, try GraphStore(first.scratch.file("store")))
  }

  @Test func `newer records replace the store's, all others stay`() throws {
    let old = [
      Self.paper(1, title: "One", references: [2, 9], author: "a"),
      Self.paper(2, title: "Two", references: [3], author: "b"),
      Self.paper(3, title: "Three", references: [1], author: "a"),
    ]
    let new = [
      Self.paper(2, title: "Two, revised", year: 2001, references: [1], author: "c"),
      Self.paper(9, title: "Nine", references: [2], author: "a"),
      Self.paper(2, title: "Two, once more", references: [3], author: "d"),
    ]
    let first = try ImportedDump(old.joined(separator: "\n"))
    let (report, store) = try Self.update(first, with: new.joined(separator: "\n"))
    #expect(report.updated == 1 && report.duplicates == 1 && report.dangling == 0)
    // The whole at once, in the order that lets the newer records count; authors that only older ones named stay.
    let whole = try ImportedDump(
      ([new[0], new[1], old[0], old[2]] + ["{\"id\":\"b\",\"name\":\"b\"}"]).joined(separator: "\n"))
    #expect(store.snapshot == whole.store.snapshot)
    let second = try #require(try store.number(ofID: "p2", type: AcademicSchema.paper))
    #expect(try store.texts(of: second, type: AcademicSchema.paper)["title"] == "Two, revised")
  }

  @Test func `labels and splits follow their papers to new numbers`() throws {
    let scratch = try ScratchFolder()
    try AtomicFile.write(
      Data((1...4).map { Self.paper($0, title: "T\($0)", references: [], author: "a") }.joined(separator: "\n").utf8),
      to: scratch.file("old.jsonl"))
    try AtomicFile.write(Data("p1\tx\np2\ty\np3\tx\np4\ty\n".utf8), to: scratch.file("labels.tsv"))
    var options = StoreImporter.Options()
    options.labels = scratch.file("labels.tsv")
    let first = try ImportedDump([scratch.file("old.jsonl")], options, in: scratch)
    let (_, store) = try Self.update(first, with: Self.paper(1, title: "New", references: [], author: "a"))
    let ids = try #require(try store.nodeIDs(of: AcademicSchema.paper))
    #expect(Array(ids) == ["p2", "p3", "p4", "p1"])
    guard case .single(let classes, let names)? = try store.labels() else {
      Issue.record("the labels are gone")
      return
    }
    #expect(zip(ids, classes).map { "\($0) \(names[Int($1)])" } == ["p2 y", "p3 x", "p4 y", "p1 x"])
  }

  @Test func `merged ids of a later release take effect on what the store holds`() throws {
    func work(_ id: Int, _ references: [Int]) -> String {
      "{\"id\":\"https://openalex.org/W\(id)\",\"display_name\":\"W\(id)\",\"referenced_works\":\(references.map { "https://openalex.org/W\($0)" })}"
    }
    let first = try ImportedDump([work(1, [2]), work(2, []), work(3, [2, 9])].joined(separator: "\n"))
    let (report, store) = try Self.update(
      first, with: "merge_date,id,merge_into_id\n2025-01-01,W2,W3\n2025-01-01,W9,W1\n", name: "merged.csv")
    let whole = try ImportedDump([work(1, [3]), work(3, [1])].joined(separator: "\n"))
    #expect(report.merged == 1 && store.snapshot == whole.store.snapshot)
  }

  @Test func `an update with the same dump changes nothing`() throws {
    let text = chainLines(200).joined(separator: "\n")
    let first = try ImportedDump(text)
    let (report, store) = try Self.update(first, with: text)
    #expect(report.updated == 200 && store.snapshot == first.store.snapshot)
  }
}
