/// From the place of a paper's record in a dump to the paper's number.
///
/// Papers are numbered in the order in which they are first read. Memory: a bit a record, four bytes a repeated one.
struct PaperNumbers: Sendable {
  /// What stands for papers that are not numbered.
  static let none = UInt32.max

  /// Records of papers, repeated ones included.
  let recordCount: Int
  /// N, papers with a number.
  private(set) var count: Int
  private let firstOrdinal: [UInt64]
  /// Bits of repeated records, and how many there are before each word.
  private var repeated: [UInt64] = []
  private var before: [UInt32] = []
  /// Of repeated records in their order: the one that counts, where something of theirs goes there.
  private var originals: [UInt32] = []

  /// A record that does not count.
  struct Repeated: Sendable {
    var ordinal: UInt32
    /// The record that counts; nil for those of papers that are gone.
    var original: UInt32?
    /// Two dumps' records of one paper: both tell its fields.
    var isLinked = false
    /// The record that counts has its references too.
    var addsReferences = false
  }
  private static let linked: UInt32 = 1 << 31

  /// - Parameter papersOfBatch: by batch number.
  init(papersOfBatch: [Int]) {
    var ordinals: [UInt64] = []
    var sum: UInt64 = 0
    for papers in papersOfBatch {
      ordinals.append(sum)
      sum += UInt64(papers)
    }
    firstOrdinal = ordinals
    recordCount = Int(sum)
    count = Int(sum)
  }

  /// Place of a record among all papers' records.
  @inline(__always) func ordinal(_ sequence: UInt64) -> UInt32 {
    UInt32(truncatingIfNeeded: firstOrdinal[Int(sequence >> 24)] + (sequence & 0xff_ffff))
  }

  /// The paper's number, or `none` for repeated records.
  @inline(__always) func number(ofOrdinal ordinal: UInt32) -> UInt32 {
    if repeated.isEmpty { return ordinal }
    let word = Int(ordinal >> 6)
    let bit = UInt64(1) << UInt64(ordinal & 63)
    if repeated[word] & bit != 0 { return PaperNumbers.none }
    return ordinal - before[word] - UInt32((repeated[word] & (bit - 1)).nonzeroBitCount)
  }

  /// Whether a repeated record adds its references to the one that counts.
  func addsReferences(ofOrdinal ordinal: UInt32) -> Bool { original(of: ordinal) != nil }

  @inline(__always) func number(_ sequence: UInt64) -> UInt32 { number(ofOrdinal: ordinal(sequence)) }

  /// The number whose references a record adds to: its own, or that of the record that counts in its place.
  @inline(__always) func numberForReferences(_ sequence: UInt64) -> UInt32 {
    let ordinal = ordinal(sequence)
    let own = number(ofOrdinal: ordinal)
    if own != PaperNumbers.none || originals.isEmpty { return own }
    return original(of: ordinal).map { number(ofOrdinal: $0 & ~PaperNumbers.linked) } ?? PaperNumbers.none
  }

  /// The number whose fields a record adds to: its own, or that of the record of another dump.
  @inline(__always) func numberForFields(_ sequence: UInt64) -> UInt32 {
    let ordinal = ordinal(sequence)
    let own = number(ofOrdinal: ordinal)
    if own != PaperNumbers.none || originals.isEmpty { return own }
    guard let original = original(of: ordinal), original & PaperNumbers.linked != 0 else { return PaperNumbers.none }
    return number(ofOrdinal: original & ~PaperNumbers.linked)
  }

  /// What a repeated record adds to, with the mark of linked ones.
  private func original(of ordinal: UInt32) -> UInt32? {
    guard !originals.isEmpty else { return nil }
    let word = Int(ordinal >> 6)
    let bit = UInt64(1) << UInt64(ordinal & 63)
    guard repeated[word] & bit != 0 else { return nil }
    let original = originals[Int(before[word]) + (repeated[word] & (bit - 1)).nonzeroBitCount]
    return original == PaperNumbers.none ? nil : original
  }

  /// Leaves records out.
  ///
  /// - Precondition: fewer than 2³¹ records, each listed once.
  mutating func leaveOut(_ list: [Repeated]) {
    guard !list.isEmpty else { return }
    precondition(recordCount <= Int32.max, "PaperNumbers: \(recordCount) records")
    repeated = [UInt64](repeating: 0, count: recordCount / 64 + 1)
    for record in list { repeated[Int(record.ordinal >> 6)] |= 1 << UInt64(record.ordinal & 63) }
    var sum: UInt32 = 0
    before = repeated.map { word in
      defer { sum += UInt32(word.nonzeroBitCount) }
      return sum
    }
    count = recordCount - Int(sum)
    guard list.contains(where: { $0.addsReferences }) else { return }
    originals = [UInt32](repeating: PaperNumbers.none, count: Int(sum))
    for record in list {
      guard record.addsReferences, let original = record.original else { continue }
      let word = Int(record.ordinal >> 6)
      let bit = UInt64(1) << UInt64(record.ordinal & 63)
      let place = Int(before[word]) + (repeated[word] & (bit - 1)).nonzeroBitCount
      originals[place] = original | (record.isLinked ? PaperNumbers.linked : 0)
    }
  }
}
