public import GroveGraphs
import Foundation
import GroveKernels

/// Words weighted by how often a text has them and how few texts do.
///
///     x[t] = tf(t) · idf(t);   idf(t) = ln((1 + n) / (1 + df(t))) + 1;   row = x / ‖x‖
///
/// tf is the number of times that a text has the term, or 1 + ln of it (`sublinear`); n the number of texts that the
/// encoder was fitted to, df(t) how many of them have the term. Words are those of scikit-learn: the lower-cased text's
/// runs of two or more letters, numbers or `_`. Letters: F terms.
///
/// - Source: Spärck Jones 1972; Salton, Buckley 1988. Formula and words as in scikit-learn 1.9.1, `TfidfVectorizer`, whose
///   rows are the same to the last digits of a `Float`. Differs: 3,000 terms at most instead of all.
public final class TFIDFEncoder: FittedWordEncoder {
  /// What may be chosen before fitting.
  public struct Settings: Sendable, Equatable, Codable {
    /// The most terms that are kept: those that the corpus has most often, of equal ones the alphabetically first.
    public var maximalTerms = 3000
    /// The fewest texts that a term must be in.
    public var minimalTexts = 1
    /// Whether 1 + ln(tf) takes the place of tf.
    public var isSublinear = false
    /// Words that are passed over, in lower case.
    public var stopWords: [String] = []

    /// 3,000 terms, each in one text at least, no stop words.
    public init(maximalTerms: Int = 3000, minimalTexts: Int = 1, isSublinear: Bool = false, stopWords: [String] = []) {
      self.maximalTerms = maximalTerms
      self.minimalTexts = minimalTexts
      self.isSublinear = isSublinear
      self.stopWords = stopWords
    }
  }

  /// The encoder's name in commands.
  public static let name = "tfidf"
  /// Its settings.
  public static let options = [
    EncoderOption("terms", "3000", "the most terms that are kept, those that the corpus has most often"),
    EncoderOption("min-texts", "1", "the fewest texts that a term must be in"),
    EncoderOption("sublinear", "false", "whether 1 + ln(count) takes the place of a count"),
    EncoderOption("stop-words", "none", "none, or english: words that are passed over"),
  ]
  /// Name of its file in a folder.
  public static let fileName = "tfidf.json"

  /// What was chosen.
  public let settings: Settings
  /// n, the number of texts that it was fitted to.
  public let textCount: Int
  /// A hash of terms, weights and settings.
  public let identity: String

  let terms: WordTable
  /// idf of each term. [F]
  let weights: [Double]

  init(settings: Settings, textCount: Int, terms: WordTable, weights: [Double]) throws {
    self.settings = settings
    self.textCount = textCount
    self.terms = terms
    self.weights = weights
    identity = Checksum.sha256(
      try TFIDFFile(settings: settings, texts: textCount, terms: terms.words, weights: weights).data)
  }

  /// F, the number of terms.
  public var width: Int { terms.count }

  /// True: a text has few of the words.
  public var givesSparseRows: Bool { true }

  /// The terms in the order of the columns, which is that of their scalars.
  public var vocabulary: [String] { terms.words }

  /// Rows of length 1, sparse; a text without any of the terms has an empty one.
  ///
  /// - Shape: [texts, F].
  /// - Complexity: O(bytes + words · log words) a text.
  public func encode(_ texts: [String]) -> FeatureMatrix {
    let (terms, weights, isSublinear) = (terms, weights, settings.isSublinear)
    return sparseFeatures(of: texts, width: width) { text in
      var found: [Int32] = []
      WordTokens.forEach(in: text) { word in
        if let term = terms.number(of: word) { found.append(Int32(term)) }
      }
      found.sort()
      var columns: [Int32] = []
      var values: [Double] = []
      for term in found {
        if columns.last == term {
          values[values.count - 1] += 1
        } else {
          columns.append(term)
          values.append(1)
        }
      }
      for (place, column) in columns.enumerated() {
        values[place] = (isSublinear ? 1 + log(values[place]) : values[place]) * weights[Int(column)]
      }
      return zip(columns, normalized(values)).map { ($0, Float($1)) }
    }
  }
}
