import Foundation
import GroveKernels

extension GloVeEncoder {
  /// Reads what `save` wrote into a folder; the vectors must be those of that time.
  ///
  /// - Throws: `WordEncoderFailure.notFitted`, `.malformed` or `.otherVectors`, or `FileFailure`.
  public convenience init(vectors: WordVectors, folder: String) throws {
    let path = "\(folder)/\(GloVeEncoder.fileName)"
    let file = try GloVeFile.read(path, encoder: GloVeEncoder.name, folder: folder)
    guard file.vectors == vectors.identity else { throw WordEncoderFailure.otherVectors(path: path) }
    guard
      file.rows.count == file.counts.count, file.common.count == vectors.width,
      file.rows.allSatisfy({ $0 >= 0 && $0 < vectors.count }), file.counts.allSatisfy({ $0 > 0 }),
      file.common.allSatisfy(\.isFinite), file.settings.smoothing > 0
    else {
      throw WordEncoderFailure.malformed(path: path, reason: "its counts or its direction do not fit the word vectors")
    }
    var counts = [Int](repeating: 0, count: vectors.count)
    for (row, count) in zip(file.rows, file.counts) { counts[row] = count }
    try self.init(
      vectors: vectors, settings: file.settings, counts: counts, common: file.common,
      means: WeightedMeans(vectors: vectors, counts: counts, settings: file.settings))
  }

  /// Writes what was learned into a folder, as JSON; the vectors stay where they are.
  ///
  /// - Throws: `FileFailure`.
  public func save(to folder: String) throws {
    let file = GloVeFile(vectors: vectors, settings: settings, counts: counts, common: common)
    try file.write(to: folder, as: GloVeEncoder.fileName)
  }
}

/// What a fitted encoder keeps, as it stands in its file.
struct GloVeFile: FittedFile {
  var encoder = GloVeEncoder.name
  var version = 1
  let settings: GloVeEncoder.Settings
  /// Identity of the word vectors.
  let vectors: String
  /// Rows of the words that the corpus has.
  let rows: [Int]
  /// How often it has each of them.
  let counts: [Int]
  let common: [Double]

  init(vectors: WordVectors, settings: GloVeEncoder.Settings, counts: [Int], common: [Double]) {
    self.vectors = vectors.identity
    self.settings = settings
    rows = counts.indices.filter { counts[$0] > 0 }
    self.counts = rows.map { counts[$0] }
    self.common = common
  }
}
