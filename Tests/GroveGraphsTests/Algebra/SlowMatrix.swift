import GroveGraphs
import GroveKernels
import Testing

/// A place in a matrix.
struct Place: Hashable, Comparable {
  let row: Int
  let column: Int

  init(_ row: Int, _ column: Int) {
    self.row = row
    self.column = column
  }

  static func < (one: Place, other: Place) -> Bool { (one.row, one.column) < (other.row, other.column) }
}

/// The slow, obvious sparse matrix that `SparseMatrix` is checked against: a dictionary of entries.
struct SlowMatrix: Equatable {
  var rowCount: Int
  var columnCount: Int
  var entries: [Place: Float] = [:]

  init(rowCount: Int, columnCount: Int, entries: [Place: Float] = [:]) {
    self.rowCount = rowCount
    self.columnCount = columnCount
    self.entries = entries
  }

  /// Reads a matrix back; a place listed twice would be lost, so the counts are compared by `isFaithful`.
  init(_ matrix: SparseMatrix) throws {
    let (rows, values) = try matrix.sparseRows()
    self.init(rowCount: rows.rowCount, columnCount: rows.columnCount)
    for row in 0..<rows.rowCount {
      for entry in rows.range(of: row) { entries[Place(row, Int(rows.columns[entry]))] = values[entry] }
    }
    precondition(entries.count == matrix.entryCount, "\(entries.count) places, \(matrix.entryCount) entries")
  }

  func transposed() -> SlowMatrix {
    SlowMatrix(
      rowCount: columnCount, columnCount: rowCount,
      entries: Dictionary(uniqueKeysWithValues: entries.map { (Place($0.key.column, $0.key.row), $0.value) }))
  }

  func union(_ other: SlowMatrix, _ combine: (Float, Float) -> Float) -> SlowMatrix {
    var result = self
    for (place, value) in other.entries {
      result.entries[place] = entries[place].map { combine($0, value) } ?? value
    }
    return result
  }

  func filtered(_ keep: (Place) -> Bool) -> SlowMatrix {
    var result = self
    result.entries = entries.filter { keep($0.key) }
    return result
  }

  func mapped(_ change: (Place, Float) -> Float) -> SlowMatrix {
    var result = self
    for (place, value) in entries { result.entries[place] = change(place, value) }
    return result
  }

  func submatrix(rows: [Int32], columns: [Int32]) -> SlowMatrix {
    var result = SlowMatrix(rowCount: rows.count, columnCount: columns.count)
    for (i, row) in rows.enumerated() {
      for (j, column) in columns.enumerated() {
        if let value = entries[Place(Int(row), Int(column))] { result.entries[Place(i, j)] = value }
      }
    }
    return result
  }

  func product(_ other: SlowMatrix, add: (Float, Float) -> Float, multiply: (Float, Float) -> Float) -> SlowMatrix {
    var result = SlowMatrix(rowCount: rowCount, columnCount: other.columnCount)
    for i in 0..<rowCount {
      for k in 0..<columnCount {
        guard let left = entries[Place(i, k)] else { continue }
        for j in 0..<other.columnCount {
          guard let right = other.entries[Place(k, j)] else { continue }
          let term = multiply(left, right)
          result.entries[Place(i, j)] = result.entries[Place(i, j)].map { add($0, term) } ?? term
        }
      }
    }
    return result
  }

  func neighbors(of node: Int) -> [Int] { (0..<columnCount).filter { entries[Place(node, $0)] != nil } }
}

/// A random list of entries: duplicates, self-loops and, from 7 nodes on, an isolated last node.
///
/// Weights are quarters between -2 and 4, so that sums of `Float` are exact in any order.
struct RandomEntries: CustomTestStringConvertible {
  let rowCount: Int
  let columnCount: Int
  var rows: [Int32] = []
  var columns: [Int32] = []
  var values: [Float] = []
  let testDescription: String

  init(rowCount: Int, columnCount: Int, count: Int, seed: UInt64, isDirected: Bool = true) {
    self.rowCount = rowCount
    self.columnCount = columnCount
    testDescription = "\(rowCount) × \(columnCount), seed \(seed), \(isDirected ? "directed" : "undirected")"
    var random = RandomStream(seed: seed).generator
    let usedRows = rowCount >= 7 ? rowCount - 1 : rowCount
    let usedColumns = columnCount >= 7 ? columnCount - 1 : columnCount
    guard usedRows > 0, usedColumns > 0 else { return }
    for entry in 0..<count {
      let row = Int32(random.next(below: usedRows))
      let column = entry == 0 && Int(row) < usedColumns ? row : Int32(random.next(below: usedColumns))
      let value = Float(random.next(below: 25) - 8) / 4
      append(row, column, value)
      if !isDirected && row != column { append(column, row, value) }
      if entry % 5 == 4 { append(row, column, Float(random.next(below: 25) - 8) / 4) }
    }
  }

  private mutating func append(_ row: Int32, _ column: Int32, _ value: Float) {
    rows.append(row)
    columns.append(column)
    values.append(value)
  }

  /// Square graphs of sizes 0, 1, 2, 7, 64; two seeds; directed and undirected.
  static let graphs: [RandomEntries] = [0, 1, 2, 7, 64].flatMap { size in
    [UInt64(1), 2].flatMap { seed in
      [true, false].map {
        RandomEntries(rowCount: size, columnCount: size, count: size * 3, seed: seed, isDirected: $0)
      }
    }
  }

  /// Rectangles, as between two node types, some without rows or columns.
  static let rectangles: [RandomEntries] = [(0, 3), (3, 0), (1, 5), (7, 2), (9, 30), (64, 7)].map {
    RandomEntries(rowCount: $0.0, columnCount: $0.1, count: 2 * ($0.0 + $0.1), seed: 11)
  }

  func matrix(_ rule: DuplicateRule = .first, weighted: Bool = true) throws -> SparseMatrix {
    try SparseMatrix(
      rows: rows, columns: columns, values: weighted ? values : nil, rowCount: rowCount, columnCount: columnCount,
      duplicates: rule)
  }

  func slowMatrix(_ rule: DuplicateRule = .first, weighted: Bool = true) -> SlowMatrix {
    var result = SlowMatrix(rowCount: rowCount, columnCount: columnCount)
    for entry in rows.indices {
      let place = Place(Int(rows[entry]), Int(columns[entry]))
      let value = weighted ? values[entry] : 1
      guard let old = result.entries[place] else {
        result.entries[place] = value
        continue
      }
      switch rule {
      case .first, .error: break
      case .sum: result.entries[place] = old + value
      case .max: result.entries[place] = Swift.max(old, value)
      case .min: result.entries[place] = Swift.min(old, value)
      }
    }
    return result
  }

  /// The same graph with weights that are not negative.
  var nonNegative: RandomEntries {
    var result = self
    result.values = values.map(abs)
    return result
  }
}

extension CombineRule {
  /// The rule in plain words.
  func combine(_ one: Float, _ other: Float) -> Float {
    switch self {
    case .sum: one + other
    case .product: one * other
    case .max: Swift.max(one, other)
    case .min: Swift.min(one, other)
    }
  }
}

/// An unweighted graph from pairs, one direction each.
func adjacency(_ nodeCount: Int, _ edges: [(Int32, Int32)]) throws -> SparseMatrix {
  try SparseMatrix(
    rows: edges.map(\.0), columns: edges.map(\.1), values: nil, rowCount: nodeCount, columnCount: nodeCount,
    duplicates: .error)
}
