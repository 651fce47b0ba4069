import Foundation
import GroveLearning
import GroveKernels
import GroveTensors
import TestSupport
import Testing

/// Losses on negatives as tensors, and by name.
@Suite("Losses on negatives as tensors")
struct NegativeLossTensorTests {
  @Test(
    "Value and gradients of the tensor are those of the slow reference", arguments: SlowNegativeLoss.kinds,
    [(1, 1), (2, 3), (7, 4)])
  func matchesTheReference(kind: NegativeLoss.Kind, size: (rows: Int, width: Int)) {
    var random = TestRandom(size.rows)
    let count = size.rows * size.width
    let terms = NegativeTerms(
      weights: (0..<count).map { _ in Float.random(in: 0.5...1.5, using: &random) }, offsets: random.floats(count),
      positiveOffsets: random.floats(size.rows))
    // Away from the kink of the hinge losses by chance of these seeds: finite differences would show it.
    let inputs = [
      TestInput(rows: size.rows, columns: 1, seed: 2), TestInput(rows: size.rows, columns: size.width, seed: 3),
    ]
    let tau = SlowNegativeLoss(kind: kind, weights: nil).temperature
    let start = inputs[1].matrix
    func slow(_ inputs: [Matrix]) -> Matrix {
      var total = 0.0
      for row in 0..<size.rows {
        let places = row * size.width..<(row + 1) * size.width
        func logits(_ x: Matrix) -> [Double] { places.map { x.values[$0] / tau + Double(terms.offsets![$0]) } }
        let loss = SlowNegativeLoss(kind: kind, weights: places.map { Double(terms.weights![$0]) })
        total += loss.value(
          inputs[0].values[row] / tau + Double(terms.positiveOffsets![row]), logits(inputs[1]),
          constants: logits(start))
      }
      return Matrix(rows: 1, columns: 1).mapped { _, _, _ in total / Double(size.rows) }
    }
    let leaves = inputs.map { $0.tensor() }
    let loss = NegativeLoss(kind)(positives: leaves[0], negatives: leaves[1], terms: terms)
    #expect(difference(loss.values, slow(inputs.map(\.matrix)).values) <= 1e-6)
    let gradients = (3 * loss).backward()
    let one = Matrix(rows: 1, columns: 1).mapped { _, _, _ in 3 }
    for index in 0..<2 {
      let wanted = slowPullback(one, at: inputs[index].matrix, step: 1e-6) { moved in
        slow(index == 0 ? [moved, inputs[1].matrix] : [inputs[0].matrix, moved])
      }
      #expect(difference(gradients[leaves[index]]?.values ?? [], wanted.values, atLeast: 0.1) <= 1e-6, "\(kind)")
    }
  }

  @Test("Negatives in one column, row after row, are the same as in a matrix")
  func oneColumn() throws {
    let positives = TestInput(rows: 5, columns: 1, seed: 1).tensor()
    let values = TestInput(rows: 5, columns: 3, seed: 2)
    let matrix = values.tensor()
    let column = Tensor(values.values, rows: 15, columns: 1, requiresGradient: true)
    let loss = NegativeLoss(.infoNCE(temperature: 0.3))
    let (a, b) = (loss(positives: positives, negatives: matrix), loss(positives: positives, negatives: column))
    #expect(a.scalar == b.scalar)
    let (first, second) = (try #require(a.backward()[matrix]), try #require(b.backward()[column]))
    #expect(first.values == second.values)
  }

  @Test("The gradient reaches embeddings through their scores: dot products of one anchor and its negatives")
  func throughScores() {
    expectGradients(of: [
      TestInput(rows: 3, columns: 4, seed: 1), TestInput(rows: 3, columns: 4, seed: 2),
      TestInput(rows: 6, columns: 4, seed: 3),
    ]) { inputs in
      let positives = inputs[0].rowDot(inputs[1])
      let negatives = inputs[0].gathering(rows: [0, 0, 1, 1, 2, 2]).rowDot(inputs[2])
      return NegativeLoss(.bpr)(positives: positives, negatives: negatives)
    }
  }

  @Test("No rows: a loss of 0 that can be trained on")
  func noRows() {
    let positives = Tensor([], rows: 0, columns: 1, requiresGradient: true)
    let loss = NegativeLoss(.skipGram)(positives: positives, negatives: Tensor([], rows: 0, columns: 4))
    #expect(loss.scalar == 0 && loss.backward()[positives]?.values == [])
  }

  @Test("Shapes that do not fit trap", arguments: 0..<3)
  func mistakesTrap(mistake: Int) async {
    await #expect(processExitsWith: .failure) { [mistake] in
      let positives = mistake == 0 ? Tensor([[1, 2]]) : Tensor([[1], [2]])
      let negatives = mistake == 1 ? Tensor([[1], [2], [3]]) : mistake == 2 ? Tensor([[1, 2]]) : Tensor([[1]])
      _ = NegativeLoss(.bpr)(positives: positives, negatives: negatives)
    }
  }

  @Test("Every loss has a name, its usual numbers, and takes others in range")
  func catalogue() throws {
    let recipes = NegativeLossCatalogue.recipes
    #expect(Set(recipes.map(\.name)).count == recipes.count && recipes.count == 12)
    for recipe in recipes {
      #expect(!recipe.source.isEmpty && !recipe.title.isEmpty)
      _ = try recipe()
      for parameter in recipe.parameters {
        #expect(parameter.range.contains(parameter.usual))
        _ = try recipe(["\(parameter.name)=\(parameter.range.lowerBound)"])
      }
    }
    #expect(try NegativeLossCatalogue.recipe(named: "info-nce")() == NegativeLoss(.infoNCE()))
    #expect(try NegativeLossCatalogue.recipe(named: "debiased")() == NegativeLoss(.debiased()))
    #expect(try NegativeLossCatalogue.recipe(named: "hard")() == NegativeLoss(.hard()))
    #expect(try NegativeLossCatalogue.recipe(named: "self-adversarial")() == NegativeLoss(.selfAdversarial()))
    let hard = try NegativeLossCatalogue.recipe(named: "hard")(["flows-through-weights=1", "concentration=0.5"])
    #expect(hard == NegativeLoss(.hard(concentration: 0.5, flowsThroughWeights: true)))
  }

  @Test("Unknown losses and numbers, and numbers out of range, are failures that say what there is")
  func catalogueFailures() throws {
    func text(_ body: () throws -> Void) -> String {
      do { try body() } catch { return "\(error)" }
      return ""
    }
    #expect(text { _ = try NegativeLossCatalogue.recipe(named: "infonce") }.contains("info-nce"))
    let recipe = try NegativeLossCatalogue.recipe(named: "debiased")
    #expect(text { _ = try recipe(["margin=1"]) }.contains("prior=0.1"))
    #expect(text { _ = try recipe(["prior=1"]) }.contains("between 0.0 and 0.99"))
    #expect(text { _ = try recipe(["temperature=nan"]) }.contains("temperature"))
  }
}
