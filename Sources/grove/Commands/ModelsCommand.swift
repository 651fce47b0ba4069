import ArgumentParser
import Foundation
import GroveKernels
import GroveLearning

struct ModelsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "models", abstract: "Models with their defaults and sources.",
    discussion: "Example: grove models show gat", subcommands: [List.self, Show.self])

  struct List: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Every model.", discussion: "Example: grove models list")

    @OptionGroup var common: CommonOptions

    func run() throws {
      var report = Report("models list")
      report.set(
        "models",
        ModelCatalogue.recipes.map { ["name": $0.name, "task": $0.task, "title": $0.title, "source": $0.source] }
          + LinkCatalogue.recipes.map { ["name": $0.name, "task": "links", "title": $0.title, "source": $0.source] })
      report.set(
        "methods",
        OpenWorldCatalogue.recipes.map {
          ["name": $0.name, "task": "open-world", "title": $0.title, "source": $0.source]
        })
      let models = ModelCatalogue.recipes.map { ($0.name, $0.title) }
      let methods = OpenWorldCatalogue.recipes.map { ($0.name, $0.title) }
      let links = LinkCatalogue.recipes.map { ($0.name, $0.title) }
      let width = (models + methods + links).map(\.0.count).max() ?? 0
      func say(_ rows: [(String, String)]) {
        for (name, title) in rows {
          report.say("  " + name.padding(toLength: width + 2, withPad: " ", startingAt: 0) + title)
        }
      }
      say(models)
      report.say("Methods of --task open-world:")
      say(methods)
      report.say("Models of --task links, beside the encoders above:")
      say(links)
      try report.finish(common)
    }
  }

  struct Show: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "One model's defaults, source and options.", discussion: "Example: grove models show gcnii")

    @Argument(help: "A name of `grove models list`.") var name: String
    @Option(help: "nodes or links, for names that both have.") var task: String?
    @OptionGroup var common: CommonOptions

    func run() throws {
      if let task, !["nodes", "links"].contains(task) {
        throw TrainingFailure.configuration("--task \(task): choose nodes or links")
      }
      if let method = OpenWorldCatalogue.recipes.first(where: { $0.name == name }) { return try show(method) }
      let isNode = ModelCatalogue.recipes.contains { $0.name == name }
      if task == "links" || (task == nil && !isNode && LinkCatalogue.recipes.contains { $0.name == name }) {
        return try show(LinkCatalogue.recipe(named: name))
      }
      let recipe = try ModelCatalogue.recipe(named: name)
      var layer = ConfigurationLayer(origin: "command line")
      layer.set("model", name)
      let configuration = try TrainingConfiguration(layers: [layer])
      let all = try JSONSerialization.jsonObject(with: configuration.json) as? [String: Any] ?? [:]
      let training = if case .trained = recipe.kind { ModelCatalogue.trainingOptions } else { [String]() }
      let keys = recipe.options + recipe.samplingOptions + training
      let defaults = Dictionary(uniqueKeysWithValues: keys.compactMap { key in all[key].map { (key, $0) } })
      var report = Report("models show")
      report.set("name", recipe.name)
      report.set("task", recipe.task)
      report.set("title", recipe.title)
      report.set("source", recipe.source)
      report.set("defaults", defaults)
      report.set("accepts", ["features dense or sparse", "has_topic", "degree", "learned:WIDTH", "one-hot"])
      report.say("\(recipe.name): \(recipe.title)")
      report.say("Source: \(recipe.source)")
      report.say("Defaults (flags in kebab case, keys of --config as they stand):")
      report.table(keys.compactMap { key in defaults[key].map { [key, shown($0)] } })
      try report.finish(common)
    }

    private func show(_ recipe: OpenWorldRecipe) throws {
      try show(
        ["task": "open-world", "method": recipe.name], recipe.name, recipe.title, recipe.source, recipe.parameters,
        accepts: ["features dense or sparse", "has_topic", "degree", "learned:WIDTH", "one-hot"]
      ) { recipe.configurationKeys(model: $0.model) }
    }

    private func show(_ recipe: LinkRecipe) throws {
      try show(
        ["task": "links", "model": recipe.name], recipe.name, recipe.title, recipe.source, recipe.parameters,
        accepts: recipe.readsFeatures ? ["features dense or sparse", "degree", "learned:WIDTH", "one-hot"] : [],
        own: ["negatives": recipe.negatives, "loss": recipe.loss]
      ) { _ in recipe.options }
    }

    /// A recipe whose numbers of its own stand in `--method-options`.
    ///
    /// - Parameter own: defaults that the recipe itself holds.
    private func show(
      _ words: KeyValuePairs<String, String>, _ name: String, _ title: String, _ source: String,
      _ parameters: [NumberParameter], accepts: [String], own: [String: String] = [:],
      keys: (TrainingConfiguration) -> [String]
    ) throws {
      var layer = ConfigurationLayer(origin: "command line")
      for (key, value) in words { layer.set(key, value) }
      let configuration = try TrainingConfiguration(layers: [layer])
      let all = try JSONSerialization.jsonObject(with: configuration.json) as? [String: Any] ?? [:]
      let keys = keys(configuration)
      let defaults = Dictionary(
        uniqueKeysWithValues: keys.compactMap { key in (own[key] ?? all[key]).map { (key, $0) } })
      var report = Report("models show")
      report.set("name", name)
      report.set("task", configuration.task)
      report.set("title", title)
      report.set("source", source)
      report.set("defaults", defaults)
      report.set(
        "methodOptions",
        Dictionary(uniqueKeysWithValues: parameters.map { ($0.name, $0.usual) }) as [String: Double])
      report.set("accepts", accepts)
      report.say("\(name): \(title)")
      report.say("Source: \(source)")
      report.say("Defaults (flags in kebab case, keys of --config as they stand):")
      report.table(keys.compactMap { key in defaults[key].map { [key, shown($0)] } })
      for parameter in parameters {
        report.say("  --method-options \(parameter.name)=\(parameter.usual)  \(parameter.meaning)")
      }
      try report.finish(common)
    }

    private func shown(_ value: Any) -> String {
      guard let data = try? JSONSerialization.data(withJSONObject: value, options: .fragmentsAllowed) else { return "" }
      return String(decoding: data, as: UTF8.self).replacingOccurrences(of: "\"", with: "")
    }
  }
}
