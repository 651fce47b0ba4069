import Foundation
import GroveGraphs
import GroveKernels
import GroveStore
import Testing
import TestSupport

/// Damaged bytes end in a failure or in a sound value, never in a trap.
///
/// `GROVE_FUZZ=n` does n times as many rounds, for `make check-long`.
@Suite struct FuzzTests {
  private let factor = max(1, Int(ProcessInfo.processInfo.environment["GROVE_FUZZ"] ?? "") ?? 1)

  /// A copy with a few bytes changed, cut off or put in.
  private func damaged(_ bytes: Data, _ generator: inout RandomGenerator) -> Data {
    var result = [UInt8](bytes)
    for _ in 0..<(1 + generator.next(below: 4)) where !result.isEmpty {
      let at = generator.next(below: result.count)
      switch generator.next(below: 8) {
      case 0: result.removeLast(result.count - at)
      case 1: result.insert(UInt8(generator.next(below: 256)), at: at)
      case 2: result[at] = UInt8(ascii: "9")
      default: result[at] ^= UInt8(1 << generator.next(below: 8))
      }
    }
    return Data(result)
  }

  /// Reads all of a graph, or fails in one line; says which.
  private func survives(_ path: String) -> Bool {
    do {
      let graph = try StoreOpener.open(path)
      for split in graph.splitNames {
        do { _ = try graph.split(named: split) } catch let error as any Failure { oneLine(error) }
      }
      _ = try GraphSummary(dataset: graph)
      return true
    } catch let error as any Failure {
      oneLine(error)
    } catch {
      Issue.record("an error that is no Failure: \(error)")
    }
    return false
  }

  private func oneLine(_ error: any Failure) {
    if error.description.contains("\n") { Issue.record("more than one line: \(error)") }
  }

  @Test func `Damaged arrays never crash a reader`() throws {
    var generator = RandomStream(seed: 11).generator
    let seeds: [Data] = [
      NumpyArray.encoded(.floats([1, 2, 3, 4, 5, 6]), shape: [2, 3]), NumpyArray.encoded(.int64s([7, 8]), shape: [2]),
      NumpyArray.encoded(.strings(["abc", "ü"]), shape: [2]), NumpyArray.encoded(.bools([true]), shape: []),
    ]
    var read = 0
    for round in 0..<6000 * factor {
      let bytes = damaged(seeds[round % seeds.count], &generator)
      do {
        let array = try NumpyArray(bytes, place: "x.npy")
        read += 1
        for body in [
          { _ = try array.int32s() }, { _ = try array.floats() }, { _ = try array.strings() },
          { _ = try array.bools() },
        ] {
          do { try body() } catch let error as any Failure { oneLine(error) }
        }
      } catch let error as any Failure { oneLine(error) }
    }
    #expect(read > 100 * factor && read < 5900 * factor)
  }

  @Test func `Damaged archives never crash a reader`() throws {
    let scratch = try ScratchFolder()
    let arrays: [(name: String, shape: [Int], values: NumpyValues)] = [
      ("adj_data", [2], .floats([1, 1])), ("adj_indices", [2], .int32s([1, 0])),
      ("adj_indptr", [3], .int32s([0, 1, 2])),
      ("adj_shape", [2], .int64s([2, 2])), ("attr_matrix", [2, 2], .floats([1, 2, 3, 4])),
      ("labels", [2], .int64s([0, 1])),
      ("class_names", [2], .strings(["a", "b"])),
    ]
    let path = scratch.file("g.npz")
    try NumpyArchive.write(arrays, to: path)
    let whole = try Data(contentsOf: URL(fileURLWithPath: path))
    #expect(survives(path))
    var generator = RandomStream(seed: 12).generator
    var read = 0
    for _ in 0..<1500 * factor {
      try damaged(whole, &generator).write(to: URL(fileURLWithPath: path))
      if survives(path) { read += 1 }
    }
    #expect(read < 1200 * factor)
  }

  @Test func `A folder with one damaged file never crashes a reader`() throws {
    let scratch = try tinyFolder { folder in
      try NumpyArray.write(.floats([0.5, 2, 1]), shape: [3], to: "\(folder)/edge_weights.npy")
      let masks: [(name: String, shape: [Int], values: NumpyValues)] = [
        ("train", [4], .bools([true, false, false, false])), ("val", [4], .bools([false, true, false, false])),
        ("test", [4], .bools([false, false, true, false])),
      ]
      try NumpyArchive.write(masks, to: "\(folder)/split_masks.npz")
    }
    #expect(survives(scratch.path))
    var generator = RandomStream(seed: 13).generator
    let names = [
      "edges.npy", "features.npy", "labels.npy", "edge_weights.npy", "split_masks.npz", "splits/hand.json", "meta.json",
      "node_names.txt",
    ]
    for name in names {
      let file = URL(fileURLWithPath: scratch.file(name))
      let whole = try Data(contentsOf: file)
      var read = 0
      for _ in 0..<250 * factor {
        try damaged(whole, &generator).write(to: file)
        if survives(scratch.path) { read += 1 }
      }
      try whole.write(to: file)
      #expect(read < 250 * factor || name.hasSuffix("txt") || name.hasSuffix("json"), "\(name) is not looked at")
    }
  }

  @Test(.enabled(if: Python.hasNumpy)) func `Damaged streams and text never crash a reader`() throws {
    let scratch = try ScratchFolder()
    try writeTinyFolder(scratch.file("tiny"))
    try AtomicFile.write("source,target,weight\n0,1,0.5\n1,2,1\n2,0,3\n", to: scratch.file("edges.csv"))
    try AtomicFile.makeFolder(scratch.file("cora"))
    try AtomicFile.write("1\t0\t1\tx\n2\t1\t0\ty\n", to: scratch.file("cora/c.content"))
    try AtomicFile.write("1\t2\n2\t3\n", to: scratch.file("cora/c.cites"))
    _ = try Python.script(
      """
      import os, sys, shutil, gzip
      os.chdir(sys.argv[1])
      open('e.csv.gz', 'wb').write(gzip.compress(open('edges.csv', 'rb').read()))
      for f in ['gztar', 'zip', 'tar', 'xztar', 'bztar']: shutil.make_archive('tiny', f, '.', 'tiny')
      """, [scratch.path])
    var generator = RandomStream(seed: 14).generator
    let files = [
      "e.csv.gz", "tiny.tar.gz", "tiny.zip", "tiny.tar", "tiny.tar.xz", "tiny.tar.bz2", "edges.csv", "cora/c.content",
      "cora/c.cites",
    ]
    for name in files {
      let file = URL(fileURLWithPath: scratch.file(name))
      let whole = try Data(contentsOf: file)
      let opened = name.hasPrefix("cora") ? scratch.file("cora") : scratch.file(name)
      #expect(survives(opened), "\(name)")
      for _ in 0..<200 * factor {
        try damaged(whole, &generator).write(to: file)
        _ = survives(opened)
      }
      try whole.write(to: file)
    }
  }
}
