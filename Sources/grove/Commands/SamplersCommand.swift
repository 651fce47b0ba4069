import ArgumentParser
import Foundation
import GroveGraphs
import GroveKernels
import GroveLearning
import GroveStore

struct SamplersCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "samplers", abstract: "Samplers of negatives, and what they draw on a graph.",
    discussion: "Example: grove samplers show dns --graph graphs/karate --anchor 0",
    subcommands: [List.self, Show.self, Compare.self])

  struct List: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Every sampler.", discussion: "Example: grove samplers list")

    @OptionGroup var common: CommonOptions

    func run() throws {
      var report = Report("samplers list")
      report.set(
        "samplers",
        NegativeCatalogue.recipes.map { recipe in
          [
            "name": recipe.name, "title": recipe.title, "type": recipe.type.rawValue, "pool": recipe.pool.rawValue,
            "cost": recipe.cost, "source": recipe.source,
            "parameters": Dictionary(uniqueKeysWithValues: recipe.parameters.map { ($0.name, $0.usual) }),
          ] as [String: Any]
        })
      let names = NegativeCatalogue.recipes.map(\.name.count).max() ?? 0
      for kind in NegativeRecipe.Kind.allCases {
        let recipes = NegativeCatalogue.recipes.filter { $0.type == kind }
        guard !recipes.isEmpty else { continue }
        report.say("\(kind.rawValue):")
        for recipe in recipes {
          report.say(
            "  " + recipe.name.padding(toLength: names + 2, withPad: " ", startingAt: 0)
              + recipe.pool.rawValue.padding(toLength: 12, withPad: " ", startingAt: 0) + recipe.title)
        }
      }
      try report.finish(common)
    }
  }

  struct Show: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "What a sampler draws for one node: its exact chances, and how often it drew what.",
      discussion: "Example: grove samplers show dns --graph graphs/karate --anchor 0")

    @Argument(help: "A name of `grove samplers list`.") var name: String
    @Option(help: "A store, a folder or a file that holds a graph, or a folder of links.") var graph: String
    @Option(help: "Id of the node whose negatives are drawn.") var anchor: String
    @Option(help: "Id of its positive (default: its first one).") var positive: String?
    @Option(help: "Relation whose edges are positives (default: the only one within a type).") var relation: String?
    @Option(help: "Parts whose positives are never drawn: train, validation, test, or none.") var exclude = "train"
    @Option(help: "Numbers of the sampler, such as draws=32,best=4.") var numbers: String?
    @Option(help: "Embeddings that scores are products of: .npy, a row for each anchor, then for each other candidate.")
    var embeddings: String?
    @Option(help: "How often the sampler draws.") var draws = 100_000
    @Option(help: "Positives in the batch of samplers that draw from it.") var batch = 64
    @Option(help: "Epochs that are taken to lie behind, for curricula.") var epoch = 0
    @Option(help: "Fixes everything random.") var seed = 0
    @OptionGroup var common: CommonOptions

    func validate() throws {
      if draws < 1 { throw ValidationError("--draws \(draws): give 1 or more") }
      if batch < 2 { throw ValidationError("--batch \(batch): give 2 or more") }
      if seed < 0 || epoch < 0 { throw ValidationError("--seed \(seed), --epoch \(epoch): give 0 or more") }
    }

    func run() throws {
      common.apply()
      let recipe = try NegativeCatalogue.recipe(named: name)
      let links = try LinkGraph.open(graph, relation: relation)
      let excluded = exclude == "none" ? [] : exclude.split(separator: ",").map(String.init)
      let random = RandomStream(seed: UInt64(seed))
      let setting = try links.setting(excluding: excluded, random: random.substream(0))
      let sampler = try recipe.sampler(on: setting, words: numbers?.split(separator: ",").map(String.init) ?? [])
      let anchor = try links.anchor(self.anchor)
      let positive = try self.positive.map(links.candidate) ?? links.training[Int(anchor)].first
      let scorer: any NegativeScorer =
        try embeddings.map { try LoadedEmbeddings.scorer($0, for: setting) } ?? NeighborhoodScorer(setting.hops)
      let usesBatch = recipe.pool == .miniBatch || recipe.pool == .memory
      let request = NegativeRequest(
        anchors: [anchor], positives: [positive ?? (links.isSquare ? anchor : 0)], count: 1, scorer: scorer,
        teacher: scorer, progress: NegativeRequest.Progress(epoch: epoch), random: random.substream(1))
      let drawn = try Drawn(
        sampler, request, usesBatch ? batchmates(of: anchor, links, random.substream(2)) : nil, draws: draws)
      try show(recipe, sampler, drawn, links, anchor, excluded)
    }

    /// Some other positives, each as likely as any.
    private func batchmates(of anchor: Int32, _ links: LinkGraph, _ random: RandomStream) -> [Int32] {
      var generator = random.generator
      let all = links.training.columns
      return all.isEmpty ? [] : (1..<batch).map { _ in all[generator.next(below: all.count)] }
    }

    private func show(
      _ recipe: NegativeRecipe, _ sampler: any NegativeSampler, _ drawn: Drawn, _ links: LinkGraph, _ anchor: Int32,
      _ excluded: [String]
    ) throws {
      let hidden = Set(links.hidden(of: anchor, excluding: excluded))
      let knowsHidden = links.positives.contains { !excluded.contains($0.name) }
      let rate = drawn.chances.map { chances in hidden.reduce(0) { $0 + chances[Int($1)] } }
      let shown = drawn.counts.indices.filter { drawn.counts[$0] > 0 || (drawn.chances?[$0] ?? 0) > 0 }
        .sorted { a, b in
          let (left, right) = (drawn.chances?[a] ?? drawn.share(of: a), drawn.chances?[b] ?? drawn.share(of: b))
          return (left, b) > (right, a)
        }
      var report = Report("samplers show")
      report.set("name", recipe.name)
      report.set("type", recipe.type.rawValue)
      report.set("pool", recipe.pool.rawValue)
      report.set("source", recipe.source)
      report.set("anchor", self.anchor)
      report.set("draws", drawn.tally.draws)
      report.set("rejections", drawn.tally.rejections)
      report.set("fallbacks", drawn.tally.fallbacks)
      report.set("falseNegativeRate", knowsHidden ? rate : nil)
      report.set(
        "distribution",
        shown.map { place in
          [
            "id": links.candidateID(Int32(place)), "probability": drawn.chances?[place] as Any? ?? NSNull(),
            "observed": drawn.share(of: place),
          ]
        })
      report.say("\(recipe.name): \(recipe.title)")
      report.say("Source: \(recipe.source)")
      report.say(
        "Node \(self.anchor) of \(links.name): \(grouped(shown.count)) of \(grouped(drawn.counts.count)) candidates")
      report.table(
        [["candidate", "chance", "drawn"]]
          + shown.prefix(20).map { place in
            [
              links.candidateID(Int32(place)), drawn.chances.map { percent($0[place]) } ?? "–",
              percent(drawn.share(of: place)),
            ]
          })
      if shown.count > 20 { report.say("  … and \(grouped(shown.count - 20)) more; --json lists all") }
      if let why = drawn.whyNot { report.say("No exact chances: \(why)") }
      if knowsHidden, let rate {
        report.say("False negatives: \(percent(rate)) % of draws are positives of other parts")
      }
      report.say(
        "\(grouped(drawn.tally.draws)) candidates drawn, \(grouped(drawn.tally.rejections)) rejected, \(grouped(drawn.tally.fallbacks)) from the fall-back"
      )
      try report.finish(common)
    }
  }
}

/// Exact chances of a sampler, and what it drew.
private struct Drawn {
  /// The chance of each candidate; nil where there is no closed form.
  let chances: [Double]?
  /// Why there is none.
  let whyNot: String?
  /// How often each candidate was drawn.
  let counts: [Int]
  let tally: DrawTally

  /// Draws for the first row of a request: with batchmates as one of their batch, else again and again.
  init(_ sampler: any NegativeSampler, _ one: NegativeRequest, _ batchmates: [Int32]?, draws: Int) throws {
    var request = one
    if let batchmates {
      // All rows are the anchor's, so that only what the batch holds matters.
      request.anchors += batchmates.map { _ in one.anchors[0] }
      request.positives += batchmates
    }
    var chances: [Double]?
    var whyNot: String?
    do {
      chances = try sampler.exactDistribution(in: request)
    } catch {
      guard case .noExactLaw(_, let why) = error else { throw error }
      whyNot = why
    }
    var (counts, tally) = ([Int](repeating: 0, count: sampler.filter.candidateCount), DrawTally())
    var (behind, round) = (0, 0)
    while behind < draws {
      let now = min(draws - behind, batchmates == nil ? 8192 : 1024)
      if batchmates == nil {
        request.anchors = [Int32](repeating: one.anchors[0], count: now)
        request.positives = [Int32](repeating: one.positives[0], count: now)
      } else {
        request.count = now
      }
      request.random = one.random.substream(round)
      let negatives = try sampler.sample(for: request)
      for (place, id) in (batchmates == nil ? negatives.ids[...] : negatives[0]).enumerated()
      where sampler.isOfCandidateType(negatives, place) { counts[Int(id)] += 1 }
      tally.add(negatives.tally)
      behind += now
      round += 1
    }
    self.chances = chances
    self.whyNot = whyNot
    self.counts = counts
    self.tally = tally
  }

  /// The share of draws that gave a candidate.
  func share(of candidate: Int) -> Double { Double(counts[candidate]) / Double(max(1, counts.reduce(0, +))) }
}

extension NegativeSampler {
  /// Whether a negative stands in for a candidate, or for an anchor of the same type.
  fileprivate func isOfCandidateType(_ negatives: Negatives, _ place: Int) -> Bool {
    filter.anchorCount == filter.candidateCount || !(negatives.replacesAnchor?[place] ?? false)
  }
}

/// Embeddings of a file as scores.
enum LoadedEmbeddings {
  /// A scorer of rows for the nodes of a setting.
  static func scorer(_ path: String, for setting: NegativeSetting) throws -> EmbeddingScorer {
    let array = try NumpyArray(path: path)
    let (anchors, candidates) = (setting.filter.anchorCount, setting.filter.candidateCount)
    let rows = setting.isSquare ? anchors : anchors + candidates
    guard array.shape.count == 2, array.shape[0] == rows, array.shape[1] > 0 else {
      throw TrainingFailure.data(
        "\(path): shape \(array.shape); give \(rows) rows, one for each \(setting.isSquare ? "node" : "anchor and candidate")"
      )
    }
    let values = try array.floats()
    let width = array.shape[1]
    return setting.isSquare
      ? EmbeddingScorer(values, width: width)
      : EmbeddingScorer(
        anchors: Array(values[..<(anchors * width)]), candidates: Array(values[(anchors * width)...]), width: width)
  }
}
