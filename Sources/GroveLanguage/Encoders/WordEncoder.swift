import GroveGraphs
import GroveKernels

/// A setting of an encoder, as a catalogue shows it.
public struct EncoderOption: Sendable, Equatable {
  /// The name, as written on a command line.
  public let name: String
  /// What holds where nothing is said.
  public let standard: String
  /// What it does, in one line.
  public let meaning: String

  init(_ name: String, _ standard: String, _ meaning: String) {
    self.name = name
    self.standard = standard
    self.meaning = meaning
  }
}

/// An encoder that looks at the words of a text and not at their order.
public protocol WordEncoder: TextEncoder {
  /// The encoder's name in commands.
  static var name: String { get }
  /// Its settings.
  static var options: [EncoderOption] { get }
}

/// A word encoder that learns something from a corpus, kept as a file in a folder.
public protocol FittedWordEncoder: WordEncoder {
  /// Name of the file that `save` writes into a folder, by which a folder is recognized.
  static var fileName: String { get }

  /// Writes what was learned and the settings into a folder, which is made if it is not there; the old file stays
  /// whole until the new one is.
  ///
  /// - Throws: `FileFailure`.
  func save(to folder: String) throws
}

/// Sparse rows of texts, each made alone: the same for any number of threads.
///
/// `row` gives the columns, rising, and the values.
func sparseFeatures(
  of texts: [String], width: Int, _ row: @Sendable (String) -> [(column: Int32, value: Float)]
) -> FeatureMatrix {
  let parts = Workers.mapChunks(of: texts.count, atLeast: 32) { range in range.map { row(texts[$0]) } }
  var offsets: [Int64] = [0]
  var columns: [Int32] = []
  var values: [Float] = []
  for entries in parts.joined() {
    columns.append(contentsOf: entries.map(\.column))
    values.append(contentsOf: entries.map(\.value))
    offsets.append(Int64(columns.count))
  }
  return .sparse(rows: SparseRows(offsets: offsets, columns: columns, columnCount: width), values: values)
}

/// Values over their Euclidean norm, which is taken in double precision; zeros stay.
func normalized(_ values: [Double]) -> [Double] {
  let norm = values.reduce(0) { $0 + $1 * $1 }.squareRoot()
  return norm > 0 ? values.map { $0 / norm } : values
}
