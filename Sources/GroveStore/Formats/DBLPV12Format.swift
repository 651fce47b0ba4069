/// AMiner DBLP-Citation-network V12: an array with a record a line and the comma before it, integer ids, the venue an
/// object, abstracts as inverted indices, weighted fields.
///
/// Source: specification of the OAG formats, section 1.5.
public enum DBLPV12Format: RecordFormat {
  /// The word of `--format`.
  public static let name = "dblp-v12"
  /// What its files look like.
  public static let summary = "a JSON array, one record a line, integer ids, indexed_abstract"

  /// Whether the first records speak for it.
  public static func recognizes(_ traits: RecordTraits) -> Bool {
    traits.contains(.array) && !traits.isDisjoint(with: [.numericIDs, .digitIDs])
  }
}
