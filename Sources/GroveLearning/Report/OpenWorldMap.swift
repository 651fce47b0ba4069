/// A map of an open-world run's nodes, with the true class of each and the one that it was given.
///
/// Classes are the true ones by their numbers in the problem, then clusters that stand for none of them. A cluster stands for
/// the class that it is matched with over test nodes, as far as the two have a test node in common; a seen class that is left
/// over then is its own cluster.
struct OpenWorldMap {
  let map: NodeMap
  /// Names of the classes.
  let names: [String]
  /// Whether each is seen, or a cluster that the model calls by the name of a seen class.
  let isSeen: [Bool]
  /// The class of each node of the map; nil where none is known.
  let truth: [Int?]
  /// The class that each was given.
  let given: [Int]

  /// - Parameters:
  ///   - predicted: the predicted class of every node. [N]
  ///   - clusterNames: names of the predicted classes.
  ///   - scores: those of test nodes.
  /// - Complexity: O(N + classes).
  init(
    _ map: NodeMap, truth all: OpenWorldTruth, predicted: [Int32], clusterNames: [String], scores: OpenWorldEvaluation
  ) {
    self.map = map
    truth = map.nodes.map { all.classes[Int($0)] < 0 ? nil : Int(all.classes[Int($0)]) }
    let classOfCluster = OpenWorldMap.classOfCluster(
      count: clusterNames.count, classCount: all.classCount, seenCount: all.seenCount, scores)
    var names = all.names
    var isSeen = names.indices.map { $0 < all.seenCount }
    let drawnAs = classOfCluster.enumerated().map { cluster, known -> Int in
      if let known { return known }
      names.append("\(clusterNames[cluster]), matched with no class")
      isSeen.append(cluster < all.seenCount)
      return names.count - 1
    }
    (self.names, self.isSeen) = (names, isSeen)
    given = map.nodes.map { drawnAs[Int(predicted[Int($0)])] }
  }

  /// The true class that each of so many clusters stands for, or nil.
  private static func classOfCluster(
    count: Int, classCount: Int, seenCount: Int, _ scores: OpenWorldEvaluation
  ) -> [Int?] {
    var found = [Int?](repeating: nil, count: count)
    var isTaken = [Bool](repeating: false, count: classCount)
    for (cluster, label) in scores.matching.classOfCluster.map(Int.init).enumerated()
    where cluster < count && (0..<classCount).contains(label) && scores.confusion[label, label] > 0 {
      (found[cluster], isTaken[label]) = (label, true)
    }
    for cluster in 0..<min(count, seenCount) where found[cluster] == nil && !isTaken[cluster] {
      found[cluster] = cluster
    }
    return found
  }

  /// Nodes of the map whose class is known, and those of them that were given it.
  var agreement: (known: Int, right: Int) {
    let known = zip(truth, given).filter { $0.0 != nil }
    return (known.count, known.count { $0.0 == $0.1 })
  }
}
