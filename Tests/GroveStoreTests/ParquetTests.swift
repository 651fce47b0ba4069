import Foundation
import GroveKernels
@testable import GroveStore
import TestSupport
import Testing

/// Texts out of Parquet files that pyarrow wrote.
@Suite struct ParquetTests {
  private func texts(_ bytes: Data, _ scratch: ScratchFolder) throws -> (name: String, texts: [String]) {
    try AtomicFile.write(bytes, to: scratch.file("x.parquet"))
    let file = try ParquetTexts(scratch.file("x.parquet"))
    var texts: [String] = []
    try file.forEach { texts.append($0) }
    #expect(texts.count == file.count)
    return (file.name, texts)
  }

  @Test func `Columns of texts are read, whatever their pages`() throws {
    let scratch = try ScratchFolder()
    let dictionary = try texts(ParquetSamples.dictionary, scratch)
    #expect(dictionary.name == "index" && dictionary.texts == ParquetSamples.texts)
    let plain = try texts(ParquetSamples.plain, scratch)
    #expect(plain.name == "word" && plain.texts == ParquetSamples.texts)
    #expect(try texts(ParquetSamples.both, scratch).texts == ParquetSamples.texts)
    #expect(try texts(ParquetSamples.empty, scratch).texts.isEmpty)
  }

  @Test(arguments: [
    (ParquetSamples.twoColumns, "holds 2 columns"), (ParquetSamples.numbers, "'a' holds no texts"),
    (ParquetSamples.binary, "'a' holds no texts"), (ParquetSamples.lists, "expected one of texts"),
    (ParquetSamples.missing, "a value is missing"), (ParquetSamples.gzip, "codec 2"),
    (ParquetSamples.version2, "version 2"), (ParquetSamples.delta, "encoding 6"),
    (Data("PAR1 but nothing more PAR1".utf8), "footer"), (Data("PAR1".utf8), "does not begin and end"),
    (Data(), "begin"),
  ])
  func `Other files are refused by what they hold`(bytes: Data, reason: String) throws {
    let scratch = try ScratchFolder()
    expectFailure(.badData, ["x.parquet", reason]) { _ = try texts(bytes, scratch) }
  }

  @Test func `Damaged files end in a failure or in texts`() throws {
    let scratch = try ScratchFolder()
    var generator = RandomStream(seed: 5).generator
    let samples = [ParquetSamples.dictionary, ParquetSamples.plain, ParquetSamples.both]
    var failed = 0
    func survives(_ bytes: Data) throws {
      do { _ = try texts(bytes, scratch) } catch let error as any Failure {
        #expect(!error.description.contains("\n"))
        failed += 1
      }
    }
    for sample in samples {
      for length in stride(from: 0, to: sample.count, by: 5) { try survives(sample.prefix(length)) }
    }
    // No file that is cut short is whole.
    #expect(failed == samples.reduce(0) { $0 + ($1.count + 4) / 5 })
    for round in 0..<4_000 {
      var bytes = [UInt8](samples[round % samples.count])
      for _ in 0...generator.next(below: 3) {
        bytes[generator.next(below: bytes.count)] = UInt8(generator.next(below: 256))
      }
      // Bytes left out from the middle keep the marks at both ends.
      if round % 7 == 0 { bytes.remove(at: 4 + generator.next(below: bytes.count - 8)) }
      try survives(Data(bytes))
    }
    #expect(failed > 2_000)
  }

  @Test func `Snappy blocks unpack literals of every length and copies that run into themselves`() throws {
    func unpacked(_ bytes: [UInt8], _ count: Int) throws -> [UInt8] {
      try SnappyBlock.unpacked(bytes[...], expected: count)
    }
    // "abc", then 7 bytes from 3 back (one-byte offset), then 5 from 2 back (two bytes), 1 from 4 back (four bytes).
    let mixed: [UInt8] = [16, 2 << 2, 97, 98, 99, 3 << 2 | 1, 3, 4 << 2 | 2, 2, 0, 0 << 2 | 3, 4, 0, 0, 0]
    #expect(String(decoding: try unpacked(mixed, 16), as: UTF8.self) == "abcabcabcacacaca")
    for count in [1, 2, 59, 60, 61, 255, 256, 257, 65_536, 65_537] {
      let literal = (0..<count).map { UInt8(truncatingIfNeeded: $0 * 7) }
      var block: [UInt8] = []
      var left = count
      while left >= 128 {
        block.append(UInt8(left & 127 | 128))
        left >>= 7
      }
      block.append(UInt8(left))
      let size = count - 1
      if size < 60 {
        block.append(UInt8(size << 2))
      } else {
        let width = size < 256 ? 1 : size < 65_536 ? 2 : 3
        block.append(UInt8((59 + width) << 2))
        for place in 0..<width { block.append(UInt8(size >> (8 * place) & 255)) }
      }
      #expect(try unpacked(block + literal, count) == literal)
      #expect(throws: ByteCursor.Damage.self) { try unpacked(block + literal.dropLast(), count) }
      #expect(throws: ByteCursor.Damage.self) { try unpacked(block + literal, count + 1) }
    }
    for bad: [UInt8] in [[], [4, 3 << 2 | 1, 1], [8, 0, 97, 3 << 2 | 1, 2], [2, 0, 97, 3 << 2 | 1, 1]] {
      #expect(throws: ByteCursor.Damage.self) { try unpacked(bad, Int(bad.first ?? 1)) }
    }
  }

  @Test func `Runs and packed groups of every width give back their numbers`() throws {
    var generator = RandomStream(seed: 9).generator
    for width in 0...32 {
      let limit = 1 << width
      var (bytes, expected): ([UInt8], [Int]) = ([], [])
      for round in 0..<6 {
        if round % 2 == 0 {
          let value = generator.next(below: limit)
          let count = 1 + generator.next(below: 60)
          bytes.append(UInt8(count << 1))
          for place in 0..<(width + 7) / 8 { bytes.append(UInt8(value >> (8 * place) & 255)) }
          expected += Array(repeating: value, count: count)
        } else {
          let values = (0..<16).map { _ in generator.next(below: limit) }
          bytes.append(2 << 1 | 1)
          // Bit by bit, the lowest first.
          var bits: [Int] = []
          for value in values { for place in 0..<width { bits.append(value >> place & 1) } }
          for start in stride(from: 0, to: bits.count, by: 8) {
            bytes.append(UInt8((0..<8).reduce(0) { $0 | bits[start + $1] << $1 }))
          }
          expected += values
        }
      }
      var numbers = try RunLengths(bytes[...], width: width)
      #expect(try expected.map { _ in try numbers.next() } == expected)
      #expect(throws: ByteCursor.Damage.self) { _ = try numbers.next() }
    }
    #expect(throws: ByteCursor.Damage.self) { _ = try RunLengths([1, 2][...], width: 33) }
  }
}
