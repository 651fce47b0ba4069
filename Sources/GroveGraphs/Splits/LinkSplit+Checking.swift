extension LinkSplit {
  /// What is wrong with this split, or nil.
  ///
  /// A node that does not exist; no training link; a message or training link that is validated or tested, or whose
  /// reverse is; a positive of both validation and test; lists that are not one a positive; a negative of such a list that
  /// is a positive of any part or a node paired with itself. Published pairs are taken as they are.
  ///
  /// - Complexity: O((E + negatives) · log E).
  public func problem() -> String? {
    if training.count == 0 { return "link split '\(name)' has no training link" }
    let lists = [
      ("messages", messages), ("train", training), ("validation", validation.positives), ("test", test.positives),
    ]
    for (part, list) in lists {
      if let problem = missingNode(in: list, part) { return problem }
      if list.isDirected == ends.isUndirected {
        return
          "link split '\(name)', \(part): a list of \(list.isDirected ? "directed" : "undirected") links among others"
      }
    }
    if let problem = leak() { return problem }
    let known = PairSet(knownLinks, ordered: ends.hasOrderedLinks)
    for (part, evaluation) in [("validation", validation), ("test", test)] {
      if let problem = negativesProblem(evaluation, part, known) { return problem }
    }
    return nil
  }

  private func leak() -> String? {
    for (part, positives) in [("validation", validation.positives), ("test", test.positives)] {
      let held = PairSet([positives], ordered: ends.hasOrderedLeaks)
      for (place, list) in [("messages", messages), ("train", training)] {
        if let at = held.first(in: list) {
          return "link split '\(name)': link \(shown(list, at)) of \(part) is in \(place) too, or its reverse is"
        }
      }
    }
    let validated = PairSet([validation.positives], ordered: ends.hasOrderedLinks)
    return validated.first(in: test.positives).map {
      "link split '\(name)': link \(shown(test.positives, $0)) is in both validation and test"
    }
  }

  private func negativesProblem(_ evaluation: LinkEvaluation, _ part: String, _ known: PairSet) -> String? {
    switch evaluation.negatives {
    case .all: return nil
    case .pairs(let pairs): return missingNode(in: pairs, "\(part), negatives")
    case .lists(let lists):
      guard lists.nodes.count == evaluation.positives.count * lists.perPositive else {
        return
          "link split '\(name)', \(part): \(lists.nodes.count / lists.perPositive) lists of negatives for \(evaluation.positives.count) positives"
      }
      let pairs = lists.pairs(of: evaluation.positives)
      if let problem = missingNode(in: pairs, "\(part), negatives") { return problem }
      if let at = known.first(in: pairs) {
        return "link split '\(name)', \(part): negative \(shown(pairs, at)) is a positive"
      }
      guard ends.isSquare else { return nil }
      return (0..<pairs.count).first { pairs.sources[$0] == pairs.targets[$0] }.map {
        "link split '\(name)', \(part): negative \(shown(pairs, $0)) is a node with itself"
      }
    }
  }

  private func missingNode(in list: EdgeList, _ part: String) -> String? {
    for (nodes, count) in [(list.sources, ends.sourceCount), (list.targets, ends.targetCount)] {
      if let node = nodes.first(where: { $0 < 0 || Int($0) >= count }) {
        return "link split '\(name)', \(part): node \(node) does not exist (there are \(count) nodes)"
      }
    }
    return nil
  }

  private func shown(_ list: EdgeList, _ at: Int) -> String { "(\(list.sources[at]), \(list.targets[at]))" }
}
