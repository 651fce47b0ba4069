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
  /// The file is an array, a record a line.
  public static let arrayLines = RecordTraits(rawValue: 32)
}

/// All dialects, in the order in which they are tried.
public enum RecordFormats {
  /// The dialects.
  public static var all: [any RecordFormat.Type] {
    [DBLPV12Format.self, OAGV3Format.self, OAGV2Format.self, OAGV1Format.self]
  }

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
