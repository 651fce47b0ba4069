import Foundation
import GroveGraphs
import GroveKernels
import TestSupport
import Testing

@testable import GroveLanguage

/// Reading word vectors, and finding a text's words among them.
@Suite struct WordVectorTests {
  private func read(_ text: String) throws -> WordVectors {
    let folder = try ScratchFolder()
    try write(["vectors.txt": text, "vocab.txt": "not looked at"], into: folder)
    return try WordVectors(folder: folder.path)
  }

  @Test func `Lines of words and numbers are read, whatever the spelling of numbers`() throws {
    let vectors = try read("the 0.418 -1 .5\n, 1e-05 -0.00048 2.\ncaf\u{E9} 1 2 3 \r\n. . . 0 0 1E3\nthe 9 9 9\n\n")
    #expect(vectors.width == 3)
    #expect(vectors.words == ["the", ",", "caf\u{E9}", ". . .", "the"])
    #expect(vectors["the"] == [0.418, -1, 0.5])
    #expect(vectors[","] == [1e-05, -0.00048, 2])
    #expect(vectors["caf\u{E9}"] == [1, 2, 3])
    #expect(vectors["cafe\u{301}"] == nil)
    #expect(vectors[". . ."] == [0, 0, 1000])
    #expect(vectors["missing"] == nil)
    // word2vec's first line, and no end of the last one.
    let counted = try read("2 4\na 1 2 3 4\nb 0.1 0.2 0.3 0.4")
    #expect(counted.count == 2)
    #expect(counted["b"] == [0.1, 0.2, 0.3, 0.4])
    #expect(try read("a 7\nb 8").width == 1)
  }

  @Test func `Numbers read as the system reads them`() throws {
    var random = TestRandom(4)
    let numbers = random.floats(4000, bound: 3).map { "\($0)" } + (0..<1000).map { "\(Double($0) / 7)" }
    let lines = numbers.enumerated().map { "w\($0.offset) \($0.element)" }.joined(separator: "\n")
    let vectors = try read(lines)
    #expect(Array(vectors.values) == numbers.map { Float($0) ?? .nan })
  }

  @Test func `A file of several pieces is read whole, each line once`() throws {
    // Above a mebibyte, so that threads share it; line lengths vary, so that no border falls well.
    var random = TestRandom(6)
    let count = 60_000
    let words = (0..<count).map { row in "w\(row)" + String(repeating: "x", count: Int(random.next() % 30)) }
    let vectors = try read(
      words.enumerated().map { "\($0.element) \($0.offset) -\($0.offset).5" }.joined(separator: "\n"))
    #expect(vectors.words == words)
    let expected: [[Float]] = (0..<count).map { row in [Float(row), -Float(row) - 0.5] }
    #expect(Array(vectors.values) == Array(expected.joined()))
  }

  @Test func `Broken files are told with the line`() throws {
    let folder = try ScratchFolder()
    let path = folder.file("v.txt")
    let broken = [
      "": "its first line is not a word and its numbers", "word\n": "its first line is not a word and its numbers",
      "a 1 2\nb 1\n": "line 2 is not a word and 2 numbers", "a 1 2\n\nb 1 x\n": "line 3 is not a word and 2 numbers",
      "a 1 2\nb 1 nan\n": "the vector of 'b' has a number that is not finite",
      "5 2\n": "0 words have 0 numbers in rows of 2",
    ]
    for (text, reason) in broken {
      try write(["v.txt": text], into: folder)
      #expect(throws: WordEncoderFailure.malformed(path: path, reason: reason)) {
        _ = try WordVectors(textFile: path)
      }
    }
    #expect(throws: WordEncoderFailure.malformed(path: "x.npy", reason: "1 words have 3 numbers in rows of 2")) {
      _ = try WordVectors(words: ["a"], values: [1, 2, 3], width: 2, place: "x.npy")
    }
    #expect(throws: FileFailure.missing(path: folder.file("none"))) { _ = try WordVectors(folder: folder.file("none")) }
    let empty = try ScratchFolder()
    #expect(throws: WordEncoderFailure.noVectors(folder: empty.path)) { _ = try WordVectors(folder: empty.path) }
  }

  @Test func `The words of a list are its lines`() throws {
    let folder = try ScratchFolder()
    try write(["vocab.txt": "the\n,\n\u{2028}x\nlast\n"], into: folder)
    #expect(try WordVectors.vocabulary(folder.file("vocab.txt")) == ["the", ",", "\u{2028}x", "last"])
  }

  @Test func `Stretches are looked up whole and then by their parts`() {
    let words = [
      "state-of-the-art", "e.g.", "u.s.", "3.14", "do", "n't", "graph", "'s", "we", "'ve", "state", "of", "art",
      "caf\u{E9}",
      "cafe\u{301}", "1,000", "o", "brien", "\u{3BF}\u{3B4}\u{3C5}\u{3C2}", "the", "GRAPH", "s", "ca", "t",
    ]
    func found(_ text: String, lowercase: Bool = true) -> [String] {
      var result: [String] = []
      GloVeWords(WordTable(words), lowercase: lowercase).forEach(in: text) { result.append(words[$0]) }
      return result
    }
    #expect(found("State-of-the-art graph!!!") == ["state-of-the-art", "graph"])
    #expect(found("(state-of-art), e.g., the U.S.") == ["state", "of", "art", "e.g.", "the", "u.s."])
    #expect(found("3.14 1,000. 2,000") == ["3.14", "1,000"])
    #expect(
      found("we don't; we've graph's graph\u{2019}s can't") == [
        "we", "do", "n't", "we", "'ve", "graph", "'s", "graph", "'s", "ca", "n't",
      ])
    #expect(
      found("O'Brien's \u{39F}\u{394}\u{3A5}\u{3A3}\u{3000}graph") == [
        "o", "brien", "'s", "\u{3BF}\u{3B4}\u{3C5}\u{3C2}", "graph",
      ])
    #expect(
      found("caf\u{E9} cafe\u{301}").map { Array($0.unicodeScalars) } == [
        Array("caf\u{E9}".unicodeScalars), Array("cafe\u{301}".unicodeScalars),
      ])
    #expect(found("GRAPH graph The", lowercase: false) == ["GRAPH", "graph"])
    #expect(found("", lowercase: true).isEmpty && found("... --- ''' ' 's' ").count == 1)
    #expect(found("graph" + String(repeating: "!", count: 1000) + "graph") == ["graph", "graph"])
    #expect(found("graph/graph") == ["graph", "graph"])
  }

  @Test func `A table finds each word among many, byte by byte`() {
    let words = (0..<5000).map { "word\($0 % 4000)" }
    var table = WordTable()
    let numbers = words.map { table.insert(Array($0.utf8)) }
    #expect(numbers == (0..<5000).map { $0 % 4000 })
    #expect(table.count == 4000)
    #expect(table.words == Array(words.prefix(4000)))
    #expect(table.number(of: Array("word4000".utf8)) == nil)
    let twice = WordTable(["a", "b", "a"])
    #expect(twice.count == 3)
    #expect(twice.number(of: Array("a".utf8)) == 0)
    #expect(WordTable(["\u{E9}", "e\u{301}"]).number(of: Array("e\u{301}".utf8)) == 1)
  }
}
