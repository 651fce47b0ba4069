/// A synthetic dump of an OAG-family format: planted topics, power-law citations, authors, venues, years and the dirt
/// of real dumps, with every number of it known.
///
///     let dump = SyntheticDump(papers: 10_000, format: .dblpV12, seed: 0)
///     let written = try dump.write(into: "dump")        // written.planted.citations …
///
/// Papers belong to 8 topics with shares 28 : 22 : 18 : 16 : 14 : 12 : 10 : 8 and to 128 communities within them. About
/// 80 % of citations stay in the topic, and a cited paper is never later than the citing one. Fields, words and venues
/// tell the topic with noise. Equal arguments give equal bytes, and the dialects write the same papers, citations,
/// titles and years, with equal ids where their ids are of one kind.
///
/// - Complexity: O(papers) time and O(1) memory: nothing grows with the dump.
/// - Source: the corpus with known answers of the format checks (planted topics, venues bound to topics with 5 % noise,
///   homonyms, rising years, 2 % dangling references, 1 % duplicates).
public struct SyntheticDump: Sendable {
  /// What was written.
  public struct Written: Sendable {
    /// Paths of the files: records first, then labels and `planted.json`.
    public let files: [String]
    /// Size of the files together.
    public let bytes: Int
    /// What the records hold.
    public let planted: PlantedCounts
  }

  /// How far writing has come.
  public struct Progress: Sendable {
    /// Papers written.
    public let papers: Int
    /// Bytes written.
    public let bytes: Int
  }

  /// As many papers as a dump may have.
  public static let largestCount = 1_000_000_000

  /// Distinct papers.
  public let papers: Int
  /// How records are written.
  public let format: Format
  /// Fixes everything random.
  public let seed: UInt64

  /// A dump to be written.
  ///
  /// - Precondition: `papers` is in 1…`largestCount`.
  public init(papers: Int, format: Format, seed: UInt64 = 0) {
    precondition(
      (1...Self.largestCount).contains(papers), "SyntheticDump(papers: \(papers)): 1 to \(Self.largestCount)")
    self.papers = papers
    self.format = format
    self.seed = seed
  }

  /// Writes the dump into a folder, which is made where there is none; files appear whole and all at the end.
  ///
  /// - Parameters:
  ///   - overwriting: whether an earlier dump in the folder is replaced.
  ///   - progress: called now and then; what it throws stops the writing and leaves nothing of it.
  /// - Throws: `FormatFailure.taken` where something else lies in the folder, or an earlier dump and `overwriting` is
  ///   off; `FileFailure`; what `progress` throws.
  public func write(
    into folder: String, overwriting: Bool = false, progress: (Progress) throws -> Void = { _ in }
  ) throws -> Written {
    let place = SyntheticDumpFolder(path: folder)
    let isNew = try place.prepare(overwriting: overwriting)
    do {
      let written = try format.dialect.write(self, into: place, progress: progress)
      place.removeFiles(notOf: format)
      return written
    } catch {
      place.removeEmptyFolders(of: format)
      if isNew { place.removeIfEmpty() }
      throw error
    }
  }
}

extension SyntheticDialect {
  /// Writes a dump in this dialect.
  fileprivate static func write(
    _ dump: SyntheticDump, into place: SyntheticDumpFolder, progress: (SyntheticDump.Progress) throws -> Void
  ) throws -> SyntheticDump.Written {
    var writer = SyntheticDumpWriter<Self>(dump: dump)
    try place.write(dump.format) { sinks in try writer.write(to: &sinks, progress: progress) }
    let paths = place.files(of: dump.format).map { "\(place.path)/\($0)" }
    return .init(files: paths, bytes: writer.bytesWritten, planted: writer.planted)
  }
}
