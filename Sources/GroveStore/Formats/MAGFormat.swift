/// The Microsoft Academic Graph: a folder of tables without header or quoting, each known by its name.
///
/// Source: specification of the OAG formats, section 1.6; the readers are `TableLayout` and the tables of `ImportWorker`.
public enum MAGFormat: RecordFormat {
  /// The word of `--format`.
  public static let name = "mag"
  /// What its files look like.
  public static let summary = "tab-separated tables Papers.txt, PaperReferences.txt, …"

  /// Whether the first records speak for it.
  public static func recognizes(_ traits: RecordTraits) -> Bool {
    traits.contains(.tables)
  }
}
