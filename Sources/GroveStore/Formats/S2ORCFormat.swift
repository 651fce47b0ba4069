/// S2ORC's metadata (2020): papers as JSON lines with outbound citations and fields of study.
///
/// Source: specification of the OAG formats, section 1.8; the reader is `S2ORCJSON`.
public enum S2ORCFormat: RecordFormat {
  /// The word of `--format`.
  public static let name = "s2orc"
  /// What its files look like.
  public static let summary = "JSON lines with paper_id, outbound_citations"

  /// Whether the first records speak for it.
  public static func recognizes(_ traits: RecordTraits) -> Bool {
    traits.contains(.s2orc)
  }
}
