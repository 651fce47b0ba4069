import Foundation
import GroveKernels

/// The JSON file in which a fitted encoder lies.
protocol FittedFile: Codable {
  /// The encoder's name.
  var encoder: String { get }
  /// Version of the file's layout; 1 is read.
  var version: Int { get }
}

extension FittedFile {
  /// The file's bytes, the same for equal contents.
  var data: Data {
    get throws {
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
      return try encoder.encode(self)
    }
  }

  /// Writes the file into a folder, which is made if it is not there.
  ///
  /// - Throws: `FileFailure`.
  func write(to folder: String, as name: String) throws {
    try AtomicFile.makeFolder(folder)
    try AtomicFile.write(data, to: "\(folder)/\(name)")
  }

  /// Reads the file of an encoder.
  ///
  /// - Throws: `WordEncoderFailure.notFitted` where there is none, `.malformed` where it is another's or broken.
  static func read(_ path: String, encoder: String, folder: String) throws -> Self {
    guard FileManager.default.fileExists(atPath: path) else {
      throw WordEncoderFailure.notFitted(folder: folder, encoder: encoder)
    }
    guard let data = FileManager.default.contents(atPath: path) else {
      throw FileFailure.unreadable(path: path, code: EACCES)
    }
    let file: Self
    do { file = try JSONDecoder().decode(Self.self, from: data) } catch {
      throw WordEncoderFailure.malformed(path: path, reason: "it is not the JSON of a fitted encoder")
    }
    guard file.encoder == encoder, file.version == 1 else {
      throw WordEncoderFailure.malformed(
        path: path,
        reason: "it is of encoder '\(file.encoder)', version \(file.version), expected '\(encoder)', version 1")
    }
    return file
  }
}
