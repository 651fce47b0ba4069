import Foundation
import GroveGraphs
import GroveKernels
public import GroveLayers
public import GroveTensors

/// A learned prototype for each class, pseudo labels of novel classes that spread over edges, and self-supervision.
///
///     p(c | i) = softmax over c of −d[i, c] / τ,   d the distance of z[i] and prototype c, both of length 1
///     L = w_s · CE(training; τ 0.1) + w_p · CE(pseudo-labeled; τ 0.7) + w_u · DGI + w_e · mean d + w_g · (near + even)
///
/// DGI tells nodes from those of a graph with shuffled features by their product with the mean node: BCE(σ(z · W · s)). near
/// is the mean over prototypes of exp(−distance of the nearest other one), even that of the largest cosine with another
/// one, around their mean. The nearest prototype is the prediction. Pseudo labels (`POWNLabels`) follow each epoch.
///
/// - Source: Hoffmann, Galke, Scherp 2024 (arXiv 2406.09926) and its published code (Bobowner/POWN): temperatures, w_g, hops
///   and shares of its files for Cora. The code searches w_s in 0.05...1, w_p in 0.01...1, w_u in 0.2...1, w_e in 0.001...0.3
///   and the gate in 5...95; the defaults of these five are our choice. w_e · mean d is what the code's entropy term comes
///   to. Differs: the encoder is that of all methods; pseudo labels are made once an epoch and not in the first; near leaves
///   out a prototype's distance to itself, which makes the code's term a constant; distances have 10⁻⁶ in their squares.
public final class POWN: OpenWorldMethod {
  /// A row for each class, used at length 1. [K, D]
  public let prototypes: Parameter
  /// W of DGI. [D, D]
  public let discriminator: Parameter
  private let options: NumberOptions
  private var labels: [Int32]?

  static let recipe = OpenWorldRecipe(
    name: "pown", title: "POWN, learned prototypes, propagated pseudo labels and graph infomax",
    source: "Hoffmann 2024, arXiv 2406.09926; defaults of the published code where it has any",
    parameters: [
      NumberParameter("supervised", 1, in: 0...100, "weight of training nodes, w_s; our choice"),
      NumberParameter("pseudo", 0.5, in: 0...100, "weight of pseudo-labeled nodes, w_p; our choice"),
      NumberParameter("infomax", 1, in: 0...100, "weight of graph infomax, w_u; our choice"),
      NumberParameter("distance", 0.01, in: 0...100, "weight of the mean distance, w_e; our choice"),
      NumberParameter("geometry", 0.1, in: 0...100, "weight of what keeps prototypes apart, w_g"),
      NumberParameter("supervised-tau", 0.1, in: 0.001...100, "temperature of training nodes"),
      NumberParameter("pseudo-tau", 0.7, in: 0.001...100, "temperature of pseudo-labeled nodes"),
      NumberParameter(
        "gate", 50, in: 0...100,
        "percent of labeled nodes that the gate takes for novel, and of nodes that seed; our choice"),
      NumberParameter("hops", 2, in: 0...100, "rounds of propagation"),
      NumberParameter("certain", 10, in: 0...100, "percent of novel-looking nodes that are pseudo-labeled"),
    ],
    defaults: { ($0.lr, $0.weightDecay) = (1e-2, 0) }, make: { POWN($0, $1) })

  /// The method with its start.
  public init(_ shape: OpenWorldShape, _ start: Initializer) {
    let drawn = start.normal(shape.problem.classCount, shape.width, deviation: 1).value
    prototypes = Parameter(drawn.normalizedRows())
    discriminator = start.inverseRoot(shape.width, shape.width, fanIn: shape.width)
    options = shape.options
  }

  private func weight(_ name: String) -> Float { Float(options[name]) }

  /// The loss of a step as above.
  public func loss(of step: OpenWorldStep) -> Tensor {
    let rows = step.view()
    let batch = step.batch(of: rows)
    let points = prototypes.value.normalizedRows()
    let order = shuffled(step.input.rows)
    let corrupted = step.network.encoder(step.input.gathering(rows: order), over: step.blocks)
    let known = POWN.prototypeLoss(
      step.training(of: rows), points, classes: step.trainingClasses, temperature: weight("supervised-tau"))
    var loss =
      weight("supervised") * known + weight("infomax") * infomax(batch, corrupted: step.batch(of: corrupted))
      + weight("distance") * DistributionTerms.unitDistances(batch, points).mean()
    if points.rows > 1 { loss = loss + weight("geometry") * POWN.geometry(of: prototypes.value) }
    let given = step.nodes.map { labels?[Int($0)] ?? -1 }
    let places = given.indices.filter { given[$0] >= 0 }
    guard !places.isEmpty else { return loss }
    let pseudo = POWN.prototypeLoss(
      batch.gathering(rows: places.map { Int32($0) }), points, classes: places.map { given[$0] },
      temperature: weight("pseudo-tau"))
    return loss + weight("pseudo") * pseudo
  }

  private func shuffled(_ count: Int) -> [Int32] {
    let order = (0..<Int32(count)).map { $0 }
    guard var generator = Pass.nextStream()?.generator else { return order }
    return generator.shuffled(order)
  }

  /// Cross-entropy of softmax(−d / τ). [n, D], [K, D] → [1, 1]
  static func prototypeLoss(_ rows: Tensor, _ points: Tensor, classes: [Int32], temperature: Float) -> Tensor {
    ((-1 / temperature) * DistributionTerms.unitDistances(rows, points)).crossEntropy(classes)
  }

  /// −mean log σ(z · W · s) − mean log (1 − σ(z' · W · s)), s = σ(mean z). [n, D], [n, D] → [1, 1]
  func infomax(_ rows: Tensor, corrupted: Tensor) -> Tensor {
    let summary = rows.columnMean().sigmoid().matmul(discriminator.value, transposed: true)
    func entropy(_ rows: Tensor, target: Float) -> Tensor {
      rows.matmul(summary, transposed: true).binaryCrossEntropy(
        Tensor([Float](repeating: target, count: rows.rows), rows: rows.rows, columns: 1))
    }
    return entropy(rows, target: 1) + entropy(corrupted, target: 0)
  }

  /// near + even of prototypes of any length. [K, D] → [1, 1]
  ///
  /// - Precondition: at least two.
  static func geometry(of prototypes: Tensor) -> Tensor {
    let count = prototypes.rows
    func diagonal(_ value: Float) -> Tensor {
      Tensor((0..<count * count).map { $0 % (count + 1) == 0 ? value : 0 }, rows: count, columns: count)
    }
    let points = prototypes.normalizedRows()
    let distances = DistributionTerms.unitDistances(points, points)
    let near = DistributionTerms.rowMaximum(-1 * distances - diagonal(1000)).applying(.exponential).mean()
    let centered = prototypes.addingRow(-1 * prototypes.columnMean()).normalizedRows()
    let cosines = centered.matmul(centered, transposed: true) - diagonal(1)
    return near + DistributionTerms.rowMaximum(cosines).mean()
  }

  /// Pseudo labels for the next epoch.
  public func settle(_ now: OpenWorldSnapshot) {
    let problem = now.problem
    guard problem.classCount > problem.seenCount, !problem.unlabeled.isEmpty else { return }
    labels =
      POWNLabels(
        now, prototypes: prototypes.value.normalizedRows(), gate: options["gate"], hops: Int(options["hops"]),
        certain: options["certain"]
      ).classes
  }

  /// The negative distances.
  public func scores(of embeddings: Tensor) -> Tensor {
    -1 * DistributionTerms.unitDistances(embeddings, prototypes.value.normalizedRows())
  }
}

/// Pseudo labels of novel classes.
///
/// Of the unlabeled nodes that look novel (`PrototypeGate`), the most typical ones of each novel prototype's nearest nodes
/// are seeds. Their classes spread over edges with weights w = 1 / (distance of the two nodes + distance of the source to
/// its nearest prototype), y ← 0.9 D^-½ W D^-½ y + 0.1 y₀. Nodes whose entropy, 0.2 of what has spread and 0.8 of the
/// softmax over novel prototypes, is among the lowest keep the class that has spread to them most.
///
/// Letters: N nodes, K classes, U novel ones.
///
/// - Source: as `POWN`. Differs: the gate standardizes over all prototypes, for over two seen ones the largest is always the
///   same; nodes that nothing has reached get no class.
struct POWNLabels {
  /// The class of each node, −1 for none. [N]
  let classes: [Int32]

  init(_ now: OpenWorldSnapshot, prototypes: Tensor, gate percent: Double, hops: Int, certain: Double) {
    let problem = now.problem
    let (count, width, seen) = (problem.nodeCount, problem.classCount, problem.seenCount)
    let rows = now.embeddings.normalizedRows()
    let similarities = rows.matmul(prototypes, transposed: true)
    let gate = PrototypeGate(
      similarities: similarities, seenCount: seen, labeled: problem.training.map { Int($0) }, percent: percent)
    var isCandidate = [Bool](repeating: false, count: count)
    for node in problem.unlabeled { isCandidate[Int(node)] = gate.isNovel[Int(node)] }
    let candidates = problem.unlabeled.filter { isCandidate[Int($0)] }
    guard !candidates.isEmpty else {
      classes = [Int32](repeating: -1, count: count)
      return
    }
    let cosines = similarities.values
    let seeds = POWNLabels.seeds(gate, problem, cosines: cosines, share: percent / 100)
    var start = [Float](repeating: 0, count: count * width)
    for (node, label) in seeds.enumerated() where label >= 0 && isCandidate[node] {
      start[node * width + Int(label)] = 1
    }
    let spread = POWNLabels.spread(
      Tensor(start, rows: count, columns: width), rows: rows, cosines: cosines, over: problem.graph, hops: hops
    ).values
    let shares = (10 * Tensor(spread, rows: count, columns: width)).softmax().values
    let novelShares = (10 * similarities.columns(seen..<width)).softmax().values
    let most = log(Float(width))
    func entropy(_ shares: ArraySlice<Float>) -> Float { shares.reduce(0) { $1 > 0 ? $0 - $1 * log($1) : $0 } / most }
    let entropies = candidates.map { node in
      let at = Int(node)
      return 0.2 * entropy(shares[at * width..<(at + 1) * width])
        + 0.8 * entropy(novelShares[at * (width - seen)..<(at + 1) * (width - seen)])
    }
    let limit = Percentile.linear(entropies, percent: certain)
    var classes = [Int32](repeating: -1, count: count)
    for (place, node) in candidates.enumerated() where Double(entropies[place]) < limit {
      let own = spread[Int(node) * width..<(Int(node) + 1) * width]
      guard let largest = own.max(), largest > 0, let at = own.firstIndex(of: largest) else { continue }
      classes[Int(node)] = Int32(at - own.startIndex)
    }
    self.classes = classes
  }

  /// Of the nodes that are nearest to each novel prototype, the given share that is nearest, by class; −1 for others. [N]
  private static func seeds(
    _ gate: PrototypeGate, _ problem: OpenWorldProblem, cosines: [Float], share: Double
  ) -> [Int32] {
    let (width, seen) = (problem.classCount, problem.seenCount)
    var members = [[Int32]](repeating: [], count: width)
    for node in problem.nodes {
      let own = cosines[Int(node) * width + seen..<(Int(node) + 1) * width]
      var best = own.startIndex
      for place in own.indices where own[place] > own[best] { best = place }
      members[seen + best - own.startIndex].append(node)
    }
    var seeds = [Int32](repeating: -1, count: problem.nodeCount)
    for label in seen..<width {
      func typical(_ node: Int32) -> Float { gate.standardized[Int(node) * width + label] }
      let ranked = members[label].sorted { (-typical($0), $0) < (-typical($1), $1) }
      for node in ranked.prefix(Int(share * Double(ranked.count))) { seeds[Int(node)] = Int32(label) }
    }
    return seeds
  }

  private static func spread(
    _ start: Tensor, rows: Tensor, cosines: [Float], over graph: Graph, hops: Int
  ) -> Tensor {
    let aggregation = graph.block.aggregation
    guard aggregation.edgeCount > 0 else { return start }
    let width = start.columns
    func distance(_ cosine: Float) -> Float { max(0, 2 - 2 * cosine).squareRoot() }
    let nearest = (0..<start.rows).map { node in
      distance(cosines[node * width..<(node + 1) * width].max() ?? 0)
    }
    let index = aggregation.incoming
    let between = rows.edgeDots(targets: rows, heads: 1, over: aggregation).values
    var weights = between.indices.map { 1 / (distance(between[$0]) + nearest[Int(index.columns[$0])] + 1e-9) }
    var degrees = [Double](repeating: 0, count: start.rows)
    for target in degrees.indices {
      for entry in Int(index.offsets[target])..<Int(index.offsets[target + 1]) {
        degrees[target] += Double(weights[entry])
      }
    }
    let scales = degrees.map { $0 > 0 ? Float(1 / $0.squareRoot()) : 0 }
    for target in degrees.indices {
      for entry in Int(index.offsets[target])..<Int(index.offsets[target + 1]) {
        weights[entry] *= scales[target] * scales[Int(index.columns[entry])]
      }
    }
    var now = start
    for _ in 0..<hops { now = Tensor.blending(0.9, now.aggregated(over: aggregation, weights: weights), 0.1, start) }
    return now
  }
}
