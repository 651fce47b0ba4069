import Foundation
import GroveKernels

extension TFIDFEncoder {
  /// Reads what `save` wrote into a folder.
  ///
  /// - Throws: `WordEncoderFailure.notFitted` or `.malformed`, or `FileFailure`.
  public convenience init(folder: String) throws {
    let path = "\(folder)/\(TFIDFEncoder.fileName)"
    let file = try TFIDFFile.read(path, encoder: TFIDFEncoder.name, folder: folder)
    guard file.terms.count == file.weights.count, !file.terms.isEmpty else {
      throw WordEncoderFailure.malformed(
        path: path, reason: "it has \(file.terms.count) terms and \(file.weights.count) weights")
    }
    guard file.weights.allSatisfy({ $0.isFinite }), file.texts >= 0 else {
      throw WordEncoderFailure.malformed(path: path, reason: "a weight or the number of texts is out of range")
    }
    let terms = WordTable(file.terms)
    if let twice = (0..<terms.count).first(where: { terms.number(of: terms[$0]) != $0 }) {
      throw WordEncoderFailure.malformed(path: path, reason: "term '\(terms.word(twice))' is there twice")
    }
    try self.init(settings: file.settings, textCount: file.texts, terms: terms, weights: file.weights)
  }

  /// Writes terms, weights and settings into a folder, as JSON.
  ///
  /// - Throws: `FileFailure`.
  public func save(to folder: String) throws {
    let file = TFIDFFile(settings: settings, texts: textCount, terms: vocabulary, weights: weights)
    try file.write(to: folder, as: TFIDFEncoder.fileName)
  }
}

/// What a fitted encoder keeps, as it stands in its file.
struct TFIDFFile: FittedFile {
  var encoder = TFIDFEncoder.name
  var version = 1
  let settings: TFIDFEncoder.Settings
  let texts: Int
  let terms: [String]
  let weights: [Double]
}
