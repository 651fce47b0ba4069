import Foundation
import GroveGraphs
import GroveKernels
import GroveLayers
import GroveTensors
import TestSupport
import Testing

@testable import GroveLearning

/// How recipes ask to be trained, and training as they ask.
@Suite struct NegativeTrainingTests {
  static let names = NegativeCatalogue.recipes.map(\.name)

  /// Numbers that suit small graphs.
  private static func words(_ name: String) -> [String] {
    switch name {
    case "rocketqa": ["threshold=100"]
    case "ppr-band": ["from=2", "to=12"]
    case "cross-batch": ["warmup=0"]
    default: []
    }
  }

  private static func training(_ name: String, _ words: [String] = [], exposures: SparseRows? = nil) throws
    -> NegativeTraining
  {
    try NegativeTraining(
      of: NegativeCatalogue.recipe(named: name), on: StepExample.setting(StepExample.split(), exposures: exposures),
      words: words)
  }

  @Test(arguments: names) func `every word of every recipe is understood`(name: String) throws {
    let recipe = try NegativeCatalogue.recipe(named: name)
    let training = try Self.training(name)
    let losses = recipe.training.filter { TrainingPart(rawValue: $0) == nil }
    #expect((training.loss == nil) == losses.isEmpty && losses.count <= 1)
    #expect(training.synthesis.makesVectors == ["mixgcf", "dens", "mochi", "recns"].contains(name))
    #expect((training.teacher == nil) == (name != "rocketqa"))
    #expect((training.batches == nil) == (name != "batch-sampler"))
  }

  @Test func `every part of training is some recipe's, and no other word is taken`() throws {
    let used = Set(NegativeCatalogue.recipes.flatMap(\.training))
    for part in TrainingPart.allCases { #expect(used.contains(part.rawValue), "\(part)") }
    for words in [["mixgfc"], ["softmaxx"], ["bpr", ""], ["hinge margins=2"]] {
      let recipe = NegativeRecipe(
        name: "test", title: "", type: .fixed, pool: .global, cost: "", source: "", training: words
      ) { setting, _ in ComposedSampler("test", pool: EveryCandidate(), filter: setting.filter) }
      #expect(throws: TrainingFailure.self) {
        try NegativeTraining(of: recipe, on: StepExample.setting(StepExample.split()))
      }
    }
    #expect(throws: NegativeFailure.self) { try Self.training("dns", ["draw=3"]) }
  }

  @Test(
    arguments: [
      ("uniform", [], NegativeLoss.Kind.bpr, NegativeTraining.Correction.none),
      ("unigram", ["alpha=0.5"], .skipGram, .none),
      ("mcns", ["alpha=0.5"], .hinge(margin: 0.1), .none),
      ("semi-hard", ["margin=0.3"], .hinge(margin: 0.3), .none),
      ("warp", ["margin=0.5"], .warp(margin: 0.5), .none),
      ("moco", [], .infoNCE(temperature: 0.07), .none),
      ("self-adversarial", ["alpha=0.5"], .selfAdversarial(margin: 0, sharpness: 0.5), .tilted(sharpness: 0.5)),
      ("debiased", ["prior=0.02"], .debiased(prior: 0.02, temperature: 0.5), .debiased(prior: 0.02)),
      (
        "hcl", ["prior=0.02", "beta=2"], .hard(concentration: 2, prior: 0.02, temperature: 0.5),
        .hard(concentration: 2, prior: 0.02)
      ),
      ("in-batch-logq", [], .sampledSoftmax(temperature: 1), .logQ()),
      ("in-batch-logq", ["rate=0.05"], .sampledSoftmax(temperature: 1), .logQ(rate: 0.05)),
      ("mixed", [], .sampledSoftmax(temperature: 1), .logQ()),
    ] as [(String, [String], NegativeLoss.Kind, NegativeTraining.Correction)])
  func `numbers of a sampler are its loss's too`(
    name: String, words: [String], loss: NegativeLoss.Kind, correction: NegativeTraining.Correction
  ) throws {
    let training = try Self.training(name, words)
    #expect(training.loss == NegativeLoss(loss) && training.correction == correction)
  }

  @Test func `a correction within the softmax takes a named softmax, and no other loss`() throws {
    func kind(_ correction: NegativeTraining.Correction, _ loss: NegativeLoss.Kind) throws -> NegativeLoss.Kind {
      try NegativeTraining(correction: correction).corrected(NegativeLoss(loss)).kind
    }
    #expect(try kind(.logQ(), .infoNCE(temperature: 0.2)) == .sampledSoftmax(temperature: 0.2))
    #expect(try kind(.debiased(prior: 0.2), .kPair) == .debiased(prior: 0.2, temperature: 1))
    #expect(
      try kind(.hard(concentration: 3, prior: 0.2), .infoNCE(temperature: 0.3))
        == .hard(concentration: 3, prior: 0.2, temperature: 0.3))
    #expect(try kind(.tilted(sharpness: 2), .bpr) == .bpr && kind(.none, .skipGram) == .skipGram)
    for correction in [
      NegativeTraining.Correction.logQ(), .debiased(prior: 0.1), .hard(concentration: 1, prior: 0.1),
    ] { #expect(throws: TrainingFailure.self) { try kind(correction, .bpr) } }
    var mixing = try Self.training("mixgcf")
    #expect(throws: TrainingFailure.self) { try mixing.corrected(NegativeLoss(.sampledSoftmax())) }
    mixing.synthesis = .none
    #expect(try mixing.corrected(NegativeLoss(.sampledSoftmax())).kind == .sampledSoftmax())
  }

  private static func run(
    _ name: String, loss: NegativeLoss? = nil, training: NegativeTraining? = nil, count: Int = 2, epochs: Int = 2,
    isSquare: Bool = true,
    _ observe: (NegativeSetting, LinkObjective, [Int32], Negatives) -> Void = { _, _, _, _ in }
  ) throws -> (losses: [Double], weights: [[Float]]) {
    let split = try isSquare ? StepExample.split(30) : StepExample.bipartiteSplit()
    let setting = StepExample.setting(split)
    let recipe = try NegativeCatalogue.recipe(named: name)
    let how = try training ?? NegativeTraining(of: recipe, on: setting, words: words(name))
    let model = LinkModel(
      encoder: TableEncoder(nodeCount: split.ends.nodeCount, width: 4, hasContexts: false, from: Initializer(seed: 1)),
      decoder: DotDecoder())
    let objective = LinkObjective(
      positives: LinkPositives(of: split), sampler: try recipe.sampler(on: setting, words: words(name)), count: count,
      loss: loss, batchSize: 24, training: how)
    let run = try LinkTraining(
      model, on: split, objective: objective, optimizer: OptimizerKind.adam.make(for: model.parameters()), seed: 3)
    var losses: [Double] = []
    for epoch in 1...epochs {
      losses.append(
        try run.epoch(epoch, learningRate: 0.02) { observe(setting, objective, $0, $1) }.loss)
    }
    return (losses, model.parameters().map { $0.value.value.values })
  }

  @Test(arguments: names, [true, false])
  func `every sampler trains as its paper does, with as many negatives as asked`(name: String, isSquare: Bool) throws {
    var steps = 0
    let (losses, weights) = try Self.run(name, isSquare: isSquare) { setting, objective, anchors, negatives in
      steps += 1
      #expect(negatives.ids.count == anchors.count * 2 * objective.training.synthesis.candidates)
      for (place, id) in negatives.ids.enumerated() where !(negatives.replacesAnchor?[place] ?? false) {
        #expect(!setting.filter.excludes(id, for: anchors[place / negatives.count]))
      }
    }
    #expect(steps >= 2 * 2 && losses.allSatisfy { $0.isFinite && $0 >= 0 })
    #expect(weights.allSatisfy { $0.allSatisfy(\.isFinite) })
    let count = isSquare ? 30 : 54
    let untouched = TableEncoder(nodeCount: count, width: 4, hasContexts: false, from: Initializer(seed: 1))
    #expect(weights != [untouched.nodes.value.values])
  }

  @Test(arguments: names.filter { !["rocketqa", "mixgcf", "dens", "mochi", "recns"].contains($0) })
  func `sampled softmax corrects what any sampler draws`(name: String) throws {
    let (losses, _) = try Self.run(name, loss: NegativeLoss(.sampledSoftmax()), training: NegativeTraining())
    #expect(losses.allSatisfy { $0.isFinite && $0 > 0 })
  }

  @Test(arguments: [
    "in-batch-logq", "mixed", "log-uniform", "mixgcf", "dens", "mochi", "recns", "prioritized", "batch-sampler", "hcl",
    "self-adversarial", "warp",
  ]) func `one seed gives the same weights on any number of threads`(name: String) throws {
    var all: [[[Float]]] = []
    try ThreadCounts.forEach([1, 2, 3]) { _ in all.append(try Self.run(name).weights) }
    #expect(zip(all[0], all[1]).allSatisfy { sameBits($0, $1) } && zip(all[0], all[2]).allSatisfy { sameBits($0, $1) })
  }

  /// Four groups of twenty nodes, joined within more often than between, and their parts.
  private static func planted() throws -> LinkSplit {
    var random = TestRandom(1)
    var pairs: [(Int32, Int32)] = []
    for a in 0..<80 {
      for b in a + 1..<80 where Double.random(in: 0..<1, using: &random) < (a / 20 == b / 20 ? 0.5 : 0.01) {
        pairs.append((Int32(a), Int32(b)))
      }
    }
    let graph = try Graph(
      EdgeList(sources: pairs.map(\.0), targets: pairs.map(\.1), isDirected: false), nodeCount: 80, undirected: true)
    return try LinkSplit.drawn(
      from: graph, undirected: true,
      plan: LinkSplitPlan(validation: 0.1, test: 0.2, negatives: .uniform(perPositive: 20)), name: "planted",
      random: RandomStream(seed: 5))
  }

  @Test(arguments: [
    "uniform", "unigram", "bernoulli", "in-batch", "in-batch-logq", "mixed", "debiased", "hcl", "self-adversarial",
    "mixgcf", "dens", "recns", "mochi", "moco", "batch-sampler", "prioritized", "log-uniform",
  ]) func `held-out links of planted groups are found as each paper trains`(name: String) throws {
    let split = try Self.planted()
    let setting = StepExample.setting(split)
    let recipe = try NegativeCatalogue.recipe(named: name)
    let model = LinkModel(
      encoder: TableEncoder(nodeCount: 80, width: 16, hasContexts: false, from: Initializer(seed: 1)),
      decoder: DotDecoder())
    let training = try LinkTraining(
      model, on: split,
      objective: LinkObjective(
        positives: LinkPositives(of: split), sampler: try recipe.sampler(on: setting), count: 4, batchSize: 64,
        training: NegativeTraining(of: recipe, on: setting)),
      optimizer: OptimizerKind.adam.make(for: model.parameters()), seed: 3)
    let evaluator = LinkEvaluator(split)
    let before = try #require(evaluator.metrics(of: model, on: training.graph, part: .test)["auc"])
    for epoch in 1...12 { _ = try training.epoch(epoch, learningRate: 0.02) }
    let after = try #require(evaluator.metrics(of: model, on: training.graph, part: .test)["auc"])
    #expect(after > 0.7 && after > before + 0.2, "\(name): \(before) → \(after)")
  }

  @Test func `training of no kind is training as it was`() throws {
    let plain = try Self.run("uniform", loss: NegativeLoss(.skipGram), training: NegativeTraining())
    let own = try Self.run("uniform", loss: NegativeLoss(.skipGram))
    #expect(plain.losses == own.losses && plain.weights == own.weights)
  }

  @Test func `what a person names goes before what the paper has`() throws {
    let split = try StepExample.split()
    let setting = StepExample.setting(split)
    func objective(
      _ name: String, loss: NegativeLoss? = nil, batches: (any PositiveBatcher)? = nil
    ) throws -> LinkObjective {
      let recipe = try NegativeCatalogue.recipe(named: name)
      return try LinkObjective(
        positives: LinkPositives(of: split), sampler: recipe.sampler(on: setting), count: 3, loss: loss,
        batches: batches, batchSize: 8, training: NegativeTraining(of: recipe, on: setting, words: []))
    }
    let own = try objective("batch-sampler")
    #expect(own.loss == NegativeLoss(.infoNCE()) && own.batches is ProximityWalkBatches && own.drawCount == 3)
    let named = try objective("batch-sampler", loss: NegativeLoss(.kPair), batches: DistinctBatches())
    #expect(named.loss == NegativeLoss(.kPair) && named.batches is DistinctBatches)
    #expect(try objective("mixgcf").drawCount == 3 * 16 && objective("ance").loss == NegativeLoss(.bpr))
  }

  @Test func `gates learn in training`() throws {
    let step = try StepExample("dens")
    let gates = try #require(step.training.run.gates)
    let before = gates.parameters().map { $0.value.value.values }
    _ = try step.training.epoch(1, learningRate: 0.05)
    for (parameter, old) in zip(gates.parameters(), before) { #expect(parameter.value.value.values != old) }
  }

  @Test func `losses that need what a sampler does not give are errors with advice`() throws {
    #expect(throws: TrainingFailure.self) {
      try Self.run("uniform", loss: NegativeLoss(.warp()), training: NegativeTraining())
    }
    #expect(throws: TrainingFailure.self) { try Self.run("debiased", loss: NegativeLoss(.bpr)) }
    // Lists of nodes some steps away hold no positives.
    #expect(throws: TrainingFailure.self) {
      try Self.run("heart", loss: NegativeLoss(.noiseContrastive), training: NegativeTraining())
    }
  }

  @Test func `priorities are the losses that the model has`() throws {
    final class Told: NegativeSampler {
      let inner: any NegativeSampler
      let losses = Guarded<[[Float]]>([])
      init(_ inner: any NegativeSampler) { self.inner = inner }
      var name: String { "told" }
      var filter: NegativeFilter { inner.filter }
      var needsScores: Bool { false }
      var learnsFromLosses: Bool { true }
      func sample(for request: NegativeRequest) throws(NegativeFailure) -> Negatives { try inner.sample(for: request) }
      func law(of row: Int, in request: NegativeRequest) throws(NegativeFailure) -> CandidateLaw {
        try inner.law(of: row, in: request)
      }
      func learn(from losses: [Float], of negatives: Negatives, for request: NegativeRequest) {
        self.losses.withLock { $0.append(losses) }
      }
    }
    let split = try StepExample.split()
    let setting = StepExample.setting(split)
    let told = Told(try NegativeCatalogue.recipe(named: "uniform").sampler(on: setting))
    let table = TableEncoder(nodeCount: 12, width: 4, hasContexts: false, from: Initializer(seed: 1))
    let before = table.nodes.value.values
    let model = LinkModel(encoder: table, decoder: DotDecoder())
    let run = try LinkTraining(
      model, on: split,
      objective: LinkObjective(
        positives: LinkPositives(of: split), sampler: told, count: 2, loss: NegativeLoss(.bpr), batchSize: 1000),
      optimizer: OptimizerKind.adam.make(for: model.parameters()), seed: 3)
    var shown: (anchors: [Int32], negatives: Negatives)?
    _ = try run.epoch(1, learningRate: 0.02) { shown = ($0, $1) }
    let (anchors, negatives) = try #require(shown)
    let losses = try #require(told.losses.withLock { $0.first })
    #expect(losses.count == anchors.count * 2)
    let batch = ShuffledBatches().batches(
      anchors: LinkPositives(of: split).pairs(epoch: 1, using: RandomStream(seed: 1)).anchors,
      positives: LinkPositives(of: split).pairs(epoch: 1, using: RandomStream(seed: 1)).positives, batchSize: 1000,
      epoch: 0, using: run.random.substream(1))[0]
    let positives = batch.map { LinkPositives(of: split).pairs(epoch: 1, using: RandomStream(seed: 1)).positives[$0] }
    func score(_ v: Int32, _ u: Int32) -> Double {
      (0..<4).reduce(0) { $0 + Double(before[Int(v) * 4 + $1]) * Double(before[Int(u) * 4 + $1]) }
    }
    let wanted = losses.indices.map { place in
      log(
        1
          + exp(
            score(anchors[place / 2], negatives.ids[place]) - score(anchors[place / 2], positives[place / 2])))
    }
    #expect(difference(losses, wanted) <= 1e-5)
  }

  @Test func `a comparison trains each sampler as its paper does where it is told to`() throws {
    let split = try StepExample.split(40)
    func comparison(_ training: String) throws -> SamplerComparison {
      var layer = ConfigurationLayer(origin: "test")
      let words = ["task": "links", "model": "mf", "negativeTraining": training]
      let numbers = ["hidden": 8, "epochs": 2, "negativeCount": 2, "batch": 32]
      for (key, value) in words { layer.set(key, value) }
      for (key, value) in numbers { layer.set(key, value) }
      var configuration = try TrainingConfiguration(layers: [layer])
      let data = try LinkData(links: "example", ends: split.ends, types: (.node, .node), &configuration)
      return try SamplerComparison(data: data, configuration: configuration, split: split)
    }
    let (same, own) = (try comparison("plain"), try comparison("paper"))
    // BPR is uniform sampling's own loss, and not that of a batch's debiased negatives.
    #expect(try same.run("uniform").test == own.run("uniform").test)
    for name in ["debiased", "mixgcf", "in-batch-logq", "batch-sampler"] {
      let (first, second) = (try same.run(name), try own.run(name))
      #expect(first.meanGradient != second.meanGradient, "\(name)")
      #expect(second.meanGradient.isFinite && second.test[0].values.allSatisfy(\.isFinite))
    }
  }
}
