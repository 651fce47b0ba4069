import Foundation
import GroveGraphs
import GroveKernels
@testable import GroveStore
import TestSupport
import Testing

@Suite struct LinkSplitFileTests {
  private static func list(_ sources: [Int32], _ targets: [Int32], _ weights: [Float]? = nil, isDirected: Bool)
    -> EdgeList
  {
    EdgeList(sources: sources, targets: targets, weights: weights, isDirected: isDirected)
  }

  /// Splits of every kind of ends and negatives.
  private static let splits: [LinkSplit] = [
    LinkSplit(
      name: "lists_10", kind: "generated here: é", ends: .undirected(nodes: 7),
      messages: list([0, 1, 2], [1, 2, 2], [0.5, -1, 2], isDirected: false),
      training: list([0, 1], [1, 2], isDirected: false),
      validation: LinkEvaluation(
        positives: list([3], [4], isDirected: false),
        negatives: .lists(NegativeLists(nodes: [5, 6, 0], perPositive: 3, replacingTarget: 2, filled: 1))),
      test: LinkEvaluation(
        positives: list([5], [6], isDirected: false),
        negatives: .pairs(list([0, 0], [4, 5], isDirected: false)))),
    LinkSplit(
      name: "lists_2", kind: "", ends: .bipartite(sources: 2, targets: 5),
      messages: list([0, 1], [1, 4], isDirected: true), training: list([0, 1], [1, 4], isDirected: true),
      validation: .empty(isDirected: true),
      test: LinkEvaluation(positives: list([1], [3], isDirected: true))),
    LinkSplit(
      name: "directed", kind: "by hand", ends: .directed(nodes: 4), messages: list([], [], isDirected: true),
      training: list([0], [1], isDirected: true),
      validation: LinkEvaluation(
        positives: list([], [], isDirected: true),
        negatives: .lists(NegativeLists(nodes: [], perPositive: 2, replacingTarget: 2))),
      test: .empty(isDirected: true)),
  ]

  @Test(arguments: splits) func `a split reads back equal, from the same bytes each time`(split: LinkSplit) throws {
    let scratch = try ScratchFolder()
    let path = try LinkSplitFile.save(split, intoFolder: scratch.path)
    #expect(path == "\(scratch.path)/links/\(split.name).npz")
    #expect(try LinkSplitFile.read(path: path) == split)
    #expect(try LinkSplitFile.read(named: split.name, inFolder: scratch.path) == split)
    let bytes = try Data(contentsOf: URL(fileURLWithPath: path))
    try LinkSplitFile.write(split, to: path)
    #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == bytes)
    #expect(try FileManager.default.contentsOfDirectory(atPath: "\(scratch.path)/links") == ["\(split.name).npz"])
  }

  @Test func `the splits of a folder are listed as people count`() throws {
    let scratch = try ScratchFolder()
    #expect(LinkSplitFile.names(inFolder: scratch.path).isEmpty)
    for split in Self.splits { _ = try LinkSplitFile.save(split, intoFolder: scratch.path) }
    #expect(LinkSplitFile.names(inFolder: scratch.path) == ["directed", "lists_2", "lists_10"])
    expectFailure(.usage, ["no link split named 'other'", "lists_2"]) {
      _ = try LinkSplitFile.read(named: "other", inFolder: scratch.path)
    }
  }

  @Test func `a name that is no file's and a folder that is none are refused`() throws {
    let scratch = try ScratchFolder()
    let split = Self.splits[1]
    let named = LinkSplit(
      name: "../x", kind: "", ends: split.ends, messages: split.messages, training: split.training,
      validation: split.validation, test: split.test)
    expectFailure(.usage, ["'../x' cannot be used as a name"]) {
      _ = try LinkSplitFile.save(named, intoFolder: scratch.path)
    }
    expectFailure(.missingInput, ["nowhere"]) { _ = try LinkSplitFile.save(split, intoFolder: scratch.file("nowhere")) }
    try AtomicFile.write("x", to: scratch.file("file"))
    expectFailure(.cannotCreate, ["file"]) { _ = try LinkSplitFile.save(split, intoFolder: scratch.file("file")) }
  }

  @Test func `a file with any byte changed is refused or reads as it was`() throws {
    let scratch = try ScratchFolder()
    let path = try LinkSplitFile.save(Self.splits[0], intoFolder: scratch.path)
    let bytes = try Data(contentsOf: URL(fileURLWithPath: path))
    var refused = 0
    for place in stride(from: 0, to: bytes.count, by: 7) {
      var changed = bytes
      changed[changed.startIndex + place] ^= 0x5a
      try changed.write(to: URL(fileURLWithPath: path))
      do {
        #expect(try LinkSplitFile.read(path: path) == Self.splits[0], "byte \(place)")
      } catch let error as any Failure {
        refused += 1
        #expect(!error.description.contains("\n"))
      }
    }
    #expect(refused > 0)
    for length in [0, 1, bytes.count / 2, bytes.count - 1] {
      try bytes.prefix(length).write(to: URL(fileURLWithPath: path))
      #expect(throws: (any Error).self, "\(length) bytes") { _ = try LinkSplitFile.read(path: path) }
    }
  }

  @Test func `numbers that were changed and packed again do not fit the checksum`() throws {
    let scratch = try ScratchFolder()
    let path = try LinkSplitFile.save(Self.splits[1], intoFolder: scratch.path)
    let archive = try NumpyArchive(path: path)
    var arrays: [(name: String, shape: [Int], values: NumpyValues)] = []
    for name in archive.names {
      let array = try archive.array(name)
      switch name {
      case "about": arrays.append((name, array.shape, .strings(try array.strings())))
      case "ends": arrays.append((name, array.shape, .int64s(try array.int64s())))
      case "test": arrays.append((name, array.shape, .int32s([1, 2])))
      default: arrays.append((name, array.shape, .int32s(try array.int32s())))
      }
    }
    try NumpyArchive.write(arrays, to: path)
    expectFailure(.badData, ["links/lists_2.npz: its checksum does not fit its contents"]) {
      _ = try LinkSplitFile.read(path: path)
    }
  }

  @Test func `a split whose parts do not fit each other is refused`() throws {
    let scratch = try ScratchFolder()
    let sound = Self.splits[1]
    let leaking = LinkSplit(
      name: "leak", kind: "", ends: sound.ends, messages: sound.messages, training: sound.training,
      validation: sound.validation, test: LinkEvaluation(positives: sound.training))
    let path = try LinkSplitFile.save(leaking, intoFolder: scratch.path)
    expectFailure(.badData, ["leak.npz", "link (0, 1) of test is in messages too"]) {
      _ = try LinkSplitFile.read(path: path)
    }
  }

  @Test func `a split of another state of the graph is refused`() throws {
    let scratch = try ScratchFolder()
    let split = Self.splits[1]
    let path = try LinkSplitFile.save(split, intoFolder: scratch.path, snapshot: "ab12")
    #expect(try LinkSplitFile.read(path: path, snapshot: "ab12") == split)
    #expect(try LinkSplitFile.read(path: path) == split)
    expectFailure(.badData, ["lists_2.npz: was made of another state of the graph"]) {
      _ = try LinkSplitFile.read(named: "lists_2", inFolder: scratch.path, snapshot: "cd34")
    }
    _ = try LinkSplitFile.save(split, intoFolder: scratch.path)
    #expect(try LinkSplitFile.read(path: path, snapshot: "cd34") == split)
  }

  @Test func `another archive is no split`() throws {
    let scratch = try ScratchFolder()
    try NumpyArchive.write([("x", [1], .int32s([1]))], to: scratch.file("x.npz"))
    expectFailure(.badData, ["has no array 'about'"]) { _ = try LinkSplitFile.read(path: scratch.file("x.npz")) }
    try NumpyArchive.write([("about", [2], .strings(["version", "2"]))], to: scratch.file("y.npz"))
    expectFailure(.badData, ["is of version '2'"]) { _ = try LinkSplitFile.read(path: scratch.file("y.npz")) }
  }

  @Test(.enabled(if: Python.hasNumpy)) func `numpy reads the arrays`() throws {
    let scratch = try ScratchFolder()
    let path = try LinkSplitFile.save(Self.splits[0], intoFolder: scratch.path)
    let text = try Python.script(
      """
      import numpy, sys
      file = numpy.load(sys.argv[1])
      print(file["messages"].tolist(), file["messages_weights"].tolist(), file["valid_negatives"].tolist(),
            file["test_pairs"].tolist(), file["ends"].tolist())
      """, [path])
    #expect(text == "[[0, 1, 2], [1, 2, 2]] [0.5, -1.0, 2.0] [[5, 6, 0]] [[0, 0], [4, 5]] [7, 7]")
  }
}
