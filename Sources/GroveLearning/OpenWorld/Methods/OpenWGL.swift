import Foundation
public import GroveGraphs
import GroveKernels
public import GroveLayers
public import GroveTensors

/// A variational autoencoder with a classifier of seen classes, unsure where it should be; what it does not know is clustered.
///
///     L = CE(training) + KL(training) + BCE(edges; 1) + BCE(as many random pairs; 0) + mean of p · log p over unsure nodes
///
/// h = μ + ε · exp(s) is drawn for each row of the step, CE is that of the head's logits of h, KL the mean over columns of
/// −s + (exp(2 s) + μ² − 1) / 2, and BCE that of h[i] · h[j] over the edges between nodes of the step. Unsure are nodes of
/// no known class whose largest probability is between 1 / S and ½: all shares of them go towards equal ones. Nodes with a
/// low largest probability are rejected and clustered (`RejectedClusters`).
///
/// - Source: Wu, Pan, Zhu 2020 and its published code (TrustAGI-Lab/OpenWGL), whose terms all weigh 1. Differs: sizes and
///   epochs are those of all methods; noise is not cut off at two deviations; probabilities of predictions are those at μ,
///   where the code takes the mean over 100 draws; edges are those between the nodes of a step; the threshold takes no
///   labels of novel nodes.
public final class OpenWGL: OpenWorldMethod {
  /// Logits of the seen classes. [D] → [S]
  public let head: Linear
  /// Threshold and clusters of what is rejected.
  public let rejected: RejectedClusters
  private let divergence: Float
  private let reconstruction: Float
  private let uncertainty: Float

  static let recipe = OpenWorldRecipe(
    name: "openwgl", title: "OpenWGL, a variational autoencoder with a classifier, and clusters of what it rejects",
    source: "Wu 2020; defaults of the published code",
    parameters: [
      NumberParameter("divergence", 1, in: 0...100, "weight of the divergence from the normal distribution"),
      NumberParameter("reconstruction", 1, in: 0...100, "weight of telling edges from random pairs"),
      NumberParameter("uncertainty", 1, in: 0...100, "weight of equal shares at unsure nodes"),
    ],
    defaults: { ($0.lr, $0.weightDecay, $0.dropout) = (1e-3, 0, 0) },
    makeEncoder: { VariationalEncoder($0, $1) }, encoderOptions: ["hidden", "layers", "dropout"],
    make: { OpenWGL($0, $1) })

  /// The method with its start.
  public init(_ shape: OpenWorldShape, _ start: Initializer) {
    head = Linear(shape.width, shape.problem.seenCount, start: .glorot, from: start)
    rejected = RejectedClusters(shape, width: shape.width)
    divergence = Float(shape.options["divergence"])
    reconstruction = Float(shape.options["reconstruction"])
    uncertainty = Float(shape.options["uncertainty"])
  }

  /// The loss of a step as above.
  public func loss(of step: OpenWorldStep) -> Tensor {
    guard let encoder = step.network.encoder as? VariationalEncoder, let last = step.blocks.last else {
      preconditionFailure("OpenWGL: an encoder without deviations")
    }
    let (mean, deviation) = encoder.distribution(step.input, over: step.blocks)
    let drawn = mean + OpenWGL.noise(of: last, width: mean.columns) * deviation.applying(.exponential)
    let logits = head(drawn)
    let known = step.training(of: OpenWGL.divergences(mean: mean, deviation: deviation)).mean()
    var loss = step.training(of: logits).crossEntropy(step.trainingClasses) + divergence * known
    let edges = OpenWGL.edges(among: last)
    if !edges.sources.isEmpty {
      let pairs = OpenWGL.pairs(edges.sources.count, of: mean.rows)
      loss =
        loss + reconstruction
        * (OpenWGL.likeness(drawn, edges, target: 1) + OpenWGL.likeness(drawn, pairs, target: 0))
    }
    let unlabeled = step.unlabeledPlaces
    if !unlabeled.isEmpty, let unsure = OpenWGL.uncertainty(of: logits.gathering(rows: unlabeled)) {
      loss = loss + uncertainty * unsure
    }
    return loss
  }

  /// −s + (exp(2 s) + μ² − 1) / 2. [n, D], [n, D] → [n, D]
  static func divergences(mean: Tensor, deviation: Tensor) -> Tensor {
    let squares = (2 * deviation).applying(.exponential) + mean * mean
    return Tensor.blending(0.5, squares.adding(-1), -1, deviation)
  }

  /// Mean over unsure rows and classes of p log p, p at least 10⁻⁷; nil where none is unsure. [n, S] → [1, 1]
  static func uncertainty(of logits: Tensor) -> Tensor? {
    let confidence = Confidence(of: logits).values
    let unsure = confidence.indices.filter { confidence[$0] > 1 / Float(logits.columns) && confidence[$0] < 0.5 }
    guard !unsure.isEmpty else { return nil }
    let shares = logits.gathering(rows: unsure.map { Int32($0) }).softmax()
    let least = Tensor([Float](repeating: 1e-7, count: shares.shape.count), rows: shares.rows, columns: shares.columns)
    let kept = Tensor.maximum([shares, least])
    return (kept * kept.applying(.logarithm)).mean()
  }

  /// Binary cross-entropy of x[i] · x[j] over pairs, all of which are (1) or are not (0) edges. [n, D] → [1, 1]
  static func likeness(_ rows: Tensor, _ pairs: (sources: [Int32], targets: [Int32]), target: Float) -> Tensor {
    let products = rows.gathering(rows: pairs.sources).rowDot(rows.gathering(rows: pairs.targets))
    return products.binaryCrossEntropy(
      Tensor([Float](repeating: target, count: products.rows), rows: products.rows, columns: 1))
  }

  /// Edges of a block whose source is one of its targets too, by rows of targets.
  static func edges(among block: Block) -> (sources: [Int32], targets: [Int32]) {
    var place = [Int32](repeating: -1, count: block.sourceCount)
    for target in 0..<block.targetCount { place[block.sourceRow(ofTarget: target)] = Int32(target) }
    let index = block.aggregation.incoming
    var (sources, targets): ([Int32], [Int32]) = ([], [])
    for target in 0..<block.targetCount {
      for entry in Int(index.offsets[target])..<Int(index.offsets[target + 1]) {
        let source = place[Int(index.columns[entry])]
        guard source >= 0 else { continue }
        sources.append(source)
        targets.append(Int32(target))
      }
    }
    return (sources, targets)
  }

  /// Random pairs of rows, with the next random numbers of the step; none in evaluation.
  static func pairs(_ count: Int, of rows: Int) -> (sources: [Int32], targets: [Int32]) {
    guard var generator = Pass.nextStream()?.generator else { return ([], []) }
    let ends = (0..<2 * count).map { _ in Int32(generator.next(below: rows)) }
    return (Array(ends[..<count]), Array(ends[count...]))
  }

  /// Normal numbers for the targets of a block, those of a node in a step being the same in every block; 0 in evaluation.
  static func noise(of block: Block, width: Int) -> Tensor {
    let count = block.targetCount
    guard let random = Pass.nextStream() else {
      return Tensor([Float](repeating: 0, count: count * width), rows: count, columns: width)
    }
    var values: [Float] = []
    values.reserveCapacity(count * width)
    for row in 0..<count {
      let node = block.targetNode(row)
      for column in 0..<width {
        let radius = (-2 * log(1 - random.uniform(row: node, column: 2 * column))).squareRoot()
        values.append(radius * cos(2 * Float.pi * random.uniform(row: node, column: 2 * column + 1)))
      }
    }
    return Tensor(values, rows: count, columns: width)
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

/// Graph convolutions that end in a normal distribution for each node, whose mean is the embedding.
///
///     h = ReLU(GCN(x)) as often as there are layers but one;  μ = GCN(h),  s = GCN'(h), the logarithm of the deviation
///
/// - Shape: [S, F] → [T, D].
public final class VariationalEncoder: NodeEncoder {
  /// The convolutions before the last.
  public let hidden: [GCNConvolution]
  /// What gives μ.
  public let mean: GCNConvolution
  /// What gives s.
  public let deviation: GCNConvolution
  /// D.
  public let width: Int
  private let dropout: Float

  init(_ shape: OpenWorldShape, _ start: Initializer) {
    let layers = shape.configuration.layers
    (width, dropout) = (shape.width, shape.configuration.dropout)
    hidden = (0..<layers - 1).map { GCNConvolution($0 == 0 ? shape.inputWidth : shape.width, shape.width, from: start) }
    let last = layers == 1 ? shape.inputWidth : shape.width
    mean = GCNConvolution(last, shape.width, from: start)
    deviation = GCNConvolution(last, shape.width, from: start)
  }

  /// One block for each layer.
  public var blockCount: Int { hidden.count + 1 }

  /// μ of each target of the last block. [S, F] → [T, D]
  public func callAsFunction(_ features: Tensor, over blocks: [Block]) -> Tensor {
    let (rows, block) = inner(features, over: blocks)
    return mean(rows, over: block)
  }

  /// μ and s of each target of the last block. [S, F] → [T, D] both
  func distribution(_ features: Tensor, over blocks: [Block]) -> (mean: Tensor, deviation: Tensor) {
    let (rows, block) = inner(features, over: blocks)
    return (mean(rows, over: block), deviation(rows, over: block))
  }

  private func inner(_ features: Tensor, over blocks: [Block]) -> (rows: Tensor, last: Block) {
    precondition(blocks.count == blockCount, "VariationalEncoder: \(blocks.count) blocks for \(blockCount) layers")
    var rows = features
    for (convolution, block) in zip(hidden, blocks) {
      rows = convolution(rows.droppedOut(dropout, rowIDs: block.sourceIDs), over: block).relu()
    }
    let last = blocks[blocks.count - 1]
    return (rows.droppedOut(dropout, rowIDs: last.sourceIDs), last)
  }
}
