import CXXHash
import Foundation
import GroveKernels

/// One worker's mentions and names of one type of node.
struct EntityWriter: ~Copyable {
  private var mentions: KeyedWriter
  private var names: KeyedWriter
  /// Names that were sent lately, by hash: most are sent once although they are met a thousand times.
  private let sent: UnsafeMutablePointer<UInt64>
  private static let slots = 1 << 16

  init(_ streams: ImportStreams, _ kind: EntityKind) {
    mentions = KeyedWriter(streams.mentions[kind.rawValue])
    names = KeyedWriter(streams.names[kind.rawValue])
    sent = .allocate(capacity: EntityWriter.slots)
    sent.initialize(repeating: 0, count: EntityWriter.slots)
  }

  deinit { sent.deallocate() }

  mutating func mention(_ id: Identifier, _ name: Bytes, _ sequence: UInt64, detail: UInt32) throws {
    try self.name(id, name)
    try mention(key: id.key, sequence, detail: detail)
  }

  mutating func mention(key: NodeKey, _ sequence: UInt64, detail: UInt32) throws {
    try mentions.append(key, sequence, detail: detail)
  }

  /// A node of its own record, which needs no paper to mention it.
  mutating func declare(_ id: Identifier, _ name: Bytes) throws {
    try mention(id, name, Waiting.noPaper, detail: 0)
  }

  /// How a node is called, and its id where the key does not hold it.
  mutating func name(_ id: Identifier, _ name: Bytes) throws {
    let nothing = Bytes(start: nil, count: 0)
    let longID = (id.key.isLong ? id.text : nil) ?? nothing
    // A name that is the id tells nothing new: fields that are known by name are declared like that.
    let name = EntityWriter.isEqual(id.text, name) ? nothing : name
    if name.isEmpty && longID.isEmpty { return }
    let mixed = id.key.mixed
    let hash = name.isEmpty ? mixed | 1 : (mixed ^ grove_hash128_of(name.baseAddress, name.count, 2).low) | 1
    let slot = Int(truncatingIfNeeded: hash >> 32) & (EntityWriter.slots - 1)
    if sent[slot] == hash { return }
    sent[slot] = hash
    try names.append(id.key, name: name, id: longID)
  }

  private static func isEqual(_ text: Bytes?, _ name: Bytes) -> Bool {
    guard let text, text.count == name.count, let start = text.baseAddress, let other = name.baseAddress else {
      return false
    }
    return memcmp(start, other, name.count) == 0
  }

  mutating func finish() throws {
    try mentions.finish()
    try names.finish()
  }
}
