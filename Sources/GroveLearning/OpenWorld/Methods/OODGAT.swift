import GroveKernels
import Foundation
public import GroveGraphs
public import GroveLayers
public import GroveTensors

/// A classifier of seen classes whose attention learns which nodes are foreign; these are clustered.
///
///     L = CE(training) + d · [ −w_c · ½ Σ over layers of cos(σ(ā), σ(ê)) − w_d · cos(ā₁, ā₂) + w_e · mean of U over foreign nodes ]
///
/// ā is the mean over heads of a layer's scores (`OODGATConvolution`), ê the entropies of the predictions, standardized over
/// the rows of the step, U the cross-entropy of a prediction against equal shares, and foreign are nodes with
/// σ(mean of all scores) ≥ margin. d = 0.9^(0.01 · steps before). Nodes with a low largest probability are rejected and
/// clustered (`RejectedClusters`); others have the most probable seen class.
///
/// - Source: Song, Wang 2022 and its published code (SongYYYY/KDD22-OODGAT), with the weights of its `train.py`. Differs: a
///   linear layer follows the last convolution, whose rows are the embeddings; sizes and epochs are those of all methods;
///   regularizers see the rows of a step; rejection is by the largest probability, where the code reports areas under
///   curves of entropy and of attention.
public final class OODGAT: OpenWorldMethod {
  /// Logits of the seen classes. [D] → [S]
  public let head: Linear
  /// Threshold and clusters of what is rejected.
  public let rejected: RejectedClusters
  private let consistency: Float
  private let discrepancy: Float
  private let entropy: Float
  private let margin: Float

  static let recipe = OpenWorldRecipe(
    name: "oodgat", title: "OODGAT, attention that tells foreign nodes, which are clustered",
    source: "Song 2022; defaults of the published code",
    parameters: [
      NumberParameter("consistency", 2, in: 0...100, "weight of the likeness of attention scores and entropies, w_c"),
      NumberParameter("discrepancy", 0.005, in: 0...100, "weight of the likeness of both layers' scores, w_d"),
      NumberParameter("entropy", 0.05, in: 0...100, "weight of equal shares at foreign nodes, w_e"),
      NumberParameter("margin", 0.6, in: 0...1, "score from which a node is foreign"),
    ],
    defaults: { ($0.lr, $0.weightDecay, $0.attentionDropout) = (1e-2, 0, 0.6) },
    makeEncoder: { OODGATEncoder($0, $1) },
    encoderOptions: ["hidden", "layers", "dropout", "heads", "outputHeads", "attentionDropout"],
    make: { OODGAT($0, $1) })

  /// The method with its start.
  public init(_ shape: OpenWorldShape, _ start: Initializer) {
    head = Linear(shape.width, shape.problem.seenCount, from: start)
    rejected = RejectedClusters(shape, width: shape.width)
    consistency = Float(shape.options["consistency"])
    discrepancy = Float(shape.options["discrepancy"])
    entropy = Float(shape.options["entropy"])
    margin = Float(shape.options["margin"])
  }

  /// The loss of a step as above.
  public func loss(of step: OpenWorldStep) -> Tensor {
    guard let encoder = step.network.encoder as? OODGATEncoder else {
      preconditionFailure("OODGAT: an encoder without scores")
    }
    let (rows, scores) = encoder.scored(step.input, over: step.blocks)
    let logits = head(rows)
    let decay = pow(0.9, 0.01 * Double(step.number - 1))
    return step.training(of: logits).crossEntropy(step.trainingClasses)
      + Float(decay) * regularizer(logits: logits, scores: scores)
  }

  /// What stands in brackets above. logits [n, S], scores of each layer [n, H] → [1, 1]
  func regularizer(logits: Tensor, scores: [Tensor]) -> Tensor {
    let means = scores.map { $0.rowMean() }
    let count = Float(max(2, logits.rows))
    // Standardized with the unbiased deviation.
    let entropies =
      ((count - 1) / count).squareRoot()
      * DistributionTerms.entropies(of: logits).standardizedColumns(epsilon: 1e-12)
    let alike = means.map { DistributionTerms.cosine($0.sigmoid(), entropies.sigmoid()) }
    var loss = (-consistency / Float(means.count)) * alike.dropFirst().reduce(alike[0], +)
    if let first = means.first, let last = means.last, means.count > 1 {
      loss = loss - discrepancy * DistributionTerms.cosine(first, last)
    }
    let all = Pass.withoutRecording { Tensor.concatenatingColumns(scores).rowMean().sigmoid().values }
    let foreign = all.indices.filter { all[$0] >= margin }.map { Int32($0) }
    guard !foreign.isEmpty else { return loss }
    return loss + entropy * DistributionTerms.uniformCrossEntropies(of: logits.gathering(rows: foreign)).mean()
  }

  /// Threshold and clusters.
  public func settle(_ now: OpenWorldSnapshot) {
    rejected.settle(now, confidence: Confidence(of: head(now.embeddings)).values)
  }

  /// Seen classes by the head, novel ones by the nearest center.
  public func scores(of embeddings: Tensor) -> Tensor {
    let logits = head(embeddings)
    return rejected.scores(of: embeddings, logits: logits, confidence: Confidence(of: logits).values)
  }
}

/// Convolutions of `OODGATConvolution` in a row, each after dropout and before ELU; heads of the last are averaged.
///
/// - Shape: [S, F] → [T, D].
public final class OODGATEncoder: NodeEncoder {
  /// The convolutions from input to embedding.
  public let convolutions: [OODGATConvolution]
  /// D.
  public let width: Int
  private let dropout: Float

  init(_ shape: OpenWorldShape, _ start: Initializer) {
    let options = shape.configuration
    (width, dropout) = (shape.width, options.dropout)
    convolutions = (0..<options.layers).map { layer in
      let isLast = layer == options.layers - 1
      return OODGATConvolution(
        layer == 0 ? shape.inputWidth : shape.width * options.heads, shape.width,
        heads: isLast ? options.outputHeads : options.heads, merge: isLast ? .mean : .concatenated,
        attentionDropout: options.attentionDropout, from: start)
    }
  }

  /// One block for each convolution.
  public var blockCount: Int { convolutions.count }

  /// One row a target of the last block. [S, F] → [T, D]
  public func callAsFunction(_ features: Tensor, over blocks: [Block]) -> Tensor {
    scored(features, over: blocks).rows
  }

  /// The same with each layer's scores of these targets. [S, F] → rows [T, D], scores [T, H] a layer
  func scored(_ features: Tensor, over blocks: [Block]) -> (rows: Tensor, scores: [Tensor]) {
    precondition(blocks.count == blockCount, "OODGATEncoder: \(blocks.count) blocks for \(blockCount) convolutions")
    var rows = features
    var scores: [Tensor] = []
    for (convolution, block) in zip(convolutions, blocks) {
      let made = convolution.scored(rows.droppedOut(dropout, rowIDs: block.sourceIDs), over: block)
      rows = made.rows.elu()
      scores = scores.map { block.targetRows(of: $0, given: nil) } + [made.scores]
    }
    return (rows, scores)
  }
}

extension Tensor {
  /// Mean of each row. [N, F] → [N, 1]
  fileprivate func rowMean() -> Tensor {
    rowDot(Tensor([Float](repeating: 1 / Float(columns), count: columns), rows: 1, columns: columns))
  }
}
