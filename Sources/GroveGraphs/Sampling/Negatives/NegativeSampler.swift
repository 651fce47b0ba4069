import GroveKernels

/// Draws negatives for positives.
///
/// Every sampler gives exactly as many as are asked for, or throws; never what its filter excludes; the same for one seed
/// on any number of threads.
///
/// - Source: the decomposition into candidates and a distribution over them is that of the review "Does Negative Sampling
///   Matter?" (Yang 2024, arXiv 2402.17238).
public protocol NegativeSampler: Sendable {
  /// Name in the catalogue.
  var name: String { get }
  /// What is never drawn.
  var filter: NegativeFilter { get }
  /// Whether a request needs a scorer.
  var needsScores: Bool { get }
  /// Exactly `request.count` negatives for each positive.
  ///
  /// - Throws: `NegativeFailure` of the first positive that has none.
  func sample(for request: NegativeRequest) throws(NegativeFailure) -> Negatives
  /// The chance of each candidate to be a negative of one positive of a request, if one is drawn.
  ///
  /// - Throws: `NegativeFailure.noExactLaw` where there is none in closed form.
  func law(of row: Int, in request: NegativeRequest) throws(NegativeFailure) -> CandidateLaw
  /// How likely it was to draw the negatives of a request, over all batches that the request may stand in.
  ///
  /// - Parameter frequency: the share of each candidate among all positives, above 0.
  /// - Returns: nil where chances change with what was learned, so that they have to be estimated from what is drawn.
  /// - Throws: `NegativeFailure` of the first positive that has no negatives.
  func chances(
    of negatives: Negatives, for request: NegativeRequest, frequency: @escaping @Sendable (Int32) -> Double
  ) throws(NegativeFailure) -> DrawChances?
  /// Whether it draws by the losses of what it drew before, and so must be told them.
  var learnsFromLosses: Bool { get }
  /// Tells it the loss of each negative that it drew last, beside its positive alone. [B · k]
  func learn(from losses: [Float], of negatives: Negatives, for request: NegativeRequest)
}

extension NegativeSampler {
  /// None are known.
  public func chances(
    of negatives: Negatives, for request: NegativeRequest, frequency: @escaping @Sendable (Int32) -> Double
  ) throws(NegativeFailure) -> DrawChances? { nil }

  /// No.
  public var learnsFromLosses: Bool { false }

  /// Nothing to be learned.
  public func learn(from losses: [Float], of negatives: Negatives, for request: NegativeRequest) {}

  /// Largest number of candidates whose exact chances are given.
  public static var exactLimit: Int { 10_000 }

  /// The chance of every candidate to be a negative of one positive. [C]
  ///
  /// - Throws: `NegativeFailure.noExactLaw` with more than 10,000 candidates or without a closed form.
  public func exactDistribution(of row: Int = 0, in request: NegativeRequest) throws(NegativeFailure) -> [Double] {
    guard filter.candidateCount <= Self.exactLimit else {
      throw .noExactLaw(
        sampler: name, why: "there are \(filter.candidateCount) candidates, more than \(Self.exactLimit)")
    }
    return try law(of: row, in: request).dense(candidateCount: filter.candidateCount)
  }
}

/// A sampler made of a pool and a choice.
///
///     negatives of (v, u⁺) = choice(pool(v, u⁺) without the excluded)
public struct ComposedSampler: NegativeSampler {
  /// Name in the catalogue.
  public let name: String
  /// Where candidates come from.
  public let pool: any CandidatePool
  /// Where they come from for an anchor whose pool is empty; nil: that is an error.
  public let fallback: (any CandidatePool)?
  /// How negatives are chosen among them.
  public let choice: any NegativeChoice
  /// What is never drawn.
  public let filter: NegativeFilter

  /// A sampler of its parts.
  public init(
    _ name: String, pool: any CandidatePool, fallback: (any CandidatePool)? = nil,
    choice: any NegativeChoice = DrawEach(),
    filter: NegativeFilter
  ) {
    (self.name, self.pool, self.fallback) = (name, pool, fallback)
    (self.choice, self.filter) = (choice, filter)
  }

  /// Where the choice or a pool does.
  public var needsScores: Bool { choice.needsScores || pool.needsScores || fallback?.needsScores ?? false }

  /// Negatives of a request.
  ///
  /// - Complexity: O(B · k · log d) for plain draws from all candidates; see the choice for others. On all threads.
  public func sample(for request: NegativeRequest) throws(NegativeFailure) -> Negatives {
    for (anchor, positive) in zip(request.anchors, request.positives) {
      precondition(
        anchor >= 0 && Int(anchor) < filter.anchorCount && positive >= 0 && Int(positive) < filter.candidateCount,
        "sample: anchor \(anchor) of \(filter.anchorCount), positive \(positive) of \(filter.candidateCount)")
    }
    if needsScores && request.scorer == nil { throw .noScorer(sampler: name) }
    try pool.prepare(for: request)
    try fallback?.prepare(for: request)
    let result: Negatives
    if let plain = try bulk(request) { result = plain } else { result = try rowByRow(request) }
    pool.observe(result, of: request)
    fallback?.observe(result, of: request)
    return result
  }

  /// Plain draws of a global pool in one pass; nil for other samplers.
  private func bulk(_ request: NegativeRequest) throws(NegativeFailure) -> Negatives? {
    guard choice.isPlain else { return nil }
    var tally = DrawTally()
    let total = request.anchors.count * request.count
    if pool is EveryCandidate {
      let (ids, exhausted) = Kernels.drawUniform(
        excluding: filter.index, anchors: request.anchors, each: request.count, of: filter.candidateCount,
        using: request.random)
      if let exhausted { throw .noCandidates(anchor: request.anchors[exhausted], sampler: name) }
      tally.draws = total
      return Negatives(ids: ids, count: request.count, tally: tally)
    }
    guard let table = (pool as? WeightedCandidates)?.table else { return nil }
    precondition(table.count == filter.candidateCount, "sample: \(table.count) weights of \(filter.candidateCount)")
    var (ids, rejected) = Kernels.drawWeighted(
      by: table, excluding: filter.index, anchors: request.anchors, each: request.count, using: request.random)
    (tally.draws, tally.rejections) = (total + rejected, rejected)
    for place in ids.indices where ids[place] < 0 {
      var draw = try self.draw(of: place / request.count, in: request)
      draw.random = request.random.substream(1).generator(row: place)
      ids[place] = draw.draw()
      tally.add(draw.tally)
    }
    return Negatives(ids: ids, count: request.count, tally: tally)
  }

  private func rowByRow(_ request: NegativeRequest) throws(NegativeFailure) -> Negatives {
    let (rows, count) = (request.anchors.count, request.count)
    let parts = Workers.mapChunks(of: rows, atLeast: 32) { range in
      Result { () throws(NegativeFailure) in try negatives(of: range, in: request) }
    }
    var result = Negatives(ids: [], count: count)
    result.ids.reserveCapacity(rows * count)
    var weights: [Float] = []
    for part in parts {
      let part = try part.get()
      result.ids += part.ids
      weights += part.weights
      result.tally.add(part.tally)
    }
    result.weights = weights.isEmpty ? nil : weights
    return result
  }

  private struct Part: Sendable {
    var ids: [Int32] = []
    var weights: [Float] = []
    var tally = DrawTally()
  }

  private func negatives(of range: Range<Int>, in request: NegativeRequest) throws(NegativeFailure) -> Part {
    var part = Part()
    for row in range {
      var draw = try self.draw(of: row, in: request)
      let chosen = try choice.choose(request.count, in: &draw)
      precondition(
        chosen.ids.count == request.count, "sampler '\(name)': \(chosen.ids.count) of \(request.count) negatives")
      part.ids += chosen.ids
      if let weights = chosen.weights { part.weights += weights }
      part.tally.add(draw.tally)
    }
    return part
  }

  /// One positive with its pool, or the fallback where that is empty.
  func draw(of row: Int, in request: NegativeRequest) throws(NegativeFailure) -> NegativeDraw {
    var members = try pool.members(of: row, in: request)
    var usesFallback = false
    if let fallback, NegativeDraw.drawable(members, of: row, in: request, filter) == nil {
      members = try fallback.members(of: row, in: request)
      usesFallback = true
    }
    var draw = try NegativeDraw(
      name, row: row, in: request, from: members, filter: filter, random: request.random.generator(row: row))
    if usesFallback { draw.tally.fallbacks += request.count }
    return draw
  }

  /// The choice's chances.
  public func law(of row: Int, in request: NegativeRequest) throws(NegativeFailure) -> CandidateLaw {
    try pool.prepare(for: request)
    try fallback?.prepare(for: request)
    return try choice.law(of: draw(of: row, in: request))
  }
}
