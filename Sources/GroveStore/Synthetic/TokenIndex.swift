import GroveKernels

/// The inverted index of a text: which words stand where, in the order in which they first come.
///
/// Words are told apart by bytes in a table of fixed size, so a text has at most 256 words.
struct TokenIndex {
  private static let slots = 1024
  private static let most = 256
  private static let numbers = (0..<most).map { Piece("\($0)") }

  private var text = ByteText(capacity: 1 << 12)
  /// The entry that begins the chain of a slot's word, right where its `round` is the present one.
  private var heads = [(entry: Int, round: Int)](repeating: (0, 0), count: slots)
  private var entries: [(start: Int, end: Int, next: Int, last: Int, isFirst: Bool)] = []
  private var round = 0

  /// How many words the text has.
  var count: Int { entries.count }

  /// Reads the abstract of a paper.
  ///
  /// - Returns: whether it has one.
  mutating func read(abstractOf paper: PlannedPaper, in contents: SyntheticContents) -> Bool {
    text.truncate(to: 0)
    guard contents.append(abstractOf: paper, to: &text) else { return false }
    entries.removeAll(keepingCapacity: true)
    round += 1
    var start = 0
    for place in 0...text.count where place == text.count || text[place] == UInt8(ascii: " ") {
      if place > start { add(start, place) }
      start = place + 1
    }
    return true
  }

  private mutating func add(_ start: Int, _ end: Int) {
    precondition(entries.count < Self.most, "TokenIndex: more than \(Self.most) words")
    let number = entries.count
    var hash: UInt32 = 2_166_136_261
    for place in start..<end { hash = (hash ^ UInt32(text[place])) &* 16_777_619 }
    var slot = Int(hash) & (Self.slots - 1)
    while heads[slot].round == round {
      let head = heads[slot].entry
      if equal(entries[head], start, end) {
        entries[entries[head].last].next = number
        entries[head].last = number
        return entries.append((start, end, -1, number, false))
      }
      slot = (slot + 1) & (Self.slots - 1)
    }
    heads[slot] = (number, round)
    entries.append((start, end, -1, number, true))
  }

  private func equal(
    _ entry: (start: Int, end: Int, next: Int, last: Int, isFirst: Bool), _ start: Int, _ end: Int
  ) -> Bool {
    entry.end - entry.start == end - start
      && (0..<end - start).allSatisfy { text[entry.start + $0] == text[start + $0] }
  }

  /// Adds `{"word":[places],…}`.
  func append(to out: inout ByteText) {
    out.append(UInt8(ascii: "{"))
    for (number, entry) in entries.enumerated() where entry.isFirst {
      out.append(number == 0 ? "\"" : ",\"")
      for place in entry.start..<entry.end { out.append(text[place]) }
      out.append("\":[")
      var next = number
      while next >= 0 {
        if next != number { out.append(UInt8(ascii: ",")) }
        out.append(Self.numbers[next])
        next = entries[next].next
      }
      out.append(UInt8(ascii: "]"))
    }
    out.append(UInt8(ascii: "}"))
  }

  /// Adds `{"IndexLength":…,"InvertedIndex":{…}}`.
  ///
  /// - Parameter gap: empty places behind the text, as real indices have them.
  func append(wrappedTo out: inout ByteText, gap: Int = 0) {
    out.append(#"{"IndexLength":"#)
    out.append(decimal: count + gap)
    out.append(#","InvertedIndex":"#)
    append(to: &out)
    out.append(UInt8(ascii: "}"))
  }
}
