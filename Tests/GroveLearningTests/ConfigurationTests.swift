import Foundation
import GroveKernels
@testable import GroveLayers
@testable import GroveLearning
import Testing

@Suite struct ConfigurationTests {
  private func layer(_ text: String, _ origin: String = "file.json") throws -> ConfigurationLayer {
    try ConfigurationLayer(json: Data(text.utf8), origin: origin)
  }

  private func flags(_ values: [String: Any]) -> ConfigurationLayer {
    var layer = ConfigurationLayer(origin: "command line")
    for (key, value) in values { layer.set(key, value) }
    return layer
  }

  /// Expects one line of usage failure with these words.
  private func expectRefused(
    _ words: [String], sourceLocation: SourceLocation = #_sourceLocation, _ body: () throws -> Void
  ) {
    guard let found = failure(of: body) else {
      Issue.record("nothing was refused", sourceLocation: sourceLocation)
      return
    }
    #expect(found.kind == .usage, "\(found.text)", sourceLocation: sourceLocation)
    #expect(!found.text.contains("\n"), "\(found.text)", sourceLocation: sourceLocation)
    for word in words {
      #expect(found.text.contains(word), "\(word) in: \(found.text)", sourceLocation: sourceLocation)
    }
  }

  @Test func `flags win over the file and the file over the model's defaults`() throws {
    let file = try layer(#"{"model": "gat", "hidden": 16, "dropout": 0.3, "splits": ["a", "b"]}"#)
    let configuration = try TrainingConfiguration(layers: [file, flags(["hidden": 24, "lr": Float(0.02)])])
    #expect(configuration.model == "gat")
    #expect(configuration.hidden == 24, "the flag")
    #expect(configuration.lr == 0.02, "the flag")
    #expect(configuration.dropout == 0.3, "the file")
    #expect(configuration.splits == ["a", "b"], "the file")
    #expect(configuration.heads == 8, "the default of gat")
    #expect(configuration.attentionDropout == 0.6, "the default of gat")
    #expect(configuration.weightDecay == 5e-4, "the default of all")
  }

  @Test func `the model of a flag brings its own defaults under a file of another model`() throws {
    let file = try layer(#"{"model": "gcn", "hidden": 32}"#)
    let configuration = try TrainingConfiguration(layers: [file, flags(["model": "appnp"])])
    #expect(configuration.model == "appnp" && configuration.propagations == 10 && configuration.hidden == 32)
  }

  @Test func `without any layer the model is gcn with its published values`() throws {
    let configuration = try TrainingConfiguration(layers: [])
    #expect(configuration == TrainingConfiguration())
    #expect(configuration.model == "gcn" && configuration.lr == 0.01 && configuration.weightDecay == 5e-4)
    #expect(configuration.dropout == 0.5 && configuration.epochs == 200 && configuration.layers == 2)
  }

  @Test(arguments: [
    ("weightdecay", "weightDecay"), ("weight-decay", "weightDecay"), ("hiden", "hidden"), ("learningRate", "warmup"),
    ("Epochs", "epochs"), ("patiance", "patience"),
  ]) func `an unknown key names the nearest one`(key: String, nearest: String) {
    let near = TrainingConfiguration.keys.contains(nearest)
    #expect(near)
    expectRefused(["file.json", "unknown key '\(key)'", "did you mean '"]) { _ = try layer(#"{"\#(key)": 1}"#) }
    if key != "learningRate" { expectRefused(["did you mean '\(nearest)'"]) { _ = try layer(#"{"\#(key)": 1}"#) } }
  }

  @Test(arguments: ["", "[1]", "3", "{", "null", "{\"lr\": 1e999}", "{\"model\": \"gcn\"} x"])
  func `what is not a JSON object is refused with the file's name`(text: String) {
    expectRefused(["file.json"]) { _ = try layer(text) }
  }

  @Test(arguments: [
    (#"{"hidden": 64.5}"#, "hidden is 64.5; it must be a whole number"),
    (#"{"hidden": "64"}"#, "hidden is '64'; it must be a whole number"),
    (#"{"hidden": true}"#, "hidden is true; it must be a whole number"),
    (#"{"hidden": 99999999999999999999}"#, "hidden is "),
    (#"{"lr": null}"#, "lr is null; it must be a number"),
    (#"{"lr": "fast"}"#, "lr is 'fast'; it must be a number"),
    (#"{"relations": "cites"}"#, "relations is 'cites'; it must be a list of names"),
    (#"{"splits": [1]}"#, "splits is a list; it must be a list of names"),
    (#"{"residual": 1}"#, "residual is 1; it must be true or false"),
    (#"{"norm": "group"}"#, "norm is 'group'; it must be one of none, layer, batch, pair, graph"),
    (#"{"optimizer": "lamb"}"#, "optimizer is 'lamb'; it must be one of adam, adamw, sgd"),
    (#"{"schedule": "warm"}"#, "schedule is 'warm'; it must be one of constant, cosine, linear, step"),
    (
      #"{"metric": "f1"}"#,
      "metric is 'f1'; it must be one of accuracy, macroF1, microF1, rocAUC, averagePrecision, loss"
    ),
    (#"{"aggregator": "sum"}"#, "aggregator is 'sum'; it must be one of mean, max"),
    (#"{"store": {}}"#, "store is an object; it must be text"),
    (#"{"model": 3}"#, "model is 3; it must be text"),
  ]) func `a value of the wrong type names file, key, value and what the key takes`(text: String, message: String) {
    expectRefused(["file.json: \(message)"]) { _ = try TrainingConfiguration(layers: [layer(text)]) }
  }

  @Test(arguments: [
    ("hidden", 0), ("hidden", 1 << 40), ("layers", 0), ("layers", 1 << 30), ("heads", 0), ("outputHeads", 0),
    ("runs", 0),
    ("runs", -1), ("epochs", 0), ("patience", -1), ("warmup", -1), ("seed", -1), ("seed", Int.max), ("propagations", 0),
    ("checkpointEvery", 0), ("walkLength", 0), ("correctionSteps", 0),
  ]) func `an impossible count names the key and the rule`(key: String, value: Int) {
    expectRefused([key, "\(value)", "it must be at"]) { _ = try TrainingConfiguration(layers: [flags([key: value])]) }
  }

  @Test(
    arguments: [
      ("dropout", 1), ("dropout", -0.1), ("attentionDropout", 1), ("momentum", 1), ("labelSmoothing", 1), ("lr", 0),
      ("lr", -1), ("weightDecay", -1), ("weightDecay2", -1), ("theta", -1), ("alpha", 1.5), ("alpha", -0.1),
      ("lr", .nan), ("lr", .infinity), ("dropout", .nan), ("alpha", .nan), ("weightDecay", .infinity),
      ("correctionAlpha", 1.5), ("smoothingAlpha", -0.1),
      ("correctionScale", -1),
    ] as [(String, Float)]) func `an impossible number names the key and the rule`(key: String, value: Float)
  {
    expectRefused([key, "must be"]) { _ = try TrainingConfiguration(layers: [flags([key: value])]) }
  }

  @Test(arguments: [
    ("task", "graphs"), ("normalizeFeatures", "columns"), ("undirected", "maybe"), ("classWeights", "inverse"),
    ("correctAndSmooth", "always"),
  ]) func `an unknown word names the key and the words it takes`(key: String, value: String) {
    expectRefused([key, "'\(value)'", "it must be one of"]) {
      _ = try TrainingConfiguration(layers: [flags([key: value])])
    }
  }

  @Test func `rounds that each double the width are few`() {
    expectRefused(["layers is 9", "h2gcn", "at most 8"]) {
      _ = try TrainingConfiguration(layers: [flags(["model": "h2gcn", "layers": 9])])
    }
  }

  @Test func `an unknown model lists the known ones`() {
    expectRefused(["'gcnn'", "gcn, sage, gat"]) { _ = try TrainingConfiguration(layers: [flags(["model": "gcnn"])]) }
  }

  /// A value of each key other than every model's default.
  private static let others: [String: any Sendable] = [
    "store": "/a \"b\"/ü", "task": "nodes", "model": "sage", "features": "has_topic", "normalizeFeatures": "none",
    "undirected": "no", "relations": ["cites", "x"], "splits": ["/p/one.json", "two"], "runs": 7, "seed": 1 << 53,
    "hidden": 33, "layers": 5, "heads": 3, "outputHeads": 2, "dropout": Float(0.1), "attentionDropout": Float(0.7),
    "norm": "batch", "residual": true, "recompute": true, "jumping": "max", "stacks": 5, "aggregator": "max",
    "normalizeEmbeddings": true,
    "propagations": 4,
    "alpha": Float(0.123_456_79), "theta": Float(1.7), "sharedWeights": false, "optimizer": "sgd", "lr": Float(3e-7),
    "weightDecay": Float(1e-9), "weightDecay2": Float(0.33), "momentum": Float(0.9), "schedule": "cosine", "warmup": 9,
    "epochs": 11, "patience": 12, "metric": "macroF1", "classWeights": "balanced", "labelSmoothing": Float(0.05),
    "checkpointEvery": 13, "fanouts": [4, -1], "batch": 256, "bases": 3, "relationMerge": "attention",
    "metapaths": ["a-b-a"], "otherFeatures": "one-hot", "replacement": true, "weightedSampling": true, "temporal": true,
    "relationFanouts": ["edges=3,2"],
    "walkLength": 5, "correctAndSmooth": "fixed", "correctionScale": Float(1.5), "correctionAlpha": Float(0.3),
    "smoothingAlpha": Float(0.6), "correctionSteps": 4,
    "method": "openima", "classes": "9", "estimatedClasses": 8, "alignment": "train", "variant": "textbook",
    "rho": Float(33.25), "eta": Float(7), "tau": Float(0.07), "methodOptions": ["margin=10"],
    "decoder": "mlp", "negatives": "dns", "negativeOptions": ["draws=3"], "negativeCount": 14,
    "negativeTraining": "plain", "loss": "hinge",
    "encoders": ["paper=minilm"], "fields": ["abstract"], "tuneEncoder": 2, "lora": 4, "encoderRate": Float(3e-5),
    "tuneEpochs": 5,
  ]

  @Test(arguments: TrainingConfiguration.keys) func `each key comes back from config.json as it went in`(key: String)
    throws
  {
    let value = try #require(Self.others[key], "give \(key) a value in this test")
    // These are refused without fanouts, one of them for models of one kind of edge too.
    let needsFanouts = ["batch", "replacement", "weightedSampling", "temporal", "relationFanouts"].contains(key)
    var values: [String: Any] = needsFanouts ? [key: value, "fanouts": [4, -1]] : [key: value]
    if key == "relationFanouts" { values["model"] = "rgcn" }
    if key == "method" { values["task"] = "open-world" }
    if TrainingConfiguration.encoderKeys.contains(key) { values["encoders"] = ["minilm"] }
    let set = try TrainingConfiguration(layers: [flags(values)])
    let read = try TrainingConfiguration(layers: [ConfigurationLayer(json: set.json, origin: "config.json")])
    #expect(read == set)
    let object = try #require(JSONSerialization.jsonObject(with: set.json) as? [String: Any])
    #expect(Set(object.keys) == Set(TrainingConfiguration.keys), "config.json holds every key")
    #expect(key == "task" || set != TrainingConfiguration(), "\(key) changed the configuration")
  }

  @Test func `a value taken away stays away when config.json is read`() throws {
    let set = try TrainingConfiguration(layers: [layer(#"{"model": "gcnii", "weightDecay2": null}"#)])
    #expect(set.weightDecay2 == nil)
    let read = try TrainingConfiguration(layers: [ConfigurationLayer(json: set.json, origin: "config.json")])
    #expect(read == set, "gcnii's own weightDecay2 must not come back")
  }

  @Test(arguments: OpenWorldCatalogue.recipes.map(\.name))
  func `the defaults of every method are possible and come back from config.json`(method: String) throws {
    let set = try TrainingConfiguration(layers: [flags(["task": "open-world", "method": method])])
    #expect(try TrainingConfiguration(layers: [ConfigurationLayer(json: set.json, origin: "config.json")]) == set)
    let number = try TrainingConfiguration(layers: [layer(#"{"task": "open-world", "classes": 7}"#)])
    #expect(number.classes == "7", "a number of classes may be written as one")
  }

  @Test(arguments: ModelCatalogue.recipes.map(\.name))
  func `the defaults of every model are possible and come back from config.json`(model: String) throws {
    let set = try TrainingConfiguration(layers: [flags(["model": model])])
    #expect(try TrainingConfiguration(layers: [ConfigurationLayer(json: set.json, origin: "config.json")]) == set)
  }
}

@Suite struct CatalogueTests {
  @Test func `names differ and every option is a configuration key`() {
    let names = ModelCatalogue.recipes.map(\.name)
    #expect(Set(names).count == names.count)
    for recipe in ModelCatalogue.recipes {
      for option in recipe.options + ModelCatalogue.trainingOptions {
        #expect(TrainingConfiguration.keys.contains(option), "\(recipe.name): \(option)")
      }
      #expect(!recipe.source.isEmpty && !recipe.title.isEmpty)
    }
  }

  /// Values that must change the numbers of a model that lists the key, and of no other.
  private static let changes: [(key: String, change: @Sendable (inout TrainingConfiguration) -> Void)] = [
    ("hidden", { $0.hidden = 5 }), ("layers", { $0.layers += 1 }), ("heads", { $0.heads = 3 }),
    ("outputHeads", { $0.outputHeads = 3 }), ("dropout", { $0.dropout = 0.25 }),
    ("attentionDropout", { $0.attentionDropout = 0.25 }), ("norm", { $0.norm = .graph }),
    ("residual", { $0.residual = true }), ("recompute", { $0.recompute = true }), ("jumping", { $0.jumping = .max }),
    ("stacks", { $0.stacks += 1 }),
    ("aggregator", { $0.aggregator = .max }),
    ("normalizeEmbeddings", { $0.normalizeEmbeddings = true }), ("propagations", { $0.propagations += 1 }),
    ("alpha", { $0.alpha = 0.35 }), ("theta", { $0.theta = 0.9 }), ("sharedWeights", { $0.sharedWeights = false }),
    ("weightDecay2", { $0.weightDecay2 = 0.4 }), ("bases", { $0.bases = 2 }),
    ("relationMerge", { $0.relationMerge = .attention }), ("metapaths", { $0.metapaths = ["node-node-node"] }),
    ("walkLength", { $0.walkLength = 5 }),
  ]

  @Test(arguments: ModelCatalogue.recipes.map(\.name))
  func `exactly the options that a model lists change what it learns`(model: String) throws {
    let graph = SmallGraph.communities(24)
    func outputs(_ change: (inout TrainingConfiguration) -> Void) throws -> [Float] {
      let trainer = try graph.trainer(model) {
        $0.epochs = 3
        change(&$0)
      }
      return try trainer.train(in: nil).model.outputs().logits
    }
    let plain = try outputs { _ in }
    let recipe = try ModelCatalogue.recipe(named: model)
    for (key, change) in Self.changes {
      let changed = try !sameNumbers(outputs(change), plain)
      // A decay for the second group changes nothing where a model has no such group; recomputing gives the same bits.
      let matters = recipe.options.contains(key) && key != "recompute"
      #expect(changed == matters, "\(key) \(changed ? "changes" : "does not change") \(model)")
    }
  }

  private func sameNumbers(_ a: [Float], _ b: [Float]) -> Bool { a.map(\.bitPattern) == b.map(\.bitPattern) }

  @Test func `options of other models are told apart from a model's own`() throws {
    let gcn = try ModelCatalogue.recipe(named: "gcn")
    #expect(gcn.unused(among: ["hidden", "heads", "lr", "runs", "alpha", "splits"]) == ["alpha", "heads"])
    let spread = try ModelCatalogue.recipe(named: "label-propagation")
    #expect(spread.unused(among: ["alpha", "epochs", "hidden", "seed", "lr"]) == ["epochs", "hidden", "lr"])
  }
}
