import GroveKernels

/// Words of titles and abstracts.
///
/// A word is the paper's own topic's (as `SyntheticPlan.borrowedTopic` has it), any topic's, or one that all share;
/// within a topic each community has its favourites.
struct SyntheticWords {
  /// Words that may be drawn: those of the topics, then those they share.
  static let all = SyntheticTopic.all.flatMap(\.words) + SyntheticTopic.sharedWords

  private let pieces: [Piece]
  private let topicWords = SyntheticPlan.topicCount * SyntheticTopic.wordCount

  init() {
    // Each with a space behind it.
    pieces = Self.all.map { Piece($0 + " ") }
  }

  /// A word for a paper; `own` is the share of words of its topic.
  func draw(for paper: PlannedPaper, own: Double, in plan: SyntheticPlan, _ draws: inout RandomGenerator) -> Int {
    let scope = draws.unit()
    if scope < own {
      let topic = plan.borrowedTopic(of: paper, &draws)
      let word = (draws.skewed(SyntheticTopic.wordCount) + paper.group * 11) % SyntheticTopic.wordCount
      return topic * SyntheticTopic.wordCount + word
    }
    if scope < own + 0.08 { return draws.below(topicWords) }
    return topicWords + draws.skewed(pieces.count - topicWords)
  }

  /// Adds a word and the space behind it.
  func append(_ word: Int, to text: inout ByteText) { text.append(pieces[word]) }

  /// Adds a title, as the inside of a JSON string: now and then with HTML, escapes or nothing but "null".
  func append(
    titleOf paper: PlannedPaper, in plan: SyntheticPlan, _ draws: inout RandomGenerator, to text: inout ByteText
  ) {
    let dirt = draws.below(1000)
    if dirt == 0 { return text.append("null") }
    let start = text.count
    let length = 4 + draws.below(7)
    for place in 0..<length {
      let isMiddle = place == length / 2
      if isMiddle {
        switch dirt {
        case 1..<20: text.append("&amp; ")
        case 20..<25: text.append("&lt;i&gt;")
        case 25..<35: text.append(#"na\u00efve "#)
        case 35..<45: text.append("Übersicht ")
        case 45..<48: text.append(#"\ud83d\ude00 "#)
        case 48..<52: text.append(#"\"and\/or\" "#)
        case 52..<56: text.append("&#x27;")
        default: break
        }
      }
      append(draw(for: paper, own: 0.4, in: plan, &draws), to: &text)
      if isMiddle, (20..<25).contains(dirt) { text.append("&lt;/i&gt; ") }
    }
    text.truncate(to: text.count - 1)
    text.capitalize(at: start)
  }

  /// Adds an abstract of some sentences, as the inside of a JSON string.
  func append(
    abstractOf paper: PlannedPaper, length: Int, in plan: SyntheticPlan, _ draws: inout RandomGenerator,
    to text: inout ByteText
  ) {
    var start = text.count
    var left = 8 + draws.below(16)
    for _ in 0..<length {
      append(draw(for: paper, own: 0.2, in: plan, &draws), to: &text)
      left -= 1
      if left == 0 {
        text.truncate(to: text.count - 1)
        text.append(". ")
        text.capitalize(at: start)
        start = text.count
        left = 8 + draws.below(16)
      }
    }
    text.truncate(to: text.count - 1)
    text.capitalize(at: start)
  }
}
