import GroveKernels

/// Records of DBLP-Citation-network V15 and V16: those of V14 as JSON lines.
///
/// - Source: specification of the OAG formats, section 1.5.
struct DBLPV16Records: FramedDialect {
  static let files = ["dblp_v16.json"]
  static let counted = DBLPV14Records.counted

  let contents: SyntheticContents
  private let records: DBLPV14Records

  init(contents: SyntheticContents) {
    self.contents = contents
    records = DBLPV14Records(contents: contents)
  }

  func append(labeledID paper: Int, to text: inout ByteText) { records.append(labeledID: paper, to: &text) }

  func append(record paper: PlannedPaper, to text: inout ByteText, _ counts: inout DialectCounts) {
    records.append(record: paper, to: &text, &counts)
  }
}
