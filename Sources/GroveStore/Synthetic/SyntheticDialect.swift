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
