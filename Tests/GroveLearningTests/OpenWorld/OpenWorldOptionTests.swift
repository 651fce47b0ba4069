import GroveGraphs
import GroveKernels
import GroveLayers
@testable import GroveLearning
import GroveTensors
import TestSupport
import Testing

/// What each method reads: its options change what is learned, others do not and are named.
@Suite struct OpenWorldOptionTests {
  private static let methods = OpenWorldCatalogue.recipes.map(\.name)

  private func configuration(_ values: [String: String]) throws -> TrainingConfiguration {
    var layer = ConfigurationLayer(origin: "test")
    layer.set("task", "open-world")
    for (key, value) in values { layer.set(key, value) }
    return try TrainingConfiguration(layers: [layer])
  }

  /// Values that must change the numbers of a method that lists the key, and of no other.
  private static let changes: [(key: String, change: @Sendable (inout TrainingConfiguration) -> Void)] = [
    ("model", { $0.model = "gatv2" }), ("hidden", { $0.hidden = 5 }), ("layers", { $0.layers = 3 }),
    ("heads", { $0.heads = 3 }), ("outputHeads", { $0.outputHeads = 3 }), ("dropout", { $0.dropout = 0.25 }),
    ("attentionDropout", { $0.attentionDropout = 0.25 }), ("aggregator", { $0.aggregator = .max }),
    ("rho", { $0.rho = 20 }), ("eta", { $0.eta = 7 }), ("tau", { $0.tau = 0.2 }),
    ("variant", { $0.variant = "textbook" }), ("alignment", { $0.alignment = "train" }),
    ("classes", { $0.classes = "5" }), ("batch", { $0.batch = 50 }), ("optimizer", { $0.optimizer = .sgd }),
    ("lr", { $0.lr = 0.02 }), ("weightDecay", { $0.weightDecay = 0.3 }), ("schedule", { $0.schedule = .cosine }),
    ("warmup", { $0.warmup = 2 }), ("epochs", { $0.epochs = 2 }), ("labelSmoothing", { $0.labelSmoothing = 0.3 }),
    ("norm", { $0.norm = .layer }), ("residual", { $0.residual = true }), ("patience", { $0.patience = 1 }),
    ("fanouts", { $0.fanouts = [2, 2] }),
  ]

  @Test(arguments: methods) func `exactly the options that a method lists change what it learns`(method: String) throws
  {
    // Validation nodes lie among those of the other seen class and are more than training nodes, so that it matters
    // whether they align clusters.
    let planted = SmallGraph.planted()
    let whole = planted.splits[0]
    let split = Split(
      name: "few", kind: "", train: whole.train.filter { $0 / 4 < 3 }, validation: whole.validation, test: whole.test,
      classes: whole.classes)
    let graph = planted.relabeled { classes in
      for node in whole.validation { classes[Int(node)] = 1 - classes[Int(node)] }
    }
    func learned(_ change: (inout TrainingConfiguration) -> Void) throws -> [Double] {
      let trainer = try graph.openWorldTrainer(split) {
        ($0.method, $0.epochs) = (method, 3)
        change(&$0)
      }
      var losses: [Double] = []
      let model = try trainer.train(in: nil, progress: { losses.append($0.loss) }).model
      let weights = model.network.parameters().flatMap { $0.value.value.values }
      return losses + (weights + model.predictions().probabilities).map(Double.init)
    }
    let plain = try learned { _ in }
    let keys = try OpenWorldCatalogue.recipe(named: method).configurationKeys(model: "gat")
    for (key, change) in Self.changes {
      let changed = try learned(change) != plain
      #expect(changed == keys.contains(key), "\(key) \(changed ? "changes" : "does not change") \(method)")
    }
    // Computing twice gives the same bits.
    #expect(try learned { $0.recompute.toggle() } == plain)
    // With fanouts only; edges of this graph have no weights to be drawn by.
    let drawn = try [false, true].map { again in
      try learned { ($0.fanouts, $0.replacement) = ([2, 2], again) }
    }
    #expect(drawn[0] != drawn[1])
    let others = ["recompute", "replacement", "weightedSampling"]
    #expect(Set(keys).isSubset(of: Self.changes.map(\.key) + others) && Set(keys).count == keys.count)
  }

  @Test(arguments: [
    ("openima", ["rho", "eta", "tau", "variant", "alignment", "heads", "model"], []),
    ("openima", ["patience", "norm", "metric", "aggregator"], ["aggregator", "metric", "norm", "patience"]),
    ("infonce", ["rho", "eta", "tau", "variant", "alignment"], ["eta", "rho"]),
    ("infonce-supcon-ce", ["rho", "eta", "tau", "variant", "alignment"], ["rho"]),
    ("gcd", ["tau", "variant", "alignment", "heads"], ["alignment", "tau", "variant"]),
    ("opencon", ["alignment", "recompute"], ["alignment"]),
    ("opencon-two-stage", ["alignment", "variant"], ["variant"]),
    ("oodgat", ["heads", "outputHeads", "attentionDropout", "model", "recompute"], ["model", "recompute"]),
    ("openwgl", ["heads", "hidden", "dropout", "model", "attentionDropout"], ["attentionDropout", "heads", "model"]),
  ]) func `options that a method does not read are named`(method: String, given: [String], unused: [String]) throws {
    #expect(try configuration(["method": method]).unused(among: given) == unused)
  }

  @Test func `what the estimate of the number of classes reads is used`() throws {
    let contrast = ["tau", "variant", "alignment"]
    #expect(try configuration(["method": "orca", "classes": "estimate"]).unused(among: contrast) == ["alignment"])
    let own = try configuration(["method": "openwgl", "classes": "estimate"])
    #expect(try own.unused(among: contrast + ["model", "heads", "recompute", "eta"]) == ["alignment", "eta"])
    let sage = try configuration(["method": "openwgl", "classes": "estimate", "model": "sage"])
    #expect(try sage.unused(among: ["heads", "aggregator"]) == ["heads"])
    #expect(try configuration(["method": "orca", "classes": "7"]).unused(among: contrast) == contrast.sorted())
  }

  @Test func `a model that is no encoder is an error where one is needed, and before training`() throws {
    for values in [
      ["method": "gcd", "model": "appnp"], ["method": "oodgat", "model": "appnp", "classes": "estimate"],
    ] {
      let found = failure { _ = try configuration(values) }
      #expect(found?.kind == .usage && found?.text.contains("appnp is no encoder") == true, "\(values)")
    }
    let left = try configuration(["method": "oodgat", "model": "appnp"])
    #expect(left.name == "oodgat" && left.classes == "split")
    #expect(try configuration(["method": "openima", "model": "sage"]).name == "openima with sage")
    #expect(try TrainingConfiguration(layers: []).name == "gcn")
  }

  @Test(arguments: [("oodgat", "gcn", ["margin=0.5"]), ("openwgl", "gat", []), ("gcd", "gat", ["temperature=2"])])
  func `the number of classes is estimated for every method`(method: String, model: String, words: [String]) throws {
    let done = try SmallGraph.planted().openWorldTrainer {
      ($0.method, $0.model, $0.methodOptions) = (method, model, words)
      ($0.classes, $0.epochs) = ("estimate", 2)
    }.train(in: nil)
    #expect(done.result.classes?.isEstimated == true && done.result.epochs == 2)
  }

  @Test(arguments: methods) func `numbers of a method have names in kebab case and a usual value in their range`(
    method: String
  ) throws {
    let recipe = try OpenWorldCatalogue.recipe(named: method)
    for parameter in recipe.parameters {
      #expect(parameter.name.wholeMatch(of: /[a-z]+(-[a-z]+)*/) != nil, "\(parameter.name)")
      #expect(parameter.range.contains(parameter.usual) && !parameter.meaning.isEmpty)
    }
    #expect(Set(recipe.parameters.map(\.name)).count == recipe.parameters.count)
    #expect(recipe.hasOwnEncoder == !recipe.encoderOptions.isEmpty)
    for key in recipe.configurationKeys(model: "sage") { #expect(TrainingConfiguration.keys.contains(key)) }
  }

  @Test func `the gate of both methods that have one is the share of labeled nodes below it`() throws {
    for (method, usual) in [("opencon", 30.0), ("opencon-two-stage", 30), ("pown", 50)] {
      let options = try NumberOptions(OpenWorldCatalogue.recipe(named: method))
      #expect(options["gate"] == usual)
    }
  }
}
