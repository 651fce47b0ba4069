import ArgumentParser
import GroveKernels
import GroveStore

struct StoreCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "store", abstract: "Checks and rewrites stores.",
    discussion: "Example: grove store verify papers.store",
    subcommands: [Verify.self, Compact.self])

  struct Verify: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Compares every file with its checksum.", discussion: "Example: grove store verify papers.store")

    @Argument(help: "A store.") var store: String
    @OptionGroup var common: CommonOptions

    func run() throws {
      common.apply()
      let check = try StoreCheck(store)
      var report = Report("store verify")
      report.set("files", check.files)
      report.set("bytes", check.bytes)
      report.set("bad", check.faults.map(\.description))
      report.set("snapshot", check.snapshot)
      report.say("\(store): \(check.files) files, \(grouped(check.bytes)) bytes, \(check.faults.count) bad")
      for fault in check.faults { report.say("  \(fault)") }
      try report.finish(common)
      if let first = check.faults.first { throw first }
    }
  }

  struct Compact: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Writes a store anew, without what is no longer used.",
      discussion: "Example: grove store compact papers.store")

    @Argument(help: "A store.") var store: String
    @OptionGroup var common: CommonOptions

    func run() throws {
      common.apply()
      let graph = try GraphStore(store)
      let before = try StoreCheck.byteCount(store)
      for warning in try graph.compact() { Notice.say(warning) }
      let check = try StoreCheck(store)
      var report = Report("store compact")
      report.set("files", check.files)
      report.set("bytes", check.bytes)
      report.set("bytesBefore", before)
      report.set("bad", check.faults.map(\.description))
      report.set("snapshot", check.snapshot)
      report.say("\(store): \(check.files) files, \(grouped(before)) bytes before, \(grouped(check.bytes)) now")
      try report.finish(common)
      if let first = check.faults.first { throw first }
    }
  }
}
