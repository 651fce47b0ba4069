import Foundation
import GroveGraphs
import GroveKernels
import GroveLearning

extension PredictCommand {
  /// Writes the likeliest new partners of nodes, or the scores of pairs.
  ///
  /// - Throws: `TrainingFailure` for ids that are not there; `FileFailure`.
  func predictLinks(_ loaded: LoadedLinkRun) throws {
    guard store == nil else {
      throw TrainingFailure.configuration("--store is for runs that classify nodes; this one knows its own links only")
    }
    guard top ?? 1 >= 1 else { throw TrainingFailure.configuration("--top \(top ?? 0): give 1 or more") }
    let model = loaded.model
    let ids = try loaded.links.source.ids
    let (sources, pairs) = try chosen(ids, model)
    var rows: [(source: Int32, target: Int32, score: Float)] = []
    if !pairs.isEmpty {
      let edges = EdgeList(sources: pairs.map(\.0), targets: pairs.map(\.1), isDirected: true)
      rows = zip(pairs, model.scores(of: edges)).map { ($0.0, $0.1, $1) }
    }
    for (source, partners) in zip(sources, try model.partners(of: sources, count: top ?? 10)) {
      rows += partners.map { (source, $0.target, $0.score) }
    }
    func name(_ node: Int32, _ ids: [String]?) -> String { ids?[Int(node)] ?? String(node) }
    let isTable = out.hasSuffix(".tsv")
    try AtomicFile.write(to: out) { sink in
      if isTable { try sink.write("source\ttarget\tscore\tprobability\n") }
      for row in rows {
        let (source, target) = (name(row.source, ids.sources), name(row.target, ids.targets))
        let probability = 1 / (1 + exp(-Double(row.score)))
        if isTable {
          if let text = [source, target].first(where: \.breaksTable) {
            throw TrainingFailure.data(
              "\(out): '\(text.onOneLine)' holds a tab or line break; write a .jsonl file instead")
          }
          try sink.write("\(source)\t\(target)\t\(row.score)\t\(probability)\n")
        } else {
          let object: [String: Any] = [
            "source": source, "target": target, "score": Double(row.score), "probability": probability,
          ]
          try sink.write(
            JSONSerialization.data(withJSONObject: object, options: [.sortedKeys, .withoutEscapingSlashes]))
          try sink.write("\n")
        }
      }
    }
    var report = Report("predict")
    report.set("rows", rows.count)
    report.set("path", out)
    report.say("\(grouped(rows.count)) rows in \(out)")
    try report.finish(common)
  }

  /// The nodes and pairs that `--nodes` lists; all sources without it.
  private func chosen(
    _ ids: (sources: [String]?, targets: [String]?), _ model: TrainedLinkModel
  ) throws -> (sources: [Int32], pairs: [(Int32, Int32)]) {
    let ends = model.data.ends
    guard let nodes else { return ((0..<Int32(ends.sourceCount)).map(\.self), []) }
    guard let text = FileManager.default.contents(atPath: nodes) else { throw FileFailure.missing(path: nodes) }
    func places(_ ids: [String]?) -> [String: Int32]? {
      ids.map { Dictionary($0.enumerated().map { ($1, Int32($0)) }, uniquingKeysWith: { first, _ in first }) }
    }
    let (ofSources, ofTargets) = (places(ids.sources), places(ids.targets))
    func number(_ id: String, _ places: [String: Int32]?, _ count: Int, _ line: Int) throws -> Int32 {
      let found = places.map { $0[id] } ?? Int32(id)
      guard let found, found >= 0, found < count else {
        throw TrainingFailure.data(
          "\(nodes), line \(line): \(model.data.name) has no node '\(id.onOneLine)'; correct the list")
      }
      return found
    }
    var (sources, pairs): ([Int32], [(Int32, Int32)]) = ([], [])
    let lines = String(decoding: text, as: UTF8.self).split(
      omittingEmptySubsequences: false, whereSeparator: \.isNewline)
    for (place, line) in lines.enumerated() {
      let words = line.split(separator: "\t").map { $0.trimmingCharacters(in: .whitespaces) }
      switch words.count {
      case 0: continue
      case 1 where words[0].isEmpty: continue
      case 1: sources.append(try number(words[0], ofSources, ends.sourceCount, place + 1))
      case 2:
        pairs.append(
          (
            try number(words[0], ofSources, ends.sourceCount, place + 1),
            try number(words[1], ofTargets, ends.targetCount, place + 1)
          ))
      default:
        throw TrainingFailure.data(
          "\(nodes), line \(place + 1): it holds \(words.count) words; write one id, or two with a tab between them")
      }
    }
    return (sources, pairs)
  }
}
