import Foundation
import GroveKernels
import TestSupport
import Testing

/// Weight files of every element type, to and from the safetensors package of Python.
@Suite(.enabled(if: Readers.python != nil)) struct WeightReaderTests {
  @Test func `weights written as f32, f16 and bf16 are those that numpy rounds`() throws {
    let scratch = try ScratchFolder()
    var random = TestRandom(11)
    var values = (0..<5_000).map { _ in Float.random(in: -70_000...70_000, using: &random) }
    // The small end of f16, and halves between its numbers.
    values += (0..<2_000).map { _ in Float.random(in: -1e-7...1e-7, using: &random) }
    values += (0..<1_000).map { Float(2_049 + 2 * $0) }
    for element in [SafetensorsElement.f32, .f16, .bf16] {
      try SafetensorsFile.write(
        [
          ("b/ü", [values.count / 2, 2], FloatBuffer(values)), ("a", [], FloatBuffer([7])), ("e", [0], FloatBuffer([])),
        ],
        as: element, metadata: ["format": "pt"], to: scratch.file(element.rawValue))
    }
    let script = """
      import numpy as np
      from safetensors import deserialize
      read = lambda n: {k: (v["dtype"], v["shape"], bytes(v["data"])) for k, v in deserialize(open(n, "rb").read())}
      full, half, brain = read("F32"), read("F16"), read("BF16")
      x = np.frombuffer(full["b/ü"][2], "<f4")
      assert full["b/ü"][:2] == ("F32", [4000, 2]) and half["b/ü"][:2] == ("F16", [4000, 2])
      assert brain["b/ü"][0] == "BF16" and brain["a"][1] == [] and half["e"][1] == [0]
      with np.errstate(over="ignore"): assert x.astype("<f2").tobytes() == half["b/ü"][2]
      bits = x.view("<u4").astype(np.uint64)
      rounded = ((bits + 0x7fff + ((bits >> 16) & 1)) >> 16).astype("<u2")
      assert rounded.tobytes() == brain["b/ü"][2]
      print(len(x), np.isinf(np.frombuffer(half["b/ü"][2], "<f2")).sum() > 0)
      """
    #expect(try Readers.run(script, [], in: scratch.path) == "8000 True")
  }

  @Test func `weights of every element type that Python writes are read`() throws {
    let scratch = try ScratchFolder()
    let script = """
      import numpy as np
      from safetensors.numpy import save_file
      r = np.random.default_rng(5)
      x = r.normal(size=(37, 3))
      save_file({"f64": x, "f32": x.astype("f4"), "f16": x.astype("f2"), "i64": np.arange(4), "i32": np.arange(4, dtype="i4"),
        "i16": np.arange(4, dtype="i2"), "i8": np.arange(4, dtype="i1"), "u8": np.arange(4, dtype="u1"),
        "bool": np.array([True, False])}, "w", metadata={"format": "np"})
      print(" ".join(repr(float(v)) for v in x.ravel()))
      """
    let values = try Readers.run(script, [], in: scratch.path).split(separator: " ").compactMap { Double($0) }
    let reader = try SafetensorsReader(scratch.file("w"))
    #expect(Set(reader.tensors.map(\.name)) == ["f64", "f32", "f16", "i64", "i32", "i16", "i8", "u8", "bool"])
    #expect(values.count == 111 && reader.metadata == ["format": "np"])
    #expect(try reader.floats(named: "f64", shape: [37, 3]).values == values.map { Float($0) })
    #expect(try reader.floats(named: "f32", shape: [37, 3]).values == values.map { Float($0) })
    #expect(try reader.floats(named: "f16", shape: [37, 3]).values == values.map { Float(Float16($0)) })
    for name in ["i64", "i32", "i16", "i8", "u8", "bool"] {
      #expect(try reader.tensor(named: name).element.rawValue == name.uppercased())
      #expect(throws: SafetensorsFailure.self) { try reader.floats(named: name) }
    }
  }
}
