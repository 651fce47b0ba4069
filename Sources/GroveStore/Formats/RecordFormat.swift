import GroveKernels

/// A dialect of academic records that `grove import` reads: one type, in one file, listed in `RecordFormats`.
public protocol RecordFormat {
  /// The word of `--format`.
  static var name: String { get }
  /// What its files look like, for messages and tables.
  static var summary: String { get }
  /// Whether the first records of a dump speak for this dialect.
  static func recognizes(_ traits: RecordTraits) -> Bool
}

/// What the first records of a dump look like, to tell dialects apart.
public struct RecordTraits: OptionSet, Sendable {
  /// The bits.
  public let rawValue: Int
  /// Traits from bits.
  public init(rawValue: Int) { self.rawValue = rawValue }

  /// `venue_id` or `org_id`.
  public static let mergedIDs = RecordTraits(rawValue: 1)
  /// `venue` is an object.
  public static let venueObject = RecordTraits(rawValue: 2)
  /// Authors have ids.
  public static let authorIDs = RecordTraits(rawValue: 4)
  /// `fos` has weights.
  public static let weightedTopics = RecordTraits(rawValue: 8)
  /// Ids are numbers.
  public static let numericIDs = RecordTraits(rawValue: 16)
  /// Ids are numbers in quotes.
  public static let digitIDs = RecordTraits(rawValue: 64)
  /// Authors are plain names.
  public static let authorNames = RecordTraits(rawValue: 128)
  /// The file is an array, in whatever layout.
  public static let array = RecordTraits(rawValue: 256)
  /// Numbers are literals of MongoDB's shell.
  public static let shellLiterals = RecordTraits(rawValue: 512)
  /// Pairs of ids of two dumps.
  public static let links = RecordTraits(rawValue: 1024)
  /// Keys of S2ORC.
  public static let s2orc = RecordTraits(rawValue: 2048)
  /// Keys of OpenAlex.
  public static let openAlex = RecordTraits(rawValue: 4096)
  /// Lines with tags.
  public static let taggedLines = RecordTraits(rawValue: 8192)
  /// Tables with a name of MAG's.
  public static let tables = RecordTraits(rawValue: 32)
}

/// All dialects, in the order in which they are tried.
public enum RecordFormats {
  /// The dialects.
  public static var all: [any RecordFormat.Type] {
    [
      OpenAlexFormat.self, S2ORCFormat.self, MAGFormat.self, DBLPTextFormat.self, DBLPV13Format.self,
      DBLPV12Format.self, DBLPV14Format.self, DBLPV10Format.self, OAGV3Format.self, DBLPV11Format.self,
      OAGV2Format.self, OAGV1Format.self,
    ]
  }

  /// Their names, for messages.
  static var names: String { all.map { $0.name }.sorted().joined(separator: ", ") }

  /// The name of the first dialect that the traits speak for.
  static func name(for traits: RecordTraits) -> String {
    all.first { $0.recognizes(traits) }?.name ?? OAGV1Format.name
  }

  /// Checks a word of `--format`.
  ///
  /// - Throws: `FormatFailure.unknownName`.
  public static func check(_ name: String) throws {
    guard name == "auto" || all.contains(where: { $0.name == name }) else {
      throw FormatFailure.unknownName(
        path: "--format", what: "record format", name: name, known: ["auto"] + all.map { $0.name })
    }
  }
}
