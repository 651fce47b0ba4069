import GroveGraphs
public import GroveKernels

/// Encodes many texts, each only once: what was encoded before, by anyone with the same encoder, is read from a file.
///
/// Work that is cut off goes on from the last piece on the disk. Rows do not depend on what was at hand before.
public final class CachedEncoding {
  /// News for whoever watches.
  public struct Progress: Sendable {
    /// Texts that have their rows.
    public let done: Int
    /// Of these, texts whose rows were at hand.
    public let cached: Int
  }

  /// The encoder.
  public let encoder: any TextEncoder
  private let log: RowLog
  /// Texts whose rows were at hand when they were asked for.
  public private(set) var cachedCount = 0

  /// Texts that are encoded before their rows are written: enough to sort by length, few enough to lose little.
  private static let pieceSize = 256

  /// - Parameters:
  ///   - encoder: one of dense rows.
  ///   - folder: where rows of all encoders are kept, a file each.
  /// - Throws: `FileFailure`, `RowLogFailure`.
  public init(_ encoder: any TextEncoder, in folder: String) throws {
    self.encoder = encoder
    log = try RowLog("\(folder)/\(encoder.identity.prefix(32)).rows", width: encoder.width)
  }

  /// Sees to it that all texts have rows.
  ///
  /// - Parameters:
  ///   - texts: calls what it is given with each text in order.
  ///   - progress: told after each piece.
  /// - Returns: the key of each text, to read its row by.
  /// - Throws: what the encoder, the texts and the file throw, and whatever `progress` throws to stop.
  /// - Complexity: the encoder's for texts that are new, a hash for the others; memory for a piece and the keys.
  public func encode(
    _ texts: (_ take: (String) throws -> Void) throws -> Void, progress: @escaping (Progress) throws -> Void = { _ in }
  ) throws -> [RowLog.Key] {
    var keys: [RowLog.Key] = []
    var waiting: [String] = []
    var waitingKeys: [RowLog.Key] = []
    var isWaiting: Set<RowLog.Key> = []
    func flush() throws {
      guard !waiting.isEmpty else { return }
      try log.append(waitingKeys, rows(of: waiting))
      waiting.removeAll(keepingCapacity: true)
      waitingKeys.removeAll(keepingCapacity: true)
      isWaiting.removeAll(keepingCapacity: true)
      try progress(Progress(done: keys.count, cached: cachedCount))
    }
    try texts { text in
      let key = RowLog.Key(of: text)
      keys.append(key)
      if log.contains(key) || isWaiting.contains(key) {
        cachedCount += 1
        return
      }
      waiting.append(text)
      waitingKeys.append(key)
      isWaiting.insert(key)
      if waiting.count == CachedEncoding.pieceSize { try flush() }
    }
    try flush()
    return keys
  }

  /// Rows of texts that were encoded. [keys, F]
  public func rows(_ keys: some Collection<RowLog.Key>) throws -> FloatBuffer {
    let rows = FloatBuffer(count: keys.count * log.width)
    try log.read(keys, into: rows)
    return rows
  }

  private func rows(of texts: [String]) throws -> FloatBuffer {
    switch try encoder.encode(texts) {
    case .dense(let values, _): values.buffer()
    case .sparse: preconditionFailure("CachedEncoding: an encoder of sparse rows")
    }
  }
}
