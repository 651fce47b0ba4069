import CXXHash
import GroveKernels

/// 128 bits that sum up many records whatever their order: the sum of their XXH3 hashes, lane by lane.
struct StoreHash: Sendable, Equatable {
  private(set) var low: UInt64 = 0
  private(set) var high: UInt64 = 0

  init() {}

  /// The hash of bytes at hand.
  init(_ bytes: UnsafeRawBufferPointer, seed: UInt64 = 0) {
    let hash = grove_hash128_of(bytes.baseAddress, bytes.count, seed)
    (low, high) = (hash.low, hash.high)
  }

  init(low: UInt64, high: UInt64) {
    self.low = low
    self.high = high
  }

  static func += (left: inout StoreHash, right: StoreHash) {
    left.low &+= right.low
    left.high &+= right.high
  }

  /// 32 hexadecimal digits.
  var text: String { StoreHash.digits(high) + StoreHash.digits(low) }

  private static func digits(_ word: UInt64) -> String {
    let text = String(word, radix: 16)
    return String(repeating: "0", count: 16 - text.count) + text
  }
}

/// A hash over bytes that come in pieces.
final class RunningHash {
  private let state: OpaquePointer

  init() {
    guard let state = grove_hash_create() else { preconditionFailure("RunningHash: out of memory") }
    self.state = state
  }

  deinit { grove_hash_free(state) }

  func update(_ bytes: UnsafeRawBufferPointer) { grove_hash_update(state, bytes.baseAddress, bytes.count) }

  var value: StoreHash {
    let digest = grove_hash_digest(state)
    return StoreHash(low: digest.low, high: digest.high)
  }
}
