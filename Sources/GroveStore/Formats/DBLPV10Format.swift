/// AMiner DBLP-Citation-network V10: JSON lines, authors plain names, ids UUIDs, the venue a plain name.
///
/// Source: specification of the OAG formats, section 1.5.
public enum DBLPV10Format: RecordFormat {
  /// The word of `--format`.
  public static let name = "dblp-v10"
  /// What its files look like.
  public static let summary = "JSON lines, authors plain names"

  /// Whether the first records speak for it.
  public static func recognizes(_ traits: RecordTraits) -> Bool {
    traits.contains(.authorNames)
  }
}
