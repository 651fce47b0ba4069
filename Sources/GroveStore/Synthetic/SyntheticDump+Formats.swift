extension SyntheticDump {
  /// How records are written.
  public enum Format: String, CaseIterable, Sendable {
    /// Open Academic Graph v1: JSON lines of papers, authors without ids, absence instead of null.
    case oagV1 = "oag-v1"
    /// Open Academic Graph v2: papers, authors and venues of AMiner and of MAG, and pairs that link them.
    case oagV2 = "oag-v2"
    /// Open Academic Graph v3: JSON lines of publications, authors, affiliations and venues.
    case oagV3 = "oag-v3"
    /// DBLP-Citation-network V1 to V7: text under tags, the title first.
    case dblpText = "dblp-text"
    /// AMinerNetwork, and DBLP-Citation-network V8 and V9: text under tags, the index first, with tables of authors.
    case dblpTextB = "dblp-text-b"
    /// DBLP-Citation-network V10: JSON lines in four files, UUIDs for ids.
    case dblpV10 = "dblp-v10"
    /// DBLP-Citation-network V11: JSON lines, strings of digits for ids.
    case dblpV11 = "dblp-v11"
    /// DBLP-Citation-network V12: one JSON array, a record a line.
    case dblpV12 = "dblp-v12"
    /// DBLP-Citation-network V13: one pretty-printed array with Mongo's literals, which is no JSON.
    case dblpV13 = "dblp-v13"
    /// DBLP-Citation-network V14: one JSON array, 24 digits for ids.
    case dblpV14 = "dblp-v14"
    /// DBLP-Citation-network V15 and V16: JSON lines, 24 digits for ids.
    case dblpV16 = "dblp-v16"
    /// Microsoft Academic Graph: tables of tab-separated columns without header and quoting.
    case mag = "mag"
    /// OpenAlex: gzipped JSON lines of six entities by date of change, and lists of merged works.
    case openAlex = "openalex"
    /// S2ORC metadata: JSON lines in which null is the norm.
    case s2orc = "s2orc"

    /// What writes them.
    var dialect: any SyntheticDialect.Type {
      switch self {
      case .oagV1: OAGV1Records.self
      case .oagV2: OAGV2Records.self
      case .oagV3: OAGRecords.self
      case .dblpText: DBLPTextRecords.self
      case .dblpTextB: AMinerNetworkRecords.self
      case .dblpV10: DBLPV10Records.self
      case .dblpV11: DBLPV11Records.self
      case .dblpV12: DBLPRecords.self
      case .dblpV13: DBLPV13Records.self
      case .dblpV14: DBLPV14Records.self
      case .dblpV16: DBLPV16Records.self
      case .mag: MAGTables.self
      case .openAlex: OpenAlexRecords.self
      case .s2orc: S2ORCRecords.self
      }
    }
  }
}
