import Foundation
import GroveGraphs
import GroveKernels
import GroveLayers
import GroveTensors
import TestSupport
import Testing

@testable import GroveLearning

/// A whole step's loss and gradient under each correction and synthesis.
@Suite struct NegativeTrainingGradientTests {
  private struct Case: Sendable, CustomStringConvertible {
    let description: String
    let sampler: String
    let loss: NegativeLoss.Kind
    let correction: NegativeTraining.Correction
    /// What is trained in the end.
    let wanted: NegativeLoss.Kind
    var temperature = 1.0
    var sharpness: Double?
  }

  private static let cases: [Case] = [
    Case(description: "none", sampler: "uniform", loss: .bpr, correction: .none, wanted: .bpr),
    Case(description: "either end", sampler: "bernoulli", loss: .skipGram, correction: .none, wanted: .skipGram),
    Case(
      description: "log Q of weights", sampler: "unigram", loss: .infoNCE(temperature: 2), correction: .logQ(),
      wanted: .infoNCE(temperature: 2), temperature: 2),
    Case(
      description: "log Q of a batch", sampler: "in-batch", loss: .sampledSoftmax(), correction: .logQ(),
      wanted: .kPair),
    Case(
      description: "log Q of a batch as it comes", sampler: "in-batch", loss: .sampledSoftmax(),
      correction: .logQ(rate: 0.1), wanted: .kPair),
    Case(
      description: "log Q of a mixture", sampler: "mixed", loss: .kPair, correction: .logQ(), wanted: .kPair),
    Case(
      description: "log Q of what is drawn", sampler: "dns", loss: .kPair, correction: .logQ(), wanted: .kPair),
    Case(
      description: "log Q of either end", sampler: "bernoulli", loss: .kPair, correction: .logQ(), wanted: .kPair),
    Case(
      description: "NCE", sampler: "unigram", loss: .noiseContrastive, correction: .none, wanted: .skipGram),
    Case(
      description: "debiased", sampler: "in-batch", loss: .infoNCE(temperature: 2), correction: .debiased(prior: 0.05),
      wanted: .debiased(prior: 0.05, temperature: 2), temperature: 2),
    Case(
      description: "debiased by hardness", sampler: "in-batch", loss: .kPair,
      correction: .hard(concentration: 0.7, prior: 0.02),
      wanted: .hard(concentration: 0.7, prior: 0.02, temperature: 1)),
    Case(
      description: "self-adversarial", sampler: "uniform", loss: .selfAdversarial(margin: 1, sharpness: 0.5),
      correction: .tilted(sharpness: 0.5), wanted: .selfAdversarial(margin: 1, sharpness: 0.5)),
    Case(
      description: "tilted", sampler: "uniform", loss: .bpr, correction: .tilted(sharpness: 2), wanted: .bpr,
      sharpness: 2),
    Case(
      description: "tilted softmax", sampler: "uniform", loss: .kPair, correction: .tilted(sharpness: -1),
      wanted: .kPair, sharpness: -1),
  ]

  @Test(arguments: cases)
  private func `loss and gradient of a corrected step are those by hand`(example: Case) throws {
    let step = try StepExample(
      example.sampler, loss: NegativeLoss(example.loss), training: NegativeTraining(correction: example.correction))
    let start = step.inputs.map(\.matrix)
    func slow(_ x: [Matrix]) -> Double {
      step.slowLoss(
        x, kind: example.wanted, temperature: example.temperature,
        weights: example.sharpness.map { sharpness in
          { _, scores in
            let tilted = scores.map { exp(sharpness * $0) }
            return tilted.map { $0 / tilted.reduce(0, +) }
          }
        }, constant: start)
    }
    let leaves = step.inputs.map { $0.tensor() }
    let loss = step.loss(leaves)
    #expect(abs(Double(loss.scalar) - slow(start)) <= 1e-5 * max(1, abs(slow(start))))
    let gradients = loss.backward()
    for index in 0..<2 {
      let wanted = slowPullback(Matrix([1], rows: 1, columns: 1), at: start[index], step: 1e-6) { moved in
        var x = start
        x[index] = moved
        return Matrix([Float(0)], rows: 1, columns: 1).mapped { _, _, _ in slow(x) }
      }
      #expect(wanted.values.contains { abs($0) > 1e-3 })
      #expect(difference(gradients[leaves[index]]?.values ?? [], wanted.values) <= 2e-5, "input \(index)")
    }
  }

  /// Exposures of all anchors: the candidates of even number.
  private static let exposures = SparseRows(
    offsets: (0...12).map { Int64($0 * 6) }, columns: (0..<12).flatMap { _ in (0..<6).map { Int32(2 * $0) } },
    columnCount: 12)

  @Test(arguments: ["mixgcf", "dens", "recns"], [(1, false), (3, false), (3, true)])
  func `the gradient goes through what negatives are made of`(name: String, size: (Int, Bool)) throws {
    let (count, isBilinear) = size
    let step = try StepExample(
      name, words: name == "recns" ? ["candidates=3", "draws=1"] : ["candidates=3"], count: count,
      loss: NegativeLoss(.kPair),
      exposures: Self.exposures,
      decoder: isBilinear ? BilinearDecoder(width: 4, from: Initializer(seed: 9)) : DotDecoder())
    #expect(step.negatives.ids.count == 5 * count * 3)
    // The choice stands still while inputs move by a hundredth.
    expectGradients(of: step.inputs, step.loss)
  }

  @Test(arguments: ["mixgcf", "dens", "recns", "mochi"]) func `losses are those of the vectors that are made`(
    name: String
  ) throws {
    let count = 2
    // The hardest of many draws would be one node again and again.
    let words =
      switch name {
      case "mochi": ["pairs=1.5", "with-anchor=0.5"]
      case "recns": ["candidates=3", "draws=1"]
      default: ["candidates=3"]
      }
    let step = try StepExample(
      name, words: words, count: count, loss: NegativeLoss(.kPair), exposures: Self.exposures)
    let rows = step.inputs.map { $0.tensor(requiresGradient: false) }
    let (a, c) = (rows[0].gathering(rows: step.anchors), rows[1].gathering(rows: step.negatives.ids))
    let p = rows[1].gathering(rows: step.positives)
    func twice(_ x: Tensor) -> Tensor { x.gathering(rows: (0..<5).flatMap { [Int32($0), Int32($0)] }) }
    let random = step.training.random.substream(3).substream(3)
    var extra = 0.0
    let made: Tensor
    switch name {
    case "mixgcf":
      made = PositiveMixing()(anchors: [twice(a)], positives: [twice(p)], candidates: [c], using: random).pooled
    case "dens":
      let gates = try #require(step.training.run.gates)
      made = gates(anchors: [twice(a)], positives: [twice(p)], candidates: [c], epoch: 1).pooled
      extra = 0.3 * Double(gates.contrast(anchors: [twice(a)], positives: [twice(p)], negatives: [made]).scalar)
    case "recns":
      let merging = RegionMerging()
      let first = merging.assistedChoices(anchors: twice(a), positives: twice(p), candidates: c, using: random)
      let second = merging.exposedChoices(
        anchors: twice(a), candidates: c, isValid: step.negatives.ids.map { $0 % 2 == 0 })
      let one = c.gathering(rows: first.enumerated().map { Int32($0.offset * 3) + $0.element })
      let other = c.gathering(rows: second.enumerated().map { Int32($0.offset * 3) + max(0, $0.element) })
      #expect(second.contains { $0 >= 0 })
      made = merging.merged(assisted: one, exposed: other, hasExposed: second.map { $0 >= 0 })
    default:
      // Two drawn, three pairs, one with the anchor: six a row.
      let mixed = QueueMixing(hardest: 2, pairs: 3, withQuery: 1).negatives(of: a, hardest: c, using: random)
      let order = (0..<5).flatMap { row -> [Int] in
        [2 * row, 2 * row + 1, 10 + 4 * row, 11 + 4 * row, 12 + 4 * row, 13 + 4 * row]
      }.map(Int32.init)
      made = Tensor.concatenatingRows([c, mixed]).gathering(rows: order)
    }
    let width = made.rows / 5
    func dot(_ x: Tensor, _ i: Int, _ y: Tensor, _ j: Int) -> Double {
      (0..<4).reduce(0) { $0 + Double(x[i, $1]) * Double(y[j, $1]) }
    }
    let wanted = (0..<5).reduce(0.0) { sum, row in
      let known = dot(a, row, p, row)
      return sum + log(1 + (0..<width).reduce(0) { $0 + exp(dot(a, row, made, row * width + $1) - known) })
    }
    #expect(abs(Double(step.loss(rows).scalar) - wanted / 5 - extra) <= 1e-5 * wanted)
    #expect(width == (name == "mochi" ? 6 : 2))
  }

  @Test func `mixtures of a queue are constants: the gradient is that of the drawn ones and of scores`() throws {
    let step = try StepExample(
      "mochi", words: ["pairs=2", "with-anchor=1"], count: 2, loss: NegativeLoss(.kPair))
    let leaves = step.inputs.map { $0.tensor() }
    let (a, c) = (
      leaves[0].detached().gathering(rows: step.anchors), leaves[1].detached().gathering(rows: step.negatives.ids)
    )
    let mixed = QueueMixing(hardest: 2, pairs: 4, withQuery: 2).negatives(
      of: a, hardest: c, using: step.training.random.substream(3).substream(3))
    let constants = Matrix(mixed.values, rows: 30, columns: 4)
    func slow(_ x: [Matrix]) -> Matrix {
      func dot(_ a: [Double], _ b: [Double]) -> Double { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }
      let total = (0..<5).reduce(0.0) { sum, row in
        let v = x[0].row(Int(step.anchors[row]))
        let known = dot(v, x[1].row(Int(step.positives[row])))
        let scores =
          (0..<2).map { dot(v, x[1].row(Int(step.negatives.ids[2 * row + $0]))) }
          + (0..<6).map { dot(v, constants.row(6 * row + $0)) }
        return sum + log(1 + scores.reduce(0) { $0 + exp($1 - known) })
      }
      return Matrix(rows: 1, columns: 1).mapped { _, _, _ in total / 5 }
    }
    let start = step.inputs.map(\.matrix)
    let loss = step.loss(leaves)
    #expect(abs(Double(loss.scalar) - slow(start).values[0]) <= 1e-5)
    let gradients = loss.backward()
    for index in 0..<2 {
      let wanted = slowPullback(Matrix([1], rows: 1, columns: 1), at: start[index], step: 1e-6) { moved in
        var x = start
        x[index] = moved
        return slow(x)
      }
      #expect(difference(gradients[leaves[index]]?.values ?? [], wanted.values) <= 2e-5, "input \(index)")
    }
    // Before its warm-up nothing is mixed.
    let early = try StepExample("mochi", words: ["warmup=9"], count: 2, loss: NegativeLoss(.kPair))
    let plain = early.slowLoss(early.inputs.map(\.matrix), kind: .kPair, constant: early.inputs.map(\.matrix))
    #expect(abs(Double(early.loss(early.inputs.map { $0.tensor() }).scalar) - plain) <= 1e-5)
  }

  @Test func `gates learn from each step, and no one else's parameters are theirs`() throws {
    let step = try StepExample("dens")
    let gates = try #require(step.training.run.gates)
    let before = gates.parameters().map { $0.value.value.values }
    let gradients = step.loss(step.inputs.map { $0.tensor() }).backward()
    step.training.run.step(gradients, learningRate: 0.1)
    for (parameter, old) in zip(gates.parameters(), before) { #expect(parameter.value.value.values != old) }
    #expect(step.training.model.parameters().count == 2)
  }

  @Test func `softmax over many draws by weights, corrected, is the softmax over all`() throws {
    let step = try StepExample(
      "unigram", words: ["alpha=2"], count: 60_000, loss: NegativeLoss(.sampledSoftmax()), training: NegativeTraining())
    let rows = step.inputs.map(\.matrix)
    let wanted = step.anchors.indices.reduce(0.0) { sum, row in
      let v = Int(step.anchors[row])
      func score(_ u: Int32) -> Double { zip(rows[0].row(v), rows[1].row(Int(u))).reduce(0) { $0 + $1.0 * $1.1 } }
      let known = score(step.positives[row])
      let all = step.setting.filter.allowed(for: Int32(v)).reduce(exp(known)) { $0 + exp(score($1)) }
      return sum + log(all) - known
    }
    let found = Double(step.loss(step.inputs.map { $0.tensor() }).scalar)
    #expect(abs(found - wanted / 5) <= 0.01, "\(found), \(wanted / 5)")
  }
}
