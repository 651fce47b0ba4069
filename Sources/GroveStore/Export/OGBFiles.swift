import Foundation
import GroveGraphs
import GroveKernels

/// Tables in a folder of the Open Graph Benchmark, each a `.csv.gz` file.
struct OGBFiles {
  let folder: String

  init(_ folder: String) { self.folder = folder }

  private func write(_ name: String, _ body: (inout GzipSink) throws -> Void) throws {
    let path = "\(folder)/\(name).csv.gz"
    try AtomicFile.makeFolder((path as NSString).deletingLastPathComponent)
    try GzipFile.write(to: path, body)
  }

  /// Records of text.
  func table(_ name: String, _ records: [[String]]) throws {
    try write(name) { sink in
      var row = TextRow()
      for record in records { try OGBFiles.append(record, &row, to: &sink) }
    }
  }

  private static func append(_ record: [String], _ row: inout TextRow, to sink: inout GzipSink) throws {
    row.clear()
    for (place, field) in record.enumerated() {
      if place > 0 { row.append(byte: 44) }
      row.append(field: field)
    }
    row.append(byte: 10)
    try sink.write(row.bytes)
  }

  /// A heading and a name a number.
  func names(_ name: String, heading: String, _ names: [String]) throws {
    try write(name) { sink in
      try sink.write("\(heading)\n")
      var row = TextRow()
      for (number, name) in names.enumerated() { try OGBFiles.append(["\(number)", name], &row, to: &sink) }
    }
  }

  /// Whole numbers, one a line.
  func numbers(_ name: String, _ numbers: [Int32]) throws {
    try rows(name, count: numbers.count) { row, number in row.append(numbers[number]) }
  }

  /// Decimals, one a line.
  func numbers(_ name: String, _ numbers: [Float]) throws {
    try rows(name, count: numbers.count) { row, number in row.append(numbers[number]) }
  }

  /// Source and target a line.
  func edges(_ name: String, _ edges: EdgeList) throws {
    try rows(name, count: edges.count) { row, edge in
      row.append(edges.sources[edge])
      row.append(byte: 44)
      row.append(edges.targets[edge])
    }
  }

  /// One row of decimals a node, zeros included.
  func features(_ name: String, _ matrix: FeatureMatrix) throws {
    let width = matrix.width
    var line = [Float](repeating: 0, count: width)
    try rows(name, count: matrix.rowCount) { row, node in
      switch matrix {
      case .dense(let values, _): for column in 0..<width { line[column] = values[node * width + column] }
      case .sparse(let entries, let values):
        for entry in entries.range(of: node) { line[Int(entries.columns[entry])] = values?[entry] ?? 1 }
      }
      for column in 0..<width {
        if column > 0 { row.append(byte: 44) }
        row.append(line[column])
      }
      if case .sparse(let entries, _) = matrix { for column in entries[node] { line[Int(column)] = 0 } }
    }
  }

  /// One class a node, `nan` for none; or a column of 0 and 1 a class.
  func labels(_ name: String, _ labels: Labels) throws {
    try rows(name, count: labels.nodeCount) { row, node in
      switch labels {
      case .single(let classes, _):
        if classes[node] < 0 { row.append("nan") } else { row.append(classes[node]) }
      case .multiple(let rows, _):
        let own = Set(rows[node])
        for column in 0..<rows.columnCount {
          if column > 0 { row.append(byte: 44) }
          row.append(byte: own.contains(Int32(column)) ? 49 : 48)
        }
      }
    }
  }

  private func rows(_ name: String, count: Int, _ body: (inout TextRow, Int) -> Void) throws {
    try write(name) { sink in
      var row = TextRow()
      for number in 0..<count {
        row.clear()
        body(&row, number)
        row.append(byte: 10)
        try sink.write(row.bytes)
      }
    }
  }

  /// `master.csv`, see `OGBFolder`.
  func settings(_ settings: [(String, String)]) throws {
    var row = TextRow()
    row.append(",graph\n")
    for (key, value) in settings {
      row.append(field: key)
      row.append(byte: 44)
      row.append(field: value)
      row.append(byte: 10)
    }
    try AtomicFile.write(Data(row.bytes), to: "\(folder)/master.csv")
  }
}
