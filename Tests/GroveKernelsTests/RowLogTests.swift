import Foundation
import GroveKernels
import TestSupport
import Testing

/// A file of rows under keys: what was written is read, and what was cut off while it was written is taken off.
@Suite("Row log")
struct RowLogTests {
  private static let headerSize = 24

  private static func keys(_ names: [String]) -> [RowLog.Key] { names.map { RowLog.Key(of: $0) } }

  private static func rows(_ count: Int, _ width: Int, seed: Int) -> [Float] {
    var random = TestRandom(seed)
    return random.floats(count * width)
  }

  private func read(_ log: RowLog, _ names: [String]) throws -> [Float] {
    let out = FloatBuffer(count: names.count * log.width)
    try log.read(Self.keys(names), into: out)
    return out.values
  }

  private func bytes(_ path: String) throws -> Data { try Data(contentsOf: URL(fileURLWithPath: path)) }

  private func write(_ data: Data, _ path: String) throws { try data.write(to: URL(fileURLWithPath: path)) }

  /// A file of two pieces, two rows each, and where the last begins.
  private func twoPieces(_ path: String, width: Int) throws -> (bytes: Data, lastStart: Int) {
    let log = try RowLog(path, width: width)
    try log.append(Self.keys(["a", "b"]), FloatBuffer(Self.rows(2, width, seed: 1)))
    let start = try bytes(path).count
    try log.append(Self.keys(["c", "d"]), FloatBuffer(Self.rows(2, width, seed: 2)))
    return (try bytes(path), start)
  }

  @Test("What is appended is read, at once and after the file is opened again", arguments: [1, 2, 3, 384])
  func appendAndRead(width: Int) throws {
    let folder = try ScratchFolder()
    let path = folder.file("deep/er/log")
    let (first, second) = (Self.rows(3, width, seed: 1), Self.rows(1, width, seed: 2))
    do {
      let log = try RowLog(path, width: width)
      #expect(log.count == 0 && !log.contains(RowLog.Key(of: "a")))
      try log.append(Self.keys(["a", "b", ""]), FloatBuffer(first))
      #expect(sameBits(try read(log, ["a", "b", ""]), first))
      try log.append([], FloatBuffer(count: 0))
      try log.append(Self.keys(["c"]), FloatBuffer(second))
      #expect(sameBits(try read(log, ["a", "b", "", "c"]), first + second))
    }
    let log = try RowLog(path, width: width)
    #expect(log.count == 4)
    #expect(sameBits(try read(log, ["c", "b", "b"]), second + first[width..<2 * width] + first[width..<2 * width]))
    #expect(try read(log, []).isEmpty)
    #expect(!log.contains(RowLog.Key(of: "d")))
  }

  @Test("Bits come back as they were: infinities, NaNs and signs of zero")
  func bits() throws {
    let folder = try ScratchFolder()
    let odd: [Float] = [.nan, -.infinity, -0.0, .leastNonzeroMagnitude, .greatestFiniteMagnitude]
    try RowLog(folder.file("log"), width: 5).append(Self.keys(["x"]), FloatBuffer(odd))
    #expect(sameBits(try read(try RowLog(folder.file("log"), width: 5), ["x"]), odd))
  }

  @Test("Of two rows of one key the first counts, within a piece, between pieces and after opening")
  func sameKey() throws {
    let folder = try ScratchFolder()
    let log = try RowLog(folder.file("log"), width: 1)
    try log.append(Self.keys(["a", "a"]), FloatBuffer([1, 2]))
    try log.append(Self.keys(["b", "a"]), FloatBuffer([3, 4]))
    for log in [log, try RowLog(folder.file("log"), width: 1)] {
      #expect(log.count == 2)
      #expect(try read(log, ["a", "b"]) == [1, 3])
    }
  }

  @Test("A file that is cut at any byte keeps the whole pieces and goes on", arguments: [1, 3])
  func cutAnywhere(width: Int) throws {
    let folder = try ScratchFolder()
    let (whole, last) = try twoPieces(folder.file("whole"), width: width)
    for length in 0...whole.count {
      let path = folder.file("cut")
      try write(whole.prefix(length), path)
      let log = try RowLog(path, width: width)
      let kept = length == whole.count ? 4 : length >= last ? 2 : 0
      #expect(log.count == kept, "\(length) bytes")
      if kept >= 2 { #expect(sameBits(try read(log, ["a", "b"]), Self.rows(2, width, seed: 1)), "\(length) bytes") }
      // What was lost is appended again, and the file is what it would have been.
      if kept < 2 { try log.append(Self.keys(["a", "b"]), FloatBuffer(Self.rows(2, width, seed: 1))) }
      if kept < 4 { try log.append(Self.keys(["c", "d"]), FloatBuffer(Self.rows(2, width, seed: 2))) }
      #expect(try bytes(path) == whole, "\(length) bytes")
      #expect(sameBits(try read(log, ["c", "d"]), Self.rows(2, width, seed: 2)), "\(length) bytes")
    }
  }

  @Test("A flipped bit of the last piece drops that piece alone", arguments: [UInt8(1), 0x80, 3])
  func flipped(bits: UInt8) throws {
    let folder = try ScratchFolder()
    let (whole, last) = try twoPieces(folder.file("whole"), width: 2)
    for place in last..<whole.count {
      var damaged = whole
      damaged[place] ^= bits
      let path = folder.file("damaged")
      try write(damaged, path)
      let log = try RowLog(path, width: 2)
      #expect(log.count == 2, "byte \(place)")
      #expect(!log.contains(RowLog.Key(of: "c")) && !log.contains(RowLog.Key(of: "d")), "byte \(place)")
      #expect(try bytes(path) == whole.prefix(last), "byte \(place)")
      #expect(sameBits(try read(log, ["a", "b"]), Self.rows(2, 2, seed: 1)), "byte \(place)")
    }
  }

  @Test("Rows of another width, or another file, are refused with the path, and stay as they are")
  func otherFiles() throws {
    let folder = try ScratchFolder()
    let (whole, _) = try twoPieces(folder.file("log"), width: 2)
    let failure = #expect(throws: RowLogFailure.self) { _ = try RowLog(folder.file("log"), width: 3) }
    #expect(failure?.kind == .badData && failure?.path == folder.file("log"))
    #expect(failure?.description.contains("no encoded rows of 3 numbers") == true)
    #expect(try bytes(folder.file("log")) == whole)
    var others: [Data] = ["x", "GROVE ROWS 2\n", "id,title\n", String(repeating: "other ", count: 20)].map {
      Data($0.utf8)
    }
    for place in 0..<Self.headerSize {
      var damaged = whole
      damaged[place] ^= 4
      others.append(damaged)
    }
    for other in others {
      try write(other, folder.file("other"))
      #expect(throws: RowLogFailure.self, "\(other.prefix(24).map { $0 })") {
        _ = try RowLog(folder.file("other"), width: 2)
      }
      #expect(try bytes(folder.file("other")) == other)
    }
  }

  @Test("A folder in the place of the file is told as such")
  func folderInPlace() throws {
    let folder = try ScratchFolder()
    #expect(throws: FileFailure.self) { _ = try RowLog(folder.path, width: 2) }
  }

  @Test("Two logs of one file append in turn, and a third finds all")
  func twoLogs() throws {
    let folder = try ScratchFolder()
    let path = folder.file("log")
    let (one, two) = (try RowLog(path, width: 2), try RowLog(path, width: 2))
    for turn in 0..<5 {
      try one.append(Self.keys(["one \(turn)", "both \(turn)"]), FloatBuffer([Float(turn), 1, Float(turn), 7]))
      try two.append(Self.keys(["two \(turn)", "both \(turn)"]), FloatBuffer([Float(turn), 2, Float(turn), 7]))
    }
    for turn in 0..<5 {
      #expect(try read(one, ["one \(turn)", "both \(turn)"]) == [Float(turn), 1, Float(turn), 7])
      #expect(try read(two, ["both \(turn)", "two \(turn)"]) == [Float(turn), 7, Float(turn), 2])
    }
    // A log learns of the other's rows when it appends.
    #expect(one.contains(RowLog.Key(of: "two 3")) && !one.contains(RowLog.Key(of: "two 4")))
    let three = try RowLog(path, width: 2)
    #expect(three.count == 15)
    #expect(try read(three, ["two 4", "one 3", "both 2"]) == [4, 2, 3, 1, 2, 7])
  }

  @Test("A log that is open takes off what another left when it was killed", arguments: [1, 15, 16, 30])
  func killedBeside(left: Int) throws {
    let folder = try ScratchFolder()
    let path = folder.file("log")
    let log = try RowLog(path, width: 2)
    try log.append(Self.keys(["a"]), FloatBuffer([1, 2]))
    let whole = try bytes(path)
    try RowLog(path, width: 2).append(Self.keys(["b"]), FloatBuffer([3, 4]))
    try write(try bytes(path).prefix(whole.count + left), path)
    try log.append(Self.keys(["c"]), FloatBuffer([5, 6]))
    for log in [log, try RowLog(path, width: 2)] {
      #expect(log.count == 2)
      #expect(try read(log, ["c", "a"]) == [5, 6, 1, 2])
    }
    try write(whole.prefix(whole.count - 1), path)
    #expect(throws: RowLogFailure.self) { try log.append(Self.keys(["d"]), FloatBuffer([7, 8])) }
  }

  @Test("Many logs of one file that open and append at once lose nothing")
  func atOnce() throws {
    let folder = try ScratchFolder()
    let path = folder.file("log")
    DispatchQueue.concurrentPerform(iterations: 8) { worker in
      for turn in 0..<20 {
        guard let log = try? RowLog(path, width: 1) else { continue }
        try? log.append(Self.keys(["\(worker) \(turn)"]), FloatBuffer([Float(100 * worker + turn)]))
      }
    }
    let log = try RowLog(path, width: 1)
    #expect(log.count == 160)
    for worker in 0..<8 {
      let names = (0..<20).map { "\(worker) \($0)" }
      try #require(Self.keys(names).allSatisfy { log.contains($0) })
      #expect(try read(log, names) == (0..<20).map { Float(100 * worker + $0) })
    }
  }

  @Test("A caller's mistake traps", arguments: 0..<4)
  func mistakesTrap(mistake: Int) async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) { [mistake] in
      let folder = try ScratchFolder()
      let log = try RowLog(folder.file("log"), width: mistake == 0 ? 0 : 2)
      switch mistake {
      case 1: try log.append([RowLog.Key(of: "a")], FloatBuffer([1, 2, 3]))
      case 2: try log.read([RowLog.Key(of: "a")], into: FloatBuffer(count: 2))
      default: try log.read([RowLog.Key(of: "a")], into: FloatBuffer(count: 3))
      }
    }
    expectTrapMessage(result, mentions: ["RowLog"])
  }
}
