import GroveGraphs

/// How a text table separates its fields.
struct FieldSeparator {
  private let byte: UInt8?

  /// Told from a line: a tab, else a comma, else a semicolon, else runs of spaces.
  init(of line: ArraySlice<UInt8>) { byte = [9, 44, 59].first { line.contains($0) } }

  /// Fields without surrounding spaces and quotes.
  func fields(_ line: ArraySlice<UInt8>) -> [ArraySlice<UInt8>] {
    guard let byte else { return line.words }
    guard line.contains(34) else { return line.fields(separatedBy: byte).map(\.trimmed) }
    var fields: [ArraySlice<UInt8>] = []
    var begin = line.startIndex
    var isQuoted = false
    for at in line.indices {
      if line[at] == 34 { isQuoted.toggle() }
      if line[at] == byte && !isQuoted {
        fields.append(FieldSeparator.unquoted(line[begin..<at].trimmed))
        begin = at + 1
      }
    }
    fields.append(FieldSeparator.unquoted(line[begin...].trimmed))
    return fields
  }

  private static func unquoted(_ field: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    guard field.count >= 2, field.first == 34, field.last == 34 else { return field }
    let inner = field.dropFirst().dropLast()
    return inner.contains(34) ? ArraySlice(inner.string.replacing("\"\"", with: "\"").utf8) : inner
  }
}

/// Lines of `source, target[, weight]`.
struct EdgeTable {
  let place: String
  private(set) var rows: [(source: ArraySlice<UInt8>, target: ArraySlice<UInt8>, line: Int)] = []
  private(set) var weights: [Float]?
  private(set) var warnings: [String] = []
  /// The largest id where all ids are whole numbers of 0 and more, -1 without rows, nil otherwise.
  private(set) var largestID: Int? = -1

  private static let sourceWords: Set<String> = [
    "source", "src", "from", "head", "u", "node1", "id1", "citing", "source_id", "from_node",
  ]
  private static let weightWords: Set<String> = ["weight", "weights", "w", "value"]

  init(_ text: [UInt8], place: String) throws {
    self.place = place
    var lines: [(number: Int, fields: [ArraySlice<UInt8>])] = []
    var separator: FieldSeparator?
    for (number, line) in TextLines(text) {
      let line = line.trimmed
      if line.isEmpty || line.first == 35 || line.first == 37 { continue }
      let known = separator ?? FieldSeparator(of: line)
      separator = known
      lines.append((number, known.fields(line)))
    }
    let header = EdgeTable.isHeader(lines.first?.fields, next: lines.dropFirst().first?.fields)
    let headings = header ? lines.removeFirst().fields.map { $0.string.lowercased() } : []
    guard let width = lines.first?.fields.count else {
      throw FormatFailure.bad(place, "holds no edge", do: "give one 'source,target' a line")
    }
    guard width >= 2, headings.isEmpty || headings.count == width else {
      throw FormatFailure.bad(
        place, "line \(lines[0].number)",
        "has \(width) fields, expected \(headings.isEmpty ? "a source and a target" : "\(headings.count) as in the header")",
        do: "give 'source,target' or 'source,target,weight'")
    }
    let isWeighted = width > 2 && (headings.isEmpty || EdgeTable.weightWords.contains(headings[2]))
    if width > (isWeighted ? 3 : 2) {
      warnings.append("columns after \(isWeighted ? "the weight" : "source and target") are not used")
    }
    var values: [Float] = []
    rows.reserveCapacity(lines.count)
    for (number, fields) in lines {
      guard fields.count == width else {
        throw FormatFailure.bad(
          place, "line \(number)", "has \(fields.count) fields, expected \(width)",
          do: "give every line the same fields")
      }
      guard !fields[0].isEmpty, !fields[1].isEmpty else {
        throw FormatFailure.bad(place, "line \(number)", "has an empty id", do: "give a source and a target")
      }
      if isWeighted {
        guard let value = fields[2].float, value.isFinite else {
          throw FormatFailure.bad(
            place, "line \(number)", "weight \(quoted(fields[2].string)) is not a finite number",
            do: "correct the weight")
        }
        values.append(value)
      }
      rows.append((fields[0], fields[1], number))
      largestID = EdgeTable.larger(EdgeTable.larger(largestID, fields[0]), fields[1])
    }
    guard rows.count < Int(Int32.max) else {
      throw FormatFailure.bad(place, "holds \(rows.count) edges", do: "give fewer than 2^31")
    }
    if isWeighted && !values.allSatisfy({ $0 == 1 }) { weights = values }
  }

  fileprivate static func larger(_ known: Int?, _ id: ArraySlice<UInt8>) -> Int? {
    guard let known, let number = id.integer, number >= 0, number < Int(Int32.max) else { return nil }
    return max(known, number)
  }

  /// A header says so by its words, or by being the only line whose ids are no numbers.
  private static func isHeader(_ first: [ArraySlice<UInt8>]?, next: [ArraySlice<UInt8>]?) -> Bool {
    guard let first, first.count >= 2, first[0].integer == nil, first[1].integer == nil else { return false }
    if sourceWords.contains(first[0].string.lowercased()) { return true }
    guard let next, next.count >= 2 else { return false }
    return next[0].integer != nil && next[1].integer != nil
  }
}

/// Lines of `id, class`.
struct LabelTable {
  let place: String
  private(set) var rows: [(id: ArraySlice<UInt8>, name: ArraySlice<UInt8>, line: Int)] = []
  private(set) var largestID: Int? = -1

  init(_ text: [UInt8], place: String) throws {
    self.place = place
    var separator: FieldSeparator?
    for (number, line) in TextLines(text) {
      let line = line.trimmed
      if line.isEmpty || line.first == 35 || line.first == 37 { continue }
      let known = separator ?? FieldSeparator(of: line)
      separator = known
      let fields = known.fields(line)
      guard fields.count == 2, !fields[0].isEmpty, !fields[1].isEmpty else {
        throw FormatFailure.bad(
          place, "line \(number)", "has \(fields.count) fields, expected an id and a class", do: "give 'id<TAB>class'")
      }
      let words = fields.map { $0.string.lowercased() }
      let isHeading =
        ["id", "node", "node_id", "paper"].contains(words[0]) && ["label", "class", "y", "topic"].contains(words[1])
      if rows.isEmpty && isHeading { continue }
      rows.append((fields[0], fields[1], number))
      largestID = EdgeTable.larger(largestID, fields[0])
    }
    if rows.isEmpty { throw FormatFailure.bad(place, "holds no label", do: "give 'id<TAB>class' lines") }
  }

  /// Classes of the rows' nodes: whole numbers stay what they are (-1 is no label), words are numbered alphabetically.
  func labels(
    _ labeled: [(node: Int32, row: (id: ArraySlice<UInt8>, name: ArraySlice<UInt8>, line: Int))], nodeCount: Int
  ) throws -> Labels {
    var classes = [Int32](repeating: -1, count: nodeCount)
    var isSet = [Bool](repeating: false, count: nodeCount)
    let areNumbers = rows.allSatisfy { ($0.name.integer ?? -2) >= -1 }
    var words: [String] = []
    var numbers: [String: Int32] = [:]
    if !areNumbers {
      words = Set(rows.map { $0.name.string }).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
      numbers = Dictionary(uniqueKeysWithValues: words.enumerated().map { ($1, Int32(clamping: $0)) })
    }
    for (node, row) in labeled {
      guard !isSet[Int(node)] else {
        throw FormatFailure.bad(
          place, "line \(row.line)", "node \(quoted(row.id.string)) has a label already", do: "keep one line a node")
      }
      isSet[Int(node)] = true
      if areNumbers {
        guard let number = row.name.integer, let narrow = Int32(exactly: number) else {
          throw FormatFailure.bad(
            place, "line \(row.line)", "class \(quoted(row.name.string)) is too large", do: "number classes from 0")
        }
        classes[Int(node)] = narrow
      } else {
        classes[Int(node)] = numbers[row.name.string] ?? -1
      }
    }
    return try DatasetChecks.labels(classes, names: areNumbers ? nil : words, path: place)
  }
}
