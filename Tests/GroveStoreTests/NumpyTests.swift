import Foundation
import GroveKernels
import GroveStore
import Testing
import TestSupport

@Suite struct NumpyTests {
  @Test func `Every kind of value reads back as it was written`() throws {
    let scratch = try ScratchFolder()
    let floats: [Float] = [0, -1.5, .infinity, Float(bitPattern: 5), .greatestFiniteMagnitude, 7]
    let cases: [(NumpyValues, [Int])] = [
      (.floats(floats), [2, 3]), (.floats([]), [0]), (.floats([]), [3, 0]), (.floats([9]), []),
      (.int32s([.min, -1, 0, .max]), [4]), (.int64s([.min, .max]), [2, 1]),
      (.bools([true, false, true, true]), [1, 2, 2]),
      (.strings(["", "a", "schöne Grüße", "日本語 😀"]), [4]), (.strings([]), [0]), (.int32s(Array(0..<24)), [2, 3, 4, 1]),
    ]
    for (values, shape) in cases {
      let path = scratch.file("a.npy")
      try NumpyArray.write(values, shape: shape, to: path)
      let array = try NumpyArray(path: path)
      #expect(array.shape == shape)
      switch values {
      case .floats(let expected): #expect(try array.floats() == expected)
      case .int32s(let expected): #expect(try array.int32s() == expected)
      case .int64s(let expected): #expect(try array.int64s() == expected)
      case .bools(let expected): #expect(try array.bools() == expected)
      case .strings(let expected): #expect(try array.strings() == expected)
      }
      #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == NumpyArray.encoded(values, shape: shape))
    }
  }

  @Test(.enabled(if: Python.hasNumpy))
  func `Arrays of every type, byte order and memory order that numpy writes are read`() throws {
    let scratch = try ScratchFolder()
    let names = try Python.script(
      """
      import numpy as np, sys
      folder = sys.argv[1]
      i = 0
      for kind in ['?', 'i1', 'i2', 'i4', 'i8', 'u1', 'u2', 'u4', 'u8', 'f2', 'f4', 'f8']:
          for order in '<>':
              for memory in 'CF':
                  for shape in [(), (0,), (5,), (3, 4), (2, 3, 2), (2, 1, 3, 2)]:
                      n = int(np.prod(shape))
                      base = np.arange(n) % 2 if kind == '?' else np.arange(n) * 3
                      a = np.asarray(base.reshape(shape).astype(np.dtype(kind).newbyteorder(order)), order=memory)
                      np.save(f'{folder}/{i}.npy', a)
                      np.savetxt(f'{folder}/{i}.txt', a.astype('f8').ravel('C'))
                      i += 1
      print(i)
      """, [scratch.path])
    let count = try #require(Int(names))
    #expect(count == 12 * 2 * 2 * 6)
    for index in 0..<count {
      let array = try NumpyArray(path: scratch.file("\(index).npy"))
      let text = try String(contentsOfFile: scratch.file("\(index).txt"), encoding: .utf8)
      let expected = text.split(separator: "\n").compactMap { Double($0) }
      #expect(try array.doubles() == expected, "\(index): \(array.elementName) \(array.shape)")
      #expect(try array.floats() == expected.map { Float($0) }, "\(index)")
      #expect(try array.int32s() == expected.map { Int32($0) }, "\(index)")
      #expect(try array.int64s() == expected.map { Int64($0) }, "\(index)")
    }
  }

  @Test(.enabled(if: Python.hasNumpy)) func `Header versions 2 and 3 and strings of both kinds are read`() throws {
    let scratch = try ScratchFolder()
    _ = try Python.script(
      """
      import numpy as np, sys, warnings
      warnings.simplefilter('ignore')
      folder = sys.argv[1]
      for version in [(1, 0), (2, 0), (3, 0)]:
          with open(f'{folder}/v{version[0]}.npy', 'wb') as f:
              np.lib.format.write_array(f, np.array([1.5, -2]), version=version)
      np.save(f'{folder}/u.npy', np.array(['Zürich', '', 'x'], dtype='<U9'))
      np.save(f'{folder}/b.npy', np.array(['Zürich', '', 'x'], dtype='>U9'))
      np.save(f'{folder}/s.npy', np.array([b'abc', b'', b'x'], dtype='S5'))
      """, [scratch.path])
    for version in 1...3 { #expect(try NumpyArray(path: scratch.file("v\(version).npy")).doubles() == [1.5, -2]) }
    #expect(try NumpyArray(path: scratch.file("u.npy")).strings() == ["Zürich", "", "x"])
    #expect(try NumpyArray(path: scratch.file("b.npy")).strings() == ["Zürich", "", "x"])
    #expect(try NumpyArray(path: scratch.file("s.npy")).strings() == ["abc", "", "x"])
  }

  @Test(.enabled(if: Python.hasNumpy)) func `Numpy reads what is written here, arrays and archives`() throws {
    let scratch = try ScratchFolder()
    try NumpyArray.write(.floats([1.5, -2, 0.1, 4, 5, 6]), shape: [3, 2], to: scratch.file("a.npy"))
    let arrays: [(name: String, shape: [Int], values: NumpyValues)] = [
      ("x", [3, 2], .floats([1.5, -2, 0.1, 4, 5, 6])), ("names", [2], .strings(["Grüße", "b"])),
      ("scalar", [], .int64s([7])),
      ("mask", [3], .bools([true, false, true])), ("empty", [2, 0], .int32s([])),
    ]
    try NumpyArchive.write(arrays, to: scratch.file("a.npz"))
    let output = try Python.script(
      """
      import numpy as np, sys, json, zipfile
      folder = sys.argv[1]
      a = np.load(f'{folder}/a.npy', allow_pickle=False)
      z = np.load(f'{folder}/a.npz', allow_pickle=False)
      assert zipfile.ZipFile(f'{folder}/a.npz').testzip() is None
      print(json.dumps([str(a.dtype), a.shape, a.ravel().tolist() == z['x'].ravel().tolist(), a[2, 1].item(),
                        z['names'].tolist(), z['scalar'].item(), z['mask'].tolist(), z['empty'].shape,
                        {i.date_time for i in zipfile.ZipFile(f'{folder}/a.npz').infolist()} == {(1980, 1, 1, 0, 0, 0)}]))
      """, [scratch.path])
    #expect(
      output == #"["float32", [3, 2], true, 6.0, ["Gr\u00fc\u00dfe", "b"], 7, [true, false, true], [2, 0], true]"#)
  }

  @Test func `An archive reads back, and equal arrays give equal bytes`() throws {
    let scratch = try ScratchFolder()
    let values = (0..<100_000).map { Float($0 % 97) }
    let arrays: [(name: String, shape: [Int], values: NumpyValues)] = [
      ("x", [1000, 100], .floats(values)), ("ids", [1], .strings(["one"])),
    ]
    for name in ["a.npz", "b.npz"] { try NumpyArchive.write(arrays, to: scratch.file(name)) }
    let archive = try NumpyArchive(path: scratch.file("a.npz"))
    #expect(archive.names == ["ids", "x"])
    #expect(archive.shape(of: "x") == [1000, 100])
    #expect(try archive.array("x").floats() == values)
    #expect(try archive.array("ids").strings() == ["one"])
    #expect(try Checksum.sha256(ofFile: scratch.file("a.npz")) == Checksum.sha256(ofFile: scratch.file("b.npz")))
    expectFailure(.badData, ["no array 'y'", "ids, x"]) { _ = try archive.array("y") }
  }

  @Test func `Values that do not fit are refused with their place`() throws {
    let scratch = try ScratchFolder()
    try NumpyArray.write(.int64s([1, 2, 3, 1 << 40]), shape: [2, 2], to: scratch.file("a.npy"))
    expectFailure(.badData, ["[1, 1]", "1099511627776", "Int32"]) {
      _ = try NumpyArray(path: scratch.file("a.npy")).int32s()
    }
    try NumpyArray.write(.floats([1, 2.5]), shape: [2], to: scratch.file("b.npy"))
    expectFailure(.badData, ["[1]", "2.5"]) { _ = try NumpyArray(path: scratch.file("b.npy")).int32s() }
    try NumpyArray.write(.strings(["x"]), shape: [1], to: scratch.file("c.npy"))
    expectFailure(.badData, ["<U1", "numbers"]) { _ = try NumpyArray(path: scratch.file("c.npy")).floats() }
    try NumpyArray.write(.int32s([0, 2]), shape: [2], to: scratch.file("d.npy"))
    expectFailure(.badData, ["[1]", "0 or 1"]) { _ = try NumpyArray(path: scratch.file("d.npy")).bools() }
  }

  @Test func `Headers that are not what numpy writes are refused`() throws {
    func array(_ header: String, payload: Int = 8, version: UInt8 = 1) -> Data {
      let text = header + "\n"
      return Data(
        [0x93] + Array("NUMPY".utf8) + [version, 0, UInt8(text.utf8.count & 255), UInt8(text.utf8.count >> 8)])
        + Data(text.utf8) + Data(count: payload)
    }
    let good = "{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }"
    #expect(try NumpyArray(array(good), place: "x.npy").floats() == [0, 0])
    #expect(try NumpyArray(array(good.replacing("(2,)", with: "(2L,)")), place: "x.npy").floats() == [0, 0])
    let bad: [(Data, [String])] = [
      (array(good, payload: 7), ["7 bytes", "expected 8", "cut short"]),
      (array(good, payload: 9), ["9 bytes", "expected 8"]),
      (array(good, version: 9), ["version 9"]), (array(good.replacing("(2,)", with: "(2, -1)")), ["shape"]),
      (array(good.replacing("(2,)", with: "(1,1,1,1,2)")), ["more than four"]),
      (array(good.replacing("(2,)", with: "(999999999999999999, 999999999999999999)")), ["beyond any memory"]),
      (array(good.replacing("(2,)", with: "(0, 99999999999)"), payload: 0), ["empty array"]),
      (array(good.replacing("(2,)", with: "2")), ["'('"]),
      (array(good.replacing("False", with: "Falsch")), ["True or False"]),
      (array(good.replacing("<f4", with: "<f16")), ["'<f16'"]), (array(good.replacing("<f4", with: "<c8")), ["'<c8'"]),
      (array(good.replacing("'<f4'", with: "[('a', '<f4')]")), ["several fields"]),
      (array(good.replacing("'<f4'", with: "__import__('os').system('true')")), ["string"]),
      (array(good.replacing("'shape'", with: "'descr'")), ["repeated key"]), (array("{}"), ["lacks"]),
      (array(""), ["'{'"]),
      (array(good + "x"), ["closing brace"]), (array(good.replacing("<f4", with: "<U0")), ["width 0"]),
      (Data([0x93] + Array("NUMPY".utf8)), ["header"]),
      (Data([0x93] + Array("NUMPY".utf8) + [1, 0, 255, 255]), ["header"]),
    ]
    for (bytes, words) in bad {
      expectFailure(.badData, words + ["x.npy"]) { _ = try NumpyArray(bytes, place: "x.npy") }
    }
  }

  @Test(.enabled(if: Python.hasNumpy)) func `A pickle is refused and its program never runs`() throws {
    let scratch = try ScratchFolder()
    _ = try Python.script(
      """
      import numpy as np, os, sys, pickle
      folder = sys.argv[1]
      class Evil:
          def __reduce__(self): return (os.system, (f'touch {folder}/pwned',))
      np.save(f'{folder}/object.npy', np.array([Evil(), None], dtype=object), allow_pickle=True)
      np.savez(f'{folder}/object.npz', x=np.ones(2), evil=np.array(Evil(), dtype=object))
      open(f'{folder}/raw.npy', 'wb').write(pickle.dumps(Evil()))
      for name in ['edges', 'labels']: np.save(f'{folder}/{name}.npy', np.zeros((2, 1), 'i4') if name == 'edges' else np.zeros(1, 'i4'))
      np.save(f'{folder}/features.npy', np.array([[Evil()]], dtype=object), allow_pickle=True)
      """, [scratch.path])
    expectFailure(.badData, ["object.npy", "pickle", "never executed", "allow_pickle=False"]) {
      _ = try NumpyArray(path: scratch.file("object.npy"))
    }
    expectFailure(.badData, ["evil", "pickle"]) { _ = try NumpyArchive(path: scratch.file("object.npz")) }
    expectFailure(.badData, ["object.npz", "pickle"]) { _ = try StoreOpener.open(scratch.file("object.npz")) }
    expectFailure(.badData, ["raw.npy", "Python pickle"]) { _ = try NumpyArray(path: scratch.file("raw.npy")) }
    expectFailure(.badData, ["features.npy", "pickle"]) { _ = try StoreOpener.open(scratch.path) }
    #expect(!FileManager.default.fileExists(atPath: scratch.file("pwned")))
  }
}
