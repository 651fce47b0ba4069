import GroveKernels

/// How one dialect writes the planted graph: which files there are, and what a paper is in them.
///
/// Every dialect writes the same papers, citations, authors, places, venues, fields, titles and years as far as it has
/// room for them; `carried` says how far that is.
protocol SyntheticDialect {
  /// Names of its files, that of the papers first; one that ends in `.gz` is compressed.
  static var files: [String] { get }
  /// What of the plan its records carry.
  static var carried: CarriedFacts { get }
  /// What `planted.json` counts beside what it counts for every dialect.
  static var counted: [DialectCount] { get }
  /// Mishaps that befall its files.
  static var mishaps: [SyntheticPlan.Mishap] { get }
  /// Whether `planted.json` lists the files.
  static var listsFiles: Bool { get }

  init(contents: SyntheticContents)

  /// Adds what stands before all records.
  mutating func open(_ texts: inout [ByteText], _ counts: inout DialectCounts)

  /// Adds a paper to the texts of the files, and counts what only this dialect has.
  mutating func append(
    _ paper: PlannedPaper, isFirst: Bool, to texts: inout [ByteText], _ counts: inout DialectCounts)

  /// Adds a record of a paper again.
  mutating func appendRepeat(of paper: PlannedPaper, to texts: inout [ByteText])

  /// Adds a paper's record in a form that no reader takes.
  mutating func appendBadRecord(of paper: PlannedPaper, to texts: inout [ByteText])

  /// Adds a line, blank or of one or two letters, that is no record.
  mutating func appendNoRecord(_ line: StaticString, to texts: inout [ByteText])

  /// Adds what stands behind all papers.
  mutating func close(_ texts: inout [ByteText])

  /// Adds another entity, in dialects that have records of them.
  mutating func append(_ entity: SyntheticEntity, to texts: inout [ByteText], _ counts: inout DialectCounts)

  /// Adds a paper's id as `labels.tsv` has it.
  func append(labeledID paper: Int, to text: inout ByteText)

  /// Counts a paper that was not written before.
  func count(_ paper: PlannedPaper, in tally: inout PlantedTally)
}

/// Something other than a paper that has a record of its own in some dialects.
enum SyntheticEntity {
  case author(Int)
  case affiliation(Int)
  case venue(Int)
  case field(Int)
}

/// What of the plan a dialect's records can say.
struct CarriedFacts: OptionSet {
  let rawValue: Int
  /// Authors have ids.
  static let authorIDs = CarriedFacts(rawValue: 1)
  /// Authors have affiliations.
  static let affiliations = CarriedFacts(rawValue: 2)
  /// Venues have ids.
  static let venueIDs = CarriedFacts(rawValue: 4)
  /// Venues without id have names.
  static let venueNames = CarriedFacts(rawValue: 8)
  /// Papers have fields.
  static let fields = CarriedFacts(rawValue: 16)
  /// What will appear has a year to come instead of none.
  static let futureYears = CarriedFacts(rawValue: 32)

  static let all: CarriedFacts = [.authorIDs, .affiliations, .venueIDs, .venueNames, .fields]
}

extension SyntheticDialect {
  static var counted: [DialectCount] { [] }
  static var carried: CarriedFacts { .all }
  static var mishaps: [SyntheticPlan.Mishap] { [.duplicate, .badLine, .blankLine, .shortLine] }
  static var listsFiles: Bool { true }

  mutating func open(_ texts: inout [ByteText], _ counts: inout DialectCounts) {}

  mutating func appendRepeat(of paper: PlannedPaper, to texts: inout [ByteText]) {
    var counts = DialectCounts(Self.counted)
    append(paper, isFirst: false, to: &texts, &counts)
  }

  mutating func appendNoRecord(_ line: StaticString, to texts: inout [ByteText]) {
    texts[0].append(line)
    texts[0].append(UInt8(ascii: "\n"))
  }

  mutating func close(_ texts: inout [ByteText]) {}

  mutating func append(_ entity: SyntheticEntity, to texts: inout [ByteText], _ counts: inout DialectCounts) {}

  func count(_ paper: PlannedPaper, in tally: inout PlantedTally) { tally.count(paper, carrying: Self.carried) }
}

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
