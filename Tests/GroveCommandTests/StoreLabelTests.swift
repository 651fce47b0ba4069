import Foundation
import GroveGraphs
import GroveKernels
import GroveStore
import TestSupport
import Testing

/// Labels and splits of a store, and training on it.
@Suite struct StoreLabelTests {
  @Test func `labels come from tables with and without a heading, arrays and relations`() throws {
    let data = try StoreData(papers: 200)
    let store = try data.store("store")
    let rows = try data.labelRows()
    func set(_ labels: String) throws -> [String: Any] {
      _ = try succeed(["import", "--labels", labels, "--into", store])
      return try succeed(["inspect", store])
    }
    let headed = try set(data.labels)
    #expect(headed.number("classes") == Double(Set(rows.map(\.label)).count))
    #expect(headed["multiLabel"] as? Bool == false)
    let table = rows.map { "\($0.id)\t\($0.label)\n" }.joined()
    try AtomicFile.write(table, to: data.file("plain.tsv"))
    let plain = try set(data.file("plain.tsv"))
    for key in ["classNames", "classCounts", "unlabeled", "snapshot"] {
      #expect("\(plain[key] ?? "")" == "\(headed[key] ?? "")", "\(key)")
    }
    // Ids that the store does not hold are passed over; all of them are an error.
    try AtomicFile.write(table + "nowhere\tOther\n", to: data.file("more.tsv"))
    #expect(try set(data.file("more.tsv"))["classNames"] as? [String] == headed["classNames"] as? [String])
    try AtomicFile.write(table + "\(rows[0].id)\tsecond label\n", to: data.file("many.tsv"))
    let many = try set(data.file("many.tsv"))
    #expect(many["multiLabel"] as? Bool == true)
    #expect((many["classCounts"] as? [Int])?.reduce(0, +) == rows.count + 1)
    let first = try succeed(["inspect", store, "--node", rows[0].id])
    #expect((first["classes"] as? [String]).map(Set.init) == [rows[0].label, "second label"])
    let count = Int(headed.numbers("nodes")["paper"] ?? 0)
    try NumpyArray.write(.int32s((0..<Int32(count)).map { $0 % 3 - 1 }), shape: [count], to: data.file("y.npy"))
    let array = try set(data.file("y.npy"))
    #expect(array.number("classes") == 2 && array.number("unlabeled") == Double((count + 2) / 3))
    #expect(try set("has_topic").number("classes") ?? 0 > 1)
    #expect(try set("published_in").number("classes") ?? 0 > 1)

    let before = try allContents(store)
    try NumpyArray.write(.int32s([0, 1]), shape: [2], to: data.file("short.npy"))
    try AtomicFile.write("nowhere\tx\n", to: data.file("none.tsv"))
    try AtomicFile.write("one column\n", to: data.file("one.tsv"))
    try AtomicFile.write("", to: data.file("empty.tsv"))
    for (labels, code) in [
      ("short.npy", 65), ("none.tsv", 65), ("one.tsv", 65), ("empty.tsv", 65), ("missing.tsv", 66),
    ] as [(String, Int32)] {
      try expectFailure(["import", "--labels", data.file(labels), "--into", store], code: code, [labels])
    }
    #expect(try allContents(store) == before)
  }

  @Test func `labels and splits stay with their papers when the store grows`() throws {
    let data = try StoreData(papers: 200)
    let rows = try data.labelRows()
    let store = try data.store("store", half: 1, ["--dangling", "keep-stub"])
    // Every node has a label that is its own id, stubs too.
    let reader = try GraphStore(store)
    let ids = try reader.nodeIDs(of: AcademicSchema.paper) ?? []
    #expect(ids.count > rows.count / 2)
    try AtomicFile.write(ids.map { "\($0)\tof \($0)\n" }.joined(), to: data.file("own.tsv"))
    try AtomicFile.write(
      ids.enumerated().map { "\($1)\t\($0 % 2 == 0 ? "train" : "test")\n" }.joined(), to: data.file("all.tsv"))
    _ = try succeed(["import", "--labels", data.file("own.tsv"), "--split", data.file("all.tsv"), "--into", store])
    func check(_ nodes: Int?) throws {
      let store = try GraphStore(store)
      let now = try store.nodeIDs(of: AcademicSchema.paper) ?? []
      if let nodes { #expect(now.count == nodes) }
      guard case .single(let classes, let names) = try store.labels() else {
        Issue.record("no single labels")
        return
      }
      for (node, label) in classes.enumerated() where label >= 0 { #expect(names[Int(label)] == "of \(now[node])") }
      #expect(classes.count == now.count && classes.count { $0 >= 0 } > rows.count / 3)
      let split = try store.split(named: "all")
      let even = Set(ids.enumerated().filter { $0.offset % 2 == 0 }.map(\.element))
      #expect(split.train.allSatisfy { even.contains(now[Int($0)]) })
      #expect(split.test.allSatisfy { !even.contains(now[Int($0)]) })
    }
    let former = try verifiedSnapshot(store)
    _ = try succeed(["store", "compact", store])
    #expect(try verifiedSnapshot(store) == former, "compacting keeps stubs")
    try check(ids.count)
    let grown = try succeed(["import", data.source(2), "--into", store, "--dangling", "keep-stub"])
    #expect(grown.number("dangling") ?? -1 >= 0)
    try check(nil)
  }

  @Test func `a split that does not fit changes nothing`() throws {
    let data = try StoreData(papers: 200)
    let store = try data.store("store", ["--labels", data.labels, "--split", try data.writeSplit("public")])
    let rows = try data.labelRows()
    let labeled = Set(rows.map(\.id))
    let ids = try GraphStore(store).nodeIDs(of: AcademicSchema.paper) ?? []
    let unlabeled = try #require(ids.first { !labeled.contains($0) })
    let before = try allContents(store)
    let line = "\(rows[0].id)\ttrain\n"
    for (name, text, words) in [
      ("absent", "\(line)nowhere\ttest\n", ["line 2", "'nowhere'"]),
      ("twice", "\(line)\(rows[0].id)\ttest\n", ["twice"]),
      ("word", "\(line)\(rows[1].id)\tsometimes\n", ["line 2", "'sometimes'"]),
      ("bare", "\(line)\(unlabeled)\ttrain\n", [unlabeled, "no label"]),
    ] {
      try AtomicFile.write(text, to: data.file("\(name).tsv"))
      try expectFailure(
        ["import", "--split", data.file("\(name).tsv"), "--into", store], code: 65, ["\(name).tsv"] + words)
      // Together with records nothing is kept either.
      try expectFailure(
        ["import", data.source(2), "--labels", data.labels, "--split", data.file("\(name).tsv"), "--into", store],
        code: 65, ["\(name).tsv"])
      try expectFailure(
        [
          "import", data.source(), "--labels", data.labels, "--split", data.file("\(name).tsv"), "--into",
          data.file("new"),
        ],
        code: 65, ["\(name).tsv"], absent: [data.file("new")])
      try expectFailure(
        ["train", store, "--out", data.file("run"), "--features", "degree", "--split", data.file("\(name).tsv")],
        code: 65, [name], absent: [data.file("run")])
    }
    try AtomicFile.write(#"{"train": [0, 1], "val": [2], "test": [999999]}"#, to: data.file("far.json"))
    try AtomicFile.write(#"{"train": [0, 1], "val": [1], "test": [3]}"#, to: data.file("two.json"))
    for name in ["far", "two"] {
      try expectFailure(["import", "--split", data.file("\(name).json"), "--into", store], code: 65, ["\(name).json"])
    }
    try expectFailure(["import", "--split", data.file("missing.tsv"), "--into", store], code: 66, ["missing.tsv"])
    #expect(try allContents(store) == before)
  }

  @Test func `split files, folders and kinds are stored and trained on`() throws {
    let data = try StoreData(papers: 400)
    try AtomicFile.makeFolder(data.file("splits"))
    for number in 0..<2 {
      let made = try data.writeSplit("split_\(number)")
      try FileManager.default.moveItem(atPath: made, toPath: data.file("splits/split_\(number).tsv"))
    }
    let store = try data.store("store", ["--labels", data.labels, "--split", data.file("splits")])
    let timed = try succeed(["split", store, "--kind", "time:2012,2015"])
    #expect(timed["name"] as? String == "time_2012_2015")
    for kind in ["per-class:3,5", "planetoid", "fraction:.6,.2"] {
      let name = String(kind.prefix { $0 != ":" })
      let made = try succeed(["split", store, "--kind", kind, "--as", name])
      #expect(made.number("train") ?? 0 > 0, "\(kind)")
    }
    #expect(
      (try succeed(["inspect", store])["splits"] as? [String]).map(Set.init)
        == ["split_0", "split_1", "time_2012_2015", "per-class", "planetoid", "fraction"])
    for features in ["has_topic", "degree", "one-hot", "learned:16"] {
      let run = data.file("run-\(features.prefix(3))")
      let trained = try succeed([
        "train", store, "--out", run, "--features", features, "--epochs", "3", "--split", "time_2012_2015",
      ])
      #expect(trained.numbers("test")["accuracy"] != nil, "\(features)")
    }
    let ids = Set(try GraphStore(store).nodeIDs(of: AcademicSchema.paper) ?? [])
    let run = data.file("run-has")
    let rows = try succeed(["predict", run, "--out", data.file("p.tsv")]).number("rows") ?? 0
    let predicted = String(decoding: try bytes(data.file("p.tsv")), as: UTF8.self).split(separator: "\n")
    let known = predicted.filter { ids.contains(String($0.prefix { $0 != "\t" })) }
    #expect(rows > 0 && known.count == Int(rows))
    for name in ["e.npy", "e.tsv"] { _ = try succeed(["export", run, "--out", data.file(name)]) }
    let listed = String(decoding: try bytes(data.file("e.ids.txt")), as: UTF8.self).split(separator: "\n").map(
      String.init)
    #expect(Set(listed) == ids)
    let id = try data.labelRows()[0].id
    let node = try succeed(["inspect", store, "--node", id])
    #expect(node["node"] as? String == id && !node.objects("neighbors").isEmpty)
    #expect(node["classes"] as? [String] == [try data.labelRows()[0].label])
    try expectFailure(["inspect", store, "--node", "nobody"], code: 64, ["'nobody'"])
  }
}
