import Foundation
import GroveKernels

extension TFIDFEncoder {
  /// Learns terms and their weights from a corpus.
  ///
  /// - Throws: `WordEncoderFailure.noWords` where no term may be kept.
  /// - Precondition: at least one term is asked for, and terms in at least one text.
  /// - Complexity: O(bytes of the texts + V log V) for V different words.
  public convenience init(fitting texts: [String], settings: Settings = Settings()) throws {
    precondition(
      settings.maximalTerms >= 1 && settings.minimalTexts >= 1,
      "TFIDFEncoder: \(settings.maximalTerms) terms in \(settings.minimalTexts) texts or more, both at least 1")
    let stops = WordTable(settings.stopWords)
    let parts = Workers.mapChunks(of: texts.count, atLeast: 512) { range in
      var part = TermCounts()
      for text in texts[range] { part.add(text, except: stops) }
      return part
    }
    var counts = TermCounts()
    for part in parts { counts.add(part) }
    // In the order of their bytes, which is that of their scalars.
    let kept = (0..<counts.words.count).filter { counts.texts[$0] >= settings.minimalTexts }
      .sorted { counts.words[$0].lexicographicallyPrecedes(counts.words[$1]) }
    var places = Array(kept.indices)
    if kept.count > settings.maximalTerms {
      places.sort { (counts.uses[kept[$1]], $0) < (counts.uses[kept[$0]], $1) }
      places = places.prefix(settings.maximalTerms).sorted()
    }
    guard !places.isEmpty else { throw WordEncoderFailure.noWords(encoder: TFIDFEncoder.name, texts: texts.count) }
    var terms = WordTable()
    var weights: [Double] = []
    for place in places {
      terms.append(counts.words[kept[place]])
      weights.append(log(Double(1 + texts.count) / Double(1 + counts.texts[kept[place]])) + 1)
    }
    try self.init(settings: settings, textCount: texts.count, terms: terms, weights: weights)
  }
}

/// How often words are used, and in how many texts.
private struct TermCounts: Sendable {
  var words = WordTable()
  /// How often each word is used.
  var uses: [Int] = []
  /// How many texts have it.
  var texts: [Int] = []
  /// The last text that had it.
  private var last: [Int] = []
  private var textCount = 0

  mutating func add(_ text: String, except stops: WordTable) {
    WordTokens.forEach(in: text) { bytes in
      guard stops.number(of: bytes) == nil else { return }
      let word = number(of: bytes)
      uses[word] += 1
      if last[word] != textCount {
        last[word] = textCount
        texts[word] += 1
      }
    }
    textCount += 1
  }

  /// Adds the counts of other texts.
  mutating func add(_ other: TermCounts) {
    for word in 0..<other.words.count {
      let own = number(of: other.words[word])
      uses[own] += other.uses[word]
      texts[own] += other.texts[word]
    }
  }

  private mutating func number(of bytes: some RandomAccessCollection<UInt8>) -> Int {
    let word = words.insert(bytes)
    if word == uses.count {
      uses.append(0)
      texts.append(0)
      last.append(-1)
    }
    return word
  }
}
