import Foundation
import GroveKernels
import TestSupport
import Testing

@testable import GroveStore

/// Damaged dumps in every framing end in bad records or in a failure, never in a trap.
@Suite struct DumpFuzzTests {
  private let factor = max(1, Int(ProcessInfo.processInfo.environment["GROVE_FUZZ"] ?? "") ?? 1)

  /// Sound inputs of an entry of `FormatFuzzing`.
  private static func seeds(_ name: String) throws -> [[UInt8]] {
    switch name {
    case "records":
      return [ThreePapers.v10, ThreePapers.v11, ThreePapers.v12, ThreePapers.v13, ThreePapers.s2orc].map {
        Array($0.utf8)
      }
    case "text": return [Array(ThreePapers.textA.utf8), Array(ThreePapers.textB.utf8)]
    case "tables":
      let papers = try #require(ThreePapers.mag.first { $0.name == "Papers.txt" }).text
      let abstracts = try #require(ThreePapers.mag.last).text
      return [
        [0] + Array(papers.utf8), [7] + Array(abstracts.utf8),
        [9] + Array("merge_date,id,merge_into_id\n1,W1,W2\n".utf8),
      ]
    default:
      let scratch = try ScratchFolder()
      try NumpyArchive.write([("x", [3], .floats([1, 2, 3]))], to: scratch.file("a.npz"))
      return [[UInt8](try Data(contentsOf: URL(fileURLWithPath: scratch.file("a.npz"))))]
    }
  }

  @Test(arguments: ["records", "text", "tables", "archive"]) func `damage crashes nothing`(_ name: String) throws {
    let read = try #require(FormatFuzzing.all.first { $0.name == name }).read
    let seeds = try Self.seeds(name)
    for seed in seeds { #expect(read(seed), "a sound input of \(name) is refused") }
    var generator = RandomStream(seed: 33).generator
    var refused = 0
    let rounds = 400 * factor
    for round in 0..<rounds {
      var bytes = seeds[round % seeds.count]
      for _ in 0..<(1 + generator.next(below: 6)) where bytes.count > 1 {
        let at = 1 + generator.next(below: bytes.count - 1)
        switch generator.next(below: 8) {
        case 0: bytes.removeLast(bytes.count - at)
        case 1: bytes.insert(UInt8(generator.next(below: 256)), at: at)
        case 2: bytes.insert(contentsOf: bytes[at...].prefix(40), at: at)
        default: bytes[at] ^= UInt8(1 << generator.next(below: 8))
        }
      }
      if !read(bytes) { refused += 1 }
    }
    // Of an archive most damage is told; of dumps little is, for all else is a bad record.
    #expect(name == "archive" ? refused > rounds / 4 : refused < rounds)
  }
}
