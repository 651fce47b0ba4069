import Foundation
import GroveKernels
import TestSupport
import Testing

/// Weight files read in place, of every element type.
@Suite("Safetensors reader")
struct SafetensorsReaderTests {
  /// A file's bytes from a header written by hand.
  private func write(_ header: String, _ body: [UInt8], to path: String) throws {
    var data = withUnsafeBytes(of: UInt64(header.utf8.count).littleEndian) { Data($0) }
    data.append(contentsOf: header.utf8)
    data.append(contentsOf: body)
    try data.write(to: URL(fileURLWithPath: path))
  }

  private func little<Value: FixedWidthInteger>(_ value: Value) -> [UInt8] {
    withUnsafeBytes(of: value.littleEndian) { Array($0) }
  }

  @Test("Floats of four kinds are read at any place of the file", arguments: 0..<8)
  func kinds(padding: Int) throws {
    let folder = try ScratchFolder()
    let body: [UInt8] =
      little(Float(-1.5).bitPattern) + little(Float(3.25).bitPattern)
      + little(UInt16(0x3c00)) + little(UInt16(0xc100))  // 1, -2.5
      + little(UInt16(0x3f80)) + little(UInt16(0xbfc0))  // 1, -1.5
      + little((0.1).bitPattern)
    let header = """
      {"a":{"dtype":"F32","shape":[2,1],"data_offsets":[0,8]},"h":{"dtype":"F16","shape":[2],"data_offsets":[8,12]},
      "b":{"dtype":"BF16","shape":[1,2],"data_offsets":[12,16]},"d":{"dtype":"F64","shape":[],"data_offsets":[16,24]}}
      """
    try write(header + String(repeating: " ", count: padding), body, to: folder.file("w"))
    let reader = try SafetensorsReader(folder.file("w"))
    #expect(reader.tensors.map(\.name) == ["a", "h", "b", "d"])
    #expect(reader.tensors.map(\.element) == [.f32, .f16, .bf16, .f64])
    #expect(reader.tensors.map(\.shape) == [[2, 1], [2], [1, 2], []])
    #expect(reader.tensors.map(\.count) == [2, 2, 2, 1])
    #expect(try reader.floats(named: "a").values == [-1.5, 3.25])
    #expect(try reader.floats(named: "h").values == [1, -2.5])
    #expect(try reader.floats(named: "b", shape: [1, -1]).values == [1, -1.5])
    #expect(try reader.floats(named: "d").values == [0.1])
  }

  @Test("Whole numbers and truth values are listed, and not read as floats")
  func wholeNumbers() throws {
    let folder = try ScratchFolder()
    var (header, at): ([String], Int) = ([], 0)
    for element in SafetensorsElement.allCases {
      let end = at + 3 * element.byteCount
      header.append(
        "\"x\(element.rawValue)\":{\"dtype\":\"\(element.rawValue)\",\"shape\":[3],\"data_offsets\":[\(at),\(end)]}")
      at = end
    }
    try write("{\(header.joined(separator: ","))}", [UInt8](repeating: 0, count: at), to: folder.file("w"))
    let reader = try SafetensorsReader(folder.file("w"))
    #expect(reader.tensors.count == 10 && reader.contains("xI64") && !reader.contains("I64"))
    for element in SafetensorsElement.allCases {
      let name = "x\(element.rawValue)"
      #expect(try reader.tensor(named: name).element == element)
      if element.isFloat {
        #expect(try reader.floats(named: name).values == [0, 0, 0])
      } else {
        let failure = #expect(throws: SafetensorsFailure.self) { try reader.floats(named: name) }
        let text = failure?.description ?? ""
        #expect(text.hasPrefix("\(folder.file("w")): tensor '\(name)' holds \(element.rawValue), expected floats;"))
      }
    }
  }

  @Test("Another shape and a missing tensor are errors that name the file, the tensor and what was expected")
  func shapes() throws {
    let folder = try ScratchFolder()
    let values = FloatBuffer([1, 2, 3, 4, 5, 6])
    try SafetensorsFile.write(
      [("encoder.layer.0.query.weight", [2, 3], values), ("pooler.bias", [6], values)], metadata: [:],
      to: folder.file("w"))
    let reader = try SafetensorsReader(folder.file("w"))
    let shape = #expect(throws: SafetensorsFailure.self) {
      try reader.floats(named: "encoder.layer.0.query.weight", shape: [3, 2])
    }
    #expect(
      shape?.description.hasPrefix(
        "\(folder.file("w")): tensor 'encoder.layer.0.query.weight' has shape [2, 3], expected [3, 2];") == true)
    let any = #expect(throws: SafetensorsFailure.self) { try reader.tensor(named: "pooler.bias", shape: [-1, 4]) }
    #expect(any?.reason == "tensor 'pooler.bias' has shape [6], expected [any, 4]")
    let missing = #expect(throws: SafetensorsFailure.self) {
      try reader.floats(named: "bert.encoder.layer.0.query.weight")
    }
    #expect(missing?.reason.contains("'bert.encoder.layer.0.query.weight' is missing") == true)
    #expect(missing?.reason.contains("near names are 'encoder.layer.0.query.weight', 'pooler.bias'") == true)
    #expect(try reader.floats(named: "encoder.layer.0.query.weight", shape: [2, -1]).values == [1, 2, 3, 4, 5, 6])
  }

  @Test("Numbers are rounded when written as f16 and bf16", arguments: [SafetensorsElement.f16, .bf16])
  func narrow(element: SafetensorsElement) throws {
    let folder = try ScratchFolder()
    var random = TestRandom(3)
    // More than a piece of the writer, and an odd number of them.
    var values = (0..<40_001).map { _ in Float.random(in: -3...3, using: &random) }
    values[0] = 1e30
    values[1] = -0.0
    values[2] = .infinity
    try SafetensorsFile.write(
      [("a", [values.count], FloatBuffer(values)), ("b", [0, 4], FloatBuffer([])), ("c", [], FloatBuffer([2]))],
      as: element, metadata: [:], to: folder.file("w"))
    let reader = try SafetensorsReader(folder.file("w"))
    #expect(reader.tensors.map(\.element) == [element, element, element])
    let read = try reader.floats(named: "a").values
    let expected = values.map {
      element == .f16 ? Float(Float16($0)) : HalfFloats.float(bf16: HalfFloats.bf16($0))
    }
    #expect(sameBits(read, expected))
    #expect(try reader.floats(named: "b").count == 0)
    #expect(try reader.floats(named: "c").values == [2])
  }

  @Test("Headers of more than 100 MB are refused before they are read")
  func longHeader() throws {
    let folder = try ScratchFolder()
    // A sparse file: its length is right, and most of it takes no room.
    try Data(little(UInt64(100_000_001))).write(to: URL(fileURLWithPath: folder.file("w")))
    let handle = try #require(FileHandle(forWritingAtPath: folder.file("w")))
    try handle.truncate(atOffset: 200_000_000)
    try handle.close()
    let failure = #expect(throws: SafetensorsFailure.self) { try SafetensorsReader(folder.file("w")) }
    #expect(failure?.reason.contains("100000001 bytes") == true, "\(failure?.description ?? "")")
  }

  @Test("F32 is read without a copy, and must not be written to")
  func inPlace() async throws {
    await #expect(processExitsWith: .failure) {
      let folder = try ScratchFolder()
      try SafetensorsFile.write([("a", [2], FloatBuffer([1, 2]))], metadata: [:], to: folder.file("w"))
      try SafetensorsReader(folder.file("w")).floats(named: "a").clear()
    }
    let folder = try ScratchFolder()
    try SafetensorsFile.write([("a", [2], FloatBuffer([1, 2]))], metadata: [:], to: folder.file("w"))
    // The numbers outlive the reader and the file's name.
    let values = try SafetensorsReader(folder.file("w")).floats(named: "a")
    try FileManager.default.removeItem(atPath: folder.file("w"))
    #expect(values.values == [1, 2])
  }

  @Test("Elements that are not written trap", arguments: [SafetensorsElement.f64, .i32])
  func unwritten(element: SafetensorsElement) async {
    await #expect(processExitsWith: .failure) { [name = element.rawValue as String] in
      guard let element = SafetensorsElement(rawValue: name) else { return }
      try SafetensorsFile.write([], as: element, metadata: [:], to: "/tmp/grove-never")
    }
  }
}
