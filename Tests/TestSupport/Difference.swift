/// The largest difference between two lists, relative to the largest expected entry (1 where all are 0).
///
/// Infinite where the lists have different lengths, or where one holds a NaN or infinity that the other does not.
///
/// - Parameter floor: the size that the largest entry is taken to have at least, for numbers that are differences of
///   larger ones.
public func difference(_ actual: [Float], _ expected: [Double], atLeast floor: Double = 0) -> Double {
  guard actual.count == expected.count else { return .infinity }
  let largest = expected.reduce(floor) { $1.isFinite ? max($0, abs($1)) : $0 }
  var worst = 0.0
  for (a, e) in zip(actual, expected) {
    if a.isNaN && e.isNaN || Double(a) == e { continue }
    let distance = abs(Double(a) - e)
    guard distance.isFinite else { return .infinity }
    worst = max(worst, distance)
  }
  return largest > 0 ? worst / largest : worst
}

/// The same between two lists of floats.
public func difference(_ actual: [Float], _ expected: [Float]) -> Double {
  difference(actual, expected.map(Double.init))
}

/// Whether two lists hold the same bits, NaNs and signs of zero included.
public func sameBits(_ a: [Float], _ b: [Float]) -> Bool { a.map(\.bitPattern) == b.map(\.bitPattern) }
