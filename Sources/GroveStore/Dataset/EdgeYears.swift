import GroveGraphs

extension EdgeList {
  /// The year of each edge out of those of its nodes, 0 where it is unknown.
  ///
  /// A directed edge runs from the citing to the cited node and has the year of the citing one. Where either may be the
  /// citing one, the edge has the later year: it cannot be older than both its ends.
  func years(ofNodes years: [Int32]) -> [Int32] {
    if isDirected { return sources.map { years[Int($0)] } }
    return zip(sources, targets).map { source, target in
      let (first, second) = (years[Int(source)], years[Int(target)])
      return first == 0 || second == 0 ? 0 : max(first, second)
    }
  }

  /// The same between the types of a relation: of its source where that type has years, else of its target.
  ///
  /// Nil where neither has.
  func years(of relation: EdgeType, in years: [NodeType: [Int32]]) -> [Int32]? {
    if relation.source == relation.target { return years[relation.source].map { self.years(ofNodes: $0) } }
    if let known = years[relation.source] { return sources.map { known[Int($0)] } }
    return years[relation.target].map { known in targets.map { known[Int($0)] } }
  }
}
