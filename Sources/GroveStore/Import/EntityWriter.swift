import CKernels
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
  mutating func name(_ id: Identifier, _ name: Bytes) throws { if let name = told(id, name) { try send(name) } }

  /// What a name and an id tell that the key does not; nil for nothing.
  ///
  /// Whether it was sent lately stands anywhere in memory, which is asked for here: names of several nodes are told
  /// first and sent after that.
  @inline(__always)
  func told(_ id: Identifier, _ name: Bytes) -> NodeName? {
    let nothing = Bytes(start: nil, count: 0)
    let longID = (id.key.isLong ? id.text : nil) ?? nothing
    // A name that is the id tells nothing new: fields that are known by name are declared like that.
    let name = EntityWriter.isEqual(id.text, name) ? nothing : name
    if name.isEmpty && longID.isEmpty { return nil }
    let mixed = id.key.mixed
    let hash = name.isEmpty ? mixed | 1 : (mixed ^ grove_hash128_of(name.baseAddress, name.count, 2).low) | 1
    grove_prefetch(sent + EntityWriter.slot(of: hash))
    return NodeName(key: id.key, name: name, id: longID, hash: hash)
  }

  /// Sends a name on, unless it was sent lately.
  @inline(__always)
  mutating func send(_ name: NodeName) throws {
    let slot = EntityWriter.slot(of: name.hash)
    if sent[slot] == name.hash { return }
    sent[slot] = name.hash
    try names.append(name.key, name: name.name, id: name.id)
  }

  @inline(__always)
  private static func slot(of hash: UInt64) -> Int { Int(truncatingIfNeeded: hash >> 32) & (slots - 1) }

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

/// How a node is called, and its id where the key does not hold it, while the record that tells it is read.
struct NodeName {
  fileprivate let key: NodeKey
  fileprivate let name: Bytes
  fileprivate let id: Bytes
  /// Of key and name; never 0.
  fileprivate let hash: UInt64
}
