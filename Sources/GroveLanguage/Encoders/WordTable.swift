/// Words numbered in the order in which they came, compared byte by byte.
///
/// `String` takes canonically equivalent words for equal, vocabularies of other tools do not; and a dictionary of strings
/// would cost an allocation a word. Letters: V words.
struct WordTable: Sendable {
  private var bytes: [UInt8] = []
  /// Where each word begins, and where the last one ends. [V + 1]
  private var offsets: [Int] = [0]
  /// A word's number plus one, 0 where free; as many as a power of two, at least twice the words.
  private var slots = [Int32](repeating: 0, count: 16)

  /// No words.
  init() {}

  /// The words given, each numbered by its place; of equal ones the first is found.
  init(_ words: some Sequence<String>) {
    for word in words { append(Array(word.utf8)) }
  }

  /// V, the number of words.
  var count: Int { offsets.count - 1 }

  /// Bytes of a word.
  subscript(number: Int) -> ArraySlice<UInt8> { bytes[offsets[number]..<offsets[number + 1]] }

  /// A word as text.
  func word(_ number: Int) -> String { String(decoding: self[number], as: UTF8.self) }

  /// The words in the order of their numbers.
  var words: [String] { (0..<count).map { word($0) } }

  /// The number of a word, or nil.
  func number(of word: some RandomAccessCollection<UInt8>) -> Int? {
    let found = slots[slot(of: word)]
    return found == 0 ? nil : Int(found) - 1
  }

  /// The number of a word, which gets the next one where it is new.
  mutating func insert(_ word: some RandomAccessCollection<UInt8>) -> Int {
    let slot = slot(of: word)
    if slots[slot] != 0 { return Int(slots[slot]) - 1 }
    add(word, at: slot)
    return count - 1
  }

  /// Numbers a word even if it is there already; it is then found under its first number.
  mutating func append(_ word: some RandomAccessCollection<UInt8>) {
    let slot = slot(of: word)
    if slots[slot] == 0 { return add(word, at: slot) }
    bytes.append(contentsOf: word)
    offsets.append(bytes.count)
  }

  private mutating func add(_ word: some RandomAccessCollection<UInt8>, at slot: Int) {
    bytes.append(contentsOf: word)
    offsets.append(bytes.count)
    slots[slot] = Int32(count)
    if 2 * count > slots.count { grow() }
  }

  private mutating func grow() {
    slots = [Int32](repeating: 0, count: 2 * slots.count)
    for number in 0..<count {
      let slot = slot(of: self[number])
      if slots[slot] == 0 { slots[slot] = Int32(number + 1) }
    }
  }

  /// Where the word is, or where it would be.
  private func slot(of word: some RandomAccessCollection<UInt8>) -> Int {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in word { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
    hash ^= hash >> 32
    let mask = slots.count - 1
    var slot = Int(truncatingIfNeeded: (hash &* 0x9E37_79B9_7F4A_7C15) >> 20) & mask
    while slots[slot] != 0 {
      let other = self[Int(slots[slot]) - 1]
      if other.count == word.count && other.elementsEqual(word) { break }
      slot = (slot + 1) & mask
    }
    return slot
  }
}
