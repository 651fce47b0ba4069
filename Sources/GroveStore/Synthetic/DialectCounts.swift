/// What only some dialects have and `planted.json` counts there; raw values are its keys.
public enum DialectCount: String, CaseIterable, Sendable {
  /// The number of records that the first line promises.
  case headerCount
  /// Reference tags without a reference.
  case emptyReferences
  /// Lines under a tag that no reader knows.
  case unknownTags
  /// Records that write tags in their long form (`#year`, `#conf`).
  case longTags
  /// Records of authors in a file of their own.
  case authorRecords
  /// Rows that join an author to a paper.
  case authorRows
  /// Pairs of authors who wrote together.
  case coauthorPairs
  /// Titles in which `NumberInt(3)` is text.
  case mongoTitles
  /// Ids within `ObjectId( )`.
  case wrappedIDs
  /// Records that say nothing of a key's value by leaving the key out.
  case absentYears
  /// Years below 1 that stand as numbers.
  case impossibleYears
  /// Years after this one.
  case futureYears
  /// Papers with a record on AMiner's side.
  case aminerPapers
  /// Papers with a record on MAG's side.
  case magPapers
  /// Papers on AMiner's side alone.
  case aminerOnlyPapers
  /// Papers on MAG's side alone.
  case magOnlyPapers
  /// Pairs of linked papers that both exist.
  case paperLinks
  /// Pairs of linked authors.
  case authorLinks
  /// Pairs of linked venues.
  case venueLinks
  /// Pairs of links of which one side does not exist.
  case danglingLinks
  /// Pairs that link a paper of MAG, which is linked already, to another of AMiner, which does not exist.
  case conflictingLinks
  /// Ids of MAG that stand as strings in links of papers.
  case textualLinks
  /// Citations between two papers of AMiner's side.
  case aminerCitations
  /// Citations between two papers of MAG's side.
  case magCitations
  /// Planted citations that neither side lists because the two papers have no side in common.
  case unlistedCitations
  /// Rows of references.
  case referenceRows
  /// Rows of papers' fields.
  case fieldRows
  /// Rows that join a narrower field to a wider one.
  case fieldChildren
  /// Rows of abstracts.
  case abstractRows
  /// Rows with more columns than their table.
  case longRows
  /// Rows in which a quotation mark is a letter like any other.
  case quotedRows
  /// Works that are merged into another one.
  case mergedWorks
  /// Records of such works, which are still there.
  case mergedRecords
  /// Works that are merged into the one that stands for deleted works.
  case deletedWorks
  /// Records of such works, which are still there.
  case deletedRecords
  /// Citations that name a merged work instead of the one that it became.
  case referencesToMerged
  /// References to deleted works, which are no citations and not counted as dangling.
  case referencesToDeleted
  /// Works without a source.
  case worksWithoutSource
  /// Abstracts in the older form, with their length.
  case wrappedAbstracts
  /// Abstracts in the newer form, a bare map.
  case bareAbstracts
  /// Topics whose subfield is a number.
  case numericSubfields
  /// Topics whose subfield is an address.
  case addressSubfields
  /// Pairs of a work and one of the topics that stand beside its concepts.
  case topicAssignments
  /// Distinct topics of that kind.
  case distinctTopics
  /// Citations that the cited record lists too.
  case inboundCitations
  /// Records with an abstract.
  case abstracts
}

/// Numbers by `DialectCount`, of which a dialect lists some.
struct DialectCounts: Sendable, Equatable {
  private var numbers = [Int](repeating: 0, count: DialectCount.allCases.count)
  private let listed: [DialectCount]

  init(_ listed: [DialectCount]) { self.listed = listed }

  private static let places = {
    var places: [DialectCount: Int] = [:]
    for (place, count) in DialectCount.allCases.enumerated() { places[count] = place }
    return places
  }()

  subscript(count: DialectCount) -> Int { numbers[Self.places[count] ?? 0] }

  mutating func add(_ count: DialectCount, _ number: Int = 1) {
    if number > 0 { numbers[Self.places[count] ?? 0] += number }
  }

  /// What is listed, by its name, in the order of the list.
  var byName: [(name: String, count: Int)] { listed.map { ($0.rawValue, self[$0]) } }
}
