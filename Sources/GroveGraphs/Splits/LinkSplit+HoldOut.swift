public import GroveKernels

extension LinkSplit {
  /// The same split with a validation part held out of the training links, a share of each source's; equal streams give
  /// equal ones.
  ///
  /// What is held out of a source depends on its own training links and its number only, never on test. Every source keeps
  /// at least one training link; of d links, fraction · d are held out, rounded.
  ///
  /// - Precondition: there is no validation part; the fraction is in 0..<1.
  /// - Throws: `LinkSplitFailure.nothingLeft` where nothing is held out.
  /// - Complexity: O(E log E).
  public func holdingOutValidation(_ fraction: Double, random: RandomStream) throws -> LinkSplit {
    precondition(
      validation.positives.count == 0, "holdingOutValidation: there are \(validation.positives.count) validated links")
    precondition(fraction >= 0 && fraction < 1, "holdingOutValidation: fraction \(fraction) is not in 0..<1")
    let (rows, positions) = SparseRows.grouping(
      rows: training.sources, columns: training.targets, rowCount: ends.sourceCount, columnCount: ends.targetCount)
    var isHeld = [Bool](repeating: false, count: training.count)
    for source in 0..<rows.rowCount {
      // In the order of targets, so that the order of the list decides nothing.
      let links = rows.range(of: source).map { positions[$0] }.sorted {
        training.targets[Int($0)] < training.targets[Int($1)]
      }
      let count = min(Int((fraction * Double(links.count)).rounded()), links.count - 1)
      guard count > 0 else { continue }
      var generator = random.substream(source).generator
      for link in generator.shuffled(links).prefix(count) { isHeld[Int(link)] = true }
    }
    let held = training.filtered(by: isHeld)
    guard held.count > 0 else { throw LinkSplitFailure.nothingLeft(part: "validation", links: training.count) }
    let telling = PairSet([held], ordered: ends.hasOrderedLeaks)
    let isMessage = zip(messages.sources, messages.targets).map { !telling.contains($0, $1) }
    let isTraining = zip(training.sources, training.targets).map { !telling.contains($0, $1) }
    return LinkSplit(
      name: name, kind: "\(kind); validation held out of training: \(fraction) of each source's links", ends: ends,
      messages: messages.filtered(by: isMessage), training: training.filtered(by: isTraining),
      validation: LinkEvaluation(positives: held), test: test)
  }
}
