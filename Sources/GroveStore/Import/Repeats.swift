extension Array {
  /// Drops elements that are the same as the one kept before them.
  ///
  /// - Returns: how many were dropped.
  /// - Complexity: O(elements).
  @discardableResult
  mutating func dropRepeats(where isSame: (Element, Element) -> Bool) -> Int {
    var kept = 0
    for place in indices where kept == 0 || !isSame(self[kept - 1], self[place]) {
      if kept != place { self[kept] = self[place] }
      kept += 1
    }
    let dropped = count - kept
    removeLast(dropped)
    return dropped
  }
}
