extension Array where Element: Comparable {
  /// Places of the numbers, the largest first and of equals the earlier: of candidates in rising order the lower id.
  ///
  /// - Complexity: O(n log n).
  var placesLargestFirst: [Int] { indices.sorted { (self[$0], $1) > (self[$1], $0) } }
}
