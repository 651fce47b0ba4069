extension RunResult.ClassCounts {
  /// How many classes an estimate of K found too many; nil where K was not estimated, or where the split names no novel
  /// class, so that nobody knows how many there are.
  public var error: Int? { isEstimated && split > seen ? used - split : nil }

  /// The error with its sign, as people read it.
  public var signedError: String? { error.map(ReportNumbers.signed) }

  /// K and where it is from, as the remark of a card.
  var remark: String {
    if isEstimated {
      return "estimated; " + (signedError.map { "the split has \(split), error \($0)" } ?? "no other number is known")
    }
    return used == split ? "as the split has" : "as given; the split has \(split)"
  }

  /// The same as a sentence.
  var sentence: String {
    if !isEstimated {
      return
        "K, the number of classes, is \(used), \(used == split ? "that of the split" : "as given; the split has \(split)")."
    }
    let found = "K, the number of classes, was estimated before training: \(used)."
    guard let signedError else {
      return "\(found) The split names no novel class, so the error of the estimate is not known."
    }
    return "\(found) The split has \(split), so the error of the estimate is \(signedError)."
  }
}

/// What pages about open-world runs have in common.
enum OpenWorldWords {
  /// Accuracies on test nodes, a row a protocol.
  static func accuracies(_ caption: String, _ shown: (RunScore) -> String) -> Markup {
    let scores = RunScore.all(isOpenWorld: true).filter { $0.unit == .share }
    var groups: [String] = []
    for score in scores where !groups.contains(score.group) { groups.append(score.group) }
    return ReportPage.table(
      "\(caption), %; the two protocols cannot be compared with each other", ["", "overall", "seen", "novel"],
      groups.map { group in [group] + scores.filter { $0.group == group }.map(shown) })
  }

  /// What is known about embeddings as a paragraph, nothing where nothing is.
  ///
  /// - Parameter shown: the text of a score; nil where it is absent.
  static func spread(_ shown: (RunScore) -> String?) -> [Markup] {
    let rates = RunScore.all(isOpenWorld: true).filter { $0.unit != .share }.compactMap { score in
      shown(score).map { "\(score.name.lowercased()) \($0)" }
    }
    if rates.isEmpty { return [] }
    return [
      ReportPage.paragraph(
        "Over all nodes: \(rates.joined(separator: ", ")). An imbalance above 1 says that novel classes are more spread out than seen ones."
      )
    ]
  }
}
