import Foundation
import GroveGraphs
import TestSupport
import Testing

/// Where the models lie that tests run: `GROVE_MODELS`, else `.build/models` of the project.
enum ModelData {
  /// The folder of a model, or nil with one loud line where there is none.
  private static func folder(_ name: String) -> String? {
    let project = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let root =
      ProcessInfo.processInfo.environment["GROVE_MODELS"] ?? project.appendingPathComponent(".build/models").path
    let path = "\(root)/\(name)"
    guard FileManager.default.fileExists(atPath: path) else {
      FileHandle.standardError.write(Data("SKIPPED: no model at \(path); set GROVE_MODELS\n".utf8))
      return nil
    }
    return path
  }

  /// The sentence encoder all-MiniLM-L6-v2.
  static let minilm: String? = folder("minilm")
}

/// Texts with what the reference implementation made of them.
struct MiniLMReference: Decodable {
  struct Sentence: Decodable {
    let name: String
    let text: String
    /// With the first and last piece, at most 256.
    let token_ids: [Int32]
    let tokens: [String]
    let n_tokens_untruncated: Int
    let embedding: [Double]
  }

  let sentences: [Sentence]

  static let path: String? = {
    guard let root = SharedData.root else { return nil }
    let path = "\(root)/models/minilm-reference.json"
    guard FileManager.default.fileExists(atPath: path) else {
      FileHandle.standardError.write(Data("SKIPPED: no reference at \(path)\n".utf8))
      return nil
    }
    return path
  }()

  /// Whether both the model and the reference are there.
  static let isTestable: Bool = {
    let found = [ModelData.minilm, path]
    return found.allSatisfy { $0 != nil }
  }()

  static func load() throws -> MiniLMReference {
    try JSONDecoder().decode(MiniLMReference.self, from: Data(contentsOf: URL(fileURLWithPath: path ?? "")))
  }
}

/// Columns and values of a sparse row.
func sparseRow(_ matrix: FeatureMatrix, _ row: Int) -> [(column: Int, value: Float)] {
  guard case .sparse(let rows, let values) = matrix else { return [] }
  return rows.range(of: row).map { (Int(rows.columns[$0]), values?[$0] ?? 1) }
}

/// Values of a dense row.
func denseRow(_ matrix: FeatureMatrix, _ row: Int) -> [Float] {
  guard case .dense(let values, let width) = matrix else { return [] }
  return Array(values[row * width..<(row + 1) * width])
}

/// Writes files of text into a folder.
func write(_ files: [String: String], into folder: ScratchFolder) throws {
  for (name, text) in files { try Data(text.utf8).write(to: URL(fileURLWithPath: folder.file(name))) }
}
