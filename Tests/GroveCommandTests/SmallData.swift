import Foundation
import GroveKernels
import GroveStore
import TestSupport

/// A small graph of three classes that can be written in every shape that `grove` reads.
///
/// Node i has class i % 3, words of its class and some others (features of 0 and 1), and links mostly to its class.
struct SmallData: Sendable {
  let count: Int
  let width = 24
  private(set) var sources: [Int32] = []
  private(set) var targets: [Int32] = []
  private(set) var features: [Float] = []
  private(set) var labels: [Int32] = []
  let train: [Int32]
  let validation: [Int32]
  let test: [Int32]

  /// - Parameter wordChance: how likely a node has a word that is not of its class.
  init(count: Int = 240, seed: Int = 1, wordChance: Double = 0.15) {
    self.count = count
    var random = TestRandom(seed)
    var seen: Set<Int> = []
    while sources.count < 4 * count {
      let source = Int.random(in: 0..<count, using: &random)
      let jump =
        3 * Int.random(in: 1..<count / 3, using: &random) + (Int.random(in: 0..<4, using: &random) == 0 ? 1 : 0)
      let target = (source + jump) % count
      guard seen.insert(min(source, target) * count + max(source, target)).inserted else { continue }
      sources.append(Int32(min(source, target)))
      targets.append(Int32(max(source, target)))
    }
    for node in 0..<count {
      labels.append(Int32(node % 3))
      for word in 0..<width {
        let chance = word % 3 == node % 3 ? wordChance + 0.2 : wordChance
        features.append(word == node % width || Double.random(in: 0..<1, using: &random) < chance ? 1 : 0)
      }
    }
    func part(_ number: Int) -> [Int32] { (0..<count).filter { $0 / 3 % 3 == number }.map { Int32($0) } }
    (train, validation, test) = (part(0), part(1), part(2))
  }

  /// The name of a node where a shape gives names.
  func name(_ node: Int) -> String { "paper \(node)" }

  var splitText: String { Self.splitText(train, validation, test) }

  static func splitText(_ train: [Int32], _ validation: [Int32], _ test: [Int32]) -> String {
    #"{"kind": "by number", "train": \#(train), "val": \#(validation), "test": \#(test)}"#
  }

  /// The folder layout.
  ///
  /// - Returns: the path.
  @discardableResult
  func writeFolder(_ path: String, named: Bool = false) throws -> String {
    try AtomicFile.makeFolder("\(path)/splits")
    try NumpyArray.write(.int32s(sources + targets), shape: [2, sources.count], to: "\(path)/edges.npy")
    try NumpyArray.write(.floats(features), shape: [count, width], to: "\(path)/features.npy")
    try NumpyArray.write(.int32s(labels), shape: [count], to: "\(path)/labels.npy")
    try AtomicFile.write(splitText, to: "\(path)/splits/public.json")
    try AtomicFile.write(#"{"class_names": ["red", "green", "blue"]}"#, to: "\(path)/meta.json")
    if named {
      try AtomicFile.write((0..<count).map { name($0) + "\n" }.joined(), to: "\(path)/node_names.txt")
    }
    return path
  }

  /// One `.npz` with `x`, `edge_index` and `y`, and a split file beside it.
  func writeArchive(_ path: String, split: String) throws {
    try NumpyArchive.write(
      [
        ("x", [count, width], .floats(features)), ("edge_index", [2, sources.count], .int32s(sources + targets)),
        ("y", [count], .int32s(labels)),
      ], to: path)
    try AtomicFile.write(splitText, to: split)
  }

  /// A LINQS pair in a folder.
  func writeLinqs(_ path: String) throws {
    try AtomicFile.makeFolder("\(path)/splits")
    let content = (0..<count).map { node in
      let words = features[node * width..<(node + 1) * width].map { "\(Int($0))" }.joined(separator: "\t")
      return "\(name(node))\t\(words)\tclass\(labels[node])\n"
    }
    try AtomicFile.write(content.joined(), to: "\(path)/small.content")
    let cites = sources.indices.map { "\(name(Int(targets[$0])))\t\(name(Int(sources[$0])))\n" }
    try AtomicFile.write(cites.joined(), to: "\(path)/small.cites")
    try AtomicFile.write(splitText, to: "\(path)/splits/public.json")
  }

  /// `edges.csv` with `features.npy` and `labels.npy`.
  func writeTable(_ path: String) throws {
    try writeFolder(path)
    try FileManager.default.removeItem(atPath: "\(path)/edges.npy")
    let lines = sources.indices.map { "\(sources[$0]),\(targets[$0])\n" }
    try AtomicFile.write("source,target\n" + lines.joined(), to: "\(path)/edges.csv")
  }
}
