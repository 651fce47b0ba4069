import Foundation
import GroveGraphs
import GroveKernels
import GroveLanguage
import GroveStore

/// Word vectors out of a folder: an array with `vocab.txt` beside it, or GloVe's text form.
enum WordVectorFolder {
  /// - Throws: `EncoderFailure`, `WordEncoderFailure`, `FormatFailure`, `FileFailure`: each names the file.
  static func read(_ folder: String) throws -> WordVectors {
    guard AtomicFile.isFolder(folder) else { throw FileFailure.missing(path: folder) }
    let names = try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0.hasSuffix(".npy") }.sorted()
    guard let name = names.first else { return try WordVectors(folder: folder) }
    guard names.count == 1 else {
      throw EncoderFailure.unsupported(
        path: folder, reason: "it holds several arrays (\(names.joined(separator: ", ")))",
        advice: "leave that of the vectors and vocab.txt in it")
    }
    let path = "\(folder)/\(name)"
    let array = try NumpyArray(path: path)
    guard array.shape.count == 2 else {
      throw EncoderFailure.malformed(
        path: path, reason: "its shape is \(array.shape), which are no vectors", advice: "give [words, width]")
    }
    return try WordVectors(
      words: WordVectors.vocabulary("\(folder)/vocab.txt"), values: .array(array.floats()), width: array.shape[1],
      place: path)
  }
}
