import Foundation
import GroveGraphs
import GroveKernels
import GroveStore
import TestSupport
import Testing

/// Feature columns that were added to a store, as commands see them.
@Suite struct StoreFeatureCommandTests {
  @Test func `columns of a store of records are listed, trained on, checked, kept and dropped`() throws {
    let data = try StoreData(papers: 300)
    let store = try data.store("store", half: 1, ["--labels", data.labels])
    _ = try succeed(["split", store, "--kind", "fraction:.5,.2", "--as", "parts"])
    let editor = StoreEditor(store)
    for (name, width, element) in [("minilm", 12, FeatureElement.f32), ("small", 5, .f16)] {
      try editor.set(featuresOfWidth: width, named: name, of: AcademicSchema.paper, elementType: element) { range in
        range.flatMap { row in (0..<width).map { Float((row * 31 + $0 * 17) % 97) / 97 - 0.5 } }
      }
    }
    let inspected = try succeed(["inspect", store])
    #expect(inspected["features"] as? [String: Int] == ["minilm": 12, "small": 5])
    #expect(inspected["featuresByType"] as? [String: [String: Int]] == ["paper": ["minilm": 12, "small": 5]])
    #expect((inspected["textFields"] as? [String: [String]])?["author"] == ["name"])
    for (number, features) in ["minilm", "small"].enumerated() {
      let run = data.file("run-\(number)")
      _ = try succeed(
        ["train", store, "--out", run, "--features", features, "--split", "parts", "--epochs", "2"])
      _ = try succeed(["evaluate", run])
    }
    let verified = try succeed(["store", "verify", store])
    #expect((verified["bad"] as? [String])?.isEmpty == true)
    let compacted = try GroveCommand.run(["store", "compact", store])
    #expect(compacted.code == 0 && compacted.errors.isEmpty, "\(compacted.errors)")
    #expect(try succeed(["inspect", store])["features"] as? [String: Int] == ["minilm": 12, "small": 5])

    let imported = try GroveCommand.run(["import", data.source(2), "--into", store])
    #expect(imported.code == 0 && imported.errorLines.count == 1, "\(imported.errors)")
    #expect(imported.errors.contains("'minilm', 'small' of paper were dropped"), "\(imported.errors)")
    #expect((try succeed(["inspect", store])["features"] as? [String: Int])?.isEmpty == true)
  }

  @Test func `damage to a column is told by verify and by training on it`() throws {
    let data = try StoreData(papers: 200)
    let store = try data.store("store", ["--labels", data.labels])
    _ = try succeed(["split", store, "--kind", "fraction:.5,.2", "--as", "parts"])
    try StoreEditor(store).set(featuresOfWidth: 4, named: "x", of: AcademicSchema.paper) { range in
      [Float](repeating: 1, count: range.count * 4)
    }
    let name = try #require(
      try FileManager.default.contentsOfDirectory(atPath: store).first { $0.contains("features-") })
    var damaged = try bytes("\(store)/\(name)")
    damaged[100] ^= 1
    try AtomicFile.write(damaged, to: "\(store)/\(name)")
    let verified = try GroveCommand.run(["store", "verify", store])
    #expect(verified.code == 65 && verified.errors.contains(name), "\(verified.errors)")
    try expectFailure(
      ["train", store, "--out", data.file("run"), "--features", "x", "--split", "parts", "--epochs", "2"], code: 65,
      [name])
  }
}
