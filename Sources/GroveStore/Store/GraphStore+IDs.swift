import Foundation
import GRDB
public import GroveGraphs
import GroveKernels

extension GraphStore {
  /// External ids by number; of nodes known by their name alone that name, after `name:`; nil for numbered nodes.
  public func nodeIDs(of type: NodeType) throws -> [String]? {
    if manifest.nodes.first(where: { $0.type == type.name })?.isNumbered == true { return nil }
    let keys = try keys(of: type)
    var ids = [String?](repeating: nil, count: keys.count)
    var isComplete = true
    for (number, key) in keys.enumerated() {
      ids[number] = key.text
      if ids[number] == nil { isComplete = false }
    }
    if isGraph {
      try forEachKeptID(of: type) { ids[$0] = $1 }
    } else if !isComplete {
      try readTexts(type, columns: type == AcademicSchema.paper ? "id, NULL" : "id, name") { number, row in
        if ids[number] == nil {
          let id: String? = row[0]
          let name: String? = row[1]
          ids[number] = id ?? "name:\(name ?? "")"
        }
      }
    }
    return ids.map { $0 ?? "" }
  }

  /// Calls `body` with each row of a type's table, in the order of numbers.
  func readTexts(_ type: NodeType, columns: String, _ body: (Int, Row) throws -> Void) throws {
    try read { db in
      let order = type == AcademicSchema.paper ? "record" : "number"
      let rows = try Row.fetchCursor(
        db, sql: "SELECT \(columns) FROM \(type.name.quotedDatabaseIdentifier) ORDER BY \(order)")
      var number = 0
      while let row = try rows.next() {
        try body(number, row)
        number += 1
      }
    }
  }

  /// Calls `body` with the ids that keys do not give back, in a graph that was imported whole.
  private func forEachKeptID(of type: NodeType, _ body: (Int, String) -> Void) throws {
    try read { db in
      let rows = try Row.fetchCursor(
        db, sql: "SELECT number, id FROM \(TextDatabaseWriter.table(of: type, isGraph: true))")
      while let row = try rows.next() { body(row[0], row[1]) }
    }
  }

  /// A row of the text database by column names.
  public func texts(of node: Int, type: NodeType) throws -> [String: String] {
    let isPaper = type == AcademicSchema.paper && !isGraph
    let records: MappedArray<UInt32>? = isPaper ? try manifest.nodes[0].records.map { try array($0) } : nil
    let key = records.map { Int($0[node]) } ?? node
    return try read { db in
      let row = try Row.fetchOne(
        db,
        sql:
          "SELECT * FROM \(TextDatabaseWriter.table(of: type, isGraph: isGraph)) WHERE \(isPaper ? "record" : "number") = ?",
        arguments: [key])
      var result: [String: String] = [:]
      for (column, value) in row ?? Row() where column != "number" && column != "record" && !value.isNull {
        result[column] = String.fromDatabaseValue(value) ?? Int64.fromDatabaseValue(value).map(String.init) ?? ""
      }
      let texts = TextDatabaseWriter.textTable(of: type)
      if isGraph, try db.tableExists(texts) {
        result[TextDatabaseWriter.textField] = try String.fetchOne(
          db, sql: "SELECT text FROM \(texts.quotedDatabaseIdentifier) WHERE number = ?", arguments: [node])
      }
      return result
    }
  }

  /// The number of the node with an external id as `nodeIDs` gives it, or nil.
  ///
  /// - Complexity: O(log N).
  public func number(ofID id: String, type: NodeType) throws -> Int? {
    var text = id
    if let number = try number(of: text.withUTF8 { NodeKey(id: $0) }, type: type) { return number }
    guard id.hasPrefix("name:") else { return nil }
    var name = String(id.dropFirst(5))
    var normal: [UInt8] = []
    name.withUTF8 { NameNormalizer.normalize($0, into: &normal) }
    return try number(of: normal.withUnsafeBufferPointer { NodeKey(name: $0) }, type: type)
  }

  func number(of key: NodeKey, type: NodeType) throws -> Int? {
    guard let nodes = manifest.nodes.first(where: { $0.type == type.name }) else { return nil }
    let keys: MappedArray<NodeKey> = try array(nodes.keys)
    let order: MappedArray<UInt32>? = try nodes.order.map { try array($0) }
    let partition = key.partition
    var low = 0
    var high = keys.count
    while low < high {
      let middle = (low + high) / 2
      let other = keys[order.map { Int($0[middle]) } ?? middle]
      if (other.partition, other) < (partition, key) { low = middle + 1 } else { high = middle }
    }
    guard low < keys.count else { return nil }
    let number = order.map { Int($0[low]) } ?? low
    return keys[number] == key ? number : nil
  }
}
