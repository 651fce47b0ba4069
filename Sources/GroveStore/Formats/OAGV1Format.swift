/// Open Academic Graph v1 (2017): papers as JSON lines, authors without ids, venue and fields plain strings.
///
/// Source: specification of the OAG formats, section 1.1.
public enum OAGV1Format: RecordFormat {
  /// The word of `--format`.
  public static let name = "oag-v1"
  /// What its files look like.
  public static let summary = "JSON lines of papers, authors without ids"

  /// Whether the first records speak for it: whatever no other dialect claims.
  public static func recognizes(_ traits: RecordTraits) -> Bool { true }
}
