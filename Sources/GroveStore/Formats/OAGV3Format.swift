/// Open Academic Graph v3 and v3.1: publications, authors, affiliations and venues as JSON lines in one space of
/// hexadecimal ids, `venue` and `venue_id` side by side, authors with `org_id`.
///
/// Source: specification of the OAG formats, section 1.3.
public enum OAGV3Format: RecordFormat {
  /// The word of `--format`.
  public static let name = "oag-v3"
  /// What its files look like.
  public static let summary = "JSON lines of publications, authors, affiliations, venues; venue_id, org_id"

  /// Whether the first records speak for it.
  public static func recognizes(_ traits: RecordTraits) -> Bool { traits.contains(.mergedIDs) }
}
