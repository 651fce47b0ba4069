/// OpenAlex: works, authors, sources, institutions, concepts and topics as JSON lines, and tables of merged ids.
///
/// Source: specification of the OAG formats, section 1.7; the reader is `OpenAlexJSON`.
public enum OpenAlexFormat: RecordFormat {
  /// The word of `--format`.
  public static let name = "openalex"
  /// What its files look like.
  public static let summary = "JSON lines with ids https://openalex.org/W…"

  /// Whether the first records speak for it.
  public static func recognizes(_ traits: RecordTraits) -> Bool {
    traits.contains(.openAlex)
  }
}
