/// Rows and columns of a table put in pairs, each in at most one, such that the sum of the pairs' entries is extreme.
///
/// As many pairs as there are rows or columns, whichever are fewer. Each row in turn finds its cheapest alternating path
/// to a free column in reduced costs c[i, j] − u[i] − v[j], which stay at or above 0 (Dijkstra over columns); of equally
/// cheap columns the first is taken, so that equal tables give equal pairs.
///
/// Letters: R rows, C columns, n the fewer of them, m the more.
///
/// - Source: Kuhn 1955; Jonker, Volgenant 1987, without its heuristics for a first assignment.
public struct OptimalAssignment: Sendable, Equatable {
  /// The column of each row, nil for a row without one. [R]
  public let columns: [Int?]
  /// Σ of the entries of the pairs.
  public let total: Double

  /// The pairs with the smallest sum.
  ///
  /// - Parameter values: the table, row after row. [R, C]
  /// - Precondition: R · C values, all finite.
  /// - Complexity: O(n² · m).
  public static func minimizing(_ values: [Double], rows: Int, columns: Int) -> OptimalAssignment {
    OptimalAssignment(values, rows: rows, columns: columns, sign: 1)
  }

  /// The pairs with the largest sum.
  ///
  /// - Parameter values: the table, row after row. [R, C]
  /// - Precondition: R · C values, all finite.
  /// - Complexity: O(n² · m).
  public static func maximizing(_ values: [Double], rows: Int, columns: Int) -> OptimalAssignment {
    OptimalAssignment(values, rows: rows, columns: columns, sign: -1)
  }

  private init(_ values: [Double], rows: Int, columns: Int, sign: Double) {
    precondition(
      rows >= 0 && columns >= 0 && values.count == rows * columns,
      "OptimalAssignment: \(values.count) values for \(rows) rows of \(columns)")
    if let place = values.firstIndex(where: { !$0.isFinite }) {
      preconditionFailure(
        "OptimalAssignment: \(values[place]) in row \(place / columns), column \(place % columns); entries must be finite"
      )
    }
    let isTall = rows > columns
    let table =
      isTall
      ? (0..<columns * rows).map { sign * values[$0 % rows * columns + $0 / rows] } : values.map { sign * $0 }
    let pairs = AugmentingPaths(costs: table, rows: min(rows, columns), columns: max(rows, columns)).columnOfRow
    var found = [Int?](repeating: nil, count: rows)
    for (few, many) in pairs.enumerated() { if isTall { found[many] = few } else { found[few] = many } }
    self.columns = found
    total = found.indices.reduce(0.0) { sum, row in sum + (found[row].map { values[row * columns + $0] } ?? 0) }
  }
}

/// The cheapest pairs of a table with at least as many columns as rows.
private struct AugmentingPaths {
  private let costs: [Double]
  private let columns: Int
  /// u, the price of each row.
  private var rowPrices: [Double]
  /// v, the price of each column.
  private var columnPrices: [Double]
  /// The row that has a column, −1 where it is free.
  private var rowOfColumn: [Int]
  private(set) var columnOfRow: [Int]

  init(costs: [Double], rows: Int, columns: Int) {
    self.costs = costs
    self.columns = columns
    rowPrices = [Double](repeating: 0, count: rows)
    columnPrices = [Double](repeating: 0, count: columns)
    rowOfColumn = [Int](repeating: -1, count: columns)
    columnOfRow = [Int](repeating: -1, count: rows)
    for row in 0..<rows { augment(from: row) }
  }

  private mutating func augment(from start: Int) {
    // lengths[j]: the cheapest known way from the start to column j, whose last row is before[j].
    var lengths = [Double](repeating: .infinity, count: columns)
    var before = [Int](repeating: start, count: columns)
    var isReached = [Bool](repeating: false, count: columns)
    var reached: [Int] = []
    var row = start
    var length = 0.0
    var end = -1
    while end < 0 {
      var nearest = -1
      for column in 0..<columns where !isReached[column] {
        let candidate = length + costs[row * columns + column] - rowPrices[row] - columnPrices[column]
        if candidate < lengths[column] { (lengths[column], before[column]) = (candidate, row) }
        if nearest < 0 || lengths[column] < lengths[nearest] { nearest = column }
      }
      length = lengths[nearest]
      isReached[nearest] = true
      if rowOfColumn[nearest] < 0 {
        end = nearest
      } else {
        reached.append(nearest)
        row = rowOfColumn[nearest]
      }
    }
    // Prices move so that every pair on the path has a reduced cost of 0.
    rowPrices[start] += length
    for column in reached {
      rowPrices[rowOfColumn[column]] += length - lengths[column]
      columnPrices[column] -= length - lengths[column]
    }
    var column = end
    while true {
      let owner = before[column]
      let next = columnOfRow[owner]
      rowOfColumn[column] = owner
      columnOfRow[owner] = column
      if owner == start { return }
      column = next
    }
  }
}
