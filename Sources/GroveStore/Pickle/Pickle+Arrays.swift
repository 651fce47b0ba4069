import Foundation
import GroveGraphs

extension Pickle {
  /// A numpy array, checked as those of `.npy` files are.
  ///
  /// - Throws: `FormatFailure.malformed` where the value is no array; what `NumpyArray` finds wrong with it.
  /// - Complexity: O(its bytes).
  func array(_ value: Value) throws -> NumpyArray {
    let parts: (bytes: Value, type: Value, shape: Value, isFortranOrder: Bool)
    switch self[value] {
    case .array(let state):
      guard let state, var fields = items(state), fields.count == 4 || fields.count == 5 else {
        throw unexpected(value, "is an array without its shape, type and elements")
      }
      if fields.count == 5 { fields.removeFirst() }
      parts = (fields[3], fields[1], fields[0], integer(fields[2]) == 1)
    case .buffer(let arguments):
      guard let fields = items(arguments), fields.count == 4 else {
        throw unexpected(value, "is an array without its shape, type and elements")
      }
      parts = (fields[0], fields[1], fields[2], string(fields[3]) == "F")
    default: throw unexpected(value, "is no array of numpy where one is due")
    }
    guard case .bytes(let elements) = self[parts.bytes] else {
      throw unexpected(value, "is an array whose elements are Python objects, not numbers")
    }
    guard case .elementType(let code, let order) = self[parts.type], let code = string(code), code.utf8.count <= 20,
      !code.contains("'")
    else { throw unexpected(value, "is an array without an element type") }
    guard let extents = items(parts.shape)?.map({ integer($0) }), extents.count <= 4 else {
      throw unexpected(value, "is an array without a shape of up to four dimensions")
    }
    var shape: [Int64] = []
    for extent in extents {
      guard let extent, extent >= 0 else { throw unexpected(value, "is an array without a shape") }
      shape.append(extent)
    }
    // As a .npy file: its reader is the one place that knows element types and orders.
    let mark = order == UInt8(ascii: "=") ? "<" : String(Unicode.Scalar(order))
    let extentText = shape.map { "\($0)," }.joined(separator: " ")
    let head =
      "{'descr': '\(mark)\(code)', 'fortran_order': \(parts.isFortranOrder ? "True" : "False"), 'shape': (\(extentText)), }"
    var file = Data([0x93]) + Data("NUMPY".utf8) + Data([1, 0])
    file.append(contentsOf: [UInt8(head.utf8.count & 255), UInt8(head.utf8.count >> 8)])
    file.append(contentsOf: head.utf8)
    file.append(contentsOf: self[elements])
    return try NumpyArray(file, place: "\(place), byte \(offsets[Int(value)])")
  }

  /// Rows of numbers: a sparse matrix of scipy, or an array of two dimensions.
  ///
  /// - Returns: values nil where all are 1; zeros of a dense array are no entries.
  /// - Throws: `FormatFailure.malformed` where the value is neither, or its parts do not fit each other.
  func rows(_ value: Value) throws -> (rows: SparseRows, values: [Float]?) {
    guard case .matrix(let state) = self[value] else { return try denseRows(value) }
    guard let state, let pairs = pairs(state) else { throw unexpected(value, "is a sparse matrix without entries") }
    var fields: [String: Value] = [:]
    for at in stride(from: 0, to: pairs.count, by: 2) {
      if let key = attributeName(pairs[at]) { fields[key] = pairs[at + 1] }
    }
    func field(_ name: String) throws -> Value {
      guard let found = fields[name] else { throw unexpected(value, "is a sparse matrix without \(quoted(name))") }
      return found
    }
    if let format = fields["format"].flatMap({ string($0) }), format != "csr" {
      throw unexpected(value, "is a sparse matrix in format \(quoted(format, limit: 20)), expected csr")
    }
    let shape = items(try field(fields["_shape"] == nil ? "shape" : "_shape"))?.compactMap { integer($0) } ?? []
    return try SparseMembers.rows(
      shape: shape, offsets: try array(try field("indptr")).int64s(), columns: try array(try field("indices")).int32s(),
      values: try array(try field("data")).floats(), names: ("_shape", "indptr", "indices", "data"),
      place: "\(place), byte \(offsets[Int(value)])")
  }

  /// A string that is short enough for the name of an attribute.
  private func attributeName(_ value: Value) -> String? {
    switch self[value] {
    case .text(let slice) where slice.count <= 64, .bytes(let slice) where slice.count <= 64: string(value)
    default: nil
    }
  }

  private func denseRows(_ value: Value) throws -> (rows: SparseRows, values: [Float]?) {
    let array = try array(value)
    try array.require(shape: [-1, -1], "one row a node")
    let (height, width) = (array.shape[0], array.shape[1])
    guard height < Int(Int32.max), width < Int(Int32.max), width > 0 || height == 0 else {
      throw unexpected(value, "is an array of shape \(array.shape), which no rows of features have")
    }
    let numbers = try array.floats()
    var offsets: [Int64] = [0]
    var columns: [Int32] = []
    var values: [Float] = []
    for row in 0..<height {
      for column in 0..<width where numbers[row * width + column] != 0 {
        columns.append(Int32(column))
        values.append(numbers[row * width + column])
      }
      offsets.append(Int64(columns.count))
    }
    let rows = SparseRows(offsets: offsets, columns: columns, columnCount: width)
    return (rows, values.allSatisfy { $0 == 1 } ? nil : values)
  }
}
