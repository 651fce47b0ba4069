import GroveGraphs
import GroveStore

extension InspectCommand {
  /// What a folder of links holds.
  ///
  /// - Throws: what reading it throws.
  func inspectLinks() throws {
    let source = try LinkSource(store, relation: nil)
    guard let files = source.files else { preconditionFailure("InspectCommand: \(store) is no folder of links") }
    let (split, counts, types) = (files.split, files.counts, source.types)
    let ends = split.ends
    let nodes =
      ends.isSquare
      ? [types.source.name: ends.sourceCount]
      : [types.source.name: ends.sourceCount, types.target.name: ends.targetCount]
    let parts = [
      ("train", split.training.count), ("validation", split.validation.positives.count),
      ("test", split.test.positives.count),
    ]
    var report = Report("inspect")
    report.set("name", split.name)
    report.set("format", "links")
    report.set("nodes", nodes)
    report.set("edges", ["links": parts.reduce(0) { $0 + $1.1 }])
    report.set("links", Dictionary(uniqueKeysWithValues: parts))
    report.set("classes", 0)
    report.set("splits", ["published"])
    report.set("features", [String: Int]())
    let left = [
      ("repeated in train", counts.repeatedTrain), ("from a node to itself, messages only", counts.loops),
      ("of validation that train holds, left out", counts.leakedValidation),
      ("of test that others hold, left out", counts.leakedTest),
    ]
    report.set(
      "leftOut",
      [
        "repeatedTrain": counts.repeatedTrain, "loops": counts.loops, "leakedValidation": counts.leakedValidation,
        "leakedTest": counts.leakedTest,
      ])
    report.set("snapshot", files.snapshot)
    report.say("\(split.name) (links, \(ends.isUndirected ? "undirected" : "directed"))")
    report.table(
      nodes.sorted { $0.key < $1.key }.map { ["nodes \($0.key)", grouped($0.value)] }
        + parts.map { ["links \($0.0)", grouped($0.1)] }
        + left.filter { $0.1 > 0 }.map { ["links \($0.0)", grouped($0.1)] })
    report.say("Learn them: grove train \(store) --task links --model mf --out run")
    report.say("Snapshot \(files.snapshot)")
    try report.finish(common)
  }
}
