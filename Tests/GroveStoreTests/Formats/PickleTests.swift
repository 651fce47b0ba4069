import Foundation
import GroveGraphs
import GroveKernels
import TestSupport
import Testing

@testable import GroveStore

/// Pickles are data: what Python wrote is read, nothing is run, and everything else is refused.
@Suite("Pickles") struct PickleTests {
  private func read(_ bytes: [UInt8]) throws -> Pickle { try Pickle(bytes, place: "p") }

  private func read(_ text: String) throws -> Pickle { try read(Array(text.utf8)) }

  /// The pickle's value as Python's `repr` of plain data, two levels deep at most.
  private func shown(_ pickle: Pickle, _ value: Pickle.Value, depth: Int = 4) -> String {
    func all(_ numbers: Int32) -> [String] {
      pickle.members[Int(numbers)].map { depth == 0 ? "…" : shown(pickle, $0, depth: depth - 1) }
    }
    switch pickle[value] {
    case .none: return "None"
    case .boolean(let truth): return truth ? "True" : "False"
    case .integer(let number): return "\(number)"
    case .float(let number): return "\(number)"
    case .text, .bytes: return "'\(pickle.string(value) ?? "?")'"
    case .tuple(let members): return "(" + all(members).joined(separator: ", ") + ")"
    case .list(let members): return "[" + all(members).joined(separator: ", ") + "]"
    case .set(let members): return "{" + all(members).sorted().joined(separator: ", ") + "}"
    case .dictionary(let members):
      let parts = all(members)
      return "{"
        + stride(from: 0, to: parts.count, by: 2).map { "\(parts[$0]): \(parts[$0 + 1])" }.joined(separator: ", ")
        + "}"
    default: return "?"
    }
  }

  private func shown(_ bytes: [UInt8]) throws -> String {
    let pickle = try read(bytes)
    return shown(pickle, pickle.root)
  }

  @Test func `values written by hand are read`() throws {
    #expect(
      try shown(Array("(I1\nI01\nL-5L\nF2.5\nS'a\\x41\\n\\\\'\nVb\\u00e9\nNt.".utf8))
        == "(1, True, -5, 2.5, 'aA\n\\', 'bé', None)")
    #expect(try shown([0x80, 2, 0x4a, 0xff, 0xff, 0xff, 0xff, 0x2e]) == "-1")
    #expect(try shown([0x80, 2, 0x8a, 2, 0x00, 0x80, 0x2e]) == "-32768")
    #expect(try shown([0x80, 2, 0x8a, 0, 0x2e]) == "0")
    #expect(try shown([0x80, 2, 0x47, 0x3f, 0xf8, 0, 0, 0, 0, 0, 0, 0x2e]) == "1.5")
    // A string of Python 2 is characters of Latin-1.
    #expect(try shown([0x55, 1, 0xe9, 0x2e]) == "'é'")
    #expect(try shown([0x58, 2, 0, 0, 0, 0xc3, 0xa9, 0x2e]) == "'é'")
    #expect(try shown(Array("(lp0\nI1\nag0\na.".utf8)).hasPrefix("[1, [1, "))
  }

  @Test(.enabled(if: Python.hasNumpy), arguments: 0...5) func `what Python writes comes out as Python sees it`(
    _ protocolNumber: Int
  ) throws {
    let scratch = try ScratchFolder()
    let expected = try Python.script(
      """
      import sys, pickle, collections
      shared = [1, 2]
      d = collections.defaultdict(list)
      d[3].append(4); d[5] = shared
      value = [None, True, False, 0, 255, 256, 65535, 65536, -1, 2**31, -2**62, 1.5, -0.25, 'text', 'h\\u00e9', 'x' * 300,
               (), (1,), (1, 2), (1, 2, 3), (1, 2, 3, 4), [], {}, {'a': 1, 2: 'b'}, set([7]), d, shared, shared]
      pickle.dump(value, open(sys.argv[1], 'wb'), protocol=int(sys.argv[2]))
      def show(v):
        if isinstance(v, str): return "'" + v + "'"
        if isinstance(v, tuple): return '(' + ', '.join(map(show, v)) + ')'
        if isinstance(v, list): return '[' + ', '.join(map(show, v)) + ']'
        if isinstance(v, set): return '{' + ', '.join(sorted(map(show, v))) + '}'
        if isinstance(v, dict): return '{' + ', '.join(show(a) + ': ' + show(b) for a, b in v.items()) + '}'
        return repr(v)
      print(show(value))
      """, [scratch.file("p"), "\(protocolNumber)"])
    let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: scratch.file("p"))))
    #expect(try shown(bytes) == expected)
  }

  @Test(.enabled(if: Python.hasNumpy), arguments: 0...5) func `arrays of numpy are read, whatever the protocol`(
    _ protocolNumber: Int
  ) throws {
    let scratch = try ScratchFolder()
    _ = try Python.script(
      """
      import sys, pickle, numpy as np
      a = [np.arange(6, dtype='<i4').reshape(2, 3), np.asfortranarray(np.arange(6.0).reshape(2, 3) / 2),
           np.array([200, 255], dtype='u1'), np.array([1.5, -2], dtype='>f4')]
      pickle.dump(a, open(sys.argv[1], 'wb'), protocol=int(sys.argv[2]))
      """, [scratch.file("p"), "\(protocolNumber)"])
    let pickle = try read([UInt8](try Data(contentsOf: URL(fileURLWithPath: scratch.file("p")))))
    let arrays = try #require(pickle.items(pickle.root)).map { try pickle.array($0) }
    #expect(arrays.map(\.shape) == [[2, 3], [2, 3], [2], [2]])
    #expect(try arrays[0].int32s() == [0, 1, 2, 3, 4, 5])
    #expect(try arrays[1].floats() == [0, 0.5, 1, 1.5, 2, 2.5])
    #expect(try arrays[2].int32s() == [200, 255])
    #expect(try arrays[3].floats() == [1.5, -2])
  }

  @Test func `arrays and matrices written by hand are read as rows`() throws {
    var writer = PickleWriter()
    writer.matrix([[(2, 1)], [], [(0, 0.5), (1, 2)]], width: 3)
    let sparse = try read(writer.whole)
    let (rows, values) = try sparse.rows(sparse.root)
    #expect(rows == SparseRows(offsets: [0, 1, 1, 3], columns: [2, 0, 1], columnCount: 3))
    #expect(values == [1, 0.5, 2])
    writer = PickleWriter()
    writer.array("i4", [2, 2], PickleWriter.int32s([0, 1, 0, 0]))
    let dense = try read(writer.whole)
    #expect(try dense.rows(dense.root).rows == SparseRows(offsets: [0, 1, 1], columns: [1], columnCount: 2))
  }

  @Test func `a pickle that would run a command is refused and runs nothing`() throws {
    let scratch = try ScratchFolder()
    let victim = scratch.file("made")
    let programs = [
      "cos\nsystem\n(S'touch \(victim)'\ntR.", "cposix\nsystem\n(S'touch \(victim)'\ntR.",
      "c__builtin__\neval\n(S'open(\"\(victim)\", \"w\")'\ntR.", "csubprocess\nPopen\n((S'touch'\nS'\(victim)'\nltR.",
      "cnumpy.core.multiarray\nscalar\n.", "cbuiltins\ngetattr\n.", "c__builtin__\nlist.append\n.",
    ]
    for program in programs {
      let error = #expect(throws: PickleFailure.self) { try read(program) }
      guard case .refusedGlobal = error else {
        Issue.record("\(error.map { "\($0)" } ?? "nothing") is no refused name")
        continue
      }
    }
    expectFailure(.badData, ["p, byte 0", "'os.system'", "never loaded"]) { _ = try read(programs[0]) }
    // The same by the instruction of newer protocols.
    let stack: [UInt8] = [0x80, 4, 0x8c, 2] + Array("os".utf8) + [0x8c, 6] + Array("system".utf8) + [0x93, 0x2e]
    expectFailure(.badData, ["byte 14", "'os.system'"]) { _ = try read(stack) }
    #expect(!FileManager.default.fileExists(atPath: victim))
  }

  @Test func `instructions that reach outside the file are refused by their name`() throws {
    for (bytes, name) in [
      ("Pid\n.", "PERSID"), ("NQ.", "BINPERSID"), ("(ios\nsystem\n.", "INST"), ("(No.", "OBJ"),
    ] {
      expectFailure(.badData, [name, "never carried out"]) { _ = try read(bytes) }
    }
    for (byte, name) in [
      (0x82, "EXT1"), (0x92, "NEWOBJ_EX"), (0x97, "NEXT_BUFFER"), (0xff, "0xff"), (0x01, "0x01"), (0x99, "0x99"),
    ] as [(UInt8, String)] {
      expectFailure(.badData, ["byte 2", name]) { _ = try read([0x80, 2, byte, 0x2e]) }
    }
  }

  @Test func `known names are refused for anything but the data they stand for`() throws {
    for (text, words) in [
      ("cnumpy\nndarray\n(I9\ntR.", ["call numpy.ndarray"]), ("cscipy.sparse.csr\ncsr_matrix\n(I9\ntR.", ["call"]),
      ("c_codecs\nencode\n(Va\nS'rot13'\ntR.", ["encode text"]), ("c__builtin__\ndict\n((ltR.", ["dictionary"]),
      ("c__builtin__\nset\n(I5\ntR.", ["list or set"]),
      ("(lNb.", ["state of something else"]), ("ccollections\ndefaultdict\n(cnumpy\ndtype\ntR.", ["defaults"]),
      ("ccopy_reg\n_reconstructor\n(c__builtin__\nlist\nc__builtin__\nobject\nNtR.", ["unknown type"]),
    ] {
      expectFailure(.badData, words) { _ = try read(text) }
    }
    // NEWOBJ of a list.
    expectFailure(.badData, ["object of list"]) { _ = try read(Array("c__builtin__\nlist\n)".utf8) + [0x81, 0x2e]) }
  }

  @Test func `a pickle cut anywhere is told as damaged`() throws {
    var writer = PickleWriter()
    writer.matrix([[(2, 1)], [(0, 2)]], width: 3)
    let whole = writer.whole
    for count in 0..<whole.count {
      let error = #expect(throws: PickleFailure.self, "\(count) bytes") { try read(Array(whole.prefix(count))) }
      guard case .damaged = error else {
        Issue.record("\(count) bytes: \(error.map { "\($0)" } ?? "nothing")")
        continue
      }
    }
  }

  @Test func `stacks, marks and memos that do not fit are damage, not traps`() throws {
    for text in [
      ".", "(.", "0.", "t.", "a.", "]a.", "(I1\nd.", "}I1\ns.", "](I1\nI2\nu.", "I1\n(I2\ne.", "g5\n.", "h.", "R.",
      "b.",
      "(R.", "I1\n(R.", "2.", "1.", "Ix\n.", "Fx\n.", "L1x\n.", "S'a\n.", "S'\\x4'\n.", "V\\u12\n.",
      "X\u{7f}\u{7f}\u{7f}\u{7f}.",
      "I99999999999999999999\n.", "c\n\n.", "p.", "pX\n.",
    ] {
      #expect(throws: PickleFailure.self, "\(text)") { try read(text) }
    }
    for bytes in [[0x80], [0x80, 9, 0x4e, 0x2e], [0x95, 0, 0, 0, 0, 0, 0, 0, 1], [0x8b, 0xff, 0xff, 0xff, 0xff]]
      as [[UInt8]]
    {
      #expect(throws: PickleFailure.self) { try read(bytes) }
    }
    let wide: [UInt8] = [0x8a, 9] + [UInt8](repeating: 1, count: 9) + [0x2e]
    expectFailure(.badData, ["64 bits"]) { _ = try read(wide) }
  }

  @Test func `lists nest as deep as a file is long, and may hold themselves`() throws {
    let depth = 200_000
    let lists = [UInt8](repeating: 0x5d, count: depth) + [UInt8](repeating: 0x61, count: depth - 1) + [0x2e]
    let pickle = try read(lists)
    var value = pickle.root
    var found = 1
    while let inner = pickle.items(value)?.first {
      value = inner
      found += 1
    }
    #expect(found == depth)
    let tuples = [UInt8](repeating: 0x28, count: depth) + [UInt8](repeating: 0x74, count: depth) + [0x2e]
    _ = try read(tuples)
    _ = try read("]q\u{0}h\u{0}a.")
    // As a graph of Planetoid it is none, which is told without walking it.
    expectFailure(.badData, ["no dictionary"]) { _ = try PlanetoidGraph(pickle) }
  }

  @Test func `a memo cannot blow a small file up`() throws {
    // Ten lists, each of ten times the one before: 10^10 members where they are walked, a few hundred here.
    var writer = PickleWriter()
    writer.add("]q")
    writer.add([0])
    for level in 1..<10 as Range<UInt8> {
      writer.add("](")
      for _ in 0..<10 { writer.add([0x68, level - 1]) }
      writer.add("eq")
      writer.add([level])
    }
    let pickle = try read(writer.whole)
    #expect(pickle.nodes.count == 10)
    // A thousand nodes that share one list of a thousand neighbors: more edges than the file has bytes.
    writer = PickleWriter()
    writer.add("](")
    for neighbor in 0..<1000 { writer.integer(neighbor) }
    writer.add("eq")
    writer.add([0])
    writer.add("0}(")
    for node in 0..<1000 {
      writer.integer(node)
      writer.add([0x68, 0])
    }
    writer.add("u")
    let shared = try read(writer.whole)
    expectFailure(.badData, ["neighbors of many nodes"]) { _ = try PlanetoidGraph(shared).edges(nodeCount: 1000) }
    // Copies are counted: a set made again and again of one long list.
    writer = PickleWriter()
    writer.add("](")
    for _ in 0..<1000 { writer.add("N") }
    writer.add("eq")
    writer.add([0])
    writer.global("__builtin__", "set")
    writer.add([0x71, 1])
    for _ in 0..<1000 { writer.add([0x68, 1, 0x68, 0, 0x85, 0x52, 0x30]) }
    expectFailure(.badData, ["copies much more"]) { _ = try read(writer.whole) }
  }

  @Test func `arrays whose parts do not fit are refused with their place`() throws {
    let cases: [(String, [Int], [UInt8], [String])] = [
      ("i4", [2, 2], PickleWriter.int32s([1]), ["4 bytes", "expected 16"]),
      ("O8", [1], [0, 0, 0, 0, 0, 0, 0, 0], ["Python objects"]),
      ("i4", [-1], [], ["without a shape"]), ("V3", [1], [1, 2, 3], ["element type"]),
      ("i4'", [1], PickleWriter.int32s([1]), ["element type"]),
      ("i4", [1 << 20, 1 << 20, 1 << 20], PickleWriter.int32s([1]), ["beyond any memory"]),
      ("i4", [1, 1, 1, 1, 1], PickleWriter.int32s([1]), ["four dimensions"]),
    ]
    for (code, shape, elements, words) in cases {
      var writer = PickleWriter()
      writer.array(code, shape, elements)
      let pickle = try read(writer.whole)
      expectFailure(.badData, ["p, byte"] + words) { _ = try pickle.array(pickle.root) }
    }
    var writer = PickleWriter()
    writer.matrix([[(5, 1)]], width: 3)
    let pickle = try read(writer.whole)
    expectFailure(.badData, ["'indices'", "column 5 of 3"]) { _ = try pickle.rows(pickle.root) }
    let empty = try read("N.")
    expectFailure(.badData, ["no array"]) { _ = try empty.rows(empty.root) }
  }
}
