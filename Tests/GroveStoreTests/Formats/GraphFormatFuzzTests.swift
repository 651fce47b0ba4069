import Foundation
import GroveKernels
import TestSupport
import Testing

@testable import GroveStore

/// Damaged graph files end in a failure of one line or in a sound graph, never in a trap.
///
/// `GROVE_FUZZ=n` does n times as many rounds.
@Suite("Damaged graph files") struct GraphFormatFuzzTests {
  private let factor = max(1, Int(ProcessInfo.processInfo.environment["GROVE_FUZZ"] ?? "") ?? 1)

  /// Sound inputs of an entry point.
  private static func seeds(_ name: String) -> [[UInt8]] {
    switch name {
    case "pickle":
      var matrix = PickleWriter()
      matrix.matrix([[(1, 1)], [(0, 2), (1, 3)]], width: 2)
      var array = PickleWriter(protocol: 0)
      array.array("f4", [2, 1], PickleWriter.floats([1, 2]))
      return [matrix.whole, array.whole, Array("(I1\nL5L\nS'a\\x41'\nVb\\u00e9\n(lp0\nI2\na(dg0\nNst.".utf8)]
    case "planetoid-graph":
      var graph = PickleWriter()
      graph.add("}(")
      for node in 0..<3 {
        graph.integer(node)
        graph.add("](")
        graph.integer(1)
        graph.integer(999)
        graph.add("e")
      }
      graph.add("u")
      return [graph.whole]
    case "hgb":
      return [
        Array(
          "0\ta\t0\t1,2\n1\tb\t1\n\u{0}0\t1\t0\t1\n\u{0}0\ta\t0\t0,1\n\u{0}\u{0}{\"link.dat\":{\"link type\":{\"0\":\"a-b-c\"}}}"
            .utf8)
      ]
    case "matrix-market": return [Array("%%MatrixMarket matrix coordinate real general\n3 3 2\n1 2 0.5\n3 1 2\n".utf8)]
    case "graphml":
      return [
        Array(
          """
          <?xml version='1.0'?><graphml><key id='d' for='all' attr.name='y' attr.type='int'><default>1</default></key>
          <graph edgedefault='directed'><node id='a'><data key='d'>0</data></node><node id='b&amp;'/>
          <edge source='b&amp;' target='a'><data key='d'>3</data></edge></graph></graphml>
          """.utf8)
      ]
    default:
      return [
        Array(
          #"{"directed":true,"nodes":[{"id":"a","x":1,"y":0},{"id":2}],"links":[{"source":"a","target":2,"weight":3}]}"#
            .utf8)
      ]
    }
  }

  /// Readers of dumps leave bad records out, so that they refuse little: see `DumpFuzzTests`.
  private static let dumps = ["records", "text", "tables", "archive"]

  @Test(arguments: FormatFuzzing.all.map(\.name).filter { !dumps.contains($0) })
  func `bytes changed, lost or put in never crash a reader`(
    _ name: String
  ) throws {
    let read = try #require(FormatFuzzing.all.first { $0.name == name }).read
    let seeds = Self.seeds(name)
    for seed in seeds { #expect(read(seed), "a sound input of \(name) is refused") }
    var generator = RandomStream(seed: 21).generator
    var refused = 0
    for round in 0..<3000 * factor {
      var bytes = seeds[round % seeds.count]
      for _ in 0..<(1 + generator.next(below: 4)) where !bytes.isEmpty {
        let at = generator.next(below: bytes.count)
        switch generator.next(below: 8) {
        case 0: bytes.removeLast(bytes.count - at)
        case 1: bytes.insert(UInt8(generator.next(below: 256)), at: at)
        case 2: bytes[at] = UInt8(ascii: "9")
        case 3: bytes.insert(contentsOf: bytes[at...].prefix(8), at: at)
        default: bytes[at] ^= UInt8(1 << generator.next(below: 8))
        }
      }
      if !read(bytes) { refused += 1 }
    }
    #expect(refused > 300 * factor && refused < 3000 * factor)
  }
}
