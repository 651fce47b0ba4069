import Foundation
import GroveGraphs

/// What `info.dat` or `meta.dat` call the types, relations and classes of a benchmark graph.
///
/// Two forms are known: JSON with `node.dat` → `node type`, `link.dat` → `link type` (each `start`, `end`, `meaning`) and
/// `label.dat` → `node type`; and the tables of Freebase, headed `TYPE MEANING` and `LINK START END MEANING`. A file of
/// another form is passed over: names are for people, and the graph does not depend on them.
struct HGBNames {
  private var types: [Int: String] = [:]
  private var meanings: [Int: String] = [:]
  private var classes: [Int: [Int: String]] = [:]
  /// What was passed over, one sentence each.
  private(set) var warnings: [String] = []

  init(in tree: FileTree) {
    for member in ["info.dat", "meta.dat"] where tree.contains(member) && types.isEmpty && meanings.isEmpty {
      guard let text = try? tree.text(of: member) else { continue }
      if let object = try? JSONSerialization.jsonObject(with: Data(text)) as? [String: Any] {
        readObject(object)
      } else {
        readTables(text)
      }
    }
    if tree.contains("info.dat"), types.isEmpty, meanings.isEmpty {
      warnings.append("info.dat names no types in a form that is known; they are called type-0 and relation-0")
    }
  }

  /// Keys that are numbers, with what `value` makes of theirs.
  private static func numbered<Value>(_ object: Any?, _ value: (Any) -> Value?) -> [Int: Value] {
    guard let object = object as? [String: Any] else { return [:] }
    return Dictionary(
      object.compactMap { key, found in
        guard let number = Int(key), let value = value(found) else { return nil }
        return (number, value)
      }, uniquingKeysWith: { first, _ in first })
  }

  private mutating func readObject(_ object: [String: Any]) {
    func part(_ file: String, _ name: String) -> Any? { (object[file] as? [String: Any])?[name] }
    types = HGBNames.numbered(part("node.dat", "node type")) { $0 as? String }
    meanings = HGBNames.numbered(part("link.dat", "link type")) {
      $0 as? String ?? ($0 as? [String: Any])?["meaning"] as? String
    }
    classes = HGBNames.numbered(part("label.dat", "node type")) { names in
      HGBNames.numbered(names) { $0 as? String }
    }
  }

  private mutating func readTables(_ text: [UInt8]) {
    var heading: [String] = []
    for (_, line) in TextLines(text) {
      let fields = line.fields(separatedBy: 9).map { $0.trimmed.string }.filter { !$0.isEmpty }
      if fields.isEmpty {
        heading = []
      } else if fields.last == "MEANING" {
        heading = fields
      } else if let number = Int(fields[0]), fields.count == heading.count, let meaning = fields.last {
        if heading == ["TYPE", "MEANING"] { types[number] = meaning.lowercased() }
        if heading == ["LINK", "START", "END", "MEANING"] { meanings[number] = meaning }
      }
    }
  }

  /// A node type each, all different.
  func types(_ numbers: [Int]) -> [NodeType] {
    let names = numbers.map { types[$0] ?? "" }
    let isUsable = Set(names).count == names.count && !names.contains("")
    return numbers.indices.map { NodeType(isUsable ? names[$0] : "type-\(numbers[$0])") }
  }

  /// What relations are called that no file names.
  static func relation(_ number: Int) -> String { "relation-\(number)" }

  /// The middle of a meaning such as `paper-cite-paper`; `to` where it names no more than both types.
  func relation(_ number: Int, source: NodeType, target: NodeType) -> String {
    guard let words = meanings[number]?.split(separator: "-").map(String.init), words.count > 1, !words[1].isEmpty
    else {
      return HGBNames.relation(number)
    }
    return words[1] == target.name || words[1].dropFirst() == target.name ? "to" : words[1]
  }

  /// Names of the classes of a type, where all from 0 on have one.
  func classes(ofType number: Int) -> [String]? {
    guard let names = classes[number], !names.isEmpty else { return nil }
    let listed = (0..<names.count).compactMap { names[$0] }
    return listed.count == names.count ? listed : nil
  }
}
