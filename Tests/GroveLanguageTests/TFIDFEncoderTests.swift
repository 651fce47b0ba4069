import Foundation
import GroveGraphs
import GroveKernels
import TestSupport
import Testing

@testable import GroveLanguage

@Suite struct TFIDFEncoderTests {
  private static let corpus = [
    "graph neural networks learn graph representations", "a graph of papers papers cite papers",
    "neural representations of text", "graph",
  ]

  private func expect(_ settings: TFIDFEncoder.Settings, _ terms: [String], _ rows: [[Int: Double]]) throws {
    let encoder = try TFIDFEncoder(fitting: Self.corpus, settings: settings)
    #expect(encoder.vocabulary == terms)
    let features = encoder.encode(Self.corpus)
    for (row, expected) in rows.enumerated() {
      let found = sparseRow(features, row)
      #expect(found.map(\.column) == expected.keys.sorted(), "text \(row)")
      for (column, value) in found { #expect(abs(Double(value) - (expected[column] ?? 0)) < 1e-7, "text \(row)") }
    }
  }

  @Test func `Rows are those of scikit-learn`() throws {
    // TfidfVectorizer of scikit-learn 1.9.1.
    let all = ["cite", "graph", "learn", "networks", "neural", "of", "papers", "representations", "text"]
    try expect(
      TFIDFEncoder.Settings(), all,
      [
        [1: 0.578303127, 2: 0.4530118, 3: 0.4530118, 4: 0.357159706, 7: 0.357159706],
        [0: 0.301114641, 1: 0.192197575, 5: 0.237402241, 6: 0.903343922],
        [4: 0.465808549, 5: 0.465808549, 7: 0.465808549, 8: 0.590819081], [1: 1],
      ])
    try expect(
      TFIDFEncoder.Settings(isSublinear: true), all,
      [
        [1: 0.514559875, 2: 0.476129592, 3: 0.476129592, 4: 0.37538604, 7: 0.37538604],
        [0: 0.394264128, 1: 0.251653686, 5: 0.310842367, 6: 0.827407543],
        [4: 0.465808549, 5: 0.465808549, 7: 0.465808549, 8: 0.590819081], [1: 1],
      ])
    try expect(
      TFIDFEncoder.Settings(minimalTexts: 2), ["graph", "neural", "of", "representations"],
      [
        [0: 0.753167043, 1: 0.465155568, 3: 0.465155568], [0: 0.629227515, 2: 0.777221162],
        [1: 0.577350269, 2: 0.577350269, 3: 0.577350269], [0: 1],
      ])
    // "neural", "of" and "representations" come twice each: the alphabetically first stays.
    try expect(
      TFIDFEncoder.Settings(maximalTerms: 3), ["graph", "neural", "papers"],
      [[0: 0.850816098, 1: 0.525463573], [0: 0.208104268, 2: 0.978106647], [1: 1], [0: 1]])
    try expect(
      TFIDFEncoder.Settings(maximalTerms: 5, stopWords: ["of", "cite"]),
      ["graph", "learn", "neural", "papers", "representations"],
      [[0: 0.648682216, 1: 0.508143021, 2: 0.400625794, 4: 0.400625794], [0: 0.208104268, 3: 0.978106647]])
  }

  @Test func `Terms are in the order of their scalars and told apart byte by byte`() throws {
    let encoder = try TFIDFEncoder(fitting: [
      "zz Ab \u{E9}\u{E9} e\u{301} \u{FF41}b \u{10400}x _a 9a \u{1100}\u{1161} \u{AC00}\u{AC00}"
    ])
    #expect(
      encoder.vocabulary == [
        "9a", "_a", "ab", "zz", "\u{E9}\u{E9}", "\u{1100}\u{1161}", "\u{AC00}\u{AC00}", "\u{FF41}b", "\u{10428}x",
      ])
  }

  @Test func `What is saved reads back as the same encoder`() throws {
    let folder = try ScratchFolder()
    let settings = TFIDFEncoder.Settings(maximalTerms: 6, minimalTexts: 1, isSublinear: true, stopWords: ["of"])
    let fitted = try TFIDFEncoder(fitting: Self.corpus, settings: settings)
    try fitted.save(to: folder.file("new/encoder"))
    let read = try TFIDFEncoder(folder: folder.file("new/encoder"))
    #expect(read.identity == fitted.identity)
    #expect(read.settings == settings)
    #expect(read.textCount == 4)
    #expect(read.encode(Self.corpus) == fitted.encode(Self.corpus))
    // Saved again the bytes are equal.
    try read.save(to: folder.file("again"))
    let files = try ["new/encoder", "again"].map {
      try Data(contentsOf: URL(fileURLWithPath: "\(folder.file($0))/\(TFIDFEncoder.fileName)"))
    }
    #expect(files[0] == files[1])
  }

  @Test func `Encoders differ where corpus or settings do`() throws {
    let one = try TFIDFEncoder(fitting: Self.corpus)
    #expect(one.identity == (try TFIDFEncoder(fitting: Self.corpus)).identity)
    #expect(one.identity == (try TFIDFEncoder(fitting: Self.corpus.reversed())).identity)
    #expect(one.identity != (try TFIDFEncoder(fitting: Self.corpus + ["graph"])).identity)
    #expect(one.identity != (try TFIDFEncoder(fitting: Self.corpus, settings: .init(isSublinear: true))).identity)
  }

  @Test func `A row depends on its text alone, for any number of threads`() throws {
    let texts = (0..<1500).map {
      "\(Self.corpus[$0 % 4]) word\($0 % 97) word\($0 % 31) \($0 % 2 == 0 ? "even even" : "")"
    }
    let reference = try TFIDFEncoder(fitting: texts)
    let alone = texts.prefix(100).map { reference.encode([$0]) }
    try ThreadCounts.forEach([1, 3]) { _ in
      let encoder = try TFIDFEncoder(fitting: texts)
      #expect(encoder.identity == reference.identity)
      let together = encoder.encode(texts)
      #expect(together == reference.encode(texts))
      for row in alone.indices {
        #expect(sparseRow(together, row).map(\.column) == sparseRow(alone[row], 0).map(\.column))
        #expect(sparseRow(together, row).map(\.value) == sparseRow(alone[row], 0).map(\.value))
      }
    }
    let none = reference.encode(["", "nothing known"])
    #expect(sparseRow(none, 0).isEmpty && sparseRow(none, 1).isEmpty && none.rowCount == 2)
  }

  @Test func `Weights are those of counting slowly`() throws {
    var random = TestRandom(5)
    let texts = (0..<60).map { _ in
      (0..<Int(random.next() % 12)).map { _ in "w\(random.next() % 25)x" }.joined(separator: " ")
    }
    let encoder = try TFIDFEncoder(fitting: texts)
    let features = encoder.encode(texts)
    let words = texts.map { $0.split(separator: " ").map(String.init) }
    #expect(encoder.vocabulary == Set(words.joined()).sorted())
    for (row, text) in words.enumerated() {
      var values = encoder.vocabulary.map { term in
        let count = Double(text.count { $0 == term })
        let texts = Double(words.count { $0.contains(term) })
        return count * (log(61 / (1 + texts)) + 1)
      }
      let norm = values.reduce(0) { $0 + $1 * $1 }.squareRoot()
      if norm > 0 { values = values.map { $0 / norm } }
      var found = [Float](repeating: 0, count: values.count)
      for (column, value) in sparseRow(features, row) { found[column] = value }
      #expect(difference(found, values) < 1e-6)
    }
  }

  @Test(arguments: [[], [""], ["a b c"], ["- !"]]) func `Texts without a word are refused`(_ texts: [String]) {
    #expect(throws: WordEncoderFailure.noWords(encoder: "tfidf", texts: texts.count)) {
      _ = try TFIDFEncoder(fitting: texts)
    }
  }

  @Test func `A file that is missing or broken is told by its name`() throws {
    let folder = try ScratchFolder()
    let path = folder.file(TFIDFEncoder.fileName)
    #expect(throws: WordEncoderFailure.notFitted(folder: folder.path, encoder: "tfidf")) {
      _ = try TFIDFEncoder(folder: folder.path)
    }
    try TFIDFEncoder(fitting: Self.corpus).save(to: folder.path)
    let text = try String(contentsOfFile: path, encoding: .utf8)
    let broken = [
      String(text.dropLast(9)): "it is not the JSON of a fitted encoder",
      "{}": "it is not the JSON of a fitted encoder",
      text.replacing("\"tfidf\"", with: "\"glove\""):
        "it is of encoder 'glove', version 1, expected 'tfidf', version 1",
      text.replacing("\"version\":1", with: "\"version\":2"):
        "it is of encoder 'tfidf', version 2, expected 'tfidf', version 1",
      text.replacing("\"cite\",", with: ""): "it has 8 terms and 9 weights",
      text.replacing("\"cite\"", with: "\"graph\""): "term 'graph' is there twice",
    ]
    for (text, reason) in broken {
      try write([TFIDFEncoder.fileName: text], into: folder)
      #expect(throws: WordEncoderFailure.malformed(path: path, reason: reason)) {
        _ = try TFIDFEncoder(folder: folder.path)
      }
    }
  }

  @Test func `Asking for no terms traps`() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = try TFIDFEncoder(fitting: ["a word"], settings: .init(maximalTerms: 0))
    }
    expectTrapMessage(result, mentions: ["TFIDFEncoder", "0 terms"])
  }
}
