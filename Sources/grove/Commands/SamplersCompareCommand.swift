import ArgumentParser
import Foundation
import GroveGraphs
import GroveKernels
import GroveLearning

extension SamplersCommand {
  struct Compare: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "One encoder under several samplers: does negative sampling matter on this graph?",
      discussion: "Example: grove samplers compare graphs/karate --samplers uniform,dns --epochs 5 --out samplers.html")

    @Argument(help: "A store, a folder or a file that holds a graph, or a folder of links.") var graph: String
    @Option(help: "Names of `grove samplers list`, separated by commas.") var samplers =
      "uniform,unigram,dns,ance,in-batch"
    @Option(help: "Relation whose edges are links (default: the only one within a type).") var relation: String?
    @Option(help: "Runs of each sampler; run r takes seed + r.") var runs = 3
    @Option(help: "Epochs of a run.") var epochs = 30
    @Option(help: "Numbers that the encoder learns of each node.") var width = 64
    @Option(help: "Negatives for each positive.") var negatives = 1
    @Option(help: "Positives of a batch.") var batch = 1024
    @Option(help: "Learning rate.") var lr: Float = 0.01
    @Option(help: "Loss by name, such as bpr, skip-gram or info-nce.") var loss = "bpr"
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
      let names = samplers.split(separator: ",").map(String.init)
      for name in names { _ = try NegativeCatalogue.recipe(named: name) }
      let source = try LinkSource(graph, relation: relation)
      let split = try source.split(source.splits([]), run: 0, seed: seed, isUndirected: false)
      var plan = SamplerComparison.Plan()
      (plan.width, plan.epochs, plan.runs, plan.count, plan.batchSize) = (width, epochs, runs, negatives, batch)
      (plan.learningRate, plan.loss, plan.seed) = (lr, loss, seed)
      let comparison = try SamplerComparison(on: split, plan: plan)
      let key = comparison.metric.key
      let line = ProgressLine()
      defer { line.clear() }
      let entries = try names.enumerated().map { place, name in
        try comparison.run(
          name,
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
        command: ([
          "grove samplers compare \(graph)", relation.map { "--relation \($0)" },
          "--samplers \(samplers) --runs \(runs) --epochs \(epochs) --width \(width) --negatives \(negatives)",
          "--batch \(batch) --lr \(lr) --loss \(loss) --seed \(seed)",
        ] as [String?]).compactMap(\.self).joined(separator: " "))
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
  }
}
