/// From the place of a paper's record in a dump to the paper's number.
///
/// Papers are numbered in the order in which they are first read. Memory: a bit a record.
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
  /// Where the references of repeated records go to, if anywhere.
  private var originals: [UInt32: UInt32] = [:]

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

  /// Whether repeated records add their references to the first one's.
  var isMerging: Bool { !originals.isEmpty }

  @inline(__always) func number(_ sequence: UInt64) -> UInt32 { number(ofOrdinal: ordinal(sequence)) }

  /// The number whose references a record adds to: its own, or under the merging policy that of the first record.
  @inline(__always) func numberForReferences(_ sequence: UInt64) -> UInt32 {
    let ordinal = ordinal(sequence)
    let own = number(ofOrdinal: ordinal)
    if own != PaperNumbers.none || originals.isEmpty { return own }
    return originals[ordinal].map { number(ofOrdinal: $0) } ?? PaperNumbers.none
  }

  /// Leaves out repeated records.
  ///
  /// - Parameter merging: whether their references are added to the first record's.
  mutating func leaveOut(_ pairs: [(repeated: UInt32, original: UInt32)], merging: Bool) {
    guard !pairs.isEmpty else { return }
    repeated = [UInt64](repeating: 0, count: recordCount / 64 + 1)
    for pair in pairs {
      repeated[Int(pair.repeated >> 6)] |= 1 << UInt64(pair.repeated & 63)
      if merging { originals[pair.repeated] = pair.original }
    }
    var sum: UInt32 = 0
    before = repeated.map { word in
      defer { sum += UInt32(word.nonzeroBitCount) }
      return sum
    }
    count = recordCount - pairs.count
  }
}
