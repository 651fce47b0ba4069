import GroveKernels
import GroveTensors

/// How the rows of a text's tokens become one row.
public enum Pooling: Sendable, Equatable {
  /// The row of the first token.
  case cls
  /// The mean over all tokens, the special ones included.
  case mean
  /// The largest entry of each column.
  case max
  /// The sum over all tokens over the root of their number.
  case meanOverRoot

  /// In the order in which sentence-transformers puts them side by side.
  private static let keys: [(key: String, pooling: Pooling)] = [
    ("pooling_mode_cls_token", .cls), ("pooling_mode_max_tokens", .max), ("pooling_mode_mean_tokens", .mean),
    ("pooling_mode_mean_sqrt_len_tokens", .meanOverRoot),
  ]

  /// What a pooling module's `config.json` asks for; several are put side by side.
  ///
  /// - Throws: `EncoderFailure` where it asks for none, or for one that is not known.
  static func read(folder: String) throws -> [Pooling] {
    let settings = try ModelSettings("\(folder)/config.json")
    for other in ["pooling_mode_weightedmean_tokens", "pooling_mode_lasttoken"] where settings.flag(other) {
      throw EncoderFailure.unsupported(
        path: settings.path, reason: "'\(other)' is not read", advice: "give a model with cls, mean or max pooling")
    }
    let named: [String: Pooling] = ["cls": .cls, "max": .max, "mean": .mean, "mean_sqrt_len_tokens": .meanOverRoot]
    var asked = keys.filter { settings.flag($0.key) }.map(\.pooling)
    let words = settings.text("pooling_mode").map { [$0] } ?? settings.names("pooling_mode")
    if asked.isEmpty, words.allSatisfy({ named[$0] != nil }) { asked = words.compactMap { named[$0] } }
    if asked.isEmpty {
      throw EncoderFailure.unsupported(
        path: settings.path, reason: "it asks for no pooling that is known", advice: "use cls, mean or max")
    }
    return asked
  }

  /// Rows of the sequences.
  ///
  /// - Shape: tokens [tokens, d] → [segments, d].
  func callAsFunction(_ tokens: Tensor, over segments: Segments) -> Tensor {
    switch self {
    case .cls: return tokens.gathering(rows: segments.offsets.dropLast().map { Int32($0) })
    case .mean: return tokens.segmentMean(segments)
    case .max: return tokens.segmentMaximum(segments)
    case .meanOverRoot:
      let roots = zip(segments.offsets, segments.offsets.dropFirst()).map { Float($1 - $0).squareRoot() }
      return tokens.segmentMean(segments).scalingRows(by: Tensor(roots, rows: roots.count, columns: 1))
    }
  }
}
