import GroveGraphs
import GroveKernels
import GroveTensors

/// What a step came to.
struct StepLoss {
  /// The mean over positives, with what the synthesis adds.
  let loss: Tensor
  /// The mean size of a negative's gradient for its score, in its row's own loss.
  let meanGradient: Double
  /// The loss of each negative beside its positive alone, for samplers that learn from it. [B · k]
  var ofNegatives: [Float]?
}

extension LinkTraining {
  /// The loss on one positive and its negatives a row.
  ///
  /// Anchors, positives and negatives are numbers of rows; `offset` is what a negative's number lacks of its row's.
  ///
  /// - Complexity: O(B · n · D) for n negatives of a row, made ones included, beside what the synthesis takes.
  func loss(
    _ rows: LinkRows, _ anchors: [Int32], _ positives: [Int32], _ negatives: Negatives, _ offset: Int32,
    _ terms: StepTerms
  ) -> StepLoss {
    let made = made(rows, anchors, positives, negatives, offset, terms)
    let (pairs, scores) = scored(rows, anchors, positives, negatives, offset, made?.rows)
    let values = scores.values
    let known = pairs.positives.map { values[$0] }
    let found = pairs.negatives.map { values[$0] }
    let all = self.terms(terms, negatives, scores: found, isMade: made != nil)
    let result = run.loss.rows(positives: known, negatives: found, terms: all)
    var gradient = [Float](repeating: 0, count: values.count)
    for (place, known) in zip(pairs.positives, result.positives) { gradient[place] = known }
    for (place, known) in zip(pairs.negatives, result.negatives) { gradient[place] = known }
    // The rows' gradients are those of their mean; that of a row's own loss is as many times as large.
    let sum = result.negatives.reduce(0.0) { $0 + Double(abs($1)) }
    let number = Tensor.number(result.value, withGradients: [(scores, FloatBuffer(gradient))])
    return StepLoss(
      loss: made?.extra.map { number + $0 } ?? number,
      meanGradient: sum * Double(anchors.count) / Double(max(1, result.negatives.count)),
      ofNegatives: objective.sampler.learnsFromLosses && made == nil ? losses(known, found, all) : nil)
  }

  /// Negatives that have no number; nil where they are what was drawn.
  private func made(
    _ rows: LinkRows, _ anchors: [Int32], _ positives: [Int32], _ negatives: Negatives, _ offset: Int32,
    _ terms: StepTerms
  ) -> MadeNegatives? {
    guard run.training.synthesis.makesVectors else { return nil }
    precondition(
      negatives.replacesAnchor == nil, "LinkTraining: negatives are made of candidates, and anchors were replaced")
    let own = rows.anchors(anchors)
    func candidates(_ ids: [Int32]) -> Tensor { rows.candidates.gathering(rows: rows.places(ofCandidates: ids)) }
    return run.training.synthesis.negatives(
      of: SynthesisRows(
        queries: model.decoder.queries(own) ?? own, positives: candidates(positives),
        candidates: candidates(negatives.ids.map { $0 + offset }), count: objective.count),
      gates: run.gates, isExposed: terms.isExposed, progress: terms.progress,
      using: random.substream(3).substream(terms.progress.step))
  }

  /// Scores of all pairs of a step.
  private func scored(
    _ rows: LinkRows, _ anchors: [Int32], _ positives: [Int32], _ negatives: Negatives, _ offset: Int32, _ made: Tensor?
  ) -> (pairs: ScoredPairs, scores: Tensor) {
    let pairs: ScoredPairs
    let (own, candidates): (Tensor, Tensor)
    if let made {
      pairs = ScoredPairs(rows: anchors.count, count: made.rows / max(1, anchors.count))
      own = rows.anchors(anchors)
      candidates = .concatenatingRows([
        rows.candidates.gathering(rows: rows.places(ofCandidates: positives)), model.decoder.rows(made),
      ])
    } else {
      pairs = ScoredPairs(anchors, positives, negatives, offset)
      (own, candidates) = (rows.anchors(pairs.anchors), rows.candidates)
    }
    // Rows of made negatives are counted as they stand; those of nodes may be of a few of them.
    let columns = made == nil ? rows.places(ofCandidates: pairs.index.columns) : pairs.index.columns
    let over = Aggregation(
      incoming: EdgeIndex(offsets: pairs.index.offsets, columns: columns), sourceCount: candidates.rows)
    return (pairs, model.decoder.scores(own, candidates, over: over))
  }

  /// What the loss is told: the sampler's weights and offsets, and weights that follow scores.
  private func terms(
    _ known: StepTerms, _ negatives: Negatives, scores: [Float], isMade: Bool
  ) -> NegativeTerms {
    // A weight belongs to a drawn node: what is made of several has none.
    var terms = NegativeTerms(
      weights: isMade ? nil : negatives.weights, offsets: known.offsets, positiveOffsets: known.positiveOffsets)
    guard case .tilted(let sharpness) = run.training.correction, !run.loss.tilts, !scores.isEmpty else { return terms }
    let isValid = terms.weights.map { $0.map { $0 > 0 } }
    let tilted = TiltedWeights.rows(
      scores, columns: scores.count / (negatives.ids.count / negatives.count), sharpness: sharpness, isValid: isValid)
    terms.weights = terms.weights.map { zip($0, tilted).map { $0 * $1 } } ?? tilted
    return terms
  }

  /// The loss of each negative beside its positive alone.
  private func losses(_ positives: [Float], _ negatives: [Float], _ terms: NegativeTerms) -> [Float] {
    let count = negatives.count / max(1, positives.count)
    func repeated(_ x: [Float]) -> [Float] { x.flatMap { [Float](repeating: $0, count: count) } }
    return run.loss.rows(
      positives: repeated(positives), negatives: negatives,
      terms: NegativeTerms(
        weights: run.loss.needsRankWeights ? [Float](repeating: 1, count: negatives.count) : nil,
        offsets: terms.offsets, positiveOffsets: terms.positiveOffsets.map(repeated))
    ).rows
  }
}
