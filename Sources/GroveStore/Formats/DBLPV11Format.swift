/// AMiner DBLP-Citation-network V11: JSON lines, ids digits in quotes, the venue an object, weighted fields, abstracts as
/// inverted indices.
///
/// Source: specification of the OAG formats, section 1.5.
public enum DBLPV11Format: RecordFormat {
  /// The word of `--format`.
  public static let name = "dblp-v11"
  /// What its files look like.
  public static let summary = "JSON lines, ids digits in quotes, venue {raw}"

  /// Whether the first records speak for it.
  public static func recognizes(_ traits: RecordTraits) -> Bool {
    traits.isSuperset(of: [.digitIDs, .venueObject]) && traits.isDisjoint(with: [.links, .numericIDs])
  }
}
