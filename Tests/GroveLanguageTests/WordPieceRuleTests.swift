import Foundation
import GroveKernels
import TestSupport
import Testing

@testable import GroveLanguage

/// The rules against slow forms of themselves.
@Suite struct WordPieceRuleTests {
  /// Greedy longest-match-first, by trying every length from the longest.
  private func slowPieces(_ word: String, _ vocabulary: [String: Int32], unknown: Int32) -> [Int32] {
    var rest = Array(word.unicodeScalars)
    var result: [Int32] = []
    var isFirst = true
    while !rest.isEmpty {
      var length = rest.count
      while length > 0 {
        let text = (isFirst ? "" : "##") + String(String.UnicodeScalarView(rest[..<length]))
        if let piece = vocabulary[text] {
          result.append(piece)
          break
        }
        length -= 1
      }
      if length == 0 { return [unknown] }
      rest.removeFirst(length)
      isFirst = false
    }
    return result
  }

  @Test func `Words become the pieces that trying every length finds`() throws {
    var random = TestRandom(3)
    let letters = Array("abc\u{6F0}\u{1112}\u{1F600}")
    func word(_ longest: Int) -> String {
      String(
        (0..<1 + Int(random.next() % UInt64(longest))).map { _ in letters[Int(random.next() % UInt64(letters.count))] })
    }
    for round in 0..<20 {
      var pieces = ["[UNK]", "[CLS]", "[SEP]"]
      for _ in 0..<10 * round { pieces.append((random.next() % 2 == 0 ? "" : "##") + word(4)) }
      let tokenizer = try WordPieceTokenizer(pieces: pieces)
      var vocabulary: [String: Int32] = [:]
      for (number, piece) in pieces.enumerated() { vocabulary[piece] = Int32(number) }
      for _ in 0..<200 {
        let word = word(9)
        #expect(tokenizer.pieces(of: word) == slowPieces(word, vocabulary, unknown: 0), "\(word) in \(pieces)")
      }
    }
  }

  @Test func `Decompositions are those of the system for all that Unicode 8 knew`() {
    var different: [UInt32] = []
    for value in UInt32(0x80)..<0x30000 {
      guard let scalar = Unicode.Scalar(value), let age = scalar.properties.age, age.major <= 8 else { continue }
      let expected = String(scalar).decomposedStringWithCanonicalMapping.unicodeScalars.map(\.value)
      let facts = ScalarFacts.of(value)
      if (facts.contains(.composed) ? ScalarFacts.decomposition(value) : [value]) != expected {
        different.append(value)
      }
    }
    #expect(different.isEmpty)
  }

  @Test func `Normalizing does to each text what its definition says`() {
    let uncased = WordPieceNormalizer()
    let cases = [
      ("\u{DC}n\u{EF}c\u{F6}d\u{E9} \u{C0}\u{C9}", "unicode ae"), ("a\u{327}\u{301}\u{323}b", "ab"),
      ("\u{AC01}", "\u{1100}\u{1161}\u{11A8}"), ("\u{AC00}", "\u{1100}\u{1161}"),
      ("\u{D7A3}", "\u{1112}\u{1175}\u{11C2}"),
      ("\u{1101}\u{1161}x", "\u{1101}\u{1161}x"), ("\u{A9BD}", "\u{A9BD}"), ("\u{1F82}", "\u{3B1}"), ("\u{212B}", "a"),
      // Marks that stay are put in the order of their classes: 216 before 224.
      ("a\u{302E}\u{1D165}b", "a\u{1D165}\u{302E}b"), ("\u{1D165}\u{302E}", "\u{1D165}\u{302E}"),
      ("a\u{1D16D}\u{301}\u{1D165}\u{302E}b", "a\u{1D165}\u{302E}\u{1D16D}b"),
      // The words of a text end where a Chinese character begins; a compatibility form becomes the usual one.
      ("\u{F900}x", " \u{8C48} x"), ("\t\r\n\u{3000}", "    "), ("\u{1F}\u{7F}\u{9F}", ""),
    ]
    for (text, expected) in cases {
      #expect(Array(uncased.normalized(text).utf8) == Array(expected.utf8), "\(text.debugDescription)")
    }
  }

  @Test func `Words end at space and stand alone at punctuation`() {
    #expect(WordPiecePreTokenizer.words(of: "") == [])
    #expect(WordPiecePreTokenizer.words(of: " a  b ") == ["a", "b"])
    #expect(
      WordPiecePreTokenizer.words(of: "a,b!?\u{2014}\u{3002}c") == [
        "a", ",", "b", "!", "?", "\u{2014}", "\u{3002}", "c",
      ])
    #expect(WordPiecePreTokenizer.words(of: "a+b=c\u{2212}d\u{1F600}") == ["a", "+", "b", "=", "c\u{2212}d\u{1F600}"])
    let signs = (0..<128).filter { WordPiecePreTokenizer.words(of: "a\(Unicode.Scalar(UInt8($0)))b").count == 3 }
    #expect(signs == Array(33...47) + Array(58...64) + Array(91...96) + Array(123...126))
  }
}
