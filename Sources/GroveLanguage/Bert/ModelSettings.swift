import Foundation
import GroveKernels

/// A JSON file of a model's folder, such as `config.json`, with errors that name it.
struct ModelSettings {
  let path: String
  private let values: [String: Any]

  /// - Throws: `EncoderFailure.missing` or `.malformed`.
  init(_ path: String) throws {
    guard let data = FileManager.default.contents(atPath: path) else {
      throw EncoderFailure.missing(
        path: (path as NSString).deletingLastPathComponent, what: (path as NSString).lastPathComponent,
        advice: "give the folder of a model as sentence-transformers or Hugging Face save it")
    }
    guard let values = try? JSONSerialization.jsonObject(with: data) as? [String: Any] else {
      throw EncoderFailure.malformed(path: path, reason: "it is not a JSON object", advice: "fetch the model again")
    }
    self.path = path
    self.values = values
  }

  /// The settings of a file that may be absent.
  static func optional(_ path: String) throws -> ModelSettings? {
    FileManager.default.fileExists(atPath: path) ? try ModelSettings(path) : nil
  }

  /// A whole number under any of the keys, the first that is there.
  ///
  /// - Throws: `EncoderFailure.malformed` where none is there or it is not a positive number.
  func count(_ keys: String...) throws -> Int {
    for key in keys {
      guard let value = values[key], !(value is NSNull) else { continue }
      guard let number = value as? Int, number > 0 else {
        throw EncoderFailure.malformed(
          path: path, reason: "'\(key)' is not a positive whole number", advice: "fetch the model again")
      }
      return number
    }
    throw EncoderFailure.malformed(path: path, reason: "it lacks '\(keys[0])'", advice: "fetch the model again")
  }

  func count(_ key: String, default value: Int) throws -> Int {
    values[key] == nil || values[key] is NSNull ? value : try count(key)
  }

  func number(_ key: String, default value: Double) -> Double { values[key] as? Double ?? value }

  func flag(_ key: String) -> Bool { values[key] as? Bool ?? false }

  func text(_ key: String) -> String? { values[key] as? String }

  func texts(_ key: String) -> [String: String] { values[key] as? [String: String] ?? [:] }

  func names(_ key: String) -> [String] { values[key] as? [String] ?? [] }
}
