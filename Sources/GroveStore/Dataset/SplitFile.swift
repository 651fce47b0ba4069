import Foundation
public import GroveGraphs
import GroveKernels

/// Splits as `splits/NAME.json`: `{"kind": …, "train": […], "val": […], "test": […]}`.
///
/// Splits by time also hold `"years": [2015, 2017]`, the last years of training and validation; open-world
/// splits hold `"seen": […], "novel": […]`, the numbers of classes that training knows and does not.
enum SplitFile {
  private struct Contents: Codable {
    var kind: String?
    var train: [Int32]
    var val: [Int32]?
    var validation: [Int32]?
    var test: [Int32]?
    var years: [Int]?
    var seen: [Int32]?
    var novel: [Int32]?
  }

  /// Splits of a tree: all of `splits/*.json`, by name.
  static func origins(in tree: FileTree) -> [(String, GraphDataset.SplitOrigin)] {
    tree.names.compactMap { member in
      guard member.hasPrefix("splits/"), member.hasSuffix(".json") else { return nil }
      let name = String(member.dropFirst("splits/".count).dropLast(".json".count))
      return name.isEmpty || name.contains("/") ? nil : (name, .file(tree, member: member))
    }
  }

  static func read(_ member: String, in tree: FileTree) throws -> Split {
    let name = ((member as NSString).lastPathComponent as NSString).deletingPathExtension
    let contents = try JSONText.decode(Contents.self, try tree.bytes(of: member), place: tree.place(of: member))
    let years = try contents.years.map { years in
      guard years.count == 2, let bounds = TimeBounds(train: years[0], validation: years[1]) else {
        throw FormatFailure.bad(
          tree.place(of: member), "key years", "is \(years), expected the last years of training and validation",
          do: "give two rising years, such as [2015, 2017]")
      }
      return bounds
    }
    return Split(
      name: name, kind: contents.kind ?? "", train: contents.train,
      validation: contents.val ?? contents.validation ?? [], test: contents.test ?? [], years: years,
      classes: contents.seen.map { ClassDivision(seen: $0, novel: contents.novel ?? []) })
  }

  static func write(_ split: Split, to path: String) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    let contents = Contents(
      kind: split.kind, train: split.train, val: split.validation, validation: nil, test: split.test,
      years: split.years.map { [$0.train, $0.validation] }, seen: split.classes?.seen, novel: split.classes?.novel)
    try AtomicFile.write(try encoder.encode(contents) + Data("\n".utf8), to: path)
  }
}

extension GraphDataset {
  /// Writes a split as `splits/NAME.json` of a folder, whole or not at all.
  ///
  /// - Returns: the path of the file.
  /// - Throws: `FormatFailure.unusableName`, `FileFailure.cannotCreate` or `.cannotWrite`.
  public static func saveSplit(_ split: Split, intoFolder path: String) throws -> String {
    try checkSplitName(split.name)
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
      throw FileFailure.missing(path: path)
    }
    guard isFolder.boolValue else { throw FileFailure.cannotCreate(path: "\(path)/splits", code: ENOTDIR) }
    try AtomicFile.makeFolder("\(path)/splits")
    let file = "\(path)/splits/\(split.name).json"
    try SplitFile.write(split, to: file)
    return file
  }

  /// A split from a file of its own, as given to `--split FILE`; its name is the file's stem.
  public static func readSplit(path: String) throws -> Split {
    let tree = try FileTree(path)
    guard let member = tree.names.first, tree.names.count == 1, !tree.isFolder else {
      throw FormatFailure.bad(path, "is not one split file", do: "give a .json file")
    }
    return try SplitFile.read(member, in: tree)
  }

  /// Refuses names that cannot be a file's in `splits/`.
  ///
  /// - Throws: `FormatFailure.unusableName` where a name is not letters, digits, `_`, `.` and `-`, or holds `..`.
  public static func checkSplitName(_ name: String) throws {
    let letters = name.utf8.allSatisfy {
      (48...57).contains($0) || (65...90).contains($0) || (97...122).contains($0) || [45, 46, 95].contains($0)
    }
    guard letters, !name.isEmpty, name.utf8.count <= 200, !name.hasPrefix("."), !name.contains("..") else {
      throw FormatFailure.unusableName(name: name, rule: "use letters, digits, '_', '.' and '-', without '..'")
    }
  }
}

/// JSON from outside, with errors of one line that name the key.
enum JSONText {
  static func decode<Value: Decodable>(_ type: Value.Type, _ bytes: Data, place: String, line: Int? = nil) throws
    -> Value
  {
    do {
      return try JSONDecoder().decode(type, from: bytes)
    } catch let error as DecodingError {
      let key: [any CodingKey]
      let problem: String
      switch error {
      case .keyNotFound(let missing, let context):
        (key, problem) = (context.codingPath, "has no key \(quoted(missing.stringValue))")
      case .typeMismatch(let expected, let context): (key, problem) = (context.codingPath, "is not of type \(expected)")
      case .valueNotFound(let expected, let context):
        (key, problem) = (context.codingPath, "is null, expected \(expected)")
      case .dataCorrupted(let context):
        let reason = (context.underlyingError as NSError?)?.userInfo["NSDebugDescription"] as? String
        (key, problem) = (context.codingPath, "is not valid JSON (\(plain(reason ?? context.debugDescription)))")
      @unknown default: (key, problem) = ([], "is not valid JSON")
      }
      var parts = line.map { ["line \($0)"] } ?? []
      if !key.isEmpty {
        parts.append("key " + plain(key.map { $0.intValue.map { "[\($0)]" } ?? $0.stringValue }.joined(separator: ".")))
      }
      throw FormatFailure.bad(place, parts.joined(separator: ", "), problem, do: "correct the file")
    } catch {
      throw FormatFailure.bad(place, line.map { "line \($0)" } ?? "", "is not valid JSON", do: "correct the file")
    }
  }
}
