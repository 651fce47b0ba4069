import GroveKernels

/// Records of DBLP-Citation-network V11: those of V12 with strings of digits for ids, as JSON lines.
///
/// - Source: specification of the OAG formats, section 1.5.
struct DBLPV11Records: FramedDialect {
  static let files = ["dblp_papers_v11.txt"]

  let contents: SyntheticContents
  private var records: DBLPRecords

  init(contents: SyntheticContents) {
    self.contents = contents
    records = DBLPRecords(contents: contents)
    records.quotesIDs = true
  }

  func append(labeledID paper: Int, to text: inout ByteText) { records.append(labeledID: paper, to: &text) }

  mutating func append(record paper: PlannedPaper, to text: inout ByteText, _ counts: inout DialectCounts) {
    records.append(record: paper, to: &text, &counts)
  }
}
