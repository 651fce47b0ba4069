import GroveKernels

/// An id that another one is put in the place of.
struct Alias {
  var target: NodeKey
  /// `Identities.linked` and its like.
  var reason: UInt64
}

/// The aliases of one partition, by the ids that are given up.
struct Aliases {
  private var table = KeyTable(capacity: 64)
  private var list: [Alias] = []

  /// Reads a partition, which is kept.
  init(_ spill: Spill, _ partition: Int) throws {
    try spill.withBlocks(partition, keeping: true) { blocks in
      KeyedRecords.forEachPair(in: blocks) { key, reason, _, target in
        if Int(table.insert(key, UInt32(list.count))) == list.count {
          list.append(Alias(target: target, reason: reason))
        }
      }
    }
  }

  func alias(of key: NodeKey) -> Alias? {
    let place = table.value(of: key)
    return place == KeyTable.none ? nil : list[Int(place)]
  }
}

/// One worker's aliases of all kinds; their writers are made when the first comes.
struct AliasWriter: ~Copyable {
  private let streams: ImportStreams
  private var waiting: [(place: Int, from: NodeKey, to: NodeKey, reason: UInt64)] = []

  init(_ streams: ImportStreams) { self.streams = streams }

  /// Appends an alias.
  mutating func append(_ place: Int, from: NodeKey, to: Identifier, reason: UInt64) throws {
    waiting.append((place, from, to.key, reason))
    if waiting.count == 1 << 16 { try finish() }
  }

  /// Sends what is still waiting.
  mutating func finish() throws {
    for place in streams.aliases.indices where waiting.contains(where: { $0.place == place }) {
      var writer = KeyedWriter(streams.aliases[place])
      for alias in waiting where alias.place == place {
        try writer.append(alias.from, alias.reason, detail: 0, with: alias.to)
      }
      try writer.finish()
    }
    waiting.removeAll(keepingCapacity: true)
  }
}
