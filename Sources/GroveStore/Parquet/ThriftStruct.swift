/// A struct of Thrift's compact protocol: fields by their number; those of kinds that are of no use here are read over.
///
/// - Source: Apache Thrift, "Thrift compact protocol encoding".
struct ThriftStruct {
  /// A field's value.
  indirect enum Value {
    case integer(Int64)
    case bytes(ArraySlice<UInt8>)
    case list([Value])
    case structure(ThriftStruct)
    case other
  }

  private let fields: [Int: Value]

  /// - Throws: `ByteCursor.Damage`.
  init(_ cursor: inout ByteCursor) throws { try self.init(&cursor, depth: 0) }

  private init(_ cursor: inout ByteCursor, depth: Int) throws {
    guard depth < 32 else { throw ByteCursor.Damage(reason: "its header is nested too deep") }
    var fields: [Int: Value] = [:]
    var number = 0
    while true {
      let head = try cursor.byte()
      if head == 0 { break }
      let step = Int(head >> 4)
      number = step == 0 ? ThriftStruct.signed(try cursor.variable()) : number + step
      guard (0..<1 << 16).contains(number) else { throw ByteCursor.Damage(reason: "its header has no such field") }
      fields[number] = try ThriftStruct.value(head & 15, &cursor, depth, inList: false)
    }
    self.fields = fields
  }

  private static func signed(_ value: UInt64) -> Int { Int(truncatingIfNeeded: value >> 1) ^ -Int(value & 1) }

  private static func value(
    _ kind: UInt8, _ cursor: inout ByteCursor, _ depth: Int, inList: Bool
  ) throws -> Value {
    switch kind {
    // Truth values are part of a field's head; in lists they have a byte.
    case 1, 2:
      if inList { _ = try cursor.byte() }
      return .other
    case 3: return .integer(Int64(Int8(bitPattern: try cursor.byte())))
    case 4, 5, 6: return .integer(Int64(signed(try cursor.variable())))
    case 7:
      _ = try cursor.slice(8)
      return .other
    case 8: return .bytes(try cursor.slice(try cursor.count(atMost: cursor.left)))
    case 9, 10:
      guard depth < 32 else { throw ByteCursor.Damage(reason: "its header is nested too deep") }
      let head = try cursor.byte()
      let count = head >> 4 == 15 ? try cursor.count(atMost: cursor.left) : Int(head >> 4)
      return .list(try (0..<count).map { _ in try value(head & 15, &cursor, depth + 1, inList: true) })
    case 11:
      guard depth < 32 else { throw ByteCursor.Damage(reason: "its header is nested too deep") }
      let count = try cursor.count(atMost: cursor.left)
      if count == 0 { return .other }
      let kinds = try cursor.byte()
      for _ in 0..<count {
        _ = try value(kinds >> 4, &cursor, depth + 1, inList: true)
        _ = try value(kinds & 15, &cursor, depth + 1, inList: true)
      }
      return .other
    case 12: return .structure(try ThriftStruct(&cursor, depth: depth + 1))
    default: throw ByteCursor.Damage(reason: "its header has a field of an unknown kind")
    }
  }

  /// A whole number, or nil where the field is missing or something else.
  func integer(_ number: Int) -> Int? { if case .integer(let value) = fields[number] { Int(value) } else { nil } }

  /// A text, or nil.
  func text(_ number: Int) -> String? {
    if case .bytes(let bytes) = fields[number] { String(decoding: bytes, as: UTF8.self) } else { nil }
  }

  /// A struct, or nil.
  func structure(_ number: Int) -> ThriftStruct? {
    if case .structure(let value) = fields[number] { value } else { nil }
  }

  /// The structs of a list; empty where there is none.
  func structures(_ number: Int) -> [ThriftStruct] {
    guard case .list(let values) = fields[number] else { return [] }
    return values.compactMap { if case .structure(let value) = $0 { value } else { nil } }
  }
}
