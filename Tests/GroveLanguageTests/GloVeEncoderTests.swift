import Foundation
import GroveGraphs
import GroveKernels
import TestSupport
import Testing

@testable import GroveLanguage

@Suite struct GloVeEncoderTests {
  private static let words = ["graph", "neural", "papers", "cite", "the"]
  private static let values: [Float] = [1, 0, 2, 0, 1, -1, 0.5, 0.5, 0.5, -1, 2, 0, 3, 1, 1]
  private static let corpus = ["The graph.", "neural graph, the unknown", "Papers cite the papers", "cite", ""]

  private func vectors() throws -> WordVectors {
    try WordVectors(words: Self.words, values: .array(Self.values), width: 3)
  }

  private func expect(_ encoder: GloVeEncoder, _ texts: [String], _ rows: [[Double]]) {
    let features = encoder.encode(texts)
    #expect(features.rowCount == texts.count)
    #expect(features.width == 3)
    for (row, expected) in rows.enumerated() {
      #expect(difference(denseRow(features, row), expected) < 1e-6, "\(texts[row])")
    }
  }

  @Test func `Rows are weighted means without the common direction`() throws {
    // Worked with numpy 2.4.6: a / (a + p) by hand, the direction from numpy.linalg.svd.
    let encoder = try GloVeEncoder(vectors: vectors(), fitting: Self.corpus, settings: .init(smoothing: 0.5))
    #expect(difference(encoder.common.map { Float($0) }, [0.78401497, 0.31319604, 0.53593728]) < 1e-7)
    expect(
      encoder, Self.corpus + ["neural NEURAL papers", "all unknown", "  \n"],
      [
        [-0.00931977806, -0.208403231313, 0.135422399567], [0.042295832846, 0.158220532876, -0.154336363432],
        [-0.129979322167, 0.452785623551, -0.074458207837], [-0.626015207967, 1.463833475757, 0.06033998903],
        [0, 0, 0], [0.063635571064, 0.65246732955, -0.474386527069], [0, 0, 0], [0, 0, 0],
      ])
    let usual = try GloVeEncoder(vectors: vectors(), fitting: Self.corpus)
    #expect(usual.settings.smoothing == 0.001)
    expect(usual, ["neural neural papers"], [[-0.000674807228, 0.005726759898, -0.007016806573]])
  }

  @Test func `Rows have nothing along the common direction, and one text's row is all of it`() throws {
    let encoder = try GloVeEncoder(vectors: vectors(), fitting: Self.corpus)
    let features = encoder.encode(Self.corpus)
    for row in Self.corpus.indices {
      let along = zip(denseRow(features, row), encoder.common).reduce(0.0) { $0 + Double($1.0) * $1.1 }
      #expect(abs(along) < 1e-8)
    }
    let single = try GloVeEncoder(vectors: vectors(), fitting: ["graph"])
    #expect(denseRow(single.encode(["graph"]), 0).allSatisfy { abs($0) < 1e-9 })
    // Vectors of zeros have no direction to take away.
    let zeros = try WordVectors(words: ["a"], values: [0, 0], width: 2)
    let still = try GloVeEncoder(vectors: zeros, fitting: ["a", "a a"])
    #expect(still.common == [0, 0])
    #expect(denseRow(still.encode(["a"]), 0) == [0, 0])
  }

  @Test func `The leading direction is that of the largest eigenvalue`() {
    #expect(GloVeEncoder.leadingVector(of: [2, 0, 0, 5], width: 2) == [0, 1])
    let found = GloVeEncoder.leadingVector(of: [2, 1, 1, 2], width: 2)
    #expect(difference(found.map { Float($0) }, [0.7071067812, 0.7071067812]) < 1e-7)
    #expect(GloVeEncoder.leadingVector(of: [0, 0, 0, 0], width: 2) == [0, 0])
    var random = TestRandom(8)
    let rows = (0..<12).map { _ in random.floats(6).map(Double.init) }
    let matrix = (0..<36).map { place in rows.reduce(0.0) { $0 + $1[place / 6] * $1[place % 6] } }
    let vector = GloVeEncoder.leadingVector(of: matrix, width: 6)
    let image = (0..<6).map { row in (0..<6).reduce(0.0) { $0 + matrix[row * 6 + $1] * vector[$1] } }
    let value = zip(image, vector).reduce(0.0) { $0 + $1.0 * $1.1 }
    #expect(difference(image.map { Float($0) }, vector.map { $0 * value }) < 1e-5)
    // No other direction is longer.
    for _ in 0..<200 {
      let other = random.floats(6).map(Double.init)
      let length = other.reduce(0) { $0 + $1 * $1 }
      let product = (0..<36).reduce(0.0) { $0 + matrix[$1] * other[$1 / 6] * other[$1 % 6] }
      #expect(product <= value * length * (1 + 1e-9))
    }
  }

  @Test func `A row depends on its text alone, for any number of threads`() throws {
    let vectors = try vectors()
    let texts = (0..<1100).map { row in
      Self.words.enumerated().filter { (row + 3 * $0.offset) % 4 < 2 }.map(\.element).joined(separator: " ")
    }
    let reference = try GloVeEncoder(vectors: vectors, fitting: texts)
    let together = reference.encode(texts)
    for row in 0..<50 { #expect(sameBits(denseRow(reference.encode([texts[row]]), 0), denseRow(together, row))) }
    try ThreadCounts.forEach([1, 3]) { _ in
      let encoder = try GloVeEncoder(vectors: vectors, fitting: texts)
      #expect(encoder.identity == reference.identity)
      #expect(encoder.encode(texts) == together)
    }
    #expect(reference.encode([]) == .dense(values: [], width: 3))
  }

  @Test func `What is saved reads back as the same encoder, with the same vectors only`() throws {
    let folder = try ScratchFolder()
    let fitted = try GloVeEncoder(vectors: vectors(), fitting: Self.corpus, settings: .init(smoothing: 0.01))
    #expect(throws: WordEncoderFailure.notFitted(folder: folder.path, encoder: "glove")) {
      _ = try GloVeEncoder(vectors: vectors(), folder: folder.path)
    }
    try fitted.save(to: folder.path)
    let read = try GloVeEncoder(vectors: vectors(), folder: folder.path)
    #expect(read.identity == fitted.identity)
    #expect(read.encode(Self.corpus) == fitted.encode(Self.corpus))
    var values = Self.values
    values[4] += 0.001
    let path = folder.file(GloVeEncoder.fileName)
    #expect(throws: WordEncoderFailure.otherVectors(path: path)) {
      _ = try GloVeEncoder(
        vectors: WordVectors(words: Self.words, values: .array(values), width: 3), folder: folder.path)
    }
    let text = try String(contentsOfFile: path, encoding: .utf8)
    try write([GloVeEncoder.fileName: text.replacing("\"rows\":[0,", with: "\"rows\":[99,")], into: folder)
    let reason = "its counts or its direction do not fit the word vectors"
    #expect(throws: WordEncoderFailure.malformed(path: path, reason: reason)) {
      _ = try GloVeEncoder(vectors: vectors(), folder: folder.path)
    }
  }

  @Test func `Encoders differ where vectors, corpus or settings do`() throws {
    let one = try GloVeEncoder(vectors: vectors(), fitting: Self.corpus)
    let swapped = try WordVectors(
      words: ["neural", "graph", "papers", "cite", "the"], values: .array(Self.values), width: 3)
    let others = [
      try GloVeEncoder(vectors: vectors(), fitting: ["graph"]),
      try GloVeEncoder(vectors: swapped, fitting: Self.corpus),
      try GloVeEncoder(vectors: vectors(), fitting: Self.corpus, settings: .init(smoothing: 0.1)),
      try GloVeEncoder(vectors: vectors(), fitting: Self.corpus, settings: .init(lowercase: false)),
    ]
    #expect(Set((others + [one]).map(\.identity)).count == 5)
  }

  @Test func `A corpus without a known word is refused`() throws {
    for texts in [[], ["", "unknown"]] {
      #expect(throws: WordEncoderFailure.noWords(encoder: "glove", texts: texts.count)) {
        _ = try GloVeEncoder(vectors: vectors(), fitting: texts)
      }
    }
  }
}
