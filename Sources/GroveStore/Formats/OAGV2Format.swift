/// Open Academic Graph v2 (2018–2019): papers, authors and venues as JSON lines, authors with ids, the venue an
/// object, fields with weights on the MAG side.
///
/// Source: specification of the OAG formats, section 1.2. The papers that an author's record lists are left to the
/// papers' own records.
public enum OAGV2Format: RecordFormat {
  /// The word of `--format`.
  public static let name = "oag-v2"
  /// What its files look like.
  public static let summary = "JSON lines of papers, authors, venues; author ids, venue {id, raw}"

  /// Whether the first records speak for it.
  public static func recognizes(_ traits: RecordTraits) -> Bool {
    !traits.isDisjoint(with: [.venueObject, .weightedTopics, .authorIDs])
  }
}
