import GroveKernels

/// A dialect of one text a record: how records are framed, and in which file each lies.
protocol FramedDialect: SyntheticDialect {
  var contents: SyntheticContents { get }
  /// What stands before all records.
  static var opening: StaticString { get }
  /// What stands before every record but the first.
  static var before: StaticString { get }
  /// What stands behind every record.
  static var after: StaticString { get }
  /// What stands behind all records.
  static var closing: StaticString { get }

  /// The file that a paper's record lies in.
  func file(of paper: Int) -> Int

  /// Adds a record without its frame.
  mutating func append(record paper: PlannedPaper, to text: inout ByteText, _ counts: inout DialectCounts)
}

extension FramedDialect {
  static var opening: StaticString { "" }
  static var before: StaticString { "" }
  static var after: StaticString { "\n" }
  static var closing: StaticString { "" }

  func file(of paper: Int) -> Int { 0 }

  mutating func open(_ texts: inout [ByteText], _ counts: inout DialectCounts) { texts[0].append(Self.opening) }

  mutating func append(
    _ paper: PlannedPaper, isFirst: Bool, to texts: inout [ByteText], _ counts: inout DialectCounts
  ) {
    let file = file(of: paper.number)
    if !isFirst { texts[file].append(Self.before) }
    append(record: paper, to: &texts[file], &counts)
    texts[file].append(Self.after)
  }

  /// A record that stops somewhere in its first half.
  mutating func appendBadRecord(of paper: PlannedPaper, to texts: inout [ByteText]) {
    let file = file(of: paper.number)
    texts[file].append(Self.before)
    let start = texts[file].count
    var counts = DialectCounts(Self.counted)
    append(record: paper, to: &texts[file], &counts)
    texts[file].cut(from: start, contents.plan.mishapDraws(after: paper.number))
    texts[file].append(Self.after)
  }

  mutating func close(_ texts: inout [ByteText]) { texts[0].append(Self.closing) }
}

extension ByteText {
  /// Cuts what begins at a place somewhere in its first half, but behind its first 16 bytes.
  mutating func cut(from start: Int, _ draws: RandomGenerator) {
    var draws = draws
    var end = start + 16 + draws.below((count - start) / 2)
    // Not within a character of several bytes.
    while self[end] & 0xc0 == 0x80 { end -= 1 }
    truncate(to: end)
  }
}
