import ArgumentParser
import GroveLanguage

/// The flags that choose a text encoder.
struct EncoderOptions: ParsableArguments {
  @Option(help: "hash, tfidf, glove, minilm or bert.") var encoder: String
  @Option(help: "Folder of the model, or of what a fitted encoder saved.") var model: String?
  @Option(
    name: .customLong("encoder-options"),
    help: "Settings of the encoder, separated by commas, such as columns=4096 (hash) or terms=3000 (tfidf).")
  var settings: String?
  @Flag(inversion: .prefixedNo, help: "Rows of length 1 (default: as the model says).") var normalize: Bool?
  @Option(help: "Put before every text, such as 'passage: '.") var prefix: String?
  @Option(help: "Texts longer than the model takes: truncate (their end is left out) or average (over pieces).")
  var long: String?
  @Option(name: .customLong("max-tokens"), help: "Most tokens of a text (default: as the model says).")
  var maxTokens: Int?

  var request: EncoderRequest {
    get throws {
      var request = EncoderRequest(encoder, folder: model)
      request.options = settings?.split(separator: ",").map(String.init) ?? []
      (request.normalizes, request.prefix, request.limit) = (normalize, prefix, maxTokens)
      if let long {
        guard let way = BertEncoder.LongTexts(rawValue: long) else {
          throw EncoderFailure.option(
            encoder: encoder, reason: "--long is '\(long)'", advice: "it must be truncate or average")
        }
        request.longTexts = way
      }
      return request
    }
  }
}
