import GroveKernels
public import GroveLayers
public import GroveTensors

/// A classifier of all classes that learns which nodes belong together from a network for pairs, which learns it from labels.
///
///     L(θ, φ) = pair(θ, φ) + CE(training) + CE(view 2; the class that view 1 is sure of) − H(mean prediction)
///     pair    = mean over pairs of (cos(p[i], p[j]) − S_φ(z[i], z[j]))²,  p the softmax of the logits
///
/// A step has two parts. First the network for pairs: φ goes down the gradient of CE(training) after one step of θ on L
/// (`InnerStep`). Then encoder and head go down L with S held fixed. Epochs after the first 50 are those of a classifier of
/// known classes: of each novel class the nodes that are surest of it, a tenth of an equal share of all nodes for each,
/// count as labeled, and pairs and H are gone. Shorter runs, as those of 20 epochs are, know the first stage alone.
///
/// - Source: Rizve, Kardan, Khan, Khan, Shah 2022 and its published code (nayeemrizve/OpenLDN). Differs: the gradient through
///   the inner step is a directional difference; pairs are those within groups of 200 nodes, the batch of the code; an
///   unlabeled node is one of the batch, a labeled one any training node; the code's second stage begins anew in another
///   program with a method of its own, here weights go on, labels of novel classes are chosen after each epoch, and the
///   threshold stays. With few steps the network for pairs has hardly moved at the code's rate.
public final class OpenLDN: OpenWorldMethod {
  /// Logits of all classes. [D] → [K]
  public let head: Linear
  /// S.
  public let pairs: PairNetwork
  private let threshold: Float
  private let innerRate: Float
  private let pairRate: Float
  private let labeledShare: Double
  private let baseEpochs: Int
  private let rate: Float
  private let random: RandomStream
  /// The novel class of nodes that count as labeled, −1 for others; nil in the first stage. [N]
  private(set) var novelLabels: [Int32]?

  /// Nodes among which pairs are formed.
  static let groupSize = 200

  static let recipe = OpenWorldRecipe(
    name: "openldn", title: "OpenLDN, pairs that a network learns to judge through an inner step",
    source: "Rizve 2022; defaults of the published code",
    parameters: [
      NumberParameter("threshold", 0.5, in: 0...1, "probability from which a prediction is a label for the other view"),
      NumberParameter("inner-rate", 1e-3, in: 1e-9...10, "learning rate of the inner step"),
      NumberParameter("pair-rate", 1e-4, in: 0...10, "learning rate of the network for pairs, under the schedule"),
      NumberParameter("labeled", 10, in: 0...100, "percent of an equal share of nodes for each novel class"),
      NumberParameter("base", 50, in: 1...1_000_000, "epochs before novel classes count as known"),
      NumberParameter("hidden", 100, in: 1...65536, "inner columns of the network for pairs"),
    ],
    defaults: { ($0.lr, $0.weightDecay) = (5e-4, 0) }, make: { OpenLDN($0, $1) })

  /// The method with its start.
  public init(_ shape: OpenWorldShape, _ start: Initializer) {
    let options = shape.options
    head = Linear(shape.width, shape.problem.classCount, from: start)
    pairs = PairNetwork(shape.width, hidden: Int(options["hidden"]), from: start)
    (threshold, innerRate) = (Float(options["threshold"]), Float(options["inner-rate"]))
    (pairRate, labeledShare) = (Float(options["pair-rate"]), options["labeled"] / 100)
    baseEpochs = Int(options["base"])
    rate = shape.configuration.lr
    random = shape.random.substream(3)
  }

  private func isBase(_ epoch: Int) -> Bool { epoch <= baseEpochs }

  /// L of a step with S held fixed, or in later epochs that of a classifier.
  public func loss(of step: OpenWorldStep) -> Tensor {
    let (first, second) = (step.view(), step.view())
    guard isBase(step.epoch) else { return classifierLoss(step, first, second) }
    return wholeLoss(step, first, second, holdsPairs: true)
  }

  private func wholeLoss(_ step: OpenWorldStep, _ first: Tensor, _ second: Tensor, holdsPairs: Bool) -> Tensor {
    let (weak, strong) = (head(first), head(second))
    let judged = pairLoss(step.batch(of: first), step.batch(of: weak), holdsPairs: holdsPairs)
    let entropy = DistributionTerms.entropyOfMean(of: step.batch(of: weak).softmax(), floor: 1e-8)
    let known = step.training(of: weak).crossEntropy(step.trainingClasses)
    let loss = judged - entropy + known
    return consistency(weak: weak, strong: strong, places: step.unlabeledPlaces).map { loss + $0 } ?? loss
  }

  private func classifierLoss(_ step: OpenWorldStep, _ first: Tensor, _ second: Tensor) -> Tensor {
    let (weak, strong) = (head(first), head(second))
    let unlabeled = step.unlabeledPlaces
    let labels = unlabeled.map { novelLabels?[Int(step.nodes[Int($0)])] ?? -1 }
    let places = unlabeled.indices.filter { labels[$0] >= 0 }
    let rows = Tensor.concatenatingRows(
      [step.training(of: weak)]
        + (places.isEmpty ? [] : [weak.gathering(rows: places.map { unlabeled[$0] })]))
    let loss = rows.crossEntropy(step.trainingClasses + places.map { labels[$0] })
    let rest = unlabeled.indices.filter { labels[$0] < 0 }.map { unlabeled[$0] }
    return consistency(weak: weak, strong: strong, places: rest).map { loss + $0 } ?? loss
  }

  /// Mean over pairs of (cos(p[i], p[j]) − S(z[i], z[j]))², a group at a time, each computed again in the backward pass.
  ///
  ///     z [B, D], logits [B, K] → [1, 1]
  ///
  /// - Parameter holdsPairs: whether S is a constant.
  /// - Complexity: O(B · group · (hidden + K)) time, memory of one group.
  func pairLoss(_ rows: Tensor, _ logits: Tensor, holdsPairs: Bool) -> Tensor {
    let (width, pairs) = (rows.columns, pairs)
    let both = Tensor.concatenatingColumns([rows, logits])
    var total: Tensor?
    var count = 0
    for start in stride(from: 0, to: rows.rows, by: OpenLDN.groupSize) {
      let group = (start..<min(rows.rows, start + OpenLDN.groupSize)).map { Int32($0) }
      count += group.count * group.count
      let sum = both.gathering(rows: group).recomputing { both in
        let size = Int32(both.rows)
        let left = (0..<size * size).map { $0 / size }
        let right = (0..<size * size).map { $0 % size }
        let shares = both.columns(width..<both.columns).softmax().normalizedRows(epsilon: 1e-8)
        let cosines = shares.gathering(rows: left).rowDot(shares.gathering(rows: right))
        let own = both.columns(0..<width)
        let judged =
          holdsPairs
          ? Pass.withoutRecording { pairs(own, left: left, right: right) } : pairs(own, left: left, right: right)
        return (cosines - judged).applying(.square).sum()
      }
      total = total.map { $0 + sum } ?? sum
    }
    return (1 / Float(max(1, count))) * (total ?? Tensor([0], rows: 1, columns: 1))
  }

  /// Cross-entropy of the other view for rows that one is sure of, over all rows; nil where there is none.
  func consistency(weak: Tensor, strong: Tensor, places: [Int32]) -> Tensor? {
    guard !places.isEmpty else { return nil }
    let found = Confidence(of: weak.detached().gathering(rows: places))
    let sure = places.indices.filter { found.values[$0] >= threshold }
    guard !sure.isEmpty else { return nil }
    let entropy = strong.gathering(rows: sure.map { places[$0] }).crossEntropy(sure.map { found.classes[$0] })
    return (Float(sure.count) / Float(places.count)) * entropy
  }

  /// A step of the network for pairs, and one of encoder and head.
  public func advance(_ step: OpenWorldStep, with optimizer: any Optimizer, learningRate: Float) -> StepResult {
    guard isBase(step.epoch) else {
      return step.descend(with: optimizer, learningRate: learningRate) { loss(of: step) }
    }
    /// The same dropout masks in each of the passes that are compared.
    func replayed(_ body: () -> Tensor) -> Tensor {
      Pass.training(seed: random.key, step: step.number, body)
    }
    let steering = pairs.parameters().map(\.value)
    let stepping = step.network.parameters().map(\.value).filter { parameter in
      parameter.isTrainable && !steering.contains { $0 === parameter }
    }
    let gradients = InnerStep(rate: innerRate).gradients(
      for: steering, through: stepping,
      inner: { replayed { wholeLoss(step, step.view(), step.view(), holdsPairs: false) } },
      coupled: {
        replayed {
          let rows = step.batch(of: step.view())
          return pairLoss(rows, head(rows), holdsPairs: false)
        }
      },
      outer: {
        replayed { step.training(of: head(step.view())).crossEntropy(step.trainingClasses) }
      })
    if gradients.allSatisfy({ $0.firstNonFinite == nil }) && pairRate > 0 {
      optimizer.step(.holding(gradients, of: steering), learningRate: pairRate * learningRate / rate)
    }
    return step.descend(with: optimizer, learningRate: learningRate) { loss(of: step) }
  }

  /// Nodes of novel classes that count as labeled from now on.
  public func settle(_ now: OpenWorldSnapshot) {
    guard now.epoch >= baseEpochs else { return novelLabels = nil }
    let problem = now.problem
    let found = Confidence(of: head(now.embeddings))
    let each = Int(labeledShare * Double(problem.nodes.count) / Double(problem.classCount))
    var labels = [Int32](repeating: -1, count: problem.nodeCount)
    for label in Int32(problem.seenCount)..<Int32(problem.classCount) {
      let members = problem.unlabeled.filter { found.classes[Int($0)] == label }
      for node in members.sorted(by: {
        (-found.values[Int($0)], $0) < (-found.values[Int($1)], $1)
      }).prefix(each) {
        labels[Int(node)] = label
      }
    }
    novelLabels = labels
  }

  /// The head's logits.
  public func scores(of embeddings: Tensor) -> Tensor { head(embeddings) }
}

/// How likely two nodes are of one class, by their embeddings side by side.
///
///     S(a, b) = σ(W₂ · ReLU(W · [a, b] + c) + d)
///
/// - Shape: W [2 D, hidden] kept as its two halves, W₂ [hidden, 1].
/// - Start: uniform in ±1 / √fanIn.
public final class PairNetwork: Module {
  /// The half of W for the first node. [D, hidden]
  public let left: Parameter
  /// The half of W for the second node. [D, hidden]
  public let right: Parameter
  /// c. [1, hidden]
  public let bias: Parameter
  /// W₂ and d.
  public let outer: Linear

  init(_ width: Int, hidden: Int, from start: Initializer) {
    left = start.inverseRoot(width, hidden, fanIn: 2 * width)
    right = start.inverseRoot(width, hidden, fanIn: 2 * width)
    bias = start.inverseRoot(1, hidden, fanIn: 2 * width)
    outer = Linear(hidden, 1, from: start)
  }

  /// S of pairs of rows. x [n, D], places [m] each → [m, 1]
  func callAsFunction(_ x: Tensor, left first: [Int32], right second: [Int32]) -> Tensor {
    let sum =
      x.matmul(left.value).gathering(rows: first)
      + x.matmul(right.value, bias: bias.value).gathering(rows: second)
    return outer(sum.relu()).sigmoid()
  }
}
