import ArgumentParser
import GroveGraphs
import GroveKernels
import GroveLearning
import GroveStore

struct VersionCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "version", abstract: "Version, CPU path, threads and libraries.",
    discussion: "Example: grove version --json")

  @OptionGroup var common: CommonOptions

  func run() throws {
    common.apply()
    var libraries = StoreLibraries.versions
    libraries["GraphBLAS"] = SparseMatrix.libraryVersion
    var report = Report("version")
    report.set("version", GroveVersion.current)
    report.set("cpu", CPUPath.name)
    report.set("threads", Workers.threadCount)
    report.set("libraries", libraries)
    report.say("grove \(GroveVersion.current)")
    report.say(
      "CPU path \(CPUPath.name) (of \(CPUPath.available.joined(separator: ", "))), \(Workers.threadCount) threads")
    report.table(libraries.sorted { $0.key < $1.key }.map { [$0.key + ": " + $0.value] })
    try report.finish(common)
  }
}
