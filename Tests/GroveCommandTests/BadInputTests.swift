import Foundation
import GroveKernels
import GroveStore
import TestSupport
import Testing

/// Data that is wrong: one line with path and place, exit 65 (66 where something is missing), nothing written.
@Suite struct BadInputTests {
  /// A change to a graph on disk that makes it unusable.
  struct Damage: Sendable, CustomTestStringConvertible {
    let what: String
    var code: Int32 = 65
    /// Words of the message beside the file's name.
    let words: [String]
    /// What to give to `train`, relative to the scratch folder.
    var store = "small"
    var more: [String] = []
    /// Changes the folder at the path; the data is what was written there.
    let make: @Sendable (String, SmallData) throws -> Void
    var testDescription: String { what }
  }

  private static func write(_ data: Data, _ path: String) throws { try data.write(to: URL(fileURLWithPath: path)) }

  private static func damagedSplit(_ what: String, _ words: [String], _ text: String) -> Damage {
    Damage(what: what, words: ["public.json"] + words) { path, _ in
      try AtomicFile.write(text, to: "\(path)/splits/public.json")
    }
  }

  static let folders: [Damage] = [
    Damage(what: "an empty file", words: ["features.npy", "empty"]) { path, _ in
      try write(Data(), "\(path)/features.npy")
    },
    Damage(what: "text named .npy", words: ["labels.npy", "promises a NumPy array", "text"]) { path, _ in
      try AtomicFile.write("0 1 2", to: "\(path)/labels.npy")
    },
    Damage(what: "a cut array", words: ["edges.npy"]) { path, _ in
      try write(bytes("\(path)/edges.npy").dropLast(100), "\(path)/edges.npy")
    },
    Damage(what: "features with a row too few", words: ["labels.npy", "240", "239"]) { path, data in
      try NumpyArray.write(
        .floats(Array(data.features.dropLast(data.width))), shape: [data.count - 1, data.width],
        to: "\(path)/features.npy")
      // No edge may name the missing node, or that would be the first mistake.
      try NumpyArray.write(.int32s([0, 1]), shape: [2, 1], to: "\(path)/edges.npy")
    },
    Damage(what: "a NaN among the features", words: ["features.npy", "row 3, column 5", "not a finite number"]) {
      path, data in
      var features = data.features
      features[3 * data.width + 5] = .nan
      try NumpyArray.write(.floats(features), shape: [data.count, data.width], to: "\(path)/features.npy")
    },
    Damage(what: "infinity among the features", words: ["features.npy", "row 239, column 23"]) { path, data in
      var features = data.features
      features[features.count - 1] = .infinity
      try NumpyArray.write(.floats(features), shape: [data.count, data.width], to: "\(path)/features.npy")
    },
    Damage(what: "an edge to node n", words: ["edges.npy", "edge 17", "target 240"]) { path, data in
      var targets = data.targets
      targets[17] = 240
      try NumpyArray.write(.int32s(data.sources + targets), shape: [2, targets.count], to: "\(path)/edges.npy")
    },
    Damage(what: "an edge from node -1", words: ["edges.npy", "edge 0", "source -1"]) { path, data in
      var sources = data.sources
      sources[0] = -1
      try NumpyArray.write(.int32s(sources + data.targets), shape: [2, sources.count], to: "\(path)/edges.npy")
    },
    Damage(what: "edges in three rows", words: ["edges.npy", "[3, 320]"]) { path, data in
      let ends = Array((data.sources + data.targets).prefix(960))
      try NumpyArray.write(.int32s(ends), shape: [3, 320], to: "\(path)/edges.npy")
    },
    Damage(what: "a label of -2", words: ["labels.npy", "row 4", "-2"]) { path, data in
      var labels = data.labels
      labels[4] = -2
      try NumpyArray.write(.int32s(labels), shape: [labels.count], to: "\(path)/labels.npy")
    },
    Damage(what: "labels of fractions", words: ["labels.npy"]) { path, data in
      try NumpyArray.write(.floats(data.labels.map { Float($0) + 0.5 }), shape: [data.count], to: "\(path)/labels.npy")
    },
    Damage(what: "no labels", words: ["small", "no labels"]) { path, _ in
      try FileManager.default.removeItem(atPath: "\(path)/labels.npy")
    },
    Damage(what: "a name twice", words: ["node_names.txt", "row 1", "row 0"]) { path, data in
      try AtomicFile.write(String(repeating: "same\n", count: data.count), to: "\(path)/node_names.txt")
    },
    Damage(what: "an array of Python objects", words: ["features.npy", "pickle"]) { path, _ in
      try write(pickledArray, "\(path)/features.npy")
    },
    damagedSplit(
      "a split that overlaps", ["node 3 is in both train and test"], SmallData.splitText([3, 4], [5], [6, 3])),
    damagedSplit("a split with a node twice", ["node 4 is listed twice"], SmallData.splitText([3, 4, 4], [5], [6])),
    damagedSplit(
      "a split of a node that does not exist", ["node 240", "240 nodes"], SmallData.splitText([3], [240], [6])),
    damagedSplit("a split with nothing to learn from", ["no training node"], SmallData.splitText([], [1], [6])),
    damagedSplit("a split that is not JSON", ["not valid JSON"], "{"),
    damagedSplit("a split without its training part", ["'train'"], #"{"val": [1], "test": [2]}"#),
    damagedSplit("a split of words", ["train"], #"{"train": ["a"], "val": [1], "test": [2]}"#),
    Damage(what: "a test node without a class", words: ["public", "node 8", "no label"]) { path, data in
      var labels = data.labels
      labels[8] = -1
      try NumpyArray.write(.int32s(labels), shape: [labels.count], to: "\(path)/labels.npy")
    },
    Damage(what: "a missing store", code: 66, words: ["nowhere", "check the path"], store: "nowhere") { _, _ in },
    Damage(what: "a folder of other things", words: ["other", "no known graph format", "notes.txt"], store: "other") {
      path, _ in
      try AtomicFile.makeFolder("\(path)/../other")
      try AtomicFile.write("hello", to: "\(path)/../other/notes.txt")
      try AtomicFile.write("hello", to: "\(path)/../other/more.md")
    },
    Damage(what: "a missing configuration", code: 66, words: ["absent.json"], more: ["--config", "absent.json"]) {
      _, _ in
    },
    Damage(
      what: "a configuration of something else", code: 64, words: ["small/features.npy", "JSON object"],
      more: ["--config", "small/features.npy"]
    ) { _, _ in },
  ]

  static let others: [Damage] = [
    Damage(what: "a cut gzip stream", words: ["edges.csv.gz"], store: "table") { path, data in
      try data.writeTable("\(path)/../table")
      try tool(["gzip", "edges.csv"], in: "\(path)/../table")
      let packed = try bytes("\(path)/../table/edges.csv.gz")
      try write(packed.prefix(packed.count / 2), "\(path)/../table/edges.csv.gz")
    },
    Damage(what: "a cut tar.gz", words: ["small.tar.gz"], store: "small.tar.gz") { path, _ in
      try tool(["tar", "czf", "small.tar.gz", "small"], in: "\(path)/..")
      let packed = try bytes("\(path)/../small.tar.gz")
      try write(packed.prefix(packed.count / 2), "\(path)/../small.tar.gz")
    },
    Damage(
      what: "a gzip stream named .zip", words: ["small.zip", "promises a zip archive", "gzip"], store: "small.zip"
    ) { path, _ in
      try tool(["tar", "czf", "small.zip", "small"], in: "\(path)/..")
    },
    Damage(what: "an edge list with a bad line", words: ["edges.csv", "line 4"], store: "table") { path, data in
      try data.writeTable("\(path)/../table")
      try AtomicFile.write("source,target\n0,1\n1,2\n2\n", to: "\(path)/../table/edges.csv")
    },
    Damage(what: "an edge list with a node too many", words: ["edges.csv", "line 3", "'240'"], store: "table") {
      path, data in
      try data.writeTable("\(path)/../table")
      try AtomicFile.write("source,target\n0,1\n1,240\n2,3\n", to: "\(path)/../table/edges.csv")
    },
    Damage(
      what: "a LINQS paper with a field too few", words: ["small.content", "line 3", "25 fields, expected 26"],
      store: "linqs"
    ) { path, data in
      try data.writeLinqs("\(path)/../linqs")
      try editLine(3, of: "\(path)/../linqs/small.content") {
        $0.replacingOccurrences(of: "\t1\t", with: "\t", options: [], range: $0.range(of: "\t1\t"))
      }
    },
    Damage(
      what: "a LINQS feature that is a word", words: ["small.content", "line 2, feature 0", "'x'"], store: "linqs"
    ) { path, data in
      try data.writeLinqs("\(path)/../linqs")
      try editLine(2, of: "\(path)/../linqs/small.content") { line in
        var fields = line.split(separator: "\t").map(String.init)
        fields[1] = "x"
        return fields.joined(separator: "\t")
      }
    },
    Damage(what: "a LINQS pair without its links", code: 66, words: ["small.cites", "missing"], store: "linqs") {
      path, data in
      try data.writeLinqs("\(path)/../linqs")
      try FileManager.default.removeItem(atPath: "\(path)/../linqs/small.cites")
    },
    Damage(what: "an archive of unknown keys", words: ["graph.npz", "stuff"], store: "graph.npz") { path, _ in
      try NumpyArchive.write([("stuff", [1], .floats([1]))], to: "\(path)/../graph.npz")
    },
    Damage(what: "an archive with a pickle inside", words: ["graph.npz", "pickle"], store: "graph.npz") { path, data in
      let x = NumpyArray.encoded(.floats(data.features), shape: [data.count, data.width])
      let edges = NumpyArray.encoded(.int32s(data.sources + data.targets), shape: [2, data.sources.count])
      try write(storedZip(["x.npy": x, "edge_index.npy": edges, "y.npy": pickledArray]), "\(path)/../graph.npz")
    },
    Damage(what: "a pickle named .npz", words: ["graph.npz", "pickle"], store: "graph.npz") { path, _ in
      try write(Data([0x80, 0x04, 0x95, 0, 0, 0, 0, 0, 0, 0, 0, 0x2e]), "\(path)/../graph.npz")
    },
    Damage(what: "a set of links without labels", words: ["links", "link-prediction"], store: "links") { path, _ in
      try AtomicFile.makeFolder("\(path)/../links")
      for name in ["train", "valid", "test"] {
        try NumpyArray.write(.int32s([0, 1, 1, 0]), shape: [2, 2], to: "\(path)/../links/\(name).npy")
      }
    },
  ]

  private static func editLine(_ number: Int, of path: String, _ edit: (String) -> String) throws {
    var lines = String(decoding: try bytes(path), as: UTF8.self).split(separator: "\n").map(String.init)
    lines[number - 1] = edit(lines[number - 1])
    try AtomicFile.write(lines.joined(separator: "\n") + "\n", to: path)
  }

  /// A `.npy` of dtype object, as `numpy.save` writes a list of strings with pickles allowed.
  static let pickledArray: Data = {
    var header = "{'descr': '|O', 'fortran_order': False, 'shape': (240,), }"
    header += String(repeating: " ", count: 117 - header.utf8.count) + "\n"
    return Data([0x93]) + Data("NUMPY".utf8) + Data([1, 0, 118, 0]) + Data(header.utf8)
      + Data([0x80, 0x03, 0x4e, 0x2e])
  }()

  @Test(arguments: folders + others) func `bad data is one line of error and nothing is written`(damage: Damage) throws
  {
    let scratch = try ScratchFolder()
    let data = SmallData()
    try damage.make(try data.writeFolder(scratch.file("small")), data)
    try expectFailure(
      ["train", damage.store, "--out", "out", "--epochs", "2"] + damage.more, code: damage.code, damage.words,
      in: scratch.path, absent: [scratch.file("out")])
  }

  @Test(
    arguments: folders.filter {
      $0.words[0] != "public.json" && $0.more.isEmpty
        && !["no labels", "a test node without a class"].contains($0.what)
    } + others)
  func `inspect and split refuse the same data`(damage: Damage) throws {
    let scratch = try ScratchFolder()
    let data = SmallData()
    try damage.make(try data.writeFolder(scratch.file("small")), data)
    let before = try FileManager.default.subpathsOfDirectory(atPath: scratch.path).sorted()
    // Links without labels are nothing to classify, and can be looked at.
    if damage.what != "a set of links without labels" {
      try expectFailure(["inspect", damage.store], code: damage.code, damage.words, in: scratch.path)
    }
    try expectFailure(
      ["split", damage.store, "--kind", "planetoid"], code: damage.code, damage.words, in: scratch.path)
    #expect(try FileManager.default.subpathsOfDirectory(atPath: scratch.path).sorted() == before)
  }

  // MARK: - Runs

  @Test func `what is no run, or not a finished one, is missing input`() throws {
    let scratch = try ScratchFolder()
    let data = try SmallData().writeFolder(scratch.file("small"))
    for words in [
      ["evaluate", "X"], ["predict", "X", "--out", scratch.file("p.tsv")],
      ["export", "X", "--out", scratch.file("e.npy")],
      ["train", "--resume", "X"],
    ] {
      for path in [scratch.file("nowhere"), data] {
        try expectFailure(
          words.map { $0 == "X" ? path : $0 }, code: 66, [path, "no run lies here"],
          absent: [scratch.file("p.tsv"), scratch.file("e.npy"), scratch.file("e.ids.txt"), scratch.file("nowhere")])
      }
    }
    _ = try succeed(["train", data, "--out", scratch.file("run"), "--epochs", "1"])
    for name in ["manifest.json", "best.safetensors"] {
      try FileManager.default.removeItem(atPath: scratch.file("run/\(name)"))
    }
    try expectFailure(["evaluate", scratch.file("run")], code: 66, ["not finished", "--resume"])
    try expectFailure(
      ["export", scratch.file("run"), "--out", scratch.file("e.npy")], code: 66, ["not finished"],
      absent: [scratch.file("e.npy"), scratch.file("e.ids.txt")])
  }

  @Test func `damaged files of a run are bad data with their path`() throws {
    let scratch = try ScratchFolder()
    let data = try SmallData().writeFolder(scratch.file("small"))
    _ = try succeed(["train", data, "--out", scratch.file("other"), "--epochs", "2", "--model", "sage"])
    _ = try succeed(["train", data, "--out", scratch.file("wide"), "--epochs", "2", "--hidden", "9"])
    _ = try succeed(["train", data, "--out", scratch.file("run"), "--epochs", "2"])
    let best = scratch.file("run/best.safetensors")
    let whole = try bytes(best)
    var flipped = whole
    flipped[whole.count - 30] ^= 4
    let damages: [(Data, String)] = [
      (try bytes(scratch.file("other/best.safetensors")), "a model 'sage'"),
      (try bytes(scratch.file("wide/best.safetensors")), "shape"),
      (whole.prefix(whole.count / 2), ""), (whole.prefix(5), ""), (Data(), ""), (flipped, "damaged"),
      (Data("not weights at all".utf8), ""),
    ]
    for (damaged, words) in damages {
      try damaged.write(to: URL(fileURLWithPath: best))
      try expectFailure(["evaluate", scratch.file("run")], code: 65, [best, words])
      try expectFailure(
        ["export", scratch.file("run"), "--out", scratch.file("e.npz")], code: 65, [best],
        absent: [scratch.file("e.npz")])
      try expectFailure(
        ["predict", scratch.file("run"), "--out", scratch.file("p.tsv")], code: 65, [best],
        absent: [scratch.file("p.tsv")])
    }
    try whole.write(to: URL(fileURLWithPath: best))
    #expect(try succeed(["evaluate", scratch.file("run")]).numbers("metrics")["accuracy"] != nil)
    try AtomicFile.write("{", to: scratch.file("run/manifest.json"))
    try expectFailure(["evaluate", scratch.file("run")], code: 65, ["manifest.json"])
    try AtomicFile.write("{", to: scratch.file("run/config.json"))
    try expectFailure(["evaluate", scratch.file("run")], code: 64, ["config.json", "JSON object"])
  }

  @Test func `a damaged or foreign checkpoint is not resumed`() throws {
    let scratch = try ScratchFolder()
    let data = try SmallData().writeFolder(scratch.file("small"))
    _ = try succeed(["train", data, "--out", scratch.file("other"), "--epochs", "3", "--model", "mlp"])
    _ = try succeed(["train", data, "--out", scratch.file("run"), "--epochs", "3"])
    try FileManager.default.removeItem(atPath: scratch.file("run/manifest.json"))
    let last = scratch.file("run/last.safetensors")
    let whole = try bytes(last)
    var flipped = whole
    flipped[whole.count / 2] ^= 1
    for (damaged, words) in [
      (try bytes(scratch.file("other/last.safetensors")), "another model"), (whole.prefix(whole.count - 7), ""),
      (flipped, "damaged"), (Data(), ""),
    ] {
      try damaged.write(to: URL(fileURLWithPath: last))
      try expectFailure(["train", "--resume", scratch.file("run")], code: 65, [last, words])
      #expect(try bytes(last) == damaged, "the file is left for the person to look at")
    }
    try whole.write(to: URL(fileURLWithPath: last))
    #expect(try succeed(["train", "--resume", scratch.file("run")]).number("resumedFromEpoch") == 3)
  }

  @Test func `a run whose graph is gone says which`() throws {
    let scratch = try ScratchFolder()
    let data = try SmallData().writeFolder(scratch.file("small"))
    _ = try succeed(["train", data, "--out", scratch.file("run"), "--epochs", "1"])
    try FileManager.default.moveItem(atPath: data, toPath: scratch.file("moved"))
    try expectFailure(["evaluate", scratch.file("run")], code: 66, [data])
  }

  @Test func `a list of nodes is checked line by line`() throws {
    let scratch = try ScratchFolder()
    let data = try SmallData().writeFolder(scratch.file("small"), named: true)
    _ = try succeed(["train", data, "--out", scratch.file("run"), "--epochs", "1"])
    let words = ["predict", scratch.file("run"), "--out", scratch.file("p.tsv"), "--nodes", scratch.file("list.txt")]
    try expectFailure(words, code: 66, ["list.txt"], absent: [scratch.file("p.tsv")])
    try AtomicFile.write("paper 1\n\npaper 2\npaper 999\n", to: scratch.file("list.txt"))
    try expectFailure(words, code: 65, ["list.txt", "line 4", "'paper 999'"], absent: [scratch.file("p.tsv")])
  }

  @Test func `a loss that is not finite stops with epoch and parameter`() throws {
    let scratch = try ScratchFolder()
    let data = try SmallData().writeFolder(scratch.file("small"))
    try expectFailure(
      ["train", data, "--out", scratch.file("run"), "--lr", "1e30"], code: 70,
      ["epoch 1, batch 1", "not finite", "model.convolutions.", "lower --lr"])
    try expectFailure(["evaluate", scratch.file("run")], code: 66, ["not finished"])
  }
}

/// A zip archive whose members are stored as they are.
func storedZip(_ members: KeyValuePairs<String, Data>) -> Data {
  func little(_ value: Int, _ count: Int) -> Data { Data((0..<count).map { UInt8(value >> (8 * $0) & 255) }) }
  var (body, directory) = (Data(), Data())
  for (name, data) in members {
    var crc: UInt32 = 0xffff_ffff
    for byte in data {
      crc ^= UInt32(byte)
      for _ in 0..<8 { crc = crc & 1 == 1 ? crc >> 1 ^ 0xedb8_8320 : crc >> 1 }
    }
    let common =
      little(20, 2) + little(0, 8) + little(Int(~crc), 4) + little(data.count, 4) + little(data.count, 4)
      + little(name.utf8.count, 2) + little(0, 2)
    directory +=
      Data([0x50, 0x4b, 1, 2]) + little(20, 2) + common + little(0, 10) + little(body.count, 4) + Data(name.utf8)
    body += Data([0x50, 0x4b, 3, 4]) + common + Data(name.utf8) + data
  }
  let end = Data([0x50, 0x4b, 5, 6]) + little(0, 4) + little(members.count, 2) + little(members.count, 2)
  return body + directory + end + little(directory.count, 4) + little(body.count, 4) + little(0, 2)
}
