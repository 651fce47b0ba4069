import GroveGraphs
import GroveKernels
import TestSupport
import Testing

@testable import GroveLanguage

@Suite struct HashingEncoderTests {
  private static let texts = [
    "Graph neural networks learn graph representations.", "A graph of papers: papers cite papers!",
    "Don't panic, na\u{EF}ve caf\u{E9}_x \u{39F}\u{394}\u{3A5}\u{3A3}\u{3A3}\u{395}\u{3A5}\u{3A3} \u{65E5}\u{672C}\u{8A9E} x1 4\u{B2}",
    "", "e\u{301}a b",
  ]

  /// Rows are told as column: value.
  private func expect(_ encoder: HashingEncoder, _ rows: [[Int: Double]]) {
    let features = encoder.encode(Self.texts)
    #expect(features.rowCount == rows.count)
    #expect(features.width == encoder.width)
    for (row, expected) in rows.enumerated() {
      let found = sparseRow(features, row)
      #expect(found.map(\.column) == expected.keys.sorted(), "text \(row)")
      for (column, value) in found { #expect(abs(Double(value) - (expected[column] ?? 0)) < 1e-7, "text \(row)") }
    }
  }

  @Test func `Hashes are MurmurHash3's`() {
    // sklearn.utils.murmurhash.murmurhash3_bytes_s32, scikit-learn 1.9.1.
    let known: [(String, Int32)] = [
      ("", 0), ("a", 1_009_084_850), ("ab", -1_681_926_305), ("abc", -1_277_324_294), ("abcd", 1_139_631_978),
      ("graph", 504_851_561), ("neural", -553_346_501), ("networks", 454_572_411), ("na\u{EF}ve", 992_511_445),
      ("\u{65E5}\u{672C}\u{8A9E}", -1_515_949_417), (String(repeating: "x", count: 100), -1_669_795_694),
    ]
    for (word, hash) in known { #expect(MurmurHash.hash(Array(word.utf8)) == hash, "\(word)") }
  }

  @Test func `Rows are those of scikit-learn`() {
    // HashingVectorizer of scikit-learn 1.9.1; column 11 of the first row cancels out and is left out here.
    let eighth = 0.353553391
    expect(
      HashingEncoder(columns: 16),
      [
        [3: -0.40824829, 5: -0.40824829, 9: 0.816496581],
        [0: 0.288675135, 3: 0.866025404, 9: 0.288675135, 12: 0.288675135],
        [0: -eighth, 1: -eighth, 4: eighth, 5: eighth, 6: eighth, 7: -eighth, 9: -eighth, 13: eighth], [:], [:],
      ])
    expect(
      HashingEncoder(columns: 16, isSigned: false),
      [
        [3: 0.316227766, 5: 0.316227766, 9: 0.632455532, 11: 0.632455532],
        [0: 0.288675135, 3: 0.866025404, 9: 0.288675135, 12: 0.288675135],
        [0: eighth, 1: eighth, 4: eighth, 5: eighth, 6: eighth, 7: eighth, 9: eighth, 13: eighth], [:], [:],
      ])
    expect(
      HashingEncoder(),
      [
        [1477: -eighth, 2427: eighth, 2891: -eighth, 3177: 0.707106781, 3235: -eighth],
        [300: 0.288675135, 371: 0.866025404, 3177: 0.288675135, 3536: 0.288675135],
        [
          1249: -eighth, 1493: eighth, 1876: eighth, 2167: -eighth, 2230: eighth, 2317: eighth, 2928: -eighth,
          3433: -eighth,
        ], [:], [:],
      ])
  }

  @Test func `Words are those of scikit-learn's pattern`() {
    // re.findall(r"(?u)\b\w\w+\b", text.lower()) of Python 3.11; sigma is final behind letters, signs between aside.
    let text =
      "Don't panic, na\u{EF}ve caf\u{E9}_x \u{39F}\u{394}\u{3A5}\u{3A3} x1 4\u{B2} e\u{301}a \u{216B}\u{2163} \u{3A3} \u{391}\u{3A3}. \u{391}\u{3A3}'\u{3A3} \u{130}stanbul"
    let expected = [
      "don", "panic", "na\u{EF}ve", "caf\u{E9}_x", "\u{3BF}\u{3B4}\u{3C5}\u{3C2}", "x1", "4\u{B2}", "\u{217B}\u{2173}",
      "\u{3B1}\u{3C2}", "\u{3B1}\u{3C3}", "stanbul",
    ]
    #expect(WordTokens.words(of: text).map { Array($0.unicodeScalars) } == expected.map { Array($0.unicodeScalars) })
  }

  @Test func `A row depends on its text alone, for any number of threads`() {
    let encoder = HashingEncoder(columns: 64)
    let many = (0..<200).map { "\(Self.texts[$0 % Self.texts.count]) \($0 % 7 == 0 ? "" : "word\($0)")" }
    let alone = many.map { encoder.encode([$0]) }
    ThreadCounts.forEach([1, 2, 5]) { _ in
      let together = encoder.encode(many)
      for row in many.indices {
        #expect(sparseRow(together, row).map(\.column) == sparseRow(alone[row], 0).map(\.column))
        #expect(sparseRow(together, row).map(\.value) == sparseRow(alone[row], 0).map(\.value))
      }
    }
    #expect(encoder.encode([]).rowCount == 0)
    #expect(encoder.encode([]).width == 64)
  }

  @Test func `Encoders are alike where their settings are`() {
    #expect(HashingEncoder().identity == HashingEncoder(columns: 4096, isSigned: true).identity)
    let others = [HashingEncoder(columns: 4095), HashingEncoder(isSigned: false)]
    for other in others { #expect(other.identity != HashingEncoder().identity) }
  }

  @Test func `An encoder without columns traps`() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = HashingEncoder(columns: 0)
    }
    expectTrapMessage(result, mentions: ["HashingEncoder", "0 columns"])
  }
}
