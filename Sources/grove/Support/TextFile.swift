import Foundation
import GroveKernels
import GroveLanguage

/// Texts of a file, one a line.
enum TextFile {
  /// - Throws: `FileFailure.missing`; `EncoderFailure.malformed` for a line that is not UTF-8.
  static func lines(of path: String) throws -> [String] {
    guard FileManager.default.fileExists(atPath: path) else { throw FileFailure.missing(path: path) }
    guard let data = FileManager.default.contents(atPath: path) else {
      throw FileFailure.unreadable(path: path, code: EACCES)
    }
    var lines: [String] = []
    var pieces = data.split(separator: 10, omittingEmptySubsequences: false)
    // What follows the last line break is no line.
    if pieces.last?.isEmpty == true { pieces.removeLast() }
    for (number, piece) in pieces.enumerated() {
      let bytes = piece.last == 13 ? piece.dropLast() : piece
      guard let line = String(validating: bytes, as: UTF8.self) else {
        throw EncoderFailure.malformed(
          path: path, reason: "line \(number + 1) is not UTF-8", advice: "convert the file to UTF-8")
      }
      lines.append(line)
    }
    return lines
  }
}
