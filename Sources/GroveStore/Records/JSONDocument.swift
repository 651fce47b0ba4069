import CSimdJSON
import GroveKernels

/// One JSON document in memory, parsed as a whole.
struct JSONDocument: ~Copyable {
  /// Its values; good as long as the document is there.
  let tape: JSONTape
  private let parser: OpaquePointer

  /// - Throws: `FormatFailure.malformed` for text that is not JSON, or nests more than 1,024 deep.
  init(_ text: [UInt8], place: String) throws {
    guard let parser = grove_json_create() else {
      throw FileFailure.cannotCreate(path: "a JSON parser", code: 12)
    }
    let padded = text + [UInt8](repeating: 0, count: Int(grove_json_padding))
    var words: UnsafePointer<UInt64>?
    var strings: UnsafePointer<UInt8>?
    let code = padded.withUnsafeBytes { bytes in
      grove_json_parse(parser, bytes.baseAddress!.assumingMemoryBound(to: CChar.self), text.count, &words, &strings)
    }
    guard code == 0, let words, let strings else {
      grove_json_free(parser)
      let reason = grove_json_error(code).map { String(cString: $0) } ?? "unknown"
      throw FormatFailure.bad(
        place, "is not JSON: \(plain(reason.prefix { $0 != "\n" }.description).lowercased())", do: "correct the file")
    }
    self.parser = parser
    tape = JSONTape(words: words, strings: strings, mayHoldZeros: false)
  }

  deinit { grove_json_free(parser) }
}
