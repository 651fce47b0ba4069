public import GroveGraphs
import Foundation
import GroveKernels

/// The mean of a text's word vectors, rare words weighing more, without what all texts have in common.
///
///     v = 1/n · Σ over the n known words w of a / (a + p(w)) · vector(w);   row = v − (u · v) u
///
/// p(w) is the share of w among the known words of the corpus that the encoder was fitted to, 0 for words that it lacks;
/// u the first singular vector of the corpus' rows v, of length 1. Unknown words are passed over; a text without a known
/// word is a row of zeros. Which words a text has: the lower-cased text is split at white space; a stretch without the
/// signs around it is a word if the vocabulary has it, else its runs of letters and digits are. Letters: V words, F width.
///
/// - Source: Pennington, Socher, Manning 2014 (vectors); Arora, Liang, Ma 2017, algorithm 1 (weights). Differs: u is that
///   of the corpus the encoder was fitted to, not of the texts at hand, so that a row depends on its text alone.
public final class GloVeEncoder: FittedWordEncoder {
  /// The encoder's name in commands.
  public static let name = "glove"
  /// Its settings.
  public static let options = [
    EncoderOption("smoothing", "0.001", "a in the weight a / (a + p) of a word with share p of the corpus"),
    EncoderOption("lowercase", "true", "whether words are looked up in lower case; false for cased vectors"),
  ]
  /// Name of its file in a folder.
  public static let fileName = "glove.json"

  /// What may be chosen before fitting.
  public struct Settings: Sendable, Equatable, Codable {
    /// a, by which frequent words lose weight: the smaller, the more.
    public var smoothing = 1e-3
    /// Whether words are looked up in lower case.
    public var lowercase = true

    /// As in the paper, with vectors of lower-cased words.
    public init(smoothing: Double = 1e-3, lowercase: Bool = true) {
      self.smoothing = smoothing
      self.lowercase = lowercase
    }
  }

  /// The vectors of single words.
  public let vectors: WordVectors
  /// What was chosen.
  public let settings: Settings
  /// A hash of the vectors, the corpus' counts, the common direction and the settings.
  public let identity: String

  /// How often the corpus has each word. [V]
  let counts: [Int]
  /// u, zeros where the corpus has no direction.
  let common: [Double]
  private let means: WeightedMeans

  /// Learns word shares and the common direction from a corpus.
  ///
  /// - Throws: `WordEncoderFailure.noWords` where no text has a known word.
  /// - Precondition: smoothing is positive.
  /// - Complexity: O(bytes + words · F + texts · F²).
  public convenience init(vectors: WordVectors, fitting texts: [String], settings: Settings = Settings()) throws {
    precondition(settings.smoothing > 0, "GloVeEncoder: smoothing \(settings.smoothing), which must be above 0")
    let words = GloVeWords(vectors.table, lowercase: settings.lowercase)
    let found = Workers.mapChunks(of: texts.count, atLeast: 256) { range in
      var numbers: [Int32] = []
      for text in texts[range] { words.forEach(in: text) { numbers.append(Int32($0)) } }
      return numbers
    }
    var counts = [Int](repeating: 0, count: vectors.count)
    for number in found.joined() { counts[Int(number)] += 1 }
    guard counts.contains(where: { $0 > 0 }) else {
      throw WordEncoderFailure.noWords(encoder: GloVeEncoder.name, texts: texts.count)
    }
    let means = WeightedMeans(vectors: vectors, counts: counts, settings: settings)
    let common = GloVeEncoder.commonDirection(of: texts, means)
    try self.init(vectors: vectors, settings: settings, counts: counts, common: common, means: means)
  }

  /// - Parameter means: those of these vectors, counts and settings.
  init(vectors: WordVectors, settings: Settings, counts: [Int], common: [Double], means: WeightedMeans) throws {
    self.means = means
    self.vectors = vectors
    self.settings = settings
    self.counts = counts
    self.common = common
    identity = Checksum.sha256(
      try GloVeFile(vectors: vectors, settings: settings, counts: counts, common: common).data)
  }

  /// F, the numbers of a vector.
  public var width: Int { vectors.width }

  /// Dense rows of the texts.
  ///
  /// - Shape: [texts, F].
  /// - Complexity: O(bytes + words · F) a text.
  public func encode(_ texts: [String]) -> FeatureMatrix {
    let (means, common) = (means, common)
    let parts = Workers.mapChunks(of: texts.count, atLeast: 32) { range in
      var rows: [Float] = []
      rows.reserveCapacity(range.count * common.count)
      for text in texts[range] {
        let mean = means.mean(of: text)
        let along = zip(mean, common).reduce(0.0) { $0 + $1.0 * $1.1 }
        for (value, direction) in zip(mean, common) { rows.append(Float(value - along * direction)) }
      }
      return rows
    }
    return .dense(values: .array(Array(parts.joined())), width: width)
  }
}

/// Means of a text's word vectors, each with the weight of its word.
struct WeightedMeans: Sendable {
  private let vectors: WordVectors
  private let words: GloVeWords
  /// a / (a + p(w)) of each word. [V]
  private let weights: [Double]

  init(vectors: WordVectors, counts: [Int], settings: GloVeEncoder.Settings) {
    self.vectors = vectors
    words = GloVeWords(vectors.table, lowercase: settings.lowercase)
    let total = Double(max(1, counts.reduce(0, +)))
    weights = counts.map { settings.smoothing / (settings.smoothing + Double($0) / total) }
  }

  /// v of a text, zeros where it has no known word. [F]
  func mean(of text: String) -> [Double] {
    let width = vectors.width
    var sum = [Double](repeating: 0, count: width)
    var count = 0
    words.forEach(in: text) { number in
      let weight = weights[number]
      let start = number * width
      for column in 0..<width { sum[column] += weight * Double(vectors.values[start + column]) }
      count += 1
    }
    return count == 0 ? sum : sum.map { $0 / Double(count) }
  }
}
