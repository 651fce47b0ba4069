import Foundation
import GroveKernels

/// Writes the records of a dump, paper after paper, with labels beside them and dirt between them.
struct SyntheticDumpWriter<Dialect: SyntheticDialect> {
  /// Records that a repeat goes back at most.
  private static var furthestRepeat: Int { 64 }
  /// Bytes that wait at most before they are sent.
  private static var waiting: Int { 1 << 17 }

  private let dump: SyntheticDump
  private let contents: SyntheticContents
  private var dialect: Dialect
  private var tally = PlantedTally(Dialect.counted)
  private var paper = PlannedPaper()
  private var other = PlannedPaper()
  /// What waits for each file of the dialect.
  private var texts = Dialect.files.map { _ in ByteText() }
  private var labels = ByteText()
  private let isCompressed = Dialect.files.map { $0.hasSuffix(".gz") }
  private var isUntouched = Dialect.files.map { _ in true }
  private let topics = SyntheticTopic.all.map { Piece($0.name) }
  /// Bytes sent so far, to all files.
  private(set) var bytesWritten = 0

  /// What was written.
  var planted: PlantedCounts { tally.counts }

  init(dump: SyntheticDump) {
    self.dump = dump
    contents = SyntheticContents(papers: dump.papers, seed: dump.seed)
    dialect = Dialect(contents: contents)
  }

  /// Writes all files; `sinks` are in the order of `SyntheticDumpFolder.files(of:)`.
  mutating func write(to sinks: inout [ByteSink], progress: (SyntheticDump.Progress) throws -> Void) throws {
    let labelSink = sinks.count - 2
    labels.append("id\tlabel\n")
    dialect.open(&texts, &tally.counts.dialect)
    for number in 0..<dump.papers {
      contents.plan.plan(number, into: &paper)
      dialect.append(paper, isFirst: number == 0, to: &texts, &tally.counts.dialect)
      dialect.count(paper, in: &tally)
      if paper.isLabeled { appendLabel() }
      appendMishaps(after: number)
      if try send(to: &sinks, atLeast: Self.waiting) {
        try progress(.init(papers: number + 1, bytes: bytesWritten))
      }
      if labels.count >= Self.waiting { bytesWritten += try labels.send(to: &sinks[labelSink]) }
    }
    dialect.close(&texts)
    bytesWritten += try labels.send(to: &sinks[labelSink])
    try writeEntities(to: &sinks, progress: progress)
    _ = try send(to: &sinks, atLeast: 1)
    // Without a member a file is no gzip stream.
    for file in texts.indices where isCompressed[file] && isUntouched[file] {
      bytesWritten += try GzipMember.write([], to: &sinks[file])
    }
    try sinks[labelSink + 1].write(plantedText)
    bytesWritten += plantedText.utf8.count
  }

  /// Sends what waits for files for which it is enough.
  ///
  /// - Returns: whether anything was sent.
  private mutating func send(to sinks: inout [ByteSink], atLeast enough: Int) throws -> Bool {
    var hasSent = false
    for file in texts.indices where texts[file].count >= enough {
      bytesWritten += try texts[file].send(to: &sinks[file], isCompressed: isCompressed[file])
      hasSent = true
      isUntouched[file] = false
    }
    return hasSent
  }

  private mutating func appendLabel() {
    dialect.append(labeledID: paper.number, to: &labels)
    labels.append(UInt8(ascii: "\t"))
    labels.append(topics[paper.topic])
    labels.append(UInt8(ascii: "\n"))
  }

  // MARK: - Dirt between records

  private mutating func appendMishaps(after number: Int) {
    for mishap in Dialect.mishaps where contents.plan.has(mishap, after: number) {
      switch mishap {
      case .duplicate:
        planEarlierPaper(before: number)
        dialect.appendRepeat(of: other, to: &texts)
        tally.countDuplicate()
      case .badLine:
        planEarlierPaper(before: number)
        dialect.appendBadRecord(of: other, to: &texts)
        tally.countBadLine()
      case .blankLine:
        dialect.appendNoRecord("", to: &texts)
        tally.countShortLine()
      case .shortLine:
        var draws = contents.plan.mishapDraws(after: number)
        dialect.appendNoRecord((["{", "]", ",", "[]", "--"] as [StaticString])[draws.below(5)], to: &texts)
        tally.countShortLine()
      }
    }
  }

  /// Plans a paper that was written not long ago, this one included.
  private mutating func planEarlierPaper(before number: Int) {
    var draws = contents.plan.mishapDraws(after: number)
    contents.plan.plan(number - draws.below(min(number + 1, Self.furthestRepeat)), into: &other)
  }

  // MARK: - The other entities

  private mutating func writeEntities(
    to sinks: inout [ByteSink], progress: (SyntheticDump.Progress) throws -> Void
  ) throws {
    for author in 0..<planted.authors {
      dialect.append(.author(author), to: &texts, &tally.counts.dialect)
      if try send(to: &sinks, atLeast: Self.waiting) {
        try progress(.init(papers: dump.papers, bytes: bytesWritten))
      }
    }
    let others =
      tally.usedAffiliations.all.map { SyntheticEntity.affiliation($0) }
      + tally.usedVenues.all.map { .venue($0) } + tally.usedFields.all.map { .field($0) }
    for entity in others { dialect.append(entity, to: &texts, &tally.counts.dialect) }
  }

  /// The text of `planted.json`.
  private var plantedText: String {
    var lines = [#""madeBy": "\#(SyntheticDumpFolder.maker)""#, #""format": "\#(dump.format.rawValue)""#]
    lines.append(#""seed": \#(dump.seed)"#)
    if Dialect.listsFiles {
      lines.append(#""files": [\#(Dialect.files.map { #""\#($0)""# }.joined(separator: ", "))]"#)
    }
    lines += planted.byName.map { #""\#($0.name)": \#($0.count)"# }
    return "{\n" + lines.map { "  " + $0 }.joined(separator: ",\n") + "\n}\n"
  }
}
