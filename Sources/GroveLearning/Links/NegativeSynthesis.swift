public import GroveGraphs
import GroveKernels
import GroveTensors

/// How negatives are made of the candidates that a sampler draws.
///
/// What is made has a vector and may be no node: the sampler's filter has seen what it is made of. Its parts are the rows that
/// encoders give, as those of one hop: papers that mix hop by hop (MixGCF, DENS) need the rows after each.
public enum NegativeSynthesis: Sendable {
  /// Each negative is the node that was drawn.
  case none
  /// Candidates are mixed with the positive, and the hardest mixture is the negative (MixGCF).
  case positiveMixing(PositiveMixing, candidates: Int)
  /// Of the candidates one is chosen by gates, which learn by a contrast that is added to the loss with a weight (DENS).
  case gatedChoice(candidates: Int, warmUp: Int, contrast: Float)
  /// Of the candidates the one most like anchor and positive is merged with the likeliest that is an exposure (RecNS).
  ///
  /// Row v of the exposures lists those of anchor v; without any the negative is the first alone.
  case regionMerging(RegionMerging, candidates: Int, exposures: SparseRows?)
  /// Mixtures of drawn negatives, and of these with the anchor, stand beside the drawn ones from a step on (MoCHi).
  ///
  /// There are as many of either as their shares of the drawn negatives say, those with the anchor rounded up.
  case queueMixing(pairs: Double, withAnchor: Double, warmUp: Int)

  /// How many candidates make one negative.
  var candidates: Int {
    switch self {
    case .none, .queueMixing: 1
    case .positiveMixing(_, let count), .gatedChoice(let count, _, _), .regionMerging(_, let count, _): count
    }
  }

  /// Whether negatives have vectors that are no node's.
  var makesVectors: Bool {
    switch self {
    case .none: false
    default: true
    }
  }
}

/// Rows of a step from which negatives are made.
///
/// Letters: B positives, k negatives for each, M candidates for a negative, D width.
struct SynthesisRows {
  /// What candidates are compared with by dot products. [B, D]
  let queries: Tensor
  /// Rows of positives. [B, D]
  let positives: Tensor
  /// Rows of candidates. [B · k · M, D]
  let candidates: Tensor
  /// k.
  let count: Int

  /// A row for each negative. [B, D] → [B · k, D]
  func repeated(_ x: Tensor) -> Tensor {
    x.gathering(rows: (0..<Int32(x.rows)).flatMap { [Int32](repeating: $0, count: count) })
  }
}

/// Negatives that were made.
struct MadeNegatives {
  /// Row after row, as many of each positive. [B · n, D]
  let rows: Tensor
  /// What is added to the loss.
  var extra: Tensor?
}

extension NegativeSynthesis {
  /// The negatives of a step; nil where they are what was drawn.
  ///
  /// - Parameter isExposed: of each candidate whether it is an exposure of its anchor; nil: none is. [B · k · M]
  /// - Complexity: that of the synthesizer.
  func negatives(
    of rows: SynthesisRows, gates: GatedChoice?, isExposed: [Bool]?, progress: NegativeRequest.Progress,
    using random: RandomStream
  ) -> MadeNegatives? {
    switch self {
    case .none: return nil
    case .positiveMixing(let mixing, _):
      return MadeNegatives(
        rows: mixing(
          anchors: [rows.repeated(rows.queries)], positives: [rows.repeated(rows.positives)],
          candidates: [rows.candidates], using: random
        ).pooled)
    case .gatedChoice(_, _, let weight):
      guard let gates else { preconditionFailure("NegativeSynthesis: a gated choice without gates") }
      let (anchors, positives) = (rows.repeated(rows.queries), rows.repeated(rows.positives))
      let made = gates(
        anchors: [anchors], positives: [positives], candidates: [rows.candidates], epoch: progress.epoch)
      let contrast = gates.contrast(anchors: [anchors], positives: [positives], negatives: made.hops)
      return MadeNegatives(rows: made.pooled, extra: weight * contrast)
    case .regionMerging(let merging, let count, _):
      return MadeNegatives(rows: NegativeSynthesis.merged(rows, by: merging, count: count, isExposed, random))
    case .queueMixing(let pairs, let withAnchor, let warmUp):
      let mixing = QueueMixing(
        hardest: rows.count, pairs: Int((pairs * Double(rows.count)).rounded()),
        withQuery: Int((withAnchor * Double(rows.count)).rounded(.up)))
      guard progress.step >= warmUp && mixing.pairs + mixing.withQuery > 0 else { return nil }
      let mixed = mixing.negatives(of: rows.queries, hardest: rows.candidates, using: random)
      return MadeNegatives(rows: NegativeSynthesis.beside(rows.candidates, mixed, of: rows.queries.rows))
    }
  }

  private static func merged(
    _ rows: SynthesisRows, by merging: RegionMerging, count: Int, _ isExposed: [Bool]?, _ random: RandomStream
  ) -> Tensor {
    let anchors = rows.repeated(rows.queries)
    let assisted = rows.candidates.gathering(
      rows: CandidateChoice.rows(
        merging.assistedChoices(
          anchors: anchors, positives: rows.repeated(rows.positives), candidates: rows.candidates, using: random),
        count: count))
    guard let isExposed else { return assisted }
    let exposed = merging.exposedChoices(anchors: anchors, candidates: rows.candidates, isValid: isExposed)
    return merging.merged(
      assisted: assisted,
      exposed: rows.candidates.gathering(rows: CandidateChoice.rows(exposed.map { max(0, $0) }, count: count)),
      hasExposed: exposed.map { $0 >= 0 })
  }

  /// Rows of each anchor from two tensors, one after the other. [B · a, D], [B · b, D] → [B · (a + b), D]
  private static func beside(_ first: Tensor, _ second: Tensor, of count: Int) -> Tensor {
    let (a, b) = (first.rows / max(1, count), second.rows / max(1, count))
    var order: [Int32] = []
    for row in 0..<count {
      for place in row * a..<(row + 1) * a { order.append(Int32(place)) }
      for place in row * b..<(row + 1) * b { order.append(Int32(first.rows + place)) }
    }
    return Tensor.concatenatingRows([first, second]).gathering(rows: order)
  }
}
