/// A table of numbers in text, a row a line and commas between them, parsed as the bytes of its file come.
///
/// Numbers go from digits into the array without a string of their own. A missing number is an empty field, `""` or
/// `nan`. Empty lines are passed over, as pandas does, unless rows may be empty.
///
/// - Complexity: O(bytes) time; memory for the numbers and one piece of the file.
struct NumberTable<Value: TableNumber> {
  /// Row after row.
  private(set) var values: [Value] = []
  /// Numbers of a row; 0 without rows.
  private(set) var width = 0
  /// How messages call the file.
  let place: String
  private let keepsEmptyLines: Bool
  private var line = 0

  /// How many rows there are.
  var rowCount: Int { width == 0 ? 0 : values.count / width }

  /// Reads a member of a tree.
  ///
  /// - Parameter keepsEmptyLines: whether an empty line is a row of one missing number.
  /// - Throws: `FormatFailure.malformed` with the line of the first field that is no number, or of the first row of
  ///   another width; what the tree throws.
  init(_ member: String, in tree: FileTree, keepsEmptyLines: Bool = false) throws {
    place = tree.place(of: member)
    self.keepsEmptyLines = keepsEmptyLines
    var pending: [UInt8] = []
    try tree.forEachPiece(of: member) { piece in
      // The last line of a piece mostly goes on in the next one.
      pending.append(contentsOf: piece)
      guard let newline = pending.lastIndex(of: 10) else { return }
      try parse(pending, upTo: newline + 1)
      pending.removeFirst(newline + 1)
    }
    try parse(pending, upTo: pending.count)
  }

  private mutating func parse(_ text: [UInt8], upTo end: Int) throws {
    var at = 0
    if line == 0, text.starts(with: [0xef, 0xbb, 0xbf]) { at = 3 }
    while at < end {
      line += 1
      if text[at] == 10 || text[at] == 13 && at + 1 < end && text[at + 1] == 10 {
        at += text[at] == 10 ? 1 : 2
        guard keepsEmptyLines, let missing = Value.missing else { continue }
        try finishRow(columns: 1)
        values.append(missing)
        continue
      }
      let first = values.count
      while true {
        while at < end, text[at] == 32 || text[at] == 9 { at += 1 }
        let begin = at
        guard let value = Value.parsed(text, &at, end) else { throw bad(text, begin, end) }
        values.append(value)
        while at < end, text[at] == 32 || text[at] == 9 || text[at] == 13 { at += 1 }
        if at == end || text[at] == 10 { break }
        guard text[at] == 44 else { throw bad(text, begin, end) }
        at += 1
      }
      at += 1
      try finishRow(columns: values.count - first)
    }
  }

  private mutating func finishRow(columns: Int) throws {
    if width == 0 { width = columns }
    guard columns == width else {
      throw FormatFailure.bad(
        place, "line \(line)", "has \(columns) numbers, expected \(width)", do: "give every line the same fields")
    }
  }

  private func bad(_ text: [UInt8], _ begin: Int, _ end: Int) -> FormatFailure {
    let field = text[begin..<end].prefix { $0 != 44 && $0 != 10 && $0 != 13 }
    return .bad(
      place, "line \(line)", "\(quoted(field.string)) is not \(Value.meaning)", do: "correct the file or fetch it again"
    )
  }

  /// Refuses another number of rows.
  func require(rows expected: Int, of what: String, width expectedWidth: Int? = nil) throws {
    if let expectedWidth, rowCount > 0, width != expectedWidth {
      throw FormatFailure.bad(
        place, "has \(width) numbers a line, expected \(expectedWidth)", do: "correct the file or fetch it again")
    }
    guard rowCount != expected else { return }
    throw FormatFailure.bad(
      place, "has \(rowCount) lines, expected \(expected), one \(what)", do: "it is cut short or of another graph")
  }
}

/// A number that tables of text hold.
protocol TableNumber {
  /// What stands for a missing number; nil where none may be missing.
  static var missing: Self? { get }
  /// In words, as in "'x' is not a whole number".
  static var meaning: String { get }
  /// The number that begins at `at`, which moves behind it; nil where there is none.
  static func parsed(_ text: [UInt8], _ at: inout Int, _ end: Int) -> Self?
}

extension Int32: TableNumber {
  static var missing: Int32? { nil }
  static var meaning: String { "a whole number of 32 bits" }

  static func parsed(_ text: [UInt8], _ at: inout Int, _ end: Int) -> Int32? {
    guard at < end else { return nil }
    let isNegative = text[at] == 45
    if isNegative { at += 1 }
    let begin = at
    var value = 0
    while at < end, text[at] &- 48 < 10 {
      value = value &* 10 &+ Int(text[at] &- 48)
      at += 1
    }
    guard at > begin, at - begin <= 18 else { return nil }
    // pandas writes a column of whole numbers that once had gaps as 7.0.
    if at + 1 < end, text[at] == 46, text[at + 1] == 48 {
      at += 1
      while at < end, text[at] == 48 { at += 1 }
    }
    return Int32(exactly: isNegative ? -value : value)
  }
}

extension Float: TableNumber {
  static var missing: Float? { .nan }
  static var meaning: String { "a number" }

  private static let powers: [Double] = (0...22).map { power in (0..<power).reduce(1) { value, _ in value * 10 } }

  /// The float nearest to the decimal.
  ///
  /// A mantissa below 2⁵³ times or over a power of ten up to 10²² is one rounding of exact doubles; the float nearest to
  /// that double is the one nearest to the decimal too, unless the double lies midway between two floats. That case and
  /// longer numbers are left to the standard library.
  ///
  /// - Source: Clinger 1990, "How to read floating point numbers accurately", the fast case.
  static func parsed(_ text: [UInt8], _ at: inout Int, _ end: Int) -> Float? {
    let begin = at
    var isNegative = false
    if at < end, text[at] == 45 || text[at] == 43 {
      isNegative = text[at] == 45
      at += 1
    }
    var mantissa: UInt64 = 0
    var digits = 0
    var exponent = 0
    while at < end, text[at] &- 48 < 10 {
      mantissa = mantissa &* 10 &+ UInt64(text[at] &- 48)
      digits += 1
      at += 1
    }
    if at < end, text[at] == 46 {
      at += 1
      while at < end, text[at] &- 48 < 10 {
        mantissa = mantissa &* 10 &+ UInt64(text[at] &- 48)
        digits += 1
        exponent -= 1
        at += 1
      }
    }
    guard digits > 0 else {
      at = begin
      return missingWord(text, &at, end)
    }
    if at < end, text[at] | 32 == 101 {
      at += 1
      var power = 0
      let isDown = at < end && text[at] == 45
      if at < end, text[at] == 45 || text[at] == 43 { at += 1 }
      let first = at
      while at < end, text[at] &- 48 < 10 {
        power = Swift.min(power * 10 + Int(text[at] &- 48), 100_000)
        at += 1
      }
      guard at > first else { return nil }
      exponent += isDown ? -power : power
    }
    if digits <= 18, mantissa < 1 << 53, exponent >= -22, exponent <= 22 {
      let whole = Double(mantissa)
      let value = exponent < 0 ? whole / powers[-exponent] : whole * powers[exponent]
      if value.bitPattern & 0x1fff_ffff != 0x1000_0000 { return Float(isNegative ? -value : value) }
    }
    return Float(text[begin..<at].string)
  }

  /// NaN for an empty field, `""` and `nan` in any case.
  private static func missingWord(_ text: [UInt8], _ at: inout Int, _ end: Int) -> Float? {
    if at == end || text[at] == 44 || text[at] == 10 || text[at] == 13 { return .nan }
    if at + 1 < end, text[at] == 34, text[at + 1] == 34 {
      at += 2
      return .nan
    }
    guard at + 2 < end, text[at] | 32 == 110, text[at + 1] | 32 == 97, text[at + 2] | 32 == 110 else { return nil }
    at += 3
    return .nan
  }
}
