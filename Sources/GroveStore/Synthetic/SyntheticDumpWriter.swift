import Foundation
import GroveKernels

/// Writes the records of a dump, paper after paper, with labels beside them and dirt between them.
struct SyntheticDumpWriter {
  /// Records that a repeat goes back at most.
  private static let furthestRepeat = 64
  /// Bytes that wait at most before they are sent.
  private static let waiting = 1 << 17

  private let dump: SyntheticDump
  private let contents: SyntheticContents
  private let oagRecords: OAGRecords
  private var dblpRecords: DBLPRecords
  private var tally = PlantedTally()
  private var paper = PlannedPaper()
  private var other = PlannedPaper()
  private var text = ByteText()
  private var labels = ByteText()
  private let topics = SyntheticTopic.all.map { Piece($0.name) }
  /// Bytes sent so far, to all files.
  private(set) var bytesWritten = 0

  /// What was written.
  var planted: PlantedCounts { tally.counts }

  init(dump: SyntheticDump) {
    self.dump = dump
    contents = SyntheticContents(papers: dump.papers, seed: dump.seed)
    oagRecords = OAGRecords(contents: contents)
    dblpRecords = DBLPRecords(contents: contents)
  }

  /// Writes all files; `sinks` are in the order of `SyntheticDumpFolder.files(of:)`.
  mutating func write(to sinks: inout [ByteSink], progress: (SyntheticDump.Progress) throws -> Void) throws {
    let labelSink = sinks.count - 2
    labels.append("id\tlabel\n")
    if dump.format == .dblpV12 { text.append("[\r\n") }
    for number in 0..<dump.papers {
      contents.plan.plan(number, into: &paper)
      appendLine(of: paper, isFirst: number == 0)
      tally.count(paper)
      if paper.isLabeled { appendLabel() }
      appendMishaps(after: number)
      if text.count >= Self.waiting {
        bytesWritten += try text.send(to: &sinks[0])
        try progress(.init(papers: number + 1, bytes: bytesWritten))
      }
      if labels.count >= Self.waiting { bytesWritten += try labels.send(to: &sinks[labelSink]) }
    }
    if dump.format == .dblpV12 { text.append("]\r\n") }
    bytesWritten += try text.send(to: &sinks[0])
    bytesWritten += try labels.send(to: &sinks[labelSink])
    if dump.format == .oagV3 { try writeEntities(to: &sinks, progress: progress) }
    try sinks[labelSink + 1].write(plantedText)
    bytesWritten += plantedText.utf8.count
  }

  // MARK: - Records

  private mutating func appendLine(of paper: PlannedPaper, isFirst: Bool) {
    if dump.format == .dblpV12, !isFirst { text.append(UInt8(ascii: ",")) }
    appendRecord(of: paper)
    appendLineEnd()
  }

  private mutating func appendRecord(of paper: PlannedPaper) {
    switch dump.format {
    case .oagV3: oagRecords.append(paper, to: &text)
    case .dblpV12: dblpRecords.append(paper, to: &text)
    }
  }

  private mutating func appendLineEnd() { text.append(dump.format == .dblpV12 ? "\r\n" : "\n") }

  private mutating func appendLabel() {
    switch dump.format {
    case .oagV3: contents.ids.append(.paper, paper.number, to: &labels)
    case .dblpV12: labels.append(decimal: contents.ids.integer(.paper, paper.number))
    }
    labels.append(UInt8(ascii: "\t"))
    labels.append(topics[paper.topic])
    labels.append(UInt8(ascii: "\n"))
  }

  // MARK: - Dirt between records

  private mutating func appendMishaps(after number: Int) {
    let plan = contents.plan
    if plan.has(.duplicate, after: number) {
      planEarlierPaper(before: number)
      appendLine(of: other, isFirst: false)
      tally.countDuplicate()
    }
    if plan.has(.badLine, after: number) {
      planEarlierPaper(before: number)
      appendCutRecord()
      tally.countBadLine()
    }
    // The line-wise format also has lines that are no records.
    guard dump.format == .oagV3 else { return }
    if plan.has(.blankLine, after: number) {
      appendLineEnd()
      tally.countShortLine()
    }
    if plan.has(.shortLine, after: number) {
      var draws = plan.mishapDraws(after: number)
      text.append((["{", "]", ",", "[]", "--"] as [StaticString])[draws.below(5)])
      appendLineEnd()
      tally.countShortLine()
    }
  }

  /// Plans a paper that was written not long ago, this one included.
  private mutating func planEarlierPaper(before number: Int) {
    var draws = contents.plan.mishapDraws(after: number)
    contents.plan.plan(number - draws.below(min(number + 1, Self.furthestRepeat)), into: &other)
  }

  /// A record that stops somewhere in its first half.
  private mutating func appendCutRecord() {
    if dump.format == .dblpV12 { text.append(UInt8(ascii: ",")) }
    let start = text.count
    appendRecord(of: other)
    var draws = contents.plan.mishapDraws(after: other.number)
    var end = start + 16 + draws.below((text.count - start) / 2)
    // Not within a character of several bytes.
    while text[end] & 0xc0 == 0x80 { end -= 1 }
    text.truncate(to: end)
    appendLineEnd()
  }

  // MARK: - The other files

  private mutating func writeEntities(
    to sinks: inout [ByteSink], progress: (SyntheticDump.Progress) throws -> Void
  ) throws {
    for author in 0..<planted.authors {
      oagRecords.append(author: author, to: &text)
      if text.count >= Self.waiting {
        bytesWritten += try text.send(to: &sinks[1])
        try progress(.init(papers: dump.papers, bytes: bytesWritten))
      }
    }
    bytesWritten += try text.send(to: &sinks[1])
    for affiliation in tally.usedAffiliations.all { oagRecords.append(affiliation: affiliation, to: &text) }
    bytesWritten += try text.send(to: &sinks[2])
    for venue in tally.usedVenues.all { oagRecords.append(venue: venue, to: &text) }
    bytesWritten += try text.send(to: &sinks[3])
  }

  /// The text of `planted.json`.
  private var plantedText: String {
    var lines = [#""madeBy": "\#(SyntheticDumpFolder.maker)""#, #""format": "\#(dump.format.rawValue)""#]
    lines.append(#""seed": \#(dump.seed)"#)
    lines += planted.byName.map { #""\#($0.name)": \#($0.count)"# }
    return "{\n" + lines.map { "  " + $0 }.joined(separator: ",\n") + "\n}\n"
  }
}
