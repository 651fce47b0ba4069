import Foundation

/// Writes pickles by hand, instruction by instruction, for tests of their reader.
struct PickleWriter {
  private(set) var bytes: [UInt8]

  init(protocol number: UInt8 = 2) { bytes = number < 2 ? [] : [0x80, number] }

  /// The pickle with its last instruction.
  var whole: [UInt8] { bytes + [0x2e] }

  mutating func add(_ text: String) { bytes += Array(text.utf8) }

  mutating func add(_ raw: [UInt8]) { bytes += raw }

  mutating func global(_ module: String, _ name: String) { add("c\(module)\n\(name)\n") }

  /// A whole number of 32 bits.
  mutating func integer(_ value: Int) { add([0x4a] + PickleWriter.little(Int32(value))) }

  mutating func string(_ text: String) { add([0x55, UInt8(text.utf8.count)] + Array(text.utf8)) }

  mutating func tuple(_ values: [Int]) {
    add("(")
    for value in values { integer(value) }
    add("t")
  }

  /// An array of numpy as Python 2 wrote it.
  mutating func array(_ code: String, _ shape: [Int], _ elements: [UInt8]) {
    global("numpy.core.multiarray", "_reconstruct")
    global("numpy", "ndarray")
    tuple([0])
    string("b")
    add([0x87, 0x52])
    add("(")
    integer(1)
    tuple(shape)
    global("numpy", "dtype")
    string(code)
    integer(0)
    integer(1)
    add([0x87, 0x52])
    add("(")
    integer(3)
    string("<")
    add("NNN")
    integer(-1)
    integer(-1)
    integer(0)
    add("tb")
    add([0x89, 0x54] + PickleWriter.little(Int32(elements.count)) + elements)
    add("tb")
  }

  /// A sparse matrix of scipy.
  mutating func matrix(_ rows: [[(column: Int, value: Float)]], width: Int) {
    global("scipy.sparse.csr", "csr_matrix")
    add([0x29, 0x81])
    add("}(")
    string("_shape")
    tuple([rows.count, width])
    string("indptr")
    let offsets = rows.reduce(into: [0]) { $0.append($0[$0.count - 1] + $1.count) }
    array("i4", [offsets.count], PickleWriter.int32s(offsets))
    string("indices")
    let entries = rows.flatMap(\.self)
    array("i4", [entries.count], PickleWriter.int32s(entries.map(\.column)))
    string("data")
    array("f4", [entries.count], PickleWriter.floats(entries.map(\.value)))
    add("ub")
  }

  static func little<Value: FixedWidthInteger>(_ value: Value) -> [UInt8] {
    (0..<Value.bitWidth / 8).map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) }
  }

  static func int32s(_ values: [Int]) -> [UInt8] { values.flatMap { little(Int32($0)) } }

  static func floats(_ values: [Float]) -> [UInt8] { values.flatMap { little($0.bitPattern) } }
}
