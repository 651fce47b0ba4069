import Foundation

/// The head of a `.npy` file: what its bytes mean.
///
/// A strict reader of the one Python literal that numpy writes there; nothing is evaluated.
struct NumpyHeader: Sendable, Equatable {
  /// The type of one element.
  enum Element: Sendable, Equatable {
    case bool
    case integer(bytes: Int, isSigned: Bool)
    case float(bytes: Int)
    /// Strings of `count` UTF-32 characters.
    case unicode(count: Int)
    /// Strings of `count` bytes.
    case bytes(count: Int)

    var size: Int {
      switch self {
      case .bool: 1
      case .integer(let bytes, _), .float(let bytes): bytes
      case .unicode(let count): 4 * count
      case .bytes(let count): count
      }
    }

    /// As numpy calls it.
    var description: String {
      switch self {
      case .bool: "bool"
      case .integer(let bytes, let isSigned): "\(isSigned ? "int" : "uint")\(bytes * 8)"
      case .float(let bytes): "float\(bytes * 8)"
      case .unicode(let count): "<U\(count)"
      case .bytes(let count): "|S\(count)"
      }
    }
  }

  var element: Element
  var isBigEndian: Bool
  var isFortranOrder: Bool
  var shape: [Int]
  /// Number of elements.
  var count: Int
  /// Where the elements begin in the file.
  var start: Int

  /// Enough of a file to hold any header numpy writes.
  static let largest = 1 << 16

  /// - Parameter place: how messages call the file.
  /// - Throws: `FormatFailure.holdsPickle`, `.empty`, `.wrongExtension` or `.malformed`.
  init(_ bytes: Data, place: String) throws {
    let kind = FileKind(head: bytes.prefix(FileKind.headCount))
    if kind == .empty { throw FormatFailure.empty(path: place) }
    if kind == .pickle { throw FormatFailure.holdsPickle(path: place) }
    guard kind == .numpy else {
      throw FormatFailure.wrongExtension(path: place, promised: "a NumPy array", found: kind.description)
    }
    let head = [UInt8](bytes.prefix(12))
    guard head.count >= 10 else { throw NumpyHeader.cut(place) }
    guard (1...3).contains(head[6]) else {
      throw FormatFailure.bad(place, "has .npy version \(head[6]), expected 1, 2 or 3", do: "save it with numpy again")
    }
    var length = Int(head[8]) | Int(head[9]) << 8
    start = 10
    if head[6] > 1 {
      guard head.count == 12 else { throw NumpyHeader.cut(place) }
      length |= Int(head[10]) << 16 | Int(head[11]) << 24
      start = 12
    }
    guard length <= NumpyHeader.largest else {
      throw FormatFailure.bad(place, "its header claims \(length) bytes", do: "it is damaged, save it with numpy again")
    }
    guard bytes.count >= start + length else { throw NumpyHeader.cut(place) }
    let text = [UInt8](bytes.dropFirst(start).prefix(length))
    start += length
    var literal = NumpyLiteral(text: text, place: place)
    let fields = try literal.fields()
    isFortranOrder = fields.isFortranOrder
    shape = fields.shape
    (element, isBigEndian) = try NumpyHeader.element(fields.descriptor, place: place)
    count = 1
    for extent in shape {
      let (product, overflow) = count.multipliedReportingOverflow(by: extent)
      guard !overflow, product < 1 << 46 else {
        throw FormatFailure.bad(place, "its shape \(shape) is beyond any memory", do: "it is damaged, save it again")
      }
      count = product
    }
    if count == 0, let extent = shape.first(where: { $0 > Int(Int32.max) }) {
      throw FormatFailure.bad(place, "an empty array claims an extent of \(extent)", do: "save it with numpy again")
    }
    if element.size == 0 && count > 0 {
      throw FormatFailure.bad(place, "its strings have width 0", do: "save it with numpy again")
    }
  }

  static func cut(_ place: String) -> FormatFailure {
    .bad(place, "ends inside its header", do: "it is cut short, fetch or write it again")
  }

  private static func element(_ descriptor: String, place: String) throws -> (Element, isBigEndian: Bool) {
    let text = Array(descriptor.utf8)
    func refuse() -> FormatFailure {
      .bad(
        place, "has element type \(quoted(descriptor, limit: 20))",
        do: "save it as bool, int8 … uint64, float16 … float64 or fixed-width strings")
    }
    guard text.count >= 2 else { throw refuse() }
    let hasOrder = "<>|=".utf8.contains(text[0])
    let code = hasOrder ? text[1] : text[0]
    if code == UInt8(ascii: "O") { throw FormatFailure.holdsPickle(path: place) }
    let digits = text.dropFirst(hasOrder ? 2 : 1)
    guard !digits.isEmpty, digits.count <= 7, let size = Int(String(decoding: digits, as: UTF8.self)), size >= 0 else {
      throw refuse()
    }
    let isBig = text[0] == UInt8(ascii: ">")
    switch (code, size) {
    case (UInt8(ascii: "b"), 1), (UInt8(ascii: "?"), 1): return (.bool, false)
    case (UInt8(ascii: "i"), 1), (UInt8(ascii: "i"), 2), (UInt8(ascii: "i"), 4), (UInt8(ascii: "i"), 8):
      return (.integer(bytes: size, isSigned: true), isBig)
    case (UInt8(ascii: "u"), 1), (UInt8(ascii: "u"), 2), (UInt8(ascii: "u"), 4), (UInt8(ascii: "u"), 8):
      return (.integer(bytes: size, isSigned: false), isBig)
    case (UInt8(ascii: "f"), 2), (UInt8(ascii: "f"), 4), (UInt8(ascii: "f"), 8): return (.float(bytes: size), isBig)
    case (UInt8(ascii: "U"), _): return (.unicode(count: size), isBig)
    case (UInt8(ascii: "S"), _), (UInt8(ascii: "a"), _): return (.bytes(count: size), false)
    default: throw refuse()
    }
  }
}

/// Reads `{'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }` and nothing else.
private struct NumpyLiteral {
  let text: [UInt8]
  let place: String
  private var at = 0

  init(text: [UInt8], place: String) {
    self.text = text
    self.place = place
  }

  mutating func fields() throws -> (descriptor: String, isFortranOrder: Bool, shape: [Int]) {
    var descriptor: String?
    var isFortranOrder: Bool?
    var shape: [Int]?
    try expect("{")
    while !take("}") {
      let key = try string()
      try expect(":")
      switch key {
      case "descr" where descriptor == nil:
        skipSpace()
        if at < text.count, text[at] == UInt8(ascii: "[") {
          throw FormatFailure.bad(
            place, "holds records of several fields", do: "save each field as an array of its own")
        }
        descriptor = try string()
      case "fortran_order" where isFortranOrder == nil: isFortranOrder = try boolean()
      case "shape" where shape == nil: shape = try tuple()
      default: throw damaged("has an unknown or repeated key \(quoted(key, limit: 20))")
      }
      if !take(",") {
        try expect("}")
        break
      }
    }
    skipSpace()
    guard at == text.count else { throw damaged("goes on after its closing brace") }
    guard let descriptor, let isFortranOrder, let shape else { throw damaged("lacks descr, fortran_order or shape") }
    return (descriptor, isFortranOrder, shape)
  }

  private func damaged(_ problem: String) -> FormatFailure {
    .bad(place, "byte \(at) of its header", "the header \(problem)", do: "it is damaged, save it with numpy again")
  }

  private mutating func skipSpace() {
    while at < text.count, text[at] == 32 || (9...13).contains(text[at]) { at += 1 }
  }

  private mutating func take(_ mark: Unicode.Scalar) -> Bool {
    skipSpace()
    guard at < text.count, text[at] == UInt8(ascii: mark) else { return false }
    at += 1
    return true
  }

  private mutating func expect(_ mark: Unicode.Scalar) throws {
    guard take(mark) else { throw damaged("has no '\(mark)' where one is due") }
  }

  private mutating func string() throws -> String {
    skipSpace()
    guard at < text.count, text[at] == UInt8(ascii: "'") || text[at] == UInt8(ascii: "\"") else {
      throw damaged("has no string where one is due")
    }
    let quote = text[at]
    let begin = at + 1
    guard let end = text[begin...].firstIndex(of: quote), end - begin <= 64 else {
      throw damaged("has a string without end")
    }
    at = end + 1
    return String(decoding: text[begin..<end], as: UTF8.self)
  }

  private mutating func boolean() throws -> Bool {
    skipSpace()
    for (word, value) in [("True", true), ("False", false)] where text[at...].starts(with: word.utf8) {
      at += word.utf8.count
      return value
    }
    throw damaged("has no True or False where one is due")
  }

  private mutating func tuple() throws -> [Int] {
    var shape: [Int] = []
    try expect("(")
    while !take(")") {
      skipSpace()
      let begin = at
      while at < text.count, (48...57).contains(text[at]) { at += 1 }
      guard at > begin, at - begin <= 18, let extent = Int(String(decoding: text[begin..<at], as: UTF8.self)) else {
        throw damaged("has no whole number in its shape")
      }
      if at < text.count, text[at] == UInt8(ascii: "L") { at += 1 }  // files of Python 2
      shape.append(extent)
      guard shape.count <= 4 else { throw damaged("has more than four dimensions") }
      if !take(",") {
        try expect(")")
        break
      }
    }
    return shape
  }
}
