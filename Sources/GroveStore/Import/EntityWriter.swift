import CXXHash
import GroveKernels

/// One worker's mentions and names of one type of node.
struct EntityWriter: ~Copyable {
  private var mentions: SpillWriter
  private var names: SpillWriter
  /// Names that were sent lately, by hash: most are sent once although they are met a thousand times.
  private let sent: UnsafeMutablePointer<UInt64>
  private static let slots = 1 << 14

  init(_ streams: ImportStreams, _ kind: EntityKind) {
    mentions = SpillWriter(streams.mentions[kind.rawValue])
    names = SpillWriter(streams.names[kind.rawValue])
    sent = .allocate(capacity: EntityWriter.slots)
    sent.initialize(repeating: 0, count: EntityWriter.slots)
  }

  deinit { sent.deallocate() }

  func mention(_ id: Identifier, _ name: Bytes, _ sequence: UInt64, detail: UInt32) throws {
    try self.name(id, name)
    try mention(key: id.key, sequence, detail: detail)
  }

  func mention(key: NodeKey, _ sequence: UInt64, detail: UInt32) throws {
    try mentions.append(Waiting.Mention(key: key, sequence: sequence, detail: detail), partition: key.partition)
  }

  /// A node of its own record, which needs no paper to mention it.
  func declare(_ id: Identifier, _ name: Bytes) throws {
    try mention(id, name, Waiting.noPaper, detail: 0)
  }

  /// How a node is called, and its id where the key does not hold it.
  func name(_ id: Identifier, _ name: Bytes) throws {
    let longID = id.key.isLong ? id.text : nil
    if name.isEmpty && longID == nil { return }
    let mixed = id.key.mixed
    let hash = name.isEmpty ? mixed | 1 : (mixed ^ grove_hash128_of(name.baseAddress, name.count, 2).low) | 1
    let slot = Int(truncatingIfNeeded: hash >> 32) & (EntityWriter.slots - 1)
    if sent[slot] == hash { return }
    sent[slot] = hash
    let head = Waiting.Name(
      key: id.key, nameCount: UInt32(name.count), idCount: UInt32(longID?.count ?? 0))
    if let longID {
      let both = Array(name) + Array(longID)
      try both.withUnsafeBufferPointer { try names.append(head, $0, partition: id.key.partition) }
    } else {
      try names.append(head, name, partition: id.key.partition)
    }
  }

  func finish() throws {
    try mentions.finish()
    try names.finish()
  }
}
