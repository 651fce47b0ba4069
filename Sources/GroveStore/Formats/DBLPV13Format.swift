/// AMiner DBLP-Citation-network V13: an array of objects over many lines with the literals of MongoDB's shell, which are
/// not JSON: `NumberInt(5)`.
///
/// Source: specification of the OAG formats, section 1.5; the literals are read by `RecordDecoder`.
public enum DBLPV13Format: RecordFormat {
  /// The word of `--format`.
  public static let name = "dblp-v13"
  /// What its files look like.
  public static let summary = "an array with NumberInt(…), _id"

  /// Whether the first records speak for it.
  public static func recognizes(_ traits: RecordTraits) -> Bool {
    traits.contains(.shellLiterals)
  }
}
