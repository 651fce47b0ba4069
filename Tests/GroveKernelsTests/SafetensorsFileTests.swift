import Foundation
import GroveKernels
import TestSupport
import Testing

/// Weight files: read back equal, readable by others, and never a crash.
@Suite("Safetensors file")
struct SafetensorsFileTests {
  private static func tensors() -> [(name: String, shape: [Int], values: FloatBuffer)] {
    [
      ("convolutions.0.weight", [2, 3], FloatBuffer([1, -2, 3.5, .pi, -0.0, Float(bitPattern: 71_362)])),
      ("convolutions.0.bias", [3], FloatBuffer([.infinity, -.infinity, 7])), ("empty", [0, 4], FloatBuffer([])),
      ("number", [], FloatBuffer([42])), ("a/b \"ü\"", [1, 1, 2], FloatBuffer([8, 9])),
    ]
  }

  private static let metadata = ["format": "grove", "note": "a \"quoted\" ü\n"]

  /// A file's bytes from a header written by hand.
  private func file(header: String, body: [UInt8] = []) -> Data {
    var data = withUnsafeBytes(of: UInt64(header.utf8.count).littleEndian) { Data($0) }
    data.append(contentsOf: header.utf8)
    data.append(contentsOf: body)
    return data
  }

  @Test("What is written is read back to the bit, with its metadata")
  func roundTrip() throws {
    let folder = try ScratchFolder()
    try SafetensorsFile.write(Self.tensors(), metadata: Self.metadata, to: folder.file("w"))
    let (read, metadata) = try SafetensorsFile.read(folder.file("w"))
    #expect(metadata == Self.metadata)
    #expect(read.count == Self.tensors().count)
    for tensor in Self.tensors() {
      let entry = try #require(read[tensor.name])
      #expect(entry.shape == tensor.shape)
      #expect(sameBits(entry.values, tensor.values.values))
    }
  }

  @Test("No tensors and no metadata make a file too")
  func emptyFile() throws {
    let folder = try ScratchFolder()
    try SafetensorsFile.write([], metadata: [:], to: folder.file("w"))
    let (read, metadata) = try SafetensorsFile.read(folder.file("w"))
    #expect(read.isEmpty && metadata.isEmpty)
  }

  @Test("Equal input gives equal bytes, and the numbers start at a multiple of eight")
  func equalBytes() throws {
    let folder = try ScratchFolder()
    for name in ["a", "b"] {
      try SafetensorsFile.write(Self.tensors(), metadata: Self.metadata, to: folder.file(name))
    }
    let bytes = try Data(contentsOf: URL(fileURLWithPath: folder.file("a")))
    #expect(try Data(contentsOf: URL(fileURLWithPath: folder.file("b"))) == bytes)
    #expect(bytes[0] % 8 == 0)
    #expect(bytes[8] == UInt8(ascii: "{"))
  }

  @Test("A file cut at any length is a SafetensorsFailure")
  func truncated() throws {
    let folder = try ScratchFolder()
    try SafetensorsFile.write(Self.tensors(), metadata: Self.metadata, to: folder.file("w"))
    let bytes = try Data(contentsOf: URL(fileURLWithPath: folder.file("w")))
    // Every length of the start and the end, and some between.
    for length in Set(
      Array(0..<40) + Array(bytes.count - 60..<bytes.count) + Array(stride(from: 40, to: bytes.count, by: 9)))
    {
      try bytes.prefix(length).write(to: URL(fileURLWithPath: folder.file("cut")))
      #expect(throws: SafetensorsFailure.self, "\(length) bytes") { try SafetensorsFile.read(folder.file("cut")) }
    }
  }

  @Test("A flipped byte gives a SafetensorsFailure or other numbers, never a crash")
  func flippedBytes() throws {
    let folder = try ScratchFolder()
    try SafetensorsFile.write(Self.tensors(), metadata: Self.metadata, to: folder.file("w"))
    let bytes = try Data(contentsOf: URL(fileURLWithPath: folder.file("w")))
    var random = TestRandom(1)
    var failed = 0
    for round in 0..<800 {
      var damaged = bytes
      for _ in 0...round % 3 {
        // The header is where damage hurts.
        let at = Int.random(in: 0..<(round % 4 == 0 ? bytes.count : bytes.count - 64), using: &random)
        damaged[at] ^= UInt8.random(in: 1...255, using: &random)
      }
      try damaged.write(to: URL(fileURLWithPath: folder.file("d")))
      do {
        for (_, entry) in try SafetensorsFile.read(folder.file("d")).tensors {
          #expect(entry.shape.reduce(1, *) == entry.values.count)
        }
      } catch let failure as SafetensorsFailure {
        failed += 1
        #expect(failure.path == folder.file("d"))
      }
    }
    #expect(failed > 250)
  }

  @Test(
    "Headers that lie are refused with a reason",
    arguments: [
      ("[]", "object"), ("{", "object"), ("", "object"), ("{\"t\":1}", "lacks"), ("{\"t\":{}}", "lacks"),
      ("{\"t\":{\"dtype\":\"F8_E4M3\",\"shape\":[8],\"data_offsets\":[0,8]}}", "F8_E4M3"),
      ("{\"t\":{\"dtype\":\"I32\",\"shape\":[2],\"data_offsets\":[0,8]}}", "'t' holds I32"),
      ("{\"t\":{\"dtype\":\"F16\",\"shape\":[2],\"data_offsets\":[0,4]}}", "4 bytes after"),
      ("{}", "8 bytes after"),
      ("{\"t\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}}", "4 bytes before tensor 't'"),
      (
        "{\"t\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]},\"u\":{\"dtype\":\"F16\",\"shape\":[3],\"data_offsets\":[2,8]}}",
        "'u' overlaps tensor 't'"
      ),
      ("{\"t\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,4]}}", "takes 8"),
      ("{\"t\":{\"dtype\":\"BF16\",\"shape\":[2],\"data_offsets\":[0,8]}}", "takes 4"),
      ("{\"t\":{\"dtype\":\"F32\",\"shape\":[3],\"data_offsets\":[0,12]}}", "inside"),
      ("{\"t\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,0]}}", "inside"),
      ("{\"t\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[-4,0]}}", "inside"),
      ("{\"t\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0]}}", "lacks"),
      ("{\"t\":{\"dtype\":\"F32\",\"shape\":[1.5],\"data_offsets\":[0,4]}}", "lacks"),
      ("{\"t\":{\"dtype\":\"F32\",\"shape\":[-1,-1],\"data_offsets\":[0,4]}}", "impossible"),
      ("{\"t\":{\"dtype\":\"F32\",\"shape\":[4294967296,4294967296],\"data_offsets\":[0,0]}}", "impossible"),
      ("{\"t\":{\"dtype\":\"F32\",\"shape\":[4611686018427387904],\"data_offsets\":[0,0]}}", "impossible"),
      (
        "{\"t\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[9223372036854775800,9223372036854775804]}}", "inside"
      ),
    ])
  func lyingHeaders(header: String, reason: String) throws {
    let folder = try ScratchFolder()
    try file(header: header, body: [0, 0, 128, 63, 0, 0, 0, 64]).write(to: URL(fileURLWithPath: folder.file("w")))
    let failure = #expect(throws: SafetensorsFailure.self) { try SafetensorsFile.read(folder.file("w")) }
    #expect(failure?.reason.contains(reason) == true, "\(failure?.description ?? "")")
    #expect(failure?.kind == .badData)
  }

  @Test("A header length beyond the file is refused", arguments: [UInt64(9), 1 << 40, .max, .max - 7])
  func headerLength(length: UInt64) throws {
    let folder = try ScratchFolder()
    var data = withUnsafeBytes(of: length.littleEndian) { Data($0) }
    data.append(contentsOf: "{}      ".utf8)
    try data.write(to: URL(fileURLWithPath: folder.file("w")))
    #expect(throws: SafetensorsFailure.self) { try SafetensorsFile.read(folder.file("w")) }
  }

  @Test("A file written by others, with tensors in any order and spaces, is read")
  func foreignFile() throws {
    let folder = try ScratchFolder()
    let header = """
      { "b": {"data_offsets": [4, 8], "dtype": "F32", "shape": [1]},
        "__metadata__": {"format": "pt"}, "a": {"shape": [1, 1], "dtype": "F32", "data_offsets": [0, 4]} }
      """
    try file(header: header, body: [0, 0, 128, 63, 0, 0, 0, 64]).write(to: URL(fileURLWithPath: folder.file("w")))
    let (tensors, metadata) = try SafetensorsFile.read(folder.file("w"))
    #expect(tensors["a"]?.values == [1] && tensors["b"]?.values == [2])
    #expect(tensors["a"]?.shape == [1, 1] && metadata == ["format": "pt"])
  }

  @Test("A missing file is missing, a folder cannot be read")
  func missing() throws {
    let folder = try ScratchFolder()
    #expect(throws: FileFailure.missing(path: folder.file("none"))) { try SafetensorsFile.read(folder.file("none")) }
    #expect(throws: FileFailure.self) { try SafetensorsFile.read(folder.path) }
  }

  @Test("Python reads the numbers by the format's own rules", .enabled(if: Self.python != nil, "no python3"))
  func pythonReads() throws {
    let folder = try ScratchFolder()
    try SafetensorsFile.write(Self.tensors(), metadata: Self.metadata, to: folder.file("w"))
    // The rules of the format: offsets without holes or overlap, in bounds; the package itself where it is installed.
    let script = """
      import json, struct, sys
      data = open(sys.argv[1], 'rb').read()
      size, = struct.unpack('<Q', data[:8])
      header = json.loads(data[8:8 + size]); body = data[8 + size:]
      header.pop('__metadata__'); end = 0
      for name, t in sorted(header.items(), key=lambda e: e[1]['data_offsets']):
          a, b = t['data_offsets']; assert t['dtype'] == 'F32' and a == end; end = b
          print(name, t['shape'], struct.unpack('<%df' % ((b - a) // 4), body[a:b]))
      assert end == len(body)
      try:
          from safetensors.numpy import load_file
          assert {k: list(v.shape) for k, v in load_file(sys.argv[1]).items()} == {k: t['shape'] for k, t in header.items()}
      except ImportError: pass
      """
    let process = Process()
    process.executableURL = URL(fileURLWithPath: try #require(Self.python))
    process.arguments = ["-c", script, folder.file("w")]
    process.environment = ProcessInfo.processInfo.environment.merging(["PYTHONIOENCODING": "utf-8"]) { $1 }
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
    #expect(
      text.split(separator: "\n") == [
        "convolutions.0.weight [2, 3] (1.0, -2.0, 3.5, 3.141592502593994, -0.0, 9.99994610111476e-41)",
        "convolutions.0.bias [3] (inf, -inf, 7.0)", "empty [0, 4] ()", "number [] (42.0,)",
        "a/b \"ü\" [1, 1, 2] (8.0, 9.0)",
      ])
  }

  private static let python: String? = {
    let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
    return folders.map { "\($0)/python3" }.first { FileManager.default.isExecutableFile(atPath: $0) }
  }()

  @Test("Two tensors of one name and a shape that does not fit trap")
  func mistakesTrap() async {
    await #expect(processExitsWith: .failure) {
      let one = FloatBuffer([1])
      try SafetensorsFile.write([("a", [1], one), ("a", [1], one)], metadata: [:], to: "/tmp/grove-never")
    }
    await #expect(processExitsWith: .failure) {
      try SafetensorsFile.write([("a", [2], FloatBuffer([1]))], metadata: [:], to: "/tmp/grove-never")
    }
    #expect(!FileManager.default.fileExists(atPath: "/tmp/grove-never"))
  }
}
