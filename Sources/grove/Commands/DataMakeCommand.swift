import ArgumentParser
import GroveKernels
import GroveStore

extension DataCommand {
  struct Make: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Writes a synthetic dump with planted topics, citations and dirt, of any size.",
      discussion: """
        Example: grove data make oag --papers 1000 --into dump

        Beside the records lie labels.tsv (the planted topic of most papers) and planted.json (how many papers, \
        authors, citations, dangling references, duplicates, bad lines and so on the records hold). With one seed all \
        formats write the same papers, citations, titles and years.
        """)

    @Argument(help: "The family of formats: oag.") var family: String
    @Option(help: "Number of distinct papers.") var papers: Int
    @Option(help: "Folder to write into.") var into: String
    @Option(
      help: """
        oag-v1, oag-v2, oag-v3; dblp-text (V1 to V7), dblp-text-b (AMinerNetwork), dblp-v10, dblp-v11, dblp-v12, \
        dblp-v13, dblp-v14, dblp-v16; mag (tables), openalex or s2orc.
        """) var format = SyntheticDump.Format.oagV3.rawValue
    @Option(help: "Fixes everything random.") var seed = 0
    @Flag(help: "Replaces an earlier dump in the folder.") var overwrite = false
    @OptionGroup var common: CommonOptions

    func validate() throws {
      if family != "oag" { throw ValidationError("'\(family)' cannot be made; choose: oag") }
      if !(1...SyntheticDump.largestCount).contains(papers) {
        throw ValidationError("--papers \(papers): give 1 to \(grouped(SyntheticDump.largestCount))")
      }
      if seed < 0 { throw ValidationError("--seed \(seed): give 0 or more") }
      if into.isEmpty { throw ValidationError("--into is empty: name a folder") }
      if SyntheticDump.Format(rawValue: format) == nil {
        let known = SyntheticDump.Format.allCases.map(\.rawValue)
        throw ValidationError("--format '\(format)' is unknown; choose one of: \(known.joined(separator: ", "))")
      }
    }

    func run() throws {
      common.apply()
      let dump = SyntheticDump(
        papers: papers, format: SyntheticDump.Format(rawValue: format) ?? .oagV3, seed: UInt64(seed))
      let line = ProgressLine()
      defer { line.clear() }
      ProcessState.catchInterrupts()
      let written = try dump.write(into: into, overwriting: overwrite) { progress in
        if ProcessState.isInterrupted { throw CancellationError() }
        line.show(
          Double(progress.papers) / Double(papers),
          "\(grouped(progress.papers)) of \(grouped(papers)) papers, \(grouped(progress.bytes >> 20)) MiB")
      }
      line.clear()
      var report = Report("data make")
      report.set("papers", papers)
      report.set("files", written.files)
      report.set("bytes", written.bytes)
      var planted: [String: Any] = ["format": format, "seed": seed]
      for (name, count) in written.planted.byName { planted[name] = count }
      report.set("planted", planted)
      report.say("\(grouped(papers)) papers, \(grouped(written.bytes)) bytes in \(into)")
      report.table(written.planted.byName.map { [$0.name, grouped($0.count)] })
      try report.finish(common)
    }
  }
}
