import GroveKernels
import TestSupport
import Testing

@testable import GroveGraphs

/// What every sampler of the catalogue keeps to.
@Suite struct NegativeContractTests {
  static let names = NegativeCatalogue.recipes.map(\.name)
  /// Numbers that suit small graphs.
  static func words(_ name: String) -> [String] {
    switch name {
    case "rocketqa": ["threshold=100"]
    case "ppr-band": ["from=2", "to=12"]
    case "cross-batch": ["warmup=0"]
    default: []
    }
  }

  @Test(arguments: names, [true, false])
  func `exactly as many as asked, none of them excluded, on any number of threads`(name: String, isSquare: Bool) throws
  {
    let graph = isSquare ? NegativeData.square(60, seed: 2) : NegativeData.bipartite(40, 50, seed: 3)
    let setting = NegativeData.setting(graph, isSquare: isSquare)
    let scorer = NegativeData.scorer(
      anchors: graph.rowCount, candidates: graph.columnCount, isSquare: isSquare, seed: 8)
    var first: [[Int32]] = []
    try ThreadCounts.forEach([1, 2, 3]) { _ in
      let sampler = try NegativeCatalogue.recipe(named: name).sampler(on: setting, words: Self.words(name))
      var found: [[Int32]] = []
      for (step, count) in [3, 1, 0, 5].enumerated() {
        var request = NegativeData.request(graph, count: count, scorer: scorer, epoch: step, seed: UInt64(step))
        request.progress.step = step
        let negatives = try sampler.sample(for: request)
        #expect(negatives.ids.count == request.anchors.count * count)
        #expect(negatives.weights.map { $0.count == negatives.ids.count } ?? true)
        for (place, id) in negatives.ids.enumerated() {
          let row = place / count
          let replacesAnchor = negatives.replacesAnchor?[place] ?? false
          let (anchor, candidate) = replacesAnchor ? (id, request.positives[row]) : (request.anchors[row], id)
          #expect(!setting.filter.excludes(candidate, for: anchor), "\(name): \(candidate) for \(anchor)")
        }
        found.append(negatives.ids)
      }
      if first.isEmpty { first = found } else { #expect(found == first) }
    }
  }

  @Test(arguments: names) func `another seed gives other negatives, the same seed the same`(name: String) throws {
    // Deterministic ones differ by nothing but their pool's first draws.
    let fixed: Set = ["adore", "percpos", "semi-hard", "srns", "mochi"]
    let graph = NegativeData.square(60, seed: 2)
    let setting = NegativeData.setting(graph, isSquare: true)
    let scorer = NegativeData.scorer(anchors: 60, candidates: 60, isSquare: true, seed: 8)
    func draw(_ seed: UInt64) throws -> [Int32] {
      try NegativeCatalogue.recipe(named: name).sampler(on: setting, words: Self.words(name))
        .sample(for: NegativeData.request(graph, count: 4, scorer: scorer, epoch: 1, seed: seed)).ids
    }
    #expect(try draw(1) == draw(1))
    if !fixed.contains(name) { #expect(try draw(1) != draw(2)) }
  }

  @Test(arguments: names) func `an anchor to which everything is positive is an error`(name: String) throws {
    // Node 0 is joined to all others.
    let graph = NegativeData.star
    let setting = NegativeData.setting(graph, isSquare: true)
    let scorer = NegativeData.scorer(anchors: 5, candidates: 5, isSquare: true, seed: 8)
    let sampler = try NegativeCatalogue.recipe(named: name).sampler(on: setting, words: Self.words(name))
    var request = NegativeData.request(0, 1, count: 2, scorer: scorer)
    request.teacher = scorer
    if ["bernoulli", "pseudo-typed"].contains(name) {
      // Here the other end can be replaced.
      #expect(try sampler.sample(for: request).replacesAnchor == [true, true])
    } else {
      #expect(throws: NegativeFailure.self) { try sampler.sample(for: request) }
      #expect(throws: NegativeFailure.self) { try sampler.exactDistribution(in: request) }
    }
  }

  @Test(arguments: names) func `an isolated node has negatives like any other`(name: String) throws {
    let graph = NegativeData.square(40, seed: 5)
    #expect(graph[39].isEmpty)
    let setting = NegativeData.setting(graph, isSquare: true)
    let scorer = NegativeData.scorer(anchors: 40, candidates: 40, isSquare: true, seed: 8)
    let sampler = try NegativeCatalogue.recipe(named: name).sampler(on: setting, words: Self.words(name))
    var request = NegativeData.request(graph, count: 3, scorer: scorer)
    request.anchors[0] = 39
    request.positives[0] = 1
    #expect(try sampler.sample(for: request).ids.count == 3 * request.anchors.count)
  }

  @Test func `a graph of one node has no negatives, and none is looked for without end`() throws {
    let setting = NegativeData.setting(NegativeData.rows([[]], columns: 1), isSquare: true)
    let sampler = try NegativeCatalogue.recipe(named: "uniform").sampler(on: setting)
    #expect(throws: NegativeFailure.noCandidates(anchor: 0, sampler: "uniform")) {
      try sampler.sample(for: NegativeData.request(0, 0))
    }
    #expect(
      try sampler.sample(
        for: NegativeRequest(
          anchors: [], positives: [], count: 3, random: RandomStream(seed: 1))
      ).ids.isEmpty)
  }

  @Test func `where weights leave next to nothing the rest is found exactly`() throws {
    // All but one of the candidates with any weight are positives of anchor 0.
    let graph = NegativeData.rows(
      [Array(0..<50), [50]] + (0..<49).map { _ in [0, 1, 2] }, columns: 52)
    let setting = NegativeSetting(
      positives: graph, isSquare: false,
      filter: NegativeFilter([graph], anchorCount: 51, candidateCount: 52, excludesSelf: false),
      random: RandomStream(seed: 1))
    let sampler = try NegativeCatalogue.recipe(named: "unigram").sampler(on: setting, words: ["alpha=4"])
    let negatives = try sampler.sample(for: NegativeData.request(0, 3, count: 7))
    #expect(negatives.ids == [50, 50, 50, 50, 50, 50, 50])
    #expect(negatives.tally.rejections > 7)
  }

  @Test func `scores that are no numbers, and scores that are missing, are errors`() throws {
    let setting = NegativeData.setting(NegativeData.path, isSquare: true)
    var table = [[Float]](repeating: [0, 1, 2, 3], count: 4)
    table[0][3] = .nan
    let scorer = TableScorer(rows: table, among: table)
    for name in ["dns", "warp", "simans", "ance", "mcns", "trisampler"] {
      let sampler = try NegativeCatalogue.recipe(named: name).sampler(on: setting)
      #expect(throws: NegativeFailure.notANumber(anchor: 0, candidate: 3)) {
        try sampler.sample(for: NegativeData.request(0, 1, count: 40, scorer: scorer))
      }
      #expect(throws: NegativeFailure.noScorer(sampler: name)) {
        try sampler.sample(for: NegativeData.request(0, 1, count: 2))
      }
    }
  }

  @Test func `more different ones than there are is an error`() throws {
    let setting = NegativeData.setting(NegativeData.path, isSquare: true)
    let sampler = ComposedSampler(
      "distinct", pool: EveryCandidate(), choice: DrawDistinct(), filter: setting.filter)
    #expect(Set(try sampler.sample(for: NegativeData.request(0, 1, count: 2)).ids) == [2, 3])
    #expect(throws: NegativeFailure.tooFew(anchor: 0, asked: 3, available: 2)) {
      try sampler.sample(for: NegativeData.request(0, 1, count: 3))
    }
  }

  @Test func `a filter names splits that there are`() throws {
    let train = NamedPositives("train", NegativeData.path)
    let test = NamedPositives("test", NegativeData.rows([[3], [], [], [0]], columns: 4))
    func filter(_ names: [String]) throws -> NegativeFilter {
      try NegativeFilter(
        excluding: names, of: [train, test], anchorCount: 4, candidateCount: 4, excludesSelf: true)
    }
    #expect(try filter(["train"]).allowed(for: 0) == [2, 3])
    #expect(try filter(["train", "test"]).allowed(for: 0) == [2])
    #expect(try filter([]).allowed(for: 0) == [1, 2, 3])
    #expect(throws: NegativeFailure.unknownPositives(name: "valid", known: ["train", "test"])) { try filter(["valid"]) }
  }

  @Test(arguments: [0, 1, 5, 63, 64]) func `ranks beyond a row are the allowed candidates in order`(held: Int) {
    var random = TestRandom(held)
    let row = Array(Set((0..<held).map { _ in Int32.random(in: 0..<64, using: &random) })).sorted()
    let filter = NegativeFilter(
      [NegativeData.rows([row], columns: 64)], anchorCount: 1, candidateCount: 64, excludesSelf: false)
    let allowed = (0..<Int32(64)).filter { !row.contains($0) }
    #expect(filter.allowed(for: 0) == allowed && filter.allowedCount(for: 0) == allowed.count)
    #expect(allowed.indices.map { filter.allowedCandidate(atRank: $0, for: 0) } == allowed)
    #expect((0..<Int32(64)).filter { filter.excludes($0, for: 0) } == row)
  }

  @Test func `names and numbers that do not exist are errors with advice`() throws {
    let setting = NegativeData.setting(NegativeData.path, isSquare: true)
    #expect(throws: NegativeFailure.unknownSampler(name: "unifrom", nearest: "uniform")) {
      try NegativeCatalogue.recipe(named: "unifrom")
    }
    #expect(throws: NegativeFailure.self) {
      try NegativeCatalogue.recipe(named: "dns").sampler(on: setting, words: ["draw=3"])
    }
    #expect(throws: NegativeFailure.self) {
      try NegativeCatalogue.recipe(named: "dns").sampler(on: setting, words: ["draws=0"])
    }
    #expect(Set(NegativeCatalogue.recipes.map(\.name)).count == NegativeCatalogue.recipes.count)
  }
}
