import Foundation
import GroveKernels

/// Ids that stand for other ids, put in their places before anything is joined: those that a link between two dumps
/// makes one thing (OAG's MAG and AMiner sides), and those that were merged into others (OpenAlex).
///
/// * A linked id becomes the other one where both sides are there; the record of the id that stays is the paper's, and
///   has the references and fields of both. Of several targets of one id the least counts.
/// * A merged id's own record is left out and what points to it points to its target, through several steps if need be.
///   Targets that are where deleted things were sent are no targets: what points there is dropped.
///
/// Source: specification of the OAG formats, sections 1.2 and 1.7, checks 21 and 22 of 6.1.
struct Identities {
  /// Reasons for an alias, in place of a sequence.
  static let linked: UInt64 = 0
  static let merged: UInt64 = 1
  private static let deleted: UInt64 = 2

  /// Where the aliases of a kind of node are in `ImportStreams.aliases`.
  static func place(of kind: RecordKind) -> Int {
    switch kind {
    case .author: 1 + EntityKind.author.rawValue
    case .affiliation: 1 + EntityKind.affiliation.rawValue
    case .venue: 1 + EntityKind.venue.rawValue
    case .field: 1 + EntityKind.field.rawValue
    case .paper, .link, .other: 0
    }
  }

  /// The work that OpenAlex sent deleted works to.
  private static let deletedWork = Array("W4285719527".utf8).withUnsafeBufferPointer { NodeKey(id: $0) }
  /// No true merge joins as many ids: a target of more is taken for a place of deleted things.
  private static let mostMerged = 10_000

  /// Distinct ids that a link or a merge gives away, and those of links.
  private(set) var pairs = 0
  private(set) var links = 0
  /// Of links, those whose both sides are there.
  private(set) var joined = 0
  /// Ids with more than one target.
  private(set) var ambiguous = 0
  /// Papers' records that were left out since their ids were merged, by sequence.
  private(set) var removed: [UInt64] = []
  /// References that led to deleted papers.
  private(set) var deletedReferences = 0
  /// Places of deleted things that were told by how much was merged into them.
  private(set) var guessed: [NodeKey] = []

  /// Puts ids into their places in `streams`.
  ///
  /// - Complexity: O(records of the kinds that have aliases) time; memory for one partition a thread.
  init(_ streams: inout ImportStreams) throws {
    for place in streams.aliases.indices where streams.aliases[place].recordCount > 0 {
      let final = try settle(place, streams)
      if place == 0 {
        try renamePapers(final, &streams)
      } else {
        try renameEntities(EntityKind.allCases[place - 1], final, &streams)
      }
    }
  }

  // MARK: - Targets

  /// Follows aliases to their ends, and drops links of which a side is missing.
  private mutating func settle(_ place: Int, _ streams: ImportStreams) throws -> Spill {
    var (current, first) = try Identities.unique(streams.aliases[place], streams)
    pairs += first.count
    links += first.links
    ambiguous += first.ambiguous
    // Merges may lead to merged ids: each round joins targets with aliases, until none is one.
    for _ in 0..<16 {
      let (next, changes) = try Identities.follow(current, streams)
      current = next
      if changes == 0 { break }
    }
    let present = place == 0 ? streams.papers : streams.mentions[place - 1]
    let byTarget = try Identities.turned(current, streams)
    let final = streams.spill()
    let parts = try Parallel.map(Spill.partitionCount) { partition -> [NodeKey] in
      let known = try Identities.keys(of: present, partition)
      var writer = KeyedWriter(final)
      let sinks = try byTarget.withBlocks(partition) { blocks in
        var counts = KeyTable(capacity: 64)
        var targets: [(key: NodeKey, count: Int)] = []
        KeyedRecords.forEachPair(in: blocks) { target, reason, _, _ in
          if reason != Identities.merged { return }
          let place = Int(counts.insert(target, UInt32(targets.count)))
          if place == targets.count { targets.append((target, 0)) }
          targets[place].count += 1
        }
        let sinks = targets.filter { $0.count > Identities.mostMerged }.map(\.key)
        let sunk = Set(sinks + (place == 0 ? [Identities.deletedWork] : []))
        try KeyedRecords.forEachPair(in: blocks) { target, reason, _, key in
          if reason == Identities.linked, known.value(of: target) == KeyTable.none { return }
          try writer.append(key, sunk.contains(target) ? Identities.deleted : reason, detail: 0, with: target)
        }
        return sinks
      }
      try writer.finish()
      return sinks
    }
    guessed += parts.flatMap { $0 }.filter { $0 != Identities.deletedWork }
    return final
  }

  private typealias Counts = (count: Int, links: Int, ambiguous: Int)

  /// One target an id: the least, merges before links.
  private static func unique(_ aliases: Spill, _ streams: ImportStreams) throws -> (Spill, Counts) {
    let result = streams.spill()
    let parts = try Parallel.map(Spill.partitionCount) { partition -> Counts in
      var list: [(key: NodeKey, alias: Alias)] = []
      try aliases.withBlocks(partition) { blocks in
        KeyedRecords.forEachPair(in: blocks) { key, reason, _, target in
          if key != target { list.append((key, Alias(target: target, reason: reason))) }
        }
      }
      list.sort {
        $0.key != $1.key
          ? $0.key < $1.key
          : $0.alias.reason != $1.alias.reason
            ? $0.alias.reason > $1.alias.reason : $0.alias.target < $1.alias.target
      }
      var writer = KeyedWriter(result)
      var counts: Counts = (0, 0, 0)
      var isAmbiguous = false
      for (place, entry) in list.enumerated() {
        if place > 0, list[place - 1].key == entry.key {
          if list[place - 1].alias.target != entry.alias.target, !isAmbiguous {
            counts.ambiguous += 1
            isAmbiguous = true
          }
          continue
        }
        isAmbiguous = false
        counts.count += 1
        if entry.alias.reason == linked { counts.links += 1 }
        try writer.append(entry.key, entry.alias.reason, detail: 0, with: entry.alias.target)
      }
      try writer.finish()
      return counts
    }
    return (result, parts.reduce((0, 0, 0)) { ($0.0 + $1.count, $0.1 + $1.links, $0.2 + $1.ambiguous) })
  }

  /// Puts the target's target in its place, where the target is an alias itself.
  private static func follow(_ aliases: Spill, _ streams: ImportStreams) throws -> (Spill, changes: Int) {
    let byTarget = try turned(aliases, streams, keeping: true)
    let next = streams.spill()
    let changes = try Parallel.map(Spill.partitionCount) { partition -> Int in
      let known = try Aliases(aliases, partition)
      var writer = KeyedWriter(next)
      var changes = 0
      try byTarget.withBlocks(partition) { blocks in
        try KeyedRecords.forEachPair(in: blocks) { target, reason, _, key in
          var last = target
          if reason == merged, let further = known.alias(of: target), further.reason == merged, further.target != key {
            last = further.target
            changes += 1
          }
          try writer.append(key, reason, detail: 0, with: last)
        }
      }
      try writer.finish()
      return changes
    }
    return (next, changes.reduce(0, +))
  }

  private static func keys(of spill: Spill, _ partition: Int) throws -> KeyTable {
    var table = KeyTable(capacity: 1024)
    try spill.withBlocks(partition, keeping: true) { blocks in
      KeyedRecords.forEach(in: blocks) { key, _, _ in _ = table.insert(key, 0) }
    }
    return table
  }

  // MARK: - Records

  private mutating func renamePapers(_ aliases: Spill, _ streams: inout ImportStreams) throws {
    let (papers, references) = (streams.papers, streams.references)
    let (newPapers, newReferences) = (streams.spill(), streams.spill())
    typealias Part = (joined: Int, removed: [UInt64], dropped: Int)
    let parts = try Parallel.map(Spill.partitionCount) { partition -> Part in
      let known = try Aliases(aliases, partition)
      var part: Part = (0, [], 0)
      var writer = KeyedWriter(newPapers)
      try papers.withBlocks(partition) { blocks in
        try KeyedRecords.forEach(in: blocks) { key, sequence, detail in
          guard let alias = known.alias(of: key) else { return try writer.append(key, sequence, detail: detail) }
          guard alias.reason == Identities.linked else {
            part.removed.append(sequence)
            return
          }
          part.joined += 1
          try writer.append(alias.target, sequence, detail: detail | Waiting.isLinked)
        }
      }
      try writer.finish()
      writer = KeyedWriter(newReferences)
      try references.withBlocks(partition) { blocks in
        try KeyedRecords.forEach(in: blocks) { key, sequence, detail in
          guard let alias = known.alias(of: key) else { return try writer.append(key, sequence, detail: detail) }
          if alias.reason == Identities.deleted {
            part.dropped += 1
          } else {
            try writer.append(alias.target, sequence, detail: detail)
          }
        }
      }
      try writer.finish()
      return part
    }
    for part in parts {
      joined += part.joined
      removed += part.removed
      deletedReferences += part.dropped
    }
    (streams.papers, streams.references) = (newPapers, newReferences)
  }

  private mutating func renameEntities(_ kind: EntityKind, _ aliases: Spill, _ streams: inout ImportStreams) throws {
    let place = kind.rawValue
    let (mentions, names) = (streams.mentions[place], streams.names[place])
    let (newMentions, newNames) = (streams.spill(), streams.spill())
    let joined = try Parallel.map(Spill.partitionCount) { partition -> Int in
      let known = try Aliases(aliases, partition)
      var joined = KeyTable(capacity: 64)
      var writer = KeyedWriter(newMentions)
      try mentions.withBlocks(partition) { blocks in
        try KeyedRecords.forEach(in: blocks) { key, sequence, detail in
          guard let alias = known.alias(of: key) else { return try writer.append(key, sequence, detail: detail) }
          if alias.reason == Identities.linked { _ = joined.insert(key, 0) }
          // A merged id's own record is left out.
          if alias.reason == Identities.deleted || alias.reason == Identities.merged && sequence == Waiting.noPaper {
            return
          }
          try writer.append(alias.target, sequence, detail: detail)
        }
      }
      try writer.finish()
      writer = KeyedWriter(newNames)
      try names.withBlocks(partition) { blocks in
        try KeyedRecords.forEachName(in: blocks) { key, name, id in
          guard let alias = known.alias(of: key) else { return try writer.append(key, name: name, id: id) }
          // The id beside a name is that of the key that is given up.
          if alias.reason == Identities.linked {
            try writer.append(alias.target, name: name, id: Bytes(start: nil, count: 0))
          }
        }
      }
      try writer.finish()
      return joined.count
    }
    self.joined += joined.reduce(0, +)
    streams.mentions[place] = newMentions
    streams.names[place] = newNames
    switch kind {
    case .author: streams.affiliations = try Identities.renamed(streams.affiliations, first: aliases, streams)
    case .affiliation: streams.affiliations = try Identities.renamed(streams.affiliations, second: aliases, streams)
    case .field:
      streams.hierarchy = try Identities.renamed(streams.hierarchy, first: aliases, streams)
      streams.hierarchy = try Identities.renamed(streams.hierarchy, second: aliases, streams)
    case .venue: break
    }
  }

  private static func renamed(_ pairs: Spill, first aliases: Spill, _ streams: ImportStreams) throws -> Spill {
    let result = streams.spill()
    _ = try Parallel.map(Spill.partitionCount) { partition in
      let known = try Aliases(aliases, partition)
      var writer = KeyedWriter(result)
      try pairs.withBlocks(partition) { blocks in
        try KeyedRecords.forEachPair(in: blocks) { key, sequence, detail, other in
          let alias = known.alias(of: key)
          if alias?.reason == deleted { return }
          try writer.append(alias?.target ?? key, sequence, detail: detail, with: other)
        }
      }
      try writer.finish()
    }
    return result
  }

  /// The same for the second key of pairs: by way of pairs the other way round.
  private static func renamed(_ pairs: Spill, second aliases: Spill, _ streams: ImportStreams) throws -> Spill {
    let turned = try renamed(try turned(pairs, streams), first: aliases, streams)
    return try Identities.turned(turned, streams)
  }

  /// The same pairs, by their second keys.
  ///
  /// - Parameter keeping: the pairs are read again later.
  private static func turned(_ pairs: Spill, _ streams: ImportStreams, keeping: Bool = false) throws -> Spill {
    let result = streams.spill()
    _ = try Parallel.map(Spill.partitionCount) { partition in
      var writer = KeyedWriter(result)
      try pairs.withBlocks(partition, keeping: keeping) { blocks in
        try KeyedRecords.forEachPair(in: blocks) { key, sequence, detail, other in
          try writer.append(other, sequence, detail: detail, with: key)
        }
      }
      try writer.finish()
    }
    return result
  }
}
