import GRDB
public import GroveGraphs

extension GraphStore: TextSource {
  /// Columns of the table of papers that are read as texts.
  private static let paperFields = ["title", "abstract", "year", "n_citation", "doi", "volume", "issue"]

  /// Rows that are read at a time.
  private static let textBatch = 512

  /// What texts the nodes of a type may have: title, abstract and the like of papers, the name of what papers mention,
  /// `text` in a graph that was imported with texts.
  ///
  /// - Throws: `FormatFailure.unknownName` for an unknown type; `StoreFailure.damaged`.
  public func textFields(of type: NodeType) throws -> [String] {
    guard nodeTypes.contains(type) else {
      throw FormatFailure.unknownName(path: path, what: "node type", name: type.name, known: nodeTypes.map(\.name))
    }
    if !isGraph { return type == AcademicSchema.paper ? GraphStore.paperFields : ["name"] }
    return try read { try $0.tableExists(TextDatabaseWriter.textTable(of: type)) } ? [TextDatabaseWriter.textField] : []
  }

  /// Calls `body` with the number of each node of a type and its texts, in the order of numbers; all nil for nodes
  /// without a record.
  ///
  /// Numbers, such as years, come in decimal. `body` may ask the store for more.
  ///
  /// - Throws: `FormatFailure.unknownName` for a field that is not among `textFields(of:)`; `StoreFailure.damaged`; what
  ///   `body` throws.
  /// - Precondition: there is a field.
  /// - Complexity: O(N log N) time, memory for some hundred rows.
  public func forEachText(of type: NodeType, fields: [String], _ body: (Int, [String?]) throws -> Void) throws {
    precondition(!fields.isEmpty, "forEachText: no fields")
    let known = try textFields(of: type)
    for field in fields where !known.contains(field) {
      throw FormatFailure.unknownName(path: path, what: "text field of \(type)", name: field, known: known)
    }
    // Papers count up in the order of their records, which have gaps.
    let isPaper = type == AcademicSchema.paper && !isGraph
    let key = isPaper ? "record" : "number"
    let table = (isGraph ? TextDatabaseWriter.textTable(of: type) : type.name).quotedDatabaseIdentifier
    let names = ([key] + fields).map(\.quotedDatabaseIdentifier).joined(separator: ", ")
    let query = "SELECT \(names) FROM \(table) WHERE \(key) > ? ORDER BY \(key) LIMIT \(GraphStore.textBatch)"
    let nothing = [String?](repeating: nil, count: fields.count)
    let count = nodeCount(of: type)
    var next = 0
    var last: Int64 = -1
    while true {
      let batch = try read { db in
        try Row.fetchAll(db, sql: query, arguments: [last]).map { row in
          (key: row[0] as Int64, texts: fields.indices.map { GraphStore.text(row[$0 + 1]) })
        }
      }
      for row in batch {
        let number = isPaper ? next : Int(row.key)
        guard number < count else { break }
        while next < number {
          try body(next, nothing)
          next += 1
        }
        try body(number, row.texts)
        next = number + 1
      }
      guard let end = batch.last?.key, batch.count == GraphStore.textBatch else { break }
      last = end
    }
    while next < count {
      try body(next, nothing)
      next += 1
    }
  }

  private static func text(_ value: DatabaseValue) -> String? {
    switch value.storage {
    case .string(let text): text.isEmpty ? nil : text
    case .int64(let number): String(number)
    case .double(let number): String(number)
    case .null, .blob: nil
    }
  }
}
