import ArgumentParser
import GroveKernels
import GroveStore

struct DataCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "data", abstract: "Data sets and models that Grove knows.", discussion: "Example: grove data get cora",
    subcommands: [List.self, Get.self, Make.self])

  struct List: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "The catalogue of data sets and models.", discussion: "Example: grove data list")

    @OptionGroup var common: CommonOptions

    func run() throws {
      let entries = try DataCatalogue.find().list()
      var report = Report("data list")
      report.set(
        "data",
        entries.map { entry -> [String: Any] in
          [
            "name": entry.name, "title": entry.title, "category": entry.category.rawValue, "source": entry.source,
            "licence": entry.licence,
            "counts": entry.counts, "sha256": entry.sha256,
          ]
        })
      report.table(entries.map { [$0.name + "  " + $0.title + ($0.category == .model ? " (model)" : "")] })
      try report.finish(common)
    }
  }

  struct Get: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract:
        "Fetches a data set or model into the cache ($GROVE_CACHE, else ~/.cache/grove) and checks its SHA-256.",
      discussion: "Example: grove data get cora")

    @Argument(help: "A name of `grove data list`.") var name: String
    @Option(help: "Folder to put it in instead of the cache.") var into: String?
    @OptionGroup var common: CommonOptions

    func run() throws {
      let fetched = try DataCatalogue.find().fetch(name, into: into) { done, total in
        guard ProcessState.hasTerminal, let total else { return }
        if done == total { Notice.say("fetched \(grouped(total)) bytes") }
      }
      var report = Report("data get")
      report.set("name", fetched.name)
      report.set("path", fetched.path)
      report.set("bytes", fetched.bytes)
      report.set("sha256", fetched.sha256)
      report.say("\(fetched.name): \(grouped(fetched.bytes)) bytes in \(fetched.path)")
      try report.finish(common)
    }
  }
}
