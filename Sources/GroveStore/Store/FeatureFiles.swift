import GroveGraphs
import GroveKernels

/// What a feature column of a store is to be.
struct FeatureColumn {
  let name: String
  let type: NodeType
  let element: FeatureElement
  /// F, the number of columns of a row.
  let width: Int
  /// How it was made, as a store keeps it.
  let recipe: String?

  /// Refuses rows without numbers, and names that `--features` understands in another way or that cannot be typed.
  func check(_ path: String) throws {
    let isPlain = name.unicodeScalars.allSatisfy { !$0.properties.isWhitespace && $0.value >= 32 && $0.value != 127 }
    guard isPlain, !name.isEmpty, name.utf8.count <= 200 else {
      throw FormatFailure.unusableName(
        name: name, rule: "a feature column's name has 1 to 200 bytes and no spaces")
    }
    guard !["one-hot", "degree", "none"].contains(name), !name.hasPrefix("learned:") else {
      throw FormatFailure.unusableName(name: name, rule: "--features takes it for something else")
    }
    guard width > 0 else {
      throw FormatFailure.bad(
        path, "feature column \(quoted(name)) has rows of no numbers", do: "give rows of one number or more")
    }
  }
}

/// Writes the files of one feature column of a store.
struct FeatureFiles {
  /// The store, for messages.
  let place: String
  let column: FeatureColumn
  /// Path of the file of `values`, `offsets` or `columns`.
  let path: (String) -> String

  private var width: Int { column.width }

  /// Writes dense rows, about a megabyte at a time.
  func dense(rows count: Int, _ rows: (Range<Int>) throws -> [Float]) throws -> StoreFile {
    let file = try writer("values")
    let step = max(1, (1 << 18) / width)
    for start in stride(from: 0, to: count, by: step) {
      let range = start..<min(start + step, count)
      let values = try rows(range)
      precondition(
        values.count == range.count * width,
        "feature column: \(values.count) numbers for \(range.count) rows of \(width)")
      try append(values, to: file) { (start + $0 / width, $0 % width) }
    }
    return try file.finish()
  }

  /// Writes compressed rows.
  func sparse(
    _ rows: SparseRows, _ values: [Float]?
  ) throws -> (values: StoreFile?, offsets: StoreFile?, columns: StoreFile?) {
    precondition(
      rows.columns.allSatisfy { $0 >= 0 && Int($0) < width }, "feature column: an entry beyond its \(width) columns")
    var numbers: StoreFile?
    if let values {
      let file = try writer("values")
      try append(values, to: file) { (rows.row(ofEntry: $0), Int(rows.columns[$0])) }
      numbers = try file.finish()
    }
    let offsets = try StoreArrayWriter(path("offsets"), .int64)
    try offsets.append(contentsOf: rows.offsets)
    let columns = try StoreArrayWriter(path("columns"), .int32)
    try columns.append(contentsOf: rows.columns)
    return (numbers, try offsets.finish(), try columns.finish())
  }

  private func writer(_ what: String) throws -> StoreArrayWriter {
    try StoreArrayWriter(path(what), column.element == .f16 ? .float16 : .float32)
  }

  /// - Parameter at: row and column of a number.
  private func append(_ values: [Float], to file: StoreArrayWriter, _ at: (Int) -> (row: Int, column: Int)) throws {
    if let bad = values.firstIndex(where: { !$0.isFinite }) {
      throw refused(at(bad), "\(values[bad]) is not a finite number", do: "replace NaN and infinity")
    }
    guard column.element == .f16 else { return try file.append(contentsOf: values) }
    let narrow = values.map { HalfFloats.f16($0) }
    if let bad = narrow.firstIndex(where: { $0 & 0x7fff == 0x7c00 }) {
      throw refused(at(bad), "\(values[bad]) is beyond 65504, the most that f16 holds", do: "store the column as f32")
    }
    try file.append(contentsOf: narrow)
  }

  private func refused(_ at: (row: Int, column: Int), _ problem: String, do advice: String) -> FormatFailure {
    .bad(
      place, "feature column \(quoted(column.name)), \(column.type) \(at.row), column \(at.column)", problem,
      do: advice)
  }
}
