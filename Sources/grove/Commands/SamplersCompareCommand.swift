import ArgumentParser
import Foundation
import GroveGraphs
import GroveKernels
import GroveLearning

extension SamplersCommand {
  struct Compare: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "One encoder under several samplers: does negative sampling matter on this graph?",
      discussion: """
        Example: grove samplers compare graphs/karate --samplers uniform,dns --epochs 5 --out samplers.html

        All samplers get the same loss and random batches; with --own-training each gets those of its paper.
        """)

    @Argument(help: "A store, a folder or a file that holds a graph, or a folder of links.") var graph: String
    @Option(
      help:
        "Names of `grove samplers list`, separated by commas; numbers behind a colon: dns:draws=32,trisampler:top=100.")
    var samplers =
      "uniform,unigram,dns,ance,in-batch"
    @Option(help: "Relation whose edges are links (default: the only one within a type).") var relation: String?
    @Option(help: "A split's name, a file, or a kind to draw such as links:.05,.1,all.") var split: String?
    @Option(help: "Encoder: a name of grove models list for --task links.") var model = "mf"
    @Option(help: "Features of the encoder, as grove train has them.") var features: String?
    @Option(name: .customLong("normalize-features"), help: "auto, rows or none.") var normalizeFeatures = "auto"
    @Option(help: "Layers of the encoder.") var layers: Int?
    @Option(help: "What scores a link: dot, cosine, bilinear, distmult or mlp.") var decoder = "dot"
    @Option(help: "Runs of each sampler; run r takes seed + r.") var runs = 3
    @Option(help: "Epochs of a run.") var epochs = 30
    @Option(help: "Numbers that the encoder learns of each node.") var width = 64
    @Option(help: "Negatives for each positive.") var negatives = 1
    @Option(help: "Positives of a batch.") var batch = 1024
    @Option(help: "Learning rate.") var lr: Float = 0.01
    @Option(help: "Loss by name, such as bpr, skip-gram or info-nce.") var loss = "bpr"
    @Option(help: "Metric that chooses epochs and ranks samplers, such as auc, mrr or ndcg@10.") var metric: String?
    @Flag(name: .customLong("own-training"), help: "Each sampler has the loss, corrections and batches of its paper.")
    var ownTraining = false
    @Option(help: "Fixes everything random.") var seed = 0
    @Option(help: "Page of tables and plots.") var out = "samplers.html"
    @OptionGroup var common: CommonOptions

    func validate() throws {
      for (name, value) in [
        ("runs", runs), ("epochs", epochs), ("width", width), ("negatives", negatives), ("batch", batch),
      ] where value < 1 { throw ValidationError("--\(name) \(value): give 1 or more") }
      if seed < 0 { throw ValidationError("--seed \(seed): give 0 or more") }
      if !(lr > 0 && lr.isFinite) { throw ValidationError("--lr \(lr): give a number above 0") }
    }

    func run() throws {
      common.apply()
      ProcessState.catchInterrupts()
      let names = samplers.split(separator: ",").map { $0.split(separator: ":").map(String.init) }
      for words in names {
        _ = try NegativeCatalogue.recipe(named: words.first ?? "").options(Array(words.dropFirst()))
      }
      var configuration = try TrainingConfiguration(layers: [layer])
      let links = try TrainingLinks(&configuration)
      for note in links.data.notes { Notice.say("\(links.source.name): \(note)") }
      configuration.splits = try links.source.splits(configuration.splits)
      let split = try links.source.split(configuration, run: 0)
      let comparison = try SamplerComparison(data: links.data, configuration: configuration, split: split)
      let key = comparison.metric.key
      let line = ProgressLine()
      defer { line.clear() }
      let entries = try names.enumerated().map { place, words in
        let name = words.joined(separator: ":")
        return try comparison.run(
          words[0], words: Array(words.dropFirst()),
          progress: { run, epoch, value in
            let done = Double(place) + (Double(run) + Double(epoch) / Double(epochs)) / Double(runs)
            line.show(
              done / Double(names.count), "\(name), run \(run + 1) of \(runs), epoch \(epoch), \(key) \(percent(value))"
            )
          }, shouldStop: { ProcessState.isInterrupted })
      }
      line.clear()
      let page = SamplerComparisonReport(
        entries, metric: comparison.metric, graphName: split.name,
        command: command)
      try AtomicFile.write(page.html, to: out)
      var report = Report("samplers compare")
      report.set("metric", key)
      report.set("path", out)
      report.set(
        "samplers",
        entries.map { entry in
          let keys = entry.test[0].keys
          return [
            "name": entry.name,
            "test": Dictionary(uniqueKeysWithValues: keys.map { ($0, entry.mean($0) ?? .nan) }),
            "testStandardDeviation": Dictionary(uniqueKeysWithValues: keys.map { ($0, entry.deviation($0) ?? .nan) }),
            "secondsToBest": entry.secondsToBest, "negativesPerSecond": entry.negativesPerSecond,
            "falseNegativeRate": entry.falseNegativeRate, "meanGradient": entry.meanGradient,
          ] as [String: Any]
        })
      report.say("\(split.name): \(grouped(split.training.count)) links to train with, \(runs) runs each")
      report.table(
        [["sampler", key, "±", "seconds to best", "negatives a second", "false %", "mean |g|"]]
          + entries.sorted { ($0.mean(key) ?? 0) > ($1.mean(key) ?? 0) }.map { entry in
            [
              entry.name, percent(entry.mean(key) ?? .nan), percent(entry.deviation(key) ?? .nan),
              String(format: "%.2f", entry.secondsToBest), grouped(Int(entry.negativesPerSecond)),
              percent(entry.falseNegativeRate), String(format: "%.3f", entry.meanGradient),
            ]
          })
      report.say("Page: \(out)")
      try report.finish(common)
    }

    /// What all runs share.
    private var layer: ConfigurationLayer {
      var layer = ConfigurationLayer(origin: "command line")
      let words: [(String, String?)] = [
        ("task", "links"), ("store", absolute(graph)), ("model", model), ("features", features),
        ("normalizeFeatures", normalizeFeatures), ("decoder", decoder),
        ("metric", metric), ("negativeTraining", ownTraining ? "paper" : "plain"), ("loss", ownTraining ? nil : loss),
      ]
      let numbers = [
        ("runs", runs), ("epochs", epochs), ("hidden", width), ("negativeCount", negatives), ("batch", batch),
        ("seed", seed), ("patience", 0),
      ]
      for (key, value) in words { layer.set(key, value) }
      for (key, value) in numbers { layer.set(key, value) }
      layer.set("layers", layers)
      layer.set("lr", lr)
      layer.set("relations", relation.map { [$0] })
      layer.set("splits", split.map { [$0] })
      return layer
    }

    /// The line that makes the page again.
    private var command: String {
      let optional = [
        ("relation", relation), ("split", split), ("features", features), ("layers", layers.map(String.init)),
        ("metric", metric), ("loss", ownTraining ? nil : loss),
      ].compactMap { name, value in value.map { "--\(name) \($0)" } }
      return
        ([
          "grove samplers compare \(graph) --samplers \(samplers) --model \(model) --decoder \(decoder)",
          "--runs \(runs) --epochs \(epochs) --width \(width) --negatives \(negatives) --batch \(batch)",
          "--lr \(lr) --seed \(seed) --normalize-features \(normalizeFeatures)",
        ] + optional + (ownTraining ? ["--own-training"] : [])).joined(separator: " ")
    }
  }
}
