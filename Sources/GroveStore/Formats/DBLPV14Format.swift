/// AMiner DBLP-Citation-network V14 to V16 as an array: hexadecimal ids under `id`, the venue a name or an object.
///
/// Their JSON lines cannot be told from those of OAG and are read alike.
///
/// Source: specification of the OAG formats, section 1.5.
public enum DBLPV14Format: RecordFormat {
  /// The word of `--format`.
  public static let name = "dblp-v14"
  /// What its files look like.
  public static let summary = "a JSON array with hexadecimal ids"

  /// Whether the first records speak for it.
  public static func recognizes(_ traits: RecordTraits) -> Bool {
    traits.contains(.array)
  }
}
