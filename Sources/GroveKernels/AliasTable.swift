import CKernels

/// Fixed chances of n things, from which one is drawn in constant time.
///
///     draw u in 0..<n and a coin; the thing is u where the coin is below own[u], else other[u]
///
/// - Source: Walker 1977, in the linear-time form of Vose 1991. A thing of weight 0 is never drawn.
public struct AliasTable: Sendable {
  /// The chance of each thing; 1 in total.
  public let probabilities: [Double]
  private let places: [grove_alias]

  /// A table of n weights that need not add up to 1.
  ///
  /// - Precondition: fewer than 2³¹ weights, finite, none below 0, at least one above.
  /// - Complexity: O(n).
  public init(weights: [Double]) {
    var total = 0.0
    for weight in weights {
      precondition(weight >= 0 && weight.isFinite, "AliasTable: a weight of \(weight); it must be 0 or more")
      total += weight
    }
    precondition(total > 0 && total.isFinite, "AliasTable: \(weights.count) weights add up to \(total)")
    precondition(weights.count < Int(Int32.max), "AliasTable: \(weights.count) weights")
    probabilities = weights.map { $0 / total }
    var shares = probabilities.map { $0 * Double(weights.count) }
    var places = weights.indices.map { grove_alias(own: .max, other: Int32($0)) }
    var small: [Int] = []
    var large: [Int] = []
    for place in shares.indices { if shares[place] < 1 { small.append(place) } else { large.append(place) } }
    while let low = small.popLast(), let high = large.last {
      places[low] = grove_alias(own: UInt32(min(shares[low] * 0x1p32, 0x1p32 - 1)), other: Int32(high))
      shares[high] -= 1 - shares[low]
      if shares[high] < 1 {
        large.removeLast()
        small.append(high)
      }
    }
    // Rounding may leave a thing of weight 0 alone at the end; the likeliest thing takes its place.
    let likeliest = weights.indices.max { weights[$0] < weights[$1] } ?? 0
    for place in weights.indices where weights[place] == 0 && places[place].other == Int32(place) {
      places[place] = grove_alias(own: 0, other: Int32(likeliest))
    }
    self.places = places
  }

  /// n, the number of things.
  public var count: Int { places.count }

  /// One thing.
  ///
  /// - Complexity: O(1).
  public func draw(using random: inout RandomGenerator) -> Int32 {
    let (place, coin) = UInt64(count).multipliedFullWidth(by: random.next())
    return UInt32(coin >> 32) < places[Int(place)].own ? Int32(place) : places[Int(place)].other
  }

  /// Many things, keyed by (stream, number of the draw).
  ///
  /// - Complexity: O(count), on all threads.
  public func draw(_ count: Int, using random: RandomStream) -> [Int32] {
    [Int32](unsafeUninitializedCapacity: count) { result, made in
      let result = result
      Workers.run(count, 1 << 14) { range in
        grove_draw_alias(
          places, Int64(places.count), Int64(range.count), random.key, Int64(range.lowerBound),
          result.baseAddress! + range.lowerBound)
      }
      made = count
    }
  }

  func withPlaces<Result>(_ body: (UnsafePointer<grove_alias>) -> Result) -> Result {
    places.withUnsafeBufferPointer { body($0.baseAddress!) }
  }
}
