/// The data of a pickle: values in one flat table, which name each other by position.
///
/// Nothing of the pickle is executed, and nothing here recurses: lists may nest as deep as the file is long, and may hold
/// themselves. Memory is bounded by the length of the file.
struct Pickle {
  /// The position of a value in the table.
  typealias Value = Int32

  /// Bytes of `storage`.
  struct Slice {
    var start: UInt32
    var count: UInt32
    var range: Range<Int> { Int(start)..<Int(start) + Int(count) }
  }

  /// A value; the members of a container are at its number in `members`.
  enum Node {
    case none
    case boolean(Bool)
    case integer(Int64)
    case float(Double)
    /// UTF-8.
    case text(Slice)
    /// Bytes, or a string of Python 2, whose bytes are characters of Latin-1.
    case bytes(Slice)
    case tuple(Int32)
    case list(Int32)
    case set(Int32)
    /// A key, its value, the next key …, in the order of the file; a key may come again.
    case dictionary(Int32)
    case global(PickleGlobal)
    /// A numpy element type: the value that spells it, and its byte order.
    case elementType(code: Value, order: UInt8)
    /// A numpy array by its state, the tuple (version, shape, element type, Fortran order, bytes); nil before that came.
    case array(state: Value?)
    /// A numpy array by the tuple (bytes, element type, shape, order).
    case buffer(arguments: Value)
    /// A sparse matrix by the dictionary of its attributes; nil before that came.
    case matrix(state: Value?)
  }

  /// For messages.
  private(set) var place: String
  /// The file's bytes and, behind them, strings that had to be decoded.
  var storage: [UInt8]
  /// Length of the file.
  private(set) var byteCount: Int
  var nodes: [Node] = []
  /// Members of the containers.
  var members: [[Value]] = []
  /// Where each value began in the file.
  var offsets: [UInt32] = []
  /// The pickle's value.
  var root: Value = 0

  /// Reads the bytes of a pickle of protocol 0 to 5.
  ///
  /// - Throws: `PickleFailure` with the byte of the first instruction that is damaged or refused.
  /// - Complexity: O(bytes) time and memory.
  init(_ bytes: [UInt8], place: String) throws {
    self.place = place
    storage = bytes
    byteCount = bytes.count
    var machine = PickleMachine(self)
    self = try machine.run()
  }

  subscript(value: Value) -> Node { nodes[Int(value)] }

  /// Bytes of a string or of bytes.
  subscript(slice: Slice) -> ArraySlice<UInt8> { storage[slice.range] }

  /// A failure at a value.
  func unexpected(_ value: Value, _ problem: String) -> FormatFailure {
    .bad(place, "byte \(offsets[Int(value)])", problem, do: "save the data again")
  }

  /// Members of a list or tuple.
  func items(_ value: Value) -> [Value]? {
    switch self[value] {
    case .list(let number), .tuple(let number): members[Int(number)]
    default: nil
    }
  }

  /// Keys and values of a dictionary, in the order of the file; a key may come again.
  func pairs(_ value: Value) -> [Value]? {
    guard case .dictionary(let number) = self[value] else { return nil }
    return members[Int(number)]
  }

  /// A whole number.
  func integer(_ value: Value) -> Int64? {
    switch self[value] {
    case .integer(let number): number
    case .boolean(let truth): truth ? 1 : 0
    default: nil
    }
  }

  /// Text, or bytes as characters of Latin-1.
  func string(_ value: Value) -> String? {
    switch self[value] {
    case .text(let slice): String(decoding: self[slice], as: UTF8.self)
    case .bytes(let slice): String(String.UnicodeScalarView(self[slice].map { Unicode.Scalar($0) }))
    default: nil
    }
  }
}
