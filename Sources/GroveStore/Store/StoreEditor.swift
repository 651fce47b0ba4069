import Foundation
public import GroveGraphs
import GroveKernels

/// Changes a store's labels, splits and feature columns, which leaves its records and their files as they are.
public struct StoreEditor: Sendable {
  let path: String

  /// An editor of the store at `path`.
  public init(_ path: String) { self.path = path }

  /// Sets labels and adds splits, all at once.
  ///
  /// - Parameters:
  ///   - labels: a table of id and label (a node several times: several classes), a `.npy` of one class a node, or the
  ///     name of a relation that leads from papers to what they are to be labelled by.
  ///   - splits: files `id part` or `.json`, or folders of them.
  /// - Throws: `FormatFailure` with the line of the first mistake; the store is then as it was.
  public func set(labels: String?, splits: [String]) throws {
    try change { try StoreEditor.apply(labels: labels, splits: splits, $0, &$1, &$2) }
  }

  /// The same for a store whose manifest is not in place yet.
  static func stage(
    labels: String?, splits: [String], _ writer: StoreWriter, _ catalogue: inout StoreCatalogue,
    _ manifest: inout StoreManifest
  ) throws {
    let staged = try GraphStore(writer.folder, manifest)
    try apply(labels: labels, splits: splits, staged, &catalogue, &manifest)
    manifest.catalogue = try catalogue.write(writer.path("catalogue.sqlite"))
    manifest.splits = catalogue.splitNames
  }

  private static func apply(
    labels: String?, splits: [String], _ store: GraphStore, _ catalogue: inout StoreCatalogue,
    _ manifest: inout StoreManifest
  ) throws {
    if let labels {
      let type = store.splitType
      manifest.labelRelation = nil
      manifest.isMultiLabel = nil
      if let relation = store.relations.first(where: { $0.relation == labels && $0.source == type }) {
        catalogue.labels = try RelationLabels.labels(store, relation)
        manifest.labelRelation = relation.relation
      } else {
        catalogue.labels = try LabelFile.read(labels, store, type)
      }
      manifest.labeledType = type.name
    }
    for word in splits {
      for file in try SplitTable.files(word) {
        let split = try SplitTable.read(file, store, store.splitType)
        try check(split, store, catalogue, place: file)
        catalogue.set(split)
      }
    }
  }

  /// Adds a split, or replaces the one of its name.
  public func add(_ split: Split) throws {
    try GraphDataset.checkSplitName(split.name)
    try change { store, catalogue, _ in
      try StoreEditor.check(split, store, catalogue, place: path)
      catalogue.set(split)
    }
  }

  static func check(_ split: Split, _ store: GraphStore, _ catalogue: StoreCatalogue, place: String) throws {
    if let problem = split.problem(nodeCount: store.nodeCount(of: store.splitType)) {
      throw FormatFailure.bad(place, plain(problem), do: "correct the split")
    }
    if let labels = catalogue.labels, let node = split.train.first(where: { !labels.isLabeled(Int($0)) }) {
      let id = try store.nodeIDs(of: store.splitType)?[Int(node)] ?? "\(node)"
      throw FormatFailure.bad(
        place, "split \(quoted(split.name)), train: \(store.splitType) \(quoted(id)) has no label",
        do: "take it out of the training part")
    }
  }

  func change(_ body: (GraphStore, inout StoreCatalogue, inout StoreManifest) throws -> Void) throws {
    _ = try StoreManifest.read(path)
    try StoreWriter.change(path) { writer in
      let store = try GraphStore(path)
      var catalogue = try store.catalogue()
      var manifest = store.manifest
      try body(store, &catalogue, &manifest)
      manifest.generation = writer.generation
      manifest.catalogue = try catalogue.write(writer.path("catalogue.sqlite"))
      manifest.splits = catalogue.splitNames
      // A graph's hash is over its labels too.
      if store.isGraph { manifest.snapshot = try GraphSnapshot.hash(try GraphStore(path, manifest)) }
      try writer.commit(manifest)
    }
  }
}

/// Labels out of a relation: the venue of each paper, or its heaviest top-level field.
enum RelationLabels {
  /// - Throws: `FormatFailure` where no node would have a label.
  static func labels(_ store: GraphStore, _ relation: EdgeType) throws -> Labels {
    let edges = try store.edges(of: relation)
    let count = store.nodeCount(of: relation.source)
    // Fields below others are no labels; where no hierarchy is known every field is a top one.
    var isTop = [Bool](repeating: true, count: store.nodeCount(of: relation.target))
    if let hierarchy = store.relations.first(where: { $0.relation == "child_of" && $0.source == relation.target }) {
      for child in try store.edges(of: hierarchy).sources { isTop[Int(child)] = false }
    }
    var chosen = [Int32](repeating: -1, count: count)
    var weight = [Float](repeating: -.infinity, count: count)
    for edge in 0..<edges.count where isTop[Int(edges.targets[edge])] {
      let node = Int(edges.sources[edge])
      let heaviness = edges.weights?[edge] ?? 1
      if heaviness > weight[node] { (chosen[node], weight[node]) = (edges.targets[edge], heaviness) }
    }
    let used = Set(chosen).subtracting([-1]).sorted()
    guard !used.isEmpty else {
      throw FormatFailure.bad(
        store.path, "relation \(relation) labels no node", do: "choose another relation or give a file of labels")
    }
    let ids = try store.nodeIDs(of: relation.target) ?? []
    let number = Dictionary(uniqueKeysWithValues: used.enumerated().map { ($1, Int32($0)) })
    return .single(
      classes: chosen.map { number[$0] ?? -1 }, names: used.map { Int($0) < ids.count ? ids[Int($0)] : "\($0)" })
  }
}

/// Tables of external id and a word.
struct IDTable {
  /// Number of the node, the word, and the line.
  private(set) var entries: [(node: Int32, word: String, line: Int)] = []
  /// Ids that the store does not hold, and the first of them.
  private(set) var unknown: [(id: String, line: Int)] = []

  /// - Parameter headings: second words of a first line that is a heading.
  init(_ path: String, _ store: GraphStore, _ type: NodeType, headings: Set<String>) throws {
    let tree = try FileTree(path)
    guard let member = tree.names.first, tree.names.count == 1 else {
      throw FormatFailure.bad(path, "is not one table", do: "give a file of two columns")
    }
    let text = try tree.text(of: member)
    var isFirst = true
    for (number, line) in TextLines(text) {
      if line.trimmed.isEmpty { continue }
      // Ids may hold spaces and commas: a tab decides where there is one.
      let separator: UInt8 = line.contains(9) ? 9 : 44
      guard let at = line.lastIndex(of: separator) else {
        throw FormatFailure.bad(path, "line \(number)", "holds one column", do: "give an id and a word, apart by a tab")
      }
      let id = line[..<at].trimmed
      let word = line[(at + 1)...].trimmed.string
      if isFirst {
        isFirst = false
        if headings.contains(word.lowercased()) { continue }
      }
      let found = try id.withContiguousStorageIfAvailable { try store.number(of: NodeKey(id: $0), type: type) } ?? nil
      if let found { entries.append((Int32(found), word, number)) } else { unknown.append((id.string, number)) }
    }
  }
}

/// `--labels FILE`.
enum LabelFile {
  static func read(_ path: String, _ store: GraphStore, _ type: NodeType) throws -> Labels {
    let count = store.nodeCount(of: type)
    guard FileManager.default.fileExists(atPath: path) else { throw FileFailure.missing(path: path) }
    if path.lowercased().hasSuffix(".npy") {
      let array = try NumpyArray(try ByteSource.file(path).bytes(), place: path)
      try DatasetChecks.rows(array.shape.first ?? 0, of: "labels", expected: count, path: path)
      return try DatasetChecks.labels(try NodeFiles.classes(array), names: nil, path: path)
    }
    let table = try IDTable(path, store, type, headings: ["label", "labels", "class", "topic"])
    guard !table.entries.isEmpty else {
      let first = table.unknown.first.map { "; the first id is \(quoted($0.id))" } ?? ""
      throw FormatFailure.bad(path, "labels no node of the store\(first)", do: "give the labels of these papers")
    }
    let names = Set(table.entries.map(\.word)).sorted()
    let number = Dictionary(uniqueKeysWithValues: names.enumerated().map { ($1, Int32($0)) })
    var seen = Set<Int32>()
    let isMultiple = table.entries.contains { !seen.insert($0.node).inserted }
    if isMultiple {
      let pairs = Set(table.entries.map { [$0.node, number[$0.word] ?? 0] }).sorted { $0.lexicographicallyPrecedes($1) }
      let rows = SparseRows.grouping(
        rows: pairs.map { $0[0] }, columns: pairs.map { $0[1] }, rowCount: count, columnCount: names.count)
      return .multiple(rows: rows.rows, names: names)
    }
    var classes = [Int32](repeating: -1, count: count)
    for entry in table.entries { classes[Int(entry.node)] = number[entry.word] ?? -1 }
    return .single(classes: classes, names: names)
  }
}

/// `--split FILE`: a table of id and part, or JSON by node number.
enum SplitTable {
  /// The split files that a word names: itself, or those of a folder.
  static func files(_ word: String) throws -> [String] {
    guard AtomicFile.isFolder(word) else {
      guard FileManager.default.fileExists(atPath: word) else { throw FileFailure.missing(path: word) }
      return [word]
    }
    let names = try FileManager.default.contentsOfDirectory(atPath: word).sorted(by: NaturalOrder.precedes)
    let files = try names.filter { name in
      if name.hasSuffix(".json") {
        let head = String(decoding: try ByteSource.file("\(word)/\(name)").head(1 << 16), as: UTF8.self)
        return head.contains("\"train\"")
      }
      guard name.hasSuffix(".tsv") || name.hasSuffix(".csv") else { return false }
      // A folder may hold other tables, such as labels.
      let head = try ByteSource.file("\(word)/\(name)").head(256)
      let line = String(decoding: head.prefix { $0 != 10 }, as: UTF8.self)
      let last = line.split(whereSeparator: { $0 == "\t" || $0 == "," || $0 == "\r" }).last.map(String.init) ?? ""
      return last == "part" || parts[last.lowercased()] != nil
    }
    if files.isEmpty { throw FormatFailure.bad(word, "holds no split file", do: "expected tables of id and part") }
    return files.map { "\(word)/\($0)" }
  }

  private static let parts: [String: SplitPart] = [
    "train": .train, "training": .train, "val": .validation, "valid": .validation, "validation": .validation,
    "dev": .validation, "test": .test,
  ]

  static func read(_ path: String, _ store: GraphStore, _ type: NodeType) throws -> Split {
    if path.hasSuffix(".json") { return try GraphDataset.readSplit(path: path) }
    let name = ((path as NSString).lastPathComponent as NSString).deletingPathExtension
    try GraphDataset.checkSplitName(name)
    let table = try IDTable(path, store, type, headings: ["part", "split", "set"])
    if let unknown = table.unknown.first {
      throw FormatFailure.bad(
        path, "line \(unknown.line)", "\(type) \(quoted(unknown.id)) is not in the store", do: "correct the split")
    }
    var nodes: [SplitPart: [Int32]] = [:]
    for entry in table.entries {
      guard let part = parts[entry.word.lowercased()] else {
        throw FormatFailure.bad(
          path, "line \(entry.line)", "part \(quoted(entry.word)) is not known", do: "write train, validation or test")
      }
      nodes[part, default: []].append(entry.node)
    }
    return Split(
      name: name, kind: "from \((path as NSString).lastPathComponent)", train: nodes[.train] ?? [],
      validation: nodes[.validation] ?? [], test: nodes[.test] ?? [])
  }
}
