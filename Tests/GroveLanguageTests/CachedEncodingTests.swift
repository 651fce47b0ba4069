import Foundation
import GroveGraphs
import GroveKernels
import TestSupport
import Testing

@testable import GroveLanguage

/// Each text is encoded once, by whoever asks first.
@Suite struct CachedEncodingTests {
  private struct Stop: Error {}

  /// A cheap encoder that notes what it was asked.
  private final class Noting: TextEncoder {
    let width = 3
    let identity: String
    private(set) var asked: [[String]] = []
    var fails: (String) -> Bool = { _ in false }

    init(_ identity: String = "noting") { self.identity = Checksum.sha256(Data(identity.utf8)) }

    func encode(_ texts: [String]) throws -> FeatureMatrix {
      if texts.contains(where: fails) { throw Stop() }
      asked.append(texts)
      return .dense(values: .array(texts.flatMap(Noting.row)), width: width)
    }

    static func row(_ text: String) -> [Float] {
      let sum = text.utf8.reduce(0) { ($0 * 31 + Int($1)) % 65_536 }
      return [Float(sum), Float(text.utf8.count), 1 / Float(1 + sum)]
    }
  }

  private func encode(
    _ cached: CachedEncoding, _ texts: [String], progress: @escaping (CachedEncoding.Progress) throws -> Void = { _ in }
  ) throws -> [Float] {
    let keys = try cached.encode({ take in for text in texts { try take(text) } }, progress: progress)
    #expect(keys == texts.map { RowLog.Key(of: $0) })
    return try cached.rows(keys).values
  }

  /// Bytes of the only file of a folder.
  private func bytes(_ folder: ScratchFolder) throws -> Data {
    let files = try FileManager.default.contentsOfDirectory(atPath: folder.path)
    #expect(files.count == 1)
    return try Data(contentsOf: URL(fileURLWithPath: folder.file(files[0])))
  }

  @Test func `Equal texts are encoded once, and rows come in the order of the texts`() throws {
    let folder = try ScratchFolder()
    let encoder = Noting()
    let cached = try CachedEncoding(encoder, in: folder.path)
    let texts = ["b", "a", "b", "", "a", "", "c"]
    #expect(try encode(cached, texts) == texts.flatMap(Noting.row))
    #expect(encoder.asked == [["b", "a", "", "c"]])
    #expect(cached.cachedCount == 3)
    #expect(try encode(cached, []).isEmpty)
    #expect(encoder.asked.count == 1)
  }

  @Test func `Rows that were encoded before are at hand, for the same encoder alone`() throws {
    let folder = try ScratchFolder()
    _ = try encode(try CachedEncoding(Noting(), in: folder.file("cache")), ["a", "b"])
    let again = Noting()
    let cached = try CachedEncoding(again, in: folder.file("cache"))
    #expect(try encode(cached, ["c", "b", "a"]) == ["c", "b", "a"].flatMap(Noting.row))
    #expect(again.asked == [["c"]])
    #expect(cached.cachedCount == 2)
    let other = Noting("other")
    _ = try encode(try CachedEncoding(other, in: folder.file("cache")), ["a", "b"])
    #expect(other.asked == [["a", "b"]])
  }

  @Test(arguments: [0, 1, 255, 256, 257, 600]) func `Progress counts texts and ends with all of them`(
    count: Int
  ) throws {
    let folder = try ScratchFolder()
    let texts = (0..<count).map { "text \($0)" }
    var news: [Int] = []
    let cached = try CachedEncoding(Noting(), in: folder.path)
    #expect(try encode(cached, texts) { news.append($0.done) } == texts.flatMap(Noting.row))
    #expect(news == stride(from: 256, to: count, by: 256).map { $0 } + (count > 0 ? [count] : []))
  }

  @Test(arguments: 1...3) func `Work that was stopped goes on to the same bytes`(stopAfter: Int) throws {
    let (whole, stopped) = (try ScratchFolder(), try ScratchFolder())
    let texts = (0..<900).map { "text \($0 % 800)" }
    let expected = try encode(try CachedEncoding(Noting(), in: whole.path), texts)
    var pieces = 0
    #expect(throws: Stop.self) {
      _ = try encode(try CachedEncoding(Noting(), in: stopped.path), texts) { _ in
        pieces += 1
        if pieces == stopAfter { throw Stop() }
      }
    }
    let rest = Noting()
    #expect(try encode(try CachedEncoding(rest, in: stopped.path), texts) == expected)
    #expect(rest.asked.reduce(0) { $0 + $1.count } == 800 - 256 * stopAfter)
    #expect(try bytes(stopped) == bytes(whole))
  }

  @Test func `An encoder or a source of texts that fails loses the piece at hand alone`() throws {
    let folder = try ScratchFolder()
    let texts = (0..<600).map { "text \($0)" }
    let failing = Noting()
    failing.fails = { $0 == "text 300" }
    #expect(throws: Stop.self) { _ = try encode(try CachedEncoding(failing, in: folder.path), texts) }
    #expect(throws: Stop.self) {
      _ = try CachedEncoding(Noting(), in: folder.path).encode { take in
        try take("text 1")
        throw Stop()
      }
    }
    let rest = Noting()
    #expect(try encode(try CachedEncoding(rest, in: folder.path), texts) == texts.flatMap(Noting.row))
    #expect(rest.asked.flatMap { $0 } == Array(texts[256...]))
  }

  @Test func `A model's rows do not depend on what was at hand, to the bit`() throws {
    let (model, whole, parts) = (try ScratchFolder(), try ScratchFolder(), try ScratchFolder())
    let words = ["graph", "nodes", "a", "b", "text", "."]
    let texts = (0..<300).map { text in
      (0...text % 13).map { words[(text + $0 * $0) % 6] }.joined(separator: " ")
    }
    let encoder = try TinyBert.encoder(normalize: true, in: model)
    let expected = try encode(try CachedEncoding(encoder, in: whole.path), texts)
    _ = try encode(
      try CachedEncoding(encoder, in: parts.path), texts.enumerated().filter { $0.offset % 3 == 1 }.map(\.element))
    #expect(sameBits(try encode(try CachedEncoding(encoder, in: parts.path), texts), expected))
    let plain = try encoder.encode(texts)
    #expect(sameBits(expected, texts.indices.flatMap { denseRow(plain, $0) }))
  }
}
