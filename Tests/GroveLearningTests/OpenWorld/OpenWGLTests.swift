import GroveGraphs
import GroveKernels
@testable import GroveLayers
@testable import GroveLearning
import GroveTensors
import TestSupport
import Testing

/// Terms of OpenWGL's loss.
@Suite struct OpenWGLTests {
  @Test(arguments: [(1, 1), (3, 4)]) func `divergence from the normal distribution`(rows: Int, columns: Int) {
    expectOperation([
      TestInput(rows: rows, columns: columns, seed: 1), TestInput(rows: rows, columns: columns, seed: 2),
    ]) { inputs in
      inputs[0].mapped { row, column, mean in
        let deviation = inputs[1][row, column]
        return -deviation + 0.5 * (Slow.exponential(2 * deviation) + mean * mean - 1)
      }
    } fast: {
      OpenWGL.divergences(mean: $0[0], deviation: $0[1])
    }
  }

  @Test func `edges against random pairs, by products of rows`() {
    let pairs: (sources: [Int32], targets: [Int32]) = ([0, 2, 1, 3, 3], [1, 1, 0, 3, 0])
    for target in [Float(0), 1] {
      expectOperation([TestInput(rows: 4, columns: 3, seed: 3)]) { inputs in
        let sum = zip(pairs.sources, pairs.targets).reduce(0.0) { total, pair in
          let dot = zip(inputs[0].row(Int(pair.0)), inputs[0].row(Int(pair.1))).reduce(0.0) { $0 + $1.0 * $1.1 }
          return total - Slow.logarithm(Slow.sigmoid(target == 1 ? dot : -dot))
        }
        return .scalar(sum / 5)
      } fast: {
        OpenWGL.likeness($0[0], pairs, target: target)
      }
    }
  }

  @Test func `unsure rows are those between equal shares and a half`() throws {
    // Largest shares: 1/3, 0.44, 0.75, 0.45: the first and the third are out.
    let logits: [[Float]] = [[0, 0, 0], [0.4, 0.1, -0.2], [2, 0.2, 0.1], [0, 0.5, 0.1]]
    let found = try #require(OpenWGL.uncertainty(of: Tensor(logits))).scalar
    let shares = Slow.softmax(Matrix(logits.flatMap { $0 }, rows: 4, columns: 3), logarithm: false)
    let expected = [1, 3].flatMap { shares.row($0) }.reduce(0.0) { $0 + $1 * Slow.logarithm($1) } / 6
    #expect(difference([found], [expected]) < 1e-5)
    #expect(OpenWGL.uncertainty(of: Tensor([[5, 0, 0]])) == nil)
    expectGradients(of: [TestInput([0.4, 0.1, -0.2, 0, 0.5, 0.1], rows: 2, columns: 3)]) {
      OpenWGL.uncertainty(of: $0[0]) ?? Tensor([[0]])
    }
  }

  @Test func `edges among the targets of a block`() {
    let graph = TestGraphs.graph([0, 1, 2, 3, 3], [1, 2, 1, 1, 3], nodeCount: 4)
    let block = NeighborSampler(graph, fanouts: [-1]).sample(from: [2, 1], using: RandomStream(seed: 1))[0]
    let found = OpenWGL.edges(among: block)
    let pairs = zip(found.sources, found.targets).map { [$0, $1] }
    #expect(Set(pairs) == [[1, 0], [0, 1]] && pairs.count == 2, "1 → 2 and 2 → 1, as rows")
    #expect(OpenWGL.edges(among: graph.block).sources.count == 5)
  }

  @Test func `noise is normal, belongs to nodes, and is nothing in evaluation`() throws {
    let graph = TestGraphs.graph([], [], nodeCount: 2000)
    let all = Pass.training(seed: 1, step: 1) { OpenWGL.noise(of: graph.block, width: 3).values }
    let mean = all.reduce(0, +) / 6000
    let variance = all.reduce(0) { $0 + $1 * $1 } / 6000
    #expect(abs(mean) < 0.05 && abs(variance - 1) < 0.08)
    let block = NeighborSampler(graph, fanouts: [-1]).sample(from: [70, 3], using: RandomStream(seed: 1))[0]
    let some = Pass.training(seed: 1, step: 1) { OpenWGL.noise(of: block, width: 3).values }
    #expect(some == Array(all[210..<213]) + Array(all[9..<12]))
    #expect(OpenWGL.noise(of: block, width: 3).values.allSatisfy { $0 == 0 })
    #expect(OpenWGL.pairs(4, of: 3).sources.isEmpty)
    let pairs = Pass.training(seed: 1, step: 1) { OpenWGL.pairs(50, of: 3) }
    #expect(Set(pairs.sources + pairs.targets) == [0, 1, 2] && pairs.targets.count == 50)
  }

  @Test func `embeddings are the means, and the loss has all its parts`() throws {
    let made = try MadeMethod("openwgl", .planted())
    let network = made.model.network
    let encoder = try #require(network.encoder as? VariationalEncoder)
    let graph = made.trainer.problem.graph
    let mean = Pass.evaluation {
      encoder.distribution(network.features.features(of: nil), over: [graph.block, graph.block])
    }
    .mean
    #expect(mean.values == network.embeddings(on: graph).values)
    func loss(_ words: [String]) throws -> Float {
      let made = try MadeMethod("openwgl", .planted()) { $0.methodOptions = words }
      return Pass.training(seed: 1, step: 1) {
        made.model.network.method.loss(of: made.step([3, 40, 0, 7, 66])).scalar
      }
    }
    let names = ["divergence", "reconstruction", "uncertainty"]
    let none = try loss(names.map { "\($0)=0" })
    let parts = try names.map { name in try loss(names.map { "\($0)=\($0 == name ? 1 : 0)" }) - none }
    #expect(try abs(loss([]) - none - parts.reduce(0, +)) < 1e-4)
    #expect(parts[0] > 0 && parts[1] > 0)
  }
}
