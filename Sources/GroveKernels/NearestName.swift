extension Sequence where Element == String {
  /// The word that takes the fewest edits to become a name; of equals the first.
  ///
  /// - Complexity: O(words · length²).
  public func nearest(to name: String) -> String? { self.min { edits($0, name) < edits($1, name) } }
}

/// Edits between two words (Levenshtein).
private func edits(_ a: String, _ b: String) -> Int {
  let (a, b) = (Array(a.lowercased()), Array(b.lowercased()))
  var row = Array(0...b.count)
  for i in 0..<a.count {
    var diagonal = row[0]
    row[0] = i + 1
    for j in 0..<b.count {
      let above = row[j + 1]
      row[j + 1] = Swift.min(above + 1, row[j] + 1, diagonal + (a[i] == b[j] ? 0 : 1))
      diagonal = above
    }
  }
  return row[b.count]
}
