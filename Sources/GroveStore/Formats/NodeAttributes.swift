import GroveGraphs

/// Attributes of nodes as a file gives them, turned into what a dataset knows.
///
/// | attribute | becomes |
/// | --- | --- |
/// | whole numbers named `label`, `y` or `class` (the first of these there is) | the classes; -1 is none |
/// | words named `y` or `class`, where no numbers do | the classes, in alphabetical order |
/// | whole numbers named `year` | the years |
/// | words named `text`, `title`, `abstract`, `name` or `label` (the first) | the texts |
/// | all other numbers and truth values | columns of the features `attributes`, in their order |
///
/// Other words are not used, which a warning says. Memory is bounded by the values that are there.
struct NodeAttributes {
  /// One value.
  enum Value: Equatable {
    case whole(Int64)
    case number(Double)
    case truth(Bool)
    case text(String)
  }

  /// What a dataset takes.
  struct Parts {
    var features: FeatureMatrix?
    var labels: Labels?
    var years: [Int32]?
    var texts: [String?]?
    var warnings: [String] = []
  }

  private enum Kind { case none, whole, numbers, texts, mixed }

  private struct Column {
    let name: String
    /// The value of nodes that have none.
    var standard: Value?
    var kind = Kind.none
    /// Nodes that have a value, rising, and the values: of numbers, or of words that may be used.
    var nodes: [Int32] = []
    var numbers: [Double] = []
    var texts: [String] = []

    /// What the column holds, another value included.
    mutating func note(_ value: Value) {
      let other: Kind =
        switch value {
        case .whole: .whole
        case .number, .truth: .numbers
        case .text: .texts
        }
      switch (kind, other) {
      case (.none, _): kind = other
      case (.whole, .numbers), (.numbers, .whole): kind = .numbers
      case (let known, let other) where known == other: break
      default: kind = .mixed
      }
    }
  }

  private static let classWords = ["label", "y", "class"]
  private static let classNameWords = ["y", "class"]
  private static let textWords = ["text", "title", "abstract", "name", "label"]

  private var columns: [Column] = []
  private var places: [String: Int] = [:]

  /// The column of a name, a new one where there is none yet.
  mutating func column(named name: String, standard: Value? = nil) -> Int {
    if let known = places[name] { return known }
    places[name] = columns.count
    var column = Column(name: name, standard: standard)
    if let standard { column.note(standard) }
    columns.append(column)
    return columns.count - 1
  }

  /// Sets a value of a node; nodes come in rising order, and of two values of one node the later counts.
  mutating func set(_ value: Value, column: Int, node: Int) {
    columns[column].note(value)
    let isAgain = columns[column].nodes.last == Int32(node)
    switch (value, columns[column].kind) {
    case (.text(let text), .texts):
      // Words that nothing will use are not kept.
      let name = columns[column].name
      guard NodeAttributes.textWords.contains(name) || NodeAttributes.classNameWords.contains(name) else { return }
      if isAgain { columns[column].texts.removeLast() } else { columns[column].nodes.append(Int32(node)) }
      columns[column].texts.append(text)
    case (_, .whole), (_, .numbers):
      if isAgain { columns[column].numbers.removeLast() } else { columns[column].nodes.append(Int32(node)) }
      columns[column].numbers.append(NodeAttributes.number(value))
    default: break
    }
  }

  private static func number(_ value: Value) -> Double {
    switch value {
    case .whole(let number): Double(number)
    case .number(let number): number
    case .truth(let truth): truth ? 1 : 0
    case .text: 0
    }
  }

  // MARK: - Use

  /// What the columns are to a dataset.
  ///
  /// - Parameter byteCount: length of the file, by which values that defaults stand for are bounded.
  /// - Throws: `FormatFailure.malformed` for classes and years that are none.
  func parts(nodeCount: Int, byteCount: Int, path: String) throws -> Parts {
    var parts = Parts()
    var isUsed = [Bool](repeating: false, count: columns.count)
    func first(_ names: [String], _ kind: Kind) -> Int? {
      names.lazy.compactMap { places[$0] }.first { columns[$0].kind == kind }
    }
    if let at = first(NodeAttributes.classWords, .whole) {
      isUsed[at] = true
      parts.labels = try DatasetChecks.labels(
        try whole(columns[at], nodeCount, missing: -1, path: path), names: nil, path: path)
    } else if let at = first(NodeAttributes.classNameWords, .texts) {
      isUsed[at] = true
      parts.labels = try named(texts(columns[at], nodeCount), path: path)
    }
    if let at = first(["year"], .whole) {
      isUsed[at] = true
      let years = try whole(columns[at], nodeCount, missing: 0, path: path)
      if let node = years.firstIndex(where: { $0 < 0 }) {
        throw FormatFailure.bad(path, "node \(node)", "\(years[node]) is not a year", do: "leave out unknown years")
      }
      parts.years = years
    }
    if let at = NodeAttributes.textWords.lazy.compactMap({ places[$0] }).first(where: {
      columns[$0].kind == .texts && !isUsed[$0]
    }) {
      isUsed[at] = true
      parts.texts = texts(columns[at], nodeCount)
    }
    // Further numbers that name classes would give the answer away.
    let numeric = columns.indices.filter { at in
      (columns[at].kind == .numbers || columns[at].kind == .whole) && !isUsed[at]
        && !(parts.labels != nil && NodeAttributes.classWords.contains(columns[at].name))
    }
    for at in numeric { isUsed[at] = true }
    if !numeric.isEmpty {
      parts.features = try features(numeric, nodeCount, byteCount: byteCount, path: path, &parts.warnings)
    }
    let unused = columns.indices.filter { !isUsed[$0] && columns[$0].kind != .none }.map { quoted(columns[$0].name) }
    if !unused.isEmpty {
      parts.warnings.append(
        "not used of the nodes' attributes: \(unused.prefix(8).joined(separator: ", "))"
          + (unused.count > 8 ? " and \(unused.count - 8) more" : ""))
    }
    return parts
  }

  private func whole(_ column: Column, _ nodeCount: Int, missing: Int32, path: String) throws -> [Int32] {
    func narrow(_ number: Double, _ node: Int) throws -> Int32 {
      guard let value = Int32(exactly: number) else {
        throw FormatFailure.bad(
          path, "node \(node)", "attribute \(quoted(column.name)) has more than 32 bits", do: "correct the value")
      }
      return value
    }
    var standard = missing
    if let value = column.standard { standard = try narrow(NodeAttributes.number(value), 0) }
    var values = [Int32](repeating: standard, count: nodeCount)
    for (node, number) in zip(column.nodes, column.numbers) { values[Int(node)] = try narrow(number, Int(node)) }
    return values
  }

  private func texts(_ column: Column, _ nodeCount: Int) -> [String?] {
    var standard: String?
    if case .text(let text) = column.standard { standard = text }
    var values = [String?](repeating: standard, count: nodeCount)
    for (node, text) in zip(column.nodes, column.texts) { values[Int(node)] = text }
    return values
  }

  private func named(_ words: [String?], path: String) throws -> Labels {
    let names = Set(words.compactMap(\.self)).subtracting([""]).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    let numbers = Dictionary(uniqueKeysWithValues: names.enumerated().map { ($1, Int32($0)) })
    return try DatasetChecks.labels(words.map { $0.flatMap { numbers[$0] } ?? -1 }, names: names, path: path)
  }

  /// One column a name, in their order; nodes without a value have the default, else 0.
  private func features(
    _ chosen: [Int], _ nodeCount: Int, byteCount: Int, path: String, _ warnings: inout [String]
  ) throws -> FeatureMatrix {
    var nodes: [Int32] = []
    var places: [Int32] = []
    var values: [Float] = []
    var missing: [String] = []
    var defaults = 0
    for (place, at) in chosen.enumerated() {
      let column = columns[at]
      let standard = column.standard.map { Float(NodeAttributes.number($0)) }
      if standard == nil, column.nodes.count < nodeCount { missing.append(quoted(column.name)) }
      var next = 0
      func add(_ node: Int, _ value: Float) {
        if value == 0 { return }
        nodes.append(Int32(node))
        places.append(Int32(place))
        values.append(value)
      }
      if let standard, standard != 0 {
        defaults += nodeCount - column.nodes.count
        guard defaults <= 16 * byteCount + 1 << 20 else {
          throw FormatFailure.bad(
            path, "default values stand for \(defaults) numbers", do: "give the attributes that nodes really have")
        }
        for node in 0..<nodeCount {
          if next < column.nodes.count, Int(column.nodes[next]) == node {
            add(node, Float(column.numbers[next]))
            next += 1
          } else {
            add(node, standard)
          }
        }
      } else {
        for (node, number) in zip(column.nodes, column.numbers) { add(Int(node), Float(number)) }
      }
    }
    if !missing.isEmpty {
      warnings.append(
        "nodes without a value have 0: attribute\(missing.count == 1 ? "" : "s") "
          + missing.prefix(8).joined(separator: ", ") + (missing.count > 8 ? " and \(missing.count - 8) more" : ""))
    }
    let (rows, positions) = SparseRows.grouping(
      rows: nodes, columns: places, rowCount: nodeCount, columnCount: chosen.count)
    return FeatureRows.matrix(rows, positions.map { values[Int($0)] })
  }
}
