import GroveGraphs
import GroveKernels
@testable import GroveLayers
@testable import GroveLearning
import GroveTensors
import TestSupport
import Testing

/// Terms of POWN's loss, and its pseudo labels.
@Suite struct POWNTests {
  private func unit(_ x: Matrix) -> Matrix { Slow.normalizedRows(x, epsilon: 1e-12) }

  @Test(arguments: [0.1, 0.7] as [Float]) func `prototypes by distance and temperature`(temperature: Float) {
    expectOperation(
      [TestInput(rows: 4, columns: 3, seed: 1), TestInput(rows: 3, columns: 3, seed: 2)], tolerance: 5e-5
    ) {
      let distances = Slow.distances(unit($0[0]), unit($0[1]))
      return .scalar(Slow.crossEntropy(distances.mapped { -$2 / Double(temperature) }, [0, 2, 1, 1]))
    } fast: {
      POWN.prototypeLoss(
        $0[0].normalizedRows(), $0[1].normalizedRows(), classes: [0, 2, 1, 1], temperature: temperature)
    }
  }

  private func slowGeometry(_ prototypes: Matrix) -> Double {
    let count = prototypes.rows
    let distances = Slow.distances(unit(prototypes), unit(prototypes))
    let means = (0..<prototypes.columns).map { c in (0..<count).reduce(0.0) { $0 + prototypes[$1, c] } / Double(count) }
    let centered = prototypes.mapped { $2 - means[$1] }
    return (0..<count).reduce(0.0) { total, i in
      let others = (0..<count).filter { $0 != i }
      let near = Slow.exponential(-(others.map { distances[i, $0] }.min() ?? 0))
      let even = others.map { Slow.cosine(centered.row(i), centered.row($0)) }.max() ?? 0
      // A prototype's cosine with itself, less 1, is 0: even never falls below that.
      return total + near + max(even, 0)
    } / Double(count)
  }

  @Test(arguments: [2, 4]) func `what keeps prototypes apart`(count: Int) {
    // Of two prototypes each is the other's opposite around their mean, so what is even about them is 0 with a kink.
    if count == 2 {
      let input = TestInput(rows: 2, columns: 3, seed: 4)
      #expect(difference([POWN.geometry(of: input.tensor()).scalar], [slowGeometry(input.matrix)]) < 1e-4)
      return
    }
    expectOperation([TestInput(rows: count, columns: 3, seed: 4)], tolerance: 5e-5) {
      .scalar(slowGeometry($0[0]))
    } fast: {
      POWN.geometry(of: $0[0])
    }
  }

  @Test func `graph infomax against its formula`() throws {
    let made = try MadeMethod("pown", .planted()) { $0.hidden = 3 }
    let method = try #require(made.model.network.method as? POWN)
    let weight = Matrix(method.discriminator.value.values, rows: 3, columns: 3)
    expectOperation([TestInput(rows: 5, columns: 3, seed: 1), TestInput(rows: 4, columns: 3, seed: 2)]) { inputs in
      let summary = (0..<3).map { c in Slow.sigmoid((0..<5).reduce(0.0) { $0 + inputs[0][$1, c] } / 5) }
      func product(_ row: [Double]) -> Double {
        var sum = 0.0
        for a in 0..<3 { for b in 0..<3 { sum += row[a] * weight[a, b] * summary[b] } }
        return sum
      }
      let own = (0..<5).reduce(0.0) { $0 - Slow.logarithm(Slow.sigmoid(product(inputs[0].row($1)))) } / 5
      let other = (0..<4).reduce(0.0) { $0 - Slow.logarithm(Slow.sigmoid(-product(inputs[1].row($1)))) } / 4
      return .scalar(own + other)
    } fast: {
      method.infomax($0[0], corrupted: $0[1])
    }
  }

  /// Two seen and two novel prototypes; nodes lie on the one of their class.
  private func labels(gate: Double, certain: Double, hops: Int = 2) throws -> (POWNLabels, OpenWorldProblem) {
    let problem = try MadeMethod("pown", .planted()).trainer.problem
    var values: [Float] = []
    for node in 0..<80 { for column in 0..<4 { values.append(column == node % 4 ? 1 : 0.01 * Float(node / 4)) } }
    let now = OpenWorldSnapshot(problem: problem, epoch: 1, embeddings: Tensor(values, rows: 80, columns: 4))
    let prototypes = Tensor([[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1]])
    return (POWNLabels(now, prototypes: prototypes, gate: gate, hops: hops, certain: certain), problem)
  }

  @Test func `clear nodes of novel classes get their class, nobody else any`() throws {
    let (labels, problem) = try labels(gate: 50, certain: 50)
    let given = (0..<80).filter { labels.classes[$0] >= 0 }
    #expect(given.count >= 10)
    for node in given {
      #expect(!problem.isTraining[node])
      #expect(labels.classes[node] >= 2)
    }
    let right = given.filter { labels.classes[$0] == Int32($0 % 4) }.count
    #expect(Double(right) >= 0.9 * Double(given.count))
  }

  @Test func `without hops seeds alone have a class`() throws {
    let (few, _) = try labels(gate: 50, certain: 100, hops: 0)
    let given = (0..<80).filter { few.classes[$0] >= 0 }
    #expect(given.allSatisfy { few.classes[$0] == Int32($0 % 4) })
    #expect(given.count <= 40, "half of the nodes that are nearest to each of two prototypes")
    let (none, _) = try labels(gate: 50, certain: 0)
    #expect(none.classes.allSatisfy { $0 == -1 })
  }

  @Test func `pseudo labels come after the first epoch, and join the loss`() throws {
    let made = try MadeMethod("pown", .planted()) { $0.methodOptions = ["certain=100", "gate=90"] }
    let without = try MadeMethod("pown", .planted()) { $0.methodOptions = ["certain=100", "gate=90", "pseudo=0"] }
    let seeds = (0..<Int32(80)).map { $0 }
    func losses(_ made: MadeMethod) throws -> [Float] {
      func loss() -> Float {
        Pass.training(seed: 1, step: 1) { made.model.network.method.loss(of: made.step(seeds)).scalar }
      }
      let first = loss()
      _ = try made.trainer.settle(made.model.network, made.trainer.problem, epoch: 1)
      return [first, loss()]
    }
    let (whole, rest) = (try losses(made), try losses(without))
    #expect(whole[0] == rest[0] && rest[0] == rest[1] && whole[1] > rest[1])
  }
}
