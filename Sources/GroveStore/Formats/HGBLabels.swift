import GroveGraphs

/// The classes of `label.dat` and `label.dat.test`.
struct HGBLabels {
  /// The place of the labeled type among those of `node.dat`; nil without labels.
  private(set) var type: Int?
  /// Nodes of the labeled type that label.dat names, then those of label.dat.test.
  private var train: [Int32] = []
  private var test: [Int32] = []
  private var hasTest = false
  /// (node, class), in the order of the files.
  private var pairs: [(node: Int32, label: Int32)] = []
  private var isMultiple = false
  private let place: String

  init(in tree: FileTree, nodes: HGBNodes) throws {
    place = tree.place(of: tree.contains("label.dat") ? "label.dat" : "label.dat.test")
    var lines: [Int32: String] = [:]
    for member in ["label.dat", "label.dat.test"] where tree.contains(member) {
      let place = tree.place(of: member)
      for (line, text) in TextLines(try tree.text(of: member)) where !text.trimmed.isEmpty {
        let fields = text.fields(separatedBy: 9)
        guard fields.count == 4 else {
          throw FormatFailure.bad(
            place, "line \(line)", "has \(fields.count) fields, expected id, name, type and classes",
            do: "separate them by tabs")
        }
        let (type, node) = try nodes.place(of: fields[0], place: place, line: line)
        guard nodes.types[type].number == fields[2].trimmed.integer else {
          throw FormatFailure.bad(
            place, "line \(line)",
            "node \(fields[0].string) is of type \(nodes.types[type].number), not \(quoted(fields[2].string))",
            do: "give the type of node.dat")
        }
        guard type == self.type ?? type else {
          throw FormatFailure.bad(
            place, "line \(line)", "labels a node of a second type", do: "keep the labels of one type")
        }
        self.type = type
        if let other = lines.updateValue("\(member), line \(line)", forKey: node) {
          throw FormatFailure.bad(
            place, "line \(line)", "node \(fields[0].string) has a label already (\(other))", do: "keep one line a node"
          )
        }
        let labels = fields[3].fields(separatedBy: UInt8(ascii: ","))
        isMultiple = isMultiple || labels.count > 1
        for label in labels {
          guard let number = label.trimmed.integer, number >= 0, number < 1 << 20 else {
            throw FormatFailure.bad(
              place, "line \(line)", "\(quoted(label.string)) is no class", do: "number classes from 0")
          }
          pairs.append((node, Int32(number)))
        }
        if member == "label.dat" { train.append(node) } else { test.append(node) }
      }
      hasTest = hasTest || member == "label.dat.test"
    }
  }

  /// The published split, where both files are there.
  var split: Split? {
    guard hasTest, !train.isEmpty else { return nil }
    return Split(name: "public", kind: "published (HGB)", train: train, validation: [], test: test)
  }

  /// One class a node, or several where any line gives several.
  func labels(nodeCount: Int, names: [String]?) throws -> Labels {
    if isMultiple {
      return try DatasetChecks.groups(
        pairs.map(\.node) + pairs.map(\.label), nodeCount: nodeCount, names: names, path: place)
    }
    var classes = [Int32](repeating: -1, count: nodeCount)
    for pair in pairs { classes[Int(pair.node)] = pair.label }
    return try DatasetChecks.labels(classes, names: names, path: place)
  }
}
