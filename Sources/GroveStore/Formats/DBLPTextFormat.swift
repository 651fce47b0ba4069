/// The citation networks as text: DBLP-Citation-network V1–V9, the ACM networks and AMinerNetwork.
///
/// Source: specification of the OAG formats, section 1.4; the readers are `TextFraming` and `TaggedText`.
public enum DBLPTextFormat: RecordFormat {
  /// The word of `--format`.
  public static let name = "dblp-text"
  /// What its files look like.
  public static let summary = "records of tagged lines (#*, #@, #t, #c, #index, #%, #!), title or number first"

  /// Whether the first records speak for it.
  public static func recognizes(_ traits: RecordTraits) -> Bool {
    traits.contains(.taggedLines)
  }
}
