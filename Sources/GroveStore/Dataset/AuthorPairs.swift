import Foundation
import GRDB
public import GroveGraphs
import GroveKernels

/// Pairs of mentions of one name in a store of records: the same author or different ones.
///
/// A mention is a paper and the author's place on it. Names are ambiguous where several authors with ids have the same
/// normal form. All mentions of a name are in one part, so that no author of a test pair is known from training. Of names
/// with many mentions so many pairs are drawn that each name has at most `largest`.
public struct AuthorPairs: Sendable {
  /// Two mentions of one name.
  public struct Pair: Sendable, Equatable {
    /// The name in its normal form.
    public let name: String
    /// The part that the name is in.
    public let part: SplitPart
    /// Paper and place of the first mention, which comes first in the order of papers.
    public let first: Mention
    /// The second mention.
    public let second: Mention
    /// Whether one author made both.
    public let isSame: Bool
  }

  /// A paper and a place among its authors, from 0.
  public struct Mention: Sendable, Equatable {
    /// Number of the paper.
    public let paper: Int32
    /// Place among its authors.
    public let place: Int32
  }

  /// Most pairs of one name.
  public static let largest = 5000

  /// The pairs, by name in the order of UTF-8 bytes.
  public let pairs: [Pair]
  /// Names that several authors have.
  public let nameCount: Int
  private let paperIDs: [String]

  /// Finds the pairs of a store of academic records: 60 % of the names to learn from, 20 % to choose by, 20 % to test.
  ///
  /// - Throws: `StoreFailure.holdsNoRecords` for a graph that was imported whole; `FormatFailure.malformed` where fewer than
  ///   three names are ambiguous; `StoreFailure.damaged`.
  /// - Complexity: O(mentions log mentions + pairs).
  public init(_ store: GraphStore, seed: Int) throws {
    if store.isGraph { throw StoreFailure.holdsNoRecords(path: store.path) }
    let mentions = try AuthorPairs.mentions(store)
    var groups: [String: [Int32]] = [:]
    try store.readTexts(AcademicSchema.author, columns: "id, name") { author, row in
      // Authors known by their name alone are one node a name: no one knows who they are.
      guard let name: String = row[1], !name.isEmpty, mentions.rows.range(of: author).count > 0 else { return }
      groups[AuthorPairs.normal(name), default: []].append(Int32(author))
    }
    let keys = try store.keys(of: AcademicSchema.author)
    var named: [(name: String, authors: [Int32])] = []
    for (name, authors) in groups {
      let known = authors.filter { !keys[Int($0)].isName }
      if known.count > 1, !name.isEmpty { named.append((name, known)) }
    }
    named.sort { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
    guard named.count >= 3 else {
      throw FormatFailure.bad(
        store.path, "\(named.count) names are those of several authors with ids, expected three",
        do: "choose a store with more papers")
    }
    var generator = RandomStream(seed: UInt64(seed), operation: 9).generator
    let order = generator.shuffled(Array(named.indices))
    var parts = [SplitPart](repeating: .train, count: named.count)
    let held = max(1, named.count / 5)
    for place in order.prefix(held) { parts[place] = .validation }
    for place in order.dropFirst(held).prefix(held) { parts[place] = .test }
    var pairs: [Pair] = []
    for (place, (name, authors)) in named.enumerated() {
      var all: [(mention: Mention, author: Int32)] = []
      for author in authors { for mention in mentions[author] { all.append((mention, author)) } }
      all.sort { ($0.mention.paper, $0.mention.place) < ($1.mention.paper, $1.mention.place) }
      func add(_ first: Int, _ second: Int) {
        pairs.append(
          Pair(
            name: name, part: parts[place], first: all[first].mention, second: all[second].mention,
            isSame: all[first].author == all[second].author))
      }
      let total = all.count * (all.count - 1) / 2
      if total <= AuthorPairs.largest {
        for first in all.indices { for second in all.indices.dropFirst(first + 1) { add(first, second) } }
      } else {
        var drawn: Set<Int> = []
        while drawn.count < AuthorPairs.largest {
          let first = Int(generator.next() % UInt64(all.count))
          let second = Int(generator.next() % UInt64(all.count))
          if first != second { drawn.insert(min(first, second) * all.count + max(first, second)) }
        }
        for key in drawn.sorted() { add(key / all.count, key % all.count) }
      }
    }
    self.pairs = pairs
    nameCount = named.count
    paperIDs = try store.nodeIDs(of: AcademicSchema.paper) ?? []
  }

  /// Writes them as a table with a heading: part, name, paper and place of both mentions, `same` or `different`.
  ///
  /// - Throws: `FileFailure`.
  public func write(to path: String) throws {
    try AtomicFile.write(to: path) { sink in
      try sink.write("part\tname\tpaper\tplace\tother_paper\tother_place\tauthor\n")
      for pair in pairs {
        let (first, second) = (pair.first, pair.second)
        let fields = [
          pair.part.rawValue, pair.name, paperIDs[Int(first.paper)], "\(first.place)", paperIDs[Int(second.paper)],
          "\(second.place)", pair.isSame ? "same" : "different",
        ]
        try sink.write(fields.map { AuthorPairs.field($0) }.joined(separator: "\t") + "\n")
      }
    }
  }

  /// Pairs of a part.
  public func count(of part: SplitPart) -> Int { pairs.count { $0.part == part } }

  private static func field(_ text: String) -> String {
    guard text.utf8.contains(where: { $0 == 9 || $0 == 10 || $0 == 13 }) else { return text }
    return String(String.UnicodeScalarView(text.unicodeScalars.map { [9, 10, 13].contains($0.value) ? " " : $0 }))
  }

  private static func normal(_ name: String) -> String {
    var name = name
    var result: [UInt8] = []
    name.withUTF8 { NameNormalizer.normalize($0, into: &result) }
    return String(decoding: result, as: UTF8.self)
  }

  /// What each author made.
  private struct Mentions {
    let rows: SparseRows
    let all: [Mention]

    subscript(author: Int32) -> ArraySlice<Mention> { all[rows.range(of: Int(author))] }
  }

  private static func mentions(_ store: GraphStore) throws -> Mentions {
    let list = try store.edges(of: AcademicSchema.writes)
    let entry = try store.entry(of: AcademicSchema.writes)
    let places: MappedArray<Int32>? = try entry.details.map { try store.array($0) }
    let (rows, positions) = SparseRows.grouping(
      rows: list.sources, columns: list.targets, rowCount: store.nodeCount(of: AcademicSchema.author),
      columnCount: store.nodeCount(of: AcademicSchema.paper))
    // An author whom a paper lists twice is there once.
    return Mentions(
      rows: rows,
      all: positions.map { Mention(paper: list.targets[Int($0)], place: places?[Int($0)] ?? 0) })
  }
}
